"""People at their browsers: accounts made in the database, and what they do on the pages."""

import atexit
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse

from core import second_factor
from core.accounts import User
from core.database import connect, unit_of_work
from core.memberships import Membership, memberships_of
from core.roles import NATION, NEEDS_SECOND_FACTOR, Role, Scope, ScopeKind
from core.second_factor import seal_from
from tests.core import people
from tests.core.people import PASSWORD
from web.app import create_app
from web.settings import Settings

SECRET_KEY = "t" * 40
ZHEJIANG = Scope(ScopeKind.REGION, "330000")
JIANGSU = Scope(ScopeKind.REGION, "320000")
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')

SCOPE_OF = {
    Role.NATIONAL_PLANNER: NATION,
    Role.PROVINCIAL_PLANNER: ZHEJIANG,
    Role.REVIEWER: ZHEJIANG,
    Role.INSPECTOR: ZHEJIANG,
    Role.EXPERT: ZHEJIANG,
    Role.PARTNER_DEPARTMENT: Scope(ScopeKind.DEPARTMENT, "生态环境部"),
    Role.INSTITUTION: Scope(ScopeKind.INSTITUTION, people.made_up_code(1)),
    Role.DISCIPLINE: NATION,
    Role.ADMINISTRATOR: NATION,
}
"""A scope that suits each role."""

_numbers = count(1)


@dataclass
class Hours:
    """A clock that is moved by hand."""

    moment: datetime = people.NOW

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **time: float) -> None:
        self.moment += timedelta(**time)


@dataclass
class House:
    """A service with a database and a clock of its own."""

    app: Flask
    hours: Hours
    secrets: dict[int, str] = field(default_factory=dict)

    def close(self) -> None:
        """Let go of the database."""
        self.app.extensions["engine"].dispose()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction of somebody who works on the database beside the pages."""
        with unit_of_work(self.app.extensions["engine"]) as session:
            yield session

    def person(self, name: str = "", *, email: str = "") -> User:
        with self.session() as session:
            return people.person(session, name, email=email)

    def seated(
        self, role: Role, scope: Scope | None = None, name: str = ""
    ) -> tuple[User, Membership]:
        with self.session() as session:
            return people.seated(session, role, scope or SCOPE_OF[role], name)

    def give_factor(self, user: User) -> str:
        """A second factor that is set up already; its secret."""
        with self.session() as session:
            seal, now = seal_from(SECRET_KEY), self.hours() - timedelta(hours=1)
            secret = second_factor.begin(session, user.key, seal, people.entropy, now)
            code = pyotp.TOTP(secret).at(now)
            actor = people.actor(user)
            second_factor.confirm(session, user.key, code, seal, RECOVERY, actor, now)
        self.secrets[user.key] = secret
        return secret

    def code(self, user: User) -> str:
        return pyotp.TOTP(self.secrets[user.key]).at(self.hours())

    def browser(self) -> "Visitor":
        """A browser at an address of its own."""
        client, number = self.app.test_client(), next(_numbers)
        client.environ_base["REMOTE_ADDR"] = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        return Visitor(client, self)

    def logged_in(self, role: Role, scope: Scope | None = None) -> tuple["Visitor", User]:
        """Somebody at work in a role, with a second factor where it is required."""
        user, _ = self.seated(role, scope)
        return self.enter(user), user

    def enter(self, user: User) -> "Visitor":
        """Somebody who logs in and passes whatever is asked of him."""
        with self.session() as session:
            roles = [m.role for m in memberships_of(session, user.key, self.hours())]
        if not NEEDS_SECOND_FACTOR.isdisjoint(roles) and user.key not in self.secrets:
            self.give_factor(user)
        visitor = self.browser()
        visitor.log_in(user.login_name)
        if user.key in self.secrets:
            visitor.send("/login/code", code=self.code(user))
        return visitor


RECOVERY = ["AAAA2-BBBB2", "AAAA3-BBBB3"]
"""Two, because each is hashed slowly."""


@dataclass
class Visitor:
    """A browser: looks at pages, and sends their forms with the token that they bear."""

    client: FlaskClient
    house: House
    token: str = ""

    def get(self, address: str, **more: Any) -> TestResponse:
        page = self.client.get(address, **more)
        if found := CSRF.search(page.text if page.mimetype == "text/html" else ""):
            self.token = found[1]
        return page

    def send(self, address: str, **form: Any) -> TestResponse:
        """A form; the token is fetched from a page first if there is none yet."""
        if not self.token:
            self.get("/login")
        answer = self.client.post(address, data={"csrf_token": self.token, **form})
        # a log-in voids the token of the form; the next form is fetched anew
        self.token = ""
        return answer

    def log_in(self, name: str, password: str = PASSWORD, **form: Any) -> TestResponse:
        return self.send("/login", login_name=name, password=password, **form)

    def is_in(self) -> bool:
        return self.get("/account").status_code == 200


_apps: dict[str, Flask] = {}


def open_house(database: str, folder: Path, **settings: Any) -> House:
    """A service on a database that has its tables.

    Services with the same settings share an application, because templates compile slowly;
    database, clock and folder are each one's own.
    """
    hours = Hours()
    told = {"public_url": "http://localhost", "data_dir": folder, **settings}
    wanted = Settings(SECRET_KEY, database_url=database, **told)
    key = repr(sorted(settings.items()))
    if key not in _apps:
        _apps[key] = create_app(wanted, rules=people.RULES)
        atexit.register(_apps[key].extensions["desk"].close)
    app = _apps[key]
    app.extensions |= {"engine": connect(database), "clock": hours, "settings": wanted}
    app.config["SECOND_FACTOR_IS_FREE"] = False
    return House(app, hours)
