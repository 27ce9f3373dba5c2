"""Teams that are about to leave, and who looks at their papers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from core.accounts import User
from core.database import writing
from core.roles import Role, Scope, ScopeKind
from inspections.holding import publish
from inspections.plan_content import NoticePolicy
from inspections.teams.boards import VisitLine, visit_line
from inspections.teams.stand_ins import StandInReason
from inspections.teams.stepping import move_stand_in, sign_stand_in
from inspections.teams.visits import appoint, visits_of
from rosters.entries import Noun
from tests.inspections.offices import NOON
from tests.inspections.teams.corps import Corps, a_corps
from tests.web.people import Service

_logins = count(1)


@dataclass
class Dispatch:
    """A service in which teams are drawn, and the visit with the number 001."""

    service: Service
    corps: Corps
    listed: int
    teams: int
    visit: int
    login_names: dict[int, str]

    @contextmanager
    def work(self) -> Iterator[Session]:
        """The rosters and draws of the service, to be changed; another visitor sees it after."""
        yield self.corps.session
        self.corps.session.commit()

    def line(self, visit: int | None = None) -> VisitLine:
        today = self.service.time.date()
        with self.work() as session:
            session.expire_all()
            return visit_line(session, visit or self.visit, today)

    def at(self, name: str = "") -> str:
        return f"/visits/{self.visit}/papers" + (f"/{name}" if name else "")

    def enter(self, role: Role, scope: Scope | None = None, name: str = "") -> FlaskClient:
        """Somebody in a role whose password is not so old that he must change it first."""
        self.corps.session.commit()
        browser = self.service.sign_in(role, scope=scope, name=name)
        with self.service.work() as session:
            session.get_one(User, self.service.last.key).password_changed_at = self.service.time
        return browser

    def planner(self) -> FlaskClient:
        return self.enter(Role.NATIONAL_PLANNER)

    def member(self) -> FlaskClient:
        person = self.line().team.members[0].card.entry_id
        return self.enter(Role.INSPECTOR, name=self.login_names[person])

    def institution(self) -> FlaskClient:
        code = self.line().institution.unit_id
        return self.enter(Role.INSTITUTION, Scope(ScopeKind.INSTITUTION, code))

    def postpone(self) -> None:
        """Other days are agreed on: the papers are of another version."""
        with self.work() as session:
            line = visit_line(session, self.visit, NOON.date())
            day, act = line.visit.first_day, self.corps.office.planner
            later = (day, day) if day != line.visit.last_day else (line.visit.window_first,) * 2
            appoint(session, self.visit, line.visit.version, later, "协商改期", act, NOON)

    def replace_the_leader(self) -> None:
        """He falls ill, two sign, and the first alternate steps in."""
        first = self.corps.first
        with self.work() as session:
            desk, ill = first.desk(), StandInReason.FORCE_MAJEURE
            motion = move_stand_in(session, desk, self.teams, "001/组长", ill, "突发疾病")
            sign_stand_in(session, first.desk(first.second), motion.key)


def a_dispatch(
    service: Service, *, unannounced: bool = False, opens_on: date | None = None
) -> Dispatch:
    """Four visits with their teams; the draw of teams is published unless the list is sealed."""
    service.time = NOON
    engine = service.app.extensions["engine"]
    session = Session(writing(engine), expire_on_commit=False)
    corps = a_corps(session, service.app.extensions["settings"].data_dir / "files")
    names = {}
    for entry in corps.inspectors(16):
        names[entry] = f"inspector{next(_logins)}"
        corps.changes(Noun.INSPECTOR, entry, date(2021, 1, 1), login_name=names[entry])
    notice = NoticePolicy.UNANNOUNCED if unannounced else NoticePolicy.NOTIFIED
    listed = corps.list_drawn(6, corps.office.sound(notice=notice), opens_on)
    teams = corps.teams_held(listed)
    if opens_on is None:
        publish(session, corps.first.desk(), teams.key)
    visit = visits_of(session, listed.key)[0].key
    session.commit()
    return Dispatch(service, corps, listed.key, teams.key, visit, names)


@pytest.fixture
def dispatch(service: Service) -> Iterator[Dispatch]:
    """An announced inspection whose list is open."""
    made = a_dispatch(service)
    yield made
    made.corps.session.close()


@pytest.fixture
def unannounced(service: Service) -> Iterator[Dispatch]:
    """One that nobody may know of before."""
    made = a_dispatch(service, unannounced=True, opens_on=date(2026, 11, 20))
    yield made
    made.corps.session.close()


def got(browser: FlaskClient, at: str) -> bytes:
    answer = browser.get(at)
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)
