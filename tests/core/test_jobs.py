"""Jobs: asked for, called off and tried again by people; taken, held and ended by workers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core import jobs, leases, trail
from core.database import unit_of_work
from core.jobs import Failure, Job, JobState, Steps
from core.leases import LEASE, WORKER_LOST, Hold, LeaseLost
from core.trail import Actor

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PLANNER = Actor(7, "李四", "planner")
SMTP_DOWN = Failure("smtp_down", {"status": 451})
FINAL = Failure("no_such_plan", {}, final=True)


def ask(session: Session, kind: str = "draw", now: datetime = NOON, **more: object) -> Job:
    return jobs.enqueue(session, kind, {"plan": 3}, PLANNER, now, **more)  # type: ignore[arg-type]


def take(session: Session, now: datetime = NOON, worker: str = "甲") -> Hold:
    job = leases.claim(session, worker, {"draw"}, now)
    assert job is not None
    return leases.hold_of(job)


def kill(session: Session, job: Job) -> datetime:
    """Let every attempt fail; gives the moment of the last failure."""
    now = NOON
    for _ in range(job.max_attempts):
        now = max(now, job.run_after)
        leases.fail(session, take(session, now), now, SMTP_DOWN)
    assert job.state == JobState.DEAD
    return now


# -- asking ------------------------------------------------------------------------------------


def test_a_job_is_asked_for_in_the_transaction_that_needs_it(engine: Engine) -> None:
    def plan_that_fails() -> None:
        with unit_of_work(engine) as session:
            ask(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        plan_that_fails()
    with Session(engine) as session:
        assert jobs.page_of_jobs(session).total == 0


def test_a_new_job_waits_for_its_hour(session: Session) -> None:
    ask(session, run_after=NOON + SECOND)

    assert not leases.is_due(session, {"draw"}, NOON)
    assert leases.claim(session, "甲", {"draw"}, NOON) is None
    assert leases.is_due(session, {"draw"}, NOON + SECOND)
    assert leases.claim(session, "甲", {"draw"}, NOON + SECOND) is not None


def test_the_most_urgent_job_comes_first_then_the_oldest(session: Session) -> None:
    second = ask(session, now=NOON + SECOND)
    first = ask(session)
    urgent = ask(session, now=NOON + SECOND, priority=1)

    taken = [take(session, NOON + SECOND).job_id for _ in range(3)]

    assert taken == [urgent.id, first.id, second.id]


def test_a_worker_takes_only_jobs_that_it_can_do(session: Session) -> None:
    ask(session, kind="mail")

    assert leases.claim(session, "甲", {"draw"}, NOON) is None
    assert not leases.is_due(session, {"draw"}, NOON)


def test_a_job_that_is_held_is_not_taken_by_another(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        ask(session)
    with unit_of_work(engine) as session:
        take(session)
    with unit_of_work(engine) as session:
        assert leases.claim(session, "乙", {"draw"}, NOON) is None


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_two_workers_at_the_same_moment_take_different_jobs(engine: Engine) -> None:
    # in SQLite there is no same moment: a claim holds the write lock
    with unit_of_work(engine) as session:
        ask(session)
        ask(session)
    with unit_of_work(engine) as one, unit_of_work(engine) as other:
        assert take(one).job_id != take(other).job_id
        assert leases.claim(other, "丙", {"draw"}, NOON) is None


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_job_that_is_being_finished_is_not_taken_back(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        ask(session)
        hold = take(session)
    late = NOON + 2 * LEASE
    with unit_of_work(engine) as one, unit_of_work(engine) as other:
        leases.finish(one, hold, {}, late)
        assert leases.take_back(other, late) == []


# -- the end of an attempt ---------------------------------------------------------------------


def test_a_job_done_has_its_result(session: Session) -> None:
    job = ask(session)
    leases.finish(session, take(session), {"drawn": 12}, NOON + SECOND)

    assert (job.state, job.result, job.ended_at) == (JobState.DONE, {"drawn": 12}, NOON + SECOND)
    assert (job.worker, job.lease_until) == (None, None)


def test_a_failed_job_waits_longer_each_time_and_dies_in_the_end(session: Session) -> None:
    job = ask(session, max_attempts=4)
    waits = []
    now = NOON
    for _ in range(4):
        leases.fail(session, take(session, now), now, SMTP_DOWN)
        waits.append((job.run_after - now).total_seconds())
        now = max(now, job.run_after)

    assert waits[:3] == [10, 40, 160]
    assert (job.state, job.attempts) == (JobState.DEAD, 4)
    assert (job.error_code, job.error_params) == ("smtp_down", {"status": 451})
    assert job.ended_at == now


def test_no_wait_is_longer_than_an_hour() -> None:
    assert jobs.wait_after(1_000) == timedelta(hours=1)


def test_a_refusal_is_final(session: Session) -> None:
    job = ask(session)
    leases.fail(session, take(session), NOON, FINAL)

    assert (job.state, job.attempts) == (JobState.DEAD, 1)


def test_the_reason_of_the_last_failure_is_shown_until_it_is_done(session: Session) -> None:
    job = ask(session)
    leases.fail(session, take(session), NOON, SMTP_DOWN)
    hold = take(session, job.run_after)
    assert (job.state, job.error_code) == (JobState.RUNNING, "smtp_down")

    leases.finish(session, hold, {}, job.run_after)
    assert job.error_code is None


def test_a_worker_that_must_leave_costs_the_job_no_attempt(session: Session) -> None:
    job = ask(session, max_attempts=1)
    leases.give_back(session, take(session), NOON)

    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    take(session)


# -- leases ------------------------------------------------------------------------------------


def test_progress_keeps_the_lease(session: Session) -> None:
    job = ask(session)
    hold = take(session)
    leases.renew(session, hold, Steps(3, 10, "分层"), NOON + LEASE)

    assert (job.progress_done, job.progress_total, job.progress_step) == (3, 10, "分层")
    assert leases.take_back(session, NOON + 2 * LEASE) == []


@pytest.mark.parametrize("said", [(-1, 3, ""), (4, 3, ""), (0, -1, ""), (0, 0, "长" * 201)])
def test_a_wrong_word_about_progress_is_refused(said: tuple[int, int, str]) -> None:
    with pytest.raises(ValueError, match=r"progress|step"):
        Steps(*said)


def test_a_job_whose_worker_died_is_taken_back_when_its_lease_is_over(session: Session) -> None:
    job = ask(session)
    take(session)
    assert leases.take_back(session, NOON + LEASE) == []
    assert not leases.is_due(session, {"draw"}, NOON + LEASE)

    assert leases.is_due(session, {"draw"}, NOON + LEASE + SECOND)
    assert leases.take_back(session, NOON + LEASE + SECOND) == [job]
    assert (job.state, job.error_code) == (JobState.FAILED, WORKER_LOST)
    assert job.error_params == {"worker": "甲"}
    assert take(session, NOON + LEASE + SECOND, "乙").claim == 2


def test_a_job_that_kills_every_worker_is_dead_after_its_attempts(session: Session) -> None:
    job = ask(session, max_attempts=3)
    now = NOON
    for _ in range(3):
        take(session, now)
        now += LEASE + SECOND
        leases.take_back(session, now)

    assert (job.state, job.attempts) == (JobState.DEAD, 3)


def test_whoever_lost_the_job_can_do_nothing_to_it(session: Session) -> None:
    ask(session)
    old = take(session)
    leases.take_back(session, NOON + LEASE + SECOND)
    # even a worker of the same name
    new = take(session, NOON + LEASE + SECOND)
    late: list[Callable[[], object]] = [
        lambda: leases.finish(session, old, {}, NOON),
        lambda: leases.fail(session, old, NOON, SMTP_DOWN),
        lambda: leases.stop(session, old, NOON),
        lambda: leases.give_back(session, old, NOON),
        lambda: leases.renew(session, old, Steps(), NOON),
        lambda: leases.is_wanted(session, old),
    ]
    for deed in late:
        with pytest.raises(LeaseLost):
            deed()

    assert leases.is_wanted(session, new)


# -- people ------------------------------------------------------------------------------------


def test_a_waiting_job_is_cancelled_at_once(session: Session) -> None:
    job = ask(session)
    jobs.cancel(session, job.number, PLANNER, NOON)

    assert (job.state, job.ended_at) == (JobState.CANCELLED, NOON)
    assert leases.claim(session, "甲", {"draw"}, NOON) is None


def test_a_job_that_waits_for_its_next_attempt_is_cancelled_at_once(session: Session) -> None:
    job = ask(session)
    leases.fail(session, take(session), NOON, SMTP_DOWN)
    jobs.cancel(session, job.number, PLANNER, NOON)

    assert job.state == JobState.CANCELLED


def test_a_running_job_is_asked_to_stop(session: Session) -> None:
    job = ask(session)
    hold = take(session)
    assert leases.is_wanted(session, hold)
    jobs.cancel(session, job.number, PLANNER, NOON)
    assert (job.state, leases.is_wanted(session, hold)) == (JobState.RUNNING, False)

    leases.stop(session, hold, NOON)
    assert job.state == JobState.CANCELLED


def test_work_that_ends_before_it_hears_of_the_cancellation_is_done(session: Session) -> None:
    job = ask(session)
    hold = take(session)
    jobs.cancel(session, job.number, PLANNER, NOON)
    leases.finish(session, hold, {}, NOON)

    assert job.state == JobState.DONE


def test_nobody_tries_a_cancelled_job_again(session: Session) -> None:
    for ending in ("fail", "give_back", "lost"):
        job = ask(session)
        hold = take(session)
        jobs.cancel(session, job.number, PLANNER, NOON)
        match ending:
            case "fail":
                leases.fail(session, hold, NOON, SMTP_DOWN)
            case "give_back":
                leases.give_back(session, hold, NOON)
            case "lost":
                leases.take_back(session, NOON + LEASE + SECOND)

        assert job.state == JobState.CANCELLED


def test_what_is_over_cannot_be_cancelled(session: Session) -> None:
    job = ask(session)
    leases.finish(session, take(session), {}, NOON)

    with pytest.raises(jobs.JobIsOver) as refused:
        jobs.cancel(session, job.number, PLANNER, NOON)
    assert refused.value.params == {"job": job.id, "state": "done"}


def test_a_person_gives_a_dead_job_all_its_attempts_again(session: Session) -> None:
    job = ask(session)
    now = kill(session, job)
    jobs.retry(session, job.number, PLANNER, now)

    assert (job.state, job.attempts, job.error_code, job.ended_at) == ("queued", 0, None, None)
    kill(session, job)
    assert (job.claims, job.attempts) == (6, 3)


def test_only_a_dead_job_is_tried_again(session: Session) -> None:
    job = ask(session)
    with pytest.raises(jobs.JobIsNotDead):
        jobs.retry(session, job.number, PLANNER, NOON)


def test_a_job_that_is_not_there_is_not_found(session: Session) -> None:
    for operation in (jobs.cancel, jobs.retry):
        with pytest.raises(jobs.JobNotFound):
            operation(session, 404, PLANNER, NOON)


def test_the_trail_tells_who_asked_and_what_became_of_it(session: Session) -> None:
    job = ask(session)
    now = kill(session, job)
    jobs.retry(session, job.number, PLANNER, now)
    jobs.cancel(session, job.number, PLANNER, now)

    told = [(event.action, event.actor_id, event.noun_id) for event in trail.pending(session)]
    who = [("enqueued", 7), ("dead", None), ("retried", 7), ("cancelled", 7)]
    assert told == [(action, actor, str(job.id)) for action, actor in who]


# -- the page ----------------------------------------------------------------------------------


def test_everybody_sees_their_own_jobs_and_an_administrator_all(session: Session) -> None:
    mine = [ask(session) for _ in range(3)]
    theirs = jobs.enqueue(session, "mail", {}, Actor(8, "王五", "planner"), NOON)
    jobs.cancel(session, mine[1].number, PLANNER, NOON)

    assert jobs.page_of_jobs(session).jobs == [theirs, *reversed(mine)]
    assert jobs.page_of_jobs(session, requested_by=7).total == 3
    waiting = jobs.page_of_jobs(session, 7, [JobState.QUEUED])
    assert waiting.jobs == [mine[2], mine[0]]
    second = jobs.page_of_jobs(session, page=2, size=3)
    assert (second.jobs, second.total) == ([mine[0]], 4)
    counts = jobs.counts_by_state(session)
    assert (counts[JobState.QUEUED], counts[JobState.CANCELLED], counts[JobState.DEAD]) == (3, 1, 0)


def test_the_job_of_somebody_else_is_not_found(session: Session) -> None:
    job = ask(session)

    assert jobs.get_job(session, job.number, requested_by=7) is job
    assert jobs.get_job(session, job.number) is job
    with pytest.raises(jobs.JobNotFound):
        jobs.get_job(session, job.number, requested_by=8)


def test_ended_jobs_are_forgotten_after_a_time(session: Session) -> None:
    old, young, waiting = ask(session), ask(session), ask(session)
    jobs.cancel(session, old.number, PLANNER, NOON)
    jobs.cancel(session, young.number, PLANNER, NOON + jobs.KEEP)

    assert jobs.forget_ended(session, NOON + SECOND) == 1
    assert jobs.page_of_jobs(session).jobs == [waiting, young]


# -- what the database itself holds ------------------------------------------------------------

NEVER = [
    "state = 'running'",
    "worker = '甲'",
    "state = 'done', ended_at = created_at",
    "state = 'dead', ended_at = created_at",
    "state = 'cancelled', ended_at = created_at",
    "ended_at = created_at",
    "error_code = 'x', error_params = '{}'",
    "state = 'lost'",
    "attempts = 4",
    "attempts = 1",
    "claims = 1",
    "progress_done = 2, progress_total = 1",
    "cancel_requested = (1 = 1)",
]


def test_the_database_refuses_a_job_that_contradicts_itself(session: Session) -> None:
    ask(session)
    for change in NEVER:
        with pytest.raises(IntegrityError), session.begin_nested():
            session.connection().execute(text(f"UPDATE job SET {change}"))


def test_every_state_can_be_stored(session: Session) -> None:
    endings: dict[JobState, Callable[[Hold], object]] = {
        JobState.RUNNING: lambda hold: None,
        JobState.QUEUED: lambda hold: leases.give_back(session, hold, NOON),
        JobState.FAILED: lambda hold: leases.fail(session, hold, NOON, SMTP_DOWN),
        JobState.DEAD: lambda hold: leases.fail(session, hold, NOON, FINAL),
        JobState.DONE: lambda hold: leases.finish(session, hold, {}, NOON),
        JobState.CANCELLED: lambda hold: leases.stop(session, hold, NOON),
    }
    for state, ending in endings.items():
        job = ask(session, priority=1)
        hold = take(session)
        job.cancel_requested = state == JobState.CANCELLED
        ending(hold)
        session.flush()
        session.expire_all()
        assert job.state is state
        job.priority = 0

    assert set(endings) == set(JobState)
