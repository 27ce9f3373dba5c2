"""Undoing a change as a whole: an import that was a mistake, an edit of the wrong institution."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core import trail
from core.errors import Conflict
from core.trail import Actor
from rosters.entries import Entry, Noun
from rosters.layout import lay_out_again
from rosters.statements import NOUN, Change, ChangeNotFound, Statement, counts


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
        If later changes spoke of the same entries; they would stand on nothing.
    """
    change = session.get(Change, change_id, with_for_update=True, populate_existing=True)
    if change is None:
        raise ChangeNotFound(change=change_id)
    if change.withdrawn_at is not None:
        raise AlreadyWithdrawn(change=change_id)
    if later := later_changes(session, change_id):
        raise ChangedSince(change=change_id, changes=later)
    change.withdrawn_at, change.withdrawn_by = now, actor.name
    session.add(change)
    session.flush()
    trail.record(session, actor, "withdrawn", NOUN, change.key, now, reason=reason)
    lay_out_again(session, _entries_of(session, change_id))
    return change


def later_changes(session: Session, change_id: int) -> list[int]:
    """Changes, not withdrawn, that spoke of the entries of a change after it."""
    of_it = select(Statement.entry_id).where(Statement.change_id == change_id)
    wanted = (
        select(Statement.change_id)
        .distinct()
        .join(Change, col(Change.id) == col(Statement.change_id))
        .where(col(Statement.entry_id).in_(of_it), counts())
        .where(col(Statement.change_id) > change_id)
    )
    return sorted(session.exec(wanted))


def _entries_of(session: Session, change_id: int) -> dict[int, Noun]:
    wanted: Any = (
        select(col(Entry.id), col(Entry.noun))
        .join(Statement, col(Statement.entry_id) == col(Entry.id))
        .where(Statement.change_id == change_id)
        .distinct()
    )
    return {key: noun for key, noun in session.exec(wanted) if key is not None}
