"""In a real browser: a dirty workbook becomes part of the roster, and leaves it again."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from core.files import FileStore
from core.roles import Role
from rosters import editing
from rosters.changes import Act
from rosters.entries import Noun
from tests.browser.axe import grave_faults
from tests.browser.serving import served
from tests.core.people import CLERK, NOW
from tests.rosters.imports.desk import code
from tests.web.office import QUICK
from tests.web.people import Service, close, open_service
from web.roster_imports import handlers
from web.worker import run_worker

WIDTHS = (1440, 1024, 390)
HEAD = ("企业大名", "信用代码", "省份", "地址", "有效期至", "证书编号")
OLD, NEW = "演示乙检测所", "演示华夏质量技术服务中心"


@pytest.fixture
def service(page_database: str, tmp_path: Path) -> Iterator[tuple[Service, str]]:
    """A service whose worker does imports."""
    opened = open_service(tmp_path, page_database)
    engine, stop = opened.app.extensions["engine"], threading.Event()
    known = handlers(engine, store(opened), lambda: opened.time)
    arguments = (engine, known, lambda: opened.time, stop, "worker-1", QUICK)
    worker = threading.Thread(target=run_worker, args=arguments)
    worker.start()
    with served(opened.app) as address:
        yield opened, address
    stop.set()
    worker.join()
    close(opened)


def store(service: Service) -> FileStore:
    return FileStore(service.app.extensions["settings"].data_dir / "files")


class Desk:
    """A planner of a province at his browser; every page he opens is looked at."""

    def __init__(self, page: Page, service: Service, site: str) -> None:
        self.page, self.service, self.site = page, service, site
        token = service.token_of(Role.PROVINCIAL_PLANNER)
        cookie = {"name": service.app.config["LOGIN_COOKIE"], "value": token, "url": site}
        page.context.add_cookies([cookie])  # type: ignore[list-item]

    def look(self) -> None:
        """The page fits three screens, and axe finds nothing grave."""
        assert grave_faults(self.page) == []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{self.page.url} is {wide} wide on a screen of {width}"
        assert grave_faults(self.page) == []
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def hand_in(self, file: Path) -> None:
        self.page.goto(f"{self.site}/imports")
        self.follow("导入名录")
        self.page.get_by_label("文件").set_input_files(file)
        self.page.get_by_label("变更理由").fill("演示文号〔2026〕1号")
        self.press("上传并预演")
        # the page asks by itself how far it is
        expect(self.page.get_by_role("heading", name="确认之前")).to_be_visible(timeout=20_000)

    def figure(self, label: str) -> str:
        figure = self.page.locator(".figures li", has_text=label)
        return figure.locator("b").inner_text()


@pytest.fixture
def desk(page: Page, service: tuple[Service, str]) -> Desk:
    return Desk(page, *service)


def known_already(service: Service) -> None:
    """What the roster knows before."""
    with service.work() as session:
        editing.enter(
            session, Act(CLERK, NOW, store(service)), Noun.INSTITUTION,
            {"name": OLD, "credit_code": code(2), "region": "330100"}, date(2020, 1, 1),
        )  # fmt: skip


def dirty(path: Path) -> Path:
    """A list as it comes from a province: a title, a strange head, wrong cells, a total."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "名录"
    for row in (
        ["浙江省检验检测机构名录（演示数据）"],
        HEAD,
        ["演示甲检测有限公司", code(1), "浙江省", "演示路1号", date(2029, 5, 1), "231105060001"],
        [NEW, code(2), "浙江省", "演示路2号", date(2028, 5, 1), "231105060002"],
        ["演示丙检测有限公司", code(3)[:-2], "浙江省", "演示路3号", date(2029, 5, 1), ""],
        ["演示丁检测有限公司", code(4), "浙江省", "演示路4号", "2023.2.30", "231105060004"],
        ["合计 4 家"],
    ):
        sheet.append(list(row))
    book.save(path)
    return path


def mended(marked: Path, path: Path) -> Path:
    """The marked workbook, with its two faults put right."""
    book = openpyxl.load_workbook(marked)
    sheet = book["名录"]
    assert "应为 18 位" in sheet["B5"].comment.text
    assert "没有这一天" in sheet["E6"].comment.text
    sheet["B5"], sheet["E6"] = code(3), date(2029, 2, 28)
    book.save(path)
    return path


