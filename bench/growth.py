"""How does the cost of a draw grow with units, types, fields and pools?

Counts are the measure; seconds stand beside them only relative to the smallest case of their
own table. Problems are made up, exact in every place and pool, and feasible by construction:
their counts are those of a panel that has been drawn.
"""

import cProfile
import pstats
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.material import WHOLE_PLAN, Material
from bench.metered import measured
from bench.tables import Table, Value
from sampler import cuts, flows, lottery
from sampler.cuts import leximin
from sampler.flows import Table as Chances
from sampler.flows import table_of
from sampler.lottery import Arc, round_arcs
from sampler.pools import Tree, nest
from sampler.quotas import Cross, Kind, Predicate, Problem, UnitType
from sampler.seeds import Coins

UNITS = (10_000, 53_834, 200_000, 1_000_000)
TYPES = (100, 1_000, 10_000)
FIELDS = (2, 4, 8, 12, 16)
POOLS = (1, 3, 7, 15, 31)
USUAL = {"types": 1_000, "fields": 8, "pools": 3}
UNITS_OF_A_TYPE = 20
PER_FIELD = 10
RUNS = 3

HEAD = (
    "types",
    "fields",
    "pools",
    "sets of fields screened",
    "cuts behind each",
    "exact judgements",
    "levels",
    "bits of the denominator",
    "augmenting searches",
    "cycles",
    "seconds, relative",
)


@dataclass(frozen=True)
class Cost:
    """What one draw took; only *seconds* depend on the machine."""

    screened: int
    judged: int
    levels: int
    bits: int
    searches: int
    cycles: int
    seconds: float


def run(material: Material) -> list[Table]:
    """By units as whole processes, by everything else on made-up problems."""
    return [
        _by_units(material),
        _by("types", TYPES, weights=50),
        _by("fields", FIELDS),
        _by("pools", POOLS),
    ]


# -- made-up problems ----------------------------------------------------------------------


def problem(types: int, fields: int, pools: int, weights: int = 1, seed: int = 1) -> Problem:
    """A made-up problem whose quotas nest.

    Parameters
    ----------
    types : >= 1; how many types are tried for: equal ones fall together.
    fields : places, 1 to `cuts.MOST_PLACES`; a type holds one, two or three of them.
    pools : cross quotas, each exact; two below each in a binary tree.
    weights : a type's weight is 1 up to this.
    """
    chance = random.Random(seed)
    found: Counter[tuple[tuple[int, ...], int, int]] = Counter()
    for _ in range(types):
        held = chance.sample(range(fields), min(fields, chance.choice((1, 1, 2, 3))))
        home = chance.randrange(1, pools + 2)
        weight = chance.randint(1, weights)
        found[tuple(sorted(held)), home, weight] += chance.randint(1, 2 * UNITS_OF_A_TYPE)
    for place in range(fields):
        found[(place,), 1, 1] += PER_FIELD
    unit_types = tuple(
        UnitType(number, Kind.ORDINARY, units, held, _above(home, pools), weight)
        for number, ((held, home, weight), units) in enumerate(sorted(found.items()), start=1)
    )
    return _with_quotas(unit_types, fields, pools, chance)


def _above(home: int, pools: int) -> tuple[bool, ...]:
    """Truth of each pool for a type at node *home*; node 1 is the whole draw."""
    path = set()
    while home > 1:
        path.add(home)
        home //= 2
    return tuple(node in path for node in range(2, pools + 2))


def _with_quotas(
    types: tuple[UnitType, ...], fields: int, pools: int, chance: random.Random
) -> Problem:
    drawn: Counter[int] = Counter()
    for place in range(fields):
        holders = [t for t in types if place in t.places]
        filled = 0
        while filled < PER_FIELD:
            (t,) = chance.choices(holders, [t.units for t in holders])
            if drawn[t.number] < t.units:
                drawn[t.number] += 1
                filled += 1
    counts = [sum(drawn[t.number] for t in types if t.cross[pool]) for pool in range(pools)]
    cross = tuple(
        Cross(f"pool {pool}", Predicate(), count, count) for pool, count in enumerate(counts)
    )
    names = tuple(f"field {place}" for place in range(fields))
    return Problem(fields * PER_FIELD, names, (PER_FIELD,) * fields, cross, types)


# -- one draw, counted -----------------------------------------------------------------------


