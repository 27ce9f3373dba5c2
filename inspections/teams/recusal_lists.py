"""Recusals as a list: what was asked for, about whom, and how it was decided; of all plans.

Who may see which, the caller says: an institution its own, an inspector his own, and those who
decide all of the plans within their reach.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from inspections.drawn_units import DrawnUnit
from inspections.draws import Draw
from inspections.plans import Plan
from inspections.teams.recusals import Recusal, RecusalNotFound, RecusalState
from inspections.teams.seats import Seat
from inspections.teams.visits import Visit
from rosters.finding.naming import named


@dataclass(frozen=True)
class RecusalLine:
    """A recusal with what it is about.

    Attributes
    ----------
    person : name of who should not come, *role* his seat.
    institution : name of the institution that is visited, by the drawn list.
    """

    recusal: Recusal
    plan: Plan
    draw: Draw
    visit: Visit
    person: str
    role: str
    institution: str

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.recusal.state is RecusalState.OPEN


def recusal_lines(
    session: Session, today: date, conditions: Iterable[ColumnElement[bool]] = ()
) -> list[RecusalLine]:
    """Recusals that keep to all *conditions*, the open ones first, then the latest."""
    # so many tables are beyond what the types of `select` know
    wanted: Any = (
        select(Recusal, Plan, Draw, Visit, Seat, DrawnUnit)  # type: ignore[call-overload]
        .join(Draw, col(Draw.id) == col(Recusal.draw_id))
        .join(Plan, col(Plan.id) == col(Draw.plan_id))
        .join(Visit, col(Visit.id) == col(Recusal.visit_id))
        .join(DrawnUnit, col(DrawnUnit.id) == col(Visit.unit_id))
        .join(
            Seat,
            (col(Seat.draw_id) == col(Recusal.draw_id))
            & (col(Seat.slot) == col(Recusal.slot))
            & (col(Seat.person_id) == col(Recusal.person_id)),
        )
        .where(*conditions)
        .order_by(col(Recusal.id).desc())
    )
    found = list(session.exec(wanted))
    names = named(session, [row[0].person_id for row in found], today)
    lines = [
        RecusalLine(
            recusal, plan, draw, visit,
            names[recusal.person_id].name if recusal.person_id in names else "",
            seat.role, unit.name,
        )
        for recusal, plan, draw, visit, seat, unit in found
    ]  # fmt: skip
    return sorted(lines, key=lambda line: not line.is_open)


def recusal_line(session: Session, recusal_id: int, today: date) -> RecusalLine:
    """One recusal.

    Raises
    ------
    RecusalNotFound
    """
    found = recusal_lines(session, today, [col(Recusal.id) == recusal_id])
    if not found:
        raise RecusalNotFound(recusal=recusal_id)
    return found[0]


def open_recusals(session: Session, person: int, today: date) -> list[RecusalLine]:
    """Those that wait for a decision and were not asked for by *person*, the oldest first."""
    found = recusal_lines(
        session, today, [col(Recusal.state) == RecusalState.OPEN, col(Recusal.raised_by) != person]
    )
    return found[::-1]
