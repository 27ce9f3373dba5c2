"""The planner's desk for teams: which plans wait, where one stands, and its board of visits."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.accounts import names_of
from core.calendar import china_date
from core.roles import Permission
from inspections.draws import Draw, standing_draw
from inspections.motions import open_motions
from inspections.plans import Plan, place_of
from inspections.subjects import Subject
from inspections.teams.addenda import WHY
from inspections.teams.boards import VisitLine, changes_of
from inspections.teams.members import cards_on
from inspections.teams.stepping import unfit_members
from inspections.teams.visits import appoint, plan_visits
from web import lists
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, day, number, text
from web.inspections.calls import SIGNING
from web.inspections.desk import desk
from web.inspections.plan_pages import list_page
from web.rosters.exports import table_file
from web.teams import board
from web.teams.board import WindowLoad, line_in
from web.teams.notifying import renew_notices
from web.teams.sight import TeamSight, team_sight, to_send
from web.teams.steps import steps_of

bp = Blueprint("team_board", __name__, url_prefix="/teams")


# -- which plans wait --------------------------------------------------------------------------


@bp.get("")
@door(Permission.PLANS_READ)
def index() -> ResponseReturnValue:
    """Plans with what has been drawn for them: institutions first, then teams."""
    return list_page("teams/index.html", _row)


def _row(plan: Plan) -> dict[str, Plan | Draw | bool | None]:
    place = place_of(session(), plan)
    inside = any(me().may(permission, place) for permission in SIGNING)
    listed = standing_draw(session(), plan.key) if inside else None
    teams = standing_draw(session(), plan.key, Subject.TEAMS) if inside else None
    return {"plan": plan, "listed": listed, "teams": teams, "inside": inside}


# -- one plan ----------------------------------------------------------------------------------


@bp.get("/<int:draw_id>")
@door(Permission.PLANS_READ)
def show(draw_id: int) -> ResponseReturnValue:
    """Where the teams stand, and the next step."""
    seen = team_sight(draw_id)
    return render_template("teams/show.html", seen=seen, steps=steps_of(seen))


@bp.post("/<int:draw_id>/visits")
@door(Permission.DRAWS_HOLD)
def plan_them(draw_id: int) -> ResponseReturnValue:
    """Make a visit for each place on the list."""
    seen = to_send(draw_id)
    with Problems() as problems:
        made = plan_visits(session(), seen.sight.plan.key, me().actor, now())
    if problems.found:
        flash("".join(problems.found.values()), "bad")
        return redirect(url_for("team_board.show", draw_id=draw_id), 303)
    flash(f"已安排 {len(made)} 项检查任务；日期和执行机关按规则分配，可以逐项调整日期。", "ok")
    return redirect(url_for("team_board.visits", draw_id=draw_id), 303)


# -- the board ---------------------------------------------------------------------------------


@bp.get("/<int:draw_id>/visits")
@door(Permission.PLANS_READ)
def visits(draw_id: int) -> ResponseReturnValue:
    """The visits by window, with their teams once these are drawn."""
    seen, page = team_sight(draw_id), lists.page_number()
    lines = board.lines_for(seen)
    unfit = _unfit(seen)
    found, windows = board.wanted(lines), board.window_loads(lines)
    shown = found[(page - 1) * lists.SIZE : page * lists.SIZE]
    return render_template(
        "teams/visits.html",
        seen=seen,
        lines=shown,
        unfit=unfit,
        groups=_groups(shown, windows),
        windows=windows,
        window_options=[(str(one.number), f"第 {one.number} 段　{one.days}") for one in windows],
        paging=lists.Paging(page, len(found), unit="项"),
        heads=board.SORTING.heads(),
        chips=board.chips(),
        kept=lists.filters(*board.FILTERS, "sort", "order"),
        address=lists.address,
        narrowed=lists.here,
        board=board,
        chosen={name: lists.text(name) for name in board.FILTERS},
    )


def _unfit(seen: TeamSight) -> set[str]:
    """The slots whose members cannot go as it is known today."""
    if not (seen.is_drawn and seen.is_alive):
        return set()
    return {one.slot for one in unfit_members(session(), desk(), seen.held_teams().key)}


def _groups(
    shown: list[VisitLine], windows: list[WindowLoad]
) -> list[tuple[WindowLoad | None, list[VisitLine]]]:
    """The lines under the heads of their windows, if they are in that order."""
    if board.SORTING.chosen != "window" or board.SORTING.is_descending:
        return [(None, shown)]
    known = {one.number: one for one in windows}
    return [(known[number], mine) for number, mine in board.by_window(shown)]


@bp.get("/<int:draw_id>/visits.<kind>")
@door(Permission.PLANS_READ)
def export(draw_id: int, kind: str) -> ResponseReturnValue:
    """The same as a file."""
    seen = team_sight(draw_id)
    rows = board.file_rows(board.wanted(board.lines_for(seen)))
    return table_file(board.COLUMNS, rows, "检查任务", kind)


# -- one visit ---------------------------------------------------------------------------------


@bp.get("/<int:draw_id>/visits/<int:visit_id>")
@door(Permission.PLANS_READ)
def visit(draw_id: int, visit_id: int) -> ResponseReturnValue:
    """A visit: to whom, when, by whom; and other days for it."""
    return _visit_page(team_sight(draw_id), visit_id, {})


@bp.post("/<int:draw_id>/visits/<int:visit_id>")
@door(Permission.DRAWS_HOLD)
def change_days(draw_id: int, visit_id: int) -> ResponseReturnValue:
    """Agree on other days."""
    seen = to_send(draw_id)
    line_in(seen, visit_id)
    with Problems() as problems:
        days = day("first_day"), day("last_day")
        reason = text("reason", 500)
        if not reason:
            raise FormFault(field="reason", words="请写明为什么改期。")
        appoint(session(), visit_id, number("version") or 0, days, reason, me().actor, now())
        renew_notices(draw_id)
    if problems.found:
        return _visit_page(to_send(draw_id), visit_id, problems.found), UNPROCESSABLE
    flash("日期已修改；已经印发的文书按新的版本重新打印。", "ok")
    return redirect(url_for("team_board.visit", draw_id=draw_id, visit_id=visit_id), 303)


def _visit_page(seen: TeamSight, visit_id: int, faults: dict[str, str]) -> str:
    line = line_in(seen, visit_id)
    return render_template(
        "teams/visit.html",
        seen=seen,
        line=line,
        visit=line.visit,
        names=names_of(session(), [line.visit.changed_by]),
        **_changes(seen, line),
        papers=_papers(visit_id),
        typed={
            "first_day": text("first_day") or line.visit.first_day.isoformat(),
            "last_day": text("last_day") or line.visit.last_day.isoformat(),
            "reason": text("reason", 500),
        },
        faults=faults,
    )


def _papers(visit_id: int) -> str:
    """Where the papers of a visit are; empty if the service has none."""
    known = "visit_papers.show" in current_app.view_functions
    return url_for("visit_papers.show", visit_id=visit_id) if known else ""


def _changes(seen: TeamSight, line: VisitLine) -> dict[str, Any]:
    """What happened to the team after the draw, and who of it cannot go as it is known today."""
    teams = seen.teams
    if teams is None or not teams.is_held:
        return {}
    changes = changes_of(session(), teams, line.visit)
    unfit = unfit_members(session(), desk(), teams.key) if seen.is_alive else []
    steps = [one for step in changes.stand_ins for one in (step.out_id, step.in_id) if one]
    return {
        "stand_ins": changes.stand_ins,
        "recusals": changes.recusals,
        "unfit": {one.slot: [WHY[code] for code in one.why] for one in unfit},
        "cards": cards_on(session(), steps, china_date(now())),
        "pending": {m.subject.rpartition(" ")[0] for m in open_motions(session(), teams.key)},
    }
