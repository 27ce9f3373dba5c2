"""Acting in another's name for a time, and handing over for good."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core import delegations, trail
from core.accounts import AccountDraft, AccountIsDisabled, User, create_user
from core.calendar import china_date
from core.delegations import (
    LONGEST,
    NotYours,
    ToOneself,
    actor_as,
    choose,
    chosen,
    delegate,
    delegations_of,
    standings,
)
from core.departures import (
    HandOverIsOver,
    SecondPersonNeeded,
    confirm_hand_over,
    disable_user,
    open_hand_overs,
    propose_hand_over,
    withdraw_hand_over,
)
from core.errors import NotFound
from core.grants import end_membership, grant
from core.logins import recognise
from core.memberships import PeriodDoesNotFit, RolesKeptApart, memberships_of
from core.privacy import ReasonIsMissing
from core.roles import NATION, Role, Scope, ScopeKind
from tests.core.people import (
    CLERK,
    DAY,
    GUANGDONG,
    NOW,
    ZHEJIANG,
    actor,
    entered,
    made_up_code,
    person,
    seated,
)

TODAY = china_date(NOW)
ONE = timedelta(days=1)


def lend(
    session: Session,
    lender: User,
    to: User,
    starts_on: date = TODAY,
    ends_on: date = TODAY + 6 * ONE,
) -> delegations.Delegation:
    """The lender's first membership, for a week."""
    mine = memberships_of(session, lender.key, NOW)[0]
    return delegate(session, mine.key, to.key, starts_on, ends_on, "出差", actor(lender), NOW)


# -- lending -----------------------------------------------------------------------------------


def test_a_delegate_acts_in_the_name_of_the_lender_and_the_trail_tells_both(
    session: Session,
) -> None:
    planner, held = seated(session, Role.PROVINCIAL_PLANNER, ZHEJIANG, "wang")
    reviewer, _ = seated(session, Role.REVIEWER, ZHEJIANG, "zhao")

    given = lend(session, planner, reviewer)

    own, lent = standings(session, reviewer.key, NOW)
    assert own.delegation_id is None
    assert lent.held == (Role.PROVINCIAL_PLANNER, ZHEJIANG)
    assert (lent.membership_id, lent.delegation_id) == (held.key, given.key)
    acting = actor_as(reviewer, lent)
    assert acting == trail.Actor(reviewer.key, "Zhao（代Wang）", "provincial_planner")
    assert actor_as(reviewer, own) == trail.Actor(reviewer.key, "Zhao", "reviewer")


def test_a_delegation_holds_from_its_first_to_its_last_day_in_china(session: Session) -> None:
    planner, _ = seated(session, Role.PROVINCIAL_PLANNER, ZHEJIANG)
    other = person(session)
    given = lend(session, planner, other, TODAY + ONE, TODAY + 2 * ONE)

    # NOW is nine in the morning in China
    for hours, holds in ((14.9, False), (15, True), (62.9, True), (63, False)):
        now = NOW + timedelta(hours=hours)
        assert bool(standings(session, other.key, now)) is holds
        assert given.holds(now) is holds


@pytest.mark.parametrize("by", ["lender", "delegate", "administrator"])
def test_a_delegation_ends_when_it_is_taken_back(session: Session, by: str) -> None:
    planner, _ = seated(session, Role.PROVINCIAL_PLANNER, ZHEJIANG)
    other, stranger = person(session), person(session)
    given = lend(session, planner, other)
    people = {"lender": planner, "delegate": other, "administrator": stranger}

    with pytest.raises(NotFound):
        delegations.revoke(session, given.key, actor(stranger), NOW)
    delegations.revoke(session, given.key, actor(people[by]), NOW, manages=by == "administrator")

    assert standings(session, other.key, NOW) == []
    assert delegations_of(session, planner.key, NOW) == []


@pytest.mark.parametrize("event", ["membership ends", "lender is disabled"])
def test_nobody_acts_in_the_name_of_somebody_who_has_lost_the_role(
    session: Session, event: str
) -> None:
    planner, held = seated(session, Role.PROVINCIAL_PLANNER, ZHEJIANG)
    other = person(session)
    lend(session, planner, other)

    if event == "membership ends":
        end_membership(session, held.key, CLERK, NOW)
    else:
        disable_user(session, planner.key, CLERK, NOW, "离职")
    session.flush()

    assert standings(session, other.key, NOW) == []


