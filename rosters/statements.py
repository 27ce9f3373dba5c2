"""What was ever stated about the entries of the rosters, by which change, and who made it.

A *change* is one act of one person: an edit, a bulk change, an import. Its *statements* are
never changed or removed (the database refuses). A withdrawn change no longer counts, but stays:
so what was known on a past day can be told apart from what was so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from core.append_only import append_only
from core.database import enum_column
from core.errors import NotFound
from core.trail import CanonicalJson
from rosters.entries import Entry, Noun
from rosters.timeline import Stated, facts_at

NOUN = "roster_change"
"""Under this noun the trail keeps what concerns a change as a whole."""

Thing = TypeVar("Thing")

CHUNK = 5_000
"""Entries asked for in one query; SQLite takes 32,766 parameters."""


class ChangeKind(StrEnum):
    """How a change came about."""

    EDIT = "edit"
    BULK = "bulk"
    IMPORT = "import"
    RATING = "rating"  # a person accepted what the risk score proposed

    @property
    def label(self) -> str:
        """The kind's name on a page."""
        return {
            "edit": "单条登记",
            "bulk": "批量修改",
            "import": "文件导入",
            "rating": "等级调整",
        }[self.value]


class EntryNotFound(NotFound):
    """There is no such entry of this noun, or it was not in the roster on that day."""

    code = "entry_not_found"


class ChangeNotFound(NotFound):
    """There is no such change."""

    code = "roster_change_not_found"


class Change(SQLModel, table=True):
    """One act of one person; withdrawn, it is as if it had never been."""

    __tablename__ = "roster_change"
    __table_args__ = (
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"
        ),
        Index(None, "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: ChangeKind = Field(sa_type=enum_column(ChangeKind))
    at: datetime
    actor_id: int | None = None
    actor_name: str = Field(max_length=100)
    reason: str = Field(default="", max_length=500)
    source: str = Field(default="", max_length=200)
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = Field(default=None, max_length=100)

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id


class Statement(SQLModel, table=True):
    """What a change says of one entry from a day on; never changed afterwards."""

    __tablename__ = "roster_statement"
    __table_args__ = (Index(None, "entry_id", "id"), Index(None, "change_id"))

    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="roster_change.id")
    entry_id: int = Field(foreign_key="roster_entry.id")
    takes_effect: date
    facts: dict[str, Any] = Field(sa_type=CanonicalJson)


STATEMENTS = SQLModel.metadata.tables["roster_statement"]
append_only(STATEMENTS)


# -- reading -----------------------------------------------------------------------------------


def stated(
    session: Session, entries: Collection[int], known: datetime | None = None
) -> dict[int, list[Stated]]:
    """What has been stated of entries; withdrawn changes left out.

    Parameters
    ----------
    known : only what was known at that moment: made by then, and not yet withdrawn.
    """
    found: dict[int, list[Stated]] = defaultdict(list)
    for chunk in chunks(sorted(entries)):
        wanted: Any = (
            select(
                col(Statement.entry_id),
                col(Statement.takes_effect),
                col(Statement.id),
                col(Statement.facts),
            )
            .join(Change, col(Change.id) == col(Statement.change_id))
            .where(col(Statement.entry_id).in_(chunk), counts(known))
        )
        for entry_id, takes_effect, order, facts in session.exec(wanted):
            found[entry_id].append(Stated(takes_effect, order, facts))
    return found


def counts(known: datetime | None = None) -> Any:
    """The condition that a change counts: now, or as far as it was *known* at a moment."""
    if known is None:
        return col(Change.withdrawn_at).is_(None)
    standing = col(Change.withdrawn_at).is_(None) | (col(Change.withdrawn_at) > known)
    return (col(Change.at) <= known) & standing


def facts_known(
    session: Session, entry_id: int, day: date, known: datetime
) -> dict[str, Any] | None:
    """What held of an entry on a *day*, as far as it was known at a moment; None if not there."""
    return facts_at(stated(session, [entry_id], known)[entry_id], day)


def last_statement(session: Session, entry_id: int) -> int:
    """The number of the last statement that counts about an entry; 0 if there is none."""
    wanted = (
        select(func.max(Statement.id))
        .join(Change, col(Change.id) == col(Statement.change_id))
        .where(Statement.entry_id == entry_id, counts())
    )
    return session.exec(wanted).one() or 0


@dataclass(frozen=True)
class Told:
    """One line of the history of an entry."""

    change: Change
    takes_effect: date
    facts: dict[str, Any]


def history(session: Session, entry_id: int) -> list[Told]:
    """All that was ever stated of an entry, the newest first, withdrawn changes included."""
    wanted = (
        select(Change, col(Statement.takes_effect), col(Statement.facts))
        .join(Statement, col(Statement.change_id) == col(Change.id))
        .where(Statement.entry_id == entry_id)
        .order_by(col(Statement.id).desc())
    )
    return [Told(*row) for row in session.exec(wanted)]


def get_change(session: Session, change_id: int) -> Change:
    """One change.

    Raises
    ------
    ChangeNotFound
    """
    change = session.get(Change, change_id)
    if change is None:
        raise ChangeNotFound(change=change_id)
    return change


def noun_of(session: Session, entry_id: int) -> Noun:
    """What an entry is.

    Raises
    ------
    EntryNotFound
    """
    entry = session.get(Entry, entry_id)
    if entry is None:
        raise EntryNotFound(entry=entry_id)
    return entry.noun


def locked(session: Session, entries: Collection[int]) -> dict[int, Noun]:
    """What the entries are; until the transaction ends nobody else changes them.

    Always taken in the order of their ids, so that two who want the same wait for each other
    and never both. Those that do not exist are left out.
    """
    found: dict[int, Noun] = {}
    for chunk in chunks(sorted(entries)):
        wanted: Any = select(col(Entry.id), col(Entry.noun)).where(col(Entry.id).in_(chunk))
        found |= dict(session.exec(wanted.order_by(col(Entry.id)).with_for_update()).all())
    return found


def chunks(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    """*things* in pieces that one query can take."""
    for start in range(0, len(things), CHUNK):
        yield things[start : start + CHUNK]
