"""Draws of teams for everybody: commitments, files, and the teams once their list is open."""

import io

from flask import Blueprint, Response, make_response, render_template, send_file
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from inspections.draws import public_draws
from inspections.plans import get_plan
from inspections.subjects import Subject
from inspections.teams.figures import fairness_of
from web import lists
from web.auth import Door, door, now
from web.database import session
from web.inspections.desk import files as store
from web.inspections.public_files import published_file
from web.inspections.public_place import public_page_of
from web.inspections.published import is_demo, kept
from web.papers import serving
from web.teams import fairness
from web.teams.published import public_teams
from web.views.public_draws import SIZE, TYPES

bp = Blueprint("public_teams", __name__, url_prefix="/published/teams")

FILES = {
    "certificate.json": "抽取证书",
    "frame.jsonl": "可选派人员的公开底册（只有编号）",
    "commitment.json": "承诺",
    "chances.csv": "机会表",
    "members.csv": "检查人员和候补（只有编号）",
    "loads.csv": "预计负担",
    "README.txt": "文件说明",
    "verifier.py": "独立核对程序",
}
"""Published files in the order of the page."""


@bp.get("")
@door(Door.PUBLIC)
def index() -> ResponseReturnValue:
    """All draws of teams with a commitment, the newest first; void ones stay among them."""
    page = lists.page_number()
    found, total = public_draws(session(), (page - 1) * SIZE, SIZE, Subject.TEAMS)
    return _page(
        "public/draws.html",
        draws=found,
        plans={draw.plan_id: get_plan(session(), draw.plan_id) for draw in found},
        paging=lists.Paging(page, total, SIZE, "次"),
        show="public_teams.show",
    )


@bp.get("/<int:plan_id>/<int:number>")
@door(Door.PUBLIC)
def show(plan_id: int, number: int) -> ResponseReturnValue:
    """One draw of teams: what it was promised by, and what came out once that is open."""
    found = public_teams(session(), plan_id, number)
    names = [name for name in FILES if name in found.offered]
    names += sorted(found.offered.keys() - FILES.keys(), key=lambda name: (len(name), name))
    sizes = {name: store().path(sha).stat().st_size for name, sha in found.offered.items()}
    return _page(
        "public/teams.html",
        found=found,
        plan=found.plan,
        draw=found.draw,
        moment_now=now(),
        files=[(name, FILES.get(name, "人员调整附录"), sizes[name]) for name in names],
    )


@bp.get("/<int:plan_id>/<int:number>/files/<name>")
@door(Door.PUBLIC)
def file(plan_id: int, number: int, name: str) -> ResponseReturnValue:
    """A published file, as it was hashed."""
    found = public_teams(session(), plan_id, number)
    if (sha256 := found.offered.get(name)) is None:
        raise NotFound(noun="file")
    return published_file(sha256, name, TYPES[name.rpartition(".")[2]])


@bp.get("/<int:plan_id>/<int:number>/fairness.pdf")
@door(Door.PUBLIC)
def report(plan_id: int, number: int) -> ResponseReturnValue:
    """The fairness report, once the list is open."""
    found = public_teams(session(), plan_id, number)
    if not found.open:
        raise NotFound(noun="file")
    figures = fairness_of(session(), store(), found.draw)
    address = public_page_of(found.draw)
    facts = fairness.facts_of(found.plan, found.draw, figures, address, demo=is_demo())
    made = serving.served("fairness.pdf", facts, fairness.fairness_sheet)
    answer = send_file(io.BytesIO(made), "application/pdf", download_name=f"{fairness.KIND}.pdf")
    answer.direct_passthrough = False
    return kept(answer)


def _page(template: str, **values: object) -> Response:
    return kept(make_response(render_template(template, **values)))
