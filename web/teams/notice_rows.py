"""Who has been told of which visit, when, and who has confirmed it: the rows of the planner."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from core.accounts import names_of
from core.calendar import china_date
from inspections.draws import Draw
from inspections.teams.boards import VisitLine
from inspections.teams.notices import (
    NoticeOrder,
    NoticeState,
    VisitNotice,
    due_day,
    newest,
    notices_of,
    order_of,
    policy_of,
)
from inspections.teams.visits import VisitState
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from web import lists
from web.auth import now
from web.database import session
from web.teams.board import lines_for
from web.teams.sight import TeamSight
from web.words.times import to_the_second

FILTERS = ("q", "side", "state")
SIDES = {"institution": "机构", "member": "检查人员"}
WAITING, OPEN = "waiting", "open"
STATES = {
    OPEN: "尚未回执",
    WAITING: "还没有发送",
    **{one.value: one.label for one in NoticeState if one is not NoticeState.REPLACED},
}
_OPEN = frozenset({NoticeState.SENT.value, NoticeState.UNREACHED.value})


@dataclass(frozen=True)
class NoticeRow:
    """One reader of one visit.

    Attributes
    ----------
    due : when it is to go out; None if that is at once.
    notice : the newest; None while it has not gone out.
    receiver : name of who has confirmed it.
    """

    line: VisitLine
    side: str
    reader: str
    due: date | None
    notice: VisitNotice | None
    receiver: str = ""

    @property
    def state(self) -> str:
        """Its state, as the filter names it."""
        return WAITING if self.notice is None else self.notice.state_beside(self.notice).value

    @property
    def state_words(self) -> str:
        """The same in words."""
        return STATES[self.state]


def notice_rows(seen: TeamSight, teams: Draw) -> list[NoticeRow]:
    """Everybody who is, or was, to be told; by number, the institution first."""
    told = newest(notices_of(session(), teams.key))
    known = {(one.visit_id, one.reader): one for one in told}
    names = names_of(session(), [one.received_by for one in told])
    order = order_of(session(), teams.key)
    rows = []
    for line in lines_for(seen):
        for side, reader, key, due in _readers(teams, order, line):
            notice = known.get((line.visit.key, key))
            if notice is None and line.visit.state is VisitState.CANCELLED:
                continue
            by = names.get(notice.received_by or 0, "") if notice else ""
            rows.append(NoticeRow(line, side, reader, due, notice, by))
    return rows


_Reader = tuple[str, str, tuple[int | None, int | None], date | None]


def _readers(teams: Draw, order: NoticeOrder | None, line: VisitLine) -> Iterator[_Reader]:
    due = None
    if order is not None:
        due = due_day(policy_of(session(), teams), order.days, line.visit.first_day)
    institution = line.institution
    yield "institution", institution.name, (None, institution.entry_id), due
    for one in (*line.team.members, *line.team.former):
        yield "member", f"{one.card.name}（{one.role}）", (one.card.entry_id, None), None


# -- finding -----------------------------------------------------------------------------------

SORTING: lists.Sorting[NoticeRow] = lists.Sorting(
    {
        "number": ("任务编号", lambda row: row.line.visit.number),
        "day": ("检查日期", lambda row: (row.line.visit.first_day, row.line.visit.number)),
        "reader": ("通知谁", lambda row: row.reader),
        "sent": ("发送时间", lambda row: row.notice.sent_at.isoformat() if row.notice else ""),
    },
    usual="number",
)


def wanted(rows: Iterable[NoticeRow]) -> list[NoticeRow]:
    """Those that the filters of the address let through, in the order it asks for."""
    words = lists.text("q")
    side, state = lists.one_of("side", SIDES), lists.one_of("state", STATES)
    found = [
        row
        for row in rows
        if (not words or words in row.reader or words in row.line.visit.task_number)
        and side in ("", row.side)
        and (state in ("", row.state) or (state == OPEN and row.state in _OPEN))
    ]
    return SORTING.ordered(found)


@dataclass(frozen=True)
class NoticeCounts:
    """How far it is, of one side."""

    label: str
    total: int
    sent: int
    received: int
    unreached: int


def counts(rows: list[NoticeRow]) -> list[NoticeCounts]:
    """How many of each side are to be told, were told, and have confirmed it."""
    return [_count(label, [r for r in rows if r.side == side]) for side, label in SIDES.items()]


def _count(label: str, rows: list[NoticeRow]) -> NoticeCounts:
    states = [row.state for row in rows if row.state != NoticeState.CALLED_OFF.value]
    return NoticeCounts(
        label,
        total=len(states),
        sent=len(states) - states.count(WAITING),
        received=states.count(NoticeState.RECEIVED.value),
        unreached=states.count(NoticeState.UNREACHED.value),
    )


def due_next(rows: Iterable[NoticeRow]) -> date | None:
    """The next day on which institutions are told."""
    today = china_date(now())
    days = [row.due for row in rows if row.notice is None and row.due is not None]
    return min((day for day in days if day > today), default=None)


# -- files -------------------------------------------------------------------------------------

COLUMNS = [
    Column("number", "任务编号"),
    Column("first", "开始日期", Kind.DATE),
    Column("side", "对象"),
    Column("reader", "通知谁", width=36),
    Column("version", "文书版本", Kind.INTEGER),
    Column("due", "应通知日", Kind.DATE),
    Column("sent", "发送时间", width=20),
    Column("state", "状态", width=24),
    Column("receiver", "回执人"),
    Column("received", "回执时间", width=20),
]


def file_rows(rows: Iterable[NoticeRow]) -> Iterable[dict[str, Value]]:
    """The rows of a file."""
    for row in rows:
        notice = row.notice
        yield {
            "number": row.line.visit.task_number,
            "first": row.line.visit.first_day,
            "side": SIDES[row.side],
            "reader": row.reader,
            "version": notice.version if notice else None,
            "due": row.due,
            "sent": to_the_second(notice.sent_at) if notice else "",
            "state": row.state_words,
            "receiver": row.receiver,
            "received": to_the_second(notice.received_at) if notice and row.receiver else "",
        }
