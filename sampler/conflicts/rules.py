"""A plan taken apart into rules, and any set of rules as rows over a table of drawn units.

A *table* y[type, place] >= 0 says how many units of each type are drawn for each place.
The roster itself (no type gives more than it holds) always binds; everything else is a
`Rule` that can be in force or not. Types are merged by what the rules in force can tell
apart, so a question about two places of a roster with thousands of types is a question
about three groups.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sampler.quotas import SINGLE_PLACE, Kind, Problem, UnitType

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

ELSEWHERE = -1
"""Stands for every place whose count is not in force."""


MOST_GROUPS = 3
"""More groups of certain units than these are told as one: nobody reads a list of fifty."""


class RuleKind(StrEnum):
    """What a rule of a plan speaks about."""

    PLACE = "place"
    CROSS_MIN = "cross_min"
    CROSS_MAX = "cross_max"
    CERTAIN = "certain"
    CAP = "cap"
    TOTAL = "total"


@dataclass(frozen=True)
class Rule:
    """One thing a plan asks for; *index* counts places, cross quotas or certain groups."""

    kind: RuleKind
    index: int = 0


CAP = Rule(RuleKind.CAP)
TOTAL = Rule(RuleKind.TOTAL)


class CertainGroup(NamedTuple):
    """Certain units with the same places (as bits) and the same cross quotas (as bits)."""

    mask: int
    crossed: int
    units: int


class Group(NamedTuple):
    """Units that the rules in force cannot tell apart.

    *certain* is the index of their group while that group matters, else -1; *capped* units
    are those drawn by chance.
    """

    certain: int
    capped: bool
    mask: int
    elsewhere: bool
    crossed: int

    @property
    def seats(self) -> tuple[int, ...]:
        """Places that these units can fill."""
        return (*bits(self.mask), *((ELSEWHERE,) if self.elsewhere else ()))


@dataclass(frozen=True)
class Model:
    """The rules in force as rows, low <= matrix @ y <= high, all in integers.

    Attributes
    ----------
    rows : the place, cross quota (as its minimum) or total of each of the first R rows;
        one more row for each group follows.
    groups, units : (G,) the merged types and how many units each holds.
    columns : (C,) group and place of each entry of the table.
    matrix : (R + G, C) sparse, zeros and ones.
    low, high : (R + G,) bounds; infinite where a rule is watched and not in force.
    """

    rows: tuple[Rule, ...]
    groups: tuple[Group, ...]
    units: tuple[int, ...]
    columns: tuple[tuple[int, int], ...]
    matrix: Any
    low: Floats
    high: Floats

    def row(self, rule: Rule) -> Integers:
        """(C,) which entries of the table the *rule* counts."""
        if rule.kind is RuleKind.CERTAIN:
            marks = [self.groups[g].certain == rule.index for g, _ in self.columns]
            return np.array(marks, dtype=np.int64)
        position = self.rows.index(_row_of(rule))
        return np.asarray(self.matrix[[position]].toarray()[0], dtype=np.int64)

    def admits(self, table: Integers) -> bool:
        """Whether the integer *table* (C,) keeps every row, checked without rounding."""
        sums = self.matrix.astype(np.int64) @ table
        return bool((table >= 0).all() and (sums >= self.low).all() and (sums <= self.high).all())


class Rulebook:
    """The rules of one problem, and the rows of any set of them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    @cached_property
    def certain(self) -> tuple[CertainGroup, ...]:
        """The certain units, grouped, in canonical order."""
        units: dict[tuple[int, int], int] = defaultdict(int)
        for t in self.problem.types:
            if t.kind is Kind.CERTAIN:
                units[t.mask, _crossed(t)] += t.units
        return tuple(CertainGroup(*key, units[key]) for key in sorted(units))

    def certain_name(self, group: CertainGroup) -> str:
        """How a planner recognises the group: by its places and cross quotas."""
        names, cross = self.problem.names, [c.name for c in self.problem.cross]
        places = "".join(f"“{names[place]}”" for place in bits(group.mask))
        crossed = "".join(f"“{cross[index]}”" for index in bits(group.crossed))
        only = f"限{places}" if places else "无可占用的领域"
        only = "" if names == (SINGLE_PLACE,) and places else only
        told = "，".join([only] * bool(only) + [f"属{crossed}"] * bool(crossed))
        return f"必查单位（{told}）" if told else "必查单位"

    def certain_named(self, rules: Iterable[Rule]) -> list[tuple[str, int]]:
        """Name and units of the certain groups among *rules*; many of them as one.

        An irreducible set stays so when some of its rules are tied into one.
        """
        groups = [self.certain[rule.index] for rule in rules if rule.kind is RuleKind.CERTAIN]
        if len(groups) > MOST_GROUPS:
            return [(f"必查单位（{len(groups)} 类）", sum(group.units for group in groups))]
        return [(self.certain_name(group), group.units) for group in groups]

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the plan that can bind, in plan order."""
        plan = self.problem
        rules = [Rule(RuleKind.PLACE, place) for place in range(len(plan.counts))]
        for index, cross in enumerate(plan.cross):
            rules += [Rule(RuleKind.CROSS_MIN, index)] if cross.low > 0 else []
            rules += [Rule(RuleKind.CROSS_MAX, index)] if cross.high < plan.n else []
        rules += [Rule(RuleKind.CERTAIN, index) for index in range(len(self.certain))]
        return tuple(rules + ([CAP] if plan.cap < 1 else []))

    @cached_property
    def laminar(self) -> bool:
        """Whether any two cross quotas are nested or disjoint on the units that can be drawn."""
        seen = {crossed for _, _, crossed in self.types}
        crossings = range(len(self.problem.cross))
        return not any(
            {(1, 0), (0, 1), (1, 1)} <= {(mask >> a & 1, mask >> b & 1) for mask in seen}
            for a in crossings
            for b in range(a)
        )

    @cached_property
    def types(self) -> dict[tuple[int, int, int], int]:
        """Units that can be drawn, by certain group (or -1), places and cross quotas."""
        numbers = {(g.mask, g.crossed): index for index, g in enumerate(self.certain)}
        units: dict[tuple[int, int, int], int] = defaultdict(int)
        for t in self.problem.drawable:
            crossed = _crossed(t)
            group = numbers[t.mask, crossed] if t.kind is Kind.CERTAIN else -1
            units[group, t.mask, crossed] += t.units
        return dict(sorted(units.items()))

    def model(self, rules: Collection[Rule], watched: Collection[Rule] = ()) -> Model:
        """The *rules* as rows; what *watched* ones count is told apart, not in force."""
        seen = {*rules, *watched}
        rows = tuple(sorted({_row_of(r) for r in seen if r.kind in _ROWS}, key=_plan_order))
        merged = self._merged(rows, {r.index for r in seen if r.kind is RuleKind.CERTAIN})
        groups, units = tuple(merged), tuple(merged.values())
        columns = tuple((g, seat) for g, group in enumerate(groups) for seat in group.seats)
        bounds = [self._bounds(row, rules) for row in rows]
        bounds += [
            (n if Rule(RuleKind.CERTAIN, group.certain) in rules else 0, n)
            for group, n in merged.items()
        ]
        low, high = np.array(bounds, dtype=float).reshape(-1, 2).T
        return Model(rows, groups, units, columns, _matrix(rows, groups, columns), low, high)

    def _merged(self, rows: Iterable[Rule], certain: Collection[int]) -> dict[Group, int]:
        asked: dict[RuleKind, int] = defaultdict(int)
        for row in rows:
            asked[row.kind] |= 1 << row.index
        places, crossings = asked[RuleKind.PLACE], asked[RuleKind.CROSS_MIN]
        merged: dict[Group, int] = defaultdict(int)
        for (group, mask, crossed), units in self.types.items():
            own = group if group in certain else -1
            elsewhere = bool(mask & ~places)
            merged[Group(own, group < 0, mask & places, elsewhere, crossed & crossings)] += units
        return dict(merged)

    def _bounds(self, row: Rule, rules: Collection[Rule]) -> tuple[float, float]:
        plan = self.problem
        if row.kind is RuleKind.CROSS_MIN:
            cross = plan.cross[row.index]
            low = cross.low if row in rules else -np.inf
            return low, cross.high if Rule(RuleKind.CROSS_MAX, row.index) in rules else np.inf
        if row not in rules:
            return -np.inf, np.inf
        count = plan.n if row.kind is RuleKind.TOTAL else plan.counts[row.index]
        return count, count


_ROWS = (RuleKind.PLACE, RuleKind.CROSS_MIN, RuleKind.CROSS_MAX, RuleKind.TOTAL)


def bits(mask: int) -> tuple[int, ...]:
    """Positions of the ones of *mask*, ascending."""
    return tuple(index for index in range(mask.bit_length()) if mask >> index & 1)


def _matrix(
    rows: tuple[Rule, ...], groups: tuple[Group, ...], columns: tuple[tuple[int, int], ...]
) -> Any:
    from scipy.sparse import csr_array

    where = {row: position for position, row in enumerate(rows)}
    at: list[int] = []
    entries: list[int] = []
    for entry, (g, seat) in enumerate(columns):
        met = [Rule(RuleKind.PLACE, seat), TOTAL]
        met += [Rule(RuleKind.CROSS_MIN, index) for index in bits(groups[g].crossed)]
        counted = [where[rule] for rule in met if rule in where] + [len(rows) + g]
        at += counted
        entries += [entry] * len(counted)
    shape = (len(rows) + len(groups), len(columns))
    return csr_array((np.ones(len(at)), (at, entries)), shape=shape)


def _plan_order(rule: Rule) -> tuple[int, int]:
    return _ROWS.index(rule.kind), rule.index


def _row_of(rule: Rule) -> Rule:
    """The row that carries the rule: both bounds of a cross quota share one."""
    return Rule(RuleKind.CROSS_MIN, rule.index) if rule.kind is RuleKind.CROSS_MAX else rule


def _crossed(t: UnitType) -> int:
    return sum(1 << index for index, met in enumerate(t.cross) if met)
