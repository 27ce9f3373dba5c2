"""Notices of a plan, for those who send the teams: when they go out, and who has confirmed them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.accounts import names_of
from core.errors import NotFound
from core.roles import Permission
from inspections.draws import Draw
from inspections.plan_content import NoticePolicy
from inspections.teams.notices import USUAL_DAYS, order_notices, order_of, policy_of
from web import lists
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, Problems, number, text
from web.rosters.exports import table_file
from web.teams import notice_rows
from web.teams.notifying import ask_to_send
from web.teams.sight import TeamSight, team_sight, to_send

bp = Blueprint("team_notices", __name__, url_prefix="/teams/<int:draw_id>/notices")


def _drawn(seen: TeamSight) -> Draw:
    """The teams.

    Raises
    ------
    core.errors.NotFound
        If there are none yet.
    """
    if seen.teams is None or not seen.teams.is_held:
        raise NotFound(noun="draw")
    return seen.teams


@bp.get("")
@door(Permission.PLANS_READ)
def show(draw_id: int) -> ResponseReturnValue:
    """When who is told, who has been told, and who has confirmed it."""
    return _page(team_sight(draw_id), {})


def _page(seen: TeamSight, faults: dict[str, str]) -> str:
    if seen.teams is None or not seen.teams.is_held:
        return render_template("team_notices/none.html", seen=seen)
    teams, rows, page = seen.teams, notice_rows.notice_rows(seen, seen.teams), lists.page_number()
    found, order = notice_rows.wanted(rows), order_of(session(), teams.key)
    return render_template(
        "team_notices/show.html",
        seen=seen,
        teams=teams,
        policy=policy_of(session(), teams),
        unannounced=policy_of(session(), teams) is NoticePolicy.UNANNOUNCED,
        order=order,
        names=names_of(session(), [order.made_by if order else None]),
        days=text("days") or str(order.days if order and order.days else USUAL_DAYS),
        counts=notice_rows.counts(rows),
        due_next=notice_rows.due_next(rows) if order else None,
        rows=found[(page - 1) * lists.SIZE : page * lists.SIZE],
        paging=lists.Paging(page, len(found), unit="份"),
        heads=notice_rows.SORTING.heads(),
        sides=notice_rows.SIDES.items(),
        states=notice_rows.STATES.items(),
        chosen={name: lists.text(name) for name in notice_rows.FILTERS},
        kept=lists.filters(*notice_rows.FILTERS, "sort", "order"),
        address=lists.address,
        faults=faults,
    )


@bp.get("/export.<kind>")
@door(Permission.PLANS_READ)
def export(draw_id: int, kind: str) -> ResponseReturnValue:
    """The same as a file."""
    seen = team_sight(draw_id)
    rows = notice_rows.wanted(notice_rows.notice_rows(seen, _drawn(seen)))
    return table_file(notice_rows.COLUMNS, notice_rows.file_rows(rows), "检查通知和回执", kind)


@bp.post("")
@door(Permission.DRAWS_HOLD)
def order(draw_id: int) -> ResponseReturnValue:
    """Let the notices go out: to the members now, to the institutions when the plan says so."""
    seen = to_send(draw_id)
    teams = _drawn(seen)
    with Problems() as problems:
        unannounced = policy_of(session(), teams) is NoticePolicy.UNANNOUNCED
        days = 0 if unannounced else number("days") or 0
        made = order_notices(session(), teams.key, days, me().actor, now())
        ask_to_send(teams.key, made.number)
    if problems.found:
        return _page(to_send(draw_id), problems.found), UNPROCESSABLE
    flash("已安排。检查人员马上收到通知，机构按下面的日期收到；有变动的自动再通知。", "ok")
    return redirect(url_for("team_notices.show", draw_id=draw_id), 303)
