"""A newcomer, from the first page to a certificate that was verified in the browser."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import grave_faults
from tests.browser.serving import served
from web.app import create_app
from web.settings import DemoSize, demo_settings

WIDTHS = (1440, 1024, 390)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    app = create_app(demo_settings(DemoSize(units=6_000, national=600, seed=7)))
    with served(app) as address:
        yield address
    app.extensions["desk"].close()


@pytest.fixture
def visitor(page: Page, site: str) -> Iterator[Page]:
    """A visitor on the first page, whose browser asks nobody but us."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    yield page
    assert [url for url in asked if not url.startswith((site, "blob:"))] == []


def looks_right(page: Page) -> None:
    """No grave fault for axe, and no page wider than its screen, on any screen."""
    assert grave_faults(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


def download(page: Page, words: str, folder: Path) -> Path:
    with page.expect_download() as expected:
        page.locator("#downloads").get_by_role("link", name=words, exact=True).click()
    target = folder / expected.value.suggested_filename
    expected.value.save_as(target)
    return target


def draw(page: Page) -> None:
    page.get_by_role("button", name="核对并计算机会").click()
    page.get_by_label("第一个种子").fill("骰子 4 2 6")
    page.get_by_label("第二个种子").fill("见证人乙")
    page.get_by_role("button", name="试抽 100 家").click()
    expect(page.get_by_role("heading", name="试抽结果：")).to_be_visible()


def test_a_newcomer_gets_to_a_verified_certificate(visitor: Page, tmp_path: Path) -> None:
    looks_right(visitor)
    visitor.get_by_role("button", name="核对并计算机会").click()
    expect(visitor.get_by_text("可以抽取。")).to_be_visible()
    looks_right(visitor)

    visitor.get_by_role("link", name="试抽").first.click()
    draw(visitor)
    looks_right(visitor)
    visitor.get_by_role("button", name="现在核对").click()
    expect(visitor.get_by_text("全部一致：")).to_be_visible()
    looks_right(visitor)

    certificate = download(visitor, "抽取证书", tmp_path)
    frame = download(visitor, "公开名单", tmp_path)
    verifier = download(visitor, "独立核对程序", tmp_path)
    visitor.get_by_role("link", name="核对证书").first.click()
    visitor.get_by_label("抽取证书 certificate.json").set_input_files(certificate)
    visitor.get_by_label("公开名单 frame.jsonl").set_input_files(frame)
    visitor.get_by_role("button", name="开始核对").click()
    expect(visitor.get_by_text("全部一致：")).to_be_visible()
    looks_right(visitor)
    alone = subprocess.run(
        [sys.executable, "-I", verifier, certificate, frame], capture_output=True, check=False
    )
    assert alone.returncode == 0


def test_a_forged_certificate_is_found_out_in_the_browser(visitor: Page, tmp_path: Path) -> None:
    draw(visitor)
    certificate = download(visitor, "抽取证书", tmp_path)
    frame = download(visitor, "公开名单", tmp_path)
    forged = certificate.read_text(encoding="utf-8").replace("见证人乙", "见证人丙")
    certificate.write_text(forged, encoding="utf-8")

    visitor.get_by_role("link", name="核对证书").first.click()
    visitor.get_by_label("抽取证书 certificate.json").set_input_files(certificate)
    visitor.get_by_label("公开名单 frame.jsonl").set_input_files(frame)
    visitor.get_by_role("button", name="开始核对").click()

    expect(visitor.get_by_text("有不一致：")).to_be_visible()
    expect(visitor.get_by_text("种子算得对：不成立")).to_be_visible()
    looks_right(visitor)


def test_faults_and_reasons_are_pages_like_any_other(visitor: Page, tmp_path: Path) -> None:
    plan = tmp_path / "计划.toml"
    for text, heading in (
        ('name = "错"\nn = 3\nnonsense = 1\n', "没有计算"),
        ('name = "多"\nn = 7000\n', "不能同时满足"),
    ):
        plan.write_text(text, encoding="utf-8")
        visitor.get_by_role("link", name="双随机抽查平台").click()
        visitor.locator("input[name=plan_file]").set_input_files(plan)
        visitor.get_by_role("button", name="核对并计算机会").click()
        expect(visitor.get_by_role("heading", name=heading)).to_be_visible()
        looks_right(visitor)


def test_the_drawn_list_can_be_searched(visitor: Page) -> None:
    draw(visitor)
    rows = visitor.locator("#drawn tr[data-text]")
    first = rows.first.locator("td.mono").inner_text()

    visitor.get_by_label("在名单中找").fill(first)

    expect(rows.locator("visible=true")).to_have_count(1)
    expect(visitor.get_by_text("找到 1 家")).to_be_visible()


def test_the_comparison_arrives_without_a_reload_by_hand(visitor: Page) -> None:
    visitor.get_by_role("button", name="核对并计算机会").click()
    visitor.get_by_role("button", name="与逐领域抽取比较").click()

    expect(visitor.get_by_text("公平抽取为")).to_be_visible(timeout=30_000)
    looks_right(visitor)


def test_a_file_that_is_too_large_is_not_even_sent(visitor: Page, tmp_path: Path) -> None:
    large = tmp_path / "名单.csv"
    with large.open("wb") as file:
        file.truncate(65 << 20)
    # by path, for the driver refuses to carry so much itself
    visitor.locator("input[name=roster_file]").set_input_files(large)

    visitor.get_by_role("button", name="核对并计算机会").click()

    expect(visitor.get_by_role("alert")).to_contain_text("没有上传")


def test_everything_works_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)

    draw(page)

    expect(page.locator("#drawn tr[data-text]").first).to_be_visible()
    context.close()
