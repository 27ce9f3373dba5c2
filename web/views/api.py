"""The public interface for programmes, version 1, and the page that explains it."""

import json

from flask import Blueprint, Response, current_app, make_response, render_template
from flask.typing import ResponseReturnValue

from inspections.draw_papers import CERTIFICATE, COMMITMENT
from web.api import answers, draw_facts, plan_facts
from web.api.description import description_of
from web.api.operations import tells
from web.api.questions import Paged, PlanQuestion, UnitQuestion
from web.api.reading import readable
from web.auth import Door, door
from web.database import session
from web.inspections.desk import files
from web.inspections.public_files import published_file
from web.inspections.published import PublicDraw, kept, public_draw
from web.views.public_draws import FILES, papers_of

bp = Blueprint("api", __name__, url_prefix="/api/v1")

DRAW = "/plans/<int:plan_id>/draws/<int:number>"


@bp.get("/")
@door(Door.PUBLIC)
def show() -> ResponseReturnValue:
    """What can be asked, how, and what is told, to be read by people."""
    told = readable(description_of(current_app))
    return kept(make_response(render_template("api/show.html", told=told)))


@bp.get("/openapi.json")
@door(Door.PUBLIC)
def description() -> ResponseReturnValue:
    """The same, to be read by programmes."""
    told = json.dumps(description_of(current_app), ensure_ascii=False)
    return kept(Response(told, content_type="application/json"))


# -- plans -------------------------------------------------------------------------------------


@bp.get("/plans")
@tells(answers.PlanPage, "公布的计划", PlanQuestion)
@door(Door.PUBLIC)
def plans(question: PlanQuestion) -> answers.PlanPage:
    """All published plans, the newest year first."""
    return plan_facts.plan_page(session(), question)


@bp.get("/plans/<int:plan_id>")
@tells(answers.Plan, "一份计划")
@door(Door.PUBLIC)
def plan(plan_id: int) -> answers.Plan:
    """A plan in its newest public version."""
    return plan_facts.plan_facts(session(), plan_id)


@bp.get("/plans/<int:plan_id>/frames")
@tells(answers.Frames, "一份计划的底册")
@door(Door.PUBLIC)
def frames(plan_id: int) -> answers.Frames:
    """The frames to which its draws were committed."""
    return draw_facts.frames_of_plan(session(), plan_id)


@bp.get("/plans/<int:plan_id>/draws")
@tells(answers.Draws, "一份计划的抽取")
@door(Door.PUBLIC)
def draws_of_plan(plan_id: int) -> answers.Draws:
    """Its draws, the void ones too."""
    return draw_facts.draws_of_plan(session(), plan_id)


# -- draws -------------------------------------------------------------------------------------


@bp.get("/draws")
@tells(answers.DrawPage, "全部抽取", Paged)
@door(Door.PUBLIC)
def draws(question: Paged) -> answers.DrawPage:
    """All public draws, the newest commitment first."""
    return draw_facts.draw_page(session(), question)


@bp.get(DRAW)
@tells(answers.Draw, "一次抽取")
@door(Door.PUBLIC)
def draw(plan_id: int, number: int) -> answers.Draw:
    """A draw from its commitment on."""
    return draw_facts.draw_facts(session(), public_draw(session(), plan_id, number))


@bp.get(f"{DRAW}/commitment")
@tells(answers.Commitment, "承诺原文，字节与公布的文件相同")
@door(Door.PUBLIC)
def commitment(plan_id: int, number: int) -> Response:
    """`commitment.json` as it was hashed."""
    return _as_it_is(public_draw(session(), plan_id, number), COMMITMENT)


@bp.get(f"{DRAW}/certificate")
@tells(answers.Certificate, "抽取证书，字节与公布的文件相同；名单公开后才有")
@door(Door.PUBLIC)
def certificate(plan_id: int, number: int) -> Response:
    """`certificate.json` as it was hashed."""
    return _as_it_is(public_draw(session(), plan_id, number), CERTIFICATE)


def _as_it_is(found: PublicDraw, name: str) -> Response:
    if (sha256 := found.offered.get(name)) is None:
        raise draw_facts.NotOpenYet(number=found.draw.number)
    return published_file(sha256, name, "application/json")


@bp.get(f"{DRAW}/drawn")
@tells(answers.Drawn, "抽中的机构；名单公开后才有", Paged)
@door(Door.PUBLIC)
def drawn(plan_id: int, number: int, question: Paged) -> answers.Drawn:
    """The drawn units of an open list, in the order of the seed."""
    return draw_facts.drawn_list(public_draw(session(), plan_id, number), question)


@bp.get(f"{DRAW}/reserves")
@tells(answers.Reserves, "候补的机构；名单公开后才有", Paged)
@door(Door.PUBLIC)
def reserves(plan_id: int, number: int, question: Paged) -> answers.Reserves:
    """The reserves of an open list."""
    return draw_facts.reserves_list(public_draw(session(), plan_id, number), question)


@bp.get(f"{DRAW}/addenda")
@tells(answers.Addenda, "递补附录；名单公开后才有")
@door(Door.PUBLIC)
def addenda(plan_id: int, number: int) -> answers.Addenda:
    """What happened to an open list afterwards."""
    return draw_facts.addenda_of(public_draw(session(), plan_id, number))


@bp.get(f"{DRAW}/proof")
@tells(answers.Proof, "一家机构的存在证明", UnitQuestion)
@door(Door.PUBLIC)
def proof(plan_id: int, number: int, question: UnitQuestion) -> answers.Proof:
    """That an institution is in the frame, and what is public about it."""
    found = public_draw(session(), plan_id, number)
    return draw_facts.proof_of(session(), found, question.unit_id)


@bp.get(f"{DRAW}/files")
@tells(answers.Downloads, "现在可以下载的文件和公文")
@door(Door.PUBLIC)
def downloads(plan_id: int, number: int) -> answers.Downloads:
    """Files with their digests, and papers."""
    found = public_draw(session(), plan_id, number)
    return answers.Downloads(items=[*_files(found), *_papers(found)])


def _files(found: PublicDraw) -> list[answers.Download]:
    return [
        answers.Download(
            name=name,
            title=FILES.get(name, "递补附录"),
            sha256=sha256,
            size=files().path(sha256).stat().st_size,
            href=draw_facts.address_in(found, "public_draws.file", name),
        )
        for name, sha256 in found.offered.items()
    ]


def _papers(found: PublicDraw) -> list[answers.Download]:
    return [
        answers.Download(
            name=name,
            title=title,
            sha256=None,
            size=None,
            href=draw_facts.address_in(found, "public_draws.paper", name),
        )
        for name, (title, _) in papers_of(found).items()
    ]
