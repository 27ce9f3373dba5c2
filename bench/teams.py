"""How long do the chances and the draw of teams take, and against a plain linear programme?

The programme is that of Jecmen et al. 2020 (NeurIPS): the largest score with a cap on every
pair, rounded at random. Each measurement is a process of its own, which prints JSON:
`python -m bench.teams` for all, `python -m bench.teams ours` and so on for one.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.tables import Table, surroundings
from sampler.lottery import round_arcs
from sampler.seeds import Coins, Contribution
from sampler.teams.problem import GRID, SlotCell, TeamProblem, TypeRow
from sampler.teams.rules import Rule
from sampler.teams.task import Affinity, Bar, Inspector, Slot, SlotKind, TeamTask, Visit

Ints = NDArray[np.int64]

PEOPLE, REGIONS, FIELDS = 6_000, 31, 10
FIRST_DAY = date(2026, 3, 2)
TASKS = (
    (25, "any"),
    (50, "any"),
    (100, "any"),
    (1_000, "region"),
    (2_700, "region"),
    (5_400, "region"),
)

VISITS, INSPECTORS, SEATS, LOAD, PER_PAIR = 500, 1_500, 3, 6, 20
"""The dense case: so many seats per visit, at most `LOAD` visits each, a cap of 1/20."""


class Laps:
    """Processor seconds of each step, and the peak memory of the process in MB (10^6)."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self._last = time.process_time()

    def lap(self, name: str) -> None:
        """A step ends."""
        now = time.process_time()
        self.found[name], self._last = now - self._last, now

    def end(self, **more: float) -> dict[str, Any]:
        """All figures."""
        # not that of `resource`, which begins with the peak of the parent
        status = dict(
            line.split(":") for line in Path("/proc/self/status").read_text().splitlines()
        )
        return {**self.found, **more, "peak": int(status["VmHWM"].split()[0]) * 1024 / 1e6}


# -- made-up tasks ---------------------------------------------------------------------


def task(visits: int, *, in_region: bool, seed: int = 1) -> TeamTask:
    """*visits* of four slots in twelve windows against `PEOPLE` with leave, expiring
    certificates and three individual bars for each visit; people of the visit's own
    region alone, or of any."""
    chance = random.Random(seed)
    people = tuple(_inspector(number, chance) for number in range(PEOPLE))
    made = [_visit(number, chance) for number in range(visits)]
    slots = tuple(slot for visit in made for slot in _slots(visit, in_region=in_region))
    bars = {
        Bar(visit.id, chance.choice(people).id, Rule.RECUSAL_DECLARED)
        for visit in made
        for _ in range(3)
    }
    points = Affinity(same_region=3, field_held=5)
    return TeamTask(tuple(made), slots, people, tuple(sorted(bars)), points, None, 2)


def _inspector(number: int, chance: random.Random) -> Inspector:
    officer = chance.random() < 0.85
    leave = FIRST_DAY + timedelta(chance.randrange(120))
    until = FIRST_DAY + timedelta(60 if chance.random() < 0.05 else 900)
    return Inspector(
        id=f"{number:05d}",
        department=f"部门{chance.randrange(3)}" if officer else "",
        region=f"地区{number % REGIONS:02d}",
        officer=officer,
        expert=not officer,
        leader=officer and chance.random() < 0.25,
        fields=frozenset(f"领域{i}" for i in chance.sample(range(FIELDS), chance.randint(1, 3))),
        certificate_until=until if officer else None,
        away=((leave, leave + timedelta(10)),) if chance.random() < 0.1 else (),
        availability=chance.choice((15, 20, 22)),
        capacity=20,
        per_window=4,
    )


def _visit(number: int, chance: random.Random) -> Visit:
    first = FIRST_DAY + timedelta(10 * (number % 12))
    return Visit(
        id=f"{number:04d}",
        window=f"{number % 12:02d}",
        first_day=first,
        last_day=first + timedelta(4),
        region=f"地区{number % REGIONS:02d}",
        fields=frozenset([f"领域{chance.randrange(FIELDS)}"]),
    )


def _slots(visit: Visit, *, in_region: bool) -> list[Slot]:
    asked: dict[str, dict[str, Any]] = {
        "组长": {"leader": True},
        "部门0": {"department": "部门0"},
        "部门1": {"department": "部门1"},
        "专家": {"kind": SlotKind.EXPERT},
    }
    home = frozenset([visit.region] if in_region else [])
    return [Slot(f"{visit.id}/{r}", visit.id, r, regions=home, **a) for r, a in asked.items()]


def whole_draw(visits: int, where: str) -> dict[str, Any]:
    """Processor seconds of a draw of teams from the task to its certificate."""
    from sampler.teams import procedure

    made = task(visits, in_region=where == "region")
    laps = Laps()
    prepared = procedure.prepare(made)
    laps.lap("prepare")
    worked = procedure.chances(prepared)
    laps.lap("chances")
    names = ["甲", "乙"]
    committed = procedure.commit(prepared, worked, names, salt_key="0" * 64, machine_share=None)
    laps.lap("commit")
    procedure.draw(committed, [Contribution(name, "1") for name in names])
    laps.lap("draw and alternates")
    table = worked.solved.table
    return laps.end(types=len(worked.problem.types), cells=len(table.amounts))


# -- the dense case --------------------------------------------------------------------


def scores() -> Ints:
    """(visits, inspectors) points from 0 to a million."""
    return np.random.default_rng(1).integers(0, 10**6, (VISITS, INSPECTORS))


