"""Long works in threads of this process: with progress, and they can be cancelled.

Works live as long as the process; the job rows of a later part replace them.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from web.errors import TooBusy

Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]


class Cancelled(Exception):
    """The visitor does not want the result any more."""


class Telling:
    """What a work says of itself while it runs; calling it may end the work."""

    def __init__(self) -> None:
        self.step, self.done, self.total = "", 0, 0
        self.began = time.monotonic()
        self._cancelled = threading.Event()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Note the progress.

        Raises
        ------
        Cancelled
            If the work has been called off.
        """
        if self._cancelled.is_set():
            raise Cancelled
        self.step, self.done, self.total = step, done, total

    def call_off(self) -> None:
        """Let the next word about progress be the last."""
        self._cancelled.set()

    @property
    def seconds(self) -> float:
        """Since the work was asked for."""
        return time.monotonic() - self.began


@dataclass(frozen=True)
class Job(Generic[Result]):
    """A work that was handed over, and its result to be."""

    title: str
    telling: Telling
    future: "Future[Result]"

    @property
    def running(self) -> bool:
        """Whether it waits or is being done."""
        return not self.future.done()

    @property
    def failed(self) -> bool:
        """Whether it is over without a result."""
        future = self.future
        return future.cancelled() or (future.done() and future.exception() is not None)

    def cancel(self) -> None:
        """Call the work off, whether it waits or runs."""
        self.telling.call_off()
        self.future.cancel()

    def wait(self, seconds: float) -> None:
        """Return when the work is over, or after so many *seconds*."""
        ended = threading.Event()
        self.future.add_done_callback(lambda _: ended.set())
        ended.wait(seconds)

    def result(self) -> Result:
        """The result of a work that is over, or what it failed with.

        Raises
        ------
        Cancelled
            If it was called off.
        """
        if self.future.cancelled():
            raise Cancelled
        return self.future.result()


class Runner:
    """A few threads for all visitors."""

    def __init__(self, workers: int, most_waiting: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="work")
        self._open: set[Future[object]] = set()
        self._most = workers + most_waiting
        self._lock = threading.Lock()

    def start(self, title: str, work: Callable[[Progress], Result]) -> Job[Result]:
        """Hand over a *work*, which is given the function that it tells its progress.

        Raises
        ------
        TooBusy
            If too many are waiting already.
        """
        with self._lock:
            self._open = {future for future in self._open if not future.done()}
            if len(self._open) >= self._most:
                raise TooBusy
            telling = Telling()
            future = self._threads.submit(work, telling)
            self._open.add(future)  # type: ignore[arg-type]
        return Job(title, telling, future)

    def close(self) -> None:
        """Take no more work, and wait for what cannot be called off."""
        self._threads.shutdown(cancel_futures=True)
