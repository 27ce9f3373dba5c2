"""Are our chances at least as fair as the best peer's, and how much sooner are they there?"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median

from bench import peer
from bench.instances import Instance, as_problem, family, read_instances, skewed
from bench.tables import Table, Value
from sampler.fairness import Fair, fair_chances
from sampler.quotas import Problem
from sampler.report import gini

SIZES = (300, 500, 750)

RUNS = 5
ENOUGH = 10.0
"""Seconds after which our own run is not repeated again."""

TOLERANCE = 1e-6
"""A solver's optimum is known to about this; less is no difference in chance."""

HEAD = (
    "instance",
    "pool, panel",
    "ours: smallest",
    "ours: Gini",
    "ours: s",
    "peer",
    "peer: smallest",
    "peer: Gini",
    "peer: s",
    "times as fast",
    "not worse",
)


@dataclass(frozen=True)
class Spread:
    """Smallest chance and Gini coefficient over the people of a pool."""

    smallest: float
    gini: float

    def not_worse_than(self, other: "Spread") -> bool:
        """Whether both figures are as good, up to what a solver can tell."""
        return self.smallest >= other.smallest - TOLERANCE and self.gini <= other.gini + TOLERANCE


def spread(chances: list[tuple[Fraction, int]]) -> Spread:
    """Of (chance, people) pairs."""
    values = sorted(chances)
    return Spread(float(values[0][0]), float(gini(values)))


def run(folder: Path | None, patience: float) -> list[Table]:
    """Ours and the peer's, instance by instance, in one run."""
    rows = [row for instance in instances(folder) for row in _compared(instance, patience)]
    note = (
        f"Ours: from the people to a checked lottery, median of up to {RUNS} runs in this process. "
        "Peer: its search alone, one run in a process of its own. Chances in per cent; "
        f"“not worse”: smallest chance and Gini within {TOLERANCE:g}."
    )
    if folder is None:
        note += " The published instances were not found and are skipped (`--instances`)."
    if not peer.installed():
        note += " The peer is not installed (`make bench` installs it)."
    elif peer.LEXIMIN not in peer.methods():
        note += " The peer's leximin wants gurobipy, which is not installed: maximin alone."
    return [Table("As fair as the best peer, and how much sooner?", HEAD, rows, note)]


def instances(folder: Path | None) -> Iterator[Instance]:
    """The published ones, the families of the peer's own benchmark, and skewed pools."""
    yield from read_instances(folder) if folder else ()
    for size in SIZES:
        yield family(size)
    for size in SIZES:
        yield family(size, tight=True)
    yield skewed(120, 18, 4)
    yield skewed(240, 24, 5)
    yield skewed(360, 30, 7)


def _compared(instance: Instance, patience: float) -> Iterator[tuple[Value, ...]]:
    ours, seconds = _ours(instance)
    size = f"{len(instance.people):,}, {instance.panel}"
    own: tuple[Value, ...] = (instance.name, size, *_in_words(ours), seconds)
    if not peer.installed():
        yield (*own, None, None, None, None, None, None)
        return
    for method in peer.methods():
        answer = peer.ask(instance, method, patience)
        if answer.seconds is None:
            ratio = f"> {patience / seconds:,.0f}" if answer.why.startswith("no end") else None
            yield (*own, f"{method}: {answer.why}", None, None, None, ratio, None)
            continue
        theirs = spread([(Fraction(chance), 1) for chance in answer.chances])
        verdict = "yes" if ours.not_worse_than(theirs) else "NO"
        ratio = f"{answer.seconds / seconds:,.0f}"
        yield (*own, method, *_in_words(theirs), answer.seconds, ratio, verdict)


def _in_words(found: Spread) -> tuple[str, str]:
    return f"{100 * found.smallest:.4f}", f"{found.gini:.4f}"


def _ours(instance: Instance) -> tuple[Spread, float]:
    times: list[float] = []
    while len(times) < RUNS and sum(times) < ENOUGH:
        begin = time.perf_counter()
        fair = fair_chances(problem := as_problem(instance))
        _check(fair, problem)
        times.append(time.perf_counter() - begin)
    return spread([(fair.chances[t.number], t.units) for t in problem.types]), median(times)


def _check(fair: Fair, problem: Problem) -> None:
    if fair.panels:
        fair.panels.lottery.check(problem)
