"""How moments, days and durations are written on the pages."""

from datetime import date, datetime, timedelta

from core.calendar import CHINA, china_date, working_days_between

WEEKDAYS = "一二三四五六日"


def moment(when: datetime | None) -> str:
    """A moment on the clock of China: 2026年11月21日 09:05."""
    if when is None:
        return "—"
    local = when.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def to_the_second(when: datetime | None) -> str:
    """A moment as a log tells it: 2026-11-21 09:05:07."""
    return "—" if when is None else f"{when.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def long_day(day: date) -> str:
    """A day with its weekday: 2026年11月21日（周六）."""
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def stretch(first: date, last: date) -> str:
    """The days of a visit: 2026年10月8日（周四）至 10月9日（周五）."""
    if first == last:
        return long_day(first)
    end = long_day(last)
    return f"{long_day(first)}至 {end.partition('年')[2] if first.year == last.year else end}"


def deadline(day: date, now: datetime) -> str:
    """A day until which something is to be done, and how many working days are left."""
    left = working_days_between(china_date(now), day)
    assumed = "（该年节假日安排尚未公布，只按周末推算）" if left.assumed else ""
    if left.value < 0 or day < china_date(now):
        return f"{long_day(day)}，已经过期{assumed}"
    if day == china_date(now):
        return f"{long_day(day)}，今天截止"
    return f"{long_day(day)}，还有 {left.value} 个工作日{assumed}"


def duration(took: timedelta | None) -> str:
    """How long something took or takes: 45 秒, 3 分 5 秒, 2 小时 10 分."""
    if took is None:
        return "—"
    seconds = max(0, round(took.total_seconds()))
    if seconds < 60:
        return f"{seconds} 秒"
    if seconds < 3600:
        return _both(seconds, 60, "分", "秒")
    return _both(seconds // 60, 60, "小时", "分")


def _both(small: int, size: int, whole: str, rest: str) -> str:
    told = f"{small // size} {whole}"
    return f"{told} {small % size} {rest}" if small % size else told
