"""How long, and with how much memory, does a plan go from its files to its certificate?"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.material import (
    CELLS_PLAN,
    COUNTRY,
    CROSSING_PLAN,
    NATIONAL_PLAN,
    STRATA_PLAN,
    WHOLE_PLAN,
    Material,
)
from bench.metered import measured
from bench.tables import Table, Value

RUNS = 5
MILLION = 1_000_000


@dataclass(frozen=True)
class Case:
    """A plan on a roster of *units*, and the seconds it should stay below."""

    name: str
    plan: Path
    units: int
    target: float
    runs: int = RUNS


CASES = (
    Case("2023 plan, national level", NATIONAL_PLAN, COUNTRY, 1.5),
    Case("2023 plan, whole roster", WHOLE_PLAN, COUNTRY, 1.5),
    Case("QI x class cells, exact", CELLS_PLAN, COUNTRY, 4),
    Case("five crossing interval quotas", CROSSING_PLAN, COUNTRY, 30),
    Case("simple strata", STRATA_PLAN, MILLION, 15, runs=3),
)


def run(material: Material) -> list[Table]:
    """Whole processes first, then the same draws step by step."""
    # material is made first, so that its work does not disturb the figures
    for case in CASES:
        material.roster(case.units)
    return [_whole(material), _by_step(material)]


def _whole(material: Material) -> Table:
    rows: list[tuple[Value, ...]] = []
    for case in CASES:
        with TemporaryDirectory() as folder:
            command = ["-m", "sampler", "draw", "--plan", str(case.plan)]
            command += ["--roster", str(material.roster(case.units)), "--seed", "1", "--seed", "2"]
            found = measured([*command, "--out", str(Path(folder, "out"))], case.runs)
        rows.append(
            (case.name, case.units, found.wall, found.processor, case.target, found.peak, case.runs)
        )
    head = ("plan", "units", "wall s", "processor s", "target s", "peak MB", "runs")
    note = "`python -m sampler draw` as a process, from start to the written bundle; medians."
    return Table("From file to certificate", head, rows, note)


def _by_step(material: Material) -> Table:
    found = [_steps(case, material) for case in CASES]
    head = ("plan", "units", *found[0])
    rows: list[tuple[Value, ...]] = [
        (case.name, case.units, *laps.values()) for case, laps in zip(CASES, found, strict=True)
    ]
    return Table("Where the seconds go", head, rows, "One run each, processor seconds.")


def _steps(case: Case, material: Material) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.stages", str(case.plan)]
    command.append(str(material.roster(case.units)))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    laps: dict[str, float] = json.loads(done.stdout)
    return laps
