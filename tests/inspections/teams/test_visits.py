"""Visits: their days within the windows of the plan, their authority, and who takes them over."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from core.calendar import is_working_day
from core.trail import Search, page
from inspections.draws import Draw
from inspections.plan_content import Window
from inspections.teams.boards import board_of, visit_by_number, visit_line
from inspections.teams.execution import organ_region, round_half_up
from inspections.teams.papers import papers_of_visit
from inspections.teams.rules import Execution, ExecutionBy, NoTeamRules, TeamRules
from inspections.teams.schedule import NoDaysLeft, days_of, slices
from inspections.teams.visits import (
    AppointmentUnclear,
    Visit,
    VisitChangedMeanwhile,
    VisitIsCancelled,
    VisitNotFound,
    VisitState,
    appoint,
    plan_visits,
    visits_of,
)
from rosters.inspectors import OfficerLevel
from tests.inspections.offices import FOOD, NOON
from tests.inspections.teams.corps import RULES, Corps, a_corps

TODAY = NOON.date()
OCTOBER = Window(first=date(2026, 10, 8), last=date(2026, 11, 10))
CITY, PROVINCE, NATIONAL = OfficerLevel.CITY, OfficerLevel.PROVINCE, OfficerLevel.NATIONAL


@pytest.fixture
def corps(session: Session, tmp_path: Path) -> Corps:
    corps = a_corps(session, tmp_path)
    corps.inspectors(12)
    return corps


def planned(corps: Corps, listed: Draw, rules: TeamRules = RULES) -> list[Visit]:
    corps.rules(listed, rules)
    return plan_visits(corps.session, listed.plan_id, corps.office.planner, NOON)


# -- days --------------------------------------------------------------------------------------


@given(
    visits=st.integers(1, 200),
    length=st.integers(1, 6),
    days=st.integers(1, 40),
    early=st.integers(0, 30),
)
def test_every_visit_lies_within_its_stretch_and_stretches_are_filled_evenly(
    visits: int, length: int, days: int, early: int
) -> None:
    cut = slices([OCTOBER], days, date(2026, 10, 8) + timedelta(days=early))

    planned = days_of(cut, visits, length)

    assert len(planned) == visits
    for piece, first, last in planned:
        assert piece.first <= first <= last <= piece.last
        assert is_working_day(first).value
        assert is_working_day(last).value
        assert len([day for day in piece.working if first <= day <= last]) <= length
    counts = Counter(piece.first for piece, _, _ in planned)
    filled = [counts[piece.first] for piece in cut]
    assert max(filled) - min(filled) <= 1


def test_windows_without_a_working_day_left_are_told() -> None:
    with pytest.raises(NoDaysLeft):
        slices([OCTOBER, Window()], 7, date(2026, 11, 11))
    with pytest.raises(NoDaysLeft):
        # the National Day holidays
        slices([Window(first=date(2026, 10, 1), last=date(2026, 10, 7))], 7, TODAY)


def test_a_visit_is_planned_for_every_institution_once(corps: Corps) -> None:
    listed = corps.list_drawn()
    with pytest.raises(NoTeamRules):
        plan_visits(corps.session, listed.plan_id, corps.office.planner, NOON)

    visits = planned(corps, listed)

    assert [visit.task_number for visit in visits] == ["001", "002", "003", "004"]
    assert len({visit.unit_id for visit in visits}) == 4
    assert [v.key for v in planned(corps, listed)] == [v.key for v in visits]


# -- appointments ------------------------------------------------------------------------------


def test_other_days_are_agreed_within_the_stretch_and_leave_a_trace(corps: Corps) -> None:
    visit = planned(corps, corps.list_drawn())[0]
    seen, days = visit.version, (visit.window_last, visit.window_last)

    appoint(corps.session, visit.key, seen, days, "机构来函", corps.office.planner, NOON)
    corps.session.commit()

    assert (visit.first_day, visit.last_day, visit.version) == (*days, seen + 1)
    (event,) = page(corps.session, Search(noun="visit", action="visit.appointed"))
    assert event.reason == "机构来函"
    assert (event.after or {})["last_day"] == days[1].isoformat()


def test_days_outside_the_stretch_or_on_an_old_page_are_refused(corps: Corps) -> None:
    visit = planned(corps, corps.list_drawn())[0]
    key, seen, last = visit.key, visit.version, visit.window_last
    for days in ((last, last + timedelta(days=1)), (last, last - timedelta(days=1))):
        with pytest.raises(AppointmentUnclear):
            appoint(corps.session, key, seen, days, "", corps.office.planner, NOON)

    with pytest.raises(VisitChangedMeanwhile):
        appoint(corps.session, key, seen + 1, (last, last), "", corps.office.planner, NOON)


def test_a_visit_to_come_is_never_moved_to_days_that_are_over(corps: Corps) -> None:
    visit = planned(corps, corps.list_drawn())[0]
    key, first, last, planner = (
        visit.key,
        visit.window_first,
        visit.window_last,
        corps.office.planner,
    )
    appoint(corps.session, key, visit.version, (last, last), "", planner, NOON)
    eve = NOON + (last - NOON.date() - timedelta(days=1))

    # from its first day on nothing has to be kept from the institution any more
    with pytest.raises(AppointmentUnclear):
        appoint(corps.session, key, visit.version, (first, last), "", planner, eve)
    appoint(corps.session, key, visit.version, (eve.date(), last), "", planner, eve)

    assert visit.first_day == eve.date()


# -- who executes ------------------------------------------------------------------------------


def executed(corps: Corps, execution: Execution, **facts: object) -> list[OfficerLevel]:
    listed = corps.list_drawn(**facts)  # type: ignore[arg-type]
    rules = RULES.model_copy(update={"execution": execution})
    return [visit.executor for visit in planned(corps, listed, rules)]


def test_national_institutions_are_executed_by_the_nation_by_default(corps: Corps) -> None:
    # those of the office are of the national level
    assert executed(corps, Execution()) == [NATIONAL] * 4


def test_shares_follow_the_task_numbers_which_follow_from_the_seed(corps: Corps) -> None:
    shares = Execution(
        by=ExecutionBy.SHARE, national=Decimal("0.3"), province=Decimal("0.5"), otherwise=CITY
    )

    assert executed(corps, shares) == [NATIONAL, PROVINCE, PROVINCE, CITY]


def test_an_authority_can_go_by_the_field(corps: Corps) -> None:
    listed = corps.list_drawn()
    execution = Execution(by=ExecutionBy.FIELD, fields=((FOOD, NATIONAL),), otherwise=CITY)
    rules = RULES.model_copy(update={"execution": execution})

    planned(corps, listed, rules)

    lines = board_of(corps.session, listed.plan_id, TODAY).lines
    for line in lines:
        wanted = NATIONAL if line.institution.field == FOOD else CITY
        assert line.visit.executor == wanted
    assert {line.organ for line in lines} == {"国家市场监督管理总局", "杭州市市场监督管理局"}


def test_the_organ_is_that_of_the_province_or_the_city_of_the_institution() -> None:
    assert organ_region(NATIONAL, "330100") == ""
    assert organ_region(PROVINCE, "330100") == "330000"
    assert organ_region(CITY, "330100") == "330100"
    assert organ_region(CITY, "") == ""


@given(st.fractions(0, 1000))
def test_halves_are_rounded_up(number: object) -> None:
    assert abs(round_half_up(number) - number) <= Decimal("0.5")  # type: ignore[operator,arg-type]


# -- when an institution is replaced -----------------------------------------------------------


def test_the_reserve_takes_the_visit_over_with_its_number_and_team(corps: Corps) -> None:
    listed = corps.list_drawn(institutions=9)
    teams = corps.teams_held(listed)
    before = {line.visit.key: line for line in board_of(corps.session, listed.plan_id, TODAY).lines}
    first = next(iter(before.values()))
    corps.replaced(listed, first.institution.unit_id)

    plan_visits(corps.session, listed.plan_id, corps.office.planner, NOON)

    after = visit_line(corps.session, first.visit.key, TODAY)
    assert after.institution.unit_id != first.institution.unit_id
    assert after.visit.task_number == first.visit.task_number
    assert [m.card for m in after.team.members] == [m.card for m in first.team.members]
    papers = papers_of_visit(corps.session, corps.first.desk(), first.visit.key)
    assert papers.notice.sheet.institution == after.institution
    assert papers.notice.sheet.version == 2
    assert teams.key == board_of(corps.session, listed.plan_id, TODAY).teams.key  # type: ignore[union-attr]


def test_without_a_reserve_the_visit_is_cancelled(corps: Corps) -> None:
    listed = corps.list_drawn(institutions=4)
    visits = planned(corps, listed)
    line = visit_line(corps.session, visits[0].key, TODAY)
    corps.replaced(listed, line.institution.unit_id)

    plan_visits(corps.session, listed.plan_id, corps.office.planner, NOON)

    visit = visits_of(corps.session, listed.key)[0]
    assert visit.state is VisitState.CANCELLED
    days = (visit.window_last, visit.window_last)
    with pytest.raises(VisitIsCancelled):
        appoint(corps.session, visit.key, visit.version, days, "", corps.office.planner, NOON)


def test_a_visit_is_found_by_the_number_on_its_papers(corps: Corps) -> None:
    listed = corps.list_drawn()
    visits = planned(corps, listed)

    assert visit_by_number(corps.session, listed.plan_id, "003").key == visits[2].key
    with pytest.raises(VisitNotFound):
        visit_by_number(corps.session, listed.plan_id, "3")
