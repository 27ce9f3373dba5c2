"""What a plan is held against: the rosters of one place as at one day, read once.

The rows are those of `rosters.plain_rows` in canonical order and writing: the same rosters give
the same bytes. What the rows do not say but a reason for leaving somebody out needs - standing,
checks of the year, other plans - stands beside them.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.errors import Invalid
from core.roles import Scope
from rosters.entries import holds
from rosters.flags import Flag, FlagKind
from rosters.institutions import Institution, Standing
from rosters.plain_rows import COLUMNS, plain_rows, unit_ids
from rosters.statements import Change, Statement
from sampler.faults import BadInput
from sampler.inputs.roster_table import Roster, read_roster


class RosterHasFaults(Invalid):
    """The rosters of that day cannot be drawn from; *words* says why."""

    code = "roster_has_faults"


@dataclass(frozen=True)
class Ground:
    """The rosters as a draw sees them.

    Attributes
    ----------
    data : canonical rows: CSV in UTF-8, lines ending in LF, by unit id.
    inactive : how those stand who do no business, by unit id.
    checked : how often somebody was checked in the year of the plan, by unit id.
    drawn_elsewhere : title of the other plan of the year that has drawn a unit, by unit id.
    """

    data: bytes
    roster: Roster
    inactive: Mapping[str, str] = field(default_factory=dict)
    checked: Mapping[str, int] = field(default_factory=dict)
    drawn_elsewhere: Mapping[str, str] = field(default_factory=dict)


def read_ground(
    session: Session,
    scope: Scope,
    day: date,
    year: int,
    drawn_elsewhere: Mapping[str, str] | None = None,
) -> Ground:
    """The rosters of a *scope* as at a *day*, with what is on record for a *year*.

    Raises
    ------
    RosterHasFaults
        If nobody is in them, or a cell holds what cannot be drawn from.
    """
    data = canonical_rows(plain_rows(session, day, [scope]))
    units = unit_ids(session, day, [scope])
    return Ground(
        data,
        roster_from(data),
        _inactive(session, units, day),
        checked_in(session, units, day, year),
        drawn_elsewhere or {},
    )


def roster_mark(session: Session) -> tuple[int, int]:
    """What the rosters are made of: the newest statement, and how many changes are withdrawn.

    As long as it stays, so do the rosters of every day.
    """
    newest = session.exec(select(func.max(Statement.id))).one()
    wanted = select(func.count()).select_from(Change).where(col(Change.withdrawn_at).is_not(None))
    return newest or 0, session.exec(wanted).one()


def canonical_rows(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Rows as they are frozen; they come in order of unit id already."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([row[name] for name in COLUMNS] for row in rows)
    return text.getvalue().encode()


def roster_from(data: bytes) -> Roster:
    """Canonical rows as the sampler reads them.

    Raises
    ------
    RosterHasFaults
    """
    try:
        return read_roster(data)
    except BadInput as error:
        words = "；".join(map(str, error.faults))
        raise RosterHasFaults(words=words, faults=error.faults) from error


def _inactive(session: Session, units: Mapping[int, str], day: date) -> dict[str, str]:
    wanted = select(Institution.entry_id, Institution.standing).where(
        holds(Institution, day), Institution.standing != Standing.ACTIVE
    )
    return {units[key]: Standing(how).label for key, how in session.exec(wanted) if key in units}


def checked_in(session: Session, units: Mapping[int, str], day: date, year: int) -> dict[str, int]:
    """How many checks of a *year* had taken place by the *day*, by unit; *units* by entry."""
    wanted: Any = (
        select(col(Flag.institution_id), func.count())
        .where(
            holds(Flag, day),
            col(Flag.kind) == FlagKind.CHECKED,
            col(Flag.happened_on) >= date(year, 1, 1),
            col(Flag.happened_on) <= min(day, date(year, 12, 31)),
        )
        .group_by(col(Flag.institution_id))
    )
    found = session.connection().execute(wanted)
    return {units[key]: count for key, count in found if key in units}
