"""The whole way in real browsers: three roles and two witnesses, from a new plan to a stranger.

The service is the one that `spotcheck run` starts, with its own processes and accounts; nobody
moves its clock. `make soak` goes the way with the numbers of 2023 on as many institutions as
the country has. Pictures and times of the way lie in the folder that the environment names in
`SPOTCHECK_PICTURES`, otherwise in the temporary folder of the test.
"""

import logging
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.calendar import china_date
from core.roles import Role
from tests.browser.axe import grave_faults
from tests.browser.company import (
    DESK,
    PATIENCE_MS,
    PHONE,
    PROJECTOR,
    VERIFIED,
    Company,
    announce,
    confirmed_alone,
    draw,
    invited,
    publish,
    reveal,
    seal,
    throw_dice,
)
from tests.operation.processes import environment, running, until

START_S = 180.0
FULL_COLUMN = 50
"""With so many names one column of the screen is full, and the other begun."""

PROJECTORS = ((1024, 768), (1280, 720), (1366, 768), PROJECTOR)
JOB_MS = 300_000
"""How long a job of a whole country may take before we call it lost."""

ACCOUNT = re.compile(r"^ +(\S+)　(\S+)　(\S+)$", re.MULTILINE)
SECONDS = re.compile(r"您的设备用了 ([\d.]+) 秒")


@dataclass(frozen=True)
class Country:
    """How many institutions there are, and what the plan takes from them.

    Attributes
    ----------
    quotas : instead of those of 2023: the eleven fields, and centres from and to; or none.
    n, watched : units drawn, and for how many of them the company looks at the screen.
    """

    institutions: int
    n: int
    watched: int
    quotas: tuple[tuple[int, ...], tuple[int, int]] | None = None


VILLAGE = Country(2_000, 31, 4, ((3,) * 10 + (1,), (2, 20)))
NATION = Country(53_834, 100, 100)


class Travellers(Company):
    """A company that logs in as people do, and keeps pictures and times of its way."""

    def __init__(self, browser: Browser, site: str, told: str, pictures: Path) -> None:
        super().__init__(browser, site)
        self.accounts = {label: (name, password) for label, name, password in ACCOUNT.findall(told)}
        self.pictures, self.taken = pictures, 0
        self.began, self.times = time.monotonic(), list[tuple[str, float]]()

    def official(self, role: Role, size: tuple[int, int] = DESK) -> Page:
        """Somebody who has logged in at the door."""
        page, (name, password) = self.someone(size), self.accounts[role.label]
        page.goto(f"{self.site}/login")
        page.get_by_label("登录名").fill(name)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/home")
        return page

    def look(self, page: Page, name: str) -> None:
        self.taken += 1
        path = self.pictures / f"{self.taken:02}-{name}.png"
        page.screenshot(path=path, full_page=True)

    def fits(self, page: Page, name: str) -> None:
        """On its own screen; all others are seen to elsewhere."""
        self.look(page, name)
        assert grave_faults(page) == []
        size = page.viewport_size
        assert size is not None
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{name} is {wide} wide"

    def passed(self, step: str) -> None:
        """Note how long a step took since the one before."""
        now = time.monotonic()
        self.times.append((step, now - self.began))
        self.began = now
        lines = "".join(f"{each}\t{seconds:.2f}\n" for each, seconds in self.times)
        (self.pictures / "times.txt").write_text(lines, encoding="utf-8")


@pytest.fixture(
    params=[VILLAGE, pytest.param(NATION, marks=pytest.mark.soak)], ids=["village", "nation"]
)
def country(request: pytest.FixtureRequest) -> Country:
    found: Country = request.param
    return found


