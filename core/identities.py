"""Identities elsewhere: under which name a single sign-on provider (OIDC) knows a person.

The provider's `sub` is the only claim that never changes and is never given to another
(OpenID Connect Core 5.7): names and e-mail addresses are not compared. An identity is tied to
an account by its owner while he is logged in, or by an administrator; never by coming along.
"""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.accounts import NOUN, User
from core.errors import Conflict, NotFound


class IdentityTaken(Conflict):
    """Another account is entered with this identity."""

    code = "identity_taken"


class Identity(SQLModel, table=True):
    """A name at a provider that opens an account here."""

    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="account.id", index=True)
    issuer: str = Field(max_length=255)
    subject: str = Field(max_length=255)
    created_at: datetime


def user_of(session: Session, issuer: str, subject: str) -> User | None:
    """Whose account the provider's person enters, if anybody's."""
    owner = (
        select(User)
        .join(Identity, col(Identity.user_id) == User.id)
        .where(Identity.issuer == issuer, Identity.subject == subject)
    )
    return session.exec(owner).first()


def identities_of(session: Session, user_id: int) -> list[Identity]:
    """The identities that open an account, the oldest first."""
    theirs = select(Identity).where(Identity.user_id == user_id)
    return list(session.exec(theirs.order_by(col(Identity.id))))


def tie(
    session: Session, user_id: int, issuer: str, subject: str, actor: trail.Actor, now: datetime
) -> Identity:
    """Let a provider's person enter an account.

    Raises
    ------
    IdentityTaken
        If this identity opens an account already.
    """
    identity = Identity(user_id=user_id, issuer=issuer, subject=subject, created_at=now)
    session.add(identity)
    try:
        session.flush()
    except IntegrityError as error:
        raise IdentityTaken(issuer=issuer) from error
    facts = {"identity": identity.id, "issuer": issuer}
    trail.record(session, actor, "identity.tied", NOUN, user_id, now, after=facts)
    return identity


def untie(
    session: Session, user_id: int, identity_id: int, actor: trail.Actor, now: datetime
) -> None:
    """Take the identity away again.

    Raises
    ------
    NotFound
        If the account has no such identity.
    """
    identity = session.get(Identity, identity_id)
    if identity is None or identity.user_id != user_id:
        raise NotFound(noun="identity", id=identity_id)
    facts = {"identity": identity_id, "issuer": identity.issuer}
    session.delete(identity)
    trail.record(session, actor, "identity.untied", NOUN, user_id, now, before=facts)
