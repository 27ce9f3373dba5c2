"""The instruments before the measurement: does the browser show, and does axe find?"""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.axe import grave_faults
from tests.browser.serving import served

HEAD = '<!doctype html><html lang="zh-CN"><head><title>试页</title></head>'
SHEET = HEAD + "<body><main><h1>检验检测机构䶮𬭎</h1></main></body></html>"
NAMELESS_FIELD = HEAD + "<body><main><h1>表</h1><input></main></body></html>"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    app = Flask(__name__)
    app.add_url_rule("/sheet", view_func=lambda: SHEET, endpoint="sheet")
    app.add_url_rule("/nameless", view_func=lambda: NAMELESS_FIELD, endpoint="nameless")
    with served(app) as address:
        yield address


def faces_used(page: Page, selector: str) -> set[str]:
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    node = devtools.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {font["familyName"] for font in fonts}


def test_rare_characters_are_shown_in_our_own_face(page: Page, site: str) -> None:
    page.goto(f"{site}/sheet")

    expect(page.get_by_role("heading")).to_have_text("检验检测机构䶮𬭎")
    assert faces_used(page, "h1") == {"Noto Sans SC"}


def test_a_sound_page_has_no_grave_faults(page: Page, site: str) -> None:
    page.goto(f"{site}/sheet")

    assert grave_faults(page) == []


def test_a_field_without_a_name_is_a_grave_fault(page: Page, site: str) -> None:
    page.goto(f"{site}/nameless")

    assert [fault.split(":")[0] for fault in grave_faults(page)] == ["label"]
