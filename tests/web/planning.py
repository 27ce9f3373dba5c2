"""Plans for the tests of their pages: without a fault, drafted, and led on step by step."""

import re
from datetime import date
from typing import Any

from flask.testing import FlaskClient

from inspections.plan_content import Deadline, FieldQuota, ItemRef, PlanContent, Window
from inspections.plan_drafts import draft_plan
from inspections.plan_items import item_ref
from inspections.plans import PlanHeading, PlanKind, versions_of
from rosters.editing import row_on
from rosters.entries import Noun
from tests.core.people import NOW
from tests.web.people import Service, facts
from tests.web.rosters import TODAY, entered


def listed_item(service: Service) -> ItemRef:
    """The one item of the published list."""
    told = {"number": "YS-1", "name": "演示抽查事项", "category": "重点检查事项"}
    entry = entered(service, Noun.CHECK_ITEM, **told)
    with service.work() as session:
        return item_ref(row_on(session, Noun.CHECK_ITEM, entry, TODAY))


def sound(item: ItemRef, **more: Any) -> PlanContent:
    """A plan that can be submitted."""
    return PlanContent(
        name="演示数据监督抽查",
        legal_basis=("《检验检测机构监督管理办法》",),
        check_items=(item,),
        windows=(Window(first=date(2026, 3, 10), last=date(2026, 4, 10)),),
        deadlines=(Deadline(name="报送自查表", day=date(2026, 3, 20)),),
        lead="国家市场监督管理总局",
        roster_day=TODAY,
        n=6,
        fields=(FieldQuota(name="食品检验", count=2), FieldQuota(name="其他领域", count=4)),
        other="其他领域",
    ).changed(**more)


def drafted(service: Service, content: PlanContent, **heading: Any) -> int:
    told = {"kind": PlanKind.NATIONAL, "year": 2026, "title": "2026年演示数据计划", **heading}
    with service.work() as session:
        named = PlanHeading.model_validate(told)
        return draft_plan(session, named, content, service.actor(), NOW).plan_id


def newest(service: Service, plan: int) -> Any:
    with service.work() as session:
        version = versions_of(session, plan)[-1]
        session.expunge(version)
        return version


def step(client: FlaskClient, plan: int, key: str, **form: Any) -> Any:
    """Ask for a step and take it, as a browser would."""
    kind = "decision" if key in ("approve", "return") else "steps"
    address = f"/plans/{plan}/{kind}/{key}"
    asked = facts(client.get(address))
    revision = re.search(r'name="revision" value="(\d+)"', asked)
    return client.post(address, data={"revision": revision[1] if revision else "", **form})
