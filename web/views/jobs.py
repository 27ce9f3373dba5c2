"""Long work: the list, the progress, calling it off, trying it again, and its receipt."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import jobs
from core.accounts import names_of
from core.jobs import ENDED, Job, JobPage, JobState
from core.roles import Permission
from web import lists
from web.auth import Door, door, me, now
from web.database import session
from web.operation import heartbeats
from web.words import jobs as words_jobs
from web.words.times import duration, to_the_second

bp = Blueprint("jobs", __name__)

STATES = {state.value: words for state, words in words_jobs.STATES.items()}
ORDERS = {"oldest": "最早的在前"}


@bp.get("/jobs")
@door(Door.SIGNED_IN)
def index() -> ResponseReturnValue:
    """My jobs, or all of them for whoever looks after the service."""
    page = lists.page_number()
    found = _found(page, lists.SIZE)
    return render_template(
        "jobs/index.html",
        jobs=found.jobs,
        paging=lists.Paging(page, found.total, unit="项"),
        names=names_of(session(), {job.requested_by for job in found.jobs}),
        may_see_all=me().may(Permission.JOBS_READ_ALL),
        counts=jobs.counts_by_state(session()) if me().may(Permission.JOBS_READ_ALL) else {},
        words=words_jobs,
        filters=lists.filters("whose", "kind", "order", "state"),
        chosen=_chosen(),
        kinds=words_jobs.KINDS.items(),
        states=STATES.items(),
        orders=ORDERS.items(),
    )


@bp.get("/jobs.csv")
@door(Door.SIGNED_IN)
def export() -> ResponseReturnValue:
    """The same as a file."""
    head = ("编号", "种类", "状态", "提出人编号", "提出时间", "开始", "结束", "次数", "原因")
    rows = (
        (
            job.number, words_jobs.kind_words(job.kind), STATES[job.state], job.requested_by,
            to_the_second(job.created_at), to_the_second(job.started_at),
            to_the_second(job.ended_at), job.attempts, words_jobs.failure_words(job),
        )
        for job in _found(1, lists.MOST_EXPORTED).jobs
    )  # fmt: skip
    return lists.csv_file(f"jobs-{lists.stamp(now())}.csv", head, rows)


@bp.get("/jobs/<int:job_id>")
@door(Door.SIGNED_IN)
def show(job_id: int) -> ResponseReturnValue:
    """How far it is, or its receipt."""
    return render_template("jobs/show.html", **_about(_mine(job_id)))


@bp.get("/jobs/<int:job_id>/progress")
@door(Door.SIGNED_IN)
def progress(job_id: int) -> ResponseReturnValue:
    """The same for the script of the page."""
    job = _mine(job_id)
    share = words_jobs.share(job)
    return {"running": job.state not in ENDED, "words": _progress_words(job), "share": share}


@bp.get("/jobs/<int:job_id>/cancel")
@door(Door.SIGNED_IN)
def ask_to_cancel(job_id: int) -> ResponseReturnValue:
    """Really?"""
    job = _mine(job_id)
    if job.state in ENDED:
        return redirect(url_for("jobs.show", job_id=job_id), 303)
    return render_template("jobs/cancel.html", **_about(job))


@bp.post("/jobs/<int:job_id>/cancel")
@door(Door.SIGNED_IN)
def cancel(job_id: int) -> ResponseReturnValue:
    """Call it off."""
    jobs.cancel(session(), _mine(job_id).number, me().actor, now())
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@bp.get("/jobs/<int:job_id>/retry")
@door(Door.SIGNED_IN)
def ask_to_retry(job_id: int) -> ResponseReturnValue:
    """Has the reason gone?"""
    job = _mine(job_id)
    if job.state is not JobState.DEAD:
        return redirect(url_for("jobs.show", job_id=job_id), 303)
    return render_template("jobs/retry.html", **_about(job))


@bp.post("/jobs/<int:job_id>/retry")
@door(Door.SIGNED_IN)
def retry(job_id: int) -> ResponseReturnValue:
    """Try a dead job again."""
    jobs.retry(session(), _mine(job_id).number, me().actor, now())
    return redirect(url_for("jobs.show", job_id=job_id), 303)


def _mine(job_id: int) -> Job:
    """A job that I asked for, or any for whoever looks after the service."""
    whose = None if me().may(Permission.JOBS_READ_ALL) else me().user.key
    return jobs.get_job(session(), job_id, whose)


def _chosen() -> dict[str, Any]:
    return {
        "whose": "all" if _all() else "",
        "states": [state for state in request.args.getlist("state") if state in STATES],
        "kind": lists.one_of("kind", words_jobs.KINDS),
        "order": lists.one_of("order", ORDERS),
    }


def _all() -> bool:
    return lists.text("whose") == "all" and me().may(Permission.JOBS_READ_ALL)


def _found(page: int, size: int) -> JobPage:
    chosen = _chosen()
    return jobs.page_of_jobs(
        session(),
        None if _all() else me().user.key,
        [JobState(state) for state in chosen["states"]],
        page,
        size,
        kind=chosen["kind"],
        oldest_first=bool(chosen["order"]),
    )


def _onward(job: Job) -> tuple[str, str] | None:
    """What the work has brought about, and where it is seen."""
    result = job.result or {}
    if job.kind == words_jobs.EXPORT and job.state is JobState.DONE:
        return "下载文件", url_for("roster_exports.download", job_id=job.number)
    if job.kind == words_jobs.BULK and "change" in result:
        return "查看这次变更", url_for("roster_changes.show", change_id=result["change"])
    if job.kind == words_jobs.FREEZE and "plan" in result:
        return "公布随机数来源", url_for("ceremonies.new", plan=result["plan"])
    if job.kind == words_jobs.FREEZE_TEAMS and "list" in result:
        return "查看试算结果", url_for("team_draws.task", draw_id=result["list"])
    if job.kind == words_jobs.BIND and job.state is JobState.DONE:
        return "下载合订本", url_for("visit_papers.volume", draw_id=job.payload["list"])
    if job.kind == words_jobs.COMMIT:
        return "回到这次抽取", url_for("ceremonies.show", draw_id=job.payload["draw"])
    return None


def _progress_words(job: Job) -> str:
    left = words_jobs.time_left(job, now())
    ends = f"，大约还要 {duration(left)}" if left is not None else ""
    return words_jobs.step_words(job) + ends


def _about(job: Job) -> dict[str, Any]:
    return {
        "onward": _onward(job),
        "job": job,
        "kind": words_jobs.kind_words(job.kind),
        "words": words_jobs,
        "progress_words": _progress_words(job),
        "share": words_jobs.share(job),
        "names": names_of(session(), {job.requested_by}),
        "took": (job.ended_at - job.started_at) if job.ended_at and job.started_at else None,
        "ended": job.state in ENDED,
        # nobody waits for what nobody does
        "heard": heartbeats.heard(current_app.extensions["settings"].data_dir),
    }
