"""A large bulk change as a job: it holds the right to write for seconds, nobody waits for it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from core.files import FileStore
from core.jobs import Job
from core.trail import Actor
from rosters.bulk import state_of_all
from rosters.changes import Act, NothingChanges
from rosters.statements import ChangeKind
from web.worker import Handler, Progress

STEP = "stating"


def handler(store: FileStore, clock: Callable[[], datetime]) -> Handler:
    """States one fact of many institutions."""

    def work(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        told = job.payload
        actor = Actor(job.requested_by, told["name"], told["role"])
        act = Act(actor, clock(), store, told["reason"], ChangeKind.BULK)
        progress(STEP, 0, 0)
        day = date.fromisoformat(told["day"])
        try:
            change = state_of_all(session, act, told["entries"], told["fact"], told["value"], day)
        except NothingChanges:
            return {"entries": 0}
        return {"entries": len(told["entries"]), "change": change.key}

    return work
