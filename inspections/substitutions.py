"""Substitutions: a drawn unit that cannot be inspected goes, and its reserve steps in.

Reserves step in in their order, for stated reasons only, and with a second signature. Each
substitution is an addendum to the public certificate; the chances that were published stay what
they were, and estimates go on using them.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, exists, or_
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.append_only import append_only
from core.calendar import china_date
from core.database import enum_column
from core.errors import Conflict
from inspections.addenda import Row, Standing, SubstitutionReason
from inspections.draw_papers import DrawIsDamaged, keep_paper, read_certificate, read_whole
from inspections.drawn_units import DrawnUnit, get_unit
from inspections.draws import NOUN, Desk, Draw, DrawState, get_draw, lock_draw
from inspections.motions import Motion, MotionKind, move, sign
from inspections.plans import Plan
from inspections.subjects import Subject
from sampler.hashing import canonical


class UnitDoesNotStand(Conflict):
    """The unit is not on the list as it stands: a reserve that waits, or replaced already."""

    code = "unit_does_not_stand"


class Substitution(SQLModel, table=True):
    """A unit that went, and the reserve that stepped in, if there was one left."""

    __table_args__ = (
        UniqueConstraint("draw_id", "number"),
        UniqueConstraint("draw_id", "out_unit_id"),
        UniqueConstraint("draw_id", "in_unit_id"),
        CheckConstraint("number >= 1", name="counted"),
        CheckConstraint("out_unit_id <> in_unit_id", name="two_units"),
        CheckConstraint("length(addendum_sha256) = 64", name="has_its_addendum"),
    )

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id")
    number: int
    motion_id: int = Field(foreign_key="draw_motion.id", unique=True)
    """Who moved it, why, and who signed."""
    out_unit_id: int = Field(foreign_key="drawn_unit.id")
    in_unit_id: int | None = Field(default=None, foreign_key="drawn_unit.id")
    reason: SubstitutionReason = Field(sa_type=enum_column(SubstitutionReason))
    addendum_sha256: str = Field(max_length=64)
    at: datetime


append_only(SQLModel.metadata.tables["substitution"])

HELD = (DrawState.DRAWN, DrawState.PUBLISHED)


def addendum_name(number: int) -> str:
    """The name of the file of an addendum."""
    return f"addendum-{number}.json"


# -- queries -----------------------------------------------------------------------------------


def substitutions_of(session: Session, draw_id: int) -> list[Substitution]:
    """In the order in which they were signed."""
    wanted = select(Substitution).where(Substitution.draw_id == draw_id)
    return list(session.exec(wanted.order_by(col(Substitution.number))))


def standing_of(session: Session, desk: Desk, draw: Draw) -> Standing:
    """Which units stand by now: the certificate, and what was substituted since.

    Raises
    ------
    DrawIsDamaged
    """
    assert draw.certificate_sha256 is not None, "it has been held"
    state = Standing.of(read_certificate(desk.files, draw), draw.certificate_sha256)
    for one in substitutions_of(session, draw.key):
        name = addendum_name(one.number)
        try:
            state.follow(read_whole(desk.files, one.addendum_sha256, name))
        except ValueError as error:
            raise DrawIsDamaged(what=name) from error
    return state


def drawn_elsewhere(session: Session, plan_id: int, year: int, today: date) -> dict[str, str]:
    """Units that other plans of a year have drawn and not replaced: title of the plan by unit.

    Only lists that are open on *today*: a reason for leaving somebody out is published, and would
    give a sealed list away.
    """
    went = exists().where(col(Substitution.out_unit_id) == col(DrawnUnit.id))
    came = exists().where(col(Substitution.in_unit_id) == col(DrawnUnit.id))
    wanted: Any = (
        select(col(DrawnUnit.unit_id), col(Plan.title))
        .join(Draw, col(Draw.id) == col(DrawnUnit.draw_id))
        .join(Plan, col(Plan.id) == col(Draw.plan_id))
        .where(
            Plan.year == year,
            Plan.id != plan_id,
            Draw.state == DrawState.PUBLISHED,
            or_(col(Draw.opens_on).is_(None), col(Draw.opens_on) <= today),
            ~went,
            or_(col(DrawnUnit.is_reserve).is_(False), came),
        )
    )
    found = session.execute(wanted.order_by(col(DrawnUnit.id)))
    return {str(unit_id): str(title) for unit_id, title in found}


# -- operations --------------------------------------------------------------------------------


def move_substitution(
    session: Session,
    desk: Desk,
    draw_id: int,
    unit_id: str,
    reason: SubstitutionReason,
    note: str,
) -> tuple[Motion, Row | None]:
    """Move to replace a unit; gives also the reserve that would step in now, if there is one.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, UnitDoesNotStand, NoteIsMissing, MotionIsPending
    """
    draw = lock_draw(session, draw_id)
    draw.must_draw(Subject.UNITS)
    draw.must_be(*HELD)
    state = standing_of(session, desk, draw)
    if unit_id not in state.standing:
        raise UnitDoesNotStand(unit=unit_id)
    kind = MotionKind.SUBSTITUTION
    motion = move(session, draw, kind, reason.value, note, desk.actor, desk.now, unit_id)
    return motion, state.next_reserve(state.standing[unit_id])


def sign_substitution(session: Session, desk: Desk, motion_id: int) -> Substitution:
    """The second signature: the unit goes, the next reserve steps in, the addendum is kept.

    Which reserve it is, is settled now: another substitution may have been signed meanwhile.

    Raises
    ------
    MotionNotFound, MotionIsOver, SecondSignatoryNeeded, DrawIsElsewhere, UnitDoesNotStand
    """
    draw, motion = sign(session, motion_id, MotionKind.SUBSTITUTION, desk.actor, desk.now)
    draw.must_be(*HELD)
    state = standing_of(session, desk, draw)
    if motion.subject not in state.standing:
        raise UnitDoesNotStand(unit=motion.subject)
    reason = SubstitutionReason(motion.reason)
    told = state.addendum(motion.subject, reason, china_date(desk.now))
    name = addendum_name(told["number"])
    stepped_in = told["in"]
    row = Substitution(
        draw_id=draw.key,
        number=told["number"],
        motion_id=motion.key,
        out_unit_id=get_unit(session, draw.key, motion.subject).key,
        in_unit_id=get_unit(session, draw.key, stepped_in["unit_id"]).key if stepped_in else None,
        reason=reason,
        addendum_sha256=keep_paper(session, desk, draw, name, canonical(told)),
        at=desk.now,
    )
    session.add(row)
    session.flush()
    _tell(session, desk, draw, row)
    return row


def _tell(session: Session, desk: Desk, draw: Draw, row: Substitution) -> None:
    """The trail is read before a sealed list opens: it tells which lines, not which units."""
    facts = {
        "addendum": row.number,
        "out_line": row.out_unit_id,
        "in_line": row.in_unit_id,
        "substitution_reason": row.reason,
    }
    trail.record(session, desk.actor, "substitution.signed", NOUN, draw.key, desk.now, after=facts)


def reserve_for(session: Session, desk: Desk, draw_id: int, unit_id: str) -> Row | None:
    """Who would step in for a standing unit now.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, UnitDoesNotStand
    """
    draw = get_draw(session, draw_id)
    draw.must_draw(Subject.UNITS)
    draw.must_be(*HELD)
    state = standing_of(session, desk, draw)
    if unit_id not in state.standing:
        raise UnitDoesNotStand(unit=unit_id)
    return state.next_reserve(state.standing[unit_id])
