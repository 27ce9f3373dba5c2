"""Data quality and risk scores in a real browser: charts that open to the keyboard, decisions."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.roles import Role
from core.trail import Actor
from rosters.demo.world import demo_world, settle
from rosters.risk.scores import score_all
from tests import storage
from tests.browser.serving import served
from tests.browser.test_frame import Desk
from tests.core.people import NOW
from tests.web.people import Service, close, open_service
from tests.web.rosters import TODAY, act

UNITS = 300
MACHINE = Actor(None, "运维（命令行）", "system")


@pytest.fixture(scope="module")
def scored(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[Service, str, int]]:
    """A service with a small world that has been scored; its address, and the run."""
    folder = tmp_path_factory.mktemp("quality")
    with storage.sqlite_database(sqlite_template, folder) as engine:
        opened = open_service(folder, storage.url_of(engine))
        with opened.work() as session:
            settle(session, act(folder), demo_world(UNITS, 7, TODAY))
            run = score_all(session, MACHINE, TODAY, NOW, lambda *_: None).key
        with served(opened.app) as address:
            yield opened, address, run
        close(opened)


@pytest.fixture
def desk(page: Page, scored: tuple[Service, str, int]) -> Iterator[Desk]:
    desk = Desk(page, *scored[:2])
    yield desk
    assert [url for url in desk.asked if not url.startswith((desk.site, "blob:"))] == []


def test_a_planner_follows_a_fault_from_the_map_to_the_entry(desk: Desk) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    desk.open("/quality")
    desk.open("/quality/no_contact")

    desk.open("/quality/unrated")
    tile = desk.page.locator(".tile-map a").first
    told = tile.get_attribute("aria-label") or ""
    tile.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("link", name="去掉筛选：地区")).to_be_visible()
    name, number = re.match(r"(\S+) (\d+)", told).groups()  # type: ignore[union-attr]
    expect(desk.page.get_by_text(f"共 {number} 条")).to_be_visible()
    expect(desk.page.get_by_label("地区", exact=True)).to_have_value(re.compile(r"\d{6}"))
    desk.page.locator("th.name a").first.click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("演示")
    assert name


def test_every_page_of_the_scores_fits_every_screen(
    desk: Desk, scored: tuple[Service, str, int]
) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    run = f"/risk/runs/{scored[2]}"
    desk.open("/risk")
    desk.open("/risk/indicators")
    desk.open("/risk/indicators?day=2025-01-31")
    desk.open(run)
    desk.page.get_by_text("从哪一类到哪一类").click()
    desk.page.locator(".matrix a").first.click()
    expect(desk.page.get_by_role("link", name="去掉筛选：状态：全部")).to_be_visible()
    why = desk.page.locator("th.name a").first.get_attribute("href") or ""
    desk.open(why)
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("为什么是")
    desk.page.goto(f"{desk.site}/risk/indicators")
    row = desk.page.get_by_role("row").filter(has_text="C类起点分")
    row.get_by_role("link", name="变更").click()
    desk.page.get_by_label("每项分值").fill("60")
    desk.page.get_by_label("变更理由").fill("演示")
    desk.page.get_by_role("button", name="保存变更").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("等级分界应由低到高")


def test_proposals_are_ticked_looked_at_and_accepted(
    desk: Desk, scored: tuple[Service, str, int]
) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    desk.page.goto(f"{desk.site}/risk/runs/{scored[2]}")
    boxes = desk.page.get_by_role("checkbox", name="选择 演示")
    boxes.nth(0).check()
    boxes.nth(1).check()
    desk.page.get_by_role("button", name="采纳", exact=True).click()
    desk.open(desk.page.url.removeprefix(desk.site))
    desk.page.get_by_role("button", name="采纳 2 家").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("请写明理由")

    desk.page.get_by_label("理由").fill("核对证据后采纳")
    desk.page.get_by_role("button", name="采纳 2 家").click()

    expect(desk.page.get_by_text("已采纳 2 家的建议。")).to_be_visible()
    desk.page.get_by_label("状态").select_option("已采纳")
    desk.page.get_by_role("button", name="查询").click()
    expect(desk.page.locator("tbody tr")).not_to_have_count(0)
    expect(desk.page.get_by_label("等级建议").get_by_text("2 家", exact=True)).to_be_visible()
