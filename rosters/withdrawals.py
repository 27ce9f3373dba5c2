"""Undoing a change as a whole: an import that was a mistake, an edit of the wrong institution."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, union_all
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core import trail
from core.errors import Conflict
from core.trail import Actor
from rosters.belongings import OWNED
from rosters.entries import TABLES, Entry, Noun
from rosters.layout import lay_out_again
from rosters.statements import NOUN, Change, ChangeNotFound, Statement, counts, locked


class ChangedSince(Conflict):
    """A change cannot be withdrawn alone: later ones stand on it; *changes* are their ids."""

    code = "changed_since"


class AlreadyWithdrawn(Conflict):
    """The change has been withdrawn before."""

    code = "change_already_withdrawn"


def withdraw(session: Session, change_id: int, actor: Actor, now: datetime, reason: str) -> Change:
    """Undo a change as a whole: every table is again what it would be without it.

    Raises
    ------
    ChangeNotFound, AlreadyWithdrawn
    ChangedSince
        If later changes spoke of the same entries, or of what belongs to an entry that would be
        gone; they would stand on nothing.
    """
    change = session.get(Change, change_id, with_for_update=True, populate_existing=True)
    if change is None:
        raise ChangeNotFound(change=change_id)
    if change.withdrawn_at is not None:
        raise AlreadyWithdrawn(change=change_id)
    entries = _entries_of(session, change_id)
    if later := later_changes(session, change_id):
        raise ChangedSince(change=change_id, changes=later)
    change.withdrawn_at, change.withdrawn_by = now, actor.name
    session.add(change)
    session.flush()
    trail.record(session, actor, "withdrawn", NOUN, change.key, now, reason=reason)
    lay_out_again(session, entries)
    return change


def later_changes(session: Session, change_id: int) -> list[int]:
    """Changes, not withdrawn, that came after a change and stand on it.

    They spoke of the same entries, or of what belongs to an entry that would be gone without it:
    the complaint about an institution that an import had put into the roster.
    """
    of_it = select(Statement.entry_id).where(Statement.change_id == change_id)
    wanted = (
        select(Statement.change_id)
        .distinct()
        .join(Change, col(Change.id) == col(Statement.change_id))
        .where(col(Statement.change_id) > change_id, counts())
        .where(or_(col(Statement.entry_id).in_(of_it), _belongs_to_what_began(change_id)))
    )
    return sorted(session.exec(wanted))


def _belongs_to_what_began(change_id: int) -> ColumnElement[bool]:
    """That the entry of a statement belongs to one of which nothing was stated before."""
    began = aliased(Statement)
    before, earlier = aliased(Statement), aliased(Change)
    known = (
        select(before.id)
        .join(earlier, col(earlier.id) == col(before.change_id))
        .where(before.entry_id == began.entry_id, col(before.change_id) < change_id)
        .where(col(earlier.withdrawn_at).is_(None))
    )
    owning: Any = (
        sql_select(col(began.entry_id))
        .join(Entry, col(Entry.id) == col(began.entry_id))
        .where(col(Entry.noun).in_({of for _, _, of in OWNED}))
        .where(col(began.change_id) == change_id, ~known.exists())
    )
    # asked for once, not for each of the tables below
    owners = owning.distinct().cte("owners")
    held: list[Any] = [
        sql_select(col(TABLES[noun].entry_id)).join(
            owners, getattr(TABLES[noun], fact) == owners.c.entry_id
        )
        for noun, fact, _ in OWNED
    ]
    return col(Statement.entry_id).in_(union_all(*held))


def _entries_of(session: Session, change_id: int) -> dict[int, Noun]:
    """What the change spoke of, which nobody else changes meanwhile."""
    wanted = select(Statement.entry_id).where(Statement.change_id == change_id).distinct()
    return locked(session, session.exec(wanted).all())
