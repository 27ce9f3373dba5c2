"""Long works: progress, an end on request, and no more than can be done."""

import threading
from collections.abc import Iterator

import pytest

from web.errors import TooBusy
from web.trials.runner import Cancelled, Progress, Runner


@pytest.fixture
def runner() -> Iterator[Runner]:
    runner = Runner(workers=1, most_waiting=1)
    yield runner
    runner.close()


def test_a_work_gives_its_result(runner: Runner) -> None:
    job = runner.start("算", lambda _: 42)
    job.wait(10)

    assert not job.running
    assert job.result() == 42


def test_a_work_that_is_called_off_ends_at_its_next_word(runner: Runner) -> None:
    spoke = threading.Event()

    def endless(progress: Progress) -> None:
        while True:
            progress("走", 1, 2)
            spoke.set()

    job = runner.start("算", endless)
    assert spoke.wait(10)
    assert (job.telling.step, job.telling.done, job.telling.total) == ("走", 1, 2)
    job.cancel()
    job.wait(10)

    assert job.failed
    with pytest.raises(Cancelled):
        job.result()


def test_a_work_that_waits_can_be_called_off_before_it_begins(runner: Runner) -> None:
    gate = threading.Event()
    runner.start("先", lambda _: gate.wait(10))
    waiting = runner.start("后", lambda _: pytest.fail("must never begin"))
    waiting.cancel()
    gate.set()

    with pytest.raises(Cancelled):
        waiting.result()


def test_no_more_works_are_taken_than_may_wait(runner: Runner) -> None:
    gate = threading.Event()
    for _ in range(2):
        runner.start("算", lambda _: gate.wait(10))

    with pytest.raises(TooBusy):
        runner.start("算", lambda _: 0)
    gate.set()
