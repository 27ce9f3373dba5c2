"""The page that explains the public interface, on every screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import storage
from tests.browser.serving import served
from tests.browser.test_frame import Desk
from tests.web.people import close, open_service


@pytest.fixture
def desk(page: Page, tmp_path: Path, sqlite_template: Path) -> Iterator[Desk]:
    with storage.sqlite_database(sqlite_template, tmp_path) as engine:
        service = open_service(tmp_path, storage.url_of(engine))
        with served(service.app) as address:
            yield Desk(page, service, address)
        close(service)


def test_whoever_reads_the_foot_of_a_public_page_finds_the_interface(desk: Desk) -> None:
    desk.page.goto(f"{desk.site}/published/draws")
    desk.page.get_by_role("contentinfo").get_by_role("link", name="开放接口").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("开放接口")

    desk.open("/api/v1/")

    assert [url for url in desk.asked if not url.startswith(desk.site)] == []
