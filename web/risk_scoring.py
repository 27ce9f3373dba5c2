"""Risk scores as a job: reckoned beside the database, written in one short transaction."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from core.accounts import get_user
from core.jobs import Job, enqueue
from core.trail import SYSTEM, Actor
from rosters.risk.scores import keep, reckon
from web.words.jobs import SCORE
from web.worker import Handler, Progress


def ask_for_scores(session: Session, actor: Actor, day: date, now: datetime) -> Job:
    """Let all institutions be scored as they are on a *day*."""
    return enqueue(session, SCORE, {"day": day.isoformat(), "role": actor.role}, actor, now)


def handler(engine: Engine, clock: Callable[[], datetime]) -> Handler:
    """Score everybody.

    Parameters
    ----------
    engine : to read from: whoever reckons so long must not hold SQLite's write lock.
    """

    def score(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        day, role, asked = job.payload["day"], job.payload["role"], job.requested_by
        session.rollback()
        with Session(engine) as reading:
            scored = reckon(reading, date.fromisoformat(day), progress)
        # his name at the time of the run, as everywhere in the trail
        user = None if asked is None else get_user(session, asked)
        actor = SYSTEM if user is None else Actor(asked, user.display_name, role)
        run = keep(session, actor, clock(), scored, progress)
        return {"run": run.key, "institutions": run.institutions, "proposals": run.proposals}

    return score