def cost(made: Problem) -> Cost:
    """Counts from one profiled draw, seconds from `RUNS` others."""
    tree = nest(made)
    assert tree is not None, "pools of a tree never cross"
    profile = cProfile.Profile()
    levels, table, _ = profile.runcall(_draw, made, tree)
    calls = _Calls(profile)
    places = 1 << len(made.counts)
    return Cost(
        screened=calls.of(cuts, "_worst") * places,
        judged=calls.of(cuts, "judge"),
        levels=levels,
        bits=table.denominator.bit_length(),
        searches=calls.of(flows, "_depths"),
        cycles=calls.of(lottery, "_turn"),
        seconds=median(_seconds(made, tree) for _ in range(RUNS)),
    )


def _seconds(made: Problem, tree: Tree) -> float:
    begin = time.perf_counter()
    _draw(made, tree)
    return time.perf_counter() - begin


def _draw(made: Problem, tree: Tree) -> tuple[int, Chances, list[int]]:
    """Chances, table and whole units; the number of different levels comes first."""
    found = leximin(made, tree)
    mass = {t.number: t.units * t.weight for t in made.types}
    expected = {number: level.value * mass[number] for level in found for number in level.types}
    table = table_of(made, expected)
    whole = round_arcs(list(_arcs(tree, table)), table.denominator, Coins("1", "growth"))
    return len({level.value for level in found}), table, whole


def _arcs(tree: Tree, table: Chances) -> Iterator[Arc]:
    types = table.rows()
    into: Counter[int] = Counter()
    for number, amount in types.items():
        into[tree.home[number]] += amount
    for v in range(len(tree.pools) - 1, 0, -1):
        into[tree.pools[v].parent] += into[v]
        yield ("pool", tree.pools[v].parent), ("pool", v), into[v]
    for number, amount in types.items():
        yield ("pool", tree.home[number]), ("type", number), amount
    for number, place, amount in table.cells:
        yield ("type", number), ("place", place), amount


class _Calls:
    """How often each function of ours was called."""

    def __init__(self, profile: cProfile.Profile) -> None:
        self._calls: Counter[tuple[str, str]] = Counter()
        for (file, _, name), (_, calls, *_) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
            self._calls[file, name] += calls

    def of(self, module: object, name: str) -> int:
        """Calls of *name* in *module*; a function that is gone from there is a fault."""
        file = str(getattr(module, "__file__", ""))
        found = self._calls[file, name]
        if not found and f"def {name}(" not in Path(file).read_text(encoding="utf-8"):
            raise LookupError(f"{name} is no longer in {file}: count something else")
        return found


# -- tables ----------------------------------------------------------------------------------


def _by(what: str, values: Iterable[int], weights: int = 1) -> Table:
    found = []
    for value in values:
        made = problem(**{**USUAL, what: value}, weights=weights)
        found.append((made, cost(made)))
    first = found[0][1].seconds
    rows = [_row(made, spent, first) for made, spent in found]
    others = ", ".join(f"{value:,} {key}" for key, value in USUAL.items() if key != what)
    note = f"The others stay at {others}; weights up to {weights}."
    return Table(f"Growth with {what}", HEAD, rows, note)


def _row(made: Problem, spent: Cost, first: float) -> tuple[Value, ...]:
    return (
        len(made.types),
        len(made.counts),
        len(made.cross),
        spent.screened,
        1 << (len(made.cross) + 1),
        spent.judged,
        spent.levels,
        spent.bits,
        spent.searches,
        spent.cycles,
        spent.seconds / first,
    )


def _by_units(material: Material) -> Table:
    rows: list[tuple[Value, ...]] = []
    first = None
    for units in UNITS:
        roster = material.roster(units)
        with TemporaryDirectory() as folder:
            command = ["-m", "sampler", "draw", "--plan", str(WHOLE_PLAN), "--roster", str(roster)]
            spent = measured([*command, "--seed", "1", "--seed", "2", "--out", f"{folder}/out"])
        first = first or spent
        ratios = (spent.processor / first.processor, spent.peak / first.peak)
        rows.append((units, units / UNITS[0], *ratios, spent.peak * 1e6 / units / 1e3))
    head = ("units", "units, relative", "processor seconds, relative", "peak, relative", "kB/unit")
    note = "The 2023 plan on the whole roster, file to certificate, one process each."
    return Table("Growth with units", head, rows, note)
