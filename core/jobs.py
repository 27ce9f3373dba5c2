"""Long work as rows: asked for in the transaction that needs it, done exactly once.

    queued ──claim──► running ──finish──► done
      ▲ ▲                │
      │ └──give back─────┤
      │                  ├─fail, lost──► failed ──claim──► running   (a wait, then again)
      │                  ├─fail, lost──► dead                        (no attempts left)
      └──retry── dead    └─stopped─────► cancelled

"Exactly once" means: the work's own writes and the state *done* are one transaction
(`core.leases`). What a handler does outside the database may happen again after a crash.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, delete, func
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.database import enum_column
from core.errors import Conflict, NotFound
from core.trail import Actor

MOST_ATTEMPTS = 3
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)
LONGEST_STEP = 200
KEEP = timedelta(days=90)
"""How long ended jobs stay on the page; what they did stays in the trail."""


class JobState(StrEnum):
    """Where a job stands; `failed` waits for its next attempt, `dead` for a person."""

    QUEUED = "queued"
    RUNNING = "running"
    FAILED = "failed"
    DONE = "done"
    CANCELLED = "cancelled"
    DEAD = "dead"


WAITING = (JobState.QUEUED, JobState.FAILED)
ENDED = (JobState.DONE, JobState.CANCELLED, JobState.DEAD)


class JobNotFound(NotFound):
    """There is no such job, or it is not this person's."""

    code = "job_not_found"


class JobIsOver(Conflict):
    """A job that has ended cannot be cancelled."""

    code = "job_is_over"


class JobIsNotDead(Conflict):
    """Only a dead job needs a person to try it again."""

    code = "job_is_not_dead"


@dataclass(frozen=True)
class Steps:
    """How far a job is: *done* of *total* in the step of that name; a total of 0 is unknown."""

    done: int = 0
    total: int = 0
    step: str = ""

    def __post_init__(self) -> None:
        """A wrong word about progress is a fault of the handler, found where it is said."""
        if self.done < 0 or self.total < 0 or (self.total and self.done > self.total):
            raise ValueError(f"{self.done} of {self.total} is no progress")
        if len(self.step) > LONGEST_STEP:
            raise ValueError("the name of the step is too long")


@dataclass(frozen=True)
class Failure:
    """Why an attempt failed: a code and its parameters; *final* if trying again is in vain."""

    code: str
    params: Mapping[str, Any]
    final: bool = False


