"""Grants: how people are given roles and lose them.

Web asks `core.roles.may` before it calls an operation. What must hold whoever asks - nobody
changes his own rights, a last administrator stays, roles are kept apart - is seen to here.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from core import trail
from core.accounts import NOUN, AccountIsDisabled, OwnAccount, User, UserState, lock_user
from core.errors import Conflict
from core.memberships import (
    Membership,
    PeriodDoesNotFit,
    Seat,
    check_kept_apart,
    check_scope,
    get_membership,
    memberships_of,
)
from core.roles import Role, Scope, ScopeKind


class LastAdministrator(Conflict):
    """Without him nobody could administer the service any more."""

    code = "last_administrator"


class AlreadyHeld(Conflict):
    """The person has this role with this scope already."""

    code = "already_held"


def grant(
    session: Session,
    user_id: int,
    role: Role,
    scope: Scope,
    actor: trail.Actor,
    now: datetime,
    *,
    region: str = "",
    until: datetime | None = None,
    reason: str = "",
) -> Membership:
    """Give a person a role with a scope, from now on.

    Parameters
    ----------
    region : where the holder of a department's or institution's membership sits, if known.

    Raises
    ------
    OwnAccount
        And all that `give` raises.
    """
    check_not_own(actor, user_id)
    return give(session, user_id, Seat(role, scope, region, until), actor, now, reason)


def give(
    session: Session, user_id: int, seat: Seat, actor: trail.Actor, now: datetime, reason: str = ""
) -> Membership:
    """The same for somebody who has been invited, or who takes over: he may be the actor himself.

    Raises
    ------
    AccountIsDisabled, ScopeDoesNotFit, PeriodDoesNotFit, RolesKeptApart, AlreadyHeld
    """
    check_scope(seat.role, seat.scope, seat.region)
    if seat.until is not None and seat.until <= now:
        raise PeriodDoesNotFit(until=seat.until)
    if lock_user(session, user_id).state == UserState.DISABLED:
        raise AccountIsDisabled(id=user_id)
    held = memberships_of(session, user_id, now)
    check_kept_apart(seat.role, [membership.role for membership in held])
    if any(membership.held == seat.held for membership in held):
        raise AlreadyHeld(role=seat.role, key=seat.scope.key)
    membership = seat.taken_by(user_id, now)
    session.add(membership)
    session.flush()
    facts = membership.facts()
    trail.record(session, actor, "role.granted", NOUN, user_id, now, after=facts, reason=reason)
    return membership


def end_membership(
    session: Session, membership_id: int, actor: trail.Actor, now: datetime, reason: str = ""
) -> Membership:
    """Take a membership from its holder, from now on; one that has ended stays as it is.

    Raises
    ------
    OwnAccount, LastAdministrator
    """
    membership = get_membership(session, membership_id)
    check_not_own(actor, membership.user_id)
    if membership.role == Role.ADMINISTRATOR:
        keep_an_administrator(session, membership.user_id)
    if membership.valid_until is not None and membership.valid_until <= now:
        return membership
    before = membership.facts()
    # a membership that was to begin later never holds
    membership.valid_until = max(now, membership.valid_from)
    session.add(membership)
    session.flush()
    trail.record(
        session,
        actor,
        "role.ended",
        NOUN,
        membership.user_id,
        now,
        before=before,
        after=membership.facts(),
        reason=reason,
    )
    return membership


def replace_membership(
    session: Session,
    membership_id: int,
    role: Role,
    scope: Scope,
    actor: trail.Actor,
    now: datetime,
    *,
    region: str = "",
    reason: str = "",
) -> Membership:
    """Change a person's role: end one membership and give another, or neither."""
    old = end_membership(session, membership_id, actor, now, reason)
    return grant(session, old.user_id, role, scope, actor, now, region=region, reason=reason)


def check_not_own(actor: trail.Actor, user_id: int) -> None:
    """That nobody changes his own rights.

    Raises
    ------
    OwnAccount
        If the actor is the person concerned.
    """
    if actor.user_id == user_id:
        raise OwnAccount(id=user_id)


def keep_an_administrator(session: Session, leaving: int) -> None:
    """That without *leaving* the whole service still has an active, lasting administrator.

    Raises
    ------
    LastAdministrator
        If it would have none.
    """
    lasting = (
        select(User.id)
        .join(Membership, col(Membership.user_id) == User.id)
        .where(
            Membership.role == Role.ADMINISTRATOR,
            Membership.scope_kind == ScopeKind.NATION,
            col(Membership.valid_until).is_(None),
            User.state == UserState.ACTIVE,
        )
    )
    found = set(session.exec(lasting))
    if leaving not in found:
        return
    # two who remove each other at the same time wait here, and the second one looks again
    waiting = select(User.id).where(col(User.id).in_(found)).order_by(col(User.id))
    session.exec(waiting.with_for_update(key_share=True))
    if set(session.exec(lasting)) <= {leaving}:
        raise LastAdministrator(id=leaving)
