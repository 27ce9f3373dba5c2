"""The chances of a plan seen from several sides: by place, by group of institutions, by who is
certain or cannot be drawn at all, and by the work that they mean for each province.

Figures of groups are floating-point numbers, for charts and tables; what is exact stays so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sampler.inputs.cells import members
from sampler.inputs.predicates import codes
from sampler.procedure import Prepared
from sampler.quotas import Chances, Kind, Problem, UnitType

Floats = NDArray[np.float64]

VIEWS = ("field", "province", "credit_class", "qi_centre", "level", "fields_held")
"""Sides from which groups are seen; `fields_held` is the number of the plan's fields."""

MOST_NAMED = 100
"""Units that are named one by one; beyond it they are counted."""

MOST_HELD = 4
"""Four fields and more are one group."""


@dataclass(frozen=True)
class Quota:
    """A place or a cross quota, and what those who could fill it can expect.

    Attributes
    ----------
    least, most : drawn units; equal for a place.
    units : that could be drawn for it; centres : of these quality-inspection centres.
    smallest, mean, largest : chance of such a unit to be drawn at all; None if the plan cannot
        be drawn, or nobody could fill it.
    """

    name: str
    is_cross: bool
    least: int
    most: int
    units: int
    smallest: Fraction | None = None
    mean: Fraction | None = None
    largest: Fraction | None = None


@dataclass(frozen=True)
class Group:
    """Units that have something in common, of those that can be drawn at all.

    Attributes
    ----------
    expected : of them drawn, the sum of their chances.
    """

    name: str
    units: int
    smallest: float
    mean: float
    largest: float
    expected: float


@dataclass(frozen=True)
class Load:
    """The work of a province: visits to expect, and inspectors to make them."""

    province: str
    visits: float
    inspectors: int

    @property
    def per_inspector(self) -> float | None:
        """Visits of each inspector when two go together; None if there is nobody."""
        return 2 * self.visits / self.inspectors if self.inspectors else None

    @property
    def too_few(self) -> bool:
        """Whether not even one pair of officers is there for the visits to expect."""
        return self.visits > 0 and self.inspectors < 2


class Why(StrEnum):
    """Why a unit has chance 0 or 1."""

    EXCLUDED = "excluded"
    OUTSIDE = "outside"
    NO_PLACE = "no_place"
    WEIGHT_ZERO = "weight_zero"
    QUOTA_ZERO = "quota_zero"
    CERTAIN = "certain"
    ALL_NEEDED = "all_needed"
    AT_CAP = "at_cap"

    @property
    def label(self) -> str:
        """The cause in words."""
        return {
            "excluded": "已排除，理由见排除名单",
            "outside": "不在抽查范围内",
            "no_place": "不具备任何有名额的领域",
            "weight_zero": "权重为 0",
            "quota_zero": "所在类别的定额为 0",
            "certain": "列为必查",
            "all_needed": "名额不少于可抽的机构，必然抽中",
            "at_cap": "正好是概率上限",
        }[self.value]


@dataclass(frozen=True)
class Extreme:
    """Units of chance 0, 1 or just the cap, and why; the first of them by id and name."""

    chance: Fraction
    why: Why
    units: int
    named: tuple[tuple[str, str], ...]

    @property
    def intended(self) -> bool:
        """Whether the plan itself says so; what it does not say deserves a warning."""
        return self.why in (Why.EXCLUDED, Why.OUTSIDE, Why.WEIGHT_ZERO, Why.CERTAIN)


# -- quotas ------------------------------------------------------------------------------------


def quotas(prepared: Prepared, chances: Chances | None) -> list[Quota]:
    """The places in plan order, then the cross quotas."""
    problem = prepared.typed.problem
    found = []
    for place, (name, count) in enumerate(zip(problem.names, problem.counts, strict=True)):
        types = [t for t in problem.drawable if place in t.places]
        found.append(_quota(name, False, (count, count), types, chances))
    for index, cross in enumerate(problem.cross):
        types = [t for t in problem.drawable if t.cross[index]]
        found.append(_quota(cross.name, True, (cross.low, cross.high), types, chances))
    return found


def _quota(
    name: str,
    is_cross: bool,
    bounds: tuple[int, int],
    types: Sequence[UnitType],
    chances: Chances | None,
) -> Quota:
    units = sum(t.units for t in types)
    told = Quota(name, is_cross, *bounds, units)
    if chances is None or not units:
        return told
    values = [chances[t.number] for t in types]
    # exact means of hundreds of fractions grow without bound; six digits are shown
    mean = Fraction(sum(float(chances[t.number]) * t.units for t in types) / units)
    return Quota(name, is_cross, *bounds, units, min(values), mean, max(values))


# -- groups ------------------------------------------------------------------------------------


