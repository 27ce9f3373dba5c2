"""Which people went to an institution last, in any plan."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from inspections.drawn_units import DrawnUnit
from inspections.draws import Draw, DrawState
from inspections.substitutions import HELD
from inspections.teams.seats import Seat
from inspections.teams.stand_ins import StandIn
from inspections.teams.visits import Visit, VisitState


def last_teams(
    session: Session, institutions: Collection[int], but_plan: int, day: date
) -> dict[int, frozenset[int]]:
    """The team of the last visit to each institution, as it was in the end; entries of persons
    by entry of the institution.

    Parameters
    ----------
    but_plan : a plan whose own visits do not count.
    day : a visit to come after it counts only if its list is open then: how many rotation keeps
        out is published, and would give a sealed list away.
    """
    listed = aliased(Draw)
    is_shown = and_(
        col(listed.state) == DrawState.PUBLISHED,
        or_(col(listed.opens_on).is_(None), col(listed.opens_on) <= day),
    )
    wanted: Any = (
        select(col(DrawnUnit.entry_id), col(Visit.id), col(Seat.draw_id))
        .join(Visit, col(Visit.unit_id) == col(DrawnUnit.id))
        .join(Seat, col(Seat.visit_id) == col(Visit.id))
        .join(Draw, col(Draw.id) == col(Seat.draw_id))
        .join(listed, col(listed.id) == col(Visit.draw_id))
        .where(
            col(DrawnUnit.entry_id).in_(institutions),
            col(Draw.state).in_(HELD),
            Draw.plan_id != but_plan,
            Visit.state == VisitState.PLANNED,
            or_(is_shown, col(Visit.last_day) < day),
        )
        .order_by(col(Visit.last_day), col(Visit.id))
        .distinct()
    )
    # of several the last one stays
    last = {entry: (visit, draw) for entry, visit, draw, *_ in session.execute(_with_day(wanted))}
    return {entry: persons_of(session, *which) for entry, which in last.items()}


def _with_day(wanted: Any) -> Any:
    """What a distinct query is ordered by, it has to give too (PostgreSQL)."""
    return wanted.add_columns(col(Visit.last_day))


def persons_of(session: Session, visit_id: int, draw_id: int) -> frozenset[int]:
    """Who is in the team of a visit by now."""
    seats = select(Seat.person_id, Seat.slot).where(
        Seat.visit_id == visit_id, Seat.draw_id == draw_id, Seat.rank == 0
    )
    sitting = {slot: person for person, slot in session.exec(seats)}
    steps = select(StandIn).where(StandIn.visit_id == visit_id, StandIn.draw_id == draw_id)
    for step in session.exec(steps.order_by(col(StandIn.number))):
        sitting.pop(step.slot, None)
        if step.in_id is not None:
            sitting[step.slot] = step.in_id
    return frozenset(sitting.values())
