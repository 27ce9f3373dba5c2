"""Roster files on their way into the rosters: upload, preview, corrections, import, undoing."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core import jobs
from core.jobs import ENDED
from core.privacy import ReasonIsMissing
from core.roles import Permission
from rosters.entries import Noun
from rosters.imports import imports as kept
from rosters.imports import steps
from rosters.imports.imports import ImportPage, ImportState, Mode, RosterImport, Upload, scope_of
from rosters.imports.nouns import FORMS, form_of
from rosters.withdrawals import later_changes
from web import lists
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, text
from web.rosters import import_files, import_words
from web.rosters.forms import DAY, MOST_REASON, effective_day, today
from web.rosters.import_pages import about, back_to, seen, standing
from web.rosters.import_uploads import store, uploaded

bp = Blueprint("imports", __name__, url_prefix="/imports")

EDIT = Permission.ROSTERS_EDIT
PAGE, CASES_ON_PAGE = 20, 10

PAGES = {
    ImportState.UPLOADED: "uploaded",
    ImportState.PREVIEWING: "working",
    ImportState.PREVIEWED: "preview",
    ImportState.FAILED: "failed",
    ImportState.APPLYING: "working",
    ImportState.APPLIED: "receipt",
    ImportState.UNDOING: "working",
    ImportState.UNDONE: "receipt",
    ImportState.CANCELLED: "receipt",
}
"""What an import looks like, by where it stands."""


# -- the list, and a new one -------------------------------------------------------------------


@bp.get("")
@door(EDIT)
def index() -> ResponseReturnValue:
    """Imports of my region, the newest first."""
    page = lists.page_number()
    found = _found(page, PAGE)
    return render_template(
        "roster_imports/index.html",
        rows=[(one, kept.resting(session(), one)) for one in found.imports],
        paging=lists.Paging(page, found.total, PAGE, "次"),
        words=import_words,
        chosen={"noun": _noun_chosen(), "state": _state_chosen()},
    )


def _found(page: int, size: int) -> ImportPage:
    noun, state = _noun_chosen(), _state_chosen()
    return kept.imports(
        session(), me().scopes(EDIT), page, size,
        noun=Noun(noun) if noun else None, states=[ImportState(state)] if state else (),
    )  # fmt: skip


def _noun_chosen() -> str:
    return lists.one_of("noun", import_words.NOUNS)


def _state_chosen() -> str:
    return lists.one_of("state", import_words.STATES)


@bp.get("/imports.csv")
@door(EDIT)
def export() -> ResponseReturnValue:
    """The same as a file."""
    rows = (import_words.line(one) for one in _found(1, lists.MOST_EXPORTED).imports)
    return lists.csv_file(f"imports-{lists.stamp(now())}.csv", import_words.HEAD, rows)


@bp.get("/new")
@door(EDIT)
def new() -> ResponseReturnValue:
    """What to import, and how."""
    noun = _noun_chosen() or Noun.INSTITUTION.value
    typed = {"noun": noun, "mode": Mode.VALID_ROWS.value, DAY: today().isoformat()}
    return _new_page(typed, {})


def _new_page(typed: dict[str, str], faults: dict[str, str]) -> str:
    return render_template(
        "roster_imports/new.html", typed=typed, faults=faults, words=import_words, forms=FORMS
    )


@bp.get("/templates/<noun>.xlsx")
@door(EDIT)
def template(noun: str) -> ResponseReturnValue:
    """An empty workbook with drop-downs, to fill in."""
    return import_files.template(form_of(noun))


@bp.post("")
@door(EDIT)
def create() -> ResponseReturnValue:
    """Take a file in and let it be previewed."""
    faults: dict[str, str] = {}
    with Problems(faults):
        terms = _terms()
    with Problems(faults):
        reason = _reason()
    with Problems(faults):
        blob, name = uploaded("file")
    if not faults:
        with Problems(faults):
            noun = form_of(text("noun")).noun
            handed = Upload(noun, name, reason=reason, **terms)
            scope = scope_of(me().scopes(EDIT))
            one = kept.upload(session(), blob, handed, scope, me().actor, now())
            steps.ask_preview(session(), one.key, me().actor, now())
            return back_to(one)
    names = ("noun", "mode", "clear", DAY, "reason")
    return _new_page({name: text(name, 1_000) for name in names}, faults), UNPROCESSABLE


def _terms() -> dict[str, Any]:
    """Mode, effective date and what an empty cell means, as the form says."""
    chosen = text("mode")
    if chosen not in set(Mode):
        raise FormFault(field="mode", words="请选择有错误的行怎样处理。")
    return {"mode": Mode(chosen), "takes_effect": effective_day(), "clear": text("clear") == "yes"}


def _reason() -> str:
    reason = text("reason", 1_000)
    if not 0 < len(reason) <= MOST_REASON:
        raise ReasonIsMissing
    return reason


# -- one import --------------------------------------------------------------------------------


@bp.get("/<int:import_id>")
@door(EDIT)
def show(import_id: int) -> ResponseReturnValue:
    """How far it is, what it would do, or its receipt."""
    one = seen(import_id)
    state, job = standing(one)
    return render_template(f"roster_imports/{PAGES[state]}.html", **about(one, state, job))


@bp.get("/<int:import_id>/progress")
@door(EDIT)
def progress(import_id: int) -> ResponseReturnValue:
    """The same for the script of the page."""
    _, job = standing(seen(import_id))
    running = job is not None and job.state not in ENDED
    told = {"words": import_words.progress_words(job, now()), "share": import_words.share(job)}
    return {"running": running, **told}


@bp.get("/<int:import_id>/file")
@door(EDIT)
def file(import_id: int) -> ResponseReturnValue:
    """The file as it came."""
    return import_files.original(store(), seen(import_id))


@bp.get("/<int:import_id>/marked.xlsx")
@door(EDIT)
def marked(import_id: int) -> ResponseReturnValue:
    """The workbook with its faults marked."""
    one = seen(import_id)
    return import_files.marked(store(), one) if one.faults_file else back_to(one)


# -- looked at anew ----------------------------------------------------------------------------


@bp.get("/<int:import_id>/terms")
@door(EDIT)
def terms(import_id: int) -> ResponseReturnValue:
    """How it is imported: what may be changed until it is."""
    one = seen(import_id)
    typed = {
        "mode": one.mode.value,
        "clear": "yes" if one.clear else "no",
        DAY: one.takes_effect.isoformat(),
    }
    return render_template(
        "roster_imports/terms.html", one=one, typed=typed, faults={}, words=import_words
    )


@bp.post("/<int:import_id>/terms")
@door(EDIT)
def change_terms(import_id: int) -> ResponseReturnValue:
    """Settle it anew, and look again."""
    one = seen(import_id)
    with Problems() as problems:
        settled, actor = _terms(), me().actor
        steps.change_terms(session(), one.key, **settled, actor=actor, now=now())
        steps.ask_preview(session(), one.key, actor, now())
        return back_to(one)
    typed = {name: text(name) for name in ("mode", "clear", DAY)}
    page = render_template(
        "roster_imports/terms.html",
        one=one, typed=typed, faults=problems.found, words=import_words,
    )  # fmt: skip
    return page, UNPROCESSABLE


@bp.post("/<int:import_id>/preview")
@door(EDIT)
def preview(import_id: int) -> ResponseReturnValue:
    """Look again."""
    one = seen(import_id)
    steps.ask_preview(session(), one.key, me().actor, now())
    return back_to(one)


# -- what changes the rosters, or ends it: asked first ------------------------------------------


def _asking(
    import_id: int, template: str, faults: dict[str, str] | None = None, **more: Any
) -> str:
    one = seen(import_id)
    told = {**about(one, *standing(one)), **more, "faults": faults or {}}
    return render_template(f"roster_imports/{template}.html", **told)


@bp.get("/<int:import_id>/apply")
@door(EDIT)
def ask_to_apply(import_id: int) -> ResponseReturnValue:
    """What will be written?"""
    if standing(seen(import_id))[0] != ImportState.PREVIEWED:
        return back_to(seen(import_id))
    return _asking(import_id, "apply")


@bp.post("/<int:import_id>/apply")
@door(EDIT)
def apply(import_id: int) -> ResponseReturnValue:
    """Write it."""
    one = seen(import_id)
    steps.ask_apply(session(), one.key, me().actor, now())
    return back_to(one)


@bp.get("/<int:import_id>/undo")
@door(EDIT)
def ask_to_undo(import_id: int) -> ResponseReturnValue:
    """Take all of it back?"""
    one = seen(import_id)
    if standing(one)[0] != ImportState.APPLIED or one.change_id is None:
        return back_to(one)
    return _undo_page(one, {})


def _undo_page(one: RosterImport, faults: dict[str, str]) -> str:
    later = later_changes(session(), one.change_id or 0)
    return _asking(one.key, "undo", faults, later=later, typed=text("reason", 1_000))


@bp.post("/<int:import_id>/undo")
@door(EDIT)
def undo(import_id: int) -> ResponseReturnValue:
    """Take it back."""
    one = seen(import_id)
    with Problems() as problems:
        steps.ask_undo(session(), one.key, me().actor, now(), text("reason", 1_000))
    if problems.found:
        return _undo_page(seen(import_id), problems.found), UNPROCESSABLE
    return back_to(one)


@bp.get("/<int:import_id>/discard")
@door(EDIT)
def ask_to_discard(import_id: int) -> ResponseReturnValue:
    """Give it up?"""
    return _asking(import_id, "discard")


@bp.post("/<int:import_id>/discard")
@door(EDIT)
def discard(import_id: int) -> ResponseReturnValue:
    """Give it up."""
    return back_to(steps.discard(session(), seen(import_id).key, me().actor, now()))


@bp.get("/<int:import_id>/cancel")
@door(EDIT)
def ask_to_cancel(import_id: int) -> ResponseReturnValue:
    """Stop what is running?"""
    return _asking(import_id, "cancel")


@bp.post("/<int:import_id>/cancel")
@door(EDIT)
def cancel(import_id: int) -> ResponseReturnValue:
    """Stop it."""
    one = seen(import_id)
    _, job = standing(one)
    if job is not None:
        jobs.cancel(session(), job.number, me().actor, now())
    return back_to(one)
