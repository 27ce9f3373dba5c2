"""The processes of the tests of the worker: a door that accepts, and workers that can be killed.

They are started by a fork server that has everything imported, so that a restart costs some
twenty milliseconds and hundreds of kills fit into a minute.
"""

import hashlib
import itertools
import logging
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Column, Engine, Integer, MetaData, Table, insert, select
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session

import web.tables  # noqa: F401
from core import files, jobs
from core.database import connect, unit_of_work
from core.files import FileStore
from core.jobs import Job, JobState
from core.trail import SYSTEM
from tests.architecture.tree import HOUSE
from web.worker import Progress, Terms, run_worker, stop_on_signals

# in the fork server, once for all processes that it will ever start
configure_mappers()
for address in ("sqlite://", "postgresql://"):
    connect(address).dispose()

MOST = 2**20
PATIENCE_S = 60.0
MOST_TRIVIAL = 20
"""Putting a file takes more steps than these; fewer would mean that nothing was watched."""

EFFECT = Table("effect", MetaData(), Column("job_id", Integer), Column("part", Integer))
"""What jobs leave behind; without constraints, so that doing a job twice would show."""

QUICK = Terms(
    lease=timedelta(seconds=0.8),
    silence=timedelta(seconds=30),
    beat=timedelta(seconds=0.04),
    poll=timedelta(seconds=0.02),
    leave=timedelta(seconds=0.3),
)


def clock() -> datetime:
    return datetime.now(UTC)


def until(so: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Wait for something that must become so."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


# -- what handlers do --------------------------------------------------------------------------


def leave_two_traces(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
    """Write, work a little, write again: half of it must never be seen."""
    session.execute(insert(EFFECT).values(job_id=job.id, part=1))
    for step in range(3):
        progress("工作", step, 3)
        time.sleep(job.payload.get("nap", 0))
    session.execute(insert(EFFECT).values(job_id=job.id, part=2))
    return {"traces": 2}


def hang_the_first_time(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
    """Say nothing any more, like a solver that has lost its way."""
    if job.attempts == 1:
        time.sleep(PATIENCE_S)
    return leave_two_traces(session, job, progress)


def kill_the_worker(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
    """Like a library that tears its process down."""
    session.execute(insert(EFFECT).values(job_id=job.id, part=1))
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def sleep_for_long(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
    """Work that tells its progress, but takes longer than anybody waits."""
    session.rollback()
    for step in range(round(PATIENCE_S * 100)):
        progress("等待", step, 0)
        time.sleep(0.01)
    return {}


HANDLERS = {
    handler.__name__: handler
    for handler in (leave_two_traces, hang_the_first_time, kill_the_worker, sleep_for_long)
}


# -- processes ---------------------------------------------------------------------------------


def work(url: str, name: str, terms: Terms) -> None:
    """A worker process."""
    logging.disable()
    stop = threading.Event()
    stop_on_signals(stop)
    run_worker(connect(url), HANDLERS, clock, stop, name, terms)


def accept(url: str, root: Path, told: Path, seed: int) -> None:
    """A web process: takes jobs and files without end, and tells what it has accepted."""
    engine, store, chance = connect(url), FileStore(root), random.Random(seed)
    with told.open("ab", buffering=0) as answers:
        while True:
            answers.write(b"job %d\n" % _accept_job(engine, chance.random() * 0.01))
            content = BytesIO(chance.randbytes(chance.randrange(1, 300_000)))
            answers.write(b"file %s\n" % _accept_file(engine, store, content).encode())
            time.sleep(chance.random() * 0.03)


def _accept_job(engine: Engine, nap: float) -> int:
    with unit_of_work(engine) as session:
        job = jobs.enqueue(
            session, "leave_two_traces", {"nap": nap}, SYSTEM, clock(), max_attempts=100
        )
    return job.number


def _accept_file(engine: Engine, store: FileStore, content: BytesIO) -> str:
    blob = store.put(content, MOST)
    with unit_of_work(engine) as session:
        files.attach(session, blob, "附件.bin", "test", 1, SYSTEM, clock())
    return blob.sha256


def put_dying_at_every_step(root: Path) -> None:
    """Put files, killed before the first call that may touch the disk, the second, …

    Fails if any of them is there in part, or is not there although nothing killed the last one.
    """
    store = FileStore(root)
    for step in itertools.count(1):
        content = b"a,b\n" * 10_000 + b"%d" % step
        child = os.fork()
        if not child:
            _die_at(step, lambda: store.put(BytesIO(content), MOST))  # noqa: B023
        _, status = os.waitpid(child, 0)
        state = store.state(hashlib.sha256(content).hexdigest())
        if status == 0:
            assert (state, step > MOST_TRIVIAL) == ("whole", True)
            return
        assert state in ("whole", "missing")


def _die_at(step: int, work: Callable[[], object]) -> NoReturn:
    calls = itertools.count(1)

    def watch(_frame: object, event: str, called: Any) -> None:
        # functions of the system, and methods of files, which belong to no module
        touches = event == "c_call" and called.__module__ in ("posix", "fcntl", "_io", None)
        if touches and next(calls) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    work()
    os._exit(0)


def _context() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


@contextmanager
def processes() -> Iterator[Callable[..., BaseProcess]]:
    """Start processes; whoever is left at the end is killed."""
    context, started = _context(), list[BaseProcess]()
    # the fork server itself looks for what it preloads only here
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HOUSE), os.environ.get("PYTHONPATH", "")])

    def start(target: Callable[..., None], *args: object) -> BaseProcess:
        process: BaseProcess = context.Process(target=target, args=args, daemon=True)
        process.start()
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.join()


# -- what is there afterwards ------------------------------------------------------------------


def effects(engine: Engine) -> list[tuple[int, int]]:
    """Which job has left which trace, sorted."""
    with engine.connect() as connection:
        return sorted((job, part) for job, part in connection.execute(select(EFFECT)))


def read(engine: Engine, number: int) -> Job:
    """The job as it stands now."""
    with Session(engine) as session:
        return jobs.get_job(session, number)


def is_over(engine: Engine, number: int) -> bool:
    return read(engine, number).state in jobs.ENDED


def ask(engine: Engine, kind: str, payload: dict[str, Any] | None = None, most: int = 3) -> int:
    with unit_of_work(engine) as session:
        job = jobs.enqueue(session, kind, payload or {}, SYSTEM, clock(), max_attempts=most)
    return job.number


def counts(engine: Engine) -> dict[JobState, int]:
    with Session(engine) as session:
        return jobs.counts_by_state(session)
