"""The plans that have been published, for everybody."""

import io

from flask import Blueprint, Response, make_response, render_template, send_file
from flask.typing import ResponseReturnValue

from inspections.draws import draws_of
from inspections.plan_lists import PlanSearch, find_plans
from inspections.plans import get_plan, versions_of
from web import lists
from web.auth import Door, door
from web.database import session
from web.inspections.published import content_digest, kept, notice_facts, public_version
from web.papers import serving
from web.papers.draw_papers.notice import plan_notice, sections_of

bp = Blueprint("public_plans", __name__)

SIZE = 20


@bp.get("/published/plans")
@door(Door.PUBLIC)
def index() -> ResponseReturnValue:
    """All published plans, the newest year first."""
    page, search = lists.page_number(), PlanSearch(words=lists.text("q"))
    # without any place only what is public is in sight
    found, total = find_plans(session(), (), search, (page - 1) * SIZE, SIZE)
    paging = lists.Paging(page, total, SIZE, "份")
    return _page("public/plans.html", lines=found, paging=paging, words=search.words)


@bp.get("/published/plans/<int:plan_id>")
@door(Door.PUBLIC)
def show(plan_id: int) -> ResponseReturnValue:
    """One plan: what it says, its versions, its draws."""
    plan, versions = get_plan(session(), plan_id), versions_of(session(), plan_id)
    version = public_version(plan, versions)
    draws = [one for one in draws_of(session(), plan_id) if one.commitment_digest is not None]
    published = [one for one in versions if one.published_at is not None]
    return _page(
        "public/plan.html",
        plan=plan,
        version=version,
        content=version.content,
        sections=[section for section in sections_of(version.content) if section[1]],
        versions=published,
        digests={one.key: content_digest(session(), one) for one in published},
        draws=draws,
    )


@bp.get("/published/plans/<int:plan_id>/notice.pdf")
@door(Door.PUBLIC)
def notice(plan_id: int) -> ResponseReturnValue:
    """The notice of the version in force, as a paper."""
    plan = get_plan(session(), plan_id)
    version = public_version(plan, versions_of(session(), plan_id))
    data = serving.served("notice.pdf", notice_facts(session(), plan, version), plan_notice)
    name = f"计划公告-{plan.key}-第{version.number}版.pdf"
    answer = send_file(io.BytesIO(data), "application/pdf", download_name=name)
    answer.direct_passthrough = False
    return kept(answer)


def _page(template: str, **values: object) -> Response:
    return kept(make_response(render_template(template, **values)))