@pytest.fixture
def travellers(browser: Browser, country: Country, tmp_path: Path) -> Iterator[Travellers]:
    env = environment(tmp_path, TMPDIR=str(tmp_path))
    pictures = Path(os.environ.get("SPOTCHECK_PICTURES") or tmp_path / "pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    size = ("--world", str(country.institutions), "--units", "2500")
    with running(env, tmp_path, "run", *size) as service:
        until(service.is_ready, START_S)
        told = service.log.read_text(encoding="utf-8")
        company = Travellers(browser, f"http://{service.host}", told, pictures)
        yield company
        company.leave()
        # for the record: pytest -o log_cli=true --log-cli-level=INFO
        for step, seconds in company.times:
            logging.getLogger(__name__).info("%s %.2f s", step, seconds)


# -- the plan ----------------------------------------------------------------------------------


def draft(company: Travellers, planner: Page, country: Country) -> str:
    """A plan from the template of 2023, completed; its address."""
    today = china_date(datetime.now(UTC))
    planner.goto(f"{company.site}/plans/new")
    planner.get_by_label("2023年国家级计划").check()
    # the days of the template are those of autumn; next year's are still to come
    planner.get_by_role("textbox", name="年度").fill(str(today.year + 1))
    company.fits(planner, "plan-new")
    planner.get_by_role("button", name="起草").click()
    expect(planner.get_by_text("已起草")).to_be_visible()
    plan = planner.url
    planner.goto(f"{plan}/edit/items")
    planner.get_by_role("group", name="抽查事项").get_by_role("checkbox").first.check()
    planner.get_by_role("button", name="保存，填下一节").click()
    planner.get_by_label("名录截止日期", exact=True).fill(today.isoformat())
    company.fits(planner, "plan-days")
    planner.get_by_role("button", name="保存，填下一节").click()
    if country.quotas is not None:
        fill_quotas(planner, country.n, *country.quotas)
    company.fits(planner, "plan-quotas")
    planner.get_by_role("button", name="保存", exact=True).click()
    return plan


def fill_quotas(planner: Page, n: int, fields: tuple[int, ...], centres: tuple[int, int]) -> None:
    planner.get_by_label("抽取家数", exact=True).fill(str(n))
    for at, number in enumerate(fields, start=1):
        planner.get_by_label(f"领域名额第 {at} 项家数", exact=True).fill(str(number))
    for end, number in zip(("下限", "上限"), centres, strict=True):
        planner.get_by_label(f"交叉定额第 1 项{end}", exact=True).fill(str(number))


def try_out(company: Travellers, planner: Page, plan: str) -> None:
    """A glance at the workbench."""
    planner.goto(f"{plan}/workbench")
    expect(planner.get_by_text("可以抽取。")).to_be_visible(timeout=JOB_MS)
    company.fits(planner, "workbench")
    company.passed("workbench, first time")
    planner.get_by_label("食品检验名额", exact=True).fill("2")
    planner.get_by_role("button", name="试算", exact=True).click()
    expect(planner.get_by_text("这是试算，没有保存。")).to_be_visible(timeout=JOB_MS)
    company.passed("workbench, another quota")


def take_step(person: Page, plan: str, label: str) -> None:
    person.goto(plan)
    person.get_by_role("link", name=label, exact=True).click()
    person.get_by_role("button", name=label).click()
    person.wait_for_url(plan)


def in_force(company: Travellers, planner: Page, country: Country) -> str:
    """A published plan, which two persons have made; its address."""
    plan = draft(company, planner, country)
    company.passed("plan drafted")
    try_out(company, planner, plan)
    take_step(planner, plan, "提交审批")
    reviewer = company.official(Role.REVIEWER)
    company.fits(reviewer, "reviewer-home")
    take_step(reviewer, plan, "批准")
    company.fits(reviewer, "plan-approved")
    take_step(planner, plan, "公布")
    expect(planner.get_by_text("已公布。")).to_be_visible()
    company.fits(planner, "plan-published")
    company.passed("plan approved and published")
    return plan


# -- the draw ----------------------------------------------------------------------------------


def freeze(company: Travellers, planner: Page, plan: str) -> None:
    planner.goto(f"{company.site}/ceremonies/new?plan={plan.rpartition('/')[2]}")
    planner.get_by_role("button", name="冻结底册").click()
    company.passed("freezing asked for")
    follow(company, planner, "freezing", "公布随机数来源")
    company.passed("roster frozen")


def follow(company: Travellers, planner: Page, name: str, onward: str) -> None:
    """Watch a job until it is done, and go on from its receipt."""
    company.look(planner, name)
    expect(planner.get_by_role("heading", name="回执")).to_be_visible(timeout=JOB_MS)
    company.fits(planner, f"{name}-done")
    planner.get_by_role("link", name=onward).click()


def commit(company: Travellers, planner: Page, at: str) -> None:
    planner.goto(at)
    company.fits(planner, "operator-sealed")
    planner.get_by_role("button", name="计算机会并公布承诺").click()
    company.passed("commitment asked for")
    follow(company, planner, "committing", "回到这次抽取")
    expect(planner.get_by_text("现在：准备揭示")).to_be_visible()
    company.fits(planner, "operator-committed")
    company.passed("commitment published")


def hold(company: Travellers, planner: Page, screen: Page, at: str) -> None:
    """The ceremony from its sources to the list, before two witnesses."""
    witnesses = invited(company, planner, at)
    for page in witnesses:
        seal(company, page)
    expect(screen.get_by_text("见证人都已封存")).to_be_visible(timeout=PATIENCE_MS)
    company.passed("witnesses have sealed")
    commit(company, planner, at)
    expect(screen.get_by_text("请各位记下左边的承诺摘要")).to_be_visible(timeout=PATIENCE_MS)
    company.fits(screen, "hall-committed")
    planner.get_by_role("button", name="开始揭示").click()
    expect(screen.get_by_text("请见证人在手机上揭示")).to_be_visible(timeout=PATIENCE_MS)
    company.fits(screen, "hall-revealing")
    for page in witnesses:
        reveal(company, page)
    throw_dice(company, planner)
    expect(screen.get_by_text("来源已经就绪")).to_be_visible(timeout=PATIENCE_MS)
    company.passed("values revealed")
    draw(company, planner)
    company.passed("drawn")
    expect(witnesses[0].get_by_text("抽取已经完成")).to_be_visible(timeout=PATIENCE_MS)
    company.fits(witnesses[0], "witness-drawn")


def watch(company: Travellers, screen: Page, country: Country) -> None:
    """The hall sees names, one after the other."""
    expect(screen.locator(".cnt")).to_contain_text(f"共 {country.n} 家", timeout=PATIENCE_MS)
    company.fits(screen, "hall-first-names")
    until_shown(screen, min(country.watched, FULL_COLUMN))
    company.look(screen, "hall-names")
    for size in PROJECTORS:
        needs_no_scrolling(screen, size)
    until_shown(screen, country.watched)
    company.fits(screen, "hall-last-names")
    company.passed(f"{country.watched} names shown")


def until_shown(screen: Page, names: int) -> None:
    counter = screen.locator(".cnt b")
    until(lambda: int(counter.inner_text()) >= names, 2 * names + START_S)


def needs_no_scrolling(screen: Page, size: tuple[int, int]) -> None:
    """Nobody scrolls a projector."""
    screen.set_viewport_size({"width": size[0], "height": size[1]})
    tall = screen.evaluate("document.documentElement.scrollHeight")
    assert tall <= size[1], f"{tall} tall on a projector of {size}"


# -- the public --------------------------------------------------------------------------------


def verify(company: Travellers, visitor: Page, folder: Path) -> str:
    """A stranger finds the draw, lets his own machine repeat it, and takes the files with him.

    Gives the number of the institution that was drawn first.
    """
    visitor.goto(f"{company.site}/published/draws")
    company.fits(visitor, "public-draws")
    visitor.get_by_role("link", name="第 1 次抽取").click()
    company.fits(visitor, "public-draw")
    visitor.get_by_role("button", name="用公布的文件核对").click()
    verdict = visitor.locator("[data-verdict]")
    expect(verdict).to_have_text("全部一致：结果就是按公布的办法抽出来的", timeout=JOB_MS)
    company.fits(visitor, "public-verified")
    found = SECONDS.search(visitor.locator("[data-summary]").inner_text())
    assert found is not None
    company.passed(f"verified in the browser (it says {found[1]} s)")
    links = visitor.locator("#check ul.files a")
    for link in links.all():
        with visitor.expect_download() as loading:
            link.click()
        loading.value.save_as(folder / loading.value.suggested_filename)
    company.passed(f"{links.count()} files downloaded")
    assert {each.name for each in folder.iterdir()} >= set(VERIFIED)
    return visitor.locator("#list tbody tr").first.locator("td.mono").inner_text()


def look_oneself_up(company: Travellers, plan: str, unit: str) -> None:
    """An institution that was drawn finds itself in the roster, on a telephone."""
    own = company.someone(PHONE)
    own.goto(f"{company.site}/published/draws/{plan.rpartition('/')[2]}/1/proof")
    own.get_by_label("机构编号或者名称").fill(unit)
    own.get_by_role("button", name="查询").click()
    expect(own.locator("[data-verdict]")).to_contain_text("在册", timeout=PATIENCE_MS)
    expect(own.get_by_text("已抽中")).to_be_visible()
    company.fits(own, "institution-proof")
    company.passed("institution found itself")


def test_a_plan_goes_all_the_way_to_a_stranger_who_repeats_its_draw(
    travellers: Travellers, country: Country, tmp_path: Path
) -> None:
    planner = travellers.official(Role.NATIONAL_PLANNER)
    travellers.fits(planner, "planner-home")
    plan = in_force(travellers, planner, country)
    freeze(travellers, planner, plan)
    at = announce(travellers, planner)
    travellers.passed("sources announced")
    screen = travellers.official(Role.DISCIPLINE, PROJECTOR)
    screen.goto(at.replace("/ceremonies/", "/hall/"))
    travellers.fits(screen, "hall-announced")
    hold(travellers, planner, screen, at)
    watch(travellers, screen, country)
    publish(travellers, planner, at)
    travellers.passed("list published")

    folder = tmp_path / "taken home"
    folder.mkdir()
    unit = verify(travellers, travellers.someone(), folder)
    assert confirmed_alone(folder)
    travellers.passed("verifier.py agrees")
    look_oneself_up(travellers, plan, unit)
