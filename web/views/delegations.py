"""Delegations: who acts in my name, and in whose name I may act."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import delegations
from core.accounts import User, find_user
from core.calendar import china_date
from web.auth import Door, door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, number, text
from web.letters import tell

bp = Blueprint("delegations", __name__)

FIELDS = ("membership_id", "delegate", "starts_on", "ends_on", "reason")


def _page(faults: dict[str, str] | None = None, typed: dict[str, str] | None = None) -> str:
    mine = me()
    return render_template(
        "delegations/index.html",
        me=mine,
        own=[standing for standing in mine.standings if standing.principal_id is None],
        lendings=delegations.delegations_of(session(), mine.user.key, now()),
        today=china_date(now()),
        most_days=delegations.LONGEST.days,
        faults=faults or {},
        typed=typed or {},
    )


@bp.get("/delegations")
@door(Door.SIGNED_IN)
def index() -> ResponseReturnValue:
    """What I lend and am lent, and the form to lend."""
    return _page()


@bp.post("/delegations")
@door(Door.SIGNED_IN)
def give() -> ResponseReturnValue:
    """Lend a membership of one's own for some days."""
    with Problems() as problems:
        delegate = _delegate()
        given = delegations.delegate(
            session(), number("membership_id") or 0, delegate.key, _day("starts_on"),
            _day("ends_on"), text("reason"), me().actor, now(),
        )  # fmt: skip
        lender = {"from": me().user.display_name}
        tell(
            [delegate.key], "delegation_given", params=lender, noun="delegation", noun_id=given.key
        )
    if problems.found:
        return _page(problems.found, {name: text(name) for name in FIELDS}), UNPROCESSABLE
    flash(f"已委托{delegate.display_name}，操作日志会同时记下两个人的名字。", "ok")
    return redirect(url_for("delegations.index"), 303)


def _delegate() -> User:
    # the same words whether there is nobody or he is disabled
    found = find_user(session(), text("delegate", 64))
    if found is None:
        raise FormFault(field="delegate", words="没有可以接受委托的这个登录名，请向对方核对。")
    return found


def _day(field: str) -> date:
    try:
        return date.fromisoformat(text(field))
    except ValueError:
        raise FormFault(field=field, words="请填写日期，如 2026-11-21。") from None


@bp.post("/delegations/<int:delegation_id>/revoke")
@door(Door.SIGNED_IN)
def revoke(delegation_id: int) -> ResponseReturnValue:
    """Take back what I lend, or give back what I am lent."""
    delegations.revoke(session(), delegation_id, me().actor, now())
    flash("委托已收回，立即失效。", "ok")
    return redirect(url_for("delegations.index"), 303)
