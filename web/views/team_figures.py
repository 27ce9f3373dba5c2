"""Loads and pairs of the teams, promised and real, and the fairness report."""

import io
from collections.abc import Iterable

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue

from core.calendar import china_date
from core.roles import Permission
from inspections.draws import Draw
from inspections.teams.figures import LoadLine, fairness_of, loads_of, pairs_of
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from web import lists
from web.auth import door, now
from web.database import session
from web.inspections.desk import files as store
from web.inspections.public_place import public_page_of
from web.inspections.published import is_demo
from web.papers import serving
from web.rosters.exports import table_file
from web.teams import fairness
from web.teams.sight import TeamSight, team_sight

bp = Blueprint("team_figures", __name__, url_prefix="/teams/<int:draw_id>/figures")

VIEWS = {"person": "人员", "department": "部门", "province": "省份"}
SORTS = {
    "expected": lambda line: -line.expected,
    "drawn": lambda line: -line.drawn,
    "now": lambda line: -line.now,
    "name": lambda line: line.name,
}
MOST_PAIRS = 20

COLUMNS = [
    Column("name", "名称", width=32),
    Column("people", "人数", Kind.INTEGER),
    Column("expected", "预计席位"),
    Column("drawn", "抽中席位", Kind.INTEGER),
    Column("now", "现有席位", Kind.INTEGER),
]


@bp.get("")
@door(Permission.PLANS_READ)
def show(draw_id: int) -> ResponseReturnValue:
    """Who was to bear how much and bears it, who goes with whom, and the report."""
    seen = team_sight(draw_id)
    teams, page = seen.held_teams(), lists.page_number()
    found = _wanted(seen, teams)
    return render_template(
        "teams/figures.html",
        seen=seen,
        views=list(VIEWS.items()),
        view=_view(),
        lines=found[(page - 1) * lists.SIZE : page * lists.SIZE],
        most=max((max(float(one.expected), one.drawn, one.now) for one in found), default=0),
        paging=lists.Paging(page, len(found), unit="行"),
        narrowed=lists.here,
        sort=_sort(),
        words=lists.text("q"),
        kept=lists.filters("by", "q", "sort"),
        address=lists.address,
        pairs=pairs_of(session(), store(), teams, china_date(now()))[:MOST_PAIRS],
        report=fairness.told(fairness_of(session(), store(), teams)),
    )


@bp.get("/loads.<kind>")
@door(Permission.PLANS_READ)
def export(draw_id: int, kind: str) -> ResponseReturnValue:
    """The loads as a file."""
    seen = team_sight(draw_id)
    found = _wanted(seen, seen.held_teams())
    return table_file(COLUMNS, _rows(found), f"检查人员负担（按{VIEWS[_view()]}）", kind)


def _rows(found: Iterable[LoadLine]) -> Iterable[dict[str, Value]]:
    for line in found:
        yield {
            "name": line.name,
            "people": line.people,
            "expected": f"{float(line.expected):.3f}",
            "drawn": line.drawn,
            "now": line.now,
        }


@bp.get("/fairness.pdf")
@door(Permission.PLANS_READ)
def report(draw_id: int) -> ResponseReturnValue:
    """The fairness report as a paper."""
    seen = team_sight(draw_id)
    teams = seen.held_teams()
    facts = fairness.facts_of(
        seen.sight.plan,
        teams,
        fairness_of(session(), store(), teams),
        public_page_of(teams),
        demo=is_demo(),
    )
    made = serving.served("fairness.pdf", facts, fairness.fairness_sheet)
    return send_file(io.BytesIO(made), "application/pdf", download_name=f"{fairness.KIND}.pdf")


def _view() -> str:
    return lists.one_of("by", VIEWS) or "person"


def _sort() -> str:
    return lists.one_of("sort", SORTS) or "expected"


def _wanted(seen: TeamSight, teams: Draw) -> list[LoadLine]:
    """The loads of the view that is asked for, narrowed and in order."""
    loads = loads_of(session(), store(), teams, china_date(now()))
    groups = {
        "person": list(loads.by_person.values()),
        "department": loads.by_department,
        "province": loads.by_province,
    }
    words = lists.text("q")
    found = [line for line in groups[_view()] if words in line.name]
    return sorted(sorted(found, key=SORTS["name"]), key=SORTS[_sort()])
