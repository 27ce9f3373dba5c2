"""On which days visits are planned: the windows of a plan cut into stretches, filled evenly.

Pure; working days are those of `core.calendar`. What comes out is a proposal that people change
by appointment, but it is what certificates and leaves are held against when teams are drawn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.calendar import is_working_day
from core.errors import Conflict
from inspections.plan_content import Window

ONE_DAY = timedelta(days=1)


class NoDaysLeft(Conflict):
    """The windows of the plan hold no working day from today on."""

    code = "no_days_left"


@dataclass(frozen=True)
class Slice:
    """A stretch of a window with its working days, at least one."""

    first: date
    last: date
    working: tuple[date, ...]


def slices(windows: Iterable[Window], days: int, today: date) -> list[Slice]:
    """The windows from *today* on, cut into stretches of so many days; the last may be shorter.

    Raises
    ------
    NoDaysLeft
    """
    found = [piece for window in windows for piece in _cut(window, days, today)]
    if not found:
        raise NoDaysLeft
    return sorted(set(found), key=lambda piece: (piece.first, piece.last))


def _cut(window: Window, days: int, today: date) -> Iterator[Slice]:
    if window.first is None or window.last is None:
        return
    first = max(window.first, today)
    while first <= window.last:
        last = min(first + timedelta(days=days - 1), window.last)
        if working := tuple(day for day in _days(first, last) if is_working_day(day).value):
            yield Slice(first, last, working)
        first = last + ONE_DAY


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


Planned = tuple[Slice, date, date]
"""A stretch, and first and last day within it."""


def days_of(cut: Sequence[Slice], visits: int, length: int) -> list[Planned]:
    """Days for so many visits: each stretch gets as many as any other, or one more, in order.

    A visit takes *length* working days, fewer where the stretch has no more.
    """
    planned = []
    for number in range(visits):
        place = number * len(cut) // visits
        before = -(-place * visits // len(cut))
        planned.append(_within(cut[place], number - before, length))
    return planned


def _within(piece: Slice, turn: int, length: int) -> Planned:
    starts = max(1, len(piece.working) - length + 1)
    begin = turn % starts
    taken = piece.working[begin : begin + length]
    return piece, taken[0], taken[-1]