class Job(SQLModel, table=True):
    """A piece of long work, and all that is known of it."""

    __table_args__ = (
        CheckConstraint(
            "(state = 'running') = (worker IS NOT NULL)"
            " AND (state = 'running') = (lease_until IS NOT NULL)",
            name="running_is_held",
        ),
        CheckConstraint(
            "(state IN ('done', 'cancelled', 'dead')) = (ended_at IS NOT NULL)",
            name="ended_has_time",
        ),
        CheckConstraint("(state = 'done') = (result IS NOT NULL)", name="done_has_result"),
        CheckConstraint(
            "state NOT IN ('failed', 'dead') OR error_code IS NOT NULL", name="failed_has_reason"
        ),
        CheckConstraint(
            "state NOT IN ('queued', 'done') OR error_code IS NULL", name="good_has_no_reason"
        ),
        CheckConstraint("(error_code IS NULL) = (error_params IS NULL)", name="reason_is_complete"),
        CheckConstraint("(claims = 0) = (started_at IS NULL)", name="claimed_has_started"),
        CheckConstraint(
            "0 <= attempts AND attempts <= max_attempts AND attempts <= claims"
            " AND (state <> 'running' OR attempts > 0)",
            name="attempts_in_range",
        ),
        CheckConstraint(
            "0 <= progress_done AND 0 <= progress_total"
            " AND (progress_total = 0 OR progress_done <= progress_total)",
            name="progress_in_range",
        ),
        CheckConstraint(
            "state NOT IN ('queued', 'failed') OR NOT cancel_requested",
            name="waiting_is_wanted",
        ),
        CheckConstraint("state <> 'cancelled' OR cancel_requested", name="cancelled_is_unwanted"),
        Index(None, "state", "run_after"),
        Index(None, "requested_by", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=60)
    payload: dict[str, Any] = Field(sa_type=JSON)
    state: JobState = Field(default=JobState.QUEUED, sa_type=enum_column(JobState))
    priority: int = 0
    run_after: datetime
    attempts: int = 0
    max_attempts: int = MOST_ATTEMPTS
    claims: int = 0
    worker: str | None = Field(default=None, max_length=120)
    lease_until: datetime | None = None
    progress_done: int = 0
    progress_total: int = 0
    progress_step: str = Field(default="", max_length=LONGEST_STEP)
    result: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    error_code: str | None = Field(default=None, max_length=60)
    error_params: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    cancel_requested: bool = False
    requested_by: int | None = None
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def number(self) -> int:
        """Its id, once it has been flushed."""
        assert self.id is not None
        return self.id

    def take(self, worker: str, now: datetime, lease: timedelta) -> None:
        """Begin an attempt; it counts from now, whatever becomes of the worker."""
        self.state = JobState.RUNNING
        self.worker, self.lease_until = worker, now + lease
        self.attempts += 1
        self.claims += 1
        self.started_at = now
        self._tell(Steps())

    def renew(self, now: datetime, lease: timedelta, steps: Steps) -> None:
        """The worker is alive and this far."""
        self.lease_until = now + lease
        self._tell(steps)

    def finish(self, result: dict[str, Any], now: datetime) -> None:
        """The work is done, even if somebody asked for its end meanwhile."""
        self._end(JobState.DONE, now)
        self.result = result
        self.error_code = self.error_params = None

    def fail(self, failure: Failure, now: datetime, wait: timedelta | None = None) -> None:
        """An attempt failed: try again after a *wait* (`wait_after`), unless it was the last."""
        if self.cancel_requested:
            self.stop(now)
            return
        self.error_code, self.error_params = failure.code, dict(failure.params)
        if failure.final or self.attempts >= self.max_attempts:
            self._end(JobState.DEAD, now)
            return
        self._let_go(JobState.FAILED)
        self.run_after = now + (wait_after(self.attempts) if wait is None else wait)

    def give_back(self, now: datetime) -> None:
        """The worker has to leave; that was no fault of the job, and does not count."""
        if self.cancel_requested:
            self.stop(now)
            return
        self._let_go(JobState.QUEUED)
        self.attempts -= 1
        self.run_after = now
        self.error_code = self.error_params = None
        self._tell(Steps())

    def ask_to_stop(self, now: datetime) -> None:
        """Cancel: at once while it waits; while it runs, at its next word about progress.

        Raises
        ------
        JobIsOver
            If it has ended.
        """
        if self.state in ENDED:
            raise JobIsOver(job=self.id, state=self.state.value)
        self.cancel_requested = True
        if self.state in WAITING:
            self.stop(now)

    def stop(self, now: datetime) -> None:
        """End it without a result."""
        self._end(JobState.CANCELLED, now)

    def revive(self, now: datetime) -> None:
        """Give a dead job all its attempts again.

        Raises
        ------
        JobIsNotDead
            If it is not dead.
        """
        if self.state != JobState.DEAD:
            raise JobIsNotDead(job=self.id, state=self.state.value)
        self.state, self.ended_at = JobState.QUEUED, None
        self.attempts, self.run_after = 0, now
        self.error_code = self.error_params = None
        self._tell(Steps())

    def _end(self, state: JobState, now: datetime) -> None:
        self._let_go(state)
        self.ended_at = now

    def _let_go(self, state: JobState) -> None:
        self.state, self.worker, self.lease_until = state, None, None

    def _tell(self, steps: Steps) -> None:
        self.progress_done, self.progress_total = steps.done, steps.total
        self.progress_step = steps.step


def wait_after(attempts: int) -> timedelta:
    """Before the next attempt: 10 s, 40 s, 160 s, … and never more than an hour."""
    return min(FIRST_WAIT * int(4 ** min(attempts - 1, 10)), LONGEST_WAIT)


# -- asked for by people and by other operations -----------------------------------------------


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    actor: Actor,
    now: datetime,
    *,
    priority: int = 0,
    run_after: datetime | None = None,
    max_attempts: int = MOST_ATTEMPTS,
) -> Job:
    """Ask for long work in this transaction: no job without it, and it never without its job.

    Parameters
    ----------
    kind : names the handler; no worker without a handler of that name takes it.
    payload : ids, no personal data; what the handler needs it loads itself.
    priority : greater is sooner.
    run_after : not before that moment.
    """
    job = Job(
        kind=kind,
        payload=payload,
        priority=priority,
        run_after=run_after or now,
        max_attempts=max_attempts,
        requested_by=actor.user_id,
        created_at=now,
    )
    session.add(job)
    session.flush()
    trail.record(session, actor, "enqueued", "job", job.number, now, after={"kind": kind})
    return job


