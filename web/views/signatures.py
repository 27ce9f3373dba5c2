"""What two persons must sign: draws made void, sources gone without, units replaced."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from core.roles import Permission
from inspections.addenda import SubstitutionReason
from inspections.drawn_units import DrawnUnit, get_unit, units_of
from inspections.draws import DrawReason, get_draw
from inspections.holding import sign_void
from inspections.motions import Motion, MotionKind, MotionNotFound, sign_without, withdraw_motion
from inspections.subjects import Subject
from inspections.substitutions import (
    move_substitution,
    reserve_for,
    sign_substitution,
    standing_of,
    substitutions_of,
)
from inspections.teams.stand_ins import StandInReason
from inspections.teams.stepping import sign_stand_in
from inspections.teams.visits import plan_visits, visits_of
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, text
from web.inspections.calls import call_second
from web.inspections.ceremony_sight import Sight, to_hold, to_sign
from web.inspections.desk import desk
from web.teams.leaving import leaving_of
from web.teams.notifying import renew_notices

bp = Blueprint("signatures", __name__)

REASONS = [(reason.value, reason.label) for reason in SubstitutionReason]


# -- substitutions -----------------------------------------------------------------------------


@bp.get("/ceremonies/<int:draw_id>/substitutions")
@door(Permission.PLANS_READ)
def index(draw_id: int) -> ResponseReturnValue:
    """The list as it stands, who went and who stepped in."""
    sight = _held(to_sign(draw_id))
    sight.draw.must_draw(Subject.UNITS)
    units = {unit.unit_id: unit for unit in units_of(session(), draw_id)}
    state = standing_of(session(), desk(), sight.draw)
    return render_template(
        "ceremonies/substitutions.html",
        sight=sight,
        standing=[units[unit_id] for unit_id in state.standing],
        waiting=[units[str(row["unit_id"])] for row in state.waiting],
        done=substitutions_of(session(), draw_id),
        by_id={unit.key: unit for unit in units.values()},
        open={m.subject for m in sight.motions() if m.is_open},
    )


def _held(sight: Sight) -> Sight:
    if not sight.draw.is_held:
        raise NotFound(noun="draw", id=sight.draw.key)
    return sight


@bp.get("/ceremonies/<int:draw_id>/substitutions/<int:unit>")
@door(Permission.DRAWS_HOLD)
def ask(draw_id: int, unit: int) -> ResponseReturnValue:
    """Asks why a unit has to go, and says who would step in."""
    sight = _held(to_hold(draw_id))
    return _ask_page(sight, _unit(draw_id, unit), {})


def _unit(draw_id: int, key: int) -> DrawnUnit:
    found = session().get(DrawnUnit, key)
    if found is None or found.draw_id != draw_id:
        raise NotFound(noun="drawn_unit", id=key)
    return found


def _ask_page(sight: Sight, out: DrawnUnit, faults: dict[str, str]) -> str:
    row = reserve_for(session(), desk(), sight.draw.key, out.unit_id)
    reserve = get_unit(session(), sight.draw.key, str(row["unit_id"])) if row else None
    return render_template(
        "ceremonies/substitute.html",
        sight=sight,
        out=out,
        reserve=reserve,
        reasons=REASONS,
        faults=faults,
        typed={"reason": text("reason"), "note": text("note", 500)},
    )


@bp.post("/ceremonies/<int:draw_id>/substitutions/<int:unit>")
@door(Permission.DRAWS_HOLD)
def substitute(draw_id: int, unit: int) -> ResponseReturnValue:
    """Move to replace a unit; a second person signs."""
    sight = _held(to_hold(draw_id))
    out = _unit(draw_id, unit)
    with Problems() as problems:
        if (reason := text("reason")) not in set(SubstitutionReason):
            raise FormFault(field="reason", words="请选择理由。")
        note = text("note", 500)
        told = (out.unit_id, SubstitutionReason(reason), note)
        motion, _ = move_substitution(session(), desk(), draw_id, *told)
        call_second(sight.plan, motion)
    if problems.found:
        return _ask_page(sight, _unit(draw_id, unit), problems.found), UNPROCESSABLE
    flash("已提出递补，等待第二人会签；由哪一家递补以会签时为准。", "ok")
    return redirect(url_for("ceremonies.show", draw_id=draw_id), 303)


# -- the second name ---------------------------------------------------------------------------


@bp.get("/ceremonies/<int:draw_id>/motions/<int:motion_id>")
@door(Permission.PLANS_READ)
def show(draw_id: int, motion_id: int) -> ResponseReturnValue:
    """Asks the second person, and says what follows."""
    sight = to_sign(draw_id)
    return _motion_page(sight, _motion(sight, motion_id), {})


def _motion(sight: Sight, motion_id: int) -> Motion:
    found = next((m for m in sight.motions() if m.key == motion_id), None)
    if found is None:
        raise MotionNotFound(motion=motion_id)
    return found


def _motion_page(sight: Sight, motion: Motion, faults: dict[str, str]) -> str:
    out = None
    if motion.kind is MotionKind.SUBSTITUTION:
        out = get_unit(session(), sight.draw.key, motion.subject)
    source = next((s for s in sight.sources if str(s.key) == motion.subject), None)
    standing = motion.kind is MotionKind.STAND_IN
    return render_template(
        "ceremonies/motion.html",
        sight=sight,
        motion=motion,
        reason=reason_words(motion),
        out=out,
        leaving=leaving_of(motion) if standing else None,
        source=source if motion.kind is MotionKind.WITHOUT_SOURCE else None,
        own=motion.moved_by == me().user.key,
        faults=faults,
    )


def reason_words(motion: Motion) -> str:
    """Why it was moved, as a page says it."""
    known: dict[str, str] = {}
    known |= {one.value: one.label for one in DrawReason}
    known |= {one.value: one.label for one in SubstitutionReason}
    known |= {one.value: one.label for one in StandInReason}
    return known.get(motion.reason, "没有取得")


@bp.post("/ceremonies/<int:draw_id>/motions/<int:motion_id>/signature")
@door(Permission.PLANS_READ)
def sign(draw_id: int, motion_id: int) -> ResponseReturnValue:
    """The second signature; what was moved takes effect."""
    sight = to_sign(draw_id)
    motion = _motion(sight, motion_id)
    with Problems() as problems:
        _SIGNING[motion.kind](motion_id)
    if problems.found:
        again = to_sign(draw_id)
        return _motion_page(again, _motion(again, motion_id), problems.found), UNPROCESSABLE
    flash("已会签，即时生效。", "ok")
    return redirect(url_for("ceremonies.show", draw_id=draw_id), 303)


def _void(motion_id: int) -> None:
    """The draw counts no longer; whoever was to go, or to be visited, hears of it."""
    renew_notices(sign_void(session(), desk(), motion_id).key)


def _substitute(motion_id: int) -> None:
    """The reserve steps in, and takes over the visit with its team, if it is planned already."""
    done = sign_substitution(session(), desk(), motion_id)
    if visits_of(session(), done.draw_id):
        plan_visits(session(), get_draw(session(), done.draw_id).plan_id, me().actor, now())
        renew_notices(done.draw_id)


def _stand_in(motion_id: int) -> None:
    """The first alternate steps in."""
    renew_notices(sign_stand_in(session(), desk(), motion_id).draw_id)


_SIGNING: dict[MotionKind, Callable[[int], object]] = {
    MotionKind.VOID: _void,
    MotionKind.WITHOUT_SOURCE: lambda motion: sign_without(session(), motion, me().actor, now()),
    MotionKind.SUBSTITUTION: _substitute,
    MotionKind.STAND_IN: _stand_in,
}


@bp.post("/ceremonies/<int:draw_id>/motions/<int:motion_id>/withdrawal")
@door(Permission.PLANS_READ)
def withdraw(draw_id: int, motion_id: int) -> ResponseReturnValue:
    """Let a motion be: by who moved it, or by who was asked and refuses."""
    sight = to_sign(draw_id)
    motion = _motion(sight, motion_id)
    with Problems() as problems:
        withdraw_motion(session(), motion_id, me().actor, now())
    if problems.found:
        return _motion_page(to_sign(draw_id), motion, problems.found), UNPROCESSABLE
    flash("这项申请已经撤回。", "ok")
    return redirect(url_for("ceremonies.show", draw_id=draw_id), 303)
