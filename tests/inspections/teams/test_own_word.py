"""One person alone changes no team: who makes the proof is another than who lets somebody go."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from core.accounts import get_user
from core.trail import Actor
from inspections.draws import Draw
from inspections.teams.own_word import StandInForOneself, StandInOnOwnWord
from inspections.teams.stand_ins import StandIn, StandInReason
from inspections.teams.stepping import step_out
from inspections.teams.visits import Visit, appoint, get_visit
from rosters.changes import Act
from rosters.editing import change, enter
from rosters.entries import Noun
from tests.inspections.offices import NOON
from tests.inspections.teams.corps import Corps, a_corps

SLOT, LATER, TODAY = "001/组长", NOON + timedelta(hours=1), NOON.date()


@pytest.fixture
def corps(session: Session, tmp_path: Path) -> Corps:
    corps = a_corps(session, tmp_path)
    corps.inspectors(16)
    return corps


@pytest.fixture
def teams(corps: Corps) -> Draw:
    return corps.teams_held(corps.list_drawn())


def leader(corps: Corps, teams: Draw) -> tuple[int, Visit]:
    seat = next(one for one in corps.drawn(teams) if one.slot == SLOT)
    return seat.person_id, get_visit(corps.session, seat.visit_id)


def act(corps: Corps, actor: Actor) -> Act:
    return Act(actor, LATER, corps.office.files)


def on_leave(corps: Corps, who: Actor, person: int, visit: Visit, **facts: Any) -> int:
    days = {"first_day": visit.first_day, "last_day": visit.last_day, **facts}
    told = {"inspector_id": person, "reason": "年休假", **days}
    return enter(corps.session, act(corps, who), Noun.LEAVE, told, TODAY)[0]


def goes(corps: Corps, teams: Draw) -> StandIn:
    """The planner lets the leader go, as the rosters prove."""
    return step_out(corps.session, corps.first.desk(), teams.key, SLOT, StandInReason.LEAVE)


def test_who_registers_a_leave_does_not_let_the_inspector_go_for_it(
    corps: Corps, teams: Draw
) -> None:
    person, visit = leader(corps, teams)
    on_leave(corps, corps.office.planner, person, visit)

    with pytest.raises(StandInOnOwnWord):
        goes(corps, teams)


def test_a_leave_that_a_colleague_registers_is_a_proof(corps: Corps, teams: Draw) -> None:
    person, visit = leader(corps, teams)
    on_leave(corps, corps.office.colleague, person, visit)

    assert goes(corps, teams).in_id == corps.waiting(teams, SLOT)[0]


def test_nobody_clears_the_alternates_away_until_the_one_comes_whom_he_wants(
    corps: Corps, teams: Draw
) -> None:
    person, visit = leader(corps, teams)
    on_leave(corps, corps.office.colleague, person, visit)
    on_leave(corps, corps.office.planner, corps.waiting(teams, SLOT)[0], visit)

    with pytest.raises(StandInOnOwnWord):
        goes(corps, teams)


def test_a_leave_made_longer_by_who_signs_is_his_own_word_too(corps: Corps, teams: Draw) -> None:
    person, visit = leader(corps, teams)
    before = visit.first_day - timedelta(days=30)
    days = {"first_day": before, "last_day": before}
    leave = on_leave(corps, corps.office.colleague, person, visit, **days)
    told = {"last_day": visit.last_day}
    change(corps.session, act(corps, corps.office.planner), Noun.LEAVE, leave, told, TODAY)

    with pytest.raises(StandInOnOwnWord):
        goes(corps, teams)


def test_who_moves_a_visit_into_a_leave_does_not_let_the_inspector_go_for_it(
    corps: Corps, teams: Draw
) -> None:
    person, visit = leader(corps, teams)
    last = visit.window_last
    on_leave(corps, corps.office.colleague, person, visit, first_day=last, last_day=last)
    seen, planner = visit.version, corps.office.planner
    appoint(corps.session, visit.key, seen, (last, last), "机构来函", planner, LATER)
    corps.session.commit()

    with pytest.raises(StandInOnOwnWord):
        goes(corps, teams)


def test_what_somebody_registered_before_the_draw_is_not_held_against_him(
    corps: Corps, teams: Draw
) -> None:
    # all sixteen were registered by the planner, before the draw
    person, visit = leader(corps, teams)
    on_leave(corps, corps.office.colleague, person, visit)

    assert goes(corps, teams).out_id == person


def test_nobody_lets_himself_step_in(corps: Corps, teams: Draw) -> None:
    person, visit = leader(corps, teams)
    on_leave(corps, corps.office.colleague, person, visit)
    login = get_user(corps.session, corps.office.planner.user_id or 0).login_name
    first, told = corps.waiting(teams, SLOT)[0], {"login_name": login}
    change(corps.session, act(corps, corps.office.colleague), Noun.INSPECTOR, first, told, TODAY)

    with pytest.raises(StandInForOneself):
        goes(corps, teams)
