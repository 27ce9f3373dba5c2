"""What the rosters say, on a day, of the institutions that are visited."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from inspections.drawn_units import DrawnUnit
from rosters.entries import holds
from rosters.institutions import Institution, Level
from rosters.statements import chunks
from rosters.vocabularies import parted


@dataclass(frozen=True)
class Visited:
    """An institution on the drawn list.

    Attributes
    ----------
    entry_id : in the rosters; None if the frame was not made from them.
    field : for which it was drawn; *fields* are all that it has.
    known : whether it is in the rosters on that day.
    """

    unit_id: str
    name: str
    field: str
    entry_id: int | None = None
    region: str = ""
    address: str = ""
    parent: str = ""
    level: Level = Level.PROVINCIAL
    fields: frozenset[str] = frozenset()
    known: bool = False


def visited(session: Session, units: Iterable[DrawnUnit], day: date) -> dict[int, Visited]:
    """What is known of drawn units on a *day*, by the id of their row."""
    listed = list(units)
    rows = _rows(session, [unit.entry_id for unit in listed if unit.entry_id is not None], day)
    return {unit.key: _told(unit, rows.get(unit.entry_id or 0)) for unit in listed}


def _told(unit: DrawnUnit, row: Institution | None) -> Visited:
    if row is None:
        return Visited(unit.unit_id, unit.name, unit.field, unit.entry_id)
    return Visited(
        unit_id=unit.unit_id,
        name=row.name,
        field=unit.field,
        entry_id=row.entry_id,
        region=row.region,
        address=row.address,
        parent=row.parent,
        level=row.level,
        fields=frozenset(parted(row.fields)),
        known=True,
    )


def _rows(session: Session, entries: Iterable[int], day: date) -> dict[int, Institution]:
    found: dict[int, Institution] = {}
    for chunk in chunks(sorted(entries)):
        wanted = select(Institution).where(
            col(Institution.entry_id).in_(chunk), holds(Institution, day)
        )
        found |= {row.entry_id: row for row in session.exec(wanted)}
    return found
