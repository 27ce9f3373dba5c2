"""In a real browser: log in with a code, invite, accept in another browser, delegate."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from core.roles import NATION, Role
from tests.browser.axe import grave_faults
from tests.browser.serving import served
from tests.core.people import OTHER_PASSWORD, PASSWORD, made_up_code
from tests.web.persons import House, open_house

CODE = made_up_code(77)
WIDTHS = (1440, 1024, 390)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def house(page_database: str, tmp_path: Path) -> Iterator[tuple[House, str]]:
    house = open_house(page_database, tmp_path)
    with served(house.app) as address:
        yield house, address
    house.close()


def fits(page: Page) -> None:
    """No width makes the page wider than its window, and axe finds nothing grave."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(OVERFLOW) <= 0, (page.url, width)
        assert grave_faults(page) == [], (page.url, width)
    page.set_viewport_size({"width": 1440, "height": 900})


def log_in(
    page: Page, address: str, name: str, password: str, code: str = "", *, look: bool = True
) -> None:
    page.goto(f"{address}/login")
    if look:
        fits(page)
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    if code:
        if look:
            fits(page)
        page.get_by_label("验证码或恢复码").fill(code)
        page.get_by_role("button", name="继续").click()


def test_an_administrator_invites_an_institution_that_comes_and_goes_by_itself(
    house: tuple[House, str], page: Page, browser: Browser
) -> None:
    service, address = house
    admin, _ = service.seated(Role.ADMINISTRATOR, NATION, "admin")
    deputy, _ = service.seated(Role.ADMINISTRATOR, NATION, "deputy")
    service.give_factor(admin)
    outside: list[str] = []
    page.on("request", lambda asked: outside.append(asked.url))

    log_in(page, address, "admin", PASSWORD, service.code(admin))
    page.goto(f"{address}/users")
    fits(page)
    page.get_by_role("link", name="deputy").click()
    fits(page)

    page.goto(f"{address}/invitations")
    fits(page)
    page.get_by_label("统一社会信用代码").first.fill(CODE)
    page.get_by_label("所在地区").fill("浙江省")
    page.get_by_role("button", name="生成邀请链接").first.click()
    fits(page)
    link = page.locator("code").inner_text().replace("http://localhost", address)

    accepted(browser, address, link)

    page.goto(f"{address}/messages")
    expect(page.locator("section").get_by_text("邀请已被接受")).to_be_visible()

    page.goto(f"{address}/delegations")
    fits(page)
    page.get_by_label("受托人的登录名").fill(deputy.login_name)
    page.get_by_label("到哪天止（含当天）").fill("2026-03-06")
    page.get_by_label("理由").fill("出差")
    page.get_by_role("button", name="委托", exact=True).click()
    expect(page.get_by_text("已委托Deputy")).to_be_visible()
    fits(page)

    page.goto(f"{address}/account")
    fits(page)
    logins = page.get_by_role("region", name="正在登录的地方")
    expect(logins.get_by_role("row")).to_have_count(2)
    expect(logins.get_by_text("这里")).to_be_visible()
    page.goto(f"{address}/account/second-factor")
    fits(page)
    page.goto(f"{address}/account/password")
    fits(page)
    assert all(url.startswith(address) for url in outside)


def accepted(browser: Browser, address: str, link: str) -> None:
    """Somebody of the institution opens the link on his telephone."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(link)
    fits(page)
    page.get_by_label("登录名").fill("clerk")
    page.get_by_label("姓名").fill("经办人")
    page.get_by_label("密码", exact=True).fill(OTHER_PASSWORD)
    page.get_by_label("再输一次密码").fill(OTHER_PASSWORD)
    page.get_by_role("button", name="开通账号").click()
    expect(page.get_by_text("账号已开通")).to_be_visible()
    log_in(page, address, "clerk", OTHER_PASSWORD)
    page.goto(f"{address}/account")
    expect(page.get_by_role("rowheader", name="机构")).to_be_visible()
    fits(page)
    context.close()


def test_a_second_factor_is_set_up_by_reading_the_secret_from_the_page(
    house: tuple[House, str], page: Page
) -> None:
    service, address = house
    service.seated(Role.REVIEWER, NATION, "reviewer")
    log_in(page, address, "reviewer", PASSWORD)
    fits(page)
    page.get_by_role("button", name="开始设置").click()
    fits(page)
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("6 位数字").fill(pyotp.TOTP(secret).at(service.hours()))
    page.get_by_role("button", name="完成设置").click()

    expect(page.locator(".codes li")).to_have_count(10)
    fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载恢复码").click()
    assert "只能用一次" in Path(download.value.path()).read_text(encoding="utf-8")
    page.get_by_role("link", name="已保存，继续").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()


@pytest.mark.parametrize("role", Role)
def test_everybody_comes_in_with_a_code_and_reads_what_he_did(
    role: Role, house: tuple[House, str], page: Page
) -> None:
    service, address = house
    user, _ = service.seated(role, name="somebody")
    service.give_factor(user)
    outside: list[str] = []
    page.on("request", lambda asked: outside.append(asked.url))

    log_in(page, address, "somebody", PASSWORD, service.code(user), look=False)
    page.goto(f"{address}/trail")

    expect(page.get_by_role("row").filter(has_text="登录").first).to_be_visible()
    assert [url for url in outside if not url.startswith((address, "data:"))] == []
