"""The papers with which a team leaves: one by one, as a package, and all of a list in volumes."""

import io
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from core.roles import Permission
from inspections.draw_papers import read_whole
from inspections.draws import Draw
from web import lists
from web.auth import Door, door, me, now
from web.database import apart, session
from web.inspections.desk import files
from web.papers.visit_papers.bundle import PAPERS, one_paper
from web.papers.visit_papers.bundle import package as packed
from web.teams.issued import is_issued, issue
from web.teams.papers_sight import PaperSight, paper_sight
from web.teams.sight import TeamSight, team_sight, to_send
from web.teams.volumes import SIZE, ask_to_bind, volume_of, volumes_of, was_bound

bp = Blueprint("visit_papers", __name__)

PDF, ZIP = "application/pdf", "application/zip"


# -- one visit ---------------------------------------------------------------------------------


@bp.get("/visits/<int:visit_id>/papers")
@door(Door.SIGNED_IN)
def show(visit_id: int) -> ResponseReturnValue:
    """The papers of a visit that who asks may have."""
    seen = paper_sight(visit_id)
    return render_template("teams/papers.html", seen=seen, sheet=seen.sheet, kinds=PAPERS)


@bp.get("/visits/<int:visit_id>/papers/<name>")
@door(Door.SIGNED_IN)
def paper(visit_id: int, name: str) -> ResponseReturnValue:
    """One paper, of today or of an older version, which is marked void."""
    seen = paper_sight(visit_id)
    if name not in seen.names:
        raise NotFound(noun="file")
    version = lists.number("version", least=1) or seen.sheet.version
    facts = seen.facts_at(version)
    _keep(seen)
    kind, _ = PAPERS[name]
    return _file(one_paper(facts, name), PDF, f"{seen.sheet.task_number}-{kind}-第{version}版.pdf")


@bp.get("/visits/<int:visit_id>/papers.zip")
@door(Door.SIGNED_IN)
def package(visit_id: int) -> ResponseReturnValue:
    """All of them that who asks may have, in one file."""
    seen = paper_sight(visit_id)
    facts = seen.facts
    data = packed(facts, seen.names)
    _keep(seen)
    return _file(data, ZIP, f"{seen.sheet.task_number}-检查文书-第{seen.sheet.version}版.zip")


def _keep(seen: PaperSight) -> None:
    """Keep what leaves the house, once."""
    if is_issued(session(), seen.visit.key, seen.papers):
        return
    actor, moment = me().actor, now()
    apart(lambda own: issue(own, files(), seen.visit.key, seen.papers, actor, moment))


def _file(data: bytes, kind: str, name: str) -> Response:
    shown = kind == PDF
    answer = send_file(io.BytesIO(data), kind, as_attachment=not shown, download_name=name)
    # names of people, and of who is visited: nobody on the way keeps them
    answer.cache_control.no_store = True
    return answer


# -- all visits of a list ----------------------------------------------------------------------


@bp.get("/teams/<int:draw_id>/papers")
@door(Permission.PLANS_READ)
def volume(draw_id: int) -> ResponseReturnValue:
    """The volumes of a list: whether they are bound, and whether they still count."""
    seen = team_sight(draw_id)
    return render_template(
        "teams/volume.html",
        seen=seen,
        teams=_held(seen),
        volumes=_volumes(seen),
        was_bound=was_bound(session(), seen.sight.draw),
        planned=[visit for visit in seen.visits if visit.state.value == "planned"],
        size=SIZE,
    )


def _held(seen: TeamSight) -> Draw | None:
    return seen.teams if seen.teams is not None and seen.teams.is_held else None


def _volumes(seen: TeamSight) -> list[tuple[int, datetime]]:
    if (teams := _held(seen)) is None:
        return []
    found = volumes_of(session(), seen.sight.draw, teams)
    return [(one.number, one.kept.uploaded_at) for one in found]


@bp.post("/teams/<int:draw_id>/papers")
@door(Permission.DRAWS_HOLD)
def bind(draw_id: int) -> ResponseReturnValue:
    """Let them be bound."""
    seen = to_send(draw_id)
    if _held(seen) is None:
        flash("检查组还没有抽出，没有文书可以合订。", "bad")
        return redirect(url_for("visit_papers.volume", draw_id=draw_id), 303)
    job = ask_to_bind(session(), draw_id, me().actor, now())
    return redirect(url_for("jobs.show", job_id=job.number), 303)


@bp.get("/teams/<int:draw_id>/papers/<int:number>.pdf")
@door(Permission.PLANS_READ)
def bound(draw_id: int, number: int) -> ResponseReturnValue:
    """A volume; one that does not count any more is handed out to nobody."""
    seen = team_sight(draw_id)
    if (teams := _held(seen)) is None:
        raise NotFound(noun="volume", id=number)
    found = volume_of(session(), seen.sight.draw, teams, number)
    data = read_whole(files(), found.kept.sha256, "volume")
    return _file(data, PDF, f"检查文书合订本-{draw_id}-{number}.pdf")
