"""A room with a published plan and its frozen roster, and who takes part in its draw."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import Session

from core import leases
from core.files import FileStore
from core.roles import Role
from core.trail import Actor
from inspections.fitting import fit
from inspections.frames import frame_key_from, work_out, write_down
from inspections.grounds import Ground, roster_from
from inspections.plan_drafts import draft_plan
from inspections.plan_toml import from_toml
from inspections.plans import PlanHeading, PlanKind, PlanState, PlanVersion
from inspections.sources import promise_of
from tests.sampler.builders import csv_of
from tests.sampler.desk import PLAN, ROSTER
from tests.web.people import Service
from web.handlers import handlers

FIRST, SECOND, DICE = "见证人甲", "见证人乙", "当众掷骰"
VALUES = {FIRST: "6f1c2a9e0b7d48356f1c2a9e0b7d4835", SECOND: "91d0e7b2c64f8a3d91d0e7b2c64f8a3d"}
CODE = re.compile(r"/witness/([A-Z2-7]{20})")
SOURCES = {
    "kind_1": "witness", "name_1": FIRST,
    "kind_2": "witness", "name_2": SECOND,
    "kind_3": "dice", "name_3": DICE,
}  # fmt: skip


def published_plan(service: Service, *, sealed: bool = False, title: str = "小计划") -> int:
    """A published plan with its frame, put there without the long way to it; the plan's number."""
    settings = service.app.extensions["settings"]
    rows, content = csv_of(ROSTER), from_toml(PLAN.encode())
    content = content.changed(roster_day=date(2026, 3, 1), publish_drawn=not sealed)
    heading = PlanHeading(kind=PlanKind.NATIONAL, year=2026, title=f"{title}（演示数据）")
    maker = service.actor()
    service.token_of(Role.REVIEWER)
    with service.work() as session:
        version = draft_plan(session, heading, content, maker, service.time)
        put_in_force(session, version, maker, service.last.key, service.time)
        ground = Ground(rows, roster_from(rows))
        files, key = FileStore(settings.data_dir / "files"), frame_key_from(settings.secret_key)
        frozen = work_out(version, ground, fit(content, ground), key, date(2026, 3, 1))
        write_down(session, files, frozen, maker, service.time)
        return version.plan_id


def put_in_force(
    session: Session, version: PlanVersion, maker: Actor, approver: int, at: datetime
) -> None:
    """Publish a version without the long way to it."""
    version.submitted_by = version.published_by = maker.user_id
    version.approved_by, version.state = approver, PlanState.PUBLISHED
    version.submitted_at = version.approved_at = version.published_at = at
    session.add(version)
    session.flush()


def do_jobs(service: Service) -> dict[str, Any]:
    """Do the one job that waits, as a worker does; its result."""
    settings, engine = service.app.extensions["settings"], service.app.extensions["engine"]
    known = handlers(settings, engine, lambda: service.time)
    with service.work() as session:
        job = leases.claim(session, "worker", list(known), service.time)
        assert job is not None
    with Session(engine, expire_on_commit=False) as session:
        result = known[job.kind](session, job, lambda *_: None)
        leases.finish(session, leases.hold_of(job), result, service.time)
        session.commit()
    return result


@dataclass
class Room:
    """A planner, a reviewer and two witnesses at one draw."""

    service: Service
    planner: FlaskClient
    reviewer: FlaskClient
    plan: int
    draw: int = 0
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def at(self) -> str:
        return f"/ceremonies/{self.draw}"

    def page(self) -> str:
        answer = self.planner.get(self.at)
        assert answer.status_code == 200, answer.text
        return answer.text

    def hall(self) -> str:
        answer = self.reviewer.get(f"/hall/{self.draw}")
        assert answer.status_code == 200
        return answer.text

    def announce(self, **more: str) -> None:
        page = self.planner.get(f"/ceremonies/new?plan={self.plan}").text
        found = re.search(r'name="frame" value="(\d+)"', page)
        assert found is not None, page
        told = {"plan": str(self.plan), "frame": found[1], **SOURCES, **more}
        answer = self.planner.post("/ceremonies", data=told)
        assert answer.status_code == 303, answer.text
        self.draw = int(str(answer.location).rpartition("/")[2])
        links = CODE.findall(self.planner.get(f"{self.at}/links").text)
        self.codes = dict(zip((FIRST, SECOND), dict.fromkeys(links), strict=True))

    def witness(self, name: str, step: str = "", **form: str) -> Any:
        """A witness at his own telephone, without any account."""
        browser = self.service.app.test_client()
        at = f"/witness/{self.codes[name]}"
        return browser.post(f"{at}/{step}", data=form) if step else browser.get(at)

    def promise(self, *names: str) -> None:
        for name in names or (FIRST, SECOND):
            given = promise_of(name, VALUES[name])
            assert self.witness(name, "promise", promise=given).status_code == 303

    def commit(self, minutes: str = "30") -> None:
        answer = self.planner.post(f"{self.at}/commitment", data={"minutes": minutes})
        assert answer.status_code == 303, answer.text
        do_jobs(self.service)

    def open_reveals(self) -> None:
        assert self.planner.post(f"{self.at}/reveals").status_code == 303

    def reveal(self, *names: str) -> None:
        for name in names or (FIRST, SECOND):
            answer = self.witness(name, "value", value=VALUES[name])
            assert answer.location.endswith(self.codes[name])

    def throw_dice(self, value: str = "3 6 1") -> Any:
        source = re.search(rf"{self.at}/sources/(\d+)/value", self.page())
        assert source is not None
        return self.planner.post(f"{self.at}/sources/{source[1]}/value", data={"value": value})

    def revealed(self, **more: str) -> None:
        """All up to the draw."""
        self.announce(**more)
        self.promise()
        self.commit()
        self.open_reveals()
        self.reveal()
        self.throw_dice()

    def hold(self, **more: str) -> None:
        self.revealed(**more)
        assert self.planner.post(f"{self.at}/draw").status_code == 303


def a_room(service: Service, *, sealed: bool = False) -> Room:
    """The room before anything is announced."""
    planner = service.sign_in(Role.NATIONAL_PLANNER)
    plan = published_plan(service, sealed=sealed)
    reviewer = service.sign_in(Role.REVIEWER)
    return Room(service, planner, reviewer, plan)