def test_only_the_holder_lends_and_what_is_lent_is_not_passed_on(session: Session) -> None:
    planner, held = seated(session, Role.PROVINCIAL_PLANNER, ZHEJIANG)
    other, third = person(session), person(session)
    lend(session, planner, other)

    for somebody in (other, third):
        with pytest.raises(NotYours):
            delegate(session, held.key, third.key, TODAY, TODAY, "转托", actor(somebody), NOW)


def test_what_is_kept_apart_is_not_lent_either(session: Session) -> None:
    administrator, _ = seated(session, Role.ADMINISTRATOR)
    seated(session, Role.ADMINISTRATOR)
    planner, _ = seated(session, Role.NATIONAL_PLANNER)

    with pytest.raises(RolesKeptApart):
        lend(session, administrator, planner)


def test_a_role_given_later_silences_what_was_lent_and_must_not_stand_beside_it(
    session: Session,
) -> None:
    administrator, _ = seated(session, Role.ADMINISTRATOR)
    other = person(session)
    lend(session, administrator, other)

    grant(session, other.key, Role.NATIONAL_PLANNER, NATION, CLERK, NOW)

    assert [s.role for s in standings(session, other.key, NOW)] == [Role.NATIONAL_PLANNER]


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (TODAY, TODAY - ONE),
        (TODAY - 3 * ONE, TODAY - ONE),
        (TODAY, TODAY + LONGEST + ONE),
    ],
)
def test_a_period_that_is_over_or_too_long_is_refused(
    session: Session, starts_on: date, ends_on: date
) -> None:
    planner, _ = seated(session, Role.PROVINCIAL_PLANNER, ZHEJIANG)

    with pytest.raises(PeriodDoesNotFit):
        lend(session, planner, person(session), starts_on, ends_on)


def test_a_delegation_needs_a_reason_and_somebody_else_who_can_log_in(session: Session) -> None:
    planner, held = seated(session, Role.PROVINCIAL_PLANNER, ZHEJIANG)
    draft = AccountDraft(login_name="invited", display_name="I")
    invited = create_user(session, draft, CLERK, NOW)

    with pytest.raises(ToOneself):
        lend(session, planner, planner)
    with pytest.raises(AccountIsDisabled):
        lend(session, planner, invited)
    with pytest.raises(ReasonIsMissing):
        delegate(session, held.key, person(session).key, TODAY, TODAY, "  ", actor(planner), NOW)


def test_lender_and_delegate_both_see_what_is_lent_now_or_later(session: Session) -> None:
    planner, _ = seated(session, Role.PROVINCIAL_PLANNER, ZHEJIANG)
    other = person(session)
    given = lend(session, planner, other, TODAY + ONE, TODAY + ONE)

    for user in (planner, other):
        assert delegations_of(session, user.key, NOW) == [(given, planner, other)]
    assert delegations_of(session, person(session).key, NOW) == []
    assert delegations_of(session, planner.key, NOW + 3 * DAY) == []


# -- choosing ----------------------------------------------------------------------------------


def test_somebody_with_several_roles_works_in_one_of_them_at_a_time(session: Session) -> None:
    user, _ = seated(session, Role.REVIEWER, ZHEJIANG)
    second = grant(session, user.key, Role.INSPECTOR, GUANGDONG, CLERK, NOW)
    login = entered(session, user, "before").login

    first = chosen(login, standings(session, user.key, NOW))
    choose(session, login, second.key, None, "after", NOW)
    session.flush()
    now_in = chosen(login, standings(session, user.key, NOW))

    assert first is not None
    assert now_in is not None
    assert (first.role, now_in.role) == (Role.REVIEWER, Role.INSPECTOR)
    assert recognise(session, "before", NOW) is None
    assert recognise(session, "after", NOW)


def test_nobody_chooses_what_he_does_not_hold_and_a_lost_choice_falls_back(
    session: Session,
) -> None:
    user, _ = seated(session, Role.REVIEWER, ZHEJIANG)
    second = grant(session, user.key, Role.INSPECTOR, GUANGDONG, CLERK, NOW)
    _, foreign = seated(session, Role.INSPECTOR)
    login = entered(session, user, "t").login

    with pytest.raises(NotFound):
        choose(session, login, foreign.key, None, "n", NOW)
    choose(session, login, second.key, None, "n", NOW)
    end_membership(session, second.key, CLERK, NOW)

    left = chosen(login, standings(session, user.key, NOW))
    assert left is not None
    assert left.role == Role.REVIEWER
    assert chosen(login, []) is None


