"""One process from start to end: seconds and peak memory, as the kernel counts them.

The kernel lets a child begin with its parent's peak memory. So commands are not started from
the bench itself, which may have grown, but from this small programme.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Run:
    """Wall clock and processor time (user + system) in seconds, peak memory in MB (10^6)."""

    wall: float
    processor: float
    peak: float


def measured(command: Sequence[str], runs: int = 1) -> Run:
    """Run a command of this Python *runs* times; the median of each figure.

    Raises
    ------
    RuntimeError
        If the command fails, with the end of what it said.
    """
    found = [_once([sys.executable, *command]) for _ in range(runs)]
    return Run(
        median(run.wall for run in found),
        median(run.processor for run in found),
        median(run.peak for run in found),
    )


def _once(command: Sequence[str]) -> Run:
    launched = subprocess.run(
        [sys.executable, "-m", "bench.metered", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    if launched.returncode:
        raise RuntimeError(f"{' '.join(command)}: {launched.stderr[-2000:]}")
    return Run(**json.loads(launched.stdout))


def launch(command: Sequence[str]) -> int:
    """Run *command*, print its figures as JSON and return its exit code."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begin
    processor = usage.ru_utime + usage.ru_stime
    print(json.dumps({"wall": wall, "processor": processor, "peak": usage.ru_maxrss * 1024 / 1e6}))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(launch(sys.argv[1:]))
