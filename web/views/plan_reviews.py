"""The way of a plan from draft to publication: each step is asked first, then taken."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from core.roles import Permission
from inspections.plan_reviews import approve, new_version, publish, send_back, submit, withdraw
from inspections.plans import PlanNotFound
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, Problems, number, text
from web.inspections import plan_pages
from web.inspections.calls import answer_makers, call_reviewers
from web.inspections.plan_pages import STEPS, Seen, Step, seen

bp = Blueprint("plan_reviews", __name__)

DONE = {
    "submit": "已提交审批。",
    "approve": "已批准，可以公布。",
    "publish": "已公布。",
    "new": "已起草新版本。",
    "return": "已退回。",
    "withdraw": "已撤回这一版。",
}


@bp.get("/plans/<int:plan_id>/steps/<step>")
@door(Permission.PLANS_EDIT)
def ask(plan_id: int, step: str) -> ResponseReturnValue:
    """What a step of the planner means."""
    return _ask_page(seen(plan_id), _step(step, decides=False), {})


@bp.post("/plans/<int:plan_id>/steps/<step>")
@door(Permission.PLANS_EDIT)
def take(plan_id: int, step: str) -> ResponseReturnValue:
    """Submit, publish, withdraw, begin a new version."""
    return _take(plan_id, _step(step, decides=False))


@bp.get("/plans/<int:plan_id>/decision/<step>")
@door(Permission.PLANS_APPROVE)
def ask_to_decide(plan_id: int, step: str) -> ResponseReturnValue:
    """What a decision means."""
    return _ask_page(seen(plan_id), _step(step, decides=True), {})


@bp.post("/plans/<int:plan_id>/decision/<step>")
@door(Permission.PLANS_APPROVE)
def decide(plan_id: int, step: str) -> ResponseReturnValue:
    """Approve, or return with a reason."""
    return _take(plan_id, _step(step, decides=True))


def _step(key: str, *, decides: bool) -> Step:
    if key not in STEPS or STEPS[key].decides is not decides:
        raise NotFound(noun="page")
    return STEPS[key]


def _reach(found: Seen, step: Step) -> None:
    """That the plan is within reach; in which state it is, the operation says."""
    if not (found.may_decide if step.decides else found.may_edit):
        raise PlanNotFound(plan=found.plan.key)


def _take(plan_id: int, step: Step) -> ResponseReturnValue:
    found = seen(plan_id)
    _reach(found, step)
    with Problems() as problems:
        _carry_out(found, step)
    if problems.found:
        return _ask_page(seen(plan_id), step, problems.found), UNPROCESSABLE
    flash(DONE[step.key], "ok")
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


def _carry_out(found: Seen, step: Step) -> None:
    about = (session(), found.version.key, number("revision") or 0)
    actor, moment = me().actor, now()
    match step.key:
        case "submit":
            call_reviewers(found.plan, submit(*about, actor, moment))
        case "approve":
            answer_makers("plan_approved", found.plan, approve(*about, actor, moment))
        case "return":
            returned = send_back(*about, text("reason", 1_000), actor, moment)
            answer_makers("plan_returned", found.plan, returned)
        case "publish":
            publish(*about, actor, moment, text("document_no", 100))
        case "withdraw":
            withdraw(*about, actor, moment)
        case _:
            new_version(session(), found.plan.key, text("reason", 1_000), actor, moment)


def _ask_page(found: Seen, step: Step, faults: dict[str, str]) -> str:
    _reach(found, step)
    return render_template(
        "plans/step.html",
        plan=found.plan,
        seen=found,
        version=found.version,
        step=step,
        faults_found=plan_pages.faults_now(found.version) if step.key == "submit" else (),
        action=url_for(
            "plan_reviews.decide" if step.decides else "plan_reviews.take",
            plan_id=found.plan.key,
            step=step.key,
        ),
        typed={name: text(name, 1_000) for name in ("reason", "document_no")},
        faults=faults,
    )
