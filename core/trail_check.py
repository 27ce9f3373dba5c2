"""Is the trail whole? Every changed, removed, reordered or cut-off event is found.

Two things must be known about what a chain can show. An event that was changed behind our
back no longer fits its hash, or the next one, or the head: so a break is found unless *all*
later events and the head were made up anew. Whoever owns the database and knows this file
can do that: only a checkpoint that was published before, and lies where the owner cannot
reach it, shows such a forgery (`core.checkpoints`), and nothing shows it for the events
after the last published checkpoint.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, literal_column, select
from sqlmodel import Session

from core.trail import EVENTS, HASHED, START, digest

CHUNK = 2_000
"""Events in memory at a time."""

Progress = Callable[[int, int], None]
"""Told from time to time how many events of how many are checked."""


class Fault(StrEnum):
    """What is wrong at a break."""

    MISSING = "missing"
    MISNUMBERED = "misnumbered"
    CHANGED = "changed"
    UNLINKED = "unlinked"
    CUT_OFF = "cut_off"
    BEYOND_HEAD = "beyond_head"
    NOT_AS_PUBLISHED = "not_as_published"
    NO_HEAD = "no_head"


@dataclass(frozen=True)
class Break:
    """Events *first* to *last* are not as they were recorded."""

    fault: Fault
    first: int
    last: int


@dataclass(frozen=True)
class _Head:
    number: int
    hash: bytes | None


def verify(
    session: Session, progress: Progress | None = None, published: Iterable[tuple[int, str]] = ()
) -> list[Break]:
    """All breaks of the trail, in the order of the chain; an empty list if it is whole.

    It reads one state of the database, however long it takes and whoever writes meanwhile;
    use a session that will not write, or in SQLite nobody else can.

    Parameters
    ----------
    progress : called every `CHUNK` events and at the end.
    published : number and hash of events, from checkpoints whose signatures have been verified.
    """
    connection = session.connection()
    return list(_breaks(connection, progress or _silent, published))


def _silent(_done: int, _of: int) -> None: ...


# -- as the database keeps it ------------------------------------------------------------------

# bytes as stored: a text that cannot be decoded, or a number where a text should be, is
# something to be found, not to stumble over
_BYTES = {
    "sqlite": 'CAST("{}" AS BLOB)',
    "postgresql": "convert_to(CAST(\"{}\" AS text), 'UTF8')",
}
_TIME_BYTES = {
    "sqlite": _BYTES["sqlite"],
    "postgresql": (
        "convert_to(to_char(\"{}\" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), 'UTF8')"
    ),
}
_HEAD_NUMBER = "(SELECT CAST(number AS BIGINT) FROM trail_head)"


def _bytes(name: str, dialect: str) -> Any:
    pattern = _TIME_BYTES if name == "at" else _BYTES
    return literal_column(pattern[dialect].format(name))


def _head_columns(dialect: str) -> list[Any]:
    hash_ = _BYTES[dialect].format("hash")
    return [literal_column(_HEAD_NUMBER), literal_column(f"(SELECT {hash_} FROM trail_head)")]


def _query(dialect: str) -> Select[Any]:
    # the head is part of the same statement, hence of the same state of the database
    return (
        select(
            EVENTS.c.number,
            *_head_columns(dialect),
            _bytes("hash", dialect),
            *(_bytes(name, dialect) for name in HASHED),
        )
        .select_from(EVENTS)
        .order_by(EVENTS.c.number)
    )


# -- link by link ------------------------------------------------------------------------------


def _breaks(
    connection: Connection, progress: Progress, published: Iterable[tuple[int, str]]
) -> Iterator[Break]:
    dialect = connection.dialect.name
    # only for a trail without events: nothing is lost if the first one comes after this
    head = _Head(*connection.execute(select(*_head_columns(dialect))).one())
    rows = connection.execute(_query(dialect), execution_options={"yield_per": CHUNK})
    chain = _Chain(published)
    for part in rows.partitions():
        head = _Head(part[-1][1], part[-1][2])
        for row in part:
            yield from chain.add(row)
        progress(chain.done, max(chain.done, head.number or 0))
    yield from chain.end(head)


class _Chain:
    """What has been read of the chain so far."""

    def __init__(self, published: Iterable[tuple[int, str]]) -> None:
        self.done = 0
        self.number = 0
        self.hash: bytes | None = START.encode()
        # more than one hash for a number if the chain was signed before and after a forgery
        self.published: dict[int, set[bytes | None]] = defaultdict(set)
        for number, told in published:
            self.published[number].add(told.encode())

    def add(self, row: Sequence[Any]) -> Iterator[Break]:
        number, _, _, hash_, *fields = row
        expected = self.number + 1
        if number > expected:
            yield Break(Fault.MISSING, expected, number - 1)
        elif number < expected:
            yield Break(Fault.MISNUMBERED, number, number)
        elif fields[-1] != self.hash:
            yield Break(Fault.UNLINKED, number, number)
        if digest(fields).encode() != hash_:
            yield Break(Fault.CHANGED, number, number)
        if number in self.published and self.published[number] != {hash_}:
            yield Break(Fault.NOT_AS_PUBLISHED, number, number)
        self.number, self.hash = number, hash_
        self.done += 1

    def end(self, head: _Head) -> Iterator[Break]:
        last = max([head.number or 0, *self.published])
        if last > self.number:
            yield Break(Fault.CUT_OFF, self.number + 1, last)
        if head.number is None:
            yield Break(Fault.NO_HEAD, self.number, self.number)
        elif head.number < self.number:
            yield Break(Fault.BEYOND_HEAD, head.number + 1, self.number)
        elif head.number == self.number and head.hash != self.hash:
            yield Break(Fault.UNLINKED, self.number, self.number)
