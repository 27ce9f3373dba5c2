"""The worker: takes jobs one after the other, does them, and looks after its lease meanwhile.

The handler works in a thread and a transaction of its own; this thread renews the lease, writes
the progress and listens for the end. One worker per process, as many processes as wanted: a
handler that is stuck can only be ended together with its process, and whoever runs the worker
(`spotcheck serve`, a service manager) starts a new one.
"""

import json
import logging
import os
import signal
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, NoReturn

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from core import leases
from core.database import unit_of_work, writing
from core.errors import Conflict, Fact
from core.jobs import Failure, Job, Steps
from core.leases import LEASE, Hold, LeaseLost

Progress = Callable[[str, int, int], None]
"""Step, done, total (0: unknown); calling it may end the work by raising an `Ending`."""

Handler = Callable[[Session, Job, Progress], dict[str, Any]]
"""Does the work of a kind of job and gives its result; called again after a crash.

It never commits. On SQLite its session holds the only write lock from its first statement to
the end: load, let go with `session.rollback()`, work, and write last.
"""

Ends = Callable[[Session, Hold, datetime], object]
"""A way to end an attempt (`core.leases`)."""

AWAY = (OperationalError, InterfaceError)
"""The database cannot be reached, or is locked for longer than our patience: it comes back."""

STUCK = 70
"""The status with which a worker leaves when its handler is stuck (EX_SOFTWARE)."""

log = logging.getLogger("spotcheck.worker")


@dataclass(frozen=True)
class Terms:
    """How patient a worker is.

    Attributes
    ----------
    lease : without a sign of life for so long, others take the job.
    silence : without a word about progress for so long, a handler is stuck.
    beat : how often the worker looks after the job it holds; at most one write each time.
    poll : how often an idle worker asks for a job.
    leave : after SIGTERM, how long the handler may go on; and once more so long to obey.
    """

    lease: timedelta = LEASE
    silence: timedelta = timedelta(minutes=10)
    beat: timedelta = timedelta(seconds=1)
    poll: timedelta = timedelta(seconds=1)
    leave: timedelta = timedelta(seconds=10)


class Ending(Exception):
    """The work has to end here, without a result; nothing of it is kept."""


class CalledOff(Ending):
    """Somebody cancelled the job."""


class WorkerLeaves(Ending):
    """The process has to stop; another worker begins anew."""


class Gone(Ending):
    """Somebody else has the job already."""


class Telling:
    """What a handler says while it works, and what it is told when it next says something."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._ending: Ending | None = None
        self.steps, self.heard_at = Steps(), clock()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Note the progress.

        Raises
        ------
        Ending
            If the work has to end.
        """
        if self._ending is not None:
            raise self._ending
        self.steps, self.heard_at = Steps(done, total, step), self._clock()

    def end(self, ending: Ending) -> None:
        """Let the next word be the last; the first reason counts."""
        self._ending = self._ending or ending


def run_worker(
    engine: Engine,
    handlers: Mapping[str, Handler],
    clock: Callable[[], datetime],
    stop: Event,
    name: str,
    terms: Terms | None = None,
    alive: Callable[[], None] = lambda: None,
) -> None:
    """Do jobs until *stop* is set; then finish the one at hand, or give it back.

    Parameters
    ----------
    handlers : by kind of job; jobs of other kinds are left to other workers.
    clock : gives aware UTC; the clocks of all machines must agree to a fraction of a lease.
    name : of this worker, at most 120 characters; shown with the job.
    alive : called in every turn, about every second, busy or idle.
    """
    with ThreadPoolExecutor(1, thread_name_prefix=name) as thread:
        worker = _Worker(engine, handlers, clock, stop, name, terms or Terms(), thread, alive)
        worker.say("worker_started")
        while not stop.is_set():
            alive()
            if not worker.turn():
                stop.wait(worker.terms.poll.total_seconds())
        worker.say("worker_stopped")


def stop_on_signals(stop: Event) -> None:
    """Let SIGTERM and SIGINT ask the worker of this process to leave."""

    def ask(*_: object) -> None:
        # from another thread: the interrupted one may hold the lock of the event
        Thread(target=stop.set).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)


@dataclass(frozen=True)
class _Worker:
    engine: Engine
    handlers: Mapping[str, Handler]
    clock: Callable[[], datetime]
    stop: Event
    name: str
    terms: Terms
    thread: ThreadPoolExecutor
    alive: Callable[[], None]

    def turn(self) -> bool:
        """Do one job; False if there is none, or the database is away."""
        try:
            job = self._next()
            if job is not None:
                _Attempt(self, job).see_through()
        except AWAY as error:
            self.say("database_away", error=type(error).__name__)
            return False
        return job is not None

    def _next(self) -> Job | None:
        now = self.clock()
        with Session(self.engine) as session:
            # an idle worker takes no write lock
            if not leases.is_due(session, self.handlers, now):
                return None
        with unit_of_work(self.engine) as session:
            lost = leases.take_back(session, now)
            job = leases.claim(session, self.name, self.handlers, now, self.terms.lease)
        for other in lost:
            self.say("job_taken_back", job=other.id, kind=other.kind, state=other.state)
        return job

    def say(self, event: str, **facts: object) -> None:
        """One line of JSON for the log; ids and codes only, nothing about people."""
        log.info("%s", json.dumps({"event": event, "worker": self.name} | facts))


