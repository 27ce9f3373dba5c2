"""Who works on which job: claims, leases, and the end of an attempt.

A worker *holds* a job until its lease runs out. Each claim of a job has a number that only
grows; whoever comes with an older one has lost the job and changes nothing. So a worker that
slept through its lease cannot end what another one has begun again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from core import trail
from core.accounts import User
from core.errors import Conflict
from core.jobs import ENDED, WAITING, Failure, Job, JobState, Steps, record_change
from core.messages import notify

LEASE = timedelta(minutes=1)

WORKER_LOST = "worker_lost"
"""The process that held the job died, or was not heard of for longer than its lease."""


class LeaseLost(Conflict):
    """Somebody else has the job now, or it is over; this worker's result does not count."""

    code = "lease_lost"


@dataclass(frozen=True)
class Hold:
    """Which claim of a job a worker speaks for."""

    job_id: int
    worker: str
    claim: int


def hold_of(job: Job) -> Hold:
    """What the worker that has just claimed a job shows from now on."""
    assert job.worker is not None
    return Hold(job.number, job.worker, job.claims)


def is_due(session: Session, kinds: Collection[str], now: datetime) -> bool:
    """Whether there is anything to claim or to take back; reads only, locks nothing."""
    due = select(Job.id).where(_claimable(kinds, now) | _lost(now)).limit(1)
    return session.exec(due).first() is not None


def take_back(session: Session, now: datetime) -> list[Job]:
    """End the attempts of workers that were not heard of for longer than their lease.

    The next attempt may begin at once: the lease was wait enough.
    """
    # a row that is locked is being finished or renewed at this moment
    lost = select(Job).where(_lost(now)).with_for_update(skip_locked=True)
    jobs = list(session.exec(lost))
    for job in jobs:
        job.fail(Failure(WORKER_LOST, {"worker": job.worker}), now, wait=timedelta())
        _record_end(session, job, now)
    return jobs


def claim(
    session: Session,
    worker: str,
    kinds: Collection[str],
    now: datetime,
    lease: timedelta = LEASE,
) -> Job | None:
    """Take the most urgent job that is due: greatest priority, then the longest due."""
    # SQLite knows no row locks and needs none: its one writer holds the database
    first = (
        select(Job)
        .where(_claimable(kinds, now))
        .order_by(col(Job.priority).desc(), col(Job.run_after), col(Job.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = session.exec(first).first()
    if job is not None:
        job.take(worker, now, lease)
    return job


def renew(
    session: Session, hold: Hold, steps: Steps, now: datetime, lease: timedelta = LEASE
) -> None:
    """Keep a job for another lease, and write how far it is.

    Raises
    ------
    LeaseLost
    """
    _held(session, hold).renew(now, lease, steps)


def is_wanted(session: Session, hold: Hold) -> bool:
    """False if somebody asked for the end of a running job; reads only.

    Raises
    ------
    LeaseLost
    """
    unwanted = session.exec(select(Job.cancel_requested).where(*_is_held(hold))).first()
    if unwanted is None:
        raise LeaseLost(job=hold.job_id)
    return not unwanted


def finish(session: Session, hold: Hold, result: dict[str, Any], now: datetime) -> None:
    """End a job well, in the same transaction as what its work has written.

    Raises
    ------
    LeaseLost
        Then nothing of the transaction may be kept.
    """
    job = _held(session, hold)
    job.finish(result, now)
    _record_end(session, job, now)


def fail(session: Session, hold: Hold, now: datetime, failure: Failure) -> Job:
    """End an attempt that failed: the job waits for the next one, or is dead.

    Raises
    ------
    LeaseLost
    """
    job = _held(session, hold)
    job.fail(failure, now)
    _record_end(session, job, now)
    return job


def stop(session: Session, hold: Hold, now: datetime) -> None:
    """End a job that somebody called off while it ran.

    Raises
    ------
    LeaseLost
    """
    job = _held(session, hold)
    job.stop(now)
    _record_end(session, job, now)


def give_back(session: Session, hold: Hold, now: datetime) -> None:
    """Leave a job to another worker, at once and with all its attempts.

    Raises
    ------
    LeaseLost
    """
    job = _held(session, hold)
    job.give_back(now)
    _record_end(session, job, now)


def _claimable(kinds: Collection[str], now: datetime) -> Any:
    return (
        col(Job.state).in_(WAITING) & (col(Job.run_after) <= now) & col(Job.kind).in_(tuple(kinds))
    )


def _lost(now: datetime) -> Any:
    return (col(Job.state) == JobState.RUNNING) & (col(Job.lease_until) < now)


def _is_held(hold: Hold) -> tuple[Any, ...]:
    return (
        col(Job.id) == hold.job_id,
        col(Job.state) == JobState.RUNNING,
        col(Job.worker) == hold.worker,
        col(Job.claims) == hold.claim,
    )


def _held(session: Session, hold: Hold) -> Job:
    """The job, locked, as it stands now, if the hold is still good."""
    wanted = select(Job).where(*_is_held(hold)).with_for_update()
    job = session.exec(wanted.execution_options(populate_existing=True)).first()
    if job is None:
        raise LeaseLost(job=hold.job_id)
    return job


def _record_end(session: Session, job: Job, now: datetime) -> None:
    # attempts come and go by the thousand; the trail keeps what became of the job
    if job.state in ENDED:
        record_change(session, trail.SYSTEM, job.state.value, job, JobState.RUNNING, now)
    if job.state is JobState.DEAD:
        _call_who_asked(session, job, now)


def _call_who_asked(session: Session, job: Job, now: datetime) -> None:
    # jobs bear the number of who asked, whether or not it is that of an account
    if job.requested_by is None or session.get(User, job.requested_by) is None:
        return
    notify(
        session, [job.requested_by], "job_dead", now,
        params={"job_kind": job.kind}, noun="job", noun_id=job.number,
    )  # fmt: skip
