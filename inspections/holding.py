"""The draw itself, its publication, and its end: the second half of the ceremony.

A draw is a pure function of what was committed and given (`sampler.procedure`); here it meets
the lock, the files and the rows, all in one transaction: there is exactly one draw, or none.
"""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from core.calendar import china_date
from core.errors import Conflict
from inspections.draw_papers import CERTIFICATE, DrawIsDamaged, keep_papers, read_commitment
from inspections.draw_seals import DrawKeyIsLost
from inspections.draws import (
    Desk,
    Draw,
    DrawReason,
    DrawState,
    draws_of,
    lock_draw,
    standing_draw,
)
from inspections.frames import FrameIsDamaged
from inspections.matter import DrawCannotBeCompleted, HeldT, Matter
from inspections.matters import matter_of
from inspections.motions import Motion, MotionKind, follow, sign
from inspections.plan_reviews import release_version
from inspections.sources import (
    DrawSource,
    SourceIsMissing,
    WitnessesFirst,
    pending_others,
    pending_witnesses,
    sources_of,
)
from inspections.subjects import Subject
from inspections.teams.tasks import get_task, listed_draw


class DrawMustBeHeld(Conflict):
    """Reveals have begun: a draw that can be held is held before anybody makes it void."""

    code = "draw_must_be_held"


class ListComesFirst(Conflict):
    """Who inspects is not told before everybody may know who is inspected."""

    code = "list_comes_first"


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
    matter = matter_of(session, draw)
    drawn = work_out(desk, draw, matter, sources)
    sha256 = keep_papers(session, desk, draw, matter.outcome_papers(drawn))[CERTIFICATE]
    draw.hold(drawn.outcome.seed, sha256, desk.person, desk.now)
    session.add(draw)
    session.flush()
    rows = matter.keep_rows(session, draw, drawn)
    silent = [source.name for source in sources if source.value is None]
    # the certificate fixes the seed; the seed itself would give a sealed list away in the trail
    told = {"certificate": sha256, "units": rows, "silent": silent}
    desk.tell(session, "draw.held", draw, **told)
    return draw


def work_out(
    desk: Desk, draw: Draw, matter: Matter[Any, HeldT], sources: Sequence[DrawSource]
) -> HeldT:
    """The draw that follows from what was committed and given; changes nothing.

    Raises
    ------
    DrawIsDamaged, FrameIsDamaged, DrawKeyIsLost, DrawCannotBeCompleted
    """
    data, share = read_commitment(desk.files, draw), share_of(desk, draw)
    given = {source.name: source.value for source in sources if source.value is not None}
    return matter.work_out(desk, data, share, given)


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
    """Open the drawn list to everybody, not before the day that was committed; that of teams not
    before that of the institutions.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, ListIsSealed, ListComesFirst
    """
    draw = lock_draw(session, draw_id)
    if draw.state == DrawState.PUBLISHED:
        return draw
    if draw.subject is Subject.TEAMS and not _list_is_shown(session, draw):
        raise ListComesFirst(draw=draw.id)
    draw.publish(china_date(desk.now), desk.person, desk.now)
    session.add(draw)
    desk.tell(session, "draw.published", draw, seed=draw.seed)
    _show_void_teams(session, desk, draw)
    return draw


def _list_is_shown(session: Session, teams: Draw) -> bool:
    """Whether the list of the institutions is published, or void."""
    listed = listed_draw(session, get_task(session, teams.task_id))
    return listed.state in (DrawState.PUBLISHED, DrawState.VOID)


def _show_void_teams(session: Session, desk: Desk, listed: Draw) -> None:
    """What void draws of teams had drawn stays visible too, but never before the list."""
    for teams in draws_of(session, listed.plan_id, Subject.TEAMS):
        unseen = teams.state == DrawState.VOID and teams.is_held and teams.published_at is None
        if unseen and _list_is_shown(session, teams):
            teams.published_by, teams.published_at = desk.person, desk.now
            session.add(teams)


def sign_void(session: Session, desk: Desk, motion_id: int) -> Draw:
    """The second signature under making a draw void; that of the institutions takes that of
    their teams with it.

    Once reveals have begun a draw must be held first, if it can be: otherwise who dislikes what
    the values would draw could begin anew.

    Raises
    ------
    MotionNotFound, MotionIsOver, SecondSignatoryNeeded, DrawIsElsewhere, DrawMustBeHeld
    """
    draw, motion = sign(session, motion_id, MotionKind.VOID, desk.actor, desk.now)
    draw.must_be(*(state for state in DrawState if state != DrawState.VOID))
    _make_void(session, desk, draw, motion)
    if draw.subject is Subject.UNITS:
        if (teams := standing_draw(session, draw.plan_id, Subject.TEAMS)) is not None:
            teams = lock_draw(session, teams.key)
            _make_void(session, desk, teams, follow(session, motion, teams))
        release_version(session, draw.plan_version_id, desk.actor, desk.now)
    _show_void_teams(session, desk, draw)
    return draw


def _make_void(session: Session, desk: Desk, draw: Draw, motion: Motion) -> None:
    if draw.state == DrawState.REVEALING and _can_be_held(session, desk, draw):
        raise DrawMustBeHeld(draw=draw.id)
    draw.make_void(DrawReason(motion.reason), desk.now)
    session.add(draw)
    session.flush()
    desk.tell(session, "draw.voided", draw, void_reason=motion.reason)


def _can_be_held(session: Session, desk: Desk, draw: Draw) -> bool:
    try:
        work_out(desk, draw, matter_of(session, draw), sources_of(session, draw.key))
    except (DrawIsDamaged, FrameIsDamaged, DrawKeyIsLost, DrawCannotBeCompleted):
        return False
    return True
