"""Departments that inspect, alone or together: their list, and keeping it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core.regions import provinces
from core.roles import Permission
from rosters.departments import Department, Trade
from rosters.entries import Noun
from rosters.finding.entry_lists import departments
from web import lists
from web.auth import door, me
from web.database import session
from web.rosters import exports
from web.rosters.days import day_asked, kept_day
from web.rosters.keeping import Keeping

bp = Blueprint("departments", __name__)

NOUN = Noun.DEPARTMENT
TRADES = {trade.value: trade for trade in Trade}
PROVINCES = {region.code: region.name for region in provinces()}


def _found() -> list[tuple[Department, int]]:
    trade = lists.one_of("trade", TRADES)
    rows = departments(
        session(),
        day_asked(),
        me().scopes(Permission.ROSTERS_READ),
        words=lists.text("q"),
        trade=TRADES[trade] if trade else None,
        region=lists.one_of("region", PROVINCES),
    )
    return [(row.department, row.inspectors) for row in rows]


@bp.get("/departments")
@door(Permission.ROSTERS_READ)
def index() -> ResponseReturnValue:
    """All departments on any day, the national ones first."""
    rows = _found()
    paging = lists.Paging(lists.page_number(), len(rows), unit="个")
    shown = rows[(paging.page - 1) * paging.size : paging.page * paging.size]
    return render_template(
        "departments/index.html",
        rows=shown,
        paging=paging,
        trades=[(trade.value, trade.label) for trade in Trade],
        provinces=PROVINCES.items(),
        args={name: lists.text(name) for name in ("q", "trade", "region")},
        kept=lists.filters("q", "trade", "region"),
        day=day_asked(),
        is_today=kept_day() is None,
        may_enter=me().may(Permission.ROSTERS_EDIT),
        this_page=lists.here,
        address=lists.address,
    )


@bp.get("/departments/export.<kind>")
@door(Permission.ROSTERS_READ)
def export(kind: str) -> ResponseReturnValue:
    """The list as a file."""
    return exports.sheet(NOUN, ((one, {}) for one, _ in _found()), kind)


KEEPING = Keeping(
    NOUN,
    "departments",
    "部门",
    enter_lead="市场监管部门，以及参加跨部门联合检查的部门。",
    end_lead="移出后不能再选为检查人员的所属部门；已经选了它的人员不受影响。机构改革更名的，用“变更”。",
)
KEEPING.open(bp, "/departments", plain=True)