def groups(prepared: Prepared, chances: Chances) -> dict[str, list[Group]]:
    """The drawable units by each of `VIEWS`, groups in order of their names."""
    known = _Known(prepared, chances)
    found = {"field": known.by_field(), "fields_held": known.by_fields_held()}
    for column in ("province", "credit_class", "qi_centre", "level"):
        found[column] = known.by_column(column)
    return found


_members = lru_cache(maxsize=2**16)(members)
"""A roster has some thousands of different lists of fields, and every question asks all."""


class _Known:
    """Chances of the drawable rows, gathered by the distinct cells of a column."""

    def __init__(self, prepared: Prepared, chances: Chances) -> None:
        problem = prepared.typed.problem
        by_type = np.full(len(problem.types) + 1, np.nan)
        for t in problem.drawable:
            by_type[t.number] = float(chances[t.number])
        every = by_type[prepared.typed.numbers]
        self.rows = np.flatnonzero(~np.isnan(every))
        self.chances: Floats = every[self.rows]
        self.roster = prepared.roster
        self.places = [name for name, _ in prepared.plan.fields]

    def by_column(self, column: str) -> list[Group]:
        if column not in self.roster.cells:
            return []
        return sorted(self._cells(column), key=lambda group: group.name)

    def by_field(self) -> list[Group]:
        """A unit counts in every field it holds."""
        parts: dict[str, list[Group]] = {}
        for group in self._cells("fields"):
            for name in _members(group.name):
                parts.setdefault(name, []).append(group)
        return [_merged(name, parts[name]) for name in sorted(parts)]

    def by_fields_held(self) -> list[Group]:
        parts: dict[int, list[Group]] = {}
        for group in self._cells("fields"):
            held = sum(name in self.places for name in _members(group.name))
            parts.setdefault(min(held, MOST_HELD), []).append(group)
        return [_merged(str(number), parts[number]) for number in sorted(parts)]

    def _cells(self, column: str) -> Iterator[Group]:
        values, every = codes(self.roster, column)
        index = every[self.rows]
        units = np.bincount(index, minlength=len(values))
        total = np.bincount(index, weights=self.chances, minlength=len(values))
        smallest, largest = np.ones(len(values)), np.zeros(len(values))
        np.minimum.at(smallest, index, self.chances)
        np.maximum.at(largest, index, self.chances)
        columns = (units.tolist(), smallest.tolist(), largest.tolist(), total.tolist())
        for name, count, low, high, summed in zip(values, *columns, strict=True):
            if count:
                yield Group(name, count, low, summed / count, high, summed)


def _merged(name: str, parts: Sequence[Group]) -> Group:
    units, expected = sum(g.units for g in parts), sum(g.expected for g in parts)
    smallest, largest = min(g.smallest for g in parts), max(g.largest for g in parts)
    return Group(name, units, smallest, expected / units, largest, expected)


def loads(provinces: Sequence[Group], inspectors: Mapping[str, int]) -> list[Load]:
    """The work of each province that can expect any, or has inspectors."""
    visits = {group.name: group.expected for group in provinces}
    names = sorted(visits.keys() | inspectors.keys())
    return [Load(name, visits.get(name, 0.0), inspectors.get(name, 0)) for name in names]


# -- extremes ----------------------------------------------------------------------------------


def extremes(prepared: Prepared, chances: Chances, *, exact: bool = True) -> list[Extreme]:
    """Who cannot be drawn, who is certain, and who is held down by the cap: never silently.

    Of estimated chances (not *exact*) only what the plan itself says is told: a unit that was
    drawn in no virtual draw may still be drawn.
    """
    problem = prepared.typed.problem
    found: dict[Why, list[UnitType]] = {}
    for t in problem.types:
        why = _why(problem, t, chances[t.number])
        if why is not None and (exact or why not in _OF_CHANCES):
            found.setdefault(why, []).append(t)
    return [_extreme(prepared, why, found[why], chances) for why in Why if why in found]


_OF_CHANCES = (Why.QUOTA_ZERO, Why.ALL_NEEDED, Why.AT_CAP)


def _why(problem: Problem, t: UnitType, chance: Fraction) -> Why | None:
    if t.kind is not Kind.ORDINARY:
        return Why(t.kind.value)
    if chance == 1:
        return Why.ALL_NEEDED
    if chance == problem.cap:
        return Why.AT_CAP
    if chance:
        return None
    if not t.places:
        return Why.NO_PLACE
    return Why.QUOTA_ZERO if t.weight else Why.WEIGHT_ZERO


def _extreme(prepared: Prepared, why: Why, types: Sequence[UnitType], chances: Chances) -> Extreme:
    numbers = [t.number for t in types]
    cells = prepared.roster.cells
    named: tuple[tuple[str, str], ...] = ()
    if why is not Why.OUTSIDE:
        rows = np.flatnonzero(np.isin(prepared.typed.numbers, numbers))[:MOST_NAMED].tolist()
        named = tuple((cells["unit_id"][row], cells["name"][row]) for row in rows)
    return Extreme(chances[numbers[0]], why, sum(t.units for t in types), named)
