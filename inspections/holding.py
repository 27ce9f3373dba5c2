"""The draw itself, its publication, and its end: the second half of the ceremony.

A draw is a pure function of what was committed and given (`sampler.procedure`); here it meets
the lock, the files and the rows, all in one transaction: there is exactly one draw, or none.
"""

from collections.abc import Sequence

from sqlmodel import Session

from core.calendar import china_date
from core.errors import Conflict
from inspections.draw_papers import DrawIsDamaged, keep_outcome, read_commitment
from inspections.draw_seals import DrawKeyIsLost
from inspections.drawn_units import keep_units
from inspections.draws import Desk, Draw, DrawReason, DrawState, lock_draw
from inspections.frames import DrawFrame, FrameIsDamaged, get_frame, rows_of
from inspections.grounds import roster_from
from inspections.motions import MotionKind, sign
from inspections.plan_reviews import release_version
from inspections.plans import get_plan
from inspections.sources import (
    DrawSource,
    SourceIsMissing,
    WitnessesFirst,
    pending_others,
    pending_witnesses,
    sources_of,
)
from rosters.plain_rows import unit_ids
from sampler import procedure
from sampler.faults import BadInput
from sampler.procedure import Drawn


class DrawCannotBeCompleted(Conflict):
    """The method of the plan ran out of units; the draw can only be made void."""

    code = "draw_cannot_be_completed"


class DrawMustBeHeld(Conflict):
    """Reveals have begun: a draw that can be held is held before anybody makes it void."""

    code = "draw_must_be_held"


# -- holding -----------------------------------------------------------------------------------


def hold(session: Session, desk: Desk, draw_id: int) -> Draw:
    """Draw, once. Who presses again, or at the same moment, gets the same draw.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, WitnessesFirst, SourceIsMissing, DrawIsDamaged,
    FrameIsDamaged, DrawKeyIsLost, DrawCannotBeCompleted
    """
    draw = lock_draw(session, draw_id)
    if draw.state in (DrawState.DRAWN, DrawState.PUBLISHED):
        return draw
    draw.must_be(DrawState.REVEALING)
    sources = sources_of(session, draw_id)
    if waiting := pending_witnesses(draw, sources, desk.now):
        raise WitnessesFirst(names="、".join(waiting))
    if missing := pending_others(sources):
        raise SourceIsMissing(names="、".join(missing))
    frame = get_frame(session, draw.frame_id)
    drawn = work_out(desk, draw, frame, sources)
    sha256 = keep_outcome(session, desk, draw, drawn)
    draw.hold(drawn.outcome.seed, sha256, desk.person, desk.now)
    session.add(draw)
    session.flush()
    units = keep_units(session, draw_id, drawn, _entries(session, draw, frame))
    silent = [source.name for source in sources if source.value is None]
    told = {"seed": drawn.outcome.seed, "certificate": sha256, "units": units, "silent": silent}
    desk.tell(session, "draw.held", draw, **told)
    return draw


def _entries(session: Session, draw: Draw, frame: DrawFrame) -> dict[str, int]:
    """Which entry of the rosters a unit is."""
    scope = get_plan(session, draw.plan_id).scope
    return {unit: entry for entry, unit in unit_ids(session, frame.roster_day, [scope]).items()}


def work_out(desk: Desk, draw: Draw, frame: DrawFrame, sources: Sequence[DrawSource]) -> Drawn:
    """The draw that follows from what was committed and given; changes nothing.

    Raises
    ------
    DrawIsDamaged, FrameIsDamaged, DrawKeyIsLost, DrawCannotBeCompleted
    """
    data = read_commitment(desk.files, draw)
    roster, share = roster_from(rows_of(desk.files, frame)), share_of(desk, draw)
    given = {source.name: source.value for source in sources if source.value is not None}
    try:
        committed = procedure.reopen(data, roster, desk.frame_key.of(frame))
        contributions = procedure.contributions(data, share, given)
    except BadInput as bad:
        raise DrawIsDamaged(what=bad.faults[0].code) from bad
    try:
        return procedure.draw(committed, contributions)
    except BadInput as bad:
        raise DrawCannotBeCompleted(draw=draw.id, why=str(bad)) from bad


def share_of(desk: Desk, draw: Draw) -> str:
    """The machine share of a committed draw; a secret until the list opens.

    Raises
    ------
    DrawKeyIsLost
    """
    assert draw.sealed_share is not None, "it has been committed"
    assert draw.commitment_digest is not None, "it has been committed"
    return desk.seal.open(draw.key, draw.commitment_digest, draw.sealed_share)


# -- publishing and making void ----------------------------------------------------------------


def publish(session: Session, desk: Desk, draw_id: int) -> Draw:
    """Open the drawn list to everybody, not before the day that was committed.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, ListIsSealed
    """
    draw = lock_draw(session, draw_id)
    if draw.state == DrawState.PUBLISHED:
        return draw
    draw.publish(china_date(desk.now), desk.person, desk.now)
    session.add(draw)
    desk.tell(session, "draw.published", draw)
    return draw


def sign_void(session: Session, desk: Desk, motion_id: int) -> Draw:
    """The second signature under making a draw void.

    Once reveals have begun a draw must be held first, if it can be: otherwise who dislikes what
    the values would draw could begin anew.

    Raises
    ------
    MotionNotFound, MotionIsOver, SecondSignatoryNeeded, DrawIsElsewhere, DrawMustBeHeld
    """
    draw, motion = sign(session, motion_id, MotionKind.VOID, desk.actor, desk.now)
    draw.must_be(*(state for state in DrawState if state != DrawState.VOID))
    if draw.state == DrawState.REVEALING and _can_be_held(session, desk, draw):
        raise DrawMustBeHeld(draw=draw.id)
    draw.make_void(DrawReason(motion.reason), desk.now)
    session.add(draw)
    release_version(session, draw.plan_version_id, desk.actor, desk.now)
    desk.tell(session, "draw.voided", draw, void_reason=motion.reason)
    return draw


def _can_be_held(session: Session, desk: Desk, draw: Draw) -> bool:
    try:
        frame = get_frame(session, draw.frame_id)
        work_out(desk, draw, frame, sources_of(session, draw.key))
    except (DrawIsDamaged, FrameIsDamaged, DrawKeyIsLost, DrawCannotBeCompleted):
        return False
    return True
