"""Saved views: filters of a list under a title, each for whoever saved it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.roles import Permission
from rosters.finding.saved_views import RosterList, add_view, remove_view, rename_view, views_of
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, Problems, text

bp = Blueprint("saved_views", __name__)

LONGEST_ADDRESS = 8_000
OF = RosterList.INSTITUTIONS


@bp.get("/institutions/views")
@door(Permission.ROSTERS_READ)
def index() -> ResponseReturnValue:
    """The views that I have saved."""
    return _page({})


def _page(faults: dict[str, str]) -> str:
    found = views_of(session(), me().user.key, OF)
    return render_template("institutions/views.html", views=found, faults=faults)


@bp.post("/institutions/views")
@door(Permission.ROSTERS_READ)
def add() -> ResponseReturnValue:
    """Save the filters of the list, and come back to it."""
    title, query = text("title", LONGEST_ADDRESS), text("query", LONGEST_ADDRESS)
    with Problems() as problems:
        add_view(session(), me().actor, OF, title, query, now())
    if problems.found:
        return _page(problems.found), UNPROCESSABLE
    flash("视图已保存，在“我的视图”里随时打开。", "ok")
    return redirect(f"{url_for('institutions.index')}?{query}", 303)


@bp.post("/institutions/views/<int:view_id>")
@door(Permission.ROSTERS_READ)
def rename(view_id: int) -> ResponseReturnValue:
    """Give it another title."""
    with Problems() as problems:
        rename_view(session(), me().actor, view_id, text("title", LONGEST_ADDRESS), now())
    if problems.found:
        return _page(problems.found), UNPROCESSABLE
    flash("已改名。", "ok")
    return redirect(url_for("saved_views.index"), 303)


@bp.post("/institutions/views/<int:view_id>/remove")
@door(Permission.ROSTERS_READ)
def remove(view_id: int) -> ResponseReturnValue:
    """Remove it; the institutions stay as they are."""
    remove_view(session(), me().actor, view_id, now())
    flash("视图已删除。", "ok")
    return redirect(url_for("saved_views.index"), 303)
