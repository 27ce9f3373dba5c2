"""Buttons of a draw, pressed by many at once at a service with processes of its own, which may die.

The service is the one that `spotcheck serve` starts; its people are real operators, with a
second factor and the tokens of their forms. What the rules do of themselves when many press is
tested in `tests/inspections/test_draw_presses.py`.
"""

import http.client
import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from threading import Thread
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import select

from core import trail, trail_check
from core.accounts import User
from core.passwords import set_password
from core.roles import Role
from inspections.draw_check import inner_faults
from inspections.draws import Draw
from tests.browser.company import PATIENCE_MS, PROJECTOR, Company
from tests.core.people import FAST, OTHER_PASSWORD, actor
from tests.operation.processes import Running, free_port, running, until
from tests.operation.test_serving import env, migrate  # noqa: F401
from tests.storage import in_threads
from tests.web.ceremony_room import SOURCES, Room, a_room
from tests.web.people import Service
from tests.web.persons import CSRF, SECRET_KEY, Hours, House, Visitor
from web.app import create_app
from web.entrance.browsers import PLAIN
from web.inspections.desk import desk_for
from web.settings import from_environment

PATIENCE_S = 120


@dataclass(frozen=True)
class Operator:
    """Somebody who has logged in, and the token of his forms."""

    cookies: str
    csrf: str

    def press(self, host: str, path: str, **form: str) -> int:
        """The status of the answer; 0 if there is none."""
        body = urlencode({"csrf_token": self.csrf, **form})
        told = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(http.client.HTTPConnection(host, timeout=PATIENCE_S)) as browser:
            try:
                browser.request("POST", path, body, told)
                return browser.getresponse().status
            except (OSError, http.client.HTTPException):
                return 0


@dataclass
class Theatre:
    """A room of ceremonies, and the service under which all others see it."""

    room: Room
    house: House
    env: dict[str, str]
    port: int

    @contextmanager
    def open(self) -> Iterator[Running]:
        """The service with its processes, always at the same address."""
        folder = from_environment(self.env).data_dir
        with running(self.env, folder, "serve", port=self.port) as service:
            until(service.is_ready)
            yield service

    def operators(self) -> list[Operator]:
        """Two planners who may both hold the draw."""
        return [self._operator(), self._operator()]

    def _operator(self) -> Operator:
        visitor = self._entered(Role.NATIONAL_PLANNER)
        page = visitor.get(f"/ceremonies/new?plan={self.room.plan}")
        found = CSRF.search(page.text)
        assert found is not None
        jar = [visitor.client.get_cookie(name) for name in (PLAIN, f"{PLAIN}-forms")]
        return Operator("; ".join(f"{one.key}={one.value}" for one in jar if one), found[1])

    def watcher(self) -> str:
        """The token of somebody who watches."""
        cookie = self._entered(Role.DISCIPLINE).client.get_cookie(PLAIN)
        assert cookie is not None
        return str(cookie.value)

    def _entered(self, role: Role) -> Visitor:
        """Somebody who has logged in now, when the password of the tests is long out of date."""
        user, _ = self.house.seated(role)
        self.house.hours.moment = now = datetime.now(UTC)
        with self.house.session() as session:
            fresh = session.get_one(User, user.key)
            set_password(session, fresh, OTHER_PASSWORD, actor(fresh), now, hasher=FAST)
        self.house.give_factor(user)
        visitor = self.house.browser()
        visitor.log_in(user.login_name, OTHER_PASSWORD)
        visitor.send("/login/code", code=self.house.code(user))
        return visitor

    def the_draw(self) -> Draw:
        """The only draw there is; one that was held is whole, and told of once in the trail."""
        settings = from_environment(self.env)
        with self.house.session() as session:
            draw = session.exec(select(Draw)).one()
            desk = desk_for(settings, self.room.service.actor(), self.house.hours())
            assert not draw.is_held or list(inner_faults(session, desk, draw.key)) == []
            told = trail.page(session, trail.Search(noun="draw", action="draw.held"))
            assert len(told) == draw.is_held
            assert trail_check.verify(session) == []
        return draw


