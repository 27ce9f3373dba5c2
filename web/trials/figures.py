"""The figures that the page of chances shows, counted over types, never over units."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sampler.bottlenecks import bottlenecks
from sampler.commitment import Worked
from sampler.procedure import Prepared
from sampler.quotas import Kind, UnitType
from web.words.draws import bounds, percent

MOST_BARS = 12
"""With more levels of chance than this the chart shows ranges of chance."""

RANGES = 8
STEPS = tuple(Fraction(n, 100) for n in (100, 125, 150, 200, 250, 300, 400, 500, 600, 800, 1000))


@dataclass(frozen=True)
class PlaceRow:
    """One line of the table of quotas: what is asked, who could fill it, their chances."""

    name: str
    asked: str
    units: int
    least: Fraction
    mean: Fraction
    most: Fraction
    level: int | None


@dataclass(frozen=True)
class Bar:
    """Institutions of one level of chance, or of a range of chances."""

    label: str
    units: int


@dataclass(frozen=True)
class LevelRow:
    """A level of chance, how many institutions it holds, and why it is not higher."""

    number: int
    chance: str
    units: int
    sentence: str


@dataclass(frozen=True)
class Spread:
    """Smallest and largest chance of those that chance decides about, and how many have it."""

    least: Fraction
    most: Fraction
    at_least: int
    at_most: int
    units: int


def by_place(prepared: Prepared, worked: Worked) -> list[PlaceRow]:
    """A row for each place, in plan order."""
    problem = prepared.typed.problem
    level = _level_of(prepared, worked)
    return [
        _row(name, f"{count}", [t for t in problem.drawable if place in t.places], worked, level)
        for place, (name, count) in enumerate(zip(problem.names, problem.counts, strict=True))
    ]


def by_cross(prepared: Prepared, worked: Worked) -> list[PlaceRow]:
    """A row for each cross quota, in plan order."""
    problem = prepared.typed.problem
    level = _level_of(prepared, worked)
    return [
        _row(cross.name, bounds(cross), [t for t in problem.drawable if t.cross[i]], worked, level)
        for i, cross in enumerate(problem.cross)
    ]


def in_all(prepared: Prepared, worked: Worked) -> PlaceRow:
    """The row of all that can be drawn, each counted once."""
    drawable = prepared.typed.problem.drawable
    return _row("合计", f"{prepared.plan.n}", drawable, worked, {})


def _row(
    name: str,
    asked: str,
    types: Sequence[UnitType],
    worked: Worked,
    level: dict[int, int],
) -> PlaceRow:
    units = sum(t.units for t in types)
    if not units:
        return PlaceRow(name, asked, 0, Fraction(0), Fraction(0), Fraction(0), None)
    chance = {t.number: worked.chances[t.number] for t in types}
    lowest = min(chance, key=chance.__getitem__)
    mean = sum((chance[t.number] * t.units for t in types), Fraction(0)) / units
    most = max(chance.values())
    return PlaceRow(name, asked, units, chance[lowest], mean, most, level.get(lowest))


def _level_of(prepared: Prepared, worked: Worked) -> dict[int, int]:
    found = bottlenecks(prepared.typed.problem, worked.fair) if worked.fair else []
    return {t: number for number, b in enumerate(found, start=1) for t in b.level.types}


def levels(prepared: Prepared, worked: Worked) -> list[LevelRow]:
    """Every level with its bottleneck, lowest first; none on a path without bottlenecks."""
    problem = prepared.typed.problem
    units = {t.number: t.units for t in problem.types}
    rows = []
    found = bottlenecks(problem, worked.fair) if worked.fair else []
    for number, bottleneck in enumerate(found, start=1):
        types = bottleneck.level.types
        chances = sorted({worked.chances[t] for t in types})
        shown = percent(chances[0])
        if len(chances) > 1:
            shown += f"—{percent(chances[-1])}"
        total = sum(units[t] for t in types)
        rows.append(LevelRow(number, shown, total, bottleneck.sentence))
    return rows


def _chance_decides(prepared: Prepared, worked: Worked) -> Counter[Fraction]:
    ordinary = (t for t in prepared.typed.problem.drawable if t.kind is Kind.ORDINARY)
    counted: Counter[Fraction] = Counter()
    for t in ordinary:
        counted[worked.chances[t.number]] += t.units
    return counted


def spread(prepared: Prepared, worked: Worked) -> Spread | None:
    """The extremes; None if chance decides about nobody."""
    counted = _chance_decides(prepared, worked)
    if not counted:
        return None
    least, most = min(counted), max(counted)
    return Spread(least, most, counted[least], counted[most], counted.total())


def distribution(prepared: Prepared, worked: Worked, decimals: int) -> list[Bar]:
    """How many institutions have which chance, ascending."""
    counted = _chance_decides(prepared, worked)
    if len(counted) <= MOST_BARS:
        return [Bar(percent(chance, decimals), counted[chance]) for chance in sorted(counted)]
    width = round_up(max(counted)) / RANGES
    ranges: Counter[int] = Counter()
    for chance, units in counted.items():
        # a range holds its upper end: nobody stands above the last one
        ranges[max(0, -(-chance // width) - 1)] += units
    return [
        Bar(f"{percent(width * i, decimals)} 至 {percent(width * (i + 1), decimals)}", ranges[i])
        for i in range(RANGES)
    ]


def round_up(value: Fraction) -> Fraction:
    """The next round number at or above *value*, for the end of an axis; 1 for 0."""
    if not value:
        return Fraction(1)
    power = Fraction(1)
    while power >= value:
        power /= 10
    while power * 10 < value:
        power *= 10
    return next(step * power for step in STEPS if step * power >= value)