# -- handing over ------------------------------------------------------------------------------


def test_a_hand_over_gives_memberships_and_open_work_to_the_successor(session: Session) -> None:
    codes = [Scope(ScopeKind.INSTITUTION, made_up_code(n)) for n in (1, 2)]
    leaving, _ = seated(session, Role.INSTITUTION, codes[0])
    grant(session, leaving.key, Role.INSTITUTION, codes[1], CLERK, NOW)
    coming, _ = seated(session, Role.INSTITUTION, codes[1])
    first, second, helper = person(session), person(session), person(session)
    given = lend(session, leaving, helper)
    entered(session, leaving, "t")
    asked: list[tuple[int, int]] = []

    def move(_: Session, from_id: int, to_id: int, *rest: object) -> int:
        asked.append((from_id, to_id))
        return 3

    over = propose_hand_over(session, leaving.key, coming.key, "退休", actor(first), NOW)
    assert open_hand_overs(session) == [over]
    assert len(memberships_of(session, leaving.key, NOW)) == 2
    confirm_hand_over(session, over.key, actor(second), NOW, {"visit": move})
    session.flush()

    assert memberships_of(session, leaving.key, NOW) == []
    assert {m.scope for m in memberships_of(session, coming.key, NOW)} == set(codes)
    assert asked == [(leaving.key, coming.key)]
    assert standings(session, helper.key, NOW) == []
    session.refresh(given)
    assert given.revoked_at == NOW
    assert recognise(session, "t", NOW) is None
    last = trail.pending(session)[-1]
    assert last.action == "hand_over.confirmed"
    assert last.after is not None
    assert last.after["items"] == {"visit": 3}
    with pytest.raises(HandOverIsOver):
        confirm_hand_over(session, over.key, actor(second), NOW)


def test_a_hand_over_is_confirmed_by_a_second_person_who_gains_nothing(session: Session) -> None:
    leaving, _ = seated(session, Role.INSPECTOR)
    coming, proposer = person(session), person(session)
    over = propose_hand_over(session, leaving.key, coming.key, "调动", actor(proposer), NOW)

    for somebody in (leaving, coming, proposer):
        with pytest.raises(SecondPersonNeeded):
            confirm_hand_over(session, over.key, actor(somebody), NOW)
    with pytest.raises(SecondPersonNeeded):
        confirm_hand_over(session, over.key, CLERK, NOW)


def test_the_database_itself_wants_four_eyes(session: Session) -> None:
    leaving, coming, proposer = person(session), person(session), person(session)
    over = propose_hand_over(session, leaving.key, coming.key, "调动", actor(proposer), NOW)
    over.confirmed_at, over.confirmed_by = NOW, proposer.key
    session.add(over)

    with pytest.raises(IntegrityError, match="four_eyes"):
        session.flush()


def test_a_hand_over_can_be_withdrawn(session: Session) -> None:
    leaving, coming = person(session), person(session)
    over = propose_hand_over(session, leaving.key, coming.key, "调动", CLERK, NOW)
    withdraw_hand_over(session, over.key, CLERK, NOW)

    assert open_hand_overs(session) == []
    with pytest.raises(HandOverIsOver):
        confirm_hand_over(session, over.key, actor(person(session)), NOW)


def test_work_is_not_handed_over_to_nobody(session: Session) -> None:
    leaving, _ = seated(session, Role.ADMINISTRATOR)
    draft = AccountDraft(login_name="invited", display_name="I")
    invited = create_user(session, draft, CLERK, NOW)
    over = propose_hand_over(session, leaving.key, invited.key, "调动", CLERK, NOW)

    with pytest.raises(AccountIsDisabled):
        confirm_hand_over(session, over.key, actor(person(session)), NOW)
    with pytest.raises(ToOneself):
        propose_hand_over(session, leaving.key, leaving.key, "调动", CLERK, NOW)
    with pytest.raises(ReasonIsMissing):
        propose_hand_over(session, leaving.key, invited.key, "", CLERK, NOW)


def test_the_last_administrator_can_hand_over(session: Session) -> None:
    leaving, _ = seated(session, Role.ADMINISTRATOR)
    coming, witness = person(session), person(session)
    over = propose_hand_over(session, leaving.key, coming.key, "调动", CLERK, NOW)

    confirm_hand_over(session, over.key, actor(witness), NOW)

    assert [m.role for m in memberships_of(session, coming.key, NOW)] == [Role.ADMINISTRATOR]
