"""The trail: who did what to which noun, when, and why; append-only and chained by hashes.

Operations call `record`; nothing of it reaches the database before the commit, when all
events of the session are numbered and chained in bulk under one lock (the row of
`TrailHead`; in SQLite its write lock). So two writers at once keep one chain without gaps,
and what is rolled back, to a savepoint or altogether, leaves nothing.

The database refuses to change or remove an event, but whoever owns the database can lift
that: `core.trail_check` finds what was changed behind our back.
"""

import hashlib
import json
import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Index,
    Integer,
    SmallInteger,
    Text,
    TypeDecorator,
    event,
    insert,
    update,
)
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Field, Session, SQLModel, col, select

import core.database  # noqa: F401
from core.append_only import append_only, forward_only
from core.errors import Invalid

TAG = "spotcheck/trail/event/1"
"""What is hashed first, so that the hash of an event is never that of anything else."""

START = "0" * 64
"""What the first event is chained to."""

_ABSENT = b"\xff\xff\xff\xff"
_PENDING = "trail_pending"
_ANNOUNCED = "trail_announced"
_RELEASED = "trail_released"
_SHA256 = re.compile("[0-9a-f]{64}")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""The type of an event's number; in SQLite only INTEGER is the order of the rows itself."""


@dataclass(frozen=True)
class Actor:
    """Who did it: a user under the name and role of that day, or the system itself."""

    user_id: int | None
    name: str
    role: str


