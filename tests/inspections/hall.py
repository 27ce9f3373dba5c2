"""A hall in which small draws are held: two officials, two witnesses, dice, and their papers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from core.files import FileStore
from core.trail import Actor
from inspections.ceremonies import (
    Announcement,
    announce,
    commit,
    make_ready,
    open_reveals,
)
from inspections.draw_papers import FRAME, papers_of, read_whole
from inspections.draw_seals import Chance, draw_seal_from
from inspections.draws import Desk, Draw, DrawReason
from inspections.fitting import fit
from inspections.frames import frame_key_from, work_out, write_down
from inspections.grounds import Ground, roster_from
from inspections.holding import hold, sign_void
from inspections.motions import move_void
from inspections.plan_content import PlanContent
from inspections.plan_drafts import draft_plan
from inspections.plan_toml import from_toml
from inspections.plans import PlanHeading, PlanKind, PlanState
from inspections.reveals import reveal, type_in
from inspections.sources import (
    DrawSource,
    SourceDraft,
    SourceKind,
    promise,
    promise_of,
    sources_of,
)
from tests.core.people import MINUTE, NOW, entropy, person
from tests.sampler.builders import csv_of
from tests.sampler.desk import PLAN, ROSTER

SECRET = "a secret of the tests, 32 signs or more"
SEAL, FRAME_KEY = draw_seal_from(SECRET), frame_key_from(SECRET)
DEADLINE = NOW + 30 * MINUTE
ROSTER_DAY = date(2026, 3, 1)

FIRST = SourceDraft("见证人甲", SourceKind.WITNESS, token="link of the first")
SECOND = SourceDraft("见证人乙", SourceKind.WITNESS, token="link of the second")
DICE = SourceDraft("当众掷骰", SourceKind.DICE)
BEACON = SourceDraft("开奖号码", SourceKind.BEACON, address="https://lottery.example/2026-03-02")
SOURCES = (FIRST, SECOND, DICE)
VALUES = {
    "见证人甲": "春风 6f1c2a9e0b7d4835",
    "见证人乙": "秋月 91d0e7b2c64f8a3d",
    "当众掷骰": "3 6 1 1 5",
    "开奖号码": "07 12 19 23 31 33 + 09",
}


def a_chance() -> Chance:
    """What the service takes from chance for a commitment."""
    return Chance(entropy(32), entropy(12))


@dataclass
class Hall:
    """A published plan with its frame, and who takes part in its draw."""

    session: Session
    files: FileStore
    operator: Actor
    second: Actor
    version_id: int
    frame_id: int
    now: datetime = NOW
    drafts: Sequence[SourceDraft] = SOURCES
    opens_on: date | None = None
    values: dict[str, str] = field(default_factory=lambda: dict(VALUES))

    # -- who acts

    def desk(self, actor: Actor | None = None, after: timedelta = timedelta(0)) -> Desk:
        return Desk(actor or self.operator, self.now + after, self.files, SEAL, FRAME_KEY)

    def source(self, draw: Draw, name: str) -> DrawSource:
        (found,) = (one for one in sources_of(self.session, draw.key) if one.name == name)
        return found

    # -- step by step

    def announced(self) -> Draw:
        return announce(self.session, self.announcement(), self.desk())

    def announcement(self) -> Announcement:
        # every draw has links of its own
        again = len(self.session.exec(select(Draw.id)).all())
        drafts = [replace(d, token=d.token and f"{d.token} {again}") for d in self.drafts]
        return Announcement(self.version_id, self.frame_id, drafts, self.opens_on)

    def promised(self) -> Draw:
        draw = self.announced()
        for source in sources_of(self.session, draw.key):
            if source.is_witness:
                given = promise_of(source.name, self.values[source.name])
                promise(self.session, source.key, given, self.now)
        return draw

    def ready(self, draw: Draw) -> Any:
        return make_ready(self.session, self.files, draw.key)

    def committed(self) -> Draw:
        return self.commit(self.promised())

    def commit(self, draw: Draw) -> Draw:
        deadline = self.now + (DEADLINE - NOW)
        ready = self.ready(draw)
        return commit(self.session, self.desk(), draw.key, ready, a_chance(), deadline)

    def revealing(self) -> Draw:
        return open_reveals(self.session, self.desk(), self.committed().key)

    def revealed(self, *but: str) -> Draw:
        """All have given their values, but for those named."""
        draw = self.revealing()
        self.give(draw, *but)
        return draw

    def give(self, draw: Draw, *but: str) -> None:
        for source in sources_of(self.session, draw.key):
            if source.name in but:
                continue
            value = self.values[source.name]
            if source.is_witness:
                reveal(self.session, source.key, value, self.now)
            else:
                type_in(self.session, source.key, value, self.operator, self.now)

    def held(self) -> Draw:
        draw = hold(self.session, self.desk(), self.revealed().key)
        self.session.commit()
        return draw

    def void(self, draw: Draw, reason: DrawReason = DrawReason.PROCEDURE_BROKEN) -> Draw:
        """Made void by both officials."""
        motion = move_void(self.session, draw.key, reason, "设备断电", self.operator, self.now)
        return sign_void(self.session, self.desk(self.second), motion.key)

    # -- what is published

    def paper(self, draw: Draw, name: str) -> bytes:
        return read_whole(self.files, papers_of(self.session, draw.key)[name], name)

    def certificate(self, draw: Draw) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.paper(draw, "certificate.json"))
        return data

    def frame(self, draw: Draw) -> bytes:
        return self.paper(draw, FRAME)


def a_hall(
    session: Session,
    folder: Path,
    rows: bytes | None = None,
    plan: str = PLAN,
    opens_on: date | None = None,
) -> Hall:
    """A hall for a plan that has been published; with a day of opening its list stays sealed."""
    files = FileStore(folder / "files")
    kept = rows or csv_of(ROSTER)
    operator, second = (_official(session) for _ in range(2))
    version_id, frame_id = published_plan(
        session,
        files,
        kept,
        from_toml(plan.encode()).changed(publish_drawn=opens_on is None),
        operator,
        second,
    )
    return Hall(session, files, operator, second, version_id, frame_id, opens_on=opens_on)


def _official(session: Session) -> Actor:
    user = person(session)
    return Actor(user.key, user.display_name, "national_planner")


def published_plan(
    session: Session,
    files: FileStore,
    rows: bytes,
    plan: PlanContent,
    maker: Actor,
    approver: Actor,
) -> tuple[int, int]:
    """A published plan and its frame, put there without the long way to it."""
    heading = PlanHeading(kind=PlanKind.NATIONAL, year=2026, title="小计划（演示数据）")
    content = plan.changed(roster_day=ROSTER_DAY)
    version = draft_plan(session, heading, content, maker, NOW)
    version.submitted_by = version.published_by = maker.user_id
    version.approved_by, version.state = approver.user_id, PlanState.PUBLISHED
    version.submitted_at = version.approved_at = version.published_at = NOW
    session.add(version)
    session.flush()
    ground = Ground(rows, roster_from(rows))
    frozen = work_out(version, ground, fit(version.content, ground), FRAME_KEY, ROSTER_DAY)
    frame = write_down(session, files, frozen, maker, NOW)
    return version.key, frame.key
