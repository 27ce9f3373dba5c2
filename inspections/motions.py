"""What needs two persons: one moves it, with a reason, another one signs; both stay on record.

A draw is made void, a source is done without, a drawn unit is replaced: none of these can be
done by a single person, whatever his role, and the database holds that they are two.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.database import enum_column
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.trail import Actor
from inspections.draws import NOUN, Draw, DrawReason, DrawState, lock_draw
from inspections.plans import person
from inspections.reveals import go_without
from inspections.sources import (
    DrawSource,
    SourceNotFound,
    ValueIsGiven,
    WitnessesFirst,
    pending_witnesses,
    sources_of,
)

LONGEST_NOTE = 500


class MotionKind(StrEnum):
    """What is moved."""

    VOID = "void"
    WITHOUT_SOURCE = "without_source"
    SUBSTITUTION = "substitution"
    STAND_IN = "stand_in"

    @property
    def label(self) -> str:
        """The kind's name on a page."""
        return {
            "void": "抽取作废",
            "without_source": "缺少来源仍继续",
            "substitution": "候补递补",
            "stand_in": "检查人员调整",
        }[self.value]


class MotionNotFound(NotFound):
    """There is no such motion."""

    code = "motion_not_found"


class MotionIsOver(Conflict):
    """It has been signed or withdrawn."""

    code = "motion_is_over"


class MotionIsPending(Conflict):
    """The same is moved already and waits for its second signature."""

    code = "motion_is_pending"


class SecondSignatoryNeeded(Forbidden):
    """Who has moved something cannot sign it too."""

    code = "second_signatory_needed"


class NoteIsMissing(Invalid):
    """Why it has to be, in a few words."""

    code = "note_is_missing"


_OPEN = text("signed_at IS NULL AND withdrawn_at IS NULL")