def ours() -> dict[str, Any]:
    """Chances by the third aim alone (loads only have a limit), and one draw."""
    from sampler.teams.affinity import best_table, score_of
    from sampler.teams.assignment import Lots, Seat, whole_types
    from sampler.teams.cap import slot_caps

    points, everybody = scores(), np.arange(INSPECTORS, dtype=np.int64)
    laps = Laps()
    types = tuple(TypeRow(n, 1, 1, LOAD, LOAD) for n in range(INSPECTORS))
    slots = tuple(
        SlotCell(number, number // SEATS, 0, everybody, points[number // SEATS])
        for number in range(VISITS * SEATS)
    )
    problem = TeamProblem(types, slots)
    caps = slot_caps(problem, GRID // (PER_PAIR * SEATS))
    table = best_table(problem, caps, 0 * everybody, GRID * problem.capacity)
    score = score_of(problem, table)
    laps.lap("chances")
    anyone = frozenset(range(INSPECTORS))
    seats = [Seat(str(s.number), str(s.visit), "", anyone) for s in slots]
    whole_types(Lots(GRID, table.cells, seats, types, []), Coins("1", "bench"))
    laps.lap("draw")
    pairs = np.zeros((VISITS, INSPECTORS), dtype=np.int64)
    np.add.at(pairs, (table.slots // SEATS, table.types), table.amounts)
    return laps.end(score=float(score), cap=float(pairs.max() / GRID))


def plain() -> dict[str, Any]:
    """The same as one linear programme over all pairs, by SciPy, rounded at random."""
    from scipy.optimize import linprog
    from scipy.sparse import eye_array, kron

    points = scores()
    laps = Laps()
    per_visit = kron(eye_array(VISITS), np.ones((1, INSPECTORS)), format="csr")
    per_inspector = kron(np.ones((1, VISITS)), eye_array(INSPECTORS), format="csr")
    # its stubs know no sparse arrays
    answer = linprog(  # type: ignore[call-overload]
        -points.ravel().astype(np.float64),
        A_ub=per_inspector,
        b_ub=np.full(INSPECTORS, float(LOAD)),
        A_eq=per_visit,
        b_eq=np.full(VISITS, float(SEATS)),
        bounds=(0.0, 1 / PER_PAIR),
        method="highs",
    )
    laps.lap("chances")
    # its corner is a table of twentieths, but for the solver's last digits
    amounts = np.rint(answer.x * PER_PAIR).astype(np.int64).reshape(VISITS, INSPECTORS)
    round_arcs(_arcs(amounts), PER_PAIR, Coins("1", "bench"))
    laps.lap("draw")
    return laps.end(score=-float(answer.fun), cap=float(answer.x.max()))


def _arcs(amounts: Ints) -> list[tuple[object, object, int]]:
    loads = enumerate(amounts.sum(axis=0).tolist())
    arcs: list[tuple[object, object, int]] = [("all", ("inspector", i), n) for i, n in loads]
    visits, inspectors = np.nonzero(amounts)
    cells = zip(visits.tolist(), inspectors.tolist(), strict=True)
    return arcs + [(("inspector", i), ("visit", v), int(amounts[v, i])) for v, i in cells]


# -- tables ----------------------------------------------------------------------------

DENSE: dict[str, Callable[[], dict[str, Any]]] = {"ours": ours, "plain": plain}


def alone(*arguments: str) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "bench.teams", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run() -> list[Table]:
    """Growth with the visits, and the dense case beside the plain programme."""
    return [_growth(), _dense()]


def _growth() -> Table:
    head = ("visits", "inspectors from", "types", "cells", *STEPS, "all s", "peak MB")
    rows = []
    for visits, where in TASKS:
        found = alone(str(visits), where)
        steps = [found[name] for name in STEPS]
        figures = (found["types"], found["cells"], *steps, sum(steps), found["peak"])
        rows.append((f"{visits:,}", where, *figures))
    note = (
        f"Four slots each, {PEOPLE:,} inspectors, {REGIONS} regions, two alternates. "
        "Processor seconds."
    )
    return Table("Teams, from task to certificate", head, rows, note)


STEPS = ("prepare", "chances", "commit", "draw and alternates")


def _dense() -> Table:
    head = (
        "way",
        "chances s",
        "draw s",
        "score",
        "largest pair",
        "peak MB",
        "chances, times as fast",
        "both, times as fast",
    )
    found = {name: alone(name) for name in DENSE}
    rows = []
    for name, f in found.items():
        times = [_seconds(found["plain"], steps) / _seconds(f, steps) for steps in (1, 2)]
        rows.append((name, f["chances"], f["draw"], f["score"], f["cap"], f["peak"], *times))
    note = (
        f"{VISITS} visits of {SEATS} seats, {INSPECTORS:,} inspectors, all eligible, at most "
        f"{LOAD} visits each, no pair likelier than 1/{PER_PAIR}; "
        "points up to a million; processor seconds."
    )
    return Table("Beside one linear programme over all pairs", head, rows, note)


def _seconds(found: dict[str, Any], steps: int) -> float:
    """Of the chances, or of the chances and the draw."""
    return sum(float(found[name]) for name in ("chances", "draw")[:steps])


def main(arguments: list[str]) -> None:
    """All tables; or one measurement as JSON."""
    if arguments:
        first, *rest = arguments
        found = DENSE[first]() if first in DENSE else whole_draw(int(first), *rest)
        print(json.dumps(found))
        return
    about = surroundings()
    print(", ".join(f"{name}: {value}" for name, value in about.items()), "\n", flush=True)
    print("\n".join(table.markdown() for table in run()))


if __name__ == "__main__":
    main(sys.argv[1:])
