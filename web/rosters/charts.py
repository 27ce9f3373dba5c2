"""Charts of the rosters as geometry: provinces as tiles, totals as a histogram.

Everything stands at its place in units of a view box; templates only draw it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.regions import Region, provinces
from rosters.risk.indicators import Bands

TILE, GAP = 40, 4
SHADES = 4
"""Steps of colour above none."""

PLACES: tuple[str, ...] = (
    "-- -- -- -- -- -- -- -- 23",
    "65 -- -- -- -- 15 -- -- 22",
    "66 -- 62 64 14 13 11 12 21",
    "-- -- 63 61 41 37 -- -- --",
    "-- 54 51 50 42 34 32 31 --",
    "-- -- -- 52 43 36 33 -- --",
    "-- -- 53 45 44 35 -- -- --",
    "-- -- -- -- 46 -- -- -- --",
)
"""Where each province stands, by the digits of its code, roughly as on a map."""


@dataclass(frozen=True)
class Tile:
    """A province: where it stands, its number, and how dark it is, 0 for none."""

    region: Region
    number: int
    shade: int
    x: int
    y: int


@dataclass(frozen=True)
class TileMap:
    """All provinces with their numbers.

    Attributes
    ----------
    key : the numbers that each shade stands for, the lightest first.
    """

    tiles: Sequence[Tile]
    width: int
    height: int
    key: Sequence[tuple[int, str]]


def tile_map(numbers: Mapping[Region, int]) -> TileMap:
    """The provinces with their numbers; those without any stand there too, empty."""
    known = {province.code[:2]: province for province in provinces()}
    most = max(numbers.values(), default=0)
    tiles = [
        Tile(known[digits], n := numbers.get(known[digits], 0), _shade(n, most), x, y)
        for digits, x, y in _places()
    ]
    across = len(PLACES[0].split())
    step = TILE + GAP
    return TileMap(tiles, across * step - GAP, len(PLACES) * step - GAP, list(_key(most)))


def _places() -> Iterator[tuple[str, int, int]]:
    for row, line in enumerate(PLACES):
        for column, digits in enumerate(line.split()):
            if digits != "--":
                yield digits, column * (TILE + GAP), row * (TILE + GAP)


def _shade(number: int, most: int) -> int:
    """Equal steps from zero: twice as dark is twice as many."""
    return -(-number * SHADES // most) if number else 0


def _key(most: int) -> Iterator[tuple[int, str]]:
    bounds = [most * shade // SHADES for shade in range(SHADES + 1)]
    for shade, (below, end) in enumerate(pairwise(bounds), 1):
        if end > below:
            yield shade, f"{below + 1:,}—{end:,}" if end > below + 1 else f"{end:,}"


# -- totals ------------------------------------------------------------------------------------

WIDTH, HEIGHT = 960, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 44, 252
MOST_BARS = 30
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)


@dataclass(frozen=True)
class Bar:
    """How many have a total from *least* to *last*."""

    least: int
    last: int
    number: int
    x: float
    y: float
    width: float
    height: float

    @property
    def words(self) -> str:
        """The totals it stands for."""
        return f"{self.least}" if self.least == self.last else f"{self.least} 至 {self.last}"


@dataclass(frozen=True)
class Span:
    """The part of the axis that belongs to a class, with the line at which it begins."""

    label: str
    x: float
    middle: float
    begins: bool


@dataclass(frozen=True)
class Histogram:
    """A histogram with its axes; bars begin at zero."""

    bars: Sequence[Bar]
    spans: Sequence[Span]
    ticks: Sequence[tuple[str, float]]
    levels: Sequence[tuple[str, float]]


def histogram(totals: Mapping[int, int], bands: Bands) -> Histogram | None:
    """How many have which total, and where the classes begin; None if there is nothing."""
    if not totals:
        return None
    step = _step(max(totals) - min(totals) + 1, MOST_BARS)
    first, last = min(totals) // step, max(totals) // step
    numbers = dict.fromkeys(range(first, last + 1), 0)
    for total, number in totals.items():
        numbers[total // step] += number
    axis = _Axis(first * step, (last + 1) * step)
    highest = _step(max(numbers.values()), 4)
    top = highest * -(-max(numbers.values()) // highest)
    bars = [_bar(at * step, step, number, axis, top) for at, number in numbers.items()]
    return Histogram(
        bars,
        list(_spans(bands, axis)),
        [(f"{one.least}", one.x) for one in bars],
        [(f"{level:,}", _y(level, top)) for level in range(0, top + 1, highest)],
    )


def _step(extent: int, most: int) -> int:
    """The round step of which *most* reach over the *extent*."""
    return next((step for step in STEPS if step * most >= extent), extent)


@dataclass(frozen=True)
class _Axis:
    first: int
    end: int

    def x(self, total: int) -> float:
        """Where a total stands; those outside stand at the ends."""
        within = min(max(total, self.first), self.end)
        share = (within - self.first) / (self.end - self.first)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * share, 1)


def _y(number: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * number / top, 1)


def _bar(least: int, step: int, number: int, axis: _Axis, top: int) -> Bar:
    x, end, y = axis.x(least), axis.x(least + step), _y(number, top)
    return Bar(
        least, least + step - 1, number, x + 1, y, round(end - x - 2, 1), round(BOTTOM - y, 1)
    )


def _spans(bands: Bands, axis: _Axis) -> Iterator[Span]:
    """The classes in the order of their totals, as far as the axis reaches."""
    begins = (("A", axis.first), ("B", bands.b), ("C", bands.c), ("D", bands.d))
    ends = (bands.b, bands.c, bands.d, axis.end)
    for (label, begin), end in zip(begins, ends, strict=True):
        x, until = axis.x(begin), axis.x(end)
        if until > x:
            yield Span(f"{label}类", x, round((x + until) / 2, 1), axis.first < begin)
