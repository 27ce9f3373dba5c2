"""Draws for everybody: commitments, lists that are open, files, papers, and one's own check."""

import io
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, render_template, send_file
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from inspections.draws import public_draws
from inspections.plans import get_plan
from web import lists
from web.auth import Door, door, now
from web.database import session
from web.inspections.desk import files as store
from web.inspections.proofs import Line
from web.inspections.public_files import published_file
from web.inspections.published import PublicDraw, draw_facts, frame_of, kept, public_draw
from web.papers import serving
from web.papers.draw_papers.certificate import certificate_sheet
from web.papers.draw_papers.digests import frame_digest_sheet
from web.papers.draw_papers.facts import DrawFacts
from web.papers.draw_papers.lists import drawn_list, reserves_list
from web.papers.draw_papers.record import draw_record
from web.papers.draw_papers.workbook import drawn_workbook
from web.teams.published import public_teams_of
from web.words.draws import chance_words
from web.words.plans import COLUMNS, VALUES

bp = Blueprint("public_draws", __name__)

SIZE = 20

FILES = {
    "certificate.json": "抽取证书",
    "frame.jsonl": "公开名单（底册）",
    "commitment.json": "承诺",
    "chances.csv": "每家机构的机会",
    "drawn.csv": "抽中和候补名单",
    "README.txt": "文件说明",
    "verifier.py": "独立核对程序",
}
"""Published files in the order of a page."""

AT_ONCE: dict[str, tuple[str, Callable[[DrawFacts], bytes]]] = {
    "digests.pdf": ("底册摘要单", frame_digest_sheet),
}
WITH_LIST: dict[str, tuple[str, Callable[[DrawFacts], bytes]]] = {
    "record.pdf": ("抽取记录", draw_record),
    "drawn.pdf": ("抽查名单", drawn_list),
    "reserves.pdf": ("候补名单", reserves_list),
    "certificate.pdf": ("抽取证书", certificate_sheet),
    "drawn.xlsx": ("抽查名单", drawn_workbook),
}
"""Papers by name; the second ones open with the list."""

TYPES = {
    "pdf": "application/pdf",
    "json": "application/json",
    "jsonl": "application/jsonl; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "py": "text/x-python; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("/published/draws")
@door(Door.PUBLIC)
def index() -> ResponseReturnValue:
    """All draws with a commitment, the newest first; void ones stay among them."""
    page = lists.page_number()
    found, total = public_draws(session(), (page - 1) * SIZE, SIZE)
    plans = {draw.plan_id: get_plan(session(), draw.plan_id) for draw in found}
    paging = lists.Paging(page, total, SIZE, "次")
    show = "public_draws.show"
    return _page("public/draws.html", draws=found, plans=plans, paging=paging, show=show)


@bp.get("/published/how")
@door(Door.PUBLIC)
def how() -> ResponseReturnValue:
    """Why nobody can cheat, in plain words with pictures."""
    return _page("public/how.html")


@bp.get("/published/draws/<int:plan_id>/<int:number>")
@door(Door.PUBLIC)
def show(plan_id: int, number: int) -> ResponseReturnValue:
    """One draw: where it stands, what it was promised by, what came out, and the check."""
    found = public_draw(session(), plan_id, number)
    return _page("public/draw.html", **_told(found))


@bp.get("/published/draws/<int:plan_id>/<int:number>/files/<name>")
@door(Door.PUBLIC)
def file(plan_id: int, number: int, name: str) -> ResponseReturnValue:
    """A published file, as it was hashed."""
    found = public_draw(session(), plan_id, number)
    if (sha256 := found.offered.get(name)) is None:
        raise NotFound(noun="file")
    return published_file(sha256, name, TYPES[name.rpartition(".")[2]])


@bp.get("/published/draws/<int:plan_id>/<int:number>/papers/<name>")
@door(Door.PUBLIC)
def paper(plan_id: int, number: int, name: str) -> ResponseReturnValue:
    """A paper or the workbook of a draw."""
    found = public_draw(session(), plan_id, number)
    if name not in papers_of(found):
        raise NotFound(noun="file")
    title, make = papers_of(found)[name]
    kind = name.rpartition(".")[2]
    made = serving.unsigned if kind == "xlsx" else serving.served
    answer = send_file(
        io.BytesIO(made(name, draw_facts(found), make)),
        TYPES[kind],
        as_attachment=kind == "xlsx",
        download_name=f"{title}-{plan_id}-{number}.{kind}",
    )
    answer.direct_passthrough = False
    return kept(answer)


@bp.get("/published/draws/<int:plan_id>/<int:number>/proof")
@door(Door.PUBLIC)
def proof(plan_id: int, number: int) -> ResponseReturnValue:
    """Whether an institution is in the frame: its line, and the path to the root."""
    found = public_draw(session(), plan_id, number)
    frame = frame_of(session(), found)
    words, chosen = lists.text("unit"), lists.number("row", least=0)
    rows = frame.find(words) if words else []
    if chosen is not None and chosen < len(frame.lines):
        rows = [frame.row(chosen)]
    shown = rows[0] if len(rows) == 1 else None
    return _page(
        "public/proof.html",
        **_told(found),
        words=words,
        rows=rows,
        shown=shown,
        outcome=_outcome(found, shown.public["unit_id"]) if shown else "",
        proof=frame.proof(shown.index) if shown else None,
        cells=_cells(shown) if shown else [],
        **_committed(found, shown),
    )


def _cells(row: Line) -> list[tuple[str, str]]:
    """The public cells of an institution in words."""
    return [
        (COLUMNS.get(name, name), VALUES.get(name, {}).get(cell, cell))
        for name, cell in row.public.items()
    ]


def _committed(found: PublicDraw, row: Line | None) -> dict[str, Any]:
    """Type and chance of an institution, if that is public."""
    if row is None or not found.is_shown:
        return {}
    types = {t["number"]: t for t in found.commitment["types"]}
    return {"type": types[row.type], "chance": chance_words(types[row.type]["chance"])}


def _outcome(found: PublicDraw, unit_id: str) -> str:
    """What became of an institution; nothing as long as the list is sealed."""
    if not found.open:
        return ""
    places = {unit.unit_id: unit for unit in found.units}
    if (unit := places.get(unit_id)) is None:
        return "没有抽中"
    return "列为候补" if unit.is_reserve else f"已抽中，占“{unit.field}”名额"


def papers_of(found: PublicDraw) -> dict[str, tuple[str, Callable[[DrawFacts], bytes]]]:
    """The papers that everybody may have today."""
    return AT_ONCE | WITH_LIST if found.open else AT_ONCE


def _told(found: PublicDraw) -> dict[str, Any]:
    sizes = {name: store().path(sha).stat().st_size for name, sha in found.offered.items()}
    names = [name for name in FILES if name in found.offered]
    names += sorted(found.offered.keys() - FILES.keys(), key=lambda name: (len(name), name))
    return {
        "found": found,
        "plan": found.plan,
        "draw": found.draw,
        "moment_now": now(),
        "files": [(name, FILES.get(name, "递补附录"), sizes[name]) for name in names],
        "papers": [(name, title) for name, (title, _) in papers_of(found).items()],
        "teams": public_teams_of(session(), found.draw),
    }


def _page(template: str, **values: Any) -> Response:
    return kept(make_response(render_template(template, **values)))
