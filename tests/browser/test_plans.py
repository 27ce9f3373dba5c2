"""A plan in a real browser: begun, filled in, tried out, approved by a second person, published."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.files import FileStore
from core.roles import Role
from rosters.changes import Act
from rosters.demo.world import demo_world, settle
from tests import storage
from tests.browser.serving import served
from tests.browser.test_frame import Desk
from tests.core.people import CLERK, NOW
from tests.web.people import Service, close, open_service
from tests.web.rosters import TODAY

UNITS = 600
SECTIONS = ("basics", "items", "days", "quotas", "weights", "units", "publication")


@pytest.fixture(scope="module")
def planned(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[Service, str]]:
    """A service with a small world."""
    folder = tmp_path_factory.mktemp("plans")
    with storage.sqlite_database(sqlite_template, folder) as engine:
        opened = open_service(folder, storage.url_of(engine))
        with opened.work() as session:
            settle(session, Act(CLERK, NOW, FileStore(folder)), demo_world(UNITS, 7, TODAY))
        with served(opened.app) as address:
            yield opened, address
        if (benches := opened.app.extensions.get("benches")) is not None:
            benches.close()
        close(opened)


@pytest.fixture
def desk(page: Page, planned: tuple[Service, str]) -> Iterator[Desk]:
    desk = Desk(page, *planned)
    yield desk
    assert [url for url in desk.asked if not url.startswith((desk.site, "blob:"))] == []


def begin(desk: Desk) -> str:
    """A draft from the template of 2023; its address."""
    desk.page.goto(f"{desk.site}/plans/new")
    desk.page.get_by_label("2023年国家级计划").check()
    desk.page.get_by_role("textbox", name="年度").fill("2026")
    desk.page.get_by_role("button", name="起草").click()
    expect(desk.page.get_by_text("已起草")).to_be_visible()
    return desk.page.url.removeprefix(desk.site)


def fill(desk: Desk, label: str, value: str) -> None:
    desk.page.get_by_label(label, exact=True).fill(value)


def mend(desk: Desk, plan: str) -> None:
    """What the template leaves open: an item, and days that are still to come."""
    page = desk.page
    page.goto(f"{desk.site}{plan}/edit/items")
    page.get_by_role("group", name="抽查事项").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="保存，填下一节").click()
    fill(desk, "名录截止日期", TODAY.isoformat())
    page.get_by_role("button", name="保存，填下一节").click()
    numbers = page.get_by_label("领域名额第")
    fill(desk, "抽取家数", "30")
    for at in range(1, 12):
        fill(desk, f"领域名额第 {at} 项家数", "3" if at < 11 else "1")
    assert numbers.count() > 20
    fill(desk, "交叉定额第 1 项下限", "2")
    fill(desk, "交叉定额第 1 项上限", "20")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("各领域合计 31 家，与抽取家数 30 家不符")).to_be_visible()
    page.get_by_role("link", name="领域名额", exact=True).click()
    expect(page.locator("#f-fields .field-error")).to_be_visible()
    fill(desk, "抽取家数", "31")
    page.get_by_role("button", name="保存，到工作台试算").click()


def test_every_page_of_a_plan_fits_every_screen(desk: Desk) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    desk.open("/plans")
    desk.open("/plans/new")
    plan = begin(desk)

    for section in SECTIONS:
        desk.open(f"{plan}/edit/{section}")
    desk.open(f"{plan}/import")
    desk.open(f"{plan}/steps/withdraw")
    desk.open(plan)
    desk.open("/plans")


def test_a_plan_goes_from_the_template_to_publication(desk: Desk) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    plan = begin(desk)
    mend(desk, plan)
    page = desk.page
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    expect(page.get_by_text("可以抽取。")).to_be_visible()
    desk.open(f"{plan}/workbench")
    desk.open(f"{plan}/workbench?count.0=300")
    expect(page.get_by_text("这样抽不成。")).to_be_visible()
    page.goto(f"{desk.site}{plan}/workbench")
    fill(desk, "食品检验名额", "4")
    page.get_by_role("button", name="试算", exact=True).click()
    expect(page.get_by_text("这是试算，没有保存。")).to_be_visible()
    page.get_by_role("button", name="把试算的数值存入草稿").click()
    expect(page.get_by_text("已把试算的数值存入草稿")).to_be_visible()

    page.goto(f"{desk.site}{plan}")
    page.get_by_role("link", name="提交审批").click()
    page.get_by_role("button", name="提交审批").click()
    expect(page.get_by_text("已提交审批。")).to_be_visible()
    desk.enter(Role.REVIEWER)
    page.goto(f"{desk.site}{plan}")
    page.get_by_role("link", name="批准", exact=True).click()
    page.get_by_role("button", name="批准").click()
    desk.enter(Role.NATIONAL_PLANNER)
    page.goto(f"{desk.site}{plan}")
    page.get_by_role("link", name="公布", exact=True).click()
    fill(desk, "文号 （可不填）", "演示〔2026〕1号")
    page.get_by_role("button", name="公布").click()
    expect(page.get_by_text("已公布。")).to_be_visible()
    expect(page.get_by_text("演示〔2026〕1号").first).to_be_visible()
    change(desk, plan)


def change(desk: Desk, plan: str) -> None:
    """Something changes after publication, and it is seen what."""
    page = desk.page
    page.get_by_role("link", name="修改（新版本）").click()
    page.get_by_label("理由").fill("增加候补")
    page.get_by_role("button", name="修改（新版本）").click()
    page.goto(f"{desk.site}{plan}/edit/quotas")
    fill(desk, "候补家数", "3")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("link", name="与上一版比较").click()
    expect(page.locator("ins")).to_have_text("3")
    desk.open(f"{plan}/compare?to=2")
    desk.open(plan)
