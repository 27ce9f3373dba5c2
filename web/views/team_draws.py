"""Before teams are drawn: what is wrong with their task, what it would bring, and the sources."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.calendar import china_date
from core.errors import NotFound
from core.roles import Permission
from inspections.ceremonies import TeamAnnouncement, announce_teams
from inspections.subjects import Subject
from inspections.teams.making import TaskFault, draft_task
from inspections.teams.tasks import FrozenTask
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, Problems
from web.inspections.desk import desk
from web.inspections.desk import files as store
from web.inspections.source_form import (
    KINDS,
    SourceLine,
    drafts_for,
    empty_lines,
    typed_lines,
)
from web.teams.jobs import ask_to_freeze_teams, rehearsal_of
from web.teams.sight import TeamSight, team_sight, to_send
from web.words.teams import TASK_FAULTS

bp = Blueprint("team_draws", __name__, url_prefix="/teams/<int:draw_id>")


@bp.get("/task")
@door(Permission.PLANS_READ)
def task(draw_id: int) -> ResponseReturnValue:
    """What is wrong with the task as it would be frozen now, and what the frozen one brings."""
    seen = team_sight(draw_id)
    frozen = seen.tasks[0] if seen.tasks else None
    return render_template(
        "teams/task.html",
        seen=seen,
        faults=_faults(seen),
        frozen=frozen,
        tried=rehearsal_of(session(), store(), frozen) if frozen else None,
    )


def _faults(seen: TeamSight) -> list[tuple[str, str]]:
    """The task number and the words of each fault; none once nothing can be changed any more."""
    if not (seen.may_prepare and seen.rules and seen.visits):
        return []
    draft = draft_task(session(), seen.sight.plan.key, china_date(now()))
    return [(fault.task_number, _words(fault)) for fault in draft.faults]


def _words(fault: TaskFault) -> str:
    return TASK_FAULTS.get(fault.code) or fault.words


@bp.post("/task")
@door(Permission.DRAWS_HOLD)
def freeze(draw_id: int) -> ResponseReturnValue:
    """Freeze the task and try what it brings; a worker does it."""
    seen = to_send(draw_id)
    job = ask_to_freeze_teams(session(), seen.sight.plan.key, me().actor, now())
    return redirect(url_for("jobs.show", job_id=job.number), 303)


@bp.get("/announcement")
@door(Permission.DRAWS_HOLD)
def new(draw_id: int) -> ResponseReturnValue:
    """Where the seed of the second draw will come from."""
    seen = to_send(draw_id)
    return _page(seen, _feasible(seen), empty_lines(), {})


@bp.post("/announcement")
@door(Permission.DRAWS_HOLD)
def create(draw_id: int) -> ResponseReturnValue:
    """Announce the draw of teams and its sources."""
    seen = to_send(draw_id)
    frozen, lines = _feasible(seen), typed_lines()
    with Problems() as problems:
        drafts = drafts_for(seen.sight.plan, lines, Subject.TEAMS)
        draw = announce_teams(session(), TeamAnnouncement(frozen.key, drafts), desk())
    if problems.found:
        return _page(seen, frozen, lines, problems.found), UNPROCESSABLE
    flash("已公布随机数来源。请把见证链接交给各位见证人，等他们逐一封存。", "ok")
    return redirect(url_for("ceremonies.show", draw_id=draw.key), 303)


def _feasible(seen: TeamSight) -> FrozenTask:
    """The newest task of the list, if teams can be drawn from it."""
    if not seen.tasks:
        raise NotFound(noun="team_task")
    tried = rehearsal_of(session(), store(), seen.tasks[0])
    if tried is None or not tried.is_feasible:
        raise NotFound(noun="team_task")
    return seen.tasks[0]


def _page(
    seen: TeamSight, frozen: FrozenTask, lines: list[SourceLine], faults: dict[str, str]
) -> str:
    return render_template(
        "teams/new.html",
        seen=seen,
        frozen=frozen,
        lines=lines,
        kinds=KINDS,
        faults=faults,
    )
