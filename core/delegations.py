"""Delegations: somebody else acts in one's name for a time, and the trail tells both.

A delegation lends one membership, from day to day (in China), with a reason; it can be taken back
at any time and cannot be passed on. What somebody can act as just now - what he holds and what he
has been lent - are his `Standing`s.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ColumnElement, and_
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, or_, select

from core import logins, trail
from core.accounts import NOUN, AccountIsDisabled, User, UserState, get_user, lock_user
from core.calendar import china_date
from core.errors import Forbidden, Invalid, NotFound
from core.logins import Login
from core.memberships import (
    Membership,
    PeriodDoesNotFit,
    check_kept_apart,
    get_membership,
    in_force,
    memberships_of,
)
from core.privacy import ReasonIsMissing
from core.roles import Role, Scope, kept_apart

LONGEST = timedelta(days=92)
"""A quarter; whoever is away longer hands over (`core.departures`)."""


class NotYours(Forbidden):
    """Only the holder lends a membership, and only one that he holds himself."""

    code = "not_yours"


class ToOneself(Invalid):
    """Nobody lends to himself."""

    code = "to_oneself"


class Delegation(SQLModel, table=True):
    """A membership lent to somebody from one day to another, both included."""

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_later"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )
    id: int | None = Field(default=None, primary_key=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    delegate_id: int = Field(foreign_key="account.id", index=True)
    starts_on: date
    ends_on: date
    reason: str = Field(max_length=200)
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        if self.id is None:
            raise LookupError("this delegation has not been written yet")
        return self.id

    def holds(self, now: datetime) -> bool:
        """Whether the delegate may act under it."""
        return self.revoked_at is None and self.starts_on <= china_date(now) <= self.ends_on

    def facts(self) -> dict[str, object]:
        """What the trail keeps of it."""
        return {
            "delegation": self.id,
            "membership": self.membership_id,
            "delegate": self.delegate_id,
            "from": self.starts_on,
            "to": self.ends_on,
        }


@dataclass(frozen=True)
class Standing:
    """In what somebody can act: a membership of his own, or one that he has been lent.

    Attributes
    ----------
    delegation_id, principal_id, principal : of one that is lent; else None, None and empty.
    """

    role: Role
    scope: Scope
    membership_id: int
    region: str = ""
    delegation_id: int | None = None
    principal_id: int | None = None
    principal: str = ""

    @property
    def held(self) -> tuple[Role, Scope]:
        """As the rules of `core.roles` take it."""
        return self.role, self.scope


def actor_as(user: User, standing: Standing) -> trail.Actor:
    """A person who acts in a standing; in another's name, both are told."""
    name = (
        f"{user.display_name}（代{standing.principal}）"
        if standing.principal
        else user.display_name
    )
    return trail.Actor(user.key, name, standing.role.value)


# -- standings ---------------------------------------------------------------------------------


def _running(now: datetime) -> ColumnElement[bool]:
    today = china_date(now)
    return and_(
        col(Delegation.revoked_at).is_(None),
        col(Delegation.starts_on) <= today,
        col(Delegation.ends_on) >= today,
    )


def standings(session: Session, user_id: int, now: datetime) -> list[Standing]:
    """All that a person can act as now: his own first, then what he has been lent."""
    found = [
        Standing(m.role, m.scope, m.key, m.region) for m in memberships_of(session, user_id, now)
    ]
    lent = (
        select(Delegation, Membership, User)
        .join(Membership, col(Membership.id) == Delegation.membership_id)
        .join(User, col(User.id) == Membership.user_id)
        .where(Delegation.delegate_id == user_id, _running(now), in_force(now))
        # nobody acts in the name of somebody who has been sent away
        .where(User.state != UserState.DISABLED)
        .order_by(col(Delegation.id))
    )
    for d, m, lender in session.exec(lent):
        # what has become incompatible since it was lent is silent
        if not any(kept_apart(m.role, standing.role) for standing in found):
            by = (d.key, lender.key, lender.display_name)
            found.append(Standing(m.role, m.scope, m.key, m.region, *by))
    return found


def chosen(login: Login, theirs: list[Standing]) -> Standing | None:
    """In which of his standings somebody works in this log-in; the first if none is chosen.

    One that he has lost meanwhile is no longer chosen.
    """
    wanted = (login.membership_id, login.delegation_id)
    return next(
        (s for s in theirs if (s.membership_id, s.delegation_id) == wanted),
        theirs[0] if theirs else None,
    )


