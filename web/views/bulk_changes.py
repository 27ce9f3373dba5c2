"""Bulk changes: one fact stated of many institutions, after a look at what it would do."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import jobs
from core.roles import Permission
from rosters.bulk import BulkPlan, state_of_all
from rosters.changes import Act
from rosters.entries import Noun
from rosters.statements import ChangeKind
from web import lists
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, number
from web.rosters import bulk_forms, forms
from web.rosters.bulk_forms import CHOICES, BulkForm, Selection
from web.words.jobs import BULK
from web.words.rosters import day_words, fact_words, value_words

bp = Blueprint("bulk_changes", __name__)

MOST_AT_ONCE = 500
"""With more institutions the change is made by a job."""

SAMPLE = 20


@bp.get("/institutions/bulk")
@door(Permission.ROSTERS_EDIT)
def ask() -> ResponseReturnValue:
    """Which fact, which value, from when and why."""
    return _form(bulk_forms.selection(), bulk_forms.blank(bulk_forms.fact_asked()))


@bp.post("/institutions/bulk/preview")
@door(Permission.ROSTERS_EDIT)
def preview() -> ResponseReturnValue:
    """How many it would change, and a sample of them; nothing is written."""
    of, form = bulk_forms.selection(), bulk_forms.sent(bulk_forms.fact_asked())
    if form.faults or not of.entries:
        return _form(of, form), UNPROCESSABLE
    return _preview(of, form, bulk_forms.plan(of, form))


@bp.post("/institutions/bulk")
@door(Permission.ROSTERS_EDIT)
def make() -> ResponseReturnValue:
    """Make the change that was looked at; a different number is shown once more."""
    of, form = bulk_forms.selection(), bulk_forms.sent(bulk_forms.fact_asked())
    if form.faults:
        return _form(of, form), UNPROCESSABLE
    plan = bulk_forms.plan(of, form)
    if len(plan.changing) != number("changing"):
        words = "您看过之后名录有了变动，数目已经不同。请再核对一次。"
        return _preview(of, form, plan, {"form": words}), UNPROCESSABLE
    if len(plan.changing) > MOST_AT_ONCE:
        return _enqueue(form, plan)
    with Problems() as problems:
        if not plan.changing or form.day is None:
            raise FormFault(field="form", words="没有需要变更的机构。")
        act = Act(me().actor, now(), forms.act().files, form.reason, ChangeKind.BULK)
        change = state_of_all(session(), act, plan.changing.keys(), form.fact, form.value, form.day)
    if problems.found:
        return _preview(of, form, plan, problems.found), UNPROCESSABLE
    flash(f"已登记：{len(plan.changing)} 家机构。要撤回，用本页的“撤销这次变更”。", "ok")
    return redirect(url_for("roster_changes.show", change_id=change.key), 303)


def _enqueue(form: BulkForm, plan: BulkPlan) -> ResponseReturnValue:
    payload = {
        "entries": sorted(plan.changing),
        "fact": form.fact,
        "value": form.value,
        "day": form.day.isoformat() if form.day else "",
        "reason": form.reason,
        "name": me().actor.name,
        "role": me().actor.role,
    }
    job = jobs.enqueue(session(), BULK, payload, me().actor, now())
    return redirect(url_for("jobs.show", job_id=job.number), 303)


def _form(of: Selection, form: BulkForm) -> str:
    return render_template(
        "institutions/bulk.html",
        many=len(of.entries),
        form=form.form,
        fact=form.fact,
        choices=[(key, words, _here("ask", of, key)) for key, words in CHOICES],
        action=_here("preview", of, form.fact),
        back=_back(of),
    )


def _preview(
    of: Selection, form: BulkForm, plan: BulkPlan, faults: dict[str, str] | None = None
) -> str:
    return render_template(
        "institutions/bulk_preview.html",
        plan=plan,
        sample=list(plan.changing.values())[:SAMPLE],
        as_job=len(plan.changing) > MOST_AT_ONCE,
        asked=form,
        faults=faults or {},
        fact_words=fact_words(Noun.INSTITUTION, form.fact),
        value=lambda one: value_words(Noun.INSTITUTION, form.fact, one),
        day_words=day_words,
        action=_here("make", of, form.fact),
        edit=_here("ask", of, form.fact),
        back=_back(of),
    )


def _here(view: str, of: Selection, fact: str) -> str:
    return lists.address(f"bulk_changes.{view}", **of.address, fact=fact)


def _back(of: Selection) -> str:
    kept = {name: value for name, value in of.address.items() if name not in ("entry", "all")}
    return lists.address("institutions.index", **kept)