SYSTEM = Actor(None, "系统", "system")


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; dates as ISO text, enums as their values.

    It is stored and hashed as this text, so nobody who checks it has to write JSON the same way.

    Raises
    ------
    TypeError
        If the value holds something that JSON does not know.
    ValueError
        If it holds a number that is not finite.
    """
    return json.dumps(
        value,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
        default=_plain,
    )


def _plain(value: object) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Enum():
            return value.value
    raise TypeError(f"the trail cannot keep a {type(value).__name__}")


class CanonicalJson(TypeDecorator[Any]):
    """A value kept as its canonical text: the bytes that were hashed are the bytes stored."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: object) -> str | None:
        """The text to store; absent stays absent."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: object) -> Any:
        """The value that was stored."""
        return None if value is None else json.loads(value)


class Event(SQLModel, table=True):
    """One thing that was done. Until the commit its number is 0 and its hashes are empty."""

    __table_args__ = (
        CheckConstraint("number >= 1", name="numbered"),
        CheckConstraint("length(hash) = 64 AND length(previous) = 64", name="chained"),
        CheckConstraint("change_digest IS NULL OR length(change_digest) = 64", name="digest"),
        Index("ix_event_noun", "noun", "noun_id", "number"),
        Index("ix_event_actor", "actor_id", "number"),
        Index("ix_event_action", "action", "number"),
        Index("ix_event_at", "at"),
    )

    number: int = Field(
        default=0, primary_key=True, sa_type=NUMBER, sa_column_kwargs={"autoincrement": False}
    )
    at: datetime
    # no foreign key: the trail outlives what it tells of
    actor_id: int | None = None
    actor_name: str
    actor_role: str
    action: str
    noun: str
    noun_id: str
    before: dict[str, Any] | None = Field(default=None, sa_type=CanonicalJson)
    after: dict[str, Any] | None = Field(default=None, sa_type=CanonicalJson)
    reason: str = Field(default="", sa_type=Text)
    change_digest: str | None = None
    previous: str = ""
    hash: str = ""


class TrailHead(SQLModel, table=True):
    """Where the chain ends: a single row, whose lock is the right to append."""

    __tablename__ = "trail_head"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint("number >= 0", name="numbered"),
        CheckConstraint("length(hash) = 64", name="chained"),
    )

    id: int = Field(
        default=1, primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False}
    )
    number: int = Field(default=0, sa_type=NUMBER)
    hash: str = START


EVENTS = SQLModel.metadata.tables["event"]
HEAD = SQLModel.metadata.tables["trail_head"]
_FIRST_HEAD = f"INSERT INTO trail_head (id, number, hash) VALUES (1, 0, '{START}')"

append_only(EVENTS)
forward_only(HEAD, "number", _FIRST_HEAD)


# -- recording ---------------------------------------------------------------------------------


def record(
    session: Session,
    actor: Actor,
    action: str,
    noun: str,
    noun_id: str | int,
    now: datetime,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    change_digest: str | None = None,
) -> None:
    """Add an event that is chained when *session* commits.

    Personal data must be masked in *before* and *after* already: nothing is ever removed
    from the trail. A bulk change is one event with the *change_digest* (SHA-256 in
    hexadecimal) of its change file.

    Raises
    ------
    Invalid
        If a text holds characters that no database stores.
    ValueError
        If *now* has no time zone, *change_digest* is none, or *before* or *after* holds a
        number that is not finite.
    TypeError
        If *before* or *after* holds what JSON does not know.
    """
    if now.utcoffset() is None:
        raise ValueError("the time of an event needs its zone")
    if change_digest is not None and not _SHA256.fullmatch(change_digest):
        raise ValueError("the digest of a change file is SHA-256 in hexadecimal")
    told = Event(
        at=now.astimezone(UTC),
        actor_id=actor.user_id,
        actor_name=_storable("actor_name", actor.name),
        actor_role=_storable("actor_role", actor.role),
        action=_storable("action", action),
        noun=_storable("noun", noun),
        noun_id=_storable("noun_id", noun_id),
        before=_frozen("before", before),
        after=_frozen("after", after),
        reason=_storable("reason", reason),
        change_digest=change_digest,
    )
    _pending(session).append((_innermost(session), told))


def _storable(field: str, told: object) -> str:
    # drivers disagree on how to write an enum that is a text; what is hashed must be what is kept
    text = str(told.value if isinstance(told, Enum) else told)
    if _UNSTORABLE.search(text):
        raise Invalid(field=field)
    return text


def _frozen(field: str, facts: dict[str, Any] | None) -> Any:
    """A copy, as it will be read again: what happens to *facts* later is another matter."""
    return None if facts is None else json.loads(_storable(field, canonical(facts)))


def pending(session: AnySession) -> list[Event]:
    """The events that *session* will chain when it commits, in their order."""
    return [told for _, told in _pending(session)]


def _pending(session: AnySession) -> list[tuple[SessionTransaction, Event]]:
    found: list[tuple[SessionTransaction, Event]] = session.info.setdefault(_PENDING, [])
    return found


def _innermost(session: AnySession) -> SessionTransaction:
    return session.get_nested_transaction() or session.get_transaction() or session.begin()


# -- chaining ----------------------------------------------------------------------------------


def digest(fields: Iterable[bytes | None]) -> str:
    """SHA-256 over the tag and *fields*, each preceded by its length as 4 big-endian bytes.

    An absent field is four bytes 0xFF. Texts are hashed byte by byte, not in a normal form,
    because a change of form is a change.
    """
    state = _STATE.copy()
    state.update(
        b"".join([_ABSENT if f is None else len(f).to_bytes(4, "big") + f for f in fields])
    )
    return state.hexdigest()


_STATE = hashlib.sha256(len(TAG).to_bytes(4, "big") + TAG.encode())

HASHED = (
    "number",
    "at",
    "actor_id",
    "actor_name",
    "actor_role",
    "action",
    "noun",
    "noun_id",
    "before",
    "after",
    "reason",
    "change_digest",
    "previous",
)
"""The columns of an event in the order in which they are hashed."""


def _written(told: Event) -> Iterator[bytes | None]:
    """The columns `HASHED` in UTF-8: numbers in decimals, times in UTC to the microsecond."""
    for name in HASHED:
        value = getattr(told, name)
        match value:
            case None:
                yield None
            case datetime():
                yield value.replace(tzinfo=None).isoformat(" ", "microseconds").encode()
            case dict():
                yield canonical(value).encode()
            case _:
                yield str(value).encode()


def _chain(session: AnySession, told: list[Event]) -> None:
    connection = session.connection()
    head = connection.execute(HEAD.select().with_for_update()).one()
    number, previous = head.number, head.hash
    for one in told:
        number += 1
        one.number, one.previous = number, previous
        one.hash = previous = digest(_written(one))
    connection.execute(insert(EVENTS), [one.model_dump() for one in told])
    connection.execute(update(HEAD).values(number=number, hash=previous))


@event.listens_for(AnySession, "before_commit")
def _chain_before_commit(session: AnySession) -> None:
    if _is_only_released(session):
        return
    # what may fail or wait does so before the chain is locked for everybody else
    session.flush()
    if told := pending(session):
        _chain(session, told)
        _pending(session).clear()


def _is_only_released(session: AnySession) -> bool:
    """Whether a savepoint ends, and not the whole transaction.

    The event does not tell. A savepoint that is announced twice is still open while the
    whole transaction commits; nothing will be announced after it.
    """
    savepoint = session.get_nested_transaction()
    seen = session.info.get(_ANNOUNCED)
    session.info[_ANNOUNCED] = savepoint
    return savepoint is not None and seen is not savepoint


@event.listens_for(AnySession, "after_commit")
def _remember_the_release(session: AnySession) -> None:
    session.info[_RELEASED] = session.get_nested_transaction()


@event.listens_for(AnySession, "after_transaction_end")
def _forget_what_was_undone(session: AnySession, ended: SessionTransaction) -> None:
    # not every savepoint that is undone is announced as a rollback, but each of them ends
    if ended.parent is None:
        for key in (_PENDING, _ANNOUNCED, _RELEASED):
            session.info.pop(key, None)
    elif ended.nested and session.info.pop(_RELEASED, None) is not ended:
        told = _pending(session)
        told[:] = [entry for entry in told if not _is_within(entry[0], ended)]


def _is_within(inner: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while inner is not None and inner is not outer:
        inner = inner.parent
    return inner is outer


# -- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Search:
    """Which events somebody wants to see; what is None does not matter, *actor_name* is a part."""

    noun: str | None = None
    noun_id: str | None = None
    actor_id: int | None = None
    actor_name: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """The search in terms of the table; *until* itself lies outside."""
        for name in ("noun", "noun_id", "actor_id", "action"):
            if (value := getattr(self, name)) is not None:
                yield EVENTS.c[name] == value
        if self.actor_name is not None:
            yield col(Event.actor_name).icontains(self.actor_name, autoescape=True)
        if self.since is not None:
            yield col(Event.at) >= self.since
        if self.until is not None:
            yield col(Event.at) < self.until


def page(session: Session, search: Search, below: int | None = None, size: int = 50) -> list[Event]:
    """The newest *size* events of *search* with numbers under *below*, newest first.

    The next page is that below the last number of this one.
    """
    query = select(Event).where(*search.conditions())
    if below is not None:
        query = query.where(col(Event.number) < below)
    return list(session.exec(query.order_by(col(Event.number).desc()).limit(size)))


def export(session: Session, search: Search) -> Generator[Event, None, None]:
    """All events of *search*, oldest first, a thousand in memory at a time."""
    query = select(Event).where(*search.conditions()).order_by(col(Event.number))
    # closed with the generator: PostgreSQL keeps the rest of the rows waiting for us
    with session.exec(query, execution_options={"yield_per": 1_000}) as found:
        yield from found
