"""Trials (试算): what a visitor without an account has on the table, for a stated time.

Raw uploads are gone with the answer to the request that brought them (Werkzeug keeps them
in nameless temporary files). What is kept is what was read from them, in memory, and the
files of the last draw, in nameless temporary files (docs/adr/0008-trials.md).
"""

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from sampler import procedure
from sampler.commitment import Worked
from sampler.faults import BadInput
from sampler.procedure import Prepared
from web.errors import TrialGone
from web.settings import Settings
from web.trials.comparison import Comparison, compare
from web.trials.inputs import Inputs
from web.trials.results import Result, rehearse
from web.trials.runner import Job, Progress, Runner

TOKEN_BYTES = 32
SWEEP_SECONDS = 20.0


@dataclass
class Trial:
    """One plan on one roster, and the works that were started on it."""

    token: str
    inputs: Inputs
    used: float
    chances: Job[Worked] | None = None
    comparison: Job[Comparison] | None = None
    rehearsal: Job[Result] | None = None
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def prepared(self) -> Prepared:
        """Plan and roster.

        Raises
        ------
        BadInput
            If there is nothing to work on, because they have faults.
        """
        if self.inputs.prepared is None:
            raise BadInput(found.fault for found in self.inputs.faults)
        return self.inputs.prepared

    @property
    def worked(self) -> Worked:
        """The chances; waits for them if they are not there yet."""
        assert self.chances is not None, "chances are started with every trial without faults"
        return self.chances.result()

    @property
    def running(self) -> Job[Worked] | Job[Comparison] | Job[Result] | None:
        """The work that is being done, the first of them if there are several."""
        return next((job for job in self.jobs if job.running), None)

    @property
    def jobs(self) -> list[Job[Worked] | Job[Comparison] | Job[Result]]:
        """Everything that was started."""
        return [job for job in (self.chances, self.comparison, self.rehearsal) if job]


class Desk:
    """All trials of this process, and the threads that work on them."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.runner = Runner(settings.workers, settings.most_waiting)
        self.prefix = ""
        """Begins the key of every trial: where it is found (`web.trials.relay`)."""
        self._clock = clock
        self._trials: dict[str, Trial] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._sweeper = threading.Thread(target=self._keep_sweeping, daemon=True)
        self._sweeper.start()

    def open(self, inputs: Inputs) -> Trial:
        """Begin a trial; if there are no faults, its chances are being worked out."""
        token = self.prefix + secrets.token_urlsafe(TOKEN_BYTES)
        trial = Trial(token, inputs, self._clock())
        if inputs.prepared is not None:
            self.start_chances(trial)
        with self._lock:
            self._trials[trial.token] = trial
        self.sweep()
        return trial

    def find(self, token: str) -> Trial:
        """The trial of this token, whose time begins anew.

        Raises
        ------
        TrialGone
            If there is none, or its time is over.
        """
        self.sweep()
        with self._lock:
            trial = self._trials.get(token)
            if trial is None:
                raise TrialGone
            trial.used = self._clock()
            return trial

    def start_chances(self, trial: Trial) -> None:
        """Work out the chances, unless that has been done or is being done."""
        with trial.lock:
            if trial.chances is None or trial.chances.failed:
                prepared = trial.prepared
                trial.chances = self.runner.start(
                    "计算机会", lambda progress: procedure.chances(prepared, progress)
                )

    def start_comparison(self, trial: Trial) -> None:
        """Compare with the draw field after field, unless that has been done."""
        with trial.lock:
            if trial.comparison is None or trial.comparison.failed:
                prepared, worked = trial.prepared, trial.worked
                trial.comparison = self.runner.start(
                    "与逐领域抽取比较", lambda progress: compare(prepared, worked, progress)
                )

    def start_rehearsal(self, trial: Trial, seeds: list[str]) -> None:
        """Rehearse the draw; the result takes the place of an earlier one. While a rehearsal
        runs nothing is started: two clicks are one wish."""
        with trial.lock:
            if trial.rehearsal and trial.rehearsal.running:
                return
            before, prepared, worked, demo = (
                trial.rehearsal,
                trial.prepared,
                trial.worked,
                trial.inputs.demo,
            )

            def work(progress: Progress) -> Result:
                return rehearse(prepared, worked, seeds, demo, progress)

            trial.rehearsal = self.runner.start("试抽", work)
            if before:
                _forget(before)

    def delete(self, trial: Trial) -> None:
        """Delete everything of a trial, at once."""
        with self._lock:
            self._trials.pop(trial.token, None)
        with trial.lock:
            for job in trial.jobs:
                job.cancel()
            if trial.rehearsal:
                _forget(trial.rehearsal)

    def sweep(self) -> None:
        """Delete what is past its time, and the oldest if there is too much."""
        for trial in self._too_old():
            self.delete(trial)

    def _too_old(self) -> list[Trial]:
        limit = self._clock() - self.settings.keep_seconds
        cells, old = 0, []
        with self._lock:
            newest_first = sorted(self._trials.values(), key=lambda t: t.used, reverse=True)
        for number, trial in enumerate(newest_first):
            cells += trial.inputs.cells
            # the newest stays whatever its size: an upload that was accepted is worked on
            crowded = number and (
                cells > self.settings.most_cells or number >= self.settings.most_trials
            )
            if trial.used < limit or crowded:
                old.append(trial)
        return old

    def _keep_sweeping(self) -> None:
        while not self._closed.wait(SWEEP_SECONDS):
            self.sweep()

    def close(self) -> None:
        """Delete everything and end the threads."""
        self._closed.set()
        with self._lock:
            trials = list(self._trials.values())
        for trial in trials:
            self.delete(trial)
        self.runner.close()
        self._sweeper.join()


def _forget(job: Job[Result]) -> None:
    """Delete the files of a rehearsal, at once or as soon as they exist."""

    def delete(future: "Future[Result]") -> None:
        if not future.cancelled() and future.exception() is None:
            future.result().delete()

    job.cancel()
    job.future.add_done_callback(delete)
