"""A service of several processes: whoever dies is started again, and all leave together."""

import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

from web.operation import logs

LEAVE_SECONDS = 45.0
"""After SIGTERM: longer than a request or a job may go on (`serving`, `web.worker.Terms`)."""

ENDING = (signal.SIGTERM, signal.SIGINT)
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""Whoever has lived for so long is not to blame for what happened before."""

_PR_SET_PDEATHSIG = 1


@dataclass
class _Member:
    """One process of the service, through all its lives."""

    name: str
    work: Callable[[], None]
    process: BaseProcess | None = None
    began: float = 0.0
    deaths: int = 0
    due: float = 0.0

    def begin(self) -> None:
        # forked: it shares what has been imported, and gets its settings without a command line
        context = multiprocessing.get_context("fork")
        self.process = context.Process(target=_live, args=(self.work, os.getpid()), name=self.name)
        # a signal that hits the child before it is itself would be lost
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        self.process.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        self.began = time.monotonic()
        logs.say("process_started", name=self.name, child=self.process.pid)

    def bury(self) -> None:
        """It has died: begin again, soon the first time, later if it keeps dying."""
        assert self.process is not None
        steady = time.monotonic() - self.began > STEADY_SECONDS
        self.deaths = 1 if steady else self.deaths + 1
        self.due = time.monotonic() + min(2.0 ** (self.deaths - 2), LONGEST_PAUSE)
        logs.say("process_ended", name=self.name, status=self.process.exitcode, deaths=self.deaths)
        self.process.join()
        self.process = None


def _live(work: Callable[[], None], parent: int) -> None:
    # what wakes the supervisor is not for its members
    signal.set_wakeup_fd(-1)
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    # Ctrl+C goes to the whole terminal; the supervisor tells its members itself
    os.setpgid(0, 0)
    # a supervisor that is killed takes its members along; only Linux can promise that
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        work()


@dataclass
class Supervisor:
    """Keeps the members of a service alive until it is told to end."""

    members: list[_Member]
    _stop: bool = field(default=False, init=False)

    @classmethod
    def of(cls, works: Mapping[str, Callable[[], None]]) -> "Supervisor":
        """One process for each work, by name."""
        return cls([_Member(name, work) for name, work in works.items()])

    def run(self) -> None:
        """Until SIGTERM or SIGINT; then everybody may finish what is at hand."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        before = {number: signal.signal(number, self._ask) for number in ENDING}
        # a signal that comes just before the wait ends it too
        signal.set_wakeup_fd(writing)
        try:
            while not self._stop:
                self._begin_due()
                wait([*self._sentinels(), reading], timeout=1.0)
                self._bury_dead()
        finally:
            signal.set_wakeup_fd(-1)
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(reading)
            os.close(writing)

    def _ask(self, *_: object) -> None:
        self._stop = True

    def _begin_due(self) -> None:
        for member in self.members:
            if member.process is None and time.monotonic() >= member.due:
                member.begin()

    def _sentinels(self) -> list[Any]:
        return [member.process.sentinel for member in self.members if member.process]

    def _bury_dead(self) -> None:
        for member in self.members:
            if not self._stop and member.process and not member.process.is_alive():
                member.bury()

    def _end(self) -> None:
        living = [member.process for member in self.members if member.process]
        for process in living:
            process.terminate()
        until = time.monotonic() + LEAVE_SECONDS
        for process in living:
            process.join(max(0.0, until - time.monotonic()))
            if process.is_alive():
                logs.say("process_killed", name=process.name)
                process.kill()
                process.join()
        logs.say("service_stopped")
