"""Invitations: how institutions and staff come to an account; nobody sets passwords for them.

A planner invites an institution by its social credit code; whoever has the link opens an account
for it, or adds the institution to the account he has (one account for several institutions,
several accounts for one). Only the SHA-256 of a link is kept. A link counts once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ColumnElement, update
from sqlmodel import Field, Session, SQLModel, col, select
from stdnum.cn import uscc

from core import trail
from core.accounts import (
    AccountDraft,
    User,
    create_user,
    is_email,
    lock_user,
)
from core.database import enum_column
from core.entrance import RULES, Rules, actor_of
from core.errors import Conflict, Invalid, NotFound
from core.grants import give
from core.logins import token_hash
from core.memberships import Membership, Seat, check_scope, place_of
from core.passwords import set_password
from core.privacy import mask_email
from core.roles import Place, Role, Scope, ScopeKind, visible

LASTS = timedelta(days=7)
_INVITED = trail.Actor(None, "受邀者", "visitor")


class NotACreditCode(Invalid):
    """The social credit code does not have 18 valid characters with the right check character."""

    code = "not_a_credit_code"


class NotAnAddress(Invalid):
    """No e-mail address looks like this."""

    code = "not_an_address"


class InvitationIsOver(Conflict):
    """It has been accepted, taken back or has run out, or never was: nobody learns which."""

    code = "invitation_is_over"


class NotForThisAddress(Conflict):
    """The invitation went to another e-mail address."""

    code = "not_for_this_address"


class Invitation(SQLModel, table=True):
    """A seat that is kept for whoever has the link."""

    __table_args__ = (
        CheckConstraint("length(token_hash) = 64", name="token_is_hashed"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted_by_one"),
        CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="one_end"),
        CheckConstraint("(scope_kind = 'nation') = (scope_key = '')", name="scope_has_key"),
    )
    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    role: Role = Field(sa_type=enum_column(Role))
    scope_kind: ScopeKind = Field(sa_type=enum_column(ScopeKind))
    scope_key: str = Field(default="", max_length=100, index=True)
    region: str = Field(default="", max_length=6)
    email: str = Field(default="", max_length=254)
    note: str = Field(default="", max_length=200)
    invited_by: int | None = Field(default=None, foreign_key="account.id")
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    accepted_by: int | None = Field(default=None, foreign_key="account.id")
    revoked_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        if self.id is None:
            raise LookupError("this invitation has not been written yet")
        return self.id

    @property
    def scope(self) -> Scope:
        """Whose rows the seat is about."""
        return Scope(self.scope_kind, self.scope_key)

    @property
    def place(self) -> Place:
        """Where the seat belongs: who may invite there may take the invitation back."""
        return place_of(self.scope, self.region)

    @property
    def seat(self) -> Seat:
        """What is given to whoever accepts."""
        return Seat(self.role, self.scope, self.region)

    def is_open(self, now: datetime) -> bool:
        """Whether it can be accepted."""
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at

    def facts(self) -> dict[str, object]:
        """What the trail keeps of it."""
        return {
            "invitation": self.id,
            "role": self.role.value,
            "key": self.scope_key,
            "email": mask_email(self.email),
        }


# -- inviting ----------------------------------------------------------------------------------


def credit_code(text: str) -> str:
    """A social credit code in its plain spelling (GB 32100-2015).

    Raises
    ------
    NotACreditCode
        If it is none.
    """
    code = uscc.compact(text).upper()
    if not uscc.is_valid(code):
        raise NotACreditCode(text=text[:40])
    return str(code)


def invite(
    session: Session,
    seat: Seat,
    token: str,
    actor: trail.Actor,
    now: datetime,
    *,
    email: str = "",
    note: str = "",
    lasts: timedelta = LASTS,
) -> Invitation:
    """Keep a seat for whoever has *token*; an institution is named by its credit code.

    Raises
    ------
    ScopeDoesNotFit, NotACreditCode, NotAnAddress
    """
    scope = seat.scope
    if scope.kind == ScopeKind.INSTITUTION:
        scope = Scope(scope.kind, credit_code(scope.key))
    check_scope(seat.role, scope, seat.region)
    if not is_email(email := email.strip()):
        raise NotAnAddress(text=email[:40])
    invitation = Invitation(
        token_hash=token_hash(token),
        role=seat.role,
        scope_kind=scope.kind,
        scope_key=scope.key,
        region=scope.key if scope.kind == ScopeKind.REGION else seat.region,
        email=email,
        note=note[:200],
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now + lasts,
    )
    session.add(invitation)
    session.flush()
    facts = invitation.facts()
    trail.record(session, actor, "invitation.sent", "invitation", invitation.key, now, after=facts)
    return invitation


def invite_institution(
    session: Session,
    code: str,
    token: str,
    actor: trail.Actor,
    now: datetime,
    *,
    region: str = "",
    email: str = "",
    note: str = "",
) -> Invitation:
    """The same for an institution, by its social credit code and the region that it is in."""
    seat = Seat(Role.INSTITUTION, Scope(ScopeKind.INSTITUTION, credit_code(code)), region)
    return invite(session, seat, token, actor, now, email=email, note=note)


def revoke(session: Session, invitation_id: int, actor: trail.Actor, now: datetime) -> None:
    """Take an invitation back.

    Raises
    ------
    NotFound, InvitationIsOver
    """
    if session.get(Invitation, invitation_id) is None:
        raise NotFound(noun="invitation", id=invitation_id)
    _end(session, col(Invitation.id) == invitation_id, now, revoked_at=now)
    trail.record(session, actor, "invitation.revoked", "invitation", invitation_id, now)


def _end(session: Session, which: ColumnElement[bool], now: datetime, **ending: object) -> None:
    """Close one invitation, if nobody else has; of two at the same time one comes too late."""
    still_open = (
        col(Invitation.accepted_at).is_(None),
        col(Invitation.revoked_at).is_(None),
        col(Invitation.expires_at) > now,
    )
    ended = session.exec(update(Invitation).where(which, *still_open).values(**ending))
    if ended.rowcount != 1:
        raise InvitationIsOver()


def open_invitations(
    session: Session, scopes: Iterable[Scope], now: datetime, most: int = 200
) -> list[Invitation]:
    """Invitations to seats within *scopes* that can still be accepted, the newest first."""
    within = visible(list(scopes), region=col(Invitation.region))
    waiting = select(Invitation).where(
        within,
        col(Invitation.accepted_at).is_(None),
        col(Invitation.revoked_at).is_(None),
        col(Invitation.expires_at) > now,
    )
    return list(session.exec(waiting.order_by(col(Invitation.id).desc()).limit(most)))


def find(session: Session, token: str, now: datetime) -> Invitation:
    """The open invitation of a link.

    Raises
    ------
    InvitationIsOver
        If there is none.
    """
    kept = select(Invitation).where(Invitation.token_hash == token_hash(token))
    invitation = session.exec(kept).first()
    if invitation is None or not invitation.is_open(now):
        raise InvitationIsOver()
    return invitation


# -- accepting ---------------------------------------------------------------------------------


def accept_with_new_account(
    session: Session,
    token: str,
    draft: AccountDraft,
    password: str,
    now: datetime,
    rules: Rules = RULES,
) -> User:
    """Open an account and take the seat with it.

    Raises
    ------
    InvitationIsOver, LoginNameTaken, PasswordRefused
    """
    invitation = find(session, token, now)
    if invitation.email and not draft.email:
        draft = draft.model_copy(update={"email": invitation.email})
    user = create_user(session, draft, _INVITED, now)
    actor = actor_of(user)
    set_password(session, user, password, actor, now, rules=rules.passwords, hasher=rules.hasher)
    _take(session, invitation, user, now)
    return user


def accept_with_own_account(
    session: Session, token: str, user_id: int, now: datetime
) -> Membership:
    """Take the seat with the account in which one is logged in.

    Raises
    ------
    InvitationIsOver, NotForThisAddress, AlreadyHeld, RolesKeptApart, AccountIsDisabled
    """
    invitation = find(session, token, now)
    user = lock_user(session, user_id)
    if invitation.email and invitation.email.casefold() != user.email.casefold():
        raise NotForThisAddress(id=invitation.key)
    return _take(session, invitation, user, now)


def _take(session: Session, invitation: Invitation, user: User, now: datetime) -> Membership:
    taken = {"accepted_at": now, "accepted_by": user.key}
    _end(session, col(Invitation.id) == invitation.id, now, **taken)
    actor = actor_of(user)
    facts = invitation.facts()
    trail.record(
        session, actor, "invitation.accepted", "invitation", invitation.key, now, after=facts
    )
    return give(session, user.key, invitation.seat, actor, now)
