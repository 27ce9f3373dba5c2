"""What was found in a roster file, and what people say to it: columns settled, doubts decided."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from core.roles import Permission
from rosters.imports import imports as kept
from rosters.imports import steps
from rosters.imports.cases import by_decision, decide, decide_all
from rosters.imports.imports import ImportState, RosterImport
from rosters.imports.nouns import form_of
from rosters.imports.papers import MOST_EFFECTS
from rosters.imports.plans import Grounds, Outcome
from rosters.sheets.faults import words as fault_words
from web import lists
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE
from web.rosters import import_cases, import_effects, import_matching, import_words
from web.rosters.import_pages import back_to, by_place, found_faults, kinds_of, seen
from web.rosters.import_uploads import store

bp = Blueprint("import_reviews", __name__, url_prefix="/imports")

EDIT = Permission.ROSTERS_EDIT
PAGE, CASES_ON_PAGE = 20, 10


# -- what was found ----------------------------------------------------------------------------


@bp.get("/<int:import_id>/faults")
@door(EDIT)
def faults(import_id: int) -> ResponseReturnValue:
    """All faults by kind, with their places."""
    one = seen(import_id)
    found = found_faults(one)
    code = lists.one_of("kind", one.fault_counts)
    shown = by_place(fault for fault in found if not code or fault.code == code)
    page = lists.page_number()
    return render_template(
        "roster_imports/faults.html",
        one=one,
        kinds=kinds_of(found),
        listed=shown[(page - 1) * PAGE : page * PAGE],
        paging=lists.Paging(page, len(shown), PAGE, "处"),
        counted=one.fault_counts.get(code, 0) if code else len(found),
        chosen=code,
        words=import_words,
        fault_words=fault_words,
    )


@bp.get("/<int:import_id>/faults.csv")
@door(EDIT)
def export_faults(import_id: int) -> ResponseReturnValue:
    """The same as a file."""
    one = seen(import_id)
    code = lists.one_of("kind", one.fault_counts)
    rows = (
        (
            fault.sheet, fault.row or "", fault.letter, fault.label, fault.value,
            import_words.SEVERITIES[fault.severity][1], fault_words(fault),
        )
        for fault in by_place(found_faults(one)) if not code or fault.code == code
    )  # fmt: skip
    head = ("工作表", "行", "列", "栏目", "填的是", "程度", "问题和改法")
    return lists.csv_file(f"import-{one.key}-faults.csv", head, rows)


@bp.get("/<int:import_id>/effects")
@door(EDIT)
def effects(import_id: int) -> ResponseReturnValue:
    """What would change, before and after."""
    one = seen(import_id)
    counts = one.counts.get("rows", {})
    wanted = Outcome.NEW if lists.text("outcome") == Outcome.NEW else Outcome.CHANGED
    page, total = lists.page_number(), min(counts.get(wanted.value, 0), MOST_EFFECTS)
    return render_template(
        "roster_imports/effects.html",
        one=one,
        counts=counts,
        outcome=wanted,
        rows=import_effects.effects(store(), one, wanted, page, PAGE),
        paging=lists.Paging(page, total, PAGE, "行"),
        most=MOST_EFFECTS,
    )


@bp.get("/<int:import_id>/cases")
@door(EDIT)
def cases(import_id: int) -> ResponseReturnValue:
    """Rows that may speak of institutions that are there: a person decides."""
    one = seen(import_id)
    chosen = import_cases.chosen()
    found = import_cases.page(one, chosen, me().scopes(EDIT), CASES_ON_PAGE)
    return render_template(
        "roster_imports/cases.html",
        one=one,
        cases=found.cases,
        paging=lists.Paging(found.page, found.total, CASES_ON_PAGE, "行"),
        counts=by_decision(session(), one.key),
        grounds=[(each.value, each.label) for each in Grounds],
        chosen=chosen,
        kept=import_cases.kept(),
        open=kept.resting(session(), one) == ImportState.PREVIEWED,
    )


@bp.post("/<int:import_id>/cases")
@door(EDIT)
def decide_cases(import_id: int) -> ResponseReturnValue:
    """Keep the answers of one page of the queue, or one answer for all of a kind."""
    one = seen(import_id)
    done = 0
    actor, moment = me().actor, now()
    if (alike := import_cases.asked_for_all()) is not None:
        done = decide_all(session(), one.key, *alike, actor, moment)
    else:
        for decision, numbers in import_cases.answers().items():
            done += decide(session(), one.key, numbers, decision, actor, moment)
    flash(f"已记下 {done} 行的判定。" if done else "没有新的判定。", "ok")
    return redirect(
        lists.address("import_reviews.cases", import_id=one.key, **import_cases.kept()), 303
    )


# -- corrections -------------------------------------------------------------------------------


@bp.get("/<int:import_id>/matching")
@door(EDIT)
def matching(import_id: int) -> ResponseReturnValue:
    """What the columns were taken for."""
    return _matching_page(seen(import_id), {}, {})


def _matching_page(one: RosterImport, typed: dict[str, str], faults: dict[str, str]) -> str:
    form = import_matching.filled(one, form_of(one.noun.value), typed)
    return render_template("roster_imports/matching.html", one=one, fields=form, faults=faults)


@bp.post("/<int:import_id>/matching")
@door(EDIT)
def match(import_id: int) -> ResponseReturnValue:
    """Settle what they mean, and look again."""
    one = seen(import_id)
    answer = import_matching.read(one, form_of(one.noun.value))
    if answer.faults:
        return _matching_page(one, answer.typed, answer.faults), UNPROCESSABLE
    actor, moment = me().actor, now()
    steps.match(session(), one.key, answer.choices, answer.left_out, actor, moment)
    steps.ask_preview(session(), one.key, actor, moment)
    return back_to(one)
