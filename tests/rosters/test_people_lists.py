"""Lists of inspectors and experts on any day."""

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlmodel import Session

import web.tables  # noqa: F401
from core.roles import NATION, Scope, ScopeKind
from rosters.certificates import CertificateStatus
from rosters.changes import Act
from rosters.editing import enter
from rosters.entries import Noun
from rosters.finding.people_lists import (
    PeopleFacet,
    PeopleFilters,
    PeopleSort,
    all_experts,
    all_inspectors,
    experts,
    inspectors,
)
from tests.rosters.test_institution_lists import counted
from tests.rosters.worlds import TODAY, act_of, settled

SPRING = date(2026, 3, 1)
FILTERS = PeopleFilters(TODAY)


@pytest.fixture
def act(tmp_path: Path) -> Act:
    return act_of(tmp_path)


def hired(session: Session, act: Act, name: str, **facts: Any) -> int:
    staff_no = facts.pop("staff_no", f"YS-{name}")
    return enter(
        session, act, Noun.INSPECTOR, {"name": name, "staff_no": staff_no} | facts, SPRING
    )[0]


def names(session: Session, **chosen: str) -> list[str]:
    of = {PeopleFacet(facet): frozenset({value}) for facet, value in chosen.items()}
    page = inspectors(session, PeopleFilters(TODAY, chosen=of), [NATION])
    return [row.inspector.name for row in page.rows]


def test_counts_are_those_of_the_list_that_each_value_would_give(
    session: Session, tmp_path: Path
) -> None:
    settled(session, tmp_path, 300)
    chance, whole = Random(3), inspectors(session, FILTERS, [NATION])
    for _ in range(8):
        facets = chance.sample([f for f in PeopleFacet if whole.counts[f]], 2)
        chosen = {f: frozenset({chance.choice(sorted(whole.counts[f]))}) for f in facets}
        page = inspectors(session, PeopleFilters(TODAY, "", chosen), [NATION])
        for facet in facets:
            for value, count in page.counts[facet].items():
                other = PeopleFilters(TODAY, "", chosen | {facet: frozenset({value})})
                assert inspectors(session, other, [NATION]).total == count


def test_one_valid_certificate_of_the_two_is_enough(session: Session, act: Act) -> None:
    hired(
        session, act, "演示甲", ministry_no="M1", ministry_until=date(2026, 6, 1),
        province_no="P1", province_until=date(2030, 1, 1),
    )  # fmt: skip
    hired(session, act, "演示乙", ministry_no="M2", ministry_until=date(2026, 12, 31))
    hired(session, act, "演示丙", province_no="P3", province_until=date(2026, 6, 1))
    hired(session, act, "演示丁")

    assert names(session, certificate="valid") == ["演示甲"]
    assert names(session, certificate="expiring") == ["演示乙"]
    assert names(session, certificate="expired") == ["演示丙"]
    assert names(session, certificate="none") == ["演示丁"]
    shown = inspectors(session, FILTERS, [NATION], PeopleSort.CERTIFICATE_END).rows
    assert [row.status for row in shown][:2] == [
        CertificateStatus.EXPIRED,
        CertificateStatus.EXPIRING,
    ]


def test_who_is_on_leave_that_day_is_marked(session: Session, act: Act) -> None:
    away = hired(session, act, "演示甲")
    hired(session, act, "演示乙")
    facts = {"inspector_id": away, "first_day": TODAY, "last_day": TODAY}
    enter(session, act, Noun.LEAVE, facts, SPRING)

    assert names(session, on_leave="yes") == ["演示甲"]
    assert [row.on_leave for row in all_inspectors(session, FILTERS, [NATION])] == [True, False]


def test_a_province_sees_its_own_people_only(session: Session, act: Act) -> None:
    hired(session, act, "演示甲", region="330100")
    hired(session, act, "演示乙", region="320000")
    zhejiang = [Scope(ScopeKind.REGION, "330000")]

    page = inspectors(session, FILTERS, zhejiang)

    assert [row.inspector.name for row in page.rows] == ["演示甲"]
    assert page.counts[PeopleFacet.REGION] == {"330000": 1, "330100": 1}
    assert inspectors(session, FILTERS, []).total == 0


def test_people_stand_in_order_of_how_their_names_sound(session: Session, act: Act) -> None:
    for name in ("曾演", "单演", "仇演", "安演"):
        hired(session, act, name)

    assert names(session) == ["安演", "仇演", "单演", "曾演"]


def test_an_inspector_is_listed_with_the_name_of_his_department(session: Session, act: Act) -> None:
    office, _ = enter(session, act, Noun.DEPARTMENT, {"name": "演示市场监管局"}, SPRING)
    hired(session, act, "演示甲", department_id=office)

    (row,) = inspectors(session, FILTERS, [NATION]).rows

    assert row.department == "演示市场监管局"


def test_experts_are_found_by_field_and_employer(session: Session, act: Act) -> None:
    for number, field in enumerate(("食品检验", "机动车检验")):
        facts = {"name": f"演示{number}", "expert_no": str(number), "fields": field}
        enter(session, act, Noun.EXPERT, facts | {"employer": "演示大学"}, SPRING)
    food = {PeopleFacet.FIELD: frozenset({"食品检验"})}

    page = experts(session, PeopleFilters(TODAY, "演示大学", food), [NATION])

    assert [row.expert.expert_no for row in page.rows] == ["0"]
    assert page.counts[PeopleFacet.FIELD] == {"食品检验": 1, "机动车检验": 1}
    assert len(all_experts(session, FILTERS, [NATION])) == 2


def test_a_page_of_people_asks_four_questions_however_many_they_are(
    session: Session, tmp_path: Path
) -> None:
    settled(session, tmp_path, 300)
    session.commit()
    inspectors(session, FILTERS, [NATION])

    with counted(session) as asked:
        inspectors(session, FILTERS, [NATION])

    assert len(asked) == 4
