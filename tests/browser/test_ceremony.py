"""A whole draw in real browsers: an official, a second person, two witnesses at telephones."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.roles import Role
from tests import storage
from tests.browser.axe import grave_faults
from tests.browser.serving import served
from tests.web.ceremony_room import FIRST, SECOND, do_jobs, published_plan
from tests.web.people import Service, close, open_service

WIDTHS = (1440, 1024, 390)
PHONE = {"width": 390, "height": 844}


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


class Hall:
    """The people of a draw, each with a browser of his own that asks nobody but us."""

    def __init__(self, browser: Browser, service: Service, site: str) -> None:
        self.browser, self.service, self.site = browser, service, site
        self.asked: list[str] = []
        self.rooms: list[BrowserContext] = []

    def official(self, role: Role) -> Page:
        token = self.service.token_of(role)
        name = self.service.app.config["LOGIN_COOKIE"]
        page = self._page(width=1440, height=900)
        page.context.add_cookies([{"name": name, "value": token, "url": self.site}])
        return page

    def witness(self, link: str, *, scripts: bool = True) -> Page:
        page = self._page(**PHONE, scripts=scripts)
        page.goto(link)
        return page

    def _page(self, width: int, height: int, *, scripts: bool = True) -> Page:
        room = self.browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts
        )
        self.rooms.append(room)
        page = room.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        return page

    def look(self, page: Page, name: str) -> None:
        """Overridden by whoever wants to keep the pictures."""

    def fits(self, page: Page, name: str) -> None:
        """Axe, and three widths."""
        before = page.viewport_size
        assert before is not None
        assert grave_faults(page) == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide on a screen of {width}"
            self.look(page, f"{name}-{width}")
        page.set_viewport_size(before)


@pytest.fixture
def hall(browser: Browser, running: tuple[Service, str]) -> Iterator[Hall]:
    hall = Hall(browser, *running)
    yield hall
    for room in hall.rooms:
        room.close()
    assert [url for url in hall.asked if not url.startswith((hall.site, "blob:"))] == []


def test_a_draw_before_witnesses_is_confirmed_by_the_verifier_alone(
    hall: Hall, tmp_path: Path
) -> None:
    planner = hall.official(Role.NATIONAL_PLANNER)
    plan = published_plan(hall.service)
    announce(hall, planner, plan)
    at = planner.url
    screen = hall.official(Role.REVIEWER)
    screen.goto(at.replace("/ceremonies/", "/hall/"))
    hall.fits(screen, "hall-announced")
    first, second = invited(hall, planner, at)
    for page in (first, second):
        seal(hall, page)
    expect(screen.get_by_text("见证人都已封存")).to_be_visible(timeout=15_000)

    commit(hall, planner, at)
    expect(first.get_by_text("承诺已经公布")).to_be_visible(timeout=15_000)
    hall.fits(screen, "hall-committed")
    planner.get_by_role("button", name="开始揭示").click()
    hall.fits(planner, "operator-revealing")
    hall.fits(screen, "hall-revealing")
    for page in (first, second):
        reveal(hall, page)
    throw_dice(hall, planner)
    draw(hall, planner, at)

    hall.fits(screen, "hall-drawn")
    expect(screen.get_by_text("家已公布，共 5 家")).to_be_visible(timeout=15_000)
    assert agreed(planner, tmp_path)


def announce(hall: Hall, planner: Page, plan: int) -> None:
    planner.goto(f"{hall.site}/ceremonies")
    hall.fits(planner, "list")
    planner.goto(f"{hall.site}/ceremonies/new?plan={plan}")
    hall.fits(planner, "new")
    planner.get_by_role("button", name="公布随机数来源").click()
    expect(planner.get_by_text("现在：见证人封存")).to_be_visible()
    hall.fits(planner, "operator-announced")


def invited(hall: Hall, planner: Page, at: str) -> tuple[Page, Page]:
    planner.goto(f"{at}/links")
    hall.fits(planner, "links")
    links = [one.inner_text() for one in planner.locator("p.digest").all()]
    planner.goto(at)
    return hall.witness(links[0]), hall.witness(links[1])


def seal(hall: Hall, page: Page) -> None:
    hall.fits(page, "witness-seal")
    page.get_by_role("button", name="产生我的值").click()
    expect(page.locator(".own-value")).to_have_text(re.compile("^[0-9a-f]{32}$"))
    page.get_by_role("button", name="我已记下，封存").click()
    expect(page.get_by_text("您已封存")).to_be_visible()
    hall.fits(page, "witness-sealed")


def commit(hall: Hall, planner: Page, at: str) -> None:
    planner.goto(at)
    planner.get_by_role("button", name="计算机会并公布承诺").click()
    do_jobs(hall.service)
    planner.goto(at)
    expect(planner.get_by_text("现在：准备揭示")).to_be_visible()
    hall.fits(planner, "operator-committed")


def reveal(hall: Hall, page: Page) -> None:
    expect(page.get_by_role("button", name="揭示")).to_be_visible(timeout=15_000)
    hall.fits(page, "witness-reveal")
    page.get_by_role("button", name="揭示").click()
    expect(page.get_by_text("您已揭示")).to_be_visible()


def throw_dice(hall: Hall, planner: Page) -> None:
    planner.reload()
    hall.fits(planner, "operator-dice")
    planner.get_by_label("当众掷骰的值").fill("3 6 1 1 5")
    planner.get_by_role("button", name="录入").click()


def draw(hall: Hall, planner: Page, at: str) -> None:
    planner.get_by_role("link", name="抽取", exact=True).last.click()
    hall.fits(planner, "draw")
    planner.get_by_role("button", name="抽取").click()
    expect(planner.get_by_text("抽取已经完成")).to_be_visible()
    planner.get_by_role("link", name="公开抽中名单").click()
    planner.get_by_role("button", name="公开").click()
    expect(planner.get_by_text("名单已公示")).to_be_visible()
    hall.fits(planner, "operator-published")
    planner.goto(f"{at}/substitutions")
    hall.fits(planner, "substitutions")
    planner.goto(at)


def agreed(planner: Page, folder: Path) -> bool:
    """Whether the stand-alone verifier confirms what the page offers."""
    for name in ("certificate.json", "frame.jsonl", "verifier.py"):
        with planner.expect_download() as loading:
            planner.get_by_role("link", name=name).click()
        loading.value.save_as(folder / name)
    command = [sys.executable, "-I", "verifier.py", "certificate.json", "frame.jsonl"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def test_a_witness_without_scripts_is_told_how_to_seal(hall: Hall) -> None:
    planner = hall.official(Role.NATIONAL_PLANNER)
    plan = published_plan(hall.service, title="另一小计划")
    announce(hall, planner, plan)
    planner.goto(f"{planner.url}/links")
    link = planner.locator("p.digest").first.inner_text()

    page = hall.witness(link, scripts=False)

    expect(page.get_by_text("浏览器没有启用脚本")).to_be_visible()
    page.get_by_text("自己动手算（不用本页的脚本）").click()
    expect(page.get_by_label("摘要（64 位）")).to_be_visible()
    assert {FIRST, SECOND} >= {page.get_by_role("heading", level=1).inner_text()}
