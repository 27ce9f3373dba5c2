"""Imports of roster files as jobs: read and planned beside the database, written at the end."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from core.files import FileStore
from core.jobs import Job
from rosters.imports import results
from rosters.imports.results import Papers
from rosters.imports.steps import APPLY, PREVIEW, UNDO
from rosters.imports.working import WRITING, plan_rows, read_file
from rosters.sheets.read import Unreadable
from web.worker import Handler, Progress


@contextmanager
def no_collector() -> Iterator[None]:
    """Leave the garbage collector out: it would walk again and again over a million values that
    all stay to the end, for a fifth of the time, and find nothing.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def handlers(engine: Engine, store: FileStore, clock: Callable[[], datetime]) -> dict[str, Handler]:
    """The handlers of the three kinds.

    Parameters
    ----------
    engine : to read the rosters from: whoever plans so long must not hold SQLite's write lock.
    """

    @no_collector()
    def preview(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        now = clock()
        task = results.task_of(session, job.payload["import"], now)
        session.rollback()
        try:
            with store.open(task.sha256) as file:
                read = read_file(task, file, progress)
        except Unreadable as why:
            return results.keep_refusal(session, task, why, now)
        with Session(engine) as reading:
            plan = plan_rows(reading, task, read, progress)
        papers = Papers(store, plan)
        progress(WRITING, 0, 0)
        return results.keep_preview(session, task, read, plan, papers, now)

    @no_collector()
    def apply(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        now = clock()
        task = results.task_of(session, job.payload["import"], now)
        session.rollback()
        with store.open(task.sha256) as file:
            read = read_file(task, file, progress)
        with Session(engine) as reading:
            seen = results.revision(reading)
            plan = plan_rows(reading, task, read, progress)
        progress(WRITING, 0, 0)
        if results.revision(session) != seen:
            # from here on nobody else changes them, or it is noticed
            plan = plan_rows(session, task, read, progress)
        # they fill 65 MB at national size, and are not asked for again
        read.reading.rows.clear()
        done = results.apply(session, task, plan, store, now)
        if done is not None:
            return done
        return results.keep_difference(session, task, read, plan, Papers(store, plan), now)

    def undo(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        number = job.payload["import"]
        progress(WRITING, 0, 0)
        return results.undo(session, number, clock())

    return {PREVIEW: preview, APPLY: apply, UNDO: undo}
