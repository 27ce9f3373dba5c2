"""The form of an entry: what it asks, how it says what is wrong, and what it states."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from core.roles import Role
from rosters.editing import INPUTS, facts_on
from rosters.entries import TABLES, Noun
from rosters.statements import last_statement
from tests.core.people import ZHEJIANG
from tests.web.people import Service, facts
from tests.web.rosters import LONG_AGO, TODAY, Small, form_of, small_roster
from web.rosters.inputs import Shape, inputs


@pytest.fixture
def small(service: Service, tmp_path: Path) -> Small:
    return small_roster(service, tmp_path)


@pytest.fixture
def planner(service: Service) -> FlaskClient:
    return service.sign_in(Role.PROVINCIAL_PLANNER, scope=ZHEJIANG)


@given(noun=st.sampled_from(sorted(INPUTS)))
def test_every_fact_of_every_noun_has_a_field_with_words(noun: Noun) -> None:
    asked = inputs(noun)

    assert [one.name for one in asked] == list(INPUTS[noun].model_fields)
    for one in asked:
        assert one.label
        assert not one.label.isascii()
        assert one.shape is not Shape.CHOICE or len(one.options) > 1
    assert {one.name for one in asked} <= TABLES[noun].model_fields.keys()


def test_all_faults_are_told_at_once_each_at_its_field_and_nothing_typed_is_lost(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    answer = planner.post(
        "/inspectors",
        data={
            "name": "", "staff_no": "x" * 41, "region": "330100", "level": "city",
            "ministry_until": "2026-02-30", "post": "四级主任科员", "duty": "on_duty",
            "fields": ["食品检验", "建筑工程"], "leader": "yes", "takes_effect": "2026-13-01",
        },
    )  # fmt: skip

    assert answer.status_code == 422
    told = set(re.findall(r'id="e-([a-z_]+)"', answer.text))
    assert told == {"name", "staff_no", "ministry_until", "takes_effect"}
    assert "请填写姓名。" in answer.text
    assert "人员编号不能超过 40 个字。" in answer.text
    assert 'value="四级主任科员"' in answer.text
    assert answer.text.count(" checked") == 3
    summary = re.findall(r'href="#f-([a-z_]+)"', answer.text)
    assert summary == ["name", "staff_no", "ministry_until", "takes_effect"]


def test_a_planner_enters_people_of_his_own_region_only(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    form = {
        "name": "演示赵六", "staff_no": "ZJ002", "level": "city", "duty": "on_duty",
        "takes_effect": "2026-03-01",
    }  # fmt: skip
    abroad = planner.post("/inspectors", data=form | {"region": "320000"})
    nowhere = planner.post("/inspectors", data=form | {"region": ""})
    at_home = planner.post("/inspectors", data=form | {"region": "330200"})

    assert abroad.status_code == nowhere.status_code == 422
    assert "不在您的管辖范围内" in abroad.text
    assert at_home.status_code == 303
    assert "演示赵六" in facts(planner.get(at_home.location))


def test_a_form_sent_back_untouched_changes_nothing(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    page = facts(planner.get(f"/inspectors/{small.inspector}/edit"))
    answer = planner.post(f"/inspectors/{small.inspector}", data=form_of(page) | {"reason": "核对"})

    assert answer.status_code == 422
    assert "没有需要登记的变更" in answer.text


def test_only_what_differs_from_what_the_form_showed_is_stated(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    at = f"/inspectors/{small.inspector}"
    promoted = form_of(facts(planner.get(f"{at}/edit"))) | {"post": "二级主任科员"}
    planner.post(at, data=promoted | {"reason": "晋升", "takes_effect": "2026-03-01"})
    # a correction of the past does not carry the post of today back with it
    moved = form_of(facts(planner.get(f"{at}/edit"))) | {"region": "330200"}
    answer = planner.post(at, data=moved | {"reason": "补登", "takes_effect": "2025-01-01"})

    assert answer.status_code == 303
    with service.work() as session:
        before = facts_on(session, small.inspector, date(2025, 6, 1))
        assert (before["region"], before.get("post", "")) == ("330200", "")
        assert facts_on(session, small.inspector, TODAY)["post"] == "二级主任科员"
        assert facts_on(session, small.inspector, LONG_AGO)["region"] == "330100"


def test_a_change_needs_a_reason_and_gives_way_to_whoever_was_faster(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    at = f"/inspectors/{small.inspector}"
    first = form_of(facts(planner.get(f"{at}/edit"))) | {"post": "一级"}
    second = first | {"post": "二级"}
    without = planner.post(at, data=first | {"reason": ""})
    done = planner.post(at, data=first | {"reason": "晋升"})
    late = planner.post(at, data=second | {"reason": "晋升"})

    assert without.status_code == 422
    assert 'id="e-reason"' in without.text
    assert done.status_code == 303
    assert late.status_code == 422
    assert "别人修改过这个条目" in late.text
    assert 'value="二级"' in late.text


def test_a_number_that_is_masked_stays_as_it_is_unless_it_is_typed_anew_or_deleted(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    at = f"/inspectors/{small.inspector}"

    def phone_after(**typed: str) -> str:
        page = facts(planner.get(f"{at}/edit"))
        assert "13800000001" not in page
        planner.post(at, data=form_of(page) | {"reason": "更正"} | typed)
        with service.work() as session:
            return str(facts_on(session, small.inspector, TODAY)["phone"])

    assert phone_after(post="一级") == "13800000001"
    assert phone_after(phone="13900000009") == "13900000009"
    assert phone_after(**{"phone.clear": "yes"}) == ""


def test_a_day_before_the_first_states_all_that_was_shown(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    at = f"/inspectors/{small.inspector}"
    form = form_of(facts(planner.get(f"{at}/edit"))) | {"post": "一级"}
    answer = planner.post(at, data=form | {"reason": "补登", "takes_effect": "2019-01-01"})

    assert answer.status_code == 303
    with service.work() as session:
        then = facts_on(session, small.inspector, date(2019, 6, 1))
    assert (then["name"], then["post"]) == ("演示张三", "一级")


@pytest.mark.parametrize("day", ["", "26-3-1", "0026-03-01", "2999-01-01", "昨天"])
def test_a_day_that_cannot_be_meant_is_refused(
    service: Service, small: Small, planner: FlaskClient, day: str
) -> None:
    form = {"name": "演示", "staff_no": "A", "region": "330000", "level": "city", "duty": "left"}
    answer = planner.post("/inspectors", data=form | {"takes_effect": day})

    assert answer.status_code == 422
    assert re.findall(r'id="e-([a-z_]+)"', answer.text) == ["takes_effect"]


def test_who_leaves_the_roster_is_asked_for_first_and_stays_in_its_past(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    at = f"/inspectors/{small.inspector}"
    asked = facts(planner.get(f"{at}/end"))
    refused = planner.post(f"{at}/end", data=form_of(asked) | {"reason": ""})
    gone = planner.post(
        f"{at}/end", data=form_of(asked) | {"reason": "退休", "takes_effect": "2026-03-01"}
    )

    assert refused.status_code == 422
    assert gone.status_code == 303
    assert "演示张三" not in facts(planner.get("/inspectors"))
    assert "演示张三" in facts(planner.get("/inspectors?day=2026-02-01"))
    assert "不在名录里" in facts(planner.get(at))
    with service.work() as session:
        assert last_statement(session, small.inspector) > 0
