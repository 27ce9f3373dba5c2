"""Hand-overs: all that one person holds goes to another, once a second administrator agrees."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import departures
from core.accounts import find_user, get_user
from core.departures import HandOver
from core.errors import NotFound
from core.memberships import memberships_of
from core.roles import Permission
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, text
from web.views.users import back, managed, manages, page

bp = Blueprint("hand_overs", __name__)


def _is_mine(over: HandOver) -> bool:
    """Whether both people are within reach of who asks."""
    return all(
        manages(memberships_of(session(), user_id, now())) for user_id in (over.from_id, over.to_id)
    )


def _waiting() -> list[HandOver]:
    return [over for over in departures.open_hand_overs(session()) if _is_mine(over)]


def _need(hand_over_id: int) -> None:
    if all(over.id != hand_over_id for over in _waiting()):
        raise NotFound(noun="hand_over", id=hand_over_id)


@bp.get("/hand-overs")
@door(Permission.USERS_MANAGE)
def index() -> ResponseReturnValue:
    """Hand-overs that wait for a second person."""
    return _page()


def _page(faults: dict[str, str] | None = None) -> str:
    rows = [
        (over, get_user(session(), over.from_id), get_user(session(), over.to_id))
        for over in _waiting()
    ]
    return render_template("users/hand_overs.html", rows=rows, me=me(), faults=faults or {})


@bp.post("/users/<int:user_id>/hand-over")
@door(Permission.USERS_MANAGE)
def propose(user_id: int) -> ResponseReturnValue:
    """Ask for all that somebody holds to be given to another."""
    managed(user_id)
    with Problems() as problems:
        to = find_user(session(), text("to", 64))
        if to is None or not manages(memberships_of(session(), to.key, now())):
            raise FormFault(field="to", words="在您管辖的账号中没有这个登录名。")
        departures.propose_hand_over(session(), user_id, to.key, text("reason"), me().actor, now())
    if problems.found:
        return page(user_id, problems.found), UNPROCESSABLE
    return back(user_id, "已提出移交，等待另一位管理员在“移交”页面确认。")


@bp.post("/hand-overs/<int:hand_over_id>/confirm")
@door(Permission.USERS_MANAGE)
def confirm(hand_over_id: int) -> ResponseReturnValue:
    """Carry it out; by somebody else than whoever proposed it."""
    _need(hand_over_id)
    with Problems() as problems:
        departures.confirm_hand_over(session(), hand_over_id, me().actor, now())
    if problems.found:
        return _page(problems.found), UNPROCESSABLE
    flash("移交已完成。", "ok")
    return redirect(url_for("hand_overs.index"), 303)


@bp.post("/hand-overs/<int:hand_over_id>/withdraw")
@door(Permission.USERS_MANAGE)
def withdraw(hand_over_id: int) -> ResponseReturnValue:
    """Let a proposal drop."""
    _need(hand_over_id)
    departures.withdraw_hand_over(session(), hand_over_id, me().actor, now())
    flash("移交已撤回。", "ok")
    return redirect(url_for("hand_overs.index"), 303)