def choose(
    session: Session,
    login: Login,
    membership_id: int,
    delegation_id: int | None,
    token: str,
    now: datetime,
) -> Standing:
    """Go on in another standing; other rights, hence another token for the browser.

    Raises
    ------
    NotFound
        If he has no such standing.
    """
    wanted = (membership_id, delegation_id)
    for standing in standings(session, login.user_id, now):
        if (standing.membership_id, standing.delegation_id) == wanted:
            login.membership_id, login.delegation_id = wanted
            logins.renew(login, token, now)
            session.add(login)
            user = get_user(session, login.user_id)
            actor = actor_as(user, standing)
            trail.record(session, actor, "standing.chosen", NOUN, user.key, now)
            return standing
    raise NotFound(noun="membership", id=membership_id)


# -- lending -----------------------------------------------------------------------------------


def delegate(
    session: Session,
    membership_id: int,
    delegate_id: int,
    starts_on: date,
    ends_on: date,
    reason: str,
    actor: trail.Actor,
    now: datetime,
) -> Delegation:
    """Lend a membership of one's own.

    Raises
    ------
    NotYours, ToOneself, PeriodDoesNotFit, ReasonIsMissing, AccountIsDisabled, RolesKeptApart
    """
    membership = get_membership(session, membership_id)
    if membership.user_id != actor.user_id or not membership.holds(now):
        raise NotYours(id=membership_id)
    if delegate_id == actor.user_id:
        raise ToOneself(id=delegate_id)
    today = china_date(now)
    if not (today <= ends_on and starts_on <= ends_on <= starts_on + LONGEST):
        raise PeriodDoesNotFit(starts_on=starts_on, ends_on=ends_on, longest=LONGEST.days)
    if not (reason := reason.strip()):
        raise ReasonIsMissing()
    if lock_user(session, delegate_id).state != UserState.ACTIVE:
        raise AccountIsDisabled(id=delegate_id)
    check_kept_apart(membership.role, [s.role for s in standings(session, delegate_id, now)])
    delegation = Delegation(
        membership_id=membership_id,
        delegate_id=delegate_id,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason[:200],
        created_at=now,
    )
    session.add(delegation)
    session.flush()
    facts = delegation.facts()
    trail.record(
        session,
        actor,
        "delegation.given",
        NOUN,
        membership.user_id,
        now,
        after=facts,
        reason=reason,
    )
    return delegation


def revoke(
    session: Session,
    delegation_id: int,
    actor: trail.Actor,
    now: datetime,
    *,
    manages: bool = False,
) -> None:
    """Take it back: by the lender, by the delegate, or by whoever manages users.

    Parameters
    ----------
    manages : whether web has found that the actor may manage the lender's account.

    Raises
    ------
    NotFound
        If there is none, or it is none of the actor's.
    """
    delegation = session.get(Delegation, delegation_id)
    if delegation is None:
        raise NotFound(noun="delegation", id=delegation_id)
    lender = get_membership(session, delegation.membership_id).user_id
    if not manages and actor.user_id not in (lender, delegation.delegate_id):
        raise NotFound(noun="delegation", id=delegation_id)
    if delegation.revoked_at is None:
        delegation.revoked_at = now
        session.add(delegation)
        facts = delegation.facts()
        trail.record(session, actor, "delegation.revoked", NOUN, lender, now, before=facts)


def delegations_of(
    session: Session, user_id: int, now: datetime
) -> list[tuple[Delegation, User, User]]:
    """What a person lends or is lent, today or later: delegation, lender and delegate."""
    lender, delegate_ = aliased(User), aliased(User)
    both = (
        select(Delegation, lender, delegate_)
        .join(Membership, col(Membership.id) == Delegation.membership_id)
        .join(lender, col(lender.id) == Membership.user_id)
        .join(delegate_, col(delegate_.id) == Delegation.delegate_id)
        .where(
            or_(col(lender.id) == user_id, col(delegate_.id) == user_id),
            col(Delegation.revoked_at).is_(None),
            col(Delegation.ends_on) >= china_date(now),
        )
        .order_by(col(Delegation.starts_on), col(Delegation.id))
    )
    return [(d, from_, to) for d, from_, to in session.exec(both)]