class Motion(SQLModel, table=True):
    """Something moved by one person and signed, or not, by another."""

    __tablename__ = "draw_motion"
    __table_args__ = (
        Index(
            "uq_draw_motion_open", "draw_id", "kind", "subject",
            unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        CheckConstraint("signed_by <> moved_by", name="two_persons"),
        CheckConstraint("(signed_by IS NULL) = (signed_at IS NULL)", name="signed_by_somebody"),
        CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_by_somebody"
        ),
        CheckConstraint("signed_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        CheckConstraint("note <> ''", name="has_a_note"),
        CheckConstraint("(kind = 'void') = (subject = '')", name="has_a_subject"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id", index=True)
    kind: MotionKind = Field(sa_type=enum_column(MotionKind))
    subject: str = Field(default="", max_length=200)
    """The source's number, the unit's id or a slot of a team; empty if the draw is meant."""
    reason: str = Field(max_length=40)
    note: str = Field(max_length=LONGEST_NOTE)
    moved_by: int = Field(foreign_key="account.id")
    moved_at: datetime
    signed_by: int | None = Field(default=None, foreign_key="account.id")
    signed_at: datetime | None = None
    withdrawn_by: int | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    @property
    def is_open(self) -> bool:
        """Whether it waits for its second signature."""
        return self.signed_at is None and self.withdrawn_at is None

    @property
    def is_about_the_list(self) -> bool:
        """Whether subject and note say who was drawn, which may be sealed yet."""
        return self.kind in (MotionKind.SUBSTITUTION, MotionKind.STAND_IN)

    def facts(self) -> dict[str, object]:
        """What the trail keeps of it beside the note."""
        return {
            "motion": self.id,
            "motion_kind": self.kind,
            "motion_reason": self.reason,
            "subject": "" if self.is_about_the_list else self.subject,
        }

    @property
    def told_note(self) -> str:
        """The note, as far as the trail keeps it."""
        return "" if self.is_about_the_list else self.note


# -- moving, signing, withdrawing --------------------------------------------------------------


def move(
    session: Session,
    draw: Draw,
    kind: MotionKind,
    reason: str,
    note: str,
    actor: Actor,
    now: datetime,
    subject: str = "",
) -> Motion:
    """Put something forward for a second signature; the caller holds the draw (`lock_draw`).

    Raises
    ------
    NoteIsMissing, MotionIsPending, inspections.plans.NoPerson
    """
    if not (said := note.strip()[:LONGEST_NOTE]):
        raise NoteIsMissing()
    if any(m.kind == kind and m.subject == subject for m in open_motions(session, draw.key)):
        raise MotionIsPending(draw=draw.key)
    motion = Motion(
        draw_id=draw.key, kind=kind, subject=subject, reason=reason, note=said,
        moved_by=person(actor), moved_at=now,
    )  # fmt: skip
    session.add(motion)
    session.flush()
    trail.record(
        session,
        actor,
        "motion.moved",
        NOUN,
        draw.key,
        now,
        after=motion.facts(),
        reason=motion.told_note,
    )
    return motion


def sign(
    session: Session, motion_id: int, kind: MotionKind, actor: Actor, now: datetime
) -> tuple[Draw, Motion]:
    """Put the second name to a motion of this kind; what follows from it is up to the caller.

    Raises
    ------
    MotionNotFound, MotionIsOver, SecondSignatoryNeeded
    """
    draw, motion = _locked(session, motion_id)
    if motion.kind != kind:
        raise MotionNotFound(motion=motion_id)
    if actor.user_id is None or actor.user_id == motion.moved_by:
        raise SecondSignatoryNeeded(motion=motion_id)
    motion.signed_by, motion.signed_at = actor.user_id, now
    session.add(motion)
    session.flush()
    trail.record(
        session, actor, "motion.signed", NOUN, draw.key, now,
        after=motion.facts(), reason=motion.told_note,
    )  # fmt: skip
    return draw, motion


def withdraw_motion(session: Session, motion_id: int, actor: Actor, now: datetime) -> None:
    """Let a motion be: by who moved it, or by who was asked and refuses.

    Raises
    ------
    MotionNotFound, MotionIsOver
    """
    draw, motion = _locked(session, motion_id)
    motion.withdrawn_by, motion.withdrawn_at = person(actor), now
    session.add(motion)
    trail.record(session, actor, "motion.withdrawn", NOUN, draw.key, now, after=motion.facts())


def _locked(session: Session, motion_id: int) -> tuple[Draw, Motion]:
    """An open motion and its draw, kept from others until the transaction ends."""
    motion = session.get(Motion, motion_id)
    if motion is None:
        raise MotionNotFound(motion=motion_id)
    draw = lock_draw(session, motion.draw_id)
    session.refresh(motion)
    if not motion.is_open:
        raise MotionIsOver(motion=motion_id)
    return draw, motion


def open_motions(session: Session, draw_id: int) -> list[Motion]:
    """What waits for a second signature, the oldest first."""
    wanted = select(Motion).where(
        Motion.draw_id == draw_id,
        col(Motion.signed_at).is_(None),
        col(Motion.withdrawn_at).is_(None),
    )
    return list(session.exec(wanted.order_by(col(Motion.id))))


def motions_of(session: Session, draw_ids: Iterable[int]) -> list[Motion]:
    """All motions about these draws, the oldest first."""
    wanted = select(Motion).where(col(Motion.draw_id).in_(list(draw_ids)))
    return list(session.exec(wanted.order_by(col(Motion.id))))


# -- going on without a source -----------------------------------------------------------------


def move_without(
    session: Session, source_id: int, note: str, actor: Actor, now: datetime
) -> Motion:
    """Move to go on without dice, or a public value, that will not come.

    Raises
    ------
    SourceNotFound, DrawIsElsewhere, ValueIsGiven, WitnessesFirst, NoteIsMissing, MotionIsPending
    """
    source = session.get(DrawSource, source_id)
    if source is None or source.is_witness:
        raise SourceNotFound(source=source_id)
    draw = lock_draw(session, source.draw_id)
    draw.must_be(DrawState.REVEALING)
    if source.value is not None:
        raise ValueIsGiven(source=source.name)
    if waiting := pending_witnesses(draw, sources_of(session, draw.key), now):
        raise WitnessesFirst(names="、".join(waiting))
    kind = MotionKind.WITHOUT_SOURCE
    return move(session, draw, kind, "missing", note, actor, now, str(source_id))


def sign_without(session: Session, motion_id: int, actor: Actor, now: datetime) -> DrawSource:
    """The second signature: from now on the source counts as the empty value, and is named.

    Raises
    ------
    MotionNotFound, MotionIsOver, SecondSignatoryNeeded, DrawIsElsewhere, ValueIsGiven
    """
    _, motion = sign(session, motion_id, MotionKind.WITHOUT_SOURCE, actor, now)
    return go_without(session, int(motion.subject), motion.note, actor, now)


# -- making void -------------------------------------------------------------------------------


def move_void(
    session: Session, draw_id: int, reason: DrawReason, note: str, actor: Actor, now: datetime
) -> Motion:
    """Move to make a draw void.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, NoteIsMissing, MotionIsPending
    """
    draw = lock_draw(session, draw_id)
    draw.must_be(*(state for state in DrawState if state != DrawState.VOID))
    return move(session, draw, MotionKind.VOID, reason.value, note, actor, now)


def follow(session: Session, motion: Motion, draw: Draw) -> Motion:
    """That another *draw* becomes void with the one of a signed motion: by the same two persons,
    for the same reason."""
    also = Motion(
        draw_id=draw.key, kind=motion.kind, reason=motion.reason,
        note=f"随应检查机构的抽取一并作废：{motion.note}"[:LONGEST_NOTE],
        moved_by=motion.moved_by, moved_at=motion.moved_at,
        signed_by=motion.signed_by, signed_at=motion.signed_at,
    )  # fmt: skip
    session.add(also)
    session.flush()
    return also


def last_void(session: Session, draw_id: int) -> Motion | None:
    """The signed motion that made a draw void."""
    wanted = select(Motion).where(
        Motion.draw_id == draw_id,
        Motion.kind == MotionKind.VOID,
        col(Motion.signed_at).is_not(None),
    )
    return session.exec(wanted).first()
