"""A small roster for the tests of its pages: two provinces, a department, people, institutions."""

from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sqlmodel import Session

from core.files import FileStore
from rosters.changes import Act
from rosters.editing import enter
from rosters.entries import Noun
from tests.core.people import CLERK, NOW, made_up_code
from tests.web.people import Service

TODAY = date(2026, 3, 2)
"""In China, when the tests take place."""

LONG_AGO = date(2020, 1, 1)
REMARK = "演示数据"

Facts = dict[str, Any]


@dataclass(frozen=True)
class Small:
    """Ids of what the roster holds."""

    department: int
    inspector: int
    neighbour: int
    expert: int
    institution: int
    twin: int
    relation: int
    item: int


def act(folder: Path, reason: str = "") -> Act:
    """Somebody enters something before the test begins."""
    return Act(CLERK, NOW, FileStore(folder), reason)


def act_in(service: Service, reason: str = "演示") -> Act:
    """The same with the files of a service."""
    return act(service.app.extensions["settings"].data_dir / "files", reason)


def entered(service: Service, noun: Noun, **told: Any) -> int:
    """Something that the roster has known for long."""
    with service.work() as session:
        return enter(session, act_in(service), noun, told, LONG_AGO)[0]


def settle(session: Session, folder: Path) -> Small:
    """Enter the small roster."""
    doing = act(folder)

    def entered(noun: Noun, **facts: Any) -> int:
        return enter(session, doing, noun, facts, LONG_AGO)[0]

    department = entered(Noun.DEPARTMENT, name="浙江省演示市场监督管理局", region="330000")
    inspector = entered(
        Noun.INSPECTOR, name="演示张三", staff_no="ZJ001", region="330100", phone="13800000001",
        department_id=department, province_no="33-1", province_until="2026-04-30",
        ministry_no="ZJ-9", ministry_until="2026-01-31", fields="食品检验", leader=True,
        login_name="zhang", remark=REMARK,
    )  # fmt: skip
    neighbour = entered(
        Noun.INSPECTOR, name="演示李四", staff_no="JS001", region="320000", province_no="32-1",
        province_until="2028-01-01", remark=REMARK,
    )  # fmt: skip
    expert = entered(
        Noun.EXPERT, name="演示王五", expert_no="E1", region="330000", login_name="wang",
        employer="演示研究院", phone="13800000002", remark=REMARK,
    )  # fmt: skip
    institution, twin = (
        entered(
            Noun.INSTITUTION, name=name, credit_code=made_up_code(at), region=region, remark=REMARK
        )
        for at, (name, region) in enumerate(
            [("演示杭州食品检测有限公司", "330100"), ("演示南京食品检测有限公司", "320100")], 1
        )
    )  # fmt: skip
    relation = entered(
        Noun.RELATION, person_id=inspector, institution_id=institution, kind="relative"
    )
    item = entered(
        Noun.CHECK_ITEM, number="YS-01", name="演示抽查事项", basis="演示依据一", ratio=10
    )
    return Small(department, inspector, neighbour, expert, institution, twin, relation, item)


def small_roster(service: Service, folder: Path) -> Small:
    """The same in the database of a service."""
    with service.work() as session:
        return settle(session, folder)


class _Form(HTMLParser):
    """Collects what a browser would send of the long form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, Any] = {}
        self.inside = False
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "form":
            self.inside = told.get("id") == "f-form"
        elif not self.inside:
            return
        elif tag in ("select", "textarea"):
            self.open, self.sent[name] = name, ""
        elif tag == "option" and "selected" in told:
            self.sent[self.open] = value
        elif tag == "input" and told.get("type") == "checkbox":
            if "checked" in told:
                self.sent.setdefault(name, []).append(value)
        elif tag == "input" and (told.get("type") != "radio" or "checked" in told):
            self.sent[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.open = ""

    def handle_data(self, data: str) -> None:
        if self.inside and self.lasttag == "textarea" and self.open:
            self.sent[self.open] += data


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send of the form of an entry if nothing were touched."""
    reader = _Form()
    reader.feed(page)
    return reader.sent
