"""What takes too long for an answer: freezing the roster of a plan, and fixing a draw.

Both are found done if they have been done: a second press, or another attempt, changes nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from core.accounts import get_user
from core.calendar import china_date
from core.errors import Invalid
from core.jobs import Job, enqueue
from core.trail import Actor
from inspections.ceremonies import commit, make_ready
from inspections.draws import DrawState, get_draw
from inspections.frames import look, write_down
from inspections.plans import get_plan, get_version
from inspections.substitutions import drawn_elsewhere
from sampler.faults import Infeasible
from sampler.teams.explanation import TeamsNotFeasible
from web.inspections.desk import desk_for, entropy
from web.settings import Settings
from web.words.jobs import COMMIT, FREEZE
from web.worker import Handler, Progress

Clock = Callable[[], datetime]


class TeamsCannotBeStaffed(Invalid):
    """No teams keep all rules on the frozen task; *words* say which slots stay empty."""

    code = "teams_cannot_be_staffed"


class PlanCannotBeDrawn(Invalid):
    """No draw meets all quotas of the plan on its frame; *words* say which hinder each other."""

    code = "plan_cannot_be_drawn"


def ask_to_freeze(session: Session, version_id: int, actor: Actor, now: datetime) -> Job:
    """Let the roster be frozen for a published version."""
    return enqueue(session, FREEZE, {"version": version_id, "role": actor.role}, actor, now)


def ask_to_commit(session: Session, draw_id: int, minutes: int, actor: Actor, now: datetime) -> Job:
    """Let a draw be fixed and its commitment published; witnesses may reveal for *minutes*."""
    told = {"draw": draw_id, "minutes": minutes, "role": actor.role}
    return enqueue(session, COMMIT, told, actor, now)


def handlers(settings: Settings, engine: Engine, clock: Clock) -> dict[str, Handler]:
    """What workers know to do about draws.

    Parameters
    ----------
    engine : to read from: whoever reckons so long must not hold SQLite's write lock.
    """
    return {
        FREEZE: _freezing(settings, engine, clock),
        COMMIT: _committing(settings, engine, clock),
    }


def _freezing(settings: Settings, engine: Engine, clock: Clock) -> Handler:
    def freeze(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        progress("frame.freezing", 0, 0)
        version_id, actor = int(job.payload["version"]), asked(session, job)
        desk = desk_for(settings, actor, clock())
        session.rollback()
        with Session(engine) as reading:
            plan = get_plan(reading, get_version(reading, version_id).plan_id)
            told = {"plan": plan.key}
            elsewhere = drawn_elsewhere(reading, plan.key, plan.year, china_date(desk.now))
            frozen = look(reading, version_id, desk.frame_key, desk.now, elsewhere)
        frame = write_down(session, desk.files, frozen, desk.actor, clock())
        return {**told, "rows": frame.rows, "eligible": frame.eligible}

    return freeze


def _committing(settings: Settings, engine: Engine, clock: Clock) -> Handler:
    def fix(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        draw_id, minutes = int(job.payload["draw"]), int(job.payload["minutes"])
        actor = asked(session, job)
        session.rollback()
        with Session(engine) as reading:
            if get_draw(reading, draw_id).state is not DrawState.ANNOUNCED:
                return {"draw": draw_id}
            ready = _ready(reading, settings, actor, draw_id, clock(), progress)
        desk = desk_for(settings, actor, clock())
        deadline = desk.now + timedelta(minutes=minutes)
        draw = commit(session, desk, draw_id, ready, entropy(), deadline)
        return {"draw": draw_id, "commitment": draw.commitment_digest}

    return fix


def _ready(
    reading: Session,
    settings: Settings,
    actor: Actor,
    draw_id: int,
    now: datetime,
    progress: Progress,
) -> Any:
    files = desk_for(settings, actor, now).files
    try:
        return make_ready(reading, files, draw_id, progress)
    except TeamsNotFeasible as hindered:
        raise TeamsCannotBeStaffed(words=_in_one_line(hindered)) from hindered
    except Infeasible as hindered:
        raise PlanCannotBeDrawn(words=_in_one_line(hindered)) from hindered


def _in_one_line(hindered: Infeasible) -> str:
    return str(hindered).replace("\n", "；")


def asked(session: Session, job: Job) -> Actor:
    """Who asked, under his name at the time of the run, as everywhere in the trail."""
    assert job.requested_by is not None, "only persons ask for this"
    user = get_user(session, job.requested_by)
    return Actor(job.requested_by, user.display_name, job.payload["role"])
