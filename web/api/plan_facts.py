"""Published plans as the interface tells them: what the notice says, and no more."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlmodel import Session

from inspections.plan_content import ItemRef, PlanContent
from inspections.plan_lists import PlanSearch, find_plans
from inspections.plans import Plan, PlanState, PlanVersion, get_plan, versions_of
from web.api import answers
from web.api.questions import PlanQuestion
from web.inspections.published import content_digest, public_version


def plan_page(session: Session, question: PlanQuestion) -> answers.PlanPage:
    """A page of the published plans that somebody looks for."""
    search = PlanSearch(
        year=question.year, region=question.region, kind=question.kind, words=question.q
    )
    # without any place only what is public is in sight
    found, total = find_plans(session, (), search, question.start, question.size)
    items = [answers.PlanLine(**_line(one.plan, one.version)) for one in found]
    return answers.PlanPage(items=items, page=question.page, size=question.size, total=total)


def plan_facts(session: Session, plan_id: int) -> answers.Plan:
    """A plan in its newest public version.

    Raises
    ------
    PlanNotFound
    """
    plan, versions = get_plan(session, plan_id), versions_of(session, plan_id)
    version = public_version(plan, versions)
    return answers.Plan(
        **_line(plan, version),
        **_content(version.content),
        versions=[_version(session, one) for one in versions if one.published_at is not None],
    )


def _line(plan: Plan, version: PlanVersion) -> dict[str, Any]:
    content = version.content
    return {
        "plan": plan.key,
        "year": plan.year,
        "kind": plan.kind,
        "region": plan.region,
        "title": plan.title,
        "document_no": plan.document_no,
        "lead": content.lead,
        "n": content.n,
        "version": version.number,
        "published_at": version.published_at,
        "href": url_for("api.plan", plan_id=plan.key),
    }


def _content(content: PlanContent) -> dict[str, Any]:
    """What the notice says; who is certain or excluded by name it does not say either."""
    return {
        "directed": content.directed,
        "legal_basis": list(content.legal_basis),
        "check_items": _items(content.check_items),
        "joint_items": _items(content.joint_items),
        "eligible": [
            answers.Condition(column=column, values=list(values))
            for column, values in content.eligible
        ],
        "roster_day": content.roster_day,
        "method": content.method,
        "fields": [answers.FieldCount(name=f.name, count=f.count) for f in content.fields],
        "cross": [
            answers.CrossBounds(name=one.name, least=one.least, most=one.most)
            for one in content.cross
        ],
        "reserves": content.reserves,
        "certain": len(content.certain),
        "windows": [
            answers.VisitWindow(name=one.name, first=one.first, last=one.last)
            for one in content.windows
            if one.first and one.last
        ],
        "deadlines": [
            answers.Due(name=one.name, day=one.day) for one in content.deadlines if one.day
        ],
        "notice": content.notice,
        "publish_drawn": content.publish_drawn,
        "departments": list(content.departments),
    }


def _items(chosen: Sequence[ItemRef]) -> list[answers.Item]:
    return [answers.Item(number=item.number, name=item.name) for item in chosen]


def _version(session: Session, version: PlanVersion) -> answers.Version:
    assert version.published_at is not None, "it is public"
    return answers.Version(
        number=version.number,
        published_at=version.published_at,
        reason=version.reason,
        digest=content_digest(session, version) or None,
        in_force=version.state == PlanState.PUBLISHED,
    )
