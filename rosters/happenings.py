"""How entries came to be as they are: what was stated of them, by whom, when and why, and what
had been so before. Withdrawn changes are told too, and marked by their change.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from rosters.changes import masked
from rosters.entries import TABLES, Entry, Noun
from rosters.layout import defaults
from rosters.statements import Change, Statement
from rosters.timeline import PRESENT, Stated, facts_at


@dataclass(frozen=True)
class Happening:
    """One line of the timeline: what somebody stated of the institution or of what it holds.

    Attributes
    ----------
    before : the facts that it changed as they were; None if the entry was not in the roster.
    after : as they are from *takes_effect* on; personal ones are masked on both sides.
    """

    change: Change
    noun: Noun
    entry_id: int
    takes_effect: date
    before: dict[str, Any] | None
    after: dict[str, Any]

    @property
    def ended(self) -> bool:
        """Whether it took the entry out of the roster."""
        return not self.after.get(PRESENT, True)


def happenings(session: Session, entries: Collection[int]) -> list[Happening]:
    """All that was stated of *entries*, the newest first, withdrawn changes included."""
    wanted: Any = (
        select(Statement, Change, col(Entry.noun))
        .join(Change, col(Change.id) == col(Statement.change_id))
        .join(Entry, col(Entry.id) == col(Statement.entry_id))
        .where(col(Statement.entry_id).in_(entries))
        .order_by(col(Statement.id))
    )
    told: dict[int, list[Stated]] = defaultdict(list)
    found = [
        _happening(statement, change, noun, told[statement.entry_id])
        for statement, change, noun in session.exec(wanted)
    ]
    return found[::-1]


def _happening(statement: Statement, change: Change, noun: Noun, so_far: list[Stated]) -> Happening:
    """What a statement changed, given what had been stated before; *so_far* grows by it."""
    was = facts_at(so_far, statement.takes_effect)
    before = None
    if was is not None:
        known = defaults(TABLES[noun]) | was
        before = {name: known[name] for name in statement.facts if name in known}
    if change.withdrawn_at is None:
        # a withdrawn change stands under no later one
        so_far.append(Stated(statement.takes_effect, statement.id or 0, statement.facts))
    return Happening(
        change, noun, statement.entry_id, statement.takes_effect,
        masked(before), masked(statement.facts),
    )  # fmt: skip