def cancel(session: Session, job_id: int, actor: Actor, now: datetime) -> Job:
    """Call a job off; a running one stops at its next word about progress, or ends before.

    Raises
    ------
    JobNotFound, JobIsOver
    """
    job = _locked(session, job_id)
    before = job.state
    job.ask_to_stop(now)
    record_change(session, actor, "cancelled", job, before, now)
    return job


def retry(session: Session, job_id: int, actor: Actor, now: datetime) -> Job:
    """Try a dead job again, at once and as often as a new one.

    Raises
    ------
    JobNotFound, JobIsNotDead
    """
    job = _locked(session, job_id)
    before = job.state
    job.revive(now)
    record_change(session, actor, "retried", job, before, now)
    return job


def forget_ended(session: Session, before: datetime) -> int:
    """Delete jobs that ended before a moment; gives their number."""
    old = delete(Job).where(col(Job.ended_at) < before)
    return session.exec(old).rowcount


def _locked(session: Session, job_id: int) -> Job:
    job = session.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job is None:
        raise JobNotFound(job=job_id)
    return job


def record_change(
    session: Session, actor: Actor, action: str, job: Job, before: JobState, now: datetime
) -> None:
    """Tell the trail what became of a job."""
    was, is_now = {"state": before.value}, {"state": job.state.value}
    trail.record(session, actor, action, "job", job.number, now, before=was, after=is_now)


# -- what the page of jobs shows ---------------------------------------------------------------


@dataclass(frozen=True)
class JobPage:
    """A page of jobs, the newest first, and how many there are on all pages."""

    jobs: list[Job]
    total: int


def get_job(session: Session, job_id: int, requested_by: int | None = None) -> Job:
    """One job; of one person, unless *requested_by* is None.

    Raises
    ------
    JobNotFound
        If there is none, or it is somebody else's.
    """
    job = session.get(Job, job_id)
    if job is None or requested_by not in (None, job.requested_by):
        raise JobNotFound(job=job_id)
    return job


def page_of_jobs(
    session: Session,
    requested_by: int | None = None,
    states: Collection[JobState] = (),
    page: int = 1,
    size: int = 50,
    kind: str = "",
    oldest_first: bool = False,
) -> JobPage:
    """Jobs of one person (None: of all) in certain states (none: in all); pages begin with 1."""
    wanted: list[Any] = [] if requested_by is None else [col(Job.requested_by) == requested_by]
    if kind:
        wanted.append(col(Job.kind) == kind)
    if states:
        wanted.append(col(Job.state).in_(tuple(states)))
    total = session.exec(select(func.count()).select_from(Job).where(*wanted)).one()
    order = col(Job.id).asc() if oldest_first else col(Job.id).desc()
    found = select(Job).where(*wanted).order_by(order)
    return JobPage(list(session.exec(found.offset((page - 1) * size).limit(size))), total)


def counts_by_state(session: Session) -> dict[JobState, int]:
    """How many jobs are in each state; for whoever looks after the service."""
    counts = session.exec(select(Job.state, func.count()).group_by(col(Job.state)))
    return dict.fromkeys(JobState, 0) | {JobState(state): number for state, number in counts}
