"""Departures: what happens when a person leaves, for good or to other work.

A disabled account keeps its rows and its trail, and opens nothing. A hand-over gives all
memberships of one person, and his open work, to another, once a second person has confirmed it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import CheckConstraint, update
from sqlmodel import Field, Session, SQLModel, col, select

from core import logins, trail
from core.accounts import NOUN, AccountIsDisabled, User, UserState, lock_user
from core.delegations import Delegation, ToOneself
from core.errors import Conflict, Forbidden, NotFound
from core.grants import check_not_own, give, keep_an_administrator
from core.logins import Ending
from core.memberships import Membership, Seat, memberships_of
from core.privacy import ReasonIsMissing

Mover = Callable[[Session, int, int, trail.Actor, datetime], int]
"""Moves the open items of one noun from one person to another and says how many."""


class SecondPersonNeeded(Forbidden):
    """Whoever proposed a hand-over, or leaves or takes over by it, cannot confirm it."""

    code = "second_person_needed"


class HandOverIsOver(Conflict):
    """It has been confirmed or withdrawn already."""

    code = "hand_over_is_over"


class HandOver(SQLModel, table=True):
    """All that one person holds, to be given to another."""

    __tablename__ = "hand_over"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="two_people"),
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_one"),
        CheckConstraint("confirmed_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        CheckConstraint(
            "confirmed_by IS NULL OR proposed_by IS NULL OR confirmed_by <> proposed_by",
            name="four_eyes",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    from_id: int = Field(foreign_key="account.id", index=True)
    to_id: int = Field(foreign_key="account.id", index=True)
    reason: str = Field(max_length=200)
    proposed_by: int | None = Field(default=None, foreign_key="account.id")
    proposed_at: datetime
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        if self.id is None:
            raise LookupError("this hand-over has not been written yet")
        return self.id

    def facts(self) -> dict[str, object]:
        """What the trail keeps of it."""
        return {"hand_over": self.id, "from": self.from_id, "to": self.to_id}


# -- disabling ---------------------------------------------------------------------------------


def disable_user(
    session: Session, user_id: int, actor: trail.Actor, now: datetime, reason: str
) -> User:
    """Close an account and end its log-ins; GB/T 22239-2019 8.1.4.2 c) for accounts out of use.

    Raises
    ------
    OwnAccount, LastAdministrator, ReasonIsMissing
    """
    check_not_own(actor, user_id)
    reason = _reason(reason)
    keep_an_administrator(session, user_id)
    user = lock_user(session, user_id)
    before = user.facts()
    user.state = UserState.DISABLED
    session.add(user)
    logins.end_all(session, user_id, Ending.ACCOUNT_DISABLED, actor, now)
    trail.record(
        session, actor, "account.disabled", NOUN, user_id, now,
        before=before, after=user.facts(), reason=reason,
    )  # fmt: skip
    return user


def enable_user(
    session: Session, user_id: int, actor: trail.Actor, now: datetime, reason: str
) -> User:
    """Open a disabled account again, with the memberships that have not ended meanwhile.

    Raises
    ------
    OwnAccount, ReasonIsMissing
    """
    check_not_own(actor, user_id)
    reason = _reason(reason)
    user = lock_user(session, user_id)
    before = user.facts()
    can_enter = user.password_hash != "" or user.external
    user.state = UserState.ACTIVE if can_enter else UserState.INVITED
    session.add(user)
    trail.record(
        session, actor, "account.enabled", NOUN, user_id, now,
        before=before, after=user.facts(), reason=reason,
    )  # fmt: skip
    return user


def _reason(text: str) -> str:
    if not (text := text.strip()):
        raise ReasonIsMissing()
    return text[:200]


# -- handing over ------------------------------------------------------------------------------


def propose_hand_over(
    session: Session, from_id: int, to_id: int, reason: str, actor: trail.Actor, now: datetime
) -> HandOver:
    """Ask for all that one person holds to be given to another; nothing changes yet.

    Raises
    ------
    ToOneself, ReasonIsMissing, NotFound
    """
    if from_id == to_id:
        raise ToOneself(id=from_id)
    for user_id in sorted((from_id, to_id)):
        lock_user(session, user_id)
    over = HandOver(
        from_id=from_id,
        to_id=to_id,
        reason=_reason(reason),
        proposed_by=actor.user_id,
        proposed_at=now,
    )
    session.add(over)
    session.flush()
    trail.record(
        session, actor, "hand_over.proposed", NOUN, from_id, now,
        after=over.facts(), reason=over.reason,
    )  # fmt: skip
    return over


def confirm_hand_over(
    session: Session,
    hand_over_id: int,
    actor: trail.Actor,
    now: datetime,
    movers: Mapping[str, Mover] | None = None,
) -> HandOver:
    """Carry a hand-over out: memberships, then the open items of every noun, in this order.

    Parameters
    ----------
    movers : by noun; `web` knows them all.

    Raises
    ------
    SecondPersonNeeded, HandOverIsOver, RolesKeptApart, AccountIsDisabled
    """
    over = _open_hand_over(session, hand_over_id)
    if actor.user_id in (None, over.proposed_by, over.from_id, over.to_id):
        raise SecondPersonNeeded(id=hand_over_id)
    people = {
        user_id: lock_user(session, user_id) for user_id in sorted((over.from_id, over.to_id))
    }
    # somebody who cannot log in yet would leave the work, or the service, without anybody
    if people[over.to_id].state != UserState.ACTIVE:
        raise AccountIsDisabled(id=over.to_id)
    over.confirmed_at, over.confirmed_by = now, actor.user_id
    session.add(over)
    given = [
        _hand_over(session, membership, over.to_id, actor, now)
        for membership in memberships_of(session, over.from_id, now)
    ]
    moved = {
        noun: move(session, over.from_id, over.to_id, actor, now)
        for noun, move in (movers or {}).items()
    }
    logins.end_all(session, over.from_id, Ending.HANDED_OVER, actor, now)
    trail.record(
        session, actor, "hand_over.confirmed", NOUN, over.from_id, now,
        after=over.facts() | {"memberships": given, "items": moved}, reason=over.reason,
    )  # fmt: skip
    return over


def _hand_over(
    session: Session, membership: Membership, to_id: int, actor: trail.Actor, now: datetime
) -> int:
    seat = Seat(membership.role, membership.scope, membership.region, membership.valid_until)
    if any(seat.held == m.held for m in memberships_of(session, to_id, now)):
        taken = 0
    else:
        taken = give(session, to_id, seat, actor, now).key
    session.exec(
        update(Delegation)
        .where(col(Delegation.membership_id) == membership.id, col(Delegation.revoked_at).is_(None))
        .values(revoked_at=now)
    )
    before = membership.facts()
    membership.valid_until = now
    session.add(membership)
    session.flush()
    trail.record(
        session, actor, "role.ended", NOUN, membership.user_id, now,
        before=before, after=membership.facts(),
    )  # fmt: skip
    return taken


def withdraw_hand_over(
    session: Session, hand_over_id: int, actor: trail.Actor, now: datetime
) -> None:
    """Let a proposal drop.

    Raises
    ------
    HandOverIsOver, NotFound
    """
    over = _open_hand_over(session, hand_over_id)
    over.withdrawn_at = now
    session.add(over)
    trail.record(
        session, actor, "hand_over.withdrawn", NOUN, over.from_id, now, before=over.facts()
    )


def open_hand_overs(session: Session) -> list[HandOver]:
    """Proposals that wait for a second person, the oldest first."""
    waiting = select(HandOver).where(
        col(HandOver.confirmed_at).is_(None), col(HandOver.withdrawn_at).is_(None)
    )
    return list(session.exec(waiting.order_by(col(HandOver.id))))


def _open_hand_over(session: Session, hand_over_id: int) -> HandOver:
    locked = select(HandOver).where(HandOver.id == hand_over_id).with_for_update()
    over = session.exec(locked.execution_options(populate_existing=True)).first()
    if over is None:
        raise NotFound(noun="hand_over", id=hand_over_id)
    if over.confirmed_at is not None or over.withdrawn_at is not None:
        raise HandOverIsOver(id=hand_over_id)
    return over
