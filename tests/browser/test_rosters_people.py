"""People, lists and declarations in a real browser: three widths, the keyboard's order, axe."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.roles import Role
from tests import storage
from tests.browser.serving import served
from tests.browser.test_frame import Desk
from tests.core.people import ZHEJIANG
from tests.web.people import Service, close, open_service
from tests.web.rosters import Small, small_roster

Running = tuple[Service, str, Small]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("people")
    with storage.sqlite_database(sqlite_template, folder) as engine:
        opened = open_service(folder, storage.url_of(engine))
        small = small_roster(opened, folder)
        with served(opened.app) as address:
            yield opened, address, small
        close(opened)


@pytest.fixture
def desk(page: Page, running: Running) -> Iterator[Desk]:
    service, site, _ = running
    desk = Desk(page, service, site)
    yield desk
    assert [url for url in desk.asked if not url.startswith((desk.site, "blob:"))] == []


def enter_as(desk: Desk, role: Role, name: str = "") -> None:
    token = desk.service.token_of(
        role, ZHEJIANG if role is not Role.NATIONAL_PLANNER else None, name
    )
    cookie = {"name": desk.service.app.config["LOGIN_COOKIE"], "value": token, "url": desk.site}
    desk.page.context.add_cookies([cookie])  # type: ignore[list-item]


def test_the_lists_and_pages_of_people_fit_every_screen(desk: Desk, running: Running) -> None:
    enter_as(desk, Role.NATIONAL_PLANNER)
    small = running[2]
    for address in (
        "/inspectors",
        "/inspectors?q=nobody",
        f"/inspectors/{small.inspector}",
        f"/inspectors/{small.inspector}?day=2026-01-31",
        f"/inspectors/{small.inspector}/edit",
        f"/inspectors/{small.inspector}/end",
        f"/inspectors/{small.inspector}/leaves/new",
        "/experts",
        f"/experts/{small.expert}",
        "/relations",
        f"/relations/new?person={small.inspector}",
        "/departments",
        f"/departments/{small.department}",
    ):
        desk.open(address)


def test_the_lists_of_items_and_mappings_fit_every_screen(desk: Desk, running: Running) -> None:
    desk.open("/published/items")
    desk.open("/published/mappings")
    enter_as(desk, Role.NATIONAL_PLANNER)
    for address in ("/items", f"/items/{running[2].item}", "/items/new", "/mappings/new"):
        desk.open(address)
    desk.open("/mappings")


def test_a_planner_changes_an_inspector_and_reads_the_history(desk: Desk, running: Running) -> None:
    enter_as(desk, Role.PROVINCIAL_PLANNER)
    page = desk.page
    page.goto(f"{desk.site}/inspectors?q=yszs")
    page.get_by_role("link", name="演示张三").click()
    page.get_by_role("link", name="变更", exact=True).first.click()
    page.get_by_label("职务").fill("一级主任科员")
    page.get_by_role("button", name="保存变更").click()
    page.get_by_role("link", name="请写明理由").click()
    expect(page.get_by_label("变更理由")).to_be_focused()
    page.get_by_label("变更理由").fill("职级晋升")
    page.get_by_role("button", name="保存变更").click()

    expect(page.get_by_text("变更已登记。")).to_be_visible()
    expect(page.get_by_text("理由：职级晋升")).to_be_visible()
    expect(page.get_by_role("row", name="职务")).to_contain_text("一级主任科员")


def test_an_inspector_declares_an_interest_with_one_hand(desk: Desk, running: Running) -> None:
    enter_as(desk, Role.INSPECTOR, "zhang")
    desk.open("/own-entry")
    desk.open("/own-entry/declare")
    page = desk.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{desk.site}/home")
    page.get_by_label("主要页面").get_by_role("link", name="我的名录").click()
    page.get_by_role("link", name="申报利害关系").click()
    page.get_by_label("机构").fill("食品检测")
    page.get_by_label("关系").select_option("曾在该机构任职")
    page.get_by_role("button", name="申报").click()
    expect(page.get_by_text("有 2 家机构符合").first).to_be_visible()
    page.get_by_label("演示南京食品检测有限公司").check()
    page.get_by_role("button", name="申报").click()

    expect(page.get_by_text("已申报。")).to_be_visible()
    expect(page.get_by_text("演示南京食品检测有限公司")).to_be_visible()
    desk.open("/own-entry")
