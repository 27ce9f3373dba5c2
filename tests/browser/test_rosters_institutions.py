"""The roster of institutions in a real browser: found, read, changed, joined, undone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.files import FileStore
from core.roles import Role, Scope, ScopeKind
from rosters.changes import Act
from rosters.editing import change, enter
from rosters.entries import Noun
from tests import storage
from tests.browser.serving import served
from tests.browser.test_frame import Desk
from tests.core.people import CLERK, NOW, made_up_code
from tests.web.people import Service, close, open_service

LONG_AGO, MARCH = date(2020, 1, 1), date(2025, 3, 1)
OLD, NEW, TWIN = "演示旧名环境检验所", "演示新名环境检测中心", "演示孪生环境检测有限公司"


def roster(service: Service) -> dict[str, int]:
    """Some institutions, one with everything that can be known of it."""
    act = Act(CLERK, NOW, FileStore(service.app.extensions["settings"].data_dir / "files"), "演示")
    with service.work() as session:

        def entered(noun: Noun, **told: Any) -> int:
            return enter(session, act, noun, told, LONG_AGO)[0]

        plain = {"region": "330100", "fields": "生态环境监测|食品检验", "credit_class": "B"}
        full = entered(Noun.INSTITUTION, name=OLD, credit_code=made_up_code(1), **plain)
        twin = entered(Noun.INSTITUTION, name=TWIN, credit_code=made_up_code(2), **plain)
        for number in range(3, 60):
            name = f"演示{number}号检测有限公司"
            entered(Noun.INSTITUTION, name=name, credit_code=made_up_code(number), **plain)
        of = {"institution_id": full}
        until = date(2026, 4, 1)
        entered(Noun.CERTIFICATE, **of, number="220000010001", expires_on=until, scope="空气和废气")
        entered(Noun.SITE, **of, address="杭州市演示路1号", main=True)
        entered(Noun.QI_CENTRE, **of, name="国家演示环境产品质量检验检测中心")
        entered(Noun.CONTACT, **of, name="演示甲", phone="00012345678", email="a@example.com")
        entered(
            Noun.FLAG, **of, kind="complaint", happened_on=MARCH, source="12315", detail="超范围"
        )
        result = {"round": "2025年第1轮", "item": "水中铅", "verdict": "satisfactory"}
        entered(Noun.PROFICIENCY_RESULT, **of, **result, happened_on=MARCH)
        told = {"name": NEW, "credit_class": "C", "class_reason": "监督检查发现问题"}
        change(session, act, Noun.INSTITUTION, full, told, MARCH)
    return {"full": full, "twin": twin}


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[Service, str, dict[str, int]]]:
    folder = tmp_path_factory.mktemp("institutions")
    with storage.sqlite_database(sqlite_template, folder) as engine:
        opened = open_service(folder, storage.url_of(engine))
        entries = roster(opened)
        with served(opened.app) as address:
            yield opened, address, entries
        close(opened)


@pytest.fixture
def desk(page: Page, service: tuple[Service, str, dict[str, int]]) -> Iterator[Desk]:
    desk = Desk(page, *service[:2])
    yield desk
    assert [url for url in desk.asked if not url.startswith((desk.site, "blob:"))] == []


def test_an_institution_is_found_by_its_old_name_and_read_as_at_a_day(
    desk: Desk, service: tuple[Service, str, dict[str, int]]
) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    desk.open("/institutions")
    desk.open("/institutions?q=nowhere")
    desk.page.goto(f"{desk.site}/institutions")

    desk.page.get_by_role("searchbox", name="搜索机构").fill("旧名")
    desk.page.get_by_role("button", name="搜索").click()
    expect(desk.page.get_by_text(f"曾用名：{OLD}")).to_be_visible()
    desk.page.get_by_role("link", name=NEW).click()
    expect(desk.page.get_by_role("heading", name=NEW, level=1)).to_be_visible()
    address = f"/institutions/{service[2]['full']}"
    desk.open(address)
    desk.page.get_by_text("查看往日档案").click()
    desk.page.get_by_label("哪一天的名录").fill("2024-01-01")
    desk.page.get_by_role("button", name="查看", exact=True).first.click()

    expect(desk.page.get_by_text("您看到的是 2024年1月1日 的名录")).to_be_visible()
    expect(desk.page.get_by_role("heading", name=OLD, level=1)).to_be_visible()
    desk.open(f"{address}?day=2024-01-01")


def test_a_tick_beside_the_list_narrows_it_and_a_view_keeps_it(desk: Desk) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    desk.page.goto(f"{desk.site}/institutions")

    desk.page.get_by_role("checkbox", name="C类").check()
    expect(desk.page.get_by_role("link", name="去掉筛选：C类")).to_be_visible()
    desk.page.get_by_text("保存为视图").click()
    desk.page.get_by_label("把现在的条件存为视图").fill("风险较高的")
    desk.page.get_by_role("button", name="保存", exact=True).click()
    desk.page.get_by_text("我的视图（1）").click()
    expect(desk.page.get_by_role("link", name="风险较高的")).to_be_visible()

    desk.open("/institutions/views")


def test_several_are_changed_together_and_the_change_is_undone(desk: Desk) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    desk.page.goto(f"{desk.site}/institutions?q=演示3号")
    desk.page.get_by_role("checkbox", name="选择 演示3号检测有限公司").check()
    desk.page.get_by_role("button", name="修改勾选的机构").click()
    desk.page.get_by_role("link", name="经营状态").click()
    desk.open(desk.page.url.removeprefix(desk.site))

    desk.page.get_by_label("经营状态").select_option("停业")
    desk.page.get_by_label("变更理由").fill("公告停业")
    desk.page.get_by_role("button", name="预览").click()
    expect(desk.page.get_by_role("heading", name="将修改 1 家机构")).to_be_visible()
    desk.page.get_by_role("button", name="确认修改 1 家").click()
    desk.open(desk.page.url.removeprefix(desk.site))
    desk.page.get_by_role("link", name="撤销这次变更").click()
    desk.open(desk.page.url.removeprefix(desk.site))
    desk.page.get_by_label("撤销理由").fill("选错了")
    desk.page.get_by_role("button", name="撤销这次变更").click()

    expect(desk.page.get_by_text("这次变更已经撤销")).to_be_visible()
    desk.open("/roster-changes")


def test_forms_tell_every_fault_and_lose_nothing(
    desk: Desk, service: tuple[Service, str, dict[str, int]]
) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    entry = service[2]["full"]
    for address in ("edit", "end", "certificate/new", "successions/merger"):
        desk.open(f"/institutions/{entry}/{address}")
    desk.open("/institutions/new")

    desk.page.get_by_label("机构名称").fill("演示新登记机构")
    desk.page.get_by_label("统一社会信用代码").fill("123")
    desk.page.get_by_role("button", name="登记", exact=True).click()

    expect(desk.page.get_by_role("alert")).to_be_visible()
    expect(desk.page.get_by_label("机构名称")).to_have_value("演示新登记机构")


def test_two_entries_of_one_body_are_joined(
    desk: Desk, service: tuple[Service, str, dict[str, int]]
) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    desk.page.goto(f"{desk.site}/institutions/{service[2]['twin']}/successions/duplicate")

    desk.page.get_by_label("重复登记的另一个条目").fill("演示3")
    desk.page.get_by_label("变更理由").fill("同一家登记了两次")
    desk.page.get_by_role("button", name="预览").click()
    expect(desk.page.get_by_role("alert")).to_be_visible()
    desk.page.get_by_label("重复登记的另一个条目").fill(made_up_code(30))
    desk.page.get_by_role("button", name="预览").click()
    expect(desk.page.get_by_role("heading", name="归并重复条目：请核对")).to_be_visible()
    desk.page.get_by_role("button", name="确认归并重复条目").click()

    expect(desk.page.get_by_text("重复条目归并，来自")).to_be_visible()


def test_an_institution_reads_its_own_file_on_every_screen(desk: Desk) -> None:
    own = Scope(ScopeKind.INSTITUTION, made_up_code(1))
    token = desk.service.token_of(Role.INSTITUTION, own)
    name = desk.service.app.config["LOGIN_COOKIE"]
    desk.page.context.add_cookies([{"name": name, "value": token, "url": desk.site}])

    desk.open("/institutions/own")

    expect(desk.page.get_by_role("heading", name="发现有误怎么办")).to_be_visible()
