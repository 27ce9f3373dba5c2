"""The roster as at a day: which day is asked for, and how a page says that it is not today."""

from datetime import date

from rosters.timeline import FOREVER
from web import lists
from web.rosters.forms import FIRST_DAY, today


def day_asked() -> date:
    """The day of the address (`?day=2026-01-31`); today if there is none, or no sensible one."""
    day = lists.day("day")
    return day if day is not None and FIRST_DAY <= day < FOREVER else today()


def kept_day() -> str | None:
    """The day for the addresses of a page: none for today, so that tomorrow they show tomorrow."""
    day = day_asked()
    return None if day == today() else day.isoformat()
