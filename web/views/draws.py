"""From files to chances, from chances to a rehearsal, from a rehearsal to its files."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sampler import bundle
from sampler.bundle import csv_text
from sampler.commitment import FEWEST_SOURCES, types_json
from sampler.faults import BadInput
from sampler.frame import freeze
from sampler.procedure import NotFeasible
from web.auth import Door, door
from web.errors import TrialGone
from web.trials.desk import Trial
from web.trials.inputs import FileFault, take_in
from web.trials.pages import chances_page, progress_words, result_page
from web.trials.results import Result
from web.trials.runner import Cancelled
from web.views import desk, offer

bp = Blueprint("draws", __name__)

SEED_FIELDS = ("seed1", "seed2", "seed3")
LONGEST_SEED = 200
FAULTS_SHOWN = 50

KINDS = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "py": "text/x-python; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


@bp.get("/")
@door(Door.PUBLIC)
def start() -> ResponseReturnValue:
    """The first page: what this is, and which roster and plan to take."""
    return render_template("draws/start.html", offer=offer())


@bp.post("/draws")
@door(Door.PUBLIC)
def begin() -> ResponseReturnValue:
    """Read roster and plan and work out the chances."""
    trial = desk().open(take_in(request.form, request.files, offer()))
    if trial.chances:
        trial.chances.wait(desk().settings.patience_seconds)
    return _to("show", trial)


@bp.get("/draws/<token>")
@door(Door.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """The chances, or what keeps us from them."""
    trial = desk().find(token)
    if trial.inputs.faults:
        return _faults_page(trial, trial.inputs.faults)
    if trial.chances and trial.chances.running:
        return render_template("draws/working.html", trial=trial, job=trial.chances)
    return _chances(trial)


def _chances(
    trial: Trial, seeds: list[str] | None = None, seed_fault: str = ""
) -> ResponseReturnValue:
    page = chances_page(trial)
    status = 422 if seed_fault else 200
    seeds = seeds or [""] * len(SEED_FIELDS)
    filled = render_template(
        "draws/chances.html", trial=trial, page=page, seeds=seeds, seed_fault=seed_fault
    )
    return filled, status


@bp.get("/draws/<token>/progress")
@door(Door.PUBLIC)
def progress(token: str) -> ResponseReturnValue:
    """How far the running work is, for the script of the page."""
    job = desk().find(token).running
    if job is None:
        return jsonify(running=False)
    words, share = progress_words(job.telling)
    return jsonify(running=True, words=words, share=share)


@bp.post("/draws/<token>/cancel")
@door(Door.PUBLIC)
def cancel(token: str) -> ResponseReturnValue:
    """Call off what is running."""
    trial = desk().find(token)
    job = trial.running
    if job:
        job.cancel()
        job.wait(desk().settings.patience_seconds)
    return _to("result" if job is trial.rehearsal and job else "show", trial)


@bp.post("/draws/<token>/again")
@door(Door.PUBLIC)
def again(token: str) -> ResponseReturnValue:
    """Work out the chances after they were called off."""
    trial = desk().find(token)
    if trial.inputs.prepared is not None:
        desk().start_chances(trial)
    return _to("show", trial)


@bp.get("/draws/<token>/faults.csv")
@door(Door.PUBLIC)
def faults(token: str) -> ResponseReturnValue:
    """All faults as a table."""
    rows = [(f.file, f.fault.where, f.fault.message) for f in desk().find(token).inputs.faults]
    # a mark of byte order, or Excel takes the Chinese for another encoding
    text = "\ufeff" + csv_text(("文件", "位置", "问题"), rows)
    return _download([text.encode()], "faults.csv")


@bp.get("/draws/<token>/chances.csv")
@door(Door.PUBLIC)
def chances(token: str) -> ResponseReturnValue:
    """The chance of every institution, the same file that the command line writes."""
    trial = desk().find(token)
    prepared, worked = trial.prepared, trial.worked
    frame = freeze(prepared.plan, prepared.roster, prepared.typed, salt_key="")
    data = {
        "types": types_json(prepared.typed.problem, worked),
        "plan": prepared.plan.as_json(),
    }
    return _download([bundle.chances_csv(data, frame)], "chances.csv")


@bp.post("/draws/<token>/comparison")
@door(Door.PUBLIC)
def comparison(token: str) -> ResponseReturnValue:
    """Set the chances beside those of drawing field after field."""
    trial = desk().find(token)
    if not trial.running:
        desk().start_comparison(trial)
    if trial.comparison:
        trial.comparison.wait(desk().settings.patience_seconds)
    return _to("show", trial, _anchor="comparison")


@bp.post("/draws/<token>/rehearsal")
@door(Door.PUBLIC)
def rehearsal(token: str) -> ResponseReturnValue:
    """Rehearse the draw with the seeds of the form."""
    trial = desk().find(token)
    if trial.chances and trial.chances.running:
        return _to("show", trial)
    seeds = [request.form.get(name, "").strip() for name in SEED_FIELDS]
    given = [seed for seed in seeds if seed]
    if fault := _seed_fault(given):
        return _chances(trial, seeds, fault)
    desk().start_rehearsal(trial, given)
    if trial.rehearsal:
        trial.rehearsal.wait(desk().settings.patience_seconds)
    return _to("result", trial)


def _seed_fault(given: list[str]) -> str:
    if len(given) < FEWEST_SOURCES:
        return f"至少填 {FEWEST_SOURCES} 个种子，现在填了 {len(given)} 个。"
    if any(len(seed) > LONGEST_SEED for seed in given):
        return f"每个种子不得超过 {LONGEST_SEED} 个字。"
    return ""


@bp.get("/draws/<token>/result")
@door(Door.PUBLIC)
def result(token: str) -> ResponseReturnValue:
    """The rehearsal: its list, its files, and the audit if it was asked for."""
    trial = desk().find(token)
    if trial.rehearsal is None:
        return _to("show", trial)
    if trial.rehearsal.running:
        return render_template("draws/working.html", trial=trial, job=trial.rehearsal)
    held = trial.rehearsal.result()
    return render_template("draws/result.html", trial=trial, result=held, page=result_page(held))


@bp.post("/draws/<token>/results/<key>/audit")
@door(Door.PUBLIC)
def audit(token: str, key: str) -> ResponseReturnValue:
    """Repeat the whole draw from its files."""
    trial = desk().find(token)
    _result_of(trial, key).audit()
    return _to("result", trial, _anchor="audit")


@bp.get("/draws/<token>/results/<key>/<name>")
@door(Door.PUBLIC)
def file(token: str, key: str, name: str) -> ResponseReturnValue:
    """One file of the result."""
    held = _result_of(desk().find(token), key)
    if name not in held.files.parts:
        abort(404)
    response = _download(held.files.open(name), name)
    response.content_length = held.files.parts[name].size
    return response


def _result_of(trial: Trial, key: str) -> Result:
    """The result whose digest begins with *key*; another draw may have taken its place."""
    if trial.rehearsal is None or trial.rehearsal.running:
        raise TrialGone
    held = trial.rehearsal.result()
    if held.key != key:
        raise TrialGone
    return held


@bp.post("/draws/<token>/delete")
@door(Door.PUBLIC)
def delete(token: str) -> ResponseReturnValue:
    """Delete everything at once, without waiting for the stated time."""
    desk().delete(desk().find(token))
    return redirect(url_for("draws.start", deleted=1), 303)


@bp.errorhandler(NotFeasible)
def not_feasible(error: NotFeasible) -> ResponseReturnValue:
    """Why the plan cannot be drawn, and the nearest change."""
    return render_template("draws/infeasible.html", trial=_trial(), explanation=error.explanation)


@bp.errorhandler(Cancelled)
def cancelled(_: Cancelled) -> ResponseReturnValue:
    """The work was called off."""
    return render_template("draws/cancelled.html", trial=_trial())


@bp.errorhandler(BadInput)
def bad_input(error: BadInput) -> ResponseReturnValue:
    """The plan's method cannot be carried out on this roster."""
    trial = _trial()
    return _faults_page(trial, tuple(FileFault("", fault) for fault in error.faults))


def _trial() -> Trial:
    return desk().find((request.view_args or {})["token"])


def _faults_page(trial: Trial, faults: tuple[FileFault, ...]) -> ResponseReturnValue:
    return render_template(
        "draws/faults.html", trial=trial, faults=faults, shown=faults[:FAULTS_SHOWN]
    )


def _to(view: str, trial: Trial, **more: Any) -> ResponseReturnValue:
    return redirect(url_for(f"draws.{view}", token=trial.token, **more), 303)


def _download(chunks: Any, name: str) -> Response:
    kind = KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    response = Response(chunks, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
