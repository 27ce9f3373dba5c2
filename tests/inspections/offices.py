"""An office that makes plans: who works there, and plans without a fault."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from core.files import FileStore
from core.trail import Actor
from inspections.plan_content import Deadline, FieldQuota, ItemRef, PlanContent, Window
from inspections.plan_drafts import draft_plan
from inspections.plan_items import item_ref
from inspections.plan_reviews import approve, publish, submit
from inspections.plans import PlanHeading, PlanKind, PlanVersion
from rosters.certificates import Certificate
from rosters.changes import Act, Saying, new_entries, state
from rosters.editing import checked, enter, row_on
from rosters.entries import Noun
from tests.core.people import made_up_code, person

NOON = datetime(2026, 9, 21, 4, tzinfo=UTC)
TODAY = date(2026, 9, 21)
LONG_AGO = date(2020, 1, 1)
FOOD, CARS, WATER = "食品检验", "机动车检验", "水利水质监测"

_numbers = count(1)


def sound(**facts: Any) -> PlanContent:
    """A plan that can be submitted on `TODAY`, but for its check items."""
    return PlanContent(
        name="演示数据监督抽查",
        legal_basis=("《检验检测机构监督管理办法》",),
        check_items=(ItemRef(entry_id=1, number="1", name="能力持续符合", yearly_cap=1),),
        windows=(Window(first=date(2026, 10, 8), last=date(2026, 11, 10)),),
        deadlines=(Deadline(name="报送自查表", day=date(2026, 10, 20)),),
        lead="国家市场监督管理总局",
        roster_day=TODAY,
        n=4,
        fields=(FieldQuota(name=FOOD, count=2), FieldQuota(name="其他领域", count=2)),
        other="其他领域",
        reserves=1,
    ).changed(**facts)


NATIONAL = PlanHeading(kind=PlanKind.NATIONAL, year=2026, title="2026年演示数据计划")
PROVINCIAL = PlanHeading(
    kind=PlanKind.PROVINCIAL, region="330000", year=2026, title="2026年浙江演示数据计划"
)


@dataclass
class Office:
    """Two planners and a reviewer at one database."""

    session: Session
    files: FileStore
    planner: Actor
    colleague: Actor
    reviewer: Actor
    item: ItemRef

    @property
    def act(self) -> Act:
        return Act(self.planner, NOON, self.files)

    def sound(self, **facts: Any) -> PlanContent:
        return sound(check_items=(self.item,)).changed(**facts)

    def draft(self, content: PlanContent | None = None, **heading: Any) -> PlanVersion:
        named = PlanHeading.model_validate(NATIONAL.model_dump() | heading)
        return draft_plan(self.session, named, content or self.sound(), self.planner, NOON)

    def submitted(self, content: PlanContent | None = None, **heading: Any) -> PlanVersion:
        return self.submit(self.draft(content, **heading))

    def submit(self, version: PlanVersion) -> PlanVersion:
        return submit(self.session, version.key, version.revision, self.planner, NOON)

    def approve(self, version: PlanVersion) -> PlanVersion:
        return approve(self.session, version.key, version.revision, self.reviewer, NOON)

    def publish(self, version: PlanVersion) -> PlanVersion:
        return publish(self.session, version.key, version.revision, self.planner, NOON)

    def published(self, content: PlanContent | None = None, **heading: Any) -> PlanVersion:
        return self.publish(self.approve(self.submitted(content, **heading)))

    # -- the rosters

    def institutions(self, number: int, **facts: Any) -> list[int]:
        """So many institutions that hold a valid certificate each."""
        made = new_entries(self.session, Noun.INSTITUTION, number)
        certificates = new_entries(self.session, Noun.CERTIFICATE, number)
        sayings = []
        for entry, certificate in zip(made, certificates, strict=True):
            serial = next(_numbers)
            told = {
                "name": f"演示数据检测{serial}号",
                "credit_code": made_up_code(serial),
                "region": "330100",
                "fields": FOOD,
                "level": "national",
                "credit_class": "B",
                **facts,
            }
            held = {"institution_id": entry, "number": f"演示{serial}"}
            sayings.append(
                Saying(Noun.INSTITUTION, entry, checked(Noun.INSTITUTION, told), LONG_AGO)
            )
            sayings.append(
                Saying(Noun.CERTIFICATE, certificate, checked(Noun.CERTIFICATE, held), LONG_AGO)
            )
        state(self.session, self.act, sayings)
        return made

    def code(self, entry: int) -> str:
        code: str = row_on(self.session, Noun.INSTITUTION, entry, TODAY).credit_code
        return code

    def certificate_of(self, entry: int) -> int:

        wanted = select(Certificate.entry_id).where(Certificate.institution_id == entry)
        return self.session.exec(wanted).one()


def open_office(session: Session, folder: Path) -> Office:
    """An office with nothing in its rosters but one check item."""
    planner, colleague, reviewer = (
        Actor(person(session).key, name, role)
        for name, role in (
            ("计划员", "national_planner"),
            ("另一计划员", "national_planner"),
            ("审核员", "reviewer"),
        )
    )
    files = FileStore(folder)
    facts = {"number": "YS-1", "name": "能力持续符合情况", "category": "重点检查事项"}
    act = Act(planner, NOON, files)
    entry, _ = enter(session, act, Noun.CHECK_ITEM, facts, LONG_AGO)
    item = item_ref(row_on(session, Noun.CHECK_ITEM, entry, TODAY))
    return Office(session, files, planner, colleague, reviewer, item)
