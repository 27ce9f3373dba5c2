"""Processes die at the worst moments: what was accepted is done once, what was put is whole."""

import logging
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from core.files import Attachment, FileStore, StoredFile, verify_all
from core.jobs import ENDED, Job, JobState
from core.leases import WORKER_LOST
from tests.storage import url_of
from tests.web.office import (
    EFFECT,
    PATIENCE_S,
    QUICK,
    accept,
    ask,
    counts,
    effects,
    is_over,
    processes,
    put_dying_at_every_step,
    read,
    until,
    work,
)
from web.worker import STUCK, Terms

Start = Callable[..., BaseProcess]


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """A database in which jobs can leave traces."""
    EFFECT.metadata.create_all(engine)
    return engine


# -- kill -9 -----------------------------------------------------------------------------------


@dataclass
class Service:
    """A door and two workers, started again by a supervisor whenever they die."""

    start: Start
    url: str
    folder: Path
    chance: random.Random
    running: dict[str, BaseProcess] = field(default_factory=dict)

    def run(self) -> None:
        for name in ("web", "worker 1", "worker 2"):
            self._begin(name)

    def _begin(self, name: str) -> None:
        if name == "web":
            seed, root, told = self.chance.random(), self.folder / "files", self.folder / "told"
            self.running[name] = self.start(accept, self.url, root, told, seed)
        else:
            self.running[name] = self.start(work, self.url, name, QUICK)

    def kill(self) -> None:
        """The web, a worker, or all at the same moment."""
        worker = self.chance.choice(["worker 1", "worker 2"])
        victims = self.chance.choice([["web"], [worker], ["web", "worker 1", "worker 2"]])
        for name in victims:
            self.running[name].kill()
        for name in victims:
            self.running[name].join()
            self._begin(name)

    def wait_until_busy(self) -> None:
        """Until the web process that runs now has accepted a file."""
        before = len(self.told()[1])
        until(lambda: len(self.told()[1]) > before)

    def close_the_door(self) -> None:
        self.running.pop("web").kill()

    def told(self) -> tuple[list[int], list[str]]:
        """Which jobs and which files were accepted: whole lines only, as a visitor sees them."""
        told = self.folder / "told"
        lines = told.read_text().splitlines() if told.exists() else []
        said = [line.split(" ") for line in lines]
        return (
            [int(what) for kind, what in said if kind == "job"],
            [what for kind, what in said if kind == "file"],
        )


def all_over(engine: Engine) -> bool:
    return all(not number for state, number in counts(engine).items() if state not in ENDED)


@dataclass(frozen=True)
class Survived:
    """Jobs and files that were accepted, and how many jobs lost a worker on the way."""

    jobs: int
    files: int
    interrupted: int


def survive(engine: Engine, folder: Path, kills: int, seed: int) -> Survived:
    """Kill so often, then let the workers finish, and look at everything that is there."""
    chance = random.Random(seed)
    with processes() as start:
        service = Service(start, url_of(engine), folder, chance)
        service.run()
        for number in range(kills):
            # one kill in four may hit processes that are only just beginning
            if number % 4:
                service.wait_until_busy()
            time.sleep(chance.uniform(0, 0.2))
            service.kill()
        service.wait_until_busy()
        service.close_the_door()
        until(lambda: all_over(engine))

    jobs, blobs = service.told()
    check_jobs(engine, set(jobs))
    check_files(engine, FileStore(folder / "files"), set(blobs))
    with Session(engine) as session:
        twice = session.exec(select(func.count()).where(col(Job.claims) > 1)).one()
    return Survived(len(jobs), len(blobs), twice)


def check_jobs(engine: Engine, accepted: set[int]) -> None:
    """Every accepted job is done, with its two traces once; no other job has left any."""
    done = counts(engine)[JobState.DONE]
    traces = effects(engine)
    assert traces == sorted((job, part) for job in {job for job, _ in traces} for part in (1, 2))
    assert len(traces) == 2 * done == 2 * sum(counts(engine).values())
    assert accepted <= {job for job, _ in traces}


