"""What the workers of this service know how to do, by kind of job."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from core.jobs import Job
from core.messages import notify
from web import letters, trail_audit
from web.settings import Settings
from web.words.jobs import KINDS, VERIFY_TRAIL
from web.worker import Handler, Progress

Clock = Callable[[], datetime]


def handlers(
    settings: Settings, engine: Engine, clock: Clock = letters.present
) -> Mapping[str, Handler]:
    """The handlers of a service with these settings."""
    return {
        VERIFY_TRAIL: with_receipt(trail_audit.handler(engine), clock),
        **letters.handlers(settings),
    }


def with_receipt(handler: Handler, clock: Clock) -> Handler:
    """The same work; whoever asked for it is told that it is done, in the same transaction."""

    def work(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        # read first: the work may let go of the session
        asked, kind, number = job.requested_by, job.kind, job.number
        result = handler(session, job, progress)
        if asked is not None:
            notify(
                session, [asked], "job_done", clock(),
                params={"job": KINDS[kind]}, noun="job", noun_id=number,
            )  # fmt: skip
        return result

    return work
