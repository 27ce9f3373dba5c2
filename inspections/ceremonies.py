"""The ceremony up to the reveals; `draws` draws the states, docs/ceremony.md says what for.

announce -> (witnesses promise) -> commit -> open reveals -> (`reveals`) -> (`holding`).
Every step is one transaction under the lock of the draw's row and leaves all it knows in rows:
a laptop may be closed, the service killed, and two operators may press at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.calendar import china_date
from core.errors import Conflict, Invalid
from core.files import FileStore
from inspections.draw_papers import keep_papers
from inspections.draw_seals import Chance
from inspections.draws import (
    Desk,
    Draw,
    DrawExists,
    DrawReason,
    DrawState,
    draws_of,
    get_draw,
    lock_draw,
)
from inspections.frames import get_frame
from inspections.matters import matter_of
from inspections.motions import last_void
from inspections.plan_reviews import freeze_version
from inspections.plans import PlanState, PlanVersion, get_version
from inspections.sources import (
    DrawSource,
    PromiseIsMissing,
    SourceDraft,
    add_sources,
    sources_of,
)
from inspections.subjects import Subject
from inspections.teams.tasks import get_task
from inspections.teams.visits import listed_of, visits_mark
from sampler.fairness import Progress

CEREMONY = "spotcheck/ceremony/1"
"""The format of what a ceremony adds to the commitment under the key `ceremony`."""


class PlanIsNotPublished(Conflict):
    """Only the published version of a plan can be drawn, on a frame made for it."""

    code = "plan_is_not_published"


class OpeningDayUnclear(Invalid):
    """A list that the plan keeps sealed needs a coming day on which it opens; others need none."""

    code = "opening_day_unclear"


class OtherFrame(Conflict):
    """What was worked out is not this draw's plan on this draw's frame."""

    code = "other_frame"


# -- announcing --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Announcement:
    """A draw to be: of which plan, on which frame, and where its seed will come from.

    Attributes
    ----------
    opens_on : the day before which the drawn list stays sealed, if the plan keeps it from the
        public during the visits.
    """

    plan_version_id: int
    frame_id: int
    sources: Sequence[SourceDraft]
    opens_on: date | None = None


def announce(session: Session, draft: Announcement, desk: Desk) -> Draw:
    """Announce a draw and its sources; a second one only after the first was made void.

    Raises
    ------
    PlanIsNotPublished, PlanNotFound, FrameNotFound, OpeningDayUnclear, DrawExists, TooFewSources,
    SourceIsUnclear, SourceTwice
    """
    version = _published(session, draft)
    plan_id, sealed = version.plan_id, not version.content.publish_drawn
    if sealed != (draft.opens_on is not None and draft.opens_on > china_date(desk.now)):
        raise OpeningDayUnclear(sealed=sealed)
    return _begin(
        session, desk, plan_id, draft.sources, Subject.UNITS, opens_on=draft.opens_on,
        plan_version_id=version.key, frame_id=draft.frame_id,
    )  # fmt: skip


@dataclass(frozen=True)
class TeamAnnouncement:
    """A draw of teams to be: on which frozen task, and where its seed will come from."""

    task_id: int
    sources: Sequence[SourceDraft]


def announce_teams(session: Session, draft: TeamAnnouncement, desk: Desk) -> Draw:
    """Announce the second draw; its list opens no sooner than that of the first.

    Raises
    ------
    TaskNotFound, TaskIsOld, PlanNotFound, DrawNotFound, DrawIsElsewhere, DrawExists,
    TooFewSources, SourceIsUnclear, SourceTwice
        DrawIsElsewhere if the institutions are not drawn yet.
    """
    task = get_task(session, draft.task_id)
    plan_id = get_version(session, task.plan_version_id).plan_id
    # whoever makes the first void meanwhile waits here, and finds this one
    listed = lock_draw(session, listed_of(session, plan_id).key)
    listed.must_be(DrawState.DRAWN, DrawState.PUBLISHED)
    task.must_be_for(listed, visits_mark(session, listed))
    return _begin(
        session, desk, plan_id, draft.sources, Subject.TEAMS, task_id=task.key,
        opens_on=listed.opens_on, plan_version_id=listed.plan_version_id,
        frame_id=listed.frame_id,
    )  # fmt: skip


def _begin(
    session: Session,
    desk: Desk,
    plan_id: int,
    sources: Sequence[SourceDraft],
    subject: Subject,
    **facts: Any,
) -> Draw:
    """The row of a draw that is announced, and its sources."""
    before = draws_of(session, plan_id, subject)
    if any(draw.state != DrawState.VOID for draw in before):
        raise DrawExists(plan=plan_id)
    draw = Draw(
        plan_id=plan_id,
        subject=subject,
        number=len(before) + 1,
        announced_by=desk.person,
        announced_at=desk.now,
        **facts,
        **_redraw(session, before),
    )
    session.add(draw)
    try:
        session.flush()
    except IntegrityError as error:
        raise DrawExists(plan=plan_id) from error
    added = add_sources(session, draw, sources)
    told = {"plan": plan_id, "draw": draw.number, "sources": [s.name for s in added]}
    desk.tell(session, "draw.announced", draw, draw_subject=subject, **told)
    return draw


def _published(session: Session, draft: Announcement) -> PlanVersion:
    frame = get_frame(session, draft.frame_id)
    version = get_version(session, frame.plan_version_id)
    if version.key != draft.plan_version_id or version.state != PlanState.PUBLISHED:
        raise PlanIsNotPublished(version=version.number)
    return version


def _redraw(session: Session, before: Sequence[Draw]) -> dict[str, Any]:
    """Why there is another draw, and the two persons who said so."""
    if not before:
        return {}
    motion = last_void(session, before[-1].key)
    assert motion is not None, "a draw becomes void by a signed motion only"
    return {
        "redraw_reason": DrawReason(motion.reason),
        "redraw_first": motion.moved_by,
        "redraw_second": motion.signed_by,
    }


# -- committing --------------------------------------------------------------------------------


def make_ready(
    session: Session, files: FileStore, draw_id: int, progress: Progress | None = None
) -> Any:
    """Work the chances of a draw out, for `commit`; for a job, since it may take half a minute.

    Raises
    ------
    DrawNotFound, FrameIsDamaged, DrawIsDamaged
    sampler.faults.Infeasible
        If the rules cannot hold together on what was frozen.
    """
    return matter_of(session, get_draw(session, draw_id)).make_ready(files, progress)


def commit(
    session: Session, desk: Desk, draw_id: int, ready: Any, chance: Chance, deadline: datetime
) -> Draw:
    """Fix all that decides the draw, and publish it.

    Parameters
    ----------
    ready : what `make_ready` gave for this draw.
    chance : used for this commitment and never again.
    deadline : until when witnesses may reveal.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, PromiseIsMissing, OtherFrame, PlanIsElsewhere, TooLate,
    TaskIsOld
    """
    draw = lock_draw(session, draw_id)
    draw.must_be(DrawState.ANNOUNCED)
    freeze_version(session, draw.plan_version_id, desk.actor, desk.now)
    sources = sources_of(session, draw_id)
    if silent := [s.name for s in sources if s.is_witness and s.promise is None]:
        raise PromiseIsMissing(names="、".join(silent))
    ceremony = _ceremony(session, draw, sources, deadline)
    matter = matter_of(session, draw)
    matter.must_stand(session)
    fixed = matter.fix(desk, ready, ceremony, chance.share.hex())
    if fixed.basis != matter.basis:
        raise OtherFrame(draw=draw.id)
    sealed = desk.seal.close(draw.key, fixed.digest, chance)
    draw.bind(fixed.digest, sealed, deadline, desk.person, desk.now)
    session.add(draw)
    keep_papers(session, desk, draw, fixed.papers)
    told = {"commitment": fixed.digest, "root": fixed.root, "deadline": deadline}
    desk.tell(session, "draw.committed", draw, **told)
    return draw


def _ceremony(
    session: Session, draw: Draw, sources: Sequence[DrawSource], deadline: datetime
) -> dict[str, Any]:
    before = draws_of(session, draw.plan_id, draw.subject)[: draw.number - 1]
    return {
        "format": CEREMONY,
        "plan": draw.plan_id,
        "version": draw.plan_version_id,
        "draw": draw.number,
        **_of_teams(session, draw),
        "opens_on": draw.opens_on.isoformat() if draw.opens_on else None,
        "deadline": deadline.astimezone(UTC).isoformat(timespec="seconds"),
        "sources": [source.as_committed() for source in sources],
        "void": [
            {
                "draw": one.number,
                "reason": one.void_reason.value if one.void_reason else "",
                "commitment": one.commitment_digest,
                "certificate": one.certificate_sha256,
            }
            for one in before
        ],
    }


def _of_teams(session: Session, draw: Draw) -> dict[str, Any]:
    """For which list teams are drawn; of institutions nothing, as before there were teams."""
    if draw.subject is Subject.UNITS:
        return {}
    listed = get_task(session, draw.task_id).list_certificate
    return {"subject": draw.subject.value, "list": listed}


def open_reveals(session: Session, desk: Desk, draw_id: int) -> Draw:
    """Let the sources give their values; a second press answers the same.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, TooLate
    """
    draw = lock_draw(session, draw_id)
    if draw.state == DrawState.REVEALING:
        return draw
    draw.open_reveals(desk.now)
    session.add(draw)
    desk.tell(session, "draw.reveals_opened", draw)
    return draw
