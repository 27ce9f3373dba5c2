"""Accounts and the roles that people are given and lose."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core import trail
from core.accounts import (
    AccountDraft,
    AccountIsDisabled,
    Contact,
    LoginNameTaken,
    OwnAccount,
    User,
    UserState,
    change_contact,
    create_user,
    find_user,
    fold,
    get_user,
)
from core.database import connect, unit_of_work
from core.departures import disable_user, enable_user
from core.errors import NotFound
from core.grants import (
    AlreadyHeld,
    LastAdministrator,
    end_membership,
    grant,
    replace_membership,
)
from core.memberships import (
    Membership,
    PeriodDoesNotFit,
    RolesKeptApart,
    ScopeDoesNotFit,
    may_manage,
    memberships_of,
    users_in,
)
from core.roles import NATION, SCOPES_OF, Place, Role, Scope, ScopeKind, kept_apart
from tests.core.people import (
    CLERK,
    DAY,
    GUANGDONG,
    HANGZHOU,
    NOW,
    ZHEJIANG,
    actor,
    made_up_code,
    person,
    seated,
)
from tests.storage import in_threads, url_of

KEYS = {
    ScopeKind.NATION: "",
    ScopeKind.REGION: "330000",
    ScopeKind.DEPARTMENT: "生态环境厅",
    ScopeKind.INSTITUTION: made_up_code(1),
}


def draft(name: str, **more: str) -> AccountDraft:
    return AccountDraft(login_name=name, display_name="某人", **more)


# -- who somebody is ---------------------------------------------------------------------------


@given(st.text(max_size=30))
def test_folding_a_name_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "spelling", ["Zhang.Wei", "ＺＨＡＮＧ．ＷＥＩ", " zhang.wei ", "zhang.WEI"]
)
def test_a_login_name_is_the_same_in_every_spelling(session: Session, spelling: str) -> None:
    user = create_user(session, draft("zhang.wei"), CLERK, NOW)

    assert find_user(session, spelling) == user
    with pytest.raises(LoginNameTaken):
        create_user(session, draft(spelling), CLERK, NOW)


@pytest.mark.parametrize("name", ["", "a", "has blank", "nul\0", "<b>", "x" * 65, "two\nlines"])
def test_what_cannot_be_a_login_name_is_refused_and_finds_nobody(
    session: Session, name: str
) -> None:
    with pytest.raises(ValidationError):
        draft(name)
    assert find_user(session, name) is None


@pytest.mark.parametrize(
    "wrong",
    [{"phone": "12345"}, {"email": "nobody"}, {"email": "a@b@c.cn"}, {"phone": "1380000000x"}],
)
def test_contacts_must_look_like_contacts(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Contact.model_validate({"display_name": "某人", **wrong})


def test_phones_and_addresses_reach_the_trail_masked_only(session: Session) -> None:
    given_ = draft("li", phone="13812345678", email="li.na@example.cn")
    user = create_user(session, given_, CLERK, NOW)
    contact = Contact(display_name="李娜", phone="13987654321", email="na.li@example.cn")
    change_contact(session, user.key, contact, actor(user), NOW)

    told = str([event.model_dump() for event in trail.pending(session)])

    assert (user.phone, user.display_name) == ("13987654321", "李娜")
    assert "138****5678" in told
    assert "139****4321" in told
    assert not any(clear in told for clear in ("13812345678", "13987654321", "li.na", "na.li"))


def test_an_account_that_is_active_can_be_entered(session: Session) -> None:
    session.add(User(login_name="x", display_name="X", state=UserState.ACTIVE, created_at=NOW))

    with pytest.raises(IntegrityError, match="can_enter"):
        session.flush()


@pytest.mark.parametrize("state", list(UserState))
def test_every_state_of_an_account_can_be_kept(session: Session, state: UserState) -> None:
    session.add(User(login_name="x", display_name="X", state=state, external=True, created_at=NOW))
    session.flush()
    session.expire_all()

    assert session.exec(select(User.state)).one() == state
    assert state.label


# -- roles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "kind"), [(role, kind) for role in Role for kind in SCOPES_OF[role]]
)
def test_every_role_can_be_given_with_every_scope_that_fits_it(
    session: Session, role: Role, kind: ScopeKind
) -> None:
    user = person(session)

    grant(session, user.key, role, Scope(kind, KEYS[kind]), CLERK, NOW)
    session.flush()
    session.expire_all()

    (held,) = memberships_of(session, user.key, NOW)
    assert held.held == (role, Scope(kind, KEYS[kind]))
    assert held.scope.sees(held.place)


def test_no_role_can_be_given_with_a_scope_that_does_not_fit(session: Session) -> None:
    user = person(session)

    for role, kind in product(Role, ScopeKind):
        if kind not in SCOPES_OF[role]:
            with pytest.raises(ScopeDoesNotFit):
                grant(session, user.key, role, Scope(kind, KEYS[kind]), CLERK, NOW)
    for scope in (
        Scope(ScopeKind.REGION, "990000"),
        Scope(ScopeKind.REGION),
        Scope(ScopeKind.NATION, "x"),
    ):
        with pytest.raises(ScopeDoesNotFit):
            grant(session, user.key, Role.REVIEWER, scope, CLERK, NOW)


@pytest.mark.parametrize(
    ("role", "kind", "name"),
    [
        (Role.REVIEWER, ScopeKind.INSTITUTION, "institution_scope"),
        (Role.REVIEWER, ScopeKind.DEPARTMENT, "department_scope"),
    ],
)
def test_the_database_itself_refuses_a_role_that_sees_what_is_not_its_own(
    session: Session, role: Role, kind: ScopeKind, name: str
) -> None:
    user = person(session)
    session.add(
        Membership(
            user_id=user.key, role=role, scope_kind=kind, scope_key=KEYS[kind], valid_from=NOW
        )
    )

    with pytest.raises(IntegrityError, match=name):
        session.flush()


def test_one_account_may_hold_several_institutions_and_several_accounts_one(
    session: Session,
) -> None:
    first, second = (Scope(ScopeKind.INSTITUTION, made_up_code(n)) for n in (1, 2))
    one, other = person(session), person(session)

    for user, scope in ((one, first), (one, second), (other, first)):
        grant(session, user.key, Role.INSTITUTION, scope, CLERK, NOW)

    assert {m.scope for m in memberships_of(session, one.key, NOW)} == {first, second}
    assert [user.key for user in users_in(session, [first], NOW)] == [one.key, other.key]
    with pytest.raises(AlreadyHeld):
        grant(session, one.key, Role.INSTITUTION, first, CLERK, NOW)


def test_roles_that_are_kept_apart_are_never_held_together(session: Session) -> None:
    for role, other in product(Role, Role):
        if role != other and kept_apart(role, other):
            kind, kind_of_other = min(SCOPES_OF[role]), min(SCOPES_OF[other])
            user, _ = seated(session, role, Scope(kind, KEYS[kind]))
            with pytest.raises(RolesKeptApart):
                grant(
                    session, user.key, other, Scope(kind_of_other, KEYS[kind_of_other]), CLERK, NOW
                )


def test_a_role_can_be_changed_for_one_that_would_not_stand_beside_it(session: Session) -> None:
    seated(session, Role.ADMINISTRATOR)
    user, held = seated(session, Role.ADMINISTRATOR)

    replace_membership(session, held.key, Role.REVIEWER, NATION, CLERK, NOW, reason="调岗")

    assert [m.role for m in memberships_of(session, user.key, NOW)] == [Role.REVIEWER]
    told = [event for event in trail.pending(session) if event.reason == "调岗"]
    assert [event.action for event in told] == ["role.ended", "role.granted"]


def test_a_role_holds_from_its_beginning_to_before_its_end(session: Session) -> None:
    user = person(session)
    held = grant(session, user.key, Role.EXPERT, ZHEJIANG, CLERK, NOW, until=NOW + DAY)

    for moment, holds in ((-1, False), (0, True), (23, True), (24, False)):
        now = NOW + timedelta(hours=moment)
        assert held.holds(now) is holds
        assert bool(memberships_of(session, user.key, now)) is holds
    with pytest.raises(PeriodDoesNotFit):
        grant(session, user.key, Role.EXPERT, GUANGDONG, CLERK, NOW, until=NOW)


def test_nobody_changes_his_own_roles_or_disables_himself(session: Session) -> None:
    seated(session, Role.ADMINISTRATOR)
    user, held = seated(session, Role.ADMINISTRATOR)
    himself = actor(user)

    with pytest.raises(OwnAccount):
        grant(session, user.key, Role.REVIEWER, NATION, himself, NOW)
    with pytest.raises(OwnAccount):
        end_membership(session, held.key, himself, NOW)
    with pytest.raises(OwnAccount):
        disable_user(session, user.key, himself, NOW, "想走")


def test_a_disabled_account_is_given_nothing(session: Session) -> None:
    user = person(session)
    disable_user(session, user.key, CLERK, NOW, "离职")

    with pytest.raises(AccountIsDisabled):
        grant(session, user.key, Role.EXPERT, NATION, CLERK, NOW)
    enable_user(session, user.key, CLERK, NOW, "返聘")
    grant(session, user.key, Role.EXPERT, NATION, CLERK, NOW)


# -- the last administrator --------------------------------------------------------------------


def test_the_last_administrator_stays(session: Session) -> None:
    last, held = seated(session, Role.ADMINISTRATOR)
    # none of these could administer the whole service for good
    seated(session, Role.ADMINISTRATOR, ZHEJIANG)
    passing = person(session)
    grant(session, passing.key, Role.ADMINISTRATOR, NATION, CLERK, NOW, until=NOW + DAY)
    invited = create_user(session, draft("invited"), CLERK, NOW)
    grant(session, invited.key, Role.ADMINISTRATOR, NATION, CLERK, NOW)

    with pytest.raises(LastAdministrator):
        end_membership(session, held.key, CLERK, NOW)
    with pytest.raises(LastAdministrator):
        disable_user(session, last.key, CLERK, NOW, "离职")

    seated(session, Role.ADMINISTRATOR)
    end_membership(session, held.key, CLERK, NOW)


def _disable(url: str, number: int) -> bool:
    engine = connect(url)
    try:
        with unit_of_work(engine) as session:
            ids = session.exec(select(User.id).order_by(col(User.id))).all()
            mine, other = ids[number], ids[1 - number]
            disable_user(session, other or 0, trail.Actor(mine, "互相", ""), NOW, "互相停用")
        return True
    except LastAdministrator:
        return False
    finally:
        engine.dispose()


def test_two_administrators_cannot_remove_each_other_at_the_same_time(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        seated(session, Role.ADMINISTRATOR)
        seated(session, Role.ADMINISTRATOR)

    done = in_threads(_disable, url_of(engine), 2)

    assert sorted(done) == [False, True]


# -- who is seen -------------------------------------------------------------------------------


def test_an_administrator_of_a_region_sees_and_manages_its_people_only(session: Session) -> None:
    here, held_here = seated(session, Role.INSPECTOR, HANGZHOU, "a-here")
    _, held_there = seated(session, Role.INSPECTOR, GUANGDONG, "b-there")
    _, held_above = seated(session, Role.REVIEWER, NATION, "c-above")
    clerk = person(session, "d-clerk")
    institution = Scope(ScopeKind.INSTITUTION, made_up_code(3))
    held_inside = grant(
        session, clerk.key, Role.INSTITUTION, institution, CLERK, NOW, region="330100"
    )
    nobody = person(session, "e-nobody")
    administrator = [(Role.ADMINISTRATOR, ZHEJIANG)]

    assert [user.login_name for user in users_in(session, [ZHEJIANG], NOW)] == ["a-here", "d-clerk"]
    assert nobody in users_in(session, [NATION], NOW)
    assert may_manage(administrator, [held_here])
    assert may_manage(administrator, [held_here, held_inside])
    for others in ([held_there], [held_above], [held_here, held_there], []):
        assert not may_manage(administrator, others)
        assert may_manage([(Role.ADMINISTRATOR, NATION)], others)
    assert not may_manage([(Role.PROVINCIAL_PLANNER, ZHEJIANG)], [held_here])
    assert here in users_in(session, [ZHEJIANG], NOW, role=Role.INSPECTOR)
    assert users_in(session, [], NOW) == []


def test_people_are_found_by_name_role_and_state_page_by_page(session: Session) -> None:
    names = ["anna", "bert", "carl_1", "carlx1"]
    users = [seated(session, Role.EXPERT, ZHEJIANG, name)[0] for name in names]
    disable_user(session, users[1].key, CLERK, NOW, "离职")

    def found(**more: object) -> list[str]:
        return [user.login_name for user in users_in(session, [NATION], NOW, **more)]  # type: ignore[arg-type]

    assert found() == names
    assert found(words="CARL_") == ["carl_1"]
    assert found(state=UserState.DISABLED) == ["bert"]
    assert found(role=Role.EXPERT, most=2) == names[:2]
    assert found(role=Role.EXPERT, most=2, after="bert") == names[2:]
    assert found(role=Role.REVIEWER) == []


def test_a_membership_of_nobody_in_particular_belongs_to_the_nation() -> None:
    held = Membership(user_id=1, role=Role.REVIEWER, scope_kind=ScopeKind.NATION, valid_from=NOW)

    assert held.place == Place()


def test_who_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        get_user(session, 4711)
    with pytest.raises(NotFound):
        end_membership(session, 4711, CLERK, NOW)
