"""A whole draw in real browsers: an official, a second person, two witnesses at telephones."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.roles import Role
from tests import storage
from tests.browser.company import (
    PATIENCE_MS,
    VERIFIED,
    Company,
    announce,
    confirmed_alone,
    draw,
    invited,
    publish,
    reveal,
    seal,
    throw_dice,
)
from tests.browser.serving import served
from tests.web.ceremony_room import FIRST, SECOND, do_jobs, published_plan
from tests.web.people import Service, close, open_service


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[Service, str]]:
    folder = tmp_path_factory.mktemp("ceremony")
    with storage.sqlite_database(sqlite_template, folder) as engine:
        opened = open_service(folder, storage.url_of(engine))
        with served(opened.app) as address:
            yield opened, address
        close(opened)


class Hall(Company):
    """A company whose officials need not log in."""

    def __init__(self, browser: Browser, service: Service, site: str) -> None:
        super().__init__(browser, site)
        self.service = service

    def official(self, role: Role) -> Page:
        token = self.service.token_of(role)
        name = self.service.app.config["LOGIN_COOKIE"]
        page = self.someone()
        page.context.add_cookies([{"name": name, "value": token, "url": self.site}])
        return page

    def begin(self, planner: Page, plan: int) -> str:
        """Announce a draw of the plan; its address."""
        planner.goto(f"{self.site}/ceremonies")
        self.fits(planner, "list")
        planner.goto(f"{self.site}/ceremonies/new?plan={plan}")
        return announce(self, planner)


@pytest.fixture
def hall(browser: Browser, running: tuple[Service, str]) -> Iterator[Hall]:
    hall = Hall(browser, *running)
    yield hall
    hall.leave()


def test_a_draw_before_witnesses_is_confirmed_by_the_verifier_alone(
    hall: Hall, tmp_path: Path
) -> None:
    planner = hall.official(Role.NATIONAL_PLANNER)
    at = hall.begin(planner, published_plan(hall.service))
    screen = hall.official(Role.REVIEWER)
    screen.goto(at.replace("/ceremonies/", "/hall/"))
    hall.fits(screen, "hall-announced")
    witnesses = invited(hall, planner, at)
    for page in witnesses:
        seal(hall, page)
    expect(screen.get_by_text("见证人都已封存")).to_be_visible(timeout=PATIENCE_MS)

    commit(hall, planner, at)
    expect(witnesses[0].get_by_text("承诺已经公布")).to_be_visible(timeout=PATIENCE_MS)
    hall.fits(screen, "hall-committed")
    planner.get_by_role("button", name="开始揭示").click()
    hall.fits(planner, "operator-revealing")
    hall.fits(screen, "hall-revealing")
    for page in witnesses:
        reveal(hall, page)
    throw_dice(hall, planner)
    draw(hall, planner)
    publish(hall, planner, at)

    hall.fits(screen, "hall-drawn")
    expect(screen.get_by_text("家已公布，共 5 家")).to_be_visible(timeout=PATIENCE_MS)
    for name in VERIFIED:
        with planner.expect_download() as loading:
            planner.get_by_role("link", name=name).click()
        loading.value.save_as(tmp_path / name)
    assert confirmed_alone(tmp_path)


def commit(hall: Hall, planner: Page, at: str) -> None:
    planner.goto(at)
    planner.get_by_role("button", name="计算机会并公布承诺").click()
    do_jobs(hall.service)
    planner.goto(at)
    expect(planner.get_by_text("现在：准备揭示")).to_be_visible()
    hall.fits(planner, "operator-committed")


def test_a_witness_without_scripts_is_told_how_to_seal(hall: Hall) -> None:
    planner = hall.official(Role.NATIONAL_PLANNER)
    at = hall.begin(planner, published_plan(hall.service, title="另一小计划"))
    planner.goto(f"{at}/links")
    link = planner.locator("p.digest").first.inner_text()

    page = hall.witness(link, scripts=False)

    expect(page.get_by_text("浏览器没有启用脚本")).to_be_visible()
    page.get_by_text("自己动手算（不用本页的脚本）").click()
    expect(page.get_by_label("摘要（64 位）")).to_be_visible()
    assert {FIRST, SECOND} >= {page.get_by_role("heading", level=1).inner_text()}