def check_files(engine: Engine, store: FileStore, accepted: set[str]) -> None:
    """Every accepted file is whole and spoken of, and so is every other that has a row."""
    with Session(engine) as session:
        assert list(verify_all(session, store)) == []
        known = set(session.exec(select(StoredFile.sha256)))
        assert accepted <= set(session.exec(select(Attachment.sha256))) == known
    # bytes without a row were never accepted, but they are whole as well
    assert known <= set(store.digests())
    assert {store.state(sha256) for sha256 in store.digests()} == {"whole"}


def test_what_was_accepted_survives_kills_at_random_moments(engine: Engine, tmp_path: Path) -> None:
    survived = survive(engine, tmp_path, kills=12, seed=1)

    assert min(survived.jobs, survived.files) >= 12


@pytest.mark.soak
def test_what_was_accepted_survives_two_hundred_kills(engine: Engine, tmp_path: Path) -> None:
    survived = survive(engine, tmp_path, kills=200, seed=2)

    # for the record: pytest -o log_cli=true --log-cli-level=INFO
    logging.getLogger(__name__).info("%s", survived)
    assert min(survived.jobs, survived.files) >= 200
    assert survived.interrupted > 20


def test_a_file_is_whole_or_not_there_wherever_its_upload_is_killed(tmp_path: Path) -> None:
    with processes() as start:
        putting = start(put_dying_at_every_step, tmp_path)
        putting.join(PATIENCE_S)

    assert putting.exitcode == 0


# -- handlers that misbehave -------------------------------------------------------------------


def test_a_stuck_handler_ends_with_its_process_and_the_job_is_tried_again(engine: Engine) -> None:
    number = ask(engine, "hang_the_first_time")
    hasty = Terms(silence=timedelta(seconds=0.3), beat=QUICK.beat, poll=QUICK.poll)
    with processes() as start:
        first = start(work, url_of(engine), "甲", hasty)
        first.join(30)
        assert first.exitcode == STUCK
        failed = read(engine, number)
        assert (failed.state, failed.error_code) == (JobState.FAILED, "stuck")
        assert failed.run_after > failed.created_at


def test_a_poisoned_job_is_dead_after_its_attempts_and_leaves_nothing(engine: Engine) -> None:
    number = ask(engine, "kill_the_worker", most=2)
    healthy = ask(engine, "leave_two_traces")
    with processes() as start:
        while not is_over(engine, number):
            worker = start(work, url_of(engine), "甲", QUICK)
            until(lambda: not worker.is_alive() or is_over(engine, number))  # noqa: B023
        until(lambda: is_over(engine, healthy))

    dead = read(engine, number)
    assert (dead.state, dead.claims, dead.error_code) == (JobState.DEAD, 2, WORKER_LOST)
    assert effects(engine) == [(healthy, 1), (healthy, 2)]


def test_a_worker_that_slept_through_its_lease_cannot_end_the_job_of_another(
    engine: Engine,
) -> None:
    number = ask(engine, "sleep_for_long")
    with processes() as start:
        sleeper = start(work, url_of(engine), "甲", QUICK)
        until(lambda: read(engine, number).state == JobState.RUNNING)
        assert sleeper.pid is not None
        os.kill(sleeper.pid, signal.SIGSTOP)
        start(work, url_of(engine), "乙", QUICK)
        until(lambda: read(engine, number).worker == "乙")
        os.kill(sleeper.pid, signal.SIGCONT)
        # it hears that the job is gone and asks for another one
        other = ask(engine, "leave_two_traces")
        until(lambda: is_over(engine, other))

        assert read(engine, number).worker == "乙"
        assert read(engine, number).claims == 2


@pytest.mark.parametrize("kind", ["sleep_for_long", "hang_the_first_time"])
def test_a_worker_that_is_told_to_leave_gives_its_job_back(engine: Engine, kind: str) -> None:
    number = ask(engine, kind)
    with processes() as start:
        worker = start(work, url_of(engine), "甲", QUICK)
        until(lambda: read(engine, number).state == JobState.RUNNING)
        worker.terminate()
        worker.join(30)

    assert worker.exitcode == 0
    given_back = read(engine, number)
    assert (given_back.state, given_back.attempts) == (JobState.QUEUED, 0)
