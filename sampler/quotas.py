"""What a plan says, and what is left of it on a given frame.

A `Plan` is the planner's text. A `Problem` is the plan seen through one frame: the
places, the cross quotas and the *types* - groups of units that this plan cannot tell
apart. Everything about chances is solved over types, never over units.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

PUBLIC_COLUMNS = ("unit_id", "name", "fields", "qi_centre", "level", "province")
"""Columns published unless the plan says otherwise; all others are sealed."""

SINGLE_PLACE = "全部"
"""The one place of a plan without field quotas."""


LONGEST_TERM = 10**6
"""A fraction with a term as large as this is told in percent alone; the data has it whole."""


class Method(StrEnum):
    """How units are drawn; `FAIR` unless a plan prescribes a classical method."""

    FAIR = "fair"
    SIMPLE = "simple"
    PROPORTIONAL = "proportional"
    SEQUENTIAL = "sequential"
    SPS = "sps"
    PARETO = "pareto"
    SAMPFORD = "sampford"

    @property
    def fills_places(self) -> bool:
        """Whether it keeps the counts of `[fields]`; the others draw from one pool."""
        return self in (Method.FAIR, Method.SEQUENTIAL)


@dataclass(frozen=True)
class Predicate:
    """AND over columns, OR over the values of each; `fields` compares by membership.

    An empty predicate is true of every unit.
    """

    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it asks, in plan order."""
        return tuple(column for column, _ in self.terms)

    def as_json(self) -> list[list[Any]]:
        """The terms as committed."""
        # pairs, not an object: no key of a commitment is a user's text (simple sorting)
        return [[column, list(values)] for column, values in self.terms]


@dataclass(frozen=True)
class Cross:
    """A quota across the places: between *low* and *high* drawn units satisfy *where*."""

    name: str
    where: Predicate
    low: int
    high: int


@dataclass(frozen=True)
class Shares:
    """A figure for each value of the column *by*: integer weights, or announced ratios."""

    by: str
    values: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True)
class Factor:
    """Multiplies the weight of the units in *where*; *basis* is the lawful reason."""

    code: str
    where: Predicate
    times: int
    basis: str


@dataclass(frozen=True)
class Certain:
    """A unit that must be checked (回头看): chance 1; *field* fixes its place."""

    unit_id: str
    reason: str
    field: str | None = None


@dataclass(frozen=True)
class Excluded:
    """A unit that stays in the frame with chance 0, and why."""

    unit_id: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """A plan as its author wrote it (the keys of the plan file, in the same words)."""

    name: str
    n: int
    method: Method = Method.FAIR
    other: str | None = None
    eligible: Predicate = Predicate()
    cap: Fraction = Fraction(1)
    fields: tuple[tuple[str, int], ...] = ()
    cross: tuple[Cross, ...] = ()
    weights: Shares | None = None
    ratios: Shares | None = None
    factors: tuple[Factor, ...] = ()
    certain: tuple[Certain, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    reserves: int = 0
    publish: tuple[str, ...] = PUBLIC_COLUMNS

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Name and count of each place, in plan order; they sum to n."""
        return self.fields or ((SINGLE_PLACE, self.n),)

    @property
    def filled_places(self) -> tuple[tuple[str, int], ...]:
        """The places that the plan's method keeps; one of n if it keeps none."""
        return self.places if self.method.fills_places else ((SINGLE_PLACE, self.n),)

    @property
    def columns(self) -> set[str]:
        """Columns the plan reads besides `unit_id`."""
        predicates = [
            self.eligible,
            *(c.where for c in self.cross),
            *(f.where for f in self.factors),
        ]
        read = {column for predicate in predicates for column in predicate.columns}
        read |= {shares.by for shares in (self.weights, self.ratios) if shares}
        return read | ({"fields"} if self.fields else set())

    def as_json(self) -> dict[str, Any]:
        """The plan as committed: only text, small integers, lists and objects."""
        return {
            "name": self.name,
            "n": self.n,
            "method": self.method.value,
            "other": self.other,
            "eligible": self.eligible.as_json(),
            "cap": ratio_text(self.cap),
            "fields": [[name, count] for name, count in self.fields],
            "cross": [
                {"name": c.name, "where": c.where.as_json(), "min": c.low, "max": c.high}
                for c in self.cross
            ],
            "weights": _shares_json(self.weights),
            "ratios": _shares_json(self.ratios),
            "factor": [
                {"code": f.code, "where": f.where.as_json(), "times": f.times, "basis": f.basis}
                for f in self.factors
            ],
            "certain": [
                {"unit_id": c.unit_id, "reason": c.reason, "field": c.field} for c in self.certain
            ],
            "excluded": [{"unit_id": e.unit_id, "reason": e.reason} for e in self.excluded],
            "reserves": self.reserves,
            "publish": list(self.publish),
        }


def ratio_text(value: Fraction) -> str:
    """A rational number as `num/den`, lowest terms, denominator always written."""
    return f"{value.numerator}/{value.denominator}"


def _shares_json(shares: Shares | None) -> dict[str, Any] | None:
    if shares is None:
        return None
    return {"by": shares.by, "values": [[value, ratio_text(x)] for value, x in shares.values]}


class Kind(StrEnum):
    """Why a type of units has the chance it has."""

    ORDINARY = "ordinary"  # drawn by chance
    CERTAIN = "certain"  # must be checked: chance 1
    EXCLUDED = "excluded"  # named in [[excluded]]: chance 0
    OUTSIDE = "outside"  # not eligible under the plan: chance 0


@dataclass(frozen=True)
class UnitType:
    """Units that the plan cannot tell apart, and which therefore share one chance.

    *places* are indices into the problem's places, ascending; *cross* holds the truth of
    each cross quota; *weight* >= 0 is the integer target per unit (see `Problem.scale`).
    """

    number: int
    kind: Kind
    units: int
    places: tuple[int, ...] = ()
    cross: tuple[bool, ...] = ()
    weight: int = 1

    @property
    def mask(self) -> int:
        """The places as bits."""
        return sum(1 << place for place in self.places)


@dataclass(frozen=True)
class Problem:
    """A plan on a frame: what the mathematics needs, and nothing else.

    Attributes
    ----------
    names, counts : places in plan order; `counts` sums to *n*.
    cross : the cross quotas in plan order.
    types : every type of the frame, numbered from 1 in a canonical order; only
        `drawable` ones take part in the draw.
    cap : largest chance of a unit that is not certain, 0 < cap <= 1.
    scale : `weight / scale` is the announced ratio of a unit when the plan gives ratios,
        its relative weight otherwise (then 1).
    """

    n: int
    names: tuple[str, ...]
    counts: tuple[int, ...]
    cross: tuple[Cross, ...]
    types: tuple[UnitType, ...]
    cap: Fraction = Fraction(1)
    scale: int = 1
    by_ratio: bool = False

    @property
    def drawable(self) -> tuple[UnitType, ...]:
        """Types that can be drawn at all: certain, or ordinary with a place and a weight."""
        return tuple(t for t in self.types if self.upper(t) > 0)

    def upper(self, t: UnitType) -> Fraction:
        """Largest expected number of drawn units of type *t*."""
        if t.kind is Kind.CERTAIN:
            return Fraction(t.units)
        if t.kind is Kind.ORDINARY and t.places and t.weight:
            return self.cap * t.units
        return Fraction(0)


Chances = Mapping[int, Fraction]
"""Chance of one unit of each type, by type number; 0 <= p <= 1."""
