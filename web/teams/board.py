"""The board of visits: one line each, by window, with the institution, the days and the team.

A plan has some hundred visits, five thousand at most; they are read whole, narrowed and put in
order here, so that any column can be sorted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from core.calendar import china_date
from core.errors import NotFound
from core.regions import provinces
from inspections.teams.boards import VisitLine, lines_of
from inspections.teams.slots import province_of
from inspections.teams.visits import VisitState
from rosters.inspectors import OfficerLevel
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from web import lists
from web.auth import now
from web.database import session
from web.inspections.plan_fields import Options, labels_of
from web.teams.sight import TeamSight
from web.words.accounts import region_words

FILTERS = ("q", "window", "region", "executor", "state")
EXECUTORS, STATES = labels_of(OfficerLevel), labels_of(VisitState)
REGIONS: Options = tuple((one.code, one.name) for one in provinces())


def days_words(first: date, last: date) -> str:
    """One day or a stretch of them, the month told once."""
    begin = f"{first.month}月{first.day}日"
    if first == last:
        return begin
    end = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
    return f"{begin}—{end}"


# -- finding -----------------------------------------------------------------------------------


def lines_for(seen: TeamSight) -> list[VisitLine]:
    """All visits of a list, by number, with their teams once there are any."""
    return lines_of(session(), seen.visits, seen.teams, china_date(now()))


def line_in(seen: TeamSight, visit_id: int) -> VisitLine:
    """One visit of the list.

    Raises
    ------
    core.errors.NotFound
    """
    mine = [visit for visit in seen.visits if visit.key == visit_id]
    if not mine:
        raise NotFound(noun="visit", id=visit_id)
    (line,) = lines_of(session(), mine, seen.teams, china_date(now()))
    return line


def wanted(lines: Iterable[VisitLine]) -> list[VisitLine]:
    """Those that the filters of the address let through, in the order it asks for."""
    words, window = lists.text("q"), lists.number("window")
    region = lists.one_of("region", dict(REGIONS))
    executor, state = lists.one_of("executor", dict(EXECUTORS)), lists.one_of("state", dict(STATES))
    found = [
        line
        for line in lines
        if (
            not words
            or words in line.institution.name
            or words in (line.visit.task_number, line.institution.unit_id)
            or words in [one.card.name for one in line.team.members]
        )
        and window in (None, line.visit.stretch)
        and region in ("", province_of(line.institution.region))
        and executor in ("", line.visit.executor)
        and state in ("", line.visit.state)
    ]
    return _in_order(found)


SORTING: lists.Sorting[VisitLine] = lists.Sorting(
    {
        "window": ("时段和日期", lambda line: (line.visit.stretch, line.visit.first_day)),
        "number": ("任务编号", lambda line: ()),
        "name": ("机构", lambda line: line.institution.name),
        "region": ("地区", lambda line: line.institution.region),
        "executor": ("执行机关", lambda line: (line.visit.executor, line.visit.organ_region)),
    },
    usual="window",
)
"""By what the board can be sorted; the number settles ties."""


def _in_order(lines: Iterable[VisitLine]) -> list[VisitLine]:
    return SORTING.ordered(sorted(lines, key=lambda line: line.visit.number))


def chips() -> list[tuple[str, str]]:
    """What is filtered now, each with the address that takes it away."""
    window = lists.number("window")
    told = (
        ("q", "文字", lists.text("q")),
        ("window", "时段", f"第 {window} 段" if window else ""),
        ("region", "地区", dict(REGIONS).get(lists.text("region"), "")),
        ("executor", "执行机关", dict(EXECUTORS).get(lists.text("executor"), "")),
        ("state", "状态", dict(STATES).get(lists.text("state"), "")),
    )
    return [
        (f"{label}：{words}", lists.here(**{name: None, "page": None}))
        for name, label, words in told
        if words
    ]


# -- windows -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class WindowLoad:
    """A stretch of days: how many visits lie in it, by the level that executes them."""

    number: int
    first: date
    last: date
    total: int
    by_level: Sequence[tuple[OfficerLevel, int]]
    provinces: int

    @property
    def days(self) -> str:
        """Its days in words."""
        return days_words(self.first, self.last)


def window_loads(lines: Iterable[VisitLine]) -> list[WindowLoad]:
    """The windows in their order, with the visits in them that still stand."""
    return [_load(number, mine) for number, mine in by_window(lines)]


def by_window(lines: Iterable[VisitLine]) -> list[tuple[int, list[VisitLine]]]:
    """The lines of each window, the windows in their order."""

    def window(line: VisitLine) -> int:
        return line.visit.stretch

    return [(number, list(mine)) for number, mine in groupby(sorted(lines, key=window), window)]


def _load(number: int, mine: list[VisitLine]) -> WindowLoad:
    planned = [line for line in mine if line.visit.state is VisitState.PLANNED]
    levels = [line.visit.executor for line in planned]
    return WindowLoad(
        number=number,
        first=mine[0].visit.window_first,
        last=mine[0].visit.window_last,
        total=len(planned),
        by_level=[(level, n) for level in OfficerLevel if (n := levels.count(level))],
        provinces=len({province_of(line.institution.region) for line in planned}),
    )


# -- files -------------------------------------------------------------------------------------

COLUMNS = [
    Column("number", "任务编号"),
    Column("name", "机构名称", width=40),
    Column("unit", "机构编号", width=24),
    Column("field", "抽中的领域", width=24),
    Column("region", "地区", width=20),
    Column("window", "时段", Kind.INTEGER),
    Column("first", "开始日期", Kind.DATE),
    Column("last", "结束日期", Kind.DATE),
    Column("organ", "执行机关", width=24),
    Column("team", "检查组", width=40),
    Column("state", "状态"),
]


def file_rows(lines: Iterable[VisitLine]) -> Iterable[dict[str, Value]]:
    """The lines as rows of a file."""
    for line in lines:
        visit = line.visit
        yield {
            "number": visit.task_number,
            "name": line.institution.name,
            "unit": line.institution.unit_id,
            "field": line.institution.field,
            "region": region_words(line.institution.region),
            "window": visit.stretch,
            "first": visit.first_day,
            "last": visit.last_day,
            "organ": line.organ,
            "team": "、".join(f"{one.role} {one.card.name}" for one in line.team.members),
            "state": visit.state.label,
        }