class _Attempt:
    """One claim of one job, from its beginning to its end."""

    def __init__(self, worker: _Worker, job: Job) -> None:
        self._worker, self._job = worker, job
        self._clock, self._terms = worker.clock, worker.terms
        self._hold: Hold = leases.hold_of(job)
        self._telling = Telling(self._clock)
        self._began = self._renewed_at = self._clock()
        self._written = Steps()
        self._stopped_at: datetime | None = None

    def see_through(self) -> None:
        """Let the handler work, look after the lease, and settle the end."""
        self._say("job_started")
        work = self._worker.thread.submit(self._work)
        while not wait([work], self._terms.beat.total_seconds()).done:
            self._look_after()
        self._settle(work)

    def _work(self) -> None:
        handler = self._worker.handlers[self._job.kind]
        # not `unit_of_work`: inside it a handler could not let go of the write lock
        with Session(writing(self._worker.engine), expire_on_commit=False) as session:
            result = handler(session, self._job, self._telling)
            leases.finish(session, self._hold, result, self._clock())
            session.commit()

    def _look_after(self) -> None:
        self._worker.alive()
        now = self._clock()
        if now - self._telling.heard_at > self._terms.silence:
            self._leave_stuck()
        if self._worker.stop.is_set():
            self._hurry(now)
        try:
            self._beat(now)
        except LeaseLost:
            self._telling.end(Gone())
        except AWAY as error:
            self._say("database_away", error=type(error).__name__)

    def _beat(self, now: datetime) -> None:
        steps = self._telling.steps
        if steps != self._written or now - self._renewed_at > self._terms.lease / 4:
            with unit_of_work(self._worker.engine) as session:
                leases.renew(session, self._hold, steps, now, self._terms.lease)
            self._written, self._renewed_at = steps, now
        with Session(self._worker.engine) as session:
            if not leases.is_wanted(session, self._hold):
                self._telling.end(CalledOff())

    def _hurry(self, now: datetime) -> None:
        self._stopped_at = self._stopped_at or now
        if now - self._stopped_at > 2 * self._terms.leave:
            self._give_up(leases.give_back, "job_given_back", os.EX_OK)
        elif now - self._stopped_at > self._terms.leave:
            self._telling.end(WorkerLeaves())

    def _leave_stuck(self) -> NoReturn:
        failure = Failure("stuck", {"seconds": round(self._terms.silence.total_seconds())})
        self._give_up(partial(leases.fail, failure=failure), "job_stuck", STUCK)

    def _give_up(self, ending: Ends, event: str, status: int) -> NoReturn:
        """Let go of the job and end the process, the only way to end a thread that hangs."""
        try:
            self._end(ending, event)
        except AWAY:
            # the handler itself may hold SQLite's write lock: then the lease runs out
            self._say("job_abandoned")
        os._exit(status)

    def _settle(self, work: "Future[None]") -> None:
        match work.exception():
            case None:
                self._say("job_done")
            case LeaseLost() | Gone():
                self._say("job_lost")
            case CalledOff():
                self._end(leases.stop, "job_cancelled")
            case WorkerLeaves():
                self._end(leases.give_back, "job_given_back")
            case error:
                failure = failure_of(error)
                ending = partial(leases.fail, failure=failure)
                self._end(ending, "job_failed", code=failure.code, **failure.params)

    def _end(self, ending: Ends, event: str, **facts: object) -> None:
        try:
            with unit_of_work(self._worker.engine) as session:
                ending(session, self._hold, self._clock())
        except LeaseLost:
            event, facts = "job_lost", {}
        self._say(event, **facts)

    def _say(self, event: str, **facts: object) -> None:
        took = round((self._clock() - self._began).total_seconds(), 3)
        about: dict[str, object] = {
            "job": self._job.id,
            "kind": self._job.kind,
            "claim": self._hold.claim,
        }
        self._worker.say(event, **about, seconds=took, **facts)


def failure_of(error: BaseException) -> Failure:
    """What the job remembers of an error: a fact by its code, anything else by where it was.

    A refusal will be repeated, so a person has to look; a conflict may be over next time.
    """
    if isinstance(error, Fact):
        params = {name: _plain(value) for name, value in error.params.items()}
        return Failure(error.code, params, final=not isinstance(error, Conflict))
    # no message: it may quote a row, and with it a person
    return Failure("unexpected", {"error": type(error).__name__, "where": _where(error)})


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
