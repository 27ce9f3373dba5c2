"""What the workers of this service know how to do, by kind of job."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from core.files import FileStore
from core.jobs import Job
from core.messages import notify
from web import letters, risk_scoring, roster_imports, trail_audit
from web.inspections import draw_jobs
from web.rosters import bulk_jobs, institution_files
from web.settings import Settings
from web.teams import jobs as team_jobs
from web.teams import notifying, volumes
from web.words.jobs import BULK, EXPORT, KINDS, SCORE, VERIFY_TRAIL
from web.worker import Handler, Progress

Clock = Callable[[], datetime]


def handlers(
    settings: Settings, engine: Engine, clock: Clock = letters.present
) -> Mapping[str, Handler]:
    """The handlers of a service with these settings."""
    store = FileStore(settings.data_dir / "files")
    imports = roster_imports.handlers(engine, store, clock)
    draws = draw_jobs.handlers(settings, engine, clock)
    teams = team_jobs.handlers(settings, engine, clock)
    papers = volumes.handlers(settings, engine, clock)
    return {
        VERIFY_TRAIL: with_receipt(trail_audit.handler(engine), clock),
        **{kind: with_receipt(handler, clock) for kind, handler in imports.items()},
        BULK: with_receipt(bulk_jobs.handler(store, clock), clock),
        EXPORT: with_receipt(
            institution_files.handler(engine, store, clock, demo=settings.demo is not None), clock
        ),
        SCORE: with_receipt(risk_scoring.handler(engine, clock), clock),
        **{kind: with_receipt(handler, clock) for kind, handler in draws.items()},
        **{kind: with_receipt(handler, clock) for kind, handler in teams.items()},
        **{kind: with_receipt(handler, clock) for kind, handler in papers.items()},
        **notifying.handlers(settings, clock),
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