def test_a_dirty_workbook_is_mended_merged_found_and_undone(desk: Desk, tmp_path: Path) -> None:
    page = desk.page
    known_already(desk.service)
    page.goto(f"{desk.site}/imports")
    desk.look()
    page.goto(f"{desk.site}/imports/new")
    desk.look()
    desk.press("上传并预演")
    expect(page.get_by_role("alert")).to_contain_text("请选择要导入的文件")
    desk.look()

    desk.hand_in(dirty(tmp_path / "浙江名录.xlsx"))
    expect(page.get_by_text("缺少必填栏目").first).to_be_visible()
    desk.look()

    desk.follow("查看和改正")
    desk.look()
    page.get_by_label("A 列“企业大名”读成").select_option("机构名称（必填）")
    desk.press("保存并重新预演")
    expect(page.get_by_text("发现 2 处错误")).to_be_visible(timeout=20_000)
    assert [desk.figure(label) for label in ("新增", "待确认", "有错误")] == ["1", "1", "2"]
    desk.look()
    desk.follow("看全部")
    expect(page.get_by_role("cell", name="没有这一天")).to_be_visible()
    desk.look()
    with page.expect_download() as download:
        desk.follow("下载标红的原表")
    assert download.value.suggested_filename == "浙江名录（标出问题）.xlsx"
    download.value.save_as(tmp_path / "标红.xlsx")
    marked = mended(tmp_path / "标红.xlsx", tmp_path / "改好的名录.xlsx")

    # the head is known from the last time, the first sheet of the marked workbook is passed over
    desk.hand_in(marked)
    assert [desk.figure(label) for label in ("新增", "待确认", "有错误")] == ["3", "1", "0"]
    desk.follow("逐行判定")
    expect(page.locator(".tag", has_text="代码或证书相同，名称相差很大")).to_be_visible()
    desk.look()
    page.get_by_role("radio", name="同一机构").check()
    desk.press("保存本页的判定")
    expect(page.get_by_text("都判定完了")).to_be_visible()
    desk.follow("回到预演结果")
    desk.press("重新预演")
    expect(page.locator(".figures li", has_text="变更").locator("b")).to_have_text(
        "1", timeout=20_000
    )
    desk.follow("看变更前后")
    expect(page.get_by_text(OLD)).to_be_visible()
    desk.look()

    page.go_back()
    desk.follow("写入名录")
    desk.look()
    desk.press("写入名录")
    expect(page.get_by_role("heading", name="已经写入名录")).to_be_visible(timeout=20_000)
    desk.look()
    receipt = page.url

    page.goto(f"{desk.site}/institutions")
    page.get_by_label("搜索机构").fill(OLD)
    page.get_by_label("搜索机构").press("Enter")
    expect(page.get_by_role("rowheader", name=NEW)).to_be_visible()

    page.goto(receipt)
    desk.follow("撤销这次导入")
    desk.look()
    page.get_by_label("撤销理由").fill("演示：文件拿错了")
    desk.press("撤销这次导入")
    expect(page.get_by_role("heading", name="这次导入已经撤销")).to_be_visible(timeout=20_000)
    desk.look()
    page.goto(f"{desk.site}/institutions?q={NEW}")
    expect(page.get_by_role("rowheader", name=NEW)).to_have_count(0)


def test_an_import_goes_its_way_by_keyboard_and_without_scripts(desk: Desk, tmp_path: Path) -> None:
    assert desk.page.context.browser is not None
    plain = desk.page.context.browser.new_context(
        java_script_enabled=False, storage_state=desk.page.context.storage_state()
    )
    try:
        quiet = plain.new_page()
        quiet.goto(f"{desk.site}/imports/new")
        quiet.get_by_label("文件").set_input_files(dirty(tmp_path / "名录.xlsx"))
        quiet.get_by_label("变更理由").fill("演示文号")
        quiet.get_by_label("变更理由").press("Enter")
        # the browser refreshes by itself every five seconds
        expect(quiet.get_by_role("heading", name="确认之前")).to_be_visible(timeout=20_000)
        quiet.get_by_role("link", name="查看和改正").press("Enter")
        quiet.get_by_label("A 列“企业大名”读成").select_option("机构名称（必填）")
        quiet.get_by_role("button", name="保存并重新预演").press("Enter")
        expect(quiet.get_by_text("发现 2 处错误")).to_be_visible(timeout=20_000)
        quiet.get_by_role("link", name="写入名录").press("Enter")
        quiet.get_by_role("button", name="写入名录").press("Enter")
        expect(quiet.get_by_role("heading", name="已经写入名录")).to_be_visible(timeout=20_000)
    finally:
        plain.close()
