"""Who comes together for a draw, each in a browser of his own, and what each of them does."""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import grave_faults

WIDTHS = (1440, 1024, 390)
DESK, PHONE, PROJECTOR = (1440, 900), (390, 844), (1920, 1080)
PATIENCE_MS = 15_000
"""How long a page that looks for news by itself may take to show it."""


class Company:
    """The people of a draw; their browsers ask nobody but us."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser, self.site = browser, site
        self.asked: list[str] = []
        self.rooms: list[BrowserContext] = []

    def someone(self, size: tuple[int, int] = DESK, *, scripts: bool = True) -> Page:
        """A person whom the service does not know yet."""
        room = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        self.rooms.append(room)
        page = room.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        return page

    def witness(self, link: str, *, scripts: bool = True) -> Page:
        """A witness at his telephone."""
        page = self.someone(PHONE, scripts=scripts)
        page.goto(link)
        return page

    def look(self, page: Page, name: str) -> None:
        """Overridden by whoever wants to keep the pictures."""

    def fits(self, page: Page, name: str) -> None:
        """Axe, and three widths."""
        self.look(page, name)
        before = page.viewport_size
        assert before is not None
        assert grave_faults(page) == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide on a screen of {width}"
        page.set_viewport_size(before)

    def leave(self) -> None:
        """Close all browsers; fails if one of them has asked a stranger."""
        for room in self.rooms:
            room.close()
        assert [url for url in self.asked if not url.startswith((self.site, "blob:"))] == []


# -- what they do ------------------------------------------------------------------------------


def announce(company: Company, planner: Page) -> str:
    """Announce the sources that the form suggests; the address of the draw."""
    company.fits(planner, "new")
    planner.get_by_role("button", name="公布随机数来源").click()
    expect(planner.get_by_text("现在：见证人封存")).to_be_visible()
    company.fits(planner, "operator-announced")
    return planner.url


def invited(company: Company, planner: Page, at: str) -> tuple[Page, Page]:
    """The two witnesses, who have opened their links."""
    planner.goto(f"{at}/links")
    company.fits(planner, "links")
    links = [one.inner_text() for one in planner.locator("p.digest").all()]
    planner.goto(at)
    return company.witness(links[0]), company.witness(links[1])


def seal(company: Company, page: Page) -> None:
    """A witness makes his value and seals it."""
    company.fits(page, "witness-seal")
    page.get_by_role("button", name="产生我的值").click()
    expect(page.locator(".own-value")).to_have_text(re.compile("^[0-9a-f]{32}$"))
    page.get_by_role("button", name="我已记下，封存").click()
    expect(page.get_by_text("您已封存")).to_be_visible()
    company.fits(page, "witness-sealed")


def reveal(company: Company, page: Page) -> None:
    """A witness shows his value, which his telephone has kept."""
    expect(page.get_by_role("button", name="揭示")).to_be_visible(timeout=PATIENCE_MS)
    company.fits(page, "witness-reveal")
    page.get_by_role("button", name="揭示").click()
    expect(page.get_by_text("您已揭示")).to_be_visible()


def throw_dice(company: Company, planner: Page) -> None:
    """The dice are thrown in sight of all, and typed."""
    planner.reload()
    company.fits(planner, "operator-dice")
    planner.get_by_label("当众掷骰的值").fill("3 6 1 1 5")
    planner.get_by_role("button", name="录入").click()


def draw(company: Company, planner: Page) -> None:
    """The draw, asked for twice."""
    planner.get_by_role("link", name="抽取", exact=True).last.click()
    company.fits(planner, "draw")
    planner.get_by_role("button", name="抽取").click()
    expect(planner.get_by_text("抽取已经完成")).to_be_visible()


def publish(company: Company, planner: Page, at: str) -> None:
    """The list opens, and with it the page where reserves step in."""
    planner.get_by_role("link", name="公开抽中名单").click()
    planner.get_by_role("button", name="公开").click()
    expect(planner.get_by_text("名单已公开")).to_be_visible()
    company.fits(planner, "operator-published")
    planner.goto(f"{at}/substitutions")
    company.fits(planner, "substitutions")
    planner.goto(at)


VERIFIED = ("certificate.json", "frame.jsonl", "verifier.py")


def confirmed_alone(folder: Path) -> bool:
    """Whether the verifier, by itself and without our packages, agrees with what lies there."""
    command = [sys.executable, "-I", "verifier.py", "certificate.json", "frame.jsonl"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
