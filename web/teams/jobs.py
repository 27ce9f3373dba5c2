"""What takes too long for an answer: freezing a task of teams, and trying what it would bring."""

import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from core.calendar import china_date
from core.files import FileStore, attach, attachments_of
from core.jobs import Job, enqueue
from core.trail import Actor
from inspections.draw_papers import LARGEST, read_whole
from inspections.teams.making import TeamTaskHasFaults, draft_task, freeze_task
from inspections.teams.tasks import NOUN, FrozenTask, read_task
from sampler.hashing import canonical
from sampler.teams.task import task_digest
from web.inspections.desk import files_of
from web.inspections.draw_jobs import asked
from web.settings import Settings
from web.teams.rehearsal import REHEARSAL_FILE, Rehearsal, rehearse
from web.words.jobs import FREEZE_TEAMS
from web.worker import Handler, Progress

Clock = Callable[[], datetime]


def ask_to_freeze_teams(session: Session, plan_id: int, actor: Actor, now: datetime) -> Job:
    """Let the task of a plan be frozen on the rosters of today."""
    return enqueue(session, FREEZE_TEAMS, {"plan": plan_id, "role": actor.role}, actor, now)


def handlers(settings: Settings, engine: Engine, clock: Clock) -> dict[str, Handler]:
    """What workers know to do about teams.

    Parameters
    ----------
    engine : to read from: whoever reckons so long must not hold SQLite's write lock.
    """
    return {FREEZE_TEAMS: _freezing(settings, engine, clock)}


def _freezing(settings: Settings, engine: Engine, clock: Clock) -> Handler:
    def freeze(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        plan_id, actor = int(job.payload["plan"]), asked(session, job)
        files, now = files_of(settings), clock()
        session.rollback()
        progress("teams.reading", 0, 0)
        with Session(engine) as reading:
            draft = draft_task(reading, plan_id, china_date(now))
        if draft.faults:
            raise TeamTaskHasFaults(draft.faults)

        def tell(step: str) -> None:
            progress(step, 0, 0)

        tried = rehearse(draft.task, tell)
        frozen = freeze_task(session, files, plan_id, actor, now)
        if frozen.task_sha256 != task_digest(draft.task):
            # a reserve has stepped in meanwhile
            tried = rehearse(read_task(files, frozen), tell)
        _keep(session, files, frozen, tried, actor, now)
        told = {"list": draft.listed.key, "visits": frozen.visits, "slots": frozen.slots}
        return {**told, "inspectors": frozen.inspectors, "feasible": tried.is_feasible}

    return freeze


def _keep(
    session: Session,
    files: FileStore,
    frozen: FrozenTask,
    tried: Rehearsal,
    actor: Actor,
    now: datetime,
) -> None:
    """Beside the task, once: what it brings never changes."""
    if _kept(session, frozen) is None:
        blob = files.put(io.BytesIO(canonical(tried.as_json())), LARGEST)
        attach(session, blob, REHEARSAL_FILE, NOUN, frozen.key, actor, now, secret=True)


def _kept(session: Session, frozen: FrozenTask) -> str | None:
    papers = {one.name: one.sha256 for one in attachments_of(session, NOUN, frozen.key)}
    return papers.get(REHEARSAL_FILE)


def rehearsal_of(session: Session, files: FileStore, frozen: FrozenTask) -> Rehearsal | None:
    """What was found out about a frozen task; None if nobody has tried it.

    Raises
    ------
    DrawIsDamaged
    """
    if (sha256 := _kept(session, frozen)) is None:
        return None
    return Rehearsal.from_json(json.loads(read_whole(files, sha256, REHEARSAL_FILE)))
