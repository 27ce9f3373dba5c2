"""The worker: does what was asked once, tells how far it is, and lets go when it must."""

import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text
from sqlmodel import Session

from core import jobs
from core.database import unit_of_work
from core.errors import Conflict, Invalid
from core.jobs import Job, JobState
from core.trail import SYSTEM
from tests.web.office import (
    EFFECT,
    HANDLERS,
    QUICK,
    ask,
    clock,
    effects,
    is_over,
    leave_two_traces,
    read,
    until,
)
from web.worker import Handler, Progress, Terms, run_worker


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """A database in which jobs can leave traces."""
    EFFECT.metadata.create_all(engine)
    return engine


@contextmanager
def working(
    engine: Engine, handlers: Mapping[str, Handler], workers: int = 1, terms: Terms = QUICK
) -> Iterator[threading.Event]:
    """Workers in threads of this process; they have stopped at the end."""
    stop = threading.Event()
    threads = [
        threading.Thread(
            target=run_worker, args=(engine, handlers, clock, stop, f"工人{number}", terms)
        )
        for number in range(workers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def do(engine: Engine, handler: Handler, most: int = 3) -> Job:
    """Let a worker do one job until it is over, or waits for its next attempt."""
    number = ask(engine, "it", most=most)
    with working(engine, {"it": handler}):
        until(lambda: is_over(engine, number) or read(engine, number).state == JobState.FAILED)
    return read(engine, number)


# -- ends --------------------------------------------------------------------------------------


def test_the_result_and_what_the_work_has_written_come_together(engine: Engine) -> None:
    job = do(engine, leave_two_traces)

    assert (job.state, job.result, job.attempts) == (JobState.DONE, {"traces": 2}, 1)
    assert effects(engine) == [(job.number, 1), (job.number, 2)]


def test_of_work_that_fails_nothing_is_kept_but_where_it_failed(engine: Engine) -> None:
    def fails(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        session.execute(insert(EFFECT).values(job_id=job.id, part=1))
        raise OSError("张三 13800000000")

    job = do(engine, fails)

    assert (job.state, job.error_code) == (JobState.FAILED, "unexpected")
    assert job.error_params is not None
    assert job.error_params["error"] == "OSError"
    assert job.error_params["where"].startswith("test_worker.py:")
    assert "张三" not in str(job.model_dump())
    assert effects(engine) == []


def test_a_refusal_is_not_tried_again(engine: Engine) -> None:
    def refuses(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        raise Invalid(field="plan", most=timedelta(days=1))

    job = do(engine, refuses)

    assert (job.state, job.attempts, job.error_code) == (JobState.DEAD, 1, "invalid")
    assert job.error_params == {"field": "plan", "most": "1 day, 0:00:00"}


def test_a_conflict_may_be_over_next_time(engine: Engine) -> None:
    def is_too_late(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        raise Conflict(plan=3)

    job = do(engine, is_too_late)

    assert (job.state, job.error_code, job.error_params) == ("failed", "conflict", {"plan": 3})


def test_a_result_that_cannot_be_written_down_is_a_failure(engine: Engine) -> None:
    job = do(engine, lambda session, job, progress: {"when": clock()}, most=1)

    assert (job.state, job.error_code) == (JobState.DEAD, "unexpected")


def test_the_log_has_a_line_for_each_step_and_no_names(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "spotcheck.worker"):
        job = do(engine, leave_two_traces)

    lines = [json.loads(record.getMessage()) for record in caplog.records]
    assert [line["event"] for line in lines] == [
        "worker_started",
        "job_started",
        "job_done",
        "worker_stopped",
    ]
    assert lines[2] == {
        "event": "job_done",
        "worker": "工人0",
        "job": job.id,
        "kind": "it",
        "claim": 1,
        "seconds": lines[2]["seconds"],
    }


# -- meanwhile ---------------------------------------------------------------------------------


class Desk:
    """A handler that works until it is told to go on."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def __call__(self, session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        session.execute(insert(EFFECT).values(job_id=job.id, part=1))
        # lets go of the write lock; what was written is written again at the end
        session.rollback()
        while not self.go_on.wait(0.01):
            progress("抽样", 30, 100)
        return leave_two_traces(session, job, lambda *_: None)


def test_progress_is_seen_while_the_work_goes_on_and_the_lease_is_kept(engine: Engine) -> None:
    desk = Desk()
    number = ask(engine, "it")
    with working(engine, {"it": desk}):
        until(lambda: read(engine, number).progress_done == 30)
        seen = read(engine, number)
        assert (seen.progress_total, seen.progress_step, seen.state) == (100, "抽样", "running")
        # longer than a lease, and nobody takes it
        time.sleep(QUICK.lease.total_seconds() * 1.5)
        desk.go_on.set()
        until(lambda: is_over(engine, number))

    assert read(engine, number).claims == 1
    assert effects(engine) == [(number, 1), (number, 2)]


def test_a_handler_that_has_let_go_of_the_write_lock_leaves_room_for_others(
    engine: Engine,
) -> None:
    desk = Desk()
    number = ask(engine, "it")
    with working(engine, {"it": desk}):
        until(lambda: read(engine, number).progress_done == 30)
        began = time.monotonic()
        ask(engine, "other")
        assert time.monotonic() - began < 5
        desk.go_on.set()
        until(lambda: is_over(engine, number))


def test_running_work_that_is_cancelled_ends_at_its_next_word_and_leaves_nothing(
    engine: Engine,
) -> None:
    desk = Desk()
    number = ask(engine, "it")
    with working(engine, {"it": desk}):
        until(lambda: read(engine, number).state == JobState.RUNNING)
        with unit_of_work(engine) as session:
            jobs.cancel(session, number, SYSTEM, clock())
        until(lambda: is_over(engine, number))

    assert read(engine, number).state == JobState.CANCELLED
    assert effects(engine) == []


def test_several_workers_do_each_job_once(engine: Engine) -> None:
    numbers = [ask(engine, "leave_two_traces") for _ in range(40)]
    with working(engine, HANDLERS, workers=4):
        until(lambda: all(is_over(engine, number) for number in numbers))

    assert effects(engine) == sorted((number, part) for number in numbers for part in (1, 2))
    assert {read(engine, number).claims for number in numbers} == {1}


# -- leaving -----------------------------------------------------------------------------------


def test_a_worker_that_is_stopped_finishes_what_it_can(engine: Engine) -> None:
    desk = Desk()
    number = ask(engine, "it")
    patient = replace(QUICK, leave=timedelta(seconds=30))
    with working(engine, {"it": desk}, terms=patient) as stop:
        until(lambda: read(engine, number).progress_done == 30)
        stop.set()
        desk.go_on.set()

    assert read(engine, number).state == JobState.DONE


def test_a_worker_that_is_stopped_gives_back_what_takes_too_long(engine: Engine) -> None:
    number = ask(engine, "it", most=1)
    with working(engine, {"it": Desk()}):
        until(lambda: read(engine, number).state == JobState.RUNNING)

    given_back = read(engine, number)
    assert (given_back.state, given_back.attempts) == (JobState.QUEUED, 0)
    with working(engine, {"it": leave_two_traces}):
        until(lambda: is_over(engine, number))
    assert read(engine, number).state == JobState.DONE


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_worker_survives_a_database_that_goes_away(engine: Engine) -> None:
    desk = Desk()
    number = ask(engine, "it")
    with working(engine, {"it": desk}):
        until(lambda: read(engine, number).progress_done == 30)
        with engine.connect() as connection:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(
                text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
            )
        desk.go_on.set()
        until(lambda: read(engine, number).state != JobState.RUNNING)
        second = ask(engine, "it")
        until(lambda: is_over(engine, second))

    assert read(engine, second).state == JobState.DONE
