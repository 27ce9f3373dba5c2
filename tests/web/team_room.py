"""A room in which teams are drawn: a list that was drawn, inspectors, officials and witnesses."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import Session

from core.accounts import User
from core.database import writing
from core.roles import Role
from inspections.teams.rules import TeamRules
from inspections.teams.seats import Seat, seats_of
from tests.inspections.offices import NOON
from tests.inspections.teams.corps import RULES, a_corps
from tests.web.ceremony_room import CODE, FIRST, SECOND, SOURCES, Room, do_jobs
from tests.web.people import Service
from web.inspections.plan_fields import Table
from web.teams.rules_form import PARTS, typed_of


def form_of(rules: TeamRules, **changes: Any) -> dict[str, Any]:
    """The rules as a browser sends them."""
    form: dict[str, Any] = {}
    for name, value in typed_of(rules).items():
        if value and isinstance(value[0], list):
            columns = next(p.columns for p in PARTS if isinstance(p, Table) and p.name == name)
            for at, row in enumerate(value):
                cells = zip(columns, row, strict=True)
                form |= {f"{name}.{at}.{one.name}": cell for one, cell in cells}
        elif value:
            form[name] = value
    return {**form, "number": "0", **changes}


def sign_in(service: Service, role: Role, name: str = "") -> FlaskClient:
    """Somebody in a role whose password is not so old that he must change it first."""
    browser = service.sign_in(role, name=name)
    with service.work() as session:
        session.get_one(User, service.last.key).password_changed_at = service.time
    return browser


@dataclass
class TeamRoom(Room):
    """The same people as at the first draw; *listed* is its id."""

    listed: int = 0

    @property
    def desk(self) -> str:
        """Where the pages about the teams begin."""
        return f"/teams/{self.listed}"

    def set_rules(self, rules: TeamRules = RULES, **changes: Any) -> Any:
        return self.planner.post(f"{self.desk}/rules/edit", data=form_of(rules, **changes))

    def prepare(self, rules: TeamRules = RULES) -> None:
        """Rules, visits and a frozen task."""
        assert self.set_rules(rules).status_code == 303
        assert self.planner.post(f"{self.desk}/visits").status_code == 303
        self.freeze()

    def freeze(self) -> dict[str, Any]:
        assert self.planner.post(f"{self.desk}/task").status_code == 303
        return do_jobs(self.service)

    def announce(self, **more: str) -> None:
        self.prepare()
        answer = self.planner.post(f"{self.desk}/announcement", data={**SOURCES, **more})
        assert answer.status_code == 303, answer.text
        self.draw = int(str(answer.location).rpartition("/")[2])
        links = CODE.findall(self.planner.get(f"{self.at}/links").text)
        self.codes = dict(zip((FIRST, SECOND), dict.fromkeys(links), strict=True))

    def seats(self) -> list[Seat]:
        with self.service.work() as session:
            found = seats_of(session, self.draw)
            session.expunge_all()
            return found


def a_team_room(
    service: Service, *, inspectors: int = 12, opens_on: date | None = None
) -> TeamRoom:
    """The room with four institutions drawn, before anything is said of teams."""
    service.time = NOON
    files = service.app.extensions["settings"].data_dir / "files"
    engine = service.app.extensions["engine"]
    with Session(writing(engine), expire_on_commit=False) as session:
        corps = a_corps(session, files)
        corps.inspectors(inspectors)
        listed = corps.list_drawn(opens_on=opens_on)
        plan, draw = listed.plan_id, listed.key
        session.commit()
    planner = sign_in(service, Role.NATIONAL_PLANNER)
    reviewer = sign_in(service, Role.REVIEWER)
    return TeamRoom(service, planner, reviewer, plan, listed=draw)
