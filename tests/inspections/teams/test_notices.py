"""Notices of visits: members hear at once, institutions when the plan says so, nobody twice."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from core.accounts import User
from core.calendar import working_days_between
from core.messages import MAIL, Message
from core.roles import Role, Scope, ScopeKind
from inspections.draws import Draw, DrawIsElsewhere
from inspections.holding import publish
from inspections.plan_content import NoticePolicy
from inspections.teams.boards import visit_line
from inspections.teams.notices import (
    NoticeDaysUnclear,
    NoticeIsOld,
    NoticeState,
    VisitNotice,
    due_day,
    give_receipt,
    newest,
    notices_of,
    notices_to,
    order_notices,
)
from inspections.teams.sending import (
    CALLED_OFF,
    CHANGED,
    TO_INSTITUTION,
    TO_MEMBER,
    Sent,
    send_due,
)
from inspections.teams.stand_ins import StandInReason
from inspections.teams.stepping import step_out
from inspections.teams.visits import Visit, appoint, listed_of, visits_of
from rosters.entries import Noun
from tests.core.people import actor, person, seated
from tests.inspections.offices import NOON
from tests.inspections.teams.corps import Corps, a_corps

TODAY = NOON.date()
SEALED_UNTIL = date(2027, 1, 15)


@pytest.fixture
def corps(session: Session, tmp_path: Path) -> Corps:
    corps = a_corps(session, tmp_path)
    corps.inspectors(16)
    return corps


def teams_of(corps: Corps, *, unannounced: bool = False, published: bool = True) -> Draw:
    """Teams that have been drawn; those of an unannounced plan stay sealed."""
    if unannounced:
        content = corps.office.sound(notice=NoticePolicy.UNANNOUNCED)
        return corps.teams_held(corps.list_drawn(content=content, opens_on=SEALED_UNTIL))
    draw = corps.teams_held(corps.list_drawn())
    return publish(corps.session, corps.first.desk(), draw.key) if published else draw


def visits(corps: Corps, teams: Draw) -> list[Visit]:
    return visits_of(corps.session, listed_of(corps.session, teams.plan_id).key)


def ordered(corps: Corps, teams: Draw, days: int = 3) -> Draw:
    order_notices(corps.session, teams.key, days, corps.office.planner, NOON)
    return teams


def on(day: date) -> datetime:
    """Noon of a day."""
    return NOON + (day - TODAY)


def sent(corps: Corps, teams: Draw, day: date = TODAY) -> Sent:
    return send_due(corps.session, teams, on(day))


def institution_of(corps: Corps, visit: Visit) -> int:
    entry = visit_line(corps.session, visit.key, TODAY).institution.entry_id
    assert entry is not None
    return entry


def clerk_of(corps: Corps, institution: int) -> User:
    """Somebody who acts for an institution."""
    scope = Scope(ScopeKind.INSTITUTION, corps.office.code(institution))
    return seated(corps.session, Role.INSTITUTION, scope)[0]


def kinds_to(corps: Corps, user: User) -> list[str]:
    wanted = select(Message.kind).where(Message.user_id == user.key)
    return list(corps.session.exec(wanted))


def told(corps: Corps, teams: Draw, visit: Visit) -> list[VisitNotice]:
    return [one for one in notices_of(corps.session, teams.key) if one.visit_id == visit.key]


def institutions_told(corps: Corps, teams: Draw) -> set[int]:
    found = notices_of(corps.session, teams.key)
    return {one.visit_id for one in found if one.is_for_institution}


# -- when --------------------------------------------------------------------------------------


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(1, 60),
)
def test_notice_is_given_so_many_working_days_before_and_no_later(first: date, days: int) -> None:
    due = due_day(NoticePolicy.NOTIFIED, days, first)
    eve = first - timedelta(days=1)

    assert working_days_between(due - timedelta(days=1), eve).value == days
    assert working_days_between(due, eve).value == days - 1


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 60))
def test_an_unannounced_visit_is_told_on_its_first_day(first: date, days: int) -> None:
    assert due_day(NoticePolicy.UNANNOUNCED, days, first) == first


def test_nobody_is_told_before_somebody_has_ordered_it(corps: Corps) -> None:
    assert sent(corps, teams_of(corps)) == Sent()


def test_all_members_hear_at_once_and_institutions_in_time(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps))
    first = visits(corps, teams)[0]
    due = due_day(NoticePolicy.NOTIFIED, 3, first.first_day)

    at_once = sent(corps, teams)
    before = sent(corps, teams, due - timedelta(days=1))
    in_time = sent(corps, teams, due)

    assert (at_once.members, at_once.institutions) == (8, 0)
    assert (before.members, before.institutions) == (0, 0)
    assert first.key in institutions_told(corps, teams)
    assert in_time.institutions == sum(
        due_day(NoticePolicy.NOTIFIED, 3, one.first_day) <= due for one in visits(corps, teams)
    )


def test_the_institution_of_an_unannounced_visit_hears_nothing_before_its_first_day(
    corps: Corps,
) -> None:
    teams = ordered(corps, teams_of(corps, unannounced=True), days=0)
    visit = visits(corps, teams)[0]
    clerk = clerk_of(corps, institution_of(corps, visit))

    for day in (TODAY, visit.first_day - timedelta(days=1)):
        assert sent(corps, teams, day).institutions == 0
    assert kinds_to(corps, clerk) == []

    sent(corps, teams, visit.first_day)

    assert visit.key in institutions_told(corps, teams)
    assert kinds_to(corps, clerk) == [TO_INSTITUTION]


def test_no_institution_is_told_of_teams_that_are_not_published(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps, published=False))
    due = max(one.first_day for one in visits(corps, teams))

    assert sent(corps, teams, due).institutions == 0


def test_a_visit_that_is_over_is_told_to_nobody(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps))
    after = max(one.last_day for one in visits(corps, teams)) + timedelta(days=1)

    assert sent(corps, teams, after) == Sent()


@pytest.mark.parametrize(("unannounced", "days"), [(False, 0), (False, 61), (True, 3)])
def test_days_of_notice_that_do_not_suit_the_plan_are_refused(
    corps: Corps, unannounced: bool, days: int
) -> None:
    with pytest.raises(NoticeDaysUnclear):
        ordered(corps, teams_of(corps, unannounced=unannounced), days)


def test_notices_are_ordered_once_teams_are_drawn(corps: Corps) -> None:
    with pytest.raises(DrawIsElsewhere):
        ordered(corps, corps.teams_committed(corps.list_drawn()))


# -- to whom -----------------------------------------------------------------------------------


def test_what_has_been_told_is_not_told_again(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps))
    first = visits(corps, teams)[0].first_day

    sent(corps, teams, first)

    assert sent(corps, teams, first) == Sent()


def test_many_are_told_in_several_goes_and_nobody_twice(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps), days=60)
    goes = []
    while (go := send_due(corps.session, teams, NOON, most=5)).total:
        goes.append((go.total, go.more))

    assert goes == [(5, True), (5, True), (2, False)]
    corps.first.void(teams)
    assert send_due(corps.session, teams, NOON, most=5).more
    assert send_due(corps.session, teams, NOON).called_off == 7


def test_a_letter_is_asked_for_with_its_message_for_those_with_an_address(corps: Corps) -> None:
    teams = teams_of(corps)
    member = visit_line(corps.session, visits(corps, teams)[0].key, TODAY).team.members[0]
    person(corps.session, "inspector-b", email="b@example.org")
    corps.changes(Noun.INSPECTOR, member.card.entry_id, TODAY, login_name="inspector-b")
    letters: list[int] = []

    def outbox(session: Session, /, *, kind: str, payload: dict[str, Any]) -> None:
        assert kind == MAIL
        letters.append(payload["message"])

    send_due(corps.session, ordered(corps, teams), NOON, outbox)

    assert len(letters) == len(notices_to(corps.session, person_id=member.card.entry_id))
    told = [corps.session.get_one(Message, number) for number in letters]
    assert {one.kind for one in told} == {TO_MEMBER}


def test_members_with_an_account_get_a_message_and_others_are_counted(corps: Corps) -> None:
    teams = teams_of(corps)
    member = visit_line(corps.session, visits(corps, teams)[0].key, TODAY).team.members[0]
    account = person(corps.session, "inspector-a")
    corps.changes(Noun.INSPECTOR, member.card.entry_id, TODAY, login_name="inspector-a")

    found = sent(corps, ordered(corps, teams))

    mine = notices_to(corps.session, person_id=member.card.entry_id)
    assert kinds_to(corps, account) == [TO_MEMBER] * len(mine)
    assert found.unreached == found.members - len(mine)
    assert {one.reached for one in mine} == {1}


def test_all_clerks_of_an_institution_are_told(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps))
    visit = visits(corps, teams)[0]
    entry = institution_of(corps, visit)
    clerks = [clerk_of(corps, entry) for _ in range(2)]

    sent(corps, teams, visit.first_day)

    assert [kinds_to(corps, one) for one in clerks] == [[TO_INSTITUTION]] * 2
    assert [one.reached for one in notices_to(corps.session, institution_id=entry)] == [2]


# -- what has changed --------------------------------------------------------------------------


def test_a_stand_in_is_told_and_who_has_stepped_out_is_called_off(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps))
    visit = visits(corps, teams)[0]
    clerk = clerk_of(corps, institution_of(corps, visit))
    sent(corps, teams, visit.first_day)
    out = visit_line(corps.session, visit.key, TODAY).team.members[0]
    corps.changes(Noun.INSPECTOR, out.card.entry_id, TODAY, duty="left")
    desk = corps.first.desk()

    step = step_out(corps.session, desk, teams.key, out.slot, StandInReason.LEFT)
    found = sent(corps, teams, visit.first_day)

    assert (found.members, found.institutions, found.called_off) == (2, 1, 1)
    assert kinds_to(corps, clerk) == [TO_INSTITUTION, CHANGED]
    standing = {one.reader: one.called_off_at for one in newest(told(corps, teams, visit))}
    assert standing[out.card.entry_id, None] is not None
    assert step.in_id is not None
    assert standing[step.in_id, None] is None
    assert sent(corps, teams, visit.first_day) == Sent()


def test_whoever_was_told_hears_when_the_visit_is_put_off(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps), days=1)
    visit = visits(corps, teams)[0]
    clerk = clerk_of(corps, institution_of(corps, visit))
    today = due_day(NoticePolicy.NOTIFIED, 1, visit.first_day)
    sent(corps, teams, today)
    days = (visit.window_last, visit.window_last)

    appoint(
        corps.session, visit.key, visit.version, days, "会场冲突", corps.office.planner, on(today)
    )
    sent(corps, teams, today)

    assert kinds_to(corps, clerk) == [TO_INSTITUTION, CHANGED]


def test_a_void_draw_calls_all_its_notices_off(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps))
    visit = visits(corps, teams)[0]
    clerk = clerk_of(corps, institution_of(corps, visit))
    sent(corps, teams, visit.first_day)
    known = len(notices_of(corps.session, teams.key))

    found = sent(corps, corps.first.void(teams), visit.first_day)

    assert (found.total, found.called_off) == (known, known)
    assert kinds_to(corps, clerk) == [TO_INSTITUTION, CALLED_OFF]


# -- receipts ----------------------------------------------------------------------------------


def test_a_receipt_says_who_confirmed_it_and_when_and_the_first_counts(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps))
    sent(corps, teams)
    notice = notices_of(corps.session, teams.key)[0]
    one, other = (actor(person(corps.session)) for _ in range(2))

    give_receipt(corps.session, notice.key, one, NOON)
    again = give_receipt(corps.session, notice.key, other, NOON + timedelta(hours=1))

    assert (again.received_by, again.received_at) == (one.user_id, NOON)
    assert again.state_beside(again) is NoticeState.RECEIVED


def test_an_old_notice_is_not_confirmed_any_more(corps: Corps) -> None:
    teams = ordered(corps, teams_of(corps))
    sent(corps, teams)
    visit = visits(corps, teams)[0]
    old = told(corps, teams, visit)[0]
    days = (visit.window_last, visit.window_last)
    appoint(corps.session, visit.key, visit.version, days, "会场冲突", corps.office.planner, NOON)
    sent(corps, teams)

    with pytest.raises(NoticeIsOld):
        give_receipt(corps.session, old.key, actor(person(corps.session)), NOON)

    (new,) = (n for n in newest(told(corps, teams, visit)) if n.reader == old.reader)
    assert old.state_beside(new) is NoticeState.REPLACED
    assert new.state_beside(new) is NoticeState.UNREACHED
