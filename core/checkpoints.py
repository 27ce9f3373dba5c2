"""Signed checkpoints of the trail: what the chain was, told to the world while it was so.

A checkpoint is worth what its readers keep: published where the owner of the database cannot
reach it (a gazette, a web page that others archive, a notary), it shows any later change of
the events up to its number, even one that makes up the whole rest of the chain anew.
The copies in our own table serve only the daily check.

A checkpoint is no event of the trail: it speaks about the trail.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Part
from sqlalchemy import Text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from core.append_only import append_only
from core.errors import Conflict, Invalid
from core.trail import EVENTS, HEAD, NUMBER, canonical
from core.trail_check import Break, Progress, verify

_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$"


class NothingToSign(Conflict):
    """The trail has no event yet."""

    code = "nothing_to_sign"


class TrailIsBroken(Conflict):
    """The end of the chain is not where its head says; nobody should put a name to that."""

    code = "trail_is_broken"


class CheckpointExists(Conflict):
    """Somebody else has just signed the same end of the chain."""

    code = "checkpoint_exists"


class Statement(BaseModel):
    """A checkpoint as it is published: a JSON object of exactly these fields.

    The signature is Ed25519 (RFC 8032) over the same object without the signature, written
    in UTF-8 with sorted keys and no spaces. Hash, key and signature are hexadecimal.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal["spotcheck-trail-checkpoint/1"] = "spotcheck-trail-checkpoint/1"
    number: int = Part(ge=1)
    hash: str = Part(pattern="^[0-9a-f]{64}$")
    at: str = Part(pattern=_TIME)
    public_key: str = Part(pattern="^[0-9a-f]{64}$")
    signature: str = Part(default="", pattern="^([0-9a-f]{128})?$")

    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return canonical(self.model_dump(exclude={"signature"})).encode()

    def text(self) -> str:
        """The one line to publish."""
        return canonical(self.model_dump())


class Checkpoint(SQLModel, table=True):
    """Our own copy of what was published about the chain up to event *number*."""

    __tablename__ = "trail_checkpoint"

    number: int = Field(primary_key=True, sa_type=NUMBER, sa_column_kwargs={"autoincrement": False})
    published: str = Field(sa_type=Text)
    """The text of the `Statement`."""


append_only(SQLModel.metadata.tables["trail_checkpoint"])


# -- signing -----------------------------------------------------------------------------------


def checkpoint(session: Session, key: Ed25519PrivateKey, now: datetime) -> Checkpoint:
    """Sign the end of the chain as it is committed; the same row again if nothing came since.

    It looks at the last event only: run `audit` first, because a signature under a chain
    that is broken further up says nothing good.

    Raises
    ------
    NothingToSign, TrailIsBroken, CheckpointExists
    """
    number, hash_ = session.execute(select(HEAD.c.number, HEAD.c.hash)).one()
    if number == 0:
        raise NothingToSign
    if found := session.get(Checkpoint, number):
        return found
    last = session.execute(select(EVENTS.c.hash).where(EVENTS.c.number == number))
    if last.scalar_one_or_none() != hash_:
        raise TrailIsBroken(number=number)
    return _kept(session, _signed(key, number, hash_, now))


def _signed(key: Ed25519PrivateKey, number: int, hash_: str, now: datetime) -> Statement:
    public = key.public_key().public_bytes_raw().hex()
    at = now.astimezone(UTC).isoformat(timespec="microseconds")
    unsigned = Statement(number=number, hash=hash_, at=at, public_key=public)
    return unsigned.model_copy(update={"signature": key.sign(unsigned.signed_bytes()).hex()})


def _kept(session: Session, signed: Statement) -> Checkpoint:
    row = Checkpoint(number=signed.number, published=signed.text())
    session.add(row)
    try:
        session.flush()
    except IntegrityError as lost:
        raise CheckpointExists(number=signed.number) from lost
    return row


def latest(session: Session) -> Checkpoint | None:
    """The last of our own copies; None before the first."""
    newest = select(Checkpoint).order_by(col(Checkpoint.number).desc()).limit(1)
    return session.exec(newest).first()


# -- checking ----------------------------------------------------------------------------------


def read(text: str | bytes) -> Statement:
    """A published statement.

    Raises
    ------
    Invalid
        If it is not one; its signature is another question.
    """
    try:
        return Statement.model_validate_json(text)
    except ValidationError as fault:
        raise Invalid(field="checkpoint") from fault


def verify_checkpoint(statement: Statement, keys: Collection[Ed25519PublicKey]) -> bool:
    """Whether one of *keys* has signed *statement*; no database is needed.

    *keys* must come from somewhere else than the statement: anybody can sign with a key of
    their own. Retired keys stay among them as long as their statements count.
    """
    for key in keys:
        if key.public_bytes_raw().hex() == statement.public_key:
            return _has_signed(key, statement)
    return False


def _has_signed(key: Ed25519PublicKey, statement: Statement) -> bool:
    try:
        key.verify(bytes.fromhex(statement.signature), statement.signed_bytes())
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True)
class Audit:
    """What a full check of trail and checkpoints has found."""

    breaks: list[Break]
    forged: list[int]
    """Numbers of the statements that none of the trusted keys has signed."""
    vouched: int
    """Up to this event the chain is what a trusted checkpoint says; 0 without one."""

    @property
    def is_whole(self) -> bool:
        """Nothing wrong anywhere."""
        return not self.breaks and not self.forged


def audit(
    session: Session,
    keys: Collection[Ed25519PublicKey],
    published: Iterable[Statement] = (),
    progress: Progress | None = None,
) -> Audit:
    """Check the whole trail against our own checkpoints and those that others have kept.

    Only *published* statements from outside show a forgery by somebody who could also remove
    our own copies.
    """
    trusted: list[Statement] = []
    forged: list[int] = []
    for number, statement in [*_stored(session), *((one.number, one) for one in published)]:
        if statement is None or not verify_checkpoint(statement, keys):
            forged.append(number)
        else:
            trusted.append(statement)
    breaks = verify(session, progress, [(one.number, one.hash) for one in trusted])
    return Audit(breaks, forged, max((one.number for one in trusted), default=0))


def _stored(session: Session) -> list[tuple[int, Statement | None]]:
    rows = session.exec(select(Checkpoint).order_by(col(Checkpoint.number)))
    return [(row.number, _read_or_none(row)) for row in rows]


def _read_or_none(row: Checkpoint) -> Statement | None:
    try:
        statement = read(row.published)
    except Invalid:
        return None
    return statement if statement.number == row.number else None
