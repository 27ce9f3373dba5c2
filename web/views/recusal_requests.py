"""What became of a recusal, for whoever has asked for it; he may also let it be."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.accounts import names_of
from core.calendar import china_date
from core.roles import Permission, Role
from inspections.plans import place_of
from inspections.teams.recusal_lists import RecusalLine, recusal_line
from inspections.teams.recusals import RecusalIsOver, RecusalNotFound, RecusalSide, withdraw_recusal
from inspections.teams.tasks import get_task, listed_draw
from web.auth import Door, door, me, now
from web.database import session
from web.rosters.institution_pages import own_entry as own_institution
from web.teams.own import own_person

bp = Blueprint("recusal_requests", __name__, url_prefix="/recusal-requests")


@bp.get("/<int:recusal_id>")
@door(Door.SIGNED_IN)
def show(recusal_id: int) -> ResponseReturnValue:
    """Where it stands; whoever may decide is led to the page on which he does."""
    line = recusal_line(session(), recusal_id, china_date(now()))
    if not _is_mine(line):
        return redirect(_deciding(line), 303)
    decided = line.recusal.decided_by
    return render_template(
        "recusal_requests/show.html", line=line, names=names_of(session(), [decided])
    )


def _deciding(line: RecusalLine) -> str:
    """Where it is decided on.

    Raises
    ------
    RecusalNotFound
        If this is no affair of who asks.
    """
    if not me().may(Permission.PLANS_READ, place_of(session(), line.plan)):
        raise RecusalNotFound(recusal=line.recusal.key)
    listed = listed_draw(session(), get_task(session(), line.draw.task_id))
    return url_for("team_changes.recusal", draw_id=listed.key, recusal_id=line.recusal.key)


def _is_mine(line: RecusalLine) -> bool:
    """Whether who asks has asked for it: himself, or for his institution."""
    standing, recusal = me().standing, line.recusal
    if recusal.side is RecusalSide.INSPECTOR:
        own = own_person()
        return own is not None and own.entry_id == recusal.person_id
    if standing is None or standing.role is not Role.INSTITUTION:
        return False
    return recusal.institution_id is not None and own_institution() == recusal.institution_id


def _mine(recusal_id: int) -> RecusalLine:
    line = recusal_line(session(), recusal_id, china_date(now()))
    if not _is_mine(line):
        raise RecusalNotFound(recusal=recusal_id)
    return line


@bp.get("/<int:recusal_id>/withdrawal")
@door(Door.SIGNED_IN)
def ask_to_withdraw(recusal_id: int) -> ResponseReturnValue:
    """Really let it be?"""
    line = _mine(recusal_id)
    if not line.is_open:
        raise RecusalIsOver(recusal=recusal_id)
    return render_template("recusal_requests/withdraw.html", line=line)


@bp.post("/<int:recusal_id>/withdrawal")
@door(Door.SIGNED_IN)
def withdraw(recusal_id: int) -> ResponseReturnValue:
    """Let it be."""
    withdraw_recusal(session(), _mine(recusal_id).recusal.key, me().actor, now())
    flash("已撤回。", "ok")
    return redirect(url_for("recusal_requests.show", recusal_id=recusal_id), 303)