@pytest.fixture
def theatre(env: dict[str, str]) -> Iterator[Theatre]:  # noqa: F811
    """All is prepared beside the service, months ago, by people without tokens and factors."""
    port = free_port()
    env |= {
        "SPOTCHECK_SECRET_KEY": SECRET_KEY,
        "SPOTCHECK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SPOTCHECK_WEB_PROCESSES": "2",
    }
    migrate(env)
    hours = Hours()
    app = create_app(from_environment(env), hours)
    app.config |= {"WTF_CSRF_ENABLED": False, "SECOND_FACTOR_IS_FREE": True}
    house = House(app, hours)
    yield Theatre(a_room(Service(app)), house, env, port)
    app.extensions["desk"].close()
    house.close()


def press_together(
    operators: list[Operator], path: str, form: dict[str, str], host: str, number: int
) -> int:
    return operators[number % len(operators)].press(host, path, **form)


@pytest.mark.parametrize("presses", [20, pytest.param(200, marks=pytest.mark.soak)])
def test_so_many_presses_of_two_operators_make_one_draw(theatre: Theatre, presses: int) -> None:
    theatre.room.revealed()
    operators, path = theatre.operators(), f"{theatre.room.at}/draw"
    with theatre.open() as service:
        together = partial(press_together, operators, path, {})
        answers = in_threads(together, service.host, presses)

    assert answers == [HTTPStatus.SEE_OTHER] * presses
    assert theatre.the_draw().is_held


@pytest.mark.parametrize("presses", [6, pytest.param(60, marks=pytest.mark.soak)])
def test_of_two_operators_who_announce_at_the_same_moment_one_does(
    theatre: Theatre, presses: int
) -> None:
    operators = theatre.operators()
    form = {"plan": str(theatre.room.plan), "frame": "1", **SOURCES}
    with theatre.open() as service:
        together = partial(press_together, operators, "/ceremonies", form)
        answers = in_threads(together, service.host, presses)

    refused = [HTTPStatus.UNPROCESSABLE_ENTITY] * (presses - 1)
    assert sorted(answers) == [HTTPStatus.SEE_OTHER, *refused]
    assert not theatre.the_draw().is_held


def kill(service: Running) -> None:
    """Every process at the same moment, without a word."""
    groups = [service.child(name) for name in ("web", "worker-1", "tidy")]
    service.process.kill()
    for group in groups:
        os.killpg(group, signal.SIGKILL)
    service.process.wait()


SOONER_AND_LATER = (at / 100 for at in range(1, 21) if at != 10)
MOMENTS = [0.1, *(pytest.param(at, marks=pytest.mark.soak) for at in SOONER_AND_LATER)]
"""Seconds after the press; a small draw takes about a tenth of a second."""


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_service_that_is_killed_while_drawing_goes_on_as_if_nothing_had_been(
    theatre: Theatre, browser: Browser, moment: float
) -> None:
    theatre.room.revealed()
    operator, path = theatre.operators()[0], f"{theatre.room.at}/draw"
    company = Company(browser, f"http://127.0.0.1:{theatre.port}")
    screen = company.someone(PROJECTOR)
    cookie = {"name": PLAIN, "value": theatre.watcher(), "url": company.site}
    screen.context.add_cookies([cookie])  # type: ignore[list-item]
    with theatre.open() as service:
        screen.goto(f"{company.site}/hall/{theatre.room.draw}")
        pressing = Thread(target=operator.press, args=(service.host, path))
        pressing.start()
        time.sleep(moment)
        kill(service)
        pressing.join()
    expect(screen.get_by_text("暂时连不上服务")).to_be_visible(timeout=PATIENCE_MS)
    before = theatre.the_draw()
    # for the record: pytest -o log_cli=true --log-cli-level=INFO
    logging.getLogger(__name__).info("killed after %.2f s: %s", moment, before.state)
    with theatre.open() as service:
        assert operator.press(service.host, path) == HTTPStatus.SEE_OTHER
        expect(screen.get_by_text("家已公布，共 5 家")).to_be_visible(timeout=PATIENCE_MS)
        expect(screen.get_by_text("暂时连不上服务")).to_be_hidden()

    drawn = theatre.the_draw()
    assert drawn.is_held
    # what had been drawn before the end stays
    assert before.seed in (None, drawn.seed)
    company.leave()
