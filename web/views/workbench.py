"""The workbench of a plan: what it would do on the rosters, and what other figures would do."""

from time import perf_counter

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.calendar import china_date
from core.roles import Permission, Place
from inspections.grounds import roster_mark
from inspections.plan_content import PlanContent
from inspections.plan_drafts import save
from inspections.plans import PlanNotFound
from inspections.substitutions import drawn_elsewhere
from inspections.workbench import Answers, Bench
from sampler.report import METHOD_NAMES
from web import lists
from web.auth import door, me, now
from web.database import engine, session
from web.forms import Problems, number
from web.inspections import plan_bench, plan_pages
from web.inspections.plan_forms import in_words
from web.inspections.plan_grounds import Benches, Wanted
from web.inspections.plan_pages import Seen, seen, to_edit
from web.words.plans import place_words

bp = Blueprint("workbench", __name__)


@bp.get("/plans/<int:plan_id>/workbench")
@door(Permission.PLANS_READ)
def show(plan_id: int) -> ResponseReturnValue:
    """Chances, feasibility and work; with other figures if the address gives them."""
    found = seen(plan_id, lists.number("version"))
    # whoever sees the rosters of the place, and not all who take part in the plan
    if not me().may(Permission.ROSTERS_READ, Place(region=found.plan.region)):
        raise PlanNotFound(plan=plan_id)
    trial = plan_bench.tried(found.version.content, request.args)
    bench = _bench(found, trial.content)
    if bench is None:
        return render_template("plans/reading.html", plan=found.plan)
    began = perf_counter()
    plan, today = found.plan, china_date(now())
    elsewhere = drawn_elsewhere(session(), plan_id, plan.year, today)
    answers = plan_bench.answer(bench, trial.content, plan.kind.value, today, elsewhere)
    return _page(found, trial, answers, perf_counter() - began)


@bp.post("/plans/<int:plan_id>/workbench")
@door(Permission.PLANS_EDIT)
def keep(plan_id: int) -> ResponseReturnValue:
    """Put the figures that were tried into the draft."""
    found = to_edit(plan_id)
    trial = plan_bench.tried(found.version.content, request.form)
    with Problems() as problems:
        save(
            session(), found.version.key, trial.content, number("revision") or 0, me().actor, now()
        )
    if problems.found:
        flash("".join(problems.found.values()), "bad")
        return redirect(url_for("workbench.show", plan_id=plan_id), 303)
    flash("已把试算的数值存入草稿。", "ok")
    return redirect(url_for("workbench.show", plan_id=plan_id), 303)


def _bench(found: Seen, content: PlanContent) -> Bench | None:
    day = content.roster_day or china_date(now())
    wanted = Wanted(found.plan.scope, day, found.plan.year, roster_mark(session()))
    return _benches().ask(wanted)


def _benches() -> Benches:
    """Those of this process, made when they are first asked for."""
    kept = current_app.extensions
    found: Benches = kept.get("benches") or kept.setdefault("benches", Benches(engine()))
    return found


def _page(found: Seen, trial: plan_bench.Trial, answers: Answers, seconds: float) -> str:
    content, view = trial.content, lists.one_of("by", plan_bench.VIEWS) or "field"
    quotas, quota_top = plan_bench.quota_lines(answers)
    methods, method_top = plan_bench.method_lines(answers)
    groups, others, group_top = plan_bench.group_lines(answers, view)
    loads = answers.methods[0].loads if answers.feasible else ()
    tiles, width, height = plan_bench.load_tiles(loads)
    return render_template(
        "plans/workbench.html",
        seen=found,
        plan=found.plan,
        version=found.version,
        content=content,
        answers=answers,
        seconds=seconds,
        trial_faults=trial.faults,
        plan_faults=[(place_words(at), words) for at, words in in_words(answers.faults)],
        changed=plan_pages.differences(found.version.content, content),
        quotas=quotas,
        quota_top=quota_top,
        methods=methods,
        method_top=method_top,
        groups=groups,
        others=others,
        group_top=group_top,
        views=plan_bench.VIEWS,
        view=view,
        loads=loads,
        tiles=tiles,
        map_size=(width, height),
        is_much=plan_bench.is_much,
        busy=plan_bench.BUSY,
        left_out=plan_bench.by_reason(answers.exclusions.left_out),
        method_names=list(METHOD_NAMES.items()),
        pct=plan_bench.percents,
        this_page=lists.here,
    )
