"""The classes of an institution through time, as a small step chart drawn by the server."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rosters.institution_file import Rated
from rosters.institutions import CreditClass

WIDTH, LEFT, RIGHT = 640, 56, 16
TOP, STEP = 16, 26
ORDER = (CreditClass.D, CreditClass.C, CreditClass.B, CreditClass.A, CreditClass.UNRATED)
"""The highest risk stands at the top."""

BOTTOM = TOP + STEP * (len(ORDER) - 1)
HEIGHT = BOTTOM + 30
MOST_TICKS = 8


@dataclass(frozen=True)
class Series:
    """One line of the chart: its path, and a mark at the beginning of each step."""

    label: str
    kind: str
    path: str
    marks: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class ClassChart:
    """A chart with everything at its place, in units of its own view box."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    rows: Sequence[tuple[str, int]]
    ticks: Sequence[tuple[str, float]]
    series: Sequence[Series]


def class_chart(classes: Sequence[Rated], day: date) -> ClassChart | None:
    """The classes up to a *day*; None if there is nothing to be seen in a line."""
    told = [one for one in classes if one.since <= day]
    if not any(one.credit_class.value or one.cma_class.value for one in told):
        return None
    first, last = told[0].since, max(day, told[0].since)
    series = [_series("信用风险等级", "general", [(one, one.credit_class) for one in told], last)]
    if any(one.cma_class.value for one in told):
        cma = [(one, one.cma_class) for one in told]
        series.append(_series("资质认定分类等级", "cma", cma, last))
    return ClassChart(
        WIDTH, HEIGHT, LEFT, WIDTH - RIGHT, BOTTOM,
        [(one.value or "未评", _y(one)) for one in ORDER],
        list(_ticks(first, last)),
        series,
    )  # fmt: skip


def _series(
    label: str, kind: str, steps: Sequence[tuple[Rated, CreditClass]], last: date
) -> Series:
    first = steps[0][0].since
    path: list[str] = []
    marks: list[tuple[float, float]] = []
    for rated, of in steps:
        x, y = _x(rated.since, first, last), _y(of)
        # across at the old height, then straight up or down: a class holds until the next
        path.append(f"{'H' if path else 'M'}{x}" + (f"V{y}" if path else f",{y}"))
        marks.append((x, float(y)))
        path.append(f"H{_x(min(rated.until, last), first, last)}")
    return Series(label, kind, "".join(path), marks)


def _x(day: date, first: date, last: date) -> float:
    days = max(1, (last - first).days)
    return round(LEFT + (WIDTH - RIGHT - LEFT) * (day - first).days / days, 1)


def _y(of: CreditClass) -> int:
    return TOP + STEP * ORDER.index(of)


def _ticks(first: date, last: date) -> Iterator[tuple[str, float]]:
    """The beginnings of years; not more than can be read."""
    every = -(-(last.year - first.year) // MOST_TICKS) or 1
    for year in range(first.year + 1, last.year + 1, every):
        yield str(year), _x(date(year, 1, 1), first, last)
