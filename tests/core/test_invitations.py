"""Invitations: a link, once, for whoever it was meant for."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from core import trail
from core.accounts import AccountDraft, LoginNameTaken, UserState
from core.database import connect, unit_of_work
from core.errors import NotFound
from core.grants import AlreadyHeld
from core.invitations import (
    LASTS,
    InvitationIsOver,
    NotACreditCode,
    NotAnAddress,
    NotForThisAddress,
    accept_with_new_account,
    accept_with_own_account,
    find,
    invite,
    invite_institution,
    open_invitations,
    revoke,
)
from core.memberships import RolesKeptApart, ScopeDoesNotFit, Seat, memberships_of
from core.passwords import PasswordRefused
from core.roles import NATION, Role, Scope, ScopeKind
from tests.core.people import (
    CLERK,
    GUANGDONG,
    NOW,
    PASSWORD,
    RULES,
    ZHEJIANG,
    made_up_code,
    person,
    seated,
)
from tests.storage import in_threads, url_of

CODE = made_up_code(7)


def draft(name: str = "clerk", email: str = "") -> AccountDraft:
    return AccountDraft(login_name=name, display_name="经办人", email=email)


def test_an_invited_institution_opens_its_account(session: Session) -> None:
    invitation = invite_institution(session, CODE, "link", CLERK, NOW, region="330100")

    user = accept_with_new_account(session, "link", draft(), PASSWORD, NOW, RULES)

    (held,) = memberships_of(session, user.key, NOW)
    assert user.state == UserState.ACTIVE
    assert held.held == (Role.INSTITUTION, Scope(ScopeKind.INSTITUTION, CODE))
    assert held.region == "330100"
    session.refresh(invitation)
    assert invitation.accepted_by == user.key
    told = [event.action for event in trail.pending(session)]
    assert told[:2] == ["invitation.sent", "account.created"]
    assert told[-2:] == ["invitation.accepted", "role.granted"]


def test_one_person_adds_a_second_institution_to_his_account(session: Session) -> None:
    user, _ = seated(session, Role.INSTITUTION, Scope(ScopeKind.INSTITUTION, made_up_code(8)))
    invite_institution(session, CODE, "link", CLERK, NOW)

    accept_with_own_account(session, "link", user.key, NOW)

    assert len(memberships_of(session, user.key, NOW)) == 2


def test_staff_are_invited_into_a_role(session: Session) -> None:
    invite(session, Seat(Role.REVIEWER, ZHEJIANG), "link", CLERK, NOW)

    user = accept_with_new_account(session, "link", draft(), PASSWORD, NOW, RULES)

    assert [m.held for m in memberships_of(session, user.key, NOW)] == [(Role.REVIEWER, ZHEJIANG)]


def test_a_link_counts_once(session: Session) -> None:
    invite_institution(session, CODE, "link", CLERK, NOW)
    accept_with_new_account(session, "link", draft("one"), PASSWORD, NOW, RULES)

    with pytest.raises(InvitationIsOver):
        accept_with_new_account(session, "link", draft("two"), PASSWORD, NOW, RULES)


def _accept(url: str, number: int) -> bool:
    engine = connect(url)
    try:
        with unit_of_work(engine) as session:
            accept_with_new_account(session, "link", draft(f"clerk{number}"), PASSWORD, NOW, RULES)
        return True
    except InvitationIsOver:
        return False
    finally:
        engine.dispose()


def test_a_link_used_by_four_at_the_same_moment_counts_once(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        invite_institution(session, CODE, "link", CLERK, NOW)

    assert sorted(in_threads(_accept, url_of(engine), 4)) == [False] * 3 + [True]


def test_a_link_lasts_seven_days_and_can_be_taken_back(session: Session) -> None:
    late = invite_institution(session, CODE, "late", CLERK, NOW)
    back = invite_institution(session, CODE, "back", CLERK, NOW)
    revoke(session, back.key, CLERK, NOW)

    assert find(session, "late", NOW + LASTS - LASTS / 10_000) == late
    for link, now in (("late", NOW + LASTS), ("back", NOW), ("never", NOW)):
        with pytest.raises(InvitationIsOver):
            find(session, link, now)
    with pytest.raises(InvitationIsOver):
        revoke(session, back.key, CLERK, NOW)
    with pytest.raises(NotFound):
        revoke(session, 4711, CLERK, NOW)


def test_the_link_itself_stands_in_no_table(session: Session) -> None:
    invitation = invite_institution(session, CODE, "the link", CLERK, NOW, email="a.li@example.cn")
    told = str([event.model_dump() for event in trail.pending(session)])

    assert "the link" not in str(invitation.model_dump()) + told
    assert "a.li" not in told


@pytest.mark.parametrize(
    "code", ["", "123", CODE[:-1] + ("A" if CODE[-1] != "A" else "B"), "9" * 18]
)
def test_an_institution_is_invited_by_a_valid_credit_code_only(session: Session, code: str) -> None:
    with pytest.raises(NotACreditCode):
        invite_institution(session, code, "link", CLERK, NOW)
    scope = Scope(ScopeKind.INSTITUTION, code)
    with pytest.raises(NotACreditCode):
        invite(session, Seat(Role.INSTITUTION, scope), "link", CLERK, NOW)


def test_a_credit_code_is_understood_in_small_letters_and_with_blanks(session: Session) -> None:
    spelled = f" {CODE[:8]} {CODE[8:].lower()} "

    assert invite_institution(session, spelled, "link", CLERK, NOW).scope_key == CODE


def test_what_does_not_fit_is_not_sent(session: Session) -> None:
    with pytest.raises(ScopeDoesNotFit):
        invite(session, Seat(Role.PROVINCIAL_PLANNER, NATION), "link", CLERK, NOW)
    with pytest.raises(NotAnAddress):
        invite_institution(session, CODE, "link", CLERK, NOW, email="nobody")
    with pytest.raises(ScopeDoesNotFit):
        invite_institution(session, CODE, "link", CLERK, NOW, region="990000")


def test_a_link_sent_to_an_address_is_for_whoever_has_the_address(session: Session) -> None:
    mine, other = person(session, email="Li@Example.cn"), person(session, email="wu@example.cn")
    invite_institution(session, CODE, "link", CLERK, NOW, email="li@example.cn")

    with pytest.raises(NotForThisAddress):
        accept_with_own_account(session, "link", other.key, NOW)
    accept_with_own_account(session, "link", mine.key, NOW)


def test_a_new_account_takes_over_the_address_of_its_invitation(session: Session) -> None:
    invite_institution(session, CODE, "link", CLERK, NOW, email="li@example.cn")

    user = accept_with_new_account(session, "link", draft(), PASSWORD, NOW, RULES)

    assert user.email == "li@example.cn"


def test_an_inspector_does_not_become_one_of_the_inspected(session: Session) -> None:
    inspector, _ = seated(session, Role.INSPECTOR)
    invite_institution(session, CODE, "link", CLERK, NOW)

    with pytest.raises(RolesKeptApart):
        accept_with_own_account(session, "link", inspector.key, NOW)


def test_a_seat_that_one_has_already_is_not_taken_twice(session: Session) -> None:
    clerk, _ = seated(session, Role.INSTITUTION, Scope(ScopeKind.INSTITUTION, CODE))
    invite_institution(session, CODE, "link", CLERK, NOW)

    with pytest.raises(AlreadyHeld):
        accept_with_own_account(session, "link", clerk.key, NOW)


@pytest.mark.parametrize(("name", "password"), [("taken", PASSWORD), ("free", "bad")])
def test_a_refused_acceptance_leaves_the_link_open(
    engine: Engine, name: str, password: str
) -> None:
    with unit_of_work(engine) as session:
        person(session, "taken")
        invite_institution(session, CODE, "link", CLERK, NOW)

    with pytest.raises((LoginNameTaken, PasswordRefused)), unit_of_work(engine) as session:
        accept_with_new_account(session, "link", draft(name), password, NOW, RULES)

    with unit_of_work(engine) as session:
        accept_with_new_account(session, "link", draft("free"), PASSWORD, NOW, RULES)


def test_a_planner_sees_the_open_invitations_of_his_province(session: Session) -> None:
    here = invite_institution(session, CODE, "1", CLERK, NOW, region="330100")
    invite_institution(session, made_up_code(8), "2", CLERK, NOW, region="440100")
    reviewer = invite(session, Seat(Role.REVIEWER, ZHEJIANG), "3", CLERK, NOW)
    gone = invite_institution(session, CODE, "4", CLERK, NOW, region="330100")
    revoke(session, gone.key, CLERK, NOW)

    assert open_invitations(session, [ZHEJIANG], NOW) == [reviewer, here]
    assert len(open_invitations(session, [NATION], NOW)) == 3
    assert len(open_invitations(session, [GUANGDONG], NOW)) == 1
    assert open_invitations(session, [NATION], NOW + LASTS) == []
    assert ZHEJIANG.sees(here.place)
