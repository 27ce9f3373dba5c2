"""After the draw: certificates end, people fall ill, institutions object; alternates step in."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col

from core.accounts import get_user
from core.trail import Search, page
from inspections.draws import Draw, DrawNotFound
from inspections.holding import publish
from inspections.motions import NoteIsMissing, SecondSignatoryNeeded
from inspections.teams.addenda import check_team_addenda
from inspections.teams.boards import visit_line, visits_of_person
from inspections.teams.checks import inner_team_faults, public_team_faults
from inspections.teams.members import MemberState
from inspections.teams.papers import Papers, papers_of_visit
from inspections.teams.recusals import (
    DecidesOwnRecusal,
    Recusal,
    RecusalIsOver,
    RecusalIsPending,
    RecusalReasonMissing,
    RecusalSide,
    RecusalState,
    withdraw_recusal,
)
from inspections.teams.seats import Seat
from inspections.teams.stand_ins import StandIn, StandInReason, stand_ins_of
from inspections.teams.stepping import (
    NotOnTeam,
    RecusalDraft,
    StandInDecided,
    StandInNeedsTwo,
    StandInUnproven,
    accept_recusal,
    move_stand_in,
    raise_recusal,
    reject_recusal,
    sign_stand_in,
    step_out,
    team_standing,
    unfit_members,
)
from inspections.teams.visits import get_visit, listed_of
from rosters.entries import Noun
from sampler.hashing import canonical
from sampler.teams.rules import Rule
from tests.inspections.offices import NOON
from tests.inspections.teams.corps import Corps, a_corps

TODAY = NOON.date()
SLOT = "001/组长"


@pytest.fixture
def corps(session: Session, tmp_path: Path) -> Corps:
    corps = a_corps(session, tmp_path)
    corps.inspectors(16)
    return corps


@pytest.fixture
def teams(corps: Corps) -> Draw:
    """Teams drawn on an open list."""
    draw = corps.teams_held(corps.list_drawn())
    return publish(corps.session, corps.first.desk(), draw.key)


def seat(corps: Corps, teams: Draw, slot: str = SLOT) -> Seat:
    return next(one for one in corps.drawn(teams) if one.slot == slot)


def papers(corps: Corps, teams: Draw) -> Papers:
    return papers_of_visit(corps.session, corps.first.desk(), seat(corps, teams).visit_id)


def goes(corps: Corps, teams: Draw, reason: StandInReason, slot: str = SLOT) -> StandIn:
    return step_out(corps.session, corps.first.desk(), teams.key, slot, reason)


def asked(corps: Corps, teams: Draw, slot: str = SLOT, **facts: object) -> Recusal:
    told: dict[str, object] = {
        "slot": slot, "person_id": seat(corps, teams, slot).person_id,
        "side": RecusalSide.INSTITUTION, "ground": "其配偶在本机构任职",
    }  # fmt: skip
    draft = RecusalDraft(**(told | facts))  # type: ignore[arg-type]
    return raise_recusal(corps.session, corps.first.desk(), teams.key, draft)


def addenda(corps: Corps, teams: Draw) -> list[bytes]:
    rows = stand_ins_of(corps.session, teams.key)
    return [corps.first.paper(teams, f"addendum-{row.number}.json") for row in rows]


# -- what the rosters prove --------------------------------------------------------------------


def test_a_certificate_that_ends_between_draw_and_visit_lets_the_alternate_step_in(
    corps: Corps, teams: Draw
) -> None:
    out = seat(corps, teams)
    before = papers(corps, teams)
    day = get_visit(corps.session, out.visit_id).last_day - timedelta(days=1)
    corps.changes(Noun.INSPECTOR, out.person_id, TODAY, province_until=day)

    (unfit,) = [
        u for u in unfit_members(corps.session, corps.first.desk(), teams.key) if u.slot == SLOT
    ]
    step = goes(corps, teams, StandInReason.CERTIFICATE)

    assert unfit.why == (Rule.CERTIFICATE.value,)
    assert step.in_id == corps.waiting(teams, SLOT)[0]
    after = papers(corps, teams)
    assert after.notice.sheet.version == before.notice.sheet.version + 1
    assert all(one.card.certificate_no for one in after.notice.sheet.team.officers)
    assert out.person_id not in [m.card.entry_id for m in after.notice.sheet.team.members]
    assert list(inner_team_faults(corps.session, corps.first.desk(), teams.key)) == []


def test_an_inspector_on_leave_the_same_morning_is_replaced(corps: Corps, teams: Draw) -> None:
    out = seat(corps, teams)
    visit = get_visit(corps.session, out.visit_id)
    with pytest.raises(StandInUnproven):
        goes(corps, teams, StandInReason.LEAVE)
    corps.says(
        Noun.LEAVE, TODAY, inspector_id=out.person_id,
        first_day=visit.first_day, last_day=visit.first_day,
    )  # fmt: skip

    step = goes(corps, teams, StandInReason.LEAVE)

    line = visit_line(corps.session, out.visit_id, TODAY)
    (gone,) = line.team.former
    assert (gone.card.entry_id, gone.reason) == (out.person_id, StandInReason.LEAVE)
    assert gone.state is MemberState.STEPPED_OUT
    assert step.in_id in [one.card.entry_id for one in line.team.members]
    assert visits_of_person(corps.session, out.person_id, TODAY) == [
        own
        for own in visits_of_person(corps.session, out.person_id, TODAY)
        if own.line.visit.key != out.visit_id
    ]


def test_whoever_has_left_service_is_replaced(corps: Corps, teams: Draw) -> None:
    corps.changes(Noun.INSPECTOR, seat(corps, teams).person_id, TODAY, duty="left")

    assert goes(corps, teams, StandInReason.LEFT).in_id is not None


def test_a_relation_that_becomes_known_is_hard(corps: Corps, teams: Draw) -> None:
    out = seat(corps, teams)
    institution = visit_line(corps.session, out.visit_id, TODAY).institution.entry_id
    corps.says(
        Noun.RELATION, TODAY, person_id=out.person_id, institution_id=institution, kind="share"
    )

    step = goes(corps, teams, StandInReason.RELATION)

    assert step.in_id != out.person_id
    told = json.loads(addenda(corps, teams)[-1])
    assert (told["reason"], told["slot"]) == ("relation", SLOT)


def test_an_alternate_who_cannot_go_is_passed_over_and_why_is_not_published(
    corps: Corps, teams: Draw
) -> None:
    out = seat(corps, teams)
    first, second = corps.waiting(teams, SLOT)
    for person in (out.person_id, first):
        corps.changes(Noun.INSPECTOR, person, TODAY, province_until=TODAY)

    step = goes(corps, teams, StandInReason.CERTIFICATE)

    assert step.in_id == second
    assert json.loads(addenda(corps, teams)[-1])["passed"] == [[f"{first:06d}", "unfit"]]
    corps.session.commit()
    (event,) = page(corps.session, Search(action="stand_in.signed"))
    assert (event.after or {})["passed"] == [f"{first:06d} {Rule.CERTIFICATE.label}"]


def test_when_the_alternates_have_run_out_it_is_said(corps: Corps, teams: Draw) -> None:
    out = seat(corps, teams)
    for person in (out.person_id, *corps.waiting(teams, SLOT)):
        corps.changes(Noun.INSPECTOR, person, TODAY, province_until=TODAY)

    step = goes(corps, teams, StandInReason.CERTIFICATE)

    assert step.in_id is None
    assert visit_line(corps.session, out.visit_id, TODAY).team.vacant == ("组长",)
    assert json.loads(addenda(corps, teams)[-1])["in"] is None
    with pytest.raises(NotOnTeam):
        goes(corps, teams, StandInReason.CERTIFICATE)


def test_nobody_sits_twice_in_a_team(corps: Corps, teams: Draw) -> None:
    for member in corps.drawn(teams):
        corps.changes(Noun.INSPECTOR, member.person_id, TODAY, duty="left")
        goes(corps, teams, StandInReason.LEFT, member.slot)

    members = team_standing(corps.session, corps.office.files, teams).members
    visits = [(slot.partition("/")[0], person) for slot, person in members.items()]
    assert len(visits) == len(set(visits))


# -- adjustments -------------------------------------------------------------------------------


def test_an_adjustment_takes_two_persons_and_a_word(corps: Corps, teams: Draw) -> None:
    duty, desk = StandInReason.DUTY, corps.first.desk()
    with pytest.raises(StandInNeedsTwo):
        goes(corps, teams, duty)
    with pytest.raises(NoteIsMissing):
        move_stand_in(corps.session, desk, teams.key, SLOT, duty, " ")
    motion = move_stand_in(corps.session, desk, teams.key, SLOT, duty, "抽调参加应急处置")
    with pytest.raises(SecondSignatoryNeeded):
        sign_stand_in(corps.session, desk, motion.key)
    corps.session.expire_all()

    step = sign_stand_in(corps.session, corps.first.desk(corps.first.second), motion.key)

    assert step.motion_id == motion.key
    assert step.in_id == corps.waiting(teams, SLOT)[0]


def test_a_motion_about_somebody_who_has_gone_meanwhile_changes_nothing(
    corps: Corps, teams: Draw
) -> None:
    duty, desk = StandInReason.DUTY, corps.first.desk()
    motion = move_stand_in(corps.session, desk, teams.key, SLOT, duty, "抽调")
    corps.changes(Noun.INSPECTOR, seat(corps, teams).person_id, TODAY, duty="left")
    goes(corps, teams, StandInReason.LEFT)

    with pytest.raises(NotOnTeam):
        sign_stand_in(corps.session, corps.first.desk(corps.first.second), motion.key)


def test_what_the_rosters_prove_is_no_motion_and_a_recusal_is_decided(
    corps: Corps, teams: Draw
) -> None:
    desk = corps.first.desk()
    with pytest.raises(StandInDecided):
        move_stand_in(corps.session, desk, teams.key, SLOT, StandInReason.LEAVE, "请假")
    with pytest.raises(StandInDecided):
        goes(corps, teams, StandInReason.RECUSAL)


# -- recusal -----------------------------------------------------------------------------------


def test_a_granted_request_of_the_institution_lets_the_alternate_step_in(
    corps: Corps, teams: Draw
) -> None:
    before, recusal = papers(corps, teams), asked(corps, teams)
    judge = corps.first.desk(corps.first.second)

    step = accept_recusal(corps.session, judge, recusal.key, "经核实属实")

    assert (step.recusal_id, step.motion_id) == (recusal.key, None)
    assert (recusal.state, recusal.decided_by) == (
        RecusalState.ACCEPTED, corps.first.second.user_id,
    )  # fmt: skip
    after = papers(corps, teams)
    assert after.task.sheet.number != before.task.sheet.number
    assert "回避" in after.task.changes[0]
    faults = public_team_faults(
        teams.commitment_digest or "",
        corps.first.paper(teams, "certificate.json"),
        corps.first.paper(teams, "frame.jsonl"),
        addenda(corps, teams),
    )
    assert list(faults) == []


def test_a_recusal_is_decided_by_somebody_else_with_a_reason(corps: Corps, teams: Draw) -> None:
    recusal = asked(corps, teams)
    with pytest.raises(DecidesOwnRecusal):
        accept_recusal(corps.session, corps.first.desk(), recusal.key, "同意")
    judge = corps.first.desk(corps.first.second)
    with pytest.raises(RecusalReasonMissing):
        reject_recusal(corps.session, judge, recusal.key, "")

    reject_recusal(corps.session, judge, recusal.key, "经核实不存在利害关系")

    assert stand_ins_of(corps.session, teams.key) == []
    with pytest.raises(RecusalIsOver):
        accept_recusal(corps.session, judge, recusal.key, "改主意")


def test_who_should_not_come_does_not_decide_on_it_himself(corps: Corps, teams: Draw) -> None:
    recusal = asked(corps, teams)
    judge = corps.first.second
    login = get_user(corps.session, judge.user_id or 0).login_name
    corps.changes(Noun.INSPECTOR, recusal.person_id, TODAY, login_name=login)

    with pytest.raises(DecidesOwnRecusal):
        reject_recusal(corps.session, corps.first.desk(judge), recusal.key, "没有关系")


def test_a_recusal_is_about_a_member_and_asked_once(corps: Corps, teams: Draw) -> None:
    with pytest.raises(NotOnTeam):
        asked(corps, teams, person_id=corps.waiting(teams, SLOT)[0])
    recusal = asked(corps, teams)
    with pytest.raises(RecusalIsPending):
        asked(corps, teams)
    corps.session.rollback()

    assert recusal.slot == SLOT


def test_an_inspector_declares_an_interest_and_may_take_it_back(corps: Corps, teams: Draw) -> None:
    recusal = asked(corps, teams, side=RecusalSide.INSPECTOR, ground="曾在该机构兼职")

    withdraw_recusal(corps.session, recusal.key, corps.first.operator, NOON)

    assert recusal.state is RecusalState.WITHDRAWN
    assert asked(corps, teams).state is RecusalState.OPEN


def test_a_granted_recusal_bars_from_that_institution_for_good(corps: Corps, teams: Draw) -> None:
    recusal = asked(corps, teams)
    accept_recusal(corps.session, corps.first.desk(corps.first.second), recusal.key, "经核实属实")
    corps.first.void(teams)

    again = corps.teams_held(_listed(corps))

    sent = {
        (visit_line(corps.session, one.visit_id, TODAY).institution.entry_id, one.person_id)
        for one in corps.drawn(again)
    }
    assert (recusal.institution_id, recusal.person_id) not in sent


def _listed(corps: Corps) -> Draw:
    return listed_of(corps.session, corps.session.get_one(Draw, 1).plan_id)


# -- addenda -----------------------------------------------------------------------------------

FORGERIES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "left out": lambda a: a[1:],
    "turned round": lambda a: a[::-1],
    "another reason": lambda a: [_with(a[0], "reason", "duty"), a[1]],
    "no reason of ours": lambda a: [_with(a[0], "reason", "friend"), a[1]],
    "somebody else": lambda a: [_with(a[0], "in", "999999"), a[1]],
    "passed over for nothing": lambda a: [
        _with(a[0], "passed", [[json.loads(a[0])["in"], "friend"]]), a[1],
    ],
    "another slot": lambda a: [_with(a[0], "slot", "002/组长"), a[1]],
    "torn": lambda a: [a[0][:-4]],
    "no addendum": lambda a: [b"[]"],
}  # fmt: skip


def _with(text: bytes, name: str, value: object) -> bytes:
    return canonical({**json.loads(text), name: value})


def test_a_stranger_sees_every_change_of_an_addendum(corps: Corps, teams: Draw) -> None:
    for slot in (SLOT, "001/成员1"):
        corps.changes(Noun.INSPECTOR, seat(corps, teams, slot).person_id, TODAY, duty="left")
        goes(corps, teams, StandInReason.LEFT, slot)
    certificate, honest = corps.first.paper(teams, "certificate.json"), addenda(corps, teams)

    unseen = [
        name
        for name, forge in FORGERIES.items()
        if list(check_team_addenda(certificate, forge(honest))) == []
    ]

    assert unseen == []
    assert list(check_team_addenda(certificate, honest)) == []


def test_rows_of_teams_never_change(corps: Corps, teams: Draw) -> None:
    with pytest.raises(DatabaseError, match="never changed or removed"):
        corps.session.exec(update(Seat).where(col(Seat.rank) == 0).values(person_id=1))


def test_institutions_have_no_stand_ins(corps: Corps, teams: Draw) -> None:
    listed = _listed(corps)

    with pytest.raises(DrawNotFound):
        step_out(corps.session, corps.first.desk(), listed.key, SLOT, StandInReason.LEAVE)


def test_days_of_the_draw_are_within_the_plan(corps: Corps, teams: Draw) -> None:
    days = [get_visit(corps.session, one.visit_id) for one in corps.drawn(teams)]

    assert all(
        date(2026, 10, 8) <= visit.first_day <= visit.last_day <= date(2026, 11, 10)
        for visit in days
    )
