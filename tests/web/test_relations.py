"""Relations that ask for recusal, as the authority keeps them."""

import csv
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core.roles import Role
from tests.core.people import GUANGDONG, ZHEJIANG, made_up_code
from tests.web.people import Service, facts
from tests.web.rosters import Small, form_of, small_roster


@pytest.fixture
def small(service: Service, tmp_path: Path) -> Small:
    return small_roster(service, tmp_path)


@pytest.fixture
def planner(service: Service) -> FlaskClient:
    return service.sign_in(Role.PROVINCIAL_PLANNER, scope=ZHEJIANG)


FORM = {"kind": "assessor", "takes_effect": "2026-03-01"}


@pytest.mark.parametrize("query", ["", "?q=hzspjc", "?q=张三", "?q=ZJ001", "?kind=relative"])
def test_a_relation_is_found_by_either_side(
    service: Service, small: Small, planner: FlaskClient, query: str
) -> None:
    page = facts(planner.get(f"/relations{query}"))

    assert "演示张三" in page
    assert "演示杭州食品检测有限公司" in page


def test_relations_are_seen_where_the_person_serves(service: Service, small: Small) -> None:
    abroad = service.sign_in(Role.PROVINCIAL_PLANNER, scope=GUANGDONG)

    assert "演示张三" not in facts(abroad.get("/relations"))
    assert abroad.get(f"/relations/{small.relation}").status_code == 404
    assert abroad.get(f"/relations/{small.relation}/edit").status_code == 404
    assert abroad.get(f"/relations/new?person={small.inspector}").status_code == 404


def test_a_relation_names_its_sides_by_number_or_name(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    by_number = planner.post(
        "/relations", data=FORM | {"person_id": "ZJ001", "institution_id": made_up_code(2)}
    )
    by_name = planner.post(
        "/relations",
        data=FORM | {"person_id": "王五", "institution_id": "演示杭州食品检测有限公司"},
    )

    assert by_number.status_code == by_name.status_code == 303
    assert len(re.findall("曾任该机构评审员</td>", facts(planner.get("/relations")))) == 2


def test_who_is_not_within_sight_cannot_be_named(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    answer = planner.post(
        "/relations", data=FORM | {"person_id": "JS001", "institution_id": "没有这家"}
    )

    assert answer.status_code == 422
    assert "没有找到这个人" in answer.text
    assert "没有找到这家机构" in answer.text


def test_the_form_knows_the_person_from_whose_page_it_was_opened(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    page = facts(planner.get(f"/relations/new?person={small.inspector}"))
    answer = planner.post(
        f"/relations?person={small.inspector}", data=FORM | {"institution_id": "南京"}
    )

    assert 'name="person_id"' not in page
    assert answer.location == f"/inspectors/{small.inspector}"
    assert "演示南京食品检测有限公司" in facts(planner.get(answer.location))


def test_a_relation_ends_with_its_last_day_and_its_history_stays(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    at = f"/relations/{small.relation}"
    form = form_of(facts(planner.get(f"{at}/edit")))
    wrong = planner.post(
        at, data=form | {"first_day": "2026-02-01", "last_day": "2026-01-01", "reason": "离任"}
    )
    planner.post(at, data=form | {"last_day": "2026-02-01", "reason": "离任"})
    page = facts(planner.get(at))

    assert wrong.status_code == 422
    assert re.findall(r'id="e-([a-z_]+)"', wrong.text) == ["last_day"]
    assert "2026年2月1日" in page
    assert "理由：离任" in page


def test_relations_go_into_a_file(service: Service, small: Small, planner: FlaskClient) -> None:
    answer = planner.post("/relations/export", data={"kind": "csv"})
    _, row = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))

    assert {"ZJ001", "演示张三", "演示杭州食品检测有限公司", "近亲属任职"} <= set(row)
