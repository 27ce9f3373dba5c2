"""A service with a database of its own, and people who have logged in to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from core.accounts import User
from core.database import unit_of_work
from core.roles import NATION, Role, Scope, ScopeKind
from core.trail import Actor
from tests.core.people import NOW, RULES, ZHEJIANG, actor, entered, made_up_code, person, seated
from tests.web.visits import SMALL
from web.app import create_app
from web.settings import Settings, demo_settings

_tokens = count(1)

PROVINCIAL = frozenset({Role.PROVINCIAL_PLANNER})


def scope_for(role: Role) -> Scope:
    """A scope that fits the role."""
    if role in PROVINCIAL:
        return ZHEJIANG
    if role is Role.PARTNER_DEPARTMENT:
        return Scope(ScopeKind.DEPARTMENT, "生态环境部")
    if role is Role.INSTITUTION:
        return Scope(ScopeKind.INSTITUTION, made_up_code(1))
    return NATION


@dataclass
class Service:
    """A running service, its clock, and who is logged in."""

    app: Flask
    time: datetime = NOW
    people: dict[str, User] = field(default_factory=dict)

    @contextmanager
    def work(self) -> Iterator[Session]:
        """A session that is committed at the end."""
        with unit_of_work(self.app.extensions["engine"]) as session:
            yield session

    def sign_in(
        self, role: Role | None, *, scope: Scope | None = None, name: str = ""
    ) -> FlaskClient:
        """Somebody in a role (None: in none), logged in, as his browser."""
        browser = self.app.test_client()
        browser.set_cookie(self.app.config["LOGIN_COOKIE"], self.token_of(role, scope, name))
        return browser

    def token_of(self, role: Role | None, scope: Scope | None = None, name: str = "") -> str:
        """The same as the token of his cookie."""
        token = f"page-token-{next(_tokens)}"
        with self.work() as session:
            if role is None:
                user = person(session, name)
            else:
                user, _ = seated(session, role, scope or scope_for(role), name)
            entered(session, user, token, self.time)
        self.people[token] = self.people[name or user.display_name] = user
        self.last = user
        return token

    def actor(self, user: User | None = None) -> Actor:
        """A person as the trail names him; the last who has logged in unless told."""
        return actor(user or self.last)

    def later(self, **passed: float) -> None:
        """Let time pass."""
        self.time += timedelta(**passed)


def open_service(folder: Path, database: str, settings: Settings | None = None) -> Service:
    """A service in *folder* on an empty *database*; a demo service unless told otherwise."""
    service: Service
    wanted = replace(settings or demo_settings(SMALL, data_dir=folder), database_url=database)
    app = create_app(wanted, lambda: service.time, RULES)
    # forms of the tests bear no token; that they must is tested elsewhere
    app.config["WTF_CSRF_ENABLED"] = False
    service = Service(app)
    return service


@pytest.fixture
def service(tmp_path: Path, page_database: str) -> Iterator[Service]:
    """A demo service of its own for a test."""
    opened = open_service(tmp_path, page_database)
    yield opened
    close(opened)


def close(service: Service) -> None:
    """Let go of what the service holds."""
    service.app.extensions["desk"].close()
    service.app.extensions["engine"].dispose()


def facts(page: Any) -> str:
    """The text of a page, checked to be one."""
    assert page.status_code == 200, page.text
    return str(page.text)
