"""Risk scores: asking for them, how they are spread, what they propose, and deciding about it."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import jobs
from core.errors import NotFound
from core.privacy import ReasonIsMissing
from core.roles import NATIONWIDE, Permission
from rosters.editing import place_of, row_on
from rosters.entries import Noun
from rosters.institutions import Institution
from rosters.risk.counts import spread
from rosters.risk.decisions import Stage, accept, decline, proposals
from rosters.risk.indicators import Bands, bands_of, indicators_on
from rosters.risk.scores import get_run, reckoning, runs, scores_of
from web import lists
from web.auth import door, me, need, now
from web.database import session
from web.forms import UNPROCESSABLE, Problems, number, text
from web.risk_scoring import ask_for_scores
from web.rosters import forms, risk_pages
from web.rosters.charts import histogram
from web.rosters.exports import table_file
from web.rosters.fields import LONGEST
from web.rosters.forms import act, may_edit, today
from web.rosters.risk_pages import PROPOSED, STAGES, WAS, Choice, wanted
from web.words.jobs import SCORE

bp = Blueprint("risk", __name__)

MOST_AT_ONCE = 5_000
"""So many proposals are decided in one step; whoever has more narrows the list."""

SAMPLE = 20
LATEST = 20


# -- runs --------------------------------------------------------------------------------------


@bp.get("/risk")
@door(Permission.STATISTICS_READ)
def index() -> ResponseReturnValue:
    """The latest runs, and asking for another."""
    return _index({})


@bp.post("/risk/runs")
@door(Permission.ROSTERS_EDIT)
def ask() -> ResponseReturnValue:
    """Let all institutions be scored by a job."""
    need(Permission.ROSTERS_EDIT, NATIONWIDE)
    with Problems() as problems:
        day = forms.effective_day()
        bands_of(indicators_on(session(), day))
        job = ask_for_scores(session(), me().actor, day, now())
    if problems.found:
        return _index(problems.found), UNPROCESSABLE
    return redirect(url_for("jobs.show", job_id=job.number), 303)


def _index(faults: dict[str, str]) -> str:
    under_way = jobs.page_of_jobs(
        session(), None, (*jobs.WAITING, jobs.JobState.RUNNING), kind=SCORE
    ).jobs
    mine = me().user.key
    return render_template(
        "risk/index.html",
        runs=runs(session()),
        under_way=under_way,
        job=next((job.number for job in under_way if job.requested_by == mine), None),
        may_ask=may_edit(NATIONWIDE),
        weighed=bool(indicators_on(session(), today())),
        day=text("takes_effect") or today().isoformat(),
        faults=faults,
    )


# -- one run -----------------------------------------------------------------------------------


@bp.get("/risk/runs/<int:run_id>")
@door(Permission.STATISTICS_READ)
def show(run_id: int) -> ResponseReturnValue:
    """How the scores are spread, and which classes they propose."""
    run, filters = get_run(session(), run_id), wanted()
    spread_out = spread(session(), run_id, _seen(), today())
    page = lists.page_number()
    start = (page - 1) * lists.SIZE
    found, total = proposals(session(), run, _seen(), today(), filters, start, lists.SIZE)
    bands = Bands(**run.indicators["bands"])
    return render_template(
        "risk/show.html",
        run=run,
        spread=spread_out,
        chart=histogram(spread_out.totals, bands),
        bands=bands,
        matrix=risk_pages.matrix(spread_out.classes),
        rows=[risk_pages.row(run, one) for one in found],
        paging=lists.Paging(page, total, unit="家"),
        chosen={name: lists.text(name) for name in risk_pages.FILTERS},
        chips=risk_pages.chips(),
        stages=STAGES,
        was=WAS,
        proposed=PROPOSED,
        kept=lists.filters(*risk_pages.FILTERS),
        may_decide=me().may(Permission.ROSTERS_EDIT) and filters.stage is Stage.OPEN,
        most=MOST_AT_ONCE,
        address=lists.address,
    )


@bp.post("/risk/runs/<int:run_id>/export")
@door(Permission.STATISTICS_READ)
def export(run_id: int) -> ResponseReturnValue:
    """The proposals that the filters of the address find, as a file."""
    run = get_run(session(), run_id)
    found, _ = proposals(session(), run, _seen(), today(), wanted(), most=lists.MOST_EXPORTED)
    rows = (risk_pages.values(risk_pages.row(run, one)) for one in found)
    return table_file(risk_pages.COLUMNS, rows, f"风险评分{run.key}的等级建议", text("kind"))


@bp.get("/risk/runs/<int:run_id>/institutions/<int:entry_id>")
@door(Permission.STATISTICS_READ)
def why(run_id: int, entry_id: int) -> ResponseReturnValue:
    """Why an institution has its score: every contribution, and their sum."""
    run = get_run(session(), run_id)
    institution = _institution(entry_id)
    scores = scores_of(session(), entry_id)
    score = next((one for of, one in scores if of.key == run_id), None)
    if score is None:
        raise NotFound(noun="risk_score")
    found = reckoning(run, score)
    return render_template(
        "risk/why.html",
        run=run,
        score=score,
        institution=institution,
        groups=risk_pages.groups(found),
        least=min([0, *(line.points for line in found)]),
        most=max([0, *(line.points for line in found)]),
        bands=Bands(**run.indicators["bands"]),
        proposal=risk_pages.proposal_of(run, entry_id, _seen(), today()),
        others=scores[:LATEST],
        may_decide=me().may(Permission.ROSTERS_EDIT, _place(institution)),
    )


@bp.get("/risk/institutions/<int:entry_id>")
@door(Permission.STATISTICS_READ)
def latest(entry_id: int) -> ResponseReturnValue:
    """To the latest score of an institution."""
    _institution(entry_id)
    if not (scores := scores_of(session(), entry_id, most=1)):
        flash("这家机构还没有评过分；总局计划员开始评分后即可查看。", "ok")
        return redirect(url_for("institutions.show", entry_id=entry_id), 303)
    return redirect(url_for("risk.why", run_id=scores[0][0].key, entry_id=entry_id), 303)


def _institution(entry_id: int) -> Institution:
    row: Institution = row_on(session(), Noun.INSTITUTION, entry_id, today())
    need(Permission.ROSTERS_READ, _place(row))
    return row


def _place(row: Institution) -> Any:
    return place_of(session(), Noun.INSTITUTION, row.model_dump())


def _seen() -> Any:
    return me().scopes(Permission.ROSTERS_READ)


# -- deciding ----------------------------------------------------------------------------------


@bp.get("/risk/runs/<int:run_id>/decide")
@door(Permission.ROSTERS_EDIT)
def ask_to_decide(run_id: int) -> ResponseReturnValue:
    """Which institutions it is about, what would change, and the question why."""
    get_run(session(), run_id)
    return _decide_page(risk_pages.chosen(run_id, MOST_AT_ONCE), {})


@bp.post("/risk/runs/<int:run_id>/decide")
@door(Permission.ROSTERS_EDIT)
def decide(run_id: int) -> ResponseReturnValue:
    """Accept the proposals that were looked at, or decline them."""
    get_run(session(), run_id)
    chosen = risk_pages.chosen(run_id, MOST_AT_ONCE)
    if len(chosen.proposals) != number("many"):
        words = "您看过之后建议的家数有了变动。请再核对一次。"
        return _decide_page(chosen, {"form": words}), UNPROCESSABLE
    with Problems() as problems:
        _carry_out(chosen, today())
    if problems.found:
        return _decide_page(chosen, problems.found), UNPROCESSABLE
    told = "已采纳" if chosen.accepts else "已记为不采纳"
    flash(f"{told} {len(chosen.proposals):,} 家的建议。", "ok")
    return redirect(url_for("risk.show", run_id=run_id), 303)


def _carry_out(chosen: Choice, day: date) -> None:
    doing, reach = act(text("reason", LONGEST)), me().scopes(Permission.ROSTERS_EDIT)
    if len(doing.reason) > forms.MOST_REASON:
        raise ReasonIsMissing
    carry_out = accept if chosen.accepts else decline
    carry_out(session(), doing, chosen.run_id, chosen.entries, reach, day)


def _decide_page(chosen: Choice, faults: dict[str, str]) -> str:
    run = get_run(session(), chosen.run_id)
    return render_template(
        "risk/decide.html",
        run=run,
        chosen=chosen,
        sample=[risk_pages.row(run, one) for one in chosen.proposals[:SAMPLE]],
        changes=risk_pages.changes(chosen.proposals),
        faults=faults,
        reason=text("reason", LONGEST),
        action=lists.address("risk.decide", run_id=run.key, **chosen.address),
        back=lists.address("risk.show", run_id=run.key, **lists.filters(*risk_pages.FILTERS)),
    )
