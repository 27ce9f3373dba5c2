"""Any sequence of what people and workers do to jobs, against a model that is a dictionary."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from core import jobs, leases
from core.database import unit_of_work
from core.errors import Conflict
from core.jobs import Failure, Job, JobState, Steps
from core.leases import LEASE, Hold, LeaseLost
from core.trail import SYSTEM

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
WORKERS = st.sampled_from(["甲", "乙"])
ANY = st.integers(0, 10**6)
T = TypeVar("T")


@dataclass(frozen=True)
class Expected:
    """What the model knows of a job."""

    state: str = "queued"
    attempts: int = 0
    most: int = 1
    unwanted: bool = False
    due: datetime = NOON
    lease_until: datetime = NOON
    hold: Hold | None = None

    @property
    def waits(self) -> bool:
        return self.state in ("queued", "failed")


def after_failure(job: Expected, due: datetime) -> Expected:
    if job.unwanted:
        return replace(job, state="cancelled")
    if job.attempts == job.most:
        return replace(job, state="dead")
    return replace(job, state="failed", due=due)


class Office(RuleBasedStateMachine):
    """Two workers, any number of jobs, and workers that come back too late."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine, self.now = engine, NOON
        self.known: dict[int, Expected] = {}
        self.holds: list[Hold] = []
        with unit_of_work(engine) as session:
            session.exec(delete(Job))

    def do(self, operation: Callable[[Session], T]) -> T:
        with unit_of_work(self.engine) as session:
            return operation(session)

    @rule(most=st.integers(1, 2), delay=st.integers(0, 20))
    def enqueue(self, most: int, delay: int) -> None:
        due = self.now + timedelta(seconds=delay)
        job = self.do(
            lambda s: jobs.enqueue(
                s, "draw", {}, SYSTEM, self.now, run_after=due, max_attempts=most
            )
        )
        self.known[job.number] = Expected(most=most, due=due)

    @rule(seconds=st.sampled_from([1, 15, 61, 200]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(worker=WORKERS)
    def claim(self, worker: str) -> None:
        due = {n: job for n, job in self.known.items() if job.waits and job.due <= self.now}
        job = self.do(lambda s: leases.claim(s, worker, {"draw"}, self.now))
        if job is None:
            assert not due
            return
        assert job.number == min(due, key=lambda number: (due[number].due, number))
        hold = leases.hold_of(job)
        self.holds.append(hold)
        self.known[job.number] = replace(
            due[job.number],
            state="running",
            attempts=due[job.number].attempts + 1,
            lease_until=self.now + LEASE,
            hold=hold,
        )

    @rule()
    def take_back(self) -> None:
        lost = {
            number
            for number, job in self.known.items()
            if job.state == "running" and job.lease_until < self.now
        }
        taken = self.do(lambda s: leases.take_back(s, self.now))
        assert {job.id for job in taken} == lost
        for number in lost:
            self.known[number] = after_failure(self.known[number], self.now)

    def with_hold(self, which: int, work: Callable[[Session, Hold], object]) -> Expected | None:
        """Use any hold that was ever given; the job as expected before, if the hold was good."""
        if not self.holds:
            return None
        hold = self.holds[which % len(self.holds)]
        job = self.known[hold.job_id]
        good = job.state == "running" and job.hold == hold
        try:
            self.do(lambda s: work(s, hold))
        except LeaseLost:
            assert not good
            return None
        assert good
        return job

    def becomes(self, job: Expected | None, after: Callable[[Expected], Expected]) -> None:
        if job is not None and job.hold is not None:
            self.known[job.hold.job_id] = after(job)

    @rule(which=ANY)
    def renew(self, which: int) -> None:
        until = self.now + LEASE
        job = self.with_hold(which, lambda s, h: leases.renew(s, h, Steps(1, 2), self.now))
        self.becomes(job, lambda job: replace(job, lease_until=until))

    @rule(which=ANY)
    def finish(self, which: int) -> None:
        job = self.with_hold(which, lambda s, h: leases.finish(s, h, {}, self.now))
        self.becomes(job, lambda job: replace(job, state="done"))

    @rule(which=ANY)
    def fail(self, which: int) -> None:
        job = self.with_hold(which, lambda s, h: leases.fail(s, h, self.now, Failure("x", {})))
        self.becomes(job, lambda job: after_failure(job, self.now + jobs.wait_after(job.attempts)))

    @rule(which=ANY)
    def give_back(self, which: int) -> None:
        job = self.with_hold(which, lambda s, h: leases.give_back(s, h, self.now))
        self.becomes(
            job,
            lambda job: (
                replace(job, state="cancelled")
                if job.unwanted
                else replace(job, state="queued", attempts=job.attempts - 1, due=self.now)
            ),
        )

    def with_job(self, which: int, work: Callable[[Session, int], object], good: str) -> int | None:
        """Do something to any job; its number, if its state was one of *good*."""
        if not self.known:
            return None
        number = sorted(self.known)[which % len(self.known)]
        allowed = self.known[number].state in good.split()
        try:
            self.do(lambda s: work(s, number))
        except Conflict:
            assert not allowed
            return None
        assert allowed
        return number

    @rule(which=ANY)
    def cancel(self, which: int) -> None:
        number = self.with_job(
            which, lambda s, n: jobs.cancel(s, n, SYSTEM, self.now), "queued failed running"
        )
        if number is not None:
            job = self.known[number]
            state = "cancelled" if job.waits else "running"
            self.known[number] = replace(job, state=state, unwanted=True)

    @rule(which=ANY)
    def retry(self, which: int) -> None:
        number = self.with_job(which, lambda s, n: jobs.retry(s, n, SYSTEM, self.now), "dead")
        if number is not None:
            job = self.known[number]
            self.known[number] = replace(job, state="queued", attempts=0, due=self.now)

    @invariant()
    def the_database_says_the_same(self) -> None:
        with Session(self.engine) as session:
            stored = session.exec(select(Job).order_by(col(Job.id))).all()
            assert {job.id: (job.state, job.attempts, job.cancel_requested) for job in stored} == {
                number: (JobState(job.state), job.attempts, job.unwanted)
                for number, job in self.known.items()
            }


def test_whatever_people_and_workers_do_a_job_has_one_holder_and_one_end(engine: Engine) -> None:
    class ThisOffice(Office):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(
        ThisOffice, settings=settings(max_examples=25, stateful_step_count=30)
    )
