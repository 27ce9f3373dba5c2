"""The published lists: kept by the nation alone, read by everybody, as they were on any day."""

import csv
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core.roles import Role
from rosters.editing import enter
from rosters.entries import Noun
from tests.core.people import ZHEJIANG
from tests.web.people import Service, facts
from tests.web.rosters import LONG_AGO, Small, act, form_of, small_roster


@pytest.fixture
def small(service: Service, tmp_path: Path) -> Small:
    return small_roster(service, tmp_path)


@pytest.fixture
def nation(service: Service) -> FlaskClient:
    return service.sign_in(Role.NATIONAL_PLANNER)


@pytest.fixture
def mapping(service: Service, tmp_path: Path) -> int:
    said = {
        "source": "certificate", "source_term": "食品", "target": "spot_check",
        "target_term": "食品检验",
    }  # fmt: skip
    with service.work() as session:
        return enter(session, act(tmp_path), Noun.FIELD_MAPPING, said, LONG_AGO)[0]


@pytest.mark.parametrize("room", ["items", "joint-items", "mappings"])
def test_a_province_reads_the_lists_and_changes_nothing(
    service: Service, small: Small, mapping: int, room: str
) -> None:
    province = service.sign_in(Role.PROVINCIAL_PLANNER, scope=ZHEJIANG)

    assert province.get("/items").status_code == province.get("/mappings").status_code == 200
    assert "登记事项" not in facts(province.get("/items"))
    assert province.get(f"/{room}/new").status_code == 404
    assert province.post(f"/{room}", data={"number": "X", "name": "X"}).status_code == 404
    assert province.get(f"/items/{small.item}/edit").status_code == 404
    assert province.post(f"/mappings/{mapping}").status_code == 404


def test_everybody_reads_the_list_as_it_was_on_any_day(
    service: Service, small: Small, nation: FlaskClient
) -> None:
    form = form_of(facts(nation.get(f"/items/{small.item}/edit")))
    changed = nation.post(
        f"/items/{small.item}",
        data=form | {"basis": "演示依据二", "reason": "修订", "takes_effect": "2026-01-01"},
    )
    visitor = service.app.test_client()
    now = facts(visitor.get("/published/items"))
    before = facts(visitor.get("/published/items?day=2025-06-01"))

    assert changed.status_code == 303
    assert "演示依据二" in now
    assert "演示依据一" in before
    assert "您看到的是 2025年6月1日 的清单" in before
    assert re.findall(r'aria-current="true">([^<]+)', before) == ["2020年1月1日"]
    assert "Set-Cookie" not in visitor.get("/published/items").headers
    assert "还没有公布" in facts(visitor.get("/published/items?day=2019-01-01"))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"ratio": "101"}, "不能大于 100"),
        ({"least_officers": "1"}, "不能小于 2"),
        ({"ratio": "一成"}, "应填整数"),
        ({"number": "YS-01"}, "相同的代码或编号"),
    ],
)
def test_what_the_law_forbids_no_list_can_say(
    service: Service, small: Small, nation: FlaskClient, typed: dict[str, str], told: str
) -> None:
    form = form_of(facts(nation.get("/items/new"))) | {"number": "YS-02", "name": "演示"}
    answer = nation.post("/items", data=form | typed)

    assert answer.status_code == 422
    assert told in answer.text


def test_joint_items_are_entered_and_published(
    service: Service, small: Small, nation: FlaskClient
) -> None:
    form = form_of(facts(nation.get("/joint-items/new")))
    answer = nation.post(
        "/joint-items", data=form | {"number": "LH-01", "name": "演示联合", "lead": "市场监管"}
    )

    assert answer.status_code == 303
    assert "演示联合" in facts(service.app.test_client().get("/published/items"))


def test_files_of_the_published_lists_need_no_account(service: Service, small: Small) -> None:
    visitor = service.app.test_client()
    text = visitor.get("/published/items.csv").get_data().decode("utf-8-sig")

    assert [row["编号"] for row in csv.DictReader(io.StringIO(text))] == ["YS-01"]
    assert visitor.get("/published/items.xlsx?list=joint").get_data()[:2] == b"PK"
    assert visitor.get("/published/mappings.csv").status_code == 200
    assert visitor.get("/published/items.exe").status_code == 404


def test_a_mapping_stands_for_terms_of_two_vocabularies(
    service: Service, small: Small, nation: FlaskClient
) -> None:
    form = form_of(facts(nation.get("/mappings/new")))
    empty = nation.post("/mappings", data=form)
    entered = nation.post(
        "/mappings",
        data=form | {"source_term": "statistics|水质", "target_term": "spot_check|水利水质监测"},
    )
    visitor = service.app.test_client()

    assert re.findall(r'id="e-([a-z_]+)"', empty.text) == ["source_term", "target_term"]
    assert entered.status_code == 303
    assert "1 条对照" in facts(visitor.get("/published/mappings?term=水质"))
    assert "0 条对照" in facts(visitor.get("/published/mappings?day=2019-01-01"))


def test_a_mapping_is_changed_from_a_day_on(
    service: Service, mapping: int, nation: FlaskClient
) -> None:
    form = form_of(facts(nation.get(f"/mappings/{mapping}/edit")))
    changed = form | {
        "target_term": "spot_check|其他",
        "reason": "改",
        "takes_effect": "2026-03-01",
    }
    answer = nation.post(f"/mappings/{mapping}", data=changed)

    assert form["source_term"] == "certificate|食品"
    assert answer.status_code == 303
    page = facts(nation.get(answer.location))
    assert "食品 → 其他" in page
    assert "<del>食品检验</del> → 其他" in page
