"""How a team changes after its draw: somebody steps out, and recusals are decided on."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.accounts import names_of
from core.calendar import china_date
from core.errors import NotFound
from core.roles import Permission
from inspections.teams.members import Member, cards_on
from inspections.teams.recusals import Recusal, RecusalState, recusals_of
from inspections.teams.stand_ins import StandIn, StandInReason
from inspections.teams.stepping import (
    accept_recusal,
    move_stand_in,
    reject_recusal,
    step_out,
)
from web import lists
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, text
from web.inspections.calls import call_second
from web.inspections.desk import desk
from web.inspections.plan_fields import labels_of
from web.teams.board import line_in
from web.teams.notifying import renew_notices
from web.teams.recusal_calls import answer_recusal
from web.teams.sight import TeamSight, team_sight, to_send

bp = Blueprint("team_changes", __name__, url_prefix="/teams/<int:draw_id>")

REASONS = [(r.value, r.label, r.is_adjustment) for r in StandInReason if r != StandInReason.RECUSAL]
DECISIONS = {"accept": accept_recusal, "reject": reject_recusal}


# -- stepping out ------------------------------------------------------------------------------


@bp.get("/visits/<int:visit_id>/stand-in")
@door(Permission.DRAWS_HOLD)
def ask(draw_id: int, visit_id: int) -> ResponseReturnValue:
    """Asks why somebody steps out, and says who comes instead."""
    seen = to_send(draw_id)
    return _ask_page(seen, visit_id, _member(seen, visit_id, lists.text("slot")), {})


@bp.post("/visits/<int:visit_id>/stand-in")
@door(Permission.DRAWS_HOLD)
def stand_in(draw_id: int, visit_id: int) -> ResponseReturnValue:
    """What the rosters prove takes effect at once; an adjustment waits for a second person."""
    seen = to_send(draw_id)
    member, teams = _member(seen, visit_id, text("slot")), seen.held_teams()
    words = ""
    with Problems() as problems:
        reason = _reason()
        if reason.is_adjustment:
            note = text("note", 500)
            motion = move_stand_in(session(), desk(), teams.key, member.slot, reason, note)
            call_second(seen.sight.plan, motion)
            words = "已提出调整，等待第二人会签；由哪一名候补接替以会签时为准。"
        else:
            words = done_words(step_out(session(), desk(), teams.key, member.slot, reason))
            renew_notices(teams.key)
    if problems.found:
        again = to_send(draw_id)
        return _ask_page(again, visit_id, member, problems.found), UNPROCESSABLE
    flash(words, "ok")
    return redirect(url_for("team_board.visit", draw_id=draw_id, visit_id=visit_id), 303)


def done_words(one: StandIn) -> str:
    """Who came instead, or that nobody was left."""
    if one.in_id is None:
        return "已退出；这个席位的候补已经用完，没有人可以接替。"
    card = cards_on(session(), [one.in_id], china_date(now()))[one.in_id]
    return f"已退出，由候补 {card.name} 接替；这组的文书换了新版本，请重新打印。"


def _reason() -> StandInReason:
    if text("reason") not in {value for value, *_ in REASONS}:
        raise FormFault(field="reason", words="请选择理由。")
    return StandInReason(text("reason"))


def _member(seen: TeamSight, visit_id: int, slot: str) -> Member:
    seen.held_teams()
    members = line_in(seen, visit_id).team.members
    if (found := next((one for one in members if one.slot == slot), None)) is None:
        raise NotFound(noun="member")
    return found


def _ask_page(seen: TeamSight, visit_id: int, member: Member, faults: dict[str, str]) -> str:
    return render_template(
        "teams/stand_in.html",
        seen=seen,
        line=line_in(seen, visit_id),
        member=member,
        reasons=REASONS,
        faults=faults,
        typed={"reason": text("reason"), "note": text("note", 500)},
    )


# -- recusals ----------------------------------------------------------------------------------


@bp.get("/recusals")
@door(Permission.PLANS_READ)
def recusals(draw_id: int) -> ResponseReturnValue:
    """All recusals of the teams, those to be decided first."""
    seen = team_sight(draw_id)
    state = lists.one_of("state", {one.value: one for one in RecusalState})
    found = [one for one in _recusals(seen) if state in ("", one.state)]
    waiting = sorted(found, key=lambda one: (one.state is not RecusalState.OPEN, -one.key))
    page = lists.page_number()
    return render_template(
        "teams/recusals.html",
        seen=seen,
        recusals=waiting[(page - 1) * lists.SIZE : page * lists.SIZE],
        paging=lists.Paging(page, len(waiting), unit="项"),
        states=labels_of(RecusalState),
        state=state,
        **_people(found),
    )


def _recusals(seen: TeamSight) -> list[Recusal]:
    return recusals_of(session(), seen.teams.key) if seen.teams else []


def _people(found: list[Recusal]) -> dict[str, object]:
    """The names of whom they are about, and of who asked and decided."""
    acted = [person for one in found for person in (one.raised_by, one.decided_by)]
    return {
        "cards": cards_on(session(), {one.person_id for one in found}, china_date(now())),
        "names": names_of(session(), acted),
    }


@bp.get("/recusals/<int:recusal_id>")
@door(Permission.PLANS_READ)
def recusal(draw_id: int, recusal_id: int) -> ResponseReturnValue:
    """One recusal: its ground, and the decision on it."""
    return _recusal_page(team_sight(draw_id), recusal_id, {})


@bp.post("/recusals/<int:recusal_id>/<decision>")
@door(Permission.DRAWS_HOLD)
def decide(draw_id: int, recusal_id: int, decision: str) -> ResponseReturnValue:
    """Grant it, so that an alternate steps in, or refuse it; both with a reason."""
    seen = to_send(draw_id)
    _recusal(seen, recusal_id)
    if decision not in DECISIONS:
        raise NotFound(noun="page")
    words = "已决定不予回避。"
    with Problems() as problems:
        done = DECISIONS[decision](session(), desk(), recusal_id, text("reason", 600))
        answer_recusal(recusal_id)
        if isinstance(done, StandIn):
            words = done_words(done)
            renew_notices(draw_id)
    if problems.found:
        return _recusal_page(to_send(draw_id), recusal_id, problems.found), UNPROCESSABLE
    flash(words, "ok")
    return redirect(url_for("team_changes.recusal", draw_id=draw_id, recusal_id=recusal_id), 303)


def _recusal(seen: TeamSight, recusal_id: int) -> Recusal:
    found = next((one for one in _recusals(seen) if one.key == recusal_id), None)
    if found is None:
        raise NotFound(noun="recusal")
    return found


def _recusal_page(seen: TeamSight, recusal_id: int, faults: dict[str, str]) -> str:
    one = _recusal(seen, recusal_id)
    return render_template(
        "teams/recusal.html",
        seen=seen,
        recusal=one,
        line=line_in(seen, one.visit_id),
        own=one.raised_by == me().user.key,
        reason=text("reason", 600),
        faults=faults,
        **_people([one]),
    )
