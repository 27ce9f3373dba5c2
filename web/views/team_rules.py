"""The rules by which a plan forms its teams: a form, the rules in words, and who changed them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.accounts import names_of
from core.roles import Permission
from inspections.teams.rules import TeamRules, set_rules
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, WHOLE, FormFault, Problems, number, text
from web.inspections.plan_forms import Faults, Typed
from web.teams import rules_form
from web.teams.sight import TeamSight, team_sight, to_send

bp = Blueprint("team_rules", __name__, url_prefix="/teams/<int:draw_id>/rules")


@bp.get("")
@door(Permission.PLANS_READ)
def show(draw_id: int) -> ResponseReturnValue:
    """The rules in words, and how they came to be so."""
    seen = team_sight(draw_id)
    if seen.rules is None and seen.may_prepare:
        return redirect(url_for("team_rules.edit", draw_id=draw_id), 303)
    return render_template(
        "teams/rules.html",
        seen=seen,
        told=rules_form.told(seen.rules.content) if seen.rules else [],
        names=names_of(session(), [row.made_by for row in seen.history]),
    )


@bp.get("/edit")
@door(Permission.DRAWS_HOLD)
def edit(draw_id: int) -> ResponseReturnValue:
    """All rules on one form; the usual ones stand in it at first."""
    seen = to_send(draw_id)
    rules = seen.rules.content if seen.rules else TeamRules()
    return _page(seen, rules_form.typed_of(rules), [], {})


@bp.post("/edit")
@door(Permission.DRAWS_HOLD)
def keep(draw_id: int) -> ResponseReturnValue:
    """Set the rules; nothing that was typed is lost if they cannot be set."""
    seen = to_send(draw_id)
    version = seen.sight.version.key
    typed = rules_form.sent_rules()
    found = rules_form.read(typed)
    with Problems() as problems:
        _must_be_unchanged(seen)
        if found.rules is not None:
            set_rules(session(), version, found.rules, text("reason", 1000), me().actor, now())
    if problems.found or found.faults:
        return _page(to_send(draw_id), typed, found.faults, problems.found), UNPROCESSABLE
    flash("选派规则已保存。", "ok")
    return redirect(url_for("team_board.show", draw_id=draw_id), 303)


def _must_be_unchanged(seen: TeamSight) -> None:
    """That nobody has set other rules since the form was opened."""
    if number("number") != (seen.rules.number if seen.rules else 0):
        raise FormFault(field=WHOLE, words="打开本页以后，规则已被别人修改。请重新打开再改。")


def _page(seen: TeamSight, typed: Typed, faults: Faults, others: dict[str, str]) -> str:
    sheets = rules_form.sheets(typed, faults)
    placed = {name: words for one in sheets for name, words in one.faults.items()}
    return render_template(
        "teams/rules_form.html",
        seen=seen,
        sheets=sheets,
        faults=placed | others,
        number=seen.rules.number if seen.rules else 0,
        reason=text("reason", 1000),
    )
