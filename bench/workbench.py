"""How long does the planner wait when he changes a quota, and how much memory does a bench take?

`python -m bench.workbench PLAN ROSTER` is the programme that is measured: it loads a bench once
and asks it again and again, with one place moved from one field to another each time.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.material import COUNTRY, CROSSING_PLAN, NATIONAL, WHOLE_PLAN, Material
from bench.metered import measured
from bench.tables import Table, Value
from inspections.grounds import Ground, roster_from
from inspections.plan_content import PlanContent
from inspections.plan_toml import from_toml
from inspections.workbench import Bench, try_out

CHANGES = 60


@dataclass(frozen=True)
class Case:
    """A plan on a roster of *units*, and the seconds within which 95 in 100 answers must come."""

    name: str
    plan: Path
    units: int
    target: float


CASES = (
    Case("2023 quotas", WHOLE_PLAN, NATIONAL, 1),
    Case("2023 quotas", WHOLE_PLAN, COUNTRY, 3),
    Case("five crossing interval quotas", CROSSING_PLAN, COUNTRY, 3),
)


def run(material: Material) -> list[Table]:
    """Each case in a process of its own."""
    rows: list[tuple[Value, ...]] = []
    for case in CASES:
        command = ["-m", "bench.workbench", str(case.plan), str(material.roster(case.units))]
        done = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, check=True
        )
        found = json.loads(done.stdout)
        peak = measured(command).peak
        rows.append((case.name, case.units, *found.values(), case.target, peak))
    head = ("plan", "units", "load s", "first s", "median s", "p95 s", "p95 processor s",
            "target s", "peak MB")  # fmt: skip
    note = (
        f"{CHANGES} changes of a quota: who is left out, feasibility, levels, chances under all "
        "seven methods with their groups, extremes and loads. `first` loads SciPy where it is "
        "needed. The peak is that of the whole process."
    )
    return [Table("A quota is changed on the workbench", head, rows, note)]


def answered(plan: Path, roster: Path) -> dict[str, float]:
    """Seconds of loading, of the first answer, and of the answers to `CHANGES` changes."""
    begin = time.perf_counter()
    data = roster.read_bytes()
    rows = roster_from(data)
    ids = rows.cells["unit_id"]
    # one in forty out of business, one in twenty-five checked this year, as in the demo world
    bench = Bench(Ground(data, rows, dict.fromkeys(ids[::40], "停业"), dict.fromkeys(ids[::25], 1)))
    loaded = time.perf_counter()
    item = {"entry_id": 1, "number": "1", "name": "1", "yearly_cap": 1}
    content = from_toml(plan.read_bytes()).changed(check_items=[item])
    try_out(bench, content)
    first = time.perf_counter()
    waits = [_wait(bench, one) for one in _changed(content)]
    wall, processor = (sorted(column) for column in zip(*waits, strict=True))
    late = int(0.95 * CHANGES)
    return {
        "load": loaded - begin,
        "first": first - loaded,
        "median": wall[CHANGES // 2],
        "p95": wall[late],
        "p95 processor": processor[late],
    }


def _wait(bench: Bench, content: PlanContent) -> tuple[float, float]:
    """Seconds on the clock and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    try_out(bench, content)
    return time.perf_counter() - wall, time.process_time() - processor


def _changed(content: PlanContent) -> Iterator[PlanContent]:
    """The plan with one place moved, from each field to each other in turn."""
    size = len(content.fields)
    for number in range(CHANGES):
        fields = [quota.model_dump() for quota in content.fields]
        giver = number % size
        fields[giver]["count"] -= 1
        fields[(giver + 1 + number // size % (size - 1)) % size]["count"] += 1
        yield content.changed(fields=fields)


if __name__ == "__main__":
    print(json.dumps(answered(Path(sys.argv[1]), Path(sys.argv[2]))))
