"""A corps of inspectors beside an office: institutions are drawn, then those who visit them."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session

from inspections.addenda import SubstitutionReason
from inspections.ceremonies import TeamAnnouncement, announce_teams, open_reveals
from inspections.draws import Draw
from inspections.frames import build
from inspections.holding import hold, publish
from inspections.plan_content import PlanContent
from inspections.sources import promise, promise_of, sources_of
from inspections.substitutions import move_substitution, sign_substitution
from inspections.teams.making import freeze_task
from inspections.teams.rules import Shape, TeamRules, set_rules
from inspections.teams.seats import Seat, seats_of
from inspections.teams.tasks import FrozenTask
from rosters.changes import Saying, new_entries, state
from rosters.editing import change, checked, enter
from rosters.entries import Noun
from tests.inspections.hall import FRAME_KEY, VALUES, Hall
from tests.inspections.offices import CARS, FOOD, LONG_AGO, NOON, Office, open_office

FAR = date(2030, 12, 31)
RULES = TeamRules(shape=Shape(officers=2), visit_days=2, window_days=7, alternates=2)
"""A leader and a member, two days each."""


@dataclass
class Corps:
    """An office with departments and inspectors, and the hall of its draws."""

    office: Office
    market: int
    serial: int = 0
    hall: Hall | None = None
    entries: list[int] = field(default_factory=list)

    @property
    def session(self) -> Session:
        return self.office.session

    # -- who can be sent

    def inspectors(self, number: int, **facts: Any) -> list[int]:
        """So many officers of the market department with certificates; one in two may lead."""
        made = new_entries(self.session, Noun.INSPECTOR, number)
        sayings = []
        for place, entry in enumerate(made):
            self.serial += 1
            told = {
                "name": f"演示数据检查员{self.serial}",
                "staff_no": f"YS{self.serial:04d}",
                "department_id": self.market,
                "region": "330000",
                "province_no": f"演执{self.serial:04d}",
                "province_until": FAR,
                "fields": FOOD,
                "leader": place % 2 == 0,
                **facts,
            }
            sayings.append(Saying(Noun.INSPECTOR, entry, checked(Noun.INSPECTOR, told), LONG_AGO))
        state(self.session, self.office.act, sayings)
        return made

    def department(self, name: str, trade: str) -> int:
        facts = {"name": name, "trade": trade, "region": "330000"}
        return enter(self.session, self.office.act, Noun.DEPARTMENT, facts, LONG_AGO)[0]

    def says(self, noun: Noun, day: date = LONG_AGO, **facts: Any) -> int:
        """One more entry of the rosters."""
        return enter(self.session, self.office.act, noun, facts, day)[0]

    def changes(self, noun: Noun, entry: int, day: date, **facts: Any) -> None:
        change(self.session, self.office.act, noun, entry, facts, day)

    # -- the first draw

    def list_drawn(
        self,
        institutions: int = 6,
        content: PlanContent | None = None,
        opens_on: date | None = None,
        **heading: Any,
    ) -> Draw:
        """Institutions are drawn; the list is published unless it stays sealed. With none those
        of the list before are drawn again, by another plan."""
        office = self.office
        if institutions:
            self.entries = office.institutions(institutions, fields=f"{FOOD}|{CARS}")
        plan = (content or office.sound()).changed(publish_drawn=opens_on is None)
        version = office.published(plan, **heading)
        frame = build(self.session, office.files, version.key, FRAME_KEY, office.planner, NOON)
        self.hall = Hall(
            self.session, office.files, office.planner, office.reviewer, version.key, frame.key,
            now=NOON, opens_on=opens_on,
            values={name: f"{value} {version.key}" for name, value in VALUES.items()},
        )  # fmt: skip
        draw = self.hall.held()
        return draw if opens_on else publish(self.session, self.hall.desk(), draw.key)

    @property
    def first(self) -> Hall:
        assert self.hall is not None
        return self.hall

    def replaced(self, listed: Draw, unit_id: str) -> None:
        """A drawn institution goes, by two signatures."""
        closed, desk = SubstitutionReason.CLOSED, self.first.desk()
        motion, _ = move_substitution(self.session, desk, listed.key, unit_id, closed, "停业")
        sign_substitution(self.session, self.first.desk(self.first.second), motion.key)

    # -- the second draw

    def rules(self, listed: Draw, rules: TeamRules = RULES, reason: str = "") -> None:
        version = listed.plan_version_id
        set_rules(self.session, version, rules, reason, self.office.planner, NOON)

    def frozen(self, listed: Draw, rules: TeamRules = RULES) -> FrozenTask:
        self.rules(listed, rules)
        return freeze_task(
            self.session, self.office.files, listed.plan_id, self.office.planner, NOON
        )

    def teams_announced(self, listed: Draw, rules: TeamRules = RULES) -> Draw:
        return self.announced(self.frozen(listed, rules))

    def announced(self, task: FrozenTask) -> Draw:
        self.serial += 1
        # every draw has links of its own
        links = f"teams {self.serial}"
        drafts = [replace(d, token=d.token and f"{d.token} {links}") for d in self.first.drafts]
        return announce_teams(self.session, TeamAnnouncement(task.key, drafts), self.first.desk())

    def teams_committed(self, listed: Draw, rules: TeamRules = RULES) -> Draw:
        return self.committed(self.teams_announced(listed, rules))

    def committed(self, draw: Draw) -> Draw:
        values = self.first.values
        self.first.values = {name: f"{value} {draw.key}" for name, value in values.items()}
        for source in sources_of(self.session, draw.key):
            if source.is_witness:
                given = promise_of(source.name, self.first.values[source.name])
                promise(self.session, source.key, given, NOON)
        return self.first.commit(draw)

    def teams_revealed(self, listed: Draw, rules: TeamRules = RULES) -> Draw:
        draw = self.teams_committed(listed, rules)
        open_reveals(self.session, self.first.desk(), draw.key)
        self.first.give(draw)
        return draw

    def teams_held(self, listed: Draw, rules: TeamRules = RULES) -> Draw:
        draw = hold(self.session, self.first.desk(), self.teams_revealed(listed, rules).key)
        self.session.commit()
        return draw

    def drawn(self, teams: Draw) -> list[Seat]:
        """Who was drawn, without the alternates."""
        return [seat for seat in seats_of(self.session, teams.key) if seat.rank == 0]

    def waiting(self, teams: Draw, slot: str) -> list[int]:
        """The alternates of a slot in their order."""
        seats = seats_of(self.session, teams.key)
        return [seat.person_id for seat in seats if seat.slot == slot and seat.rank > 0]


def a_corps(session: Session, folder: Path) -> Corps:
    """An office with one department and nobody in it."""
    office = open_office(session, folder)
    corps = Corps(office, 0)
    corps.market = corps.department("演示市场监督管理局", "market")
    return corps
