"""Working days of the country: weekends, holidays, and the days that make up for holidays.

Each autumn the General Office of the State Council announces the holidays of the next year
(《全国年节及纪念日放假办法》); `chinesecalendar` carries those announcements. For a year that is
not announced yet only the weekends are known: the answer then says `assumed`, and so must the
page that shows it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Generic, NoReturn, TypeVar

import chinese_calendar
from chinese_calendar.constants import Holiday, holidays, workdays

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""One zone, and no summer time since 1992: no zone database is needed on the machine."""

PUBLICATION_DAYS = 20
"""Working days within which a result is published; not confirmed at its source, so a default."""

_FIRST: int = min(holidays).year
_LAST: int = max(max(holidays), max(workdays)).year
_UNTIL_NEW_YEAR = (12, 26)
"""From here on the announcement for the *next* year may move days of this one, as in 2018."""

ONE_DAY = timedelta(days=1)
Value = TypeVar("Value")


@dataclass(frozen=True)
class Known(Generic[Value]):
    """An answer, and whether it is only assumed because holidays are not announced yet."""

    value: Value
    assumed: bool = False

    def __bool__(self) -> NoReturn:
        """Nobody may take the whole answer for its value."""
        raise TypeError("ask for .value and .assumed")


def china_date(moment: datetime) -> date:
    """The day that an office in China writes at a moment in any zone.

    Raises
    ------
    ValueError
        If the moment has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone has no date")
    return moment.astimezone(CHINA).date()


def start_of(day: date) -> datetime:
    """The moment, in UTC, at which a day begins in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)


def announced(day: date) -> bool:
    """Whether all that can make *day* a holiday or a working day has been announced."""
    if day.year == _LAST:
        return (day.month, day.day) < _UNTIL_NEW_YEAR
    return _FIRST <= day.year < _LAST


def is_working_day(day: date) -> Known[bool]:
    """Whether offices work on *day*; by weekday alone, and assumed, where nothing is announced."""
    if _FIRST <= day.year <= _LAST:
        return Known(bool(chinese_calendar.is_workday(day)), not announced(day))
    return Known(day.weekday() < 5, True)


def occasion(day: date) -> str:
    """The holiday, in Chinese, for which *day* is free or made up for; empty on other days."""
    name = holidays.get(day) or workdays.get(day)
    return str(Holiday(name).chinese) if name else ""


def add_working_days(start: date, days: int) -> Known[date]:
    """The *days*-th working day after *start*.

    The day on which a period begins does not count (民法典 第二百零一条). With 0 the period ends
    on *start* itself, working day or not.

    Parameters
    ----------
    days : int
        0 or more.

    Returns
    -------
    Assumed as soon as one day on the way is.

    Raises
    ------
    ValueError
        If *days* is negative.
    """
    if days < 0:
        raise ValueError(f"a period of {days} days")
    day, left, assumed = start, days, False
    while left:
        day += ONE_DAY
        works = is_working_day(day)
        left -= works.value
        assumed |= works.assumed
    return Known(day, assumed)


def working_days_between(start: date, end: date) -> Known[int]:
    """Working days after *start* up to and with *end*; negative if *end* lies before *start*.

    So that `working_days_between(start, add_working_days(start, n).value).value == n`.
    """
    if end < start:
        back = working_days_between(end, start)
        return Known(-back.value, back.assumed)
    days = [is_working_day(start + ONE_DAY * n) for n in range(1, (end - start).days + 1)]
    return Known(sum(day.value for day in days), any(day.assumed for day in days))


@dataclass(frozen=True)
class Clock:
    """A period in working days that runs from a day on; the clock of a publication by default."""

    started: date
    days: int = PUBLICATION_DAYS

    def due(self) -> Known[date]:
        """The last day on which the thing can be done in time."""
        return add_working_days(self.started, self.days)

    def left(self, today: date) -> Known[int]:
        """Working days left after *today*; 0 on the last day, negative when it is over."""
        due = self.due()
        left = working_days_between(today, due.value)
        return Known(left.value, due.assumed or left.assumed)

    def is_over(self, today: date) -> Known[bool]:
        """Whether the last day has passed, even if only free days have followed it."""
        due = self.due()
        return Known(today > due.value, due.assumed)
