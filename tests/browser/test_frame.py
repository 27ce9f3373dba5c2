"""The frame behind the door in a real browser: every role, three widths, and nobody kept out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core import jobs, leases, trail
from core.jobs import Failure, Job, Steps
from core.messages import notify
from core.roles import Role
from core.trail import SYSTEM, Search
from tests import storage
from tests.browser.axe import grave_faults
from tests.browser.serving import served
from tests.core.people import NOW
from tests.web.people import Service, close, open_service

WIDTHS = (1440, 1024, 390)
KIND = "trail.verify"


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[Service, str]]:
    folder = tmp_path_factory.mktemp("frame")
    with storage.sqlite_database(sqlite_template, folder) as engine:
        opened = open_service(folder, storage.url_of(engine))
        with served(opened.app) as address:
            yield opened, address
        close(opened)


class Desk:
    """A browser in which somebody has logged in; it asks nobody but us."""

    def __init__(self, page: Page, service: Service, site: str) -> None:
        self.page, self.service, self.site = page, service, site
        self.asked: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))

    def enter(self, role: Role) -> None:
        token = self.service.token_of(role)
        name = self.service.app.config["LOGIN_COOKIE"]
        self.page.context.add_cookies([{"name": name, "value": token, "url": self.site}])

    def open(self, address: str) -> None:
        """Open a page and look at it on three screens."""
        self.page.goto(self.site + address)
        assert grave_faults(self.page) == []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{address} is {wide} wide on a screen of {width}"
            self.look(address, width)
        assert grave_faults(self.page) == []
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    def look(self, address: str, width: int) -> None:
        """Overridden by whoever wants to keep the pictures."""


@pytest.fixture
def desk(page: Page, service: tuple[Service, str]) -> Iterator[Desk]:
    desk = Desk(page, *service)
    yield desk
    assert [url for url in desk.asked if not url.startswith((desk.site, "blob:"))] == []


def asked_for(service: Service) -> Job:
    with service.work() as session:
        return jobs.enqueue(session, KIND, {}, service.actor(), NOW)


def running(service: Service) -> Job:
    asked_for(service)
    with service.work() as session:
        job = leases.claim(session, "worker-1", [KIND], NOW)
        assert job is not None
        leases.renew(session, leases.hold_of(job), Steps(620, 1000, "events"), NOW)
    return job


def end(service: Service, job: Job, failure: Failure | None = None) -> None:
    with service.work() as session:
        if failure is None:
            leases.finish(session, leases.hold_of(job), {"events": 1000, "breaks": 0}, NOW)
        else:
            leases.fail(session, leases.hold_of(job), NOW, failure)


@pytest.mark.parametrize("role", Role)
def test_the_start_page_of_each_role_fits_every_screen(desk: Desk, role: Role) -> None:
    desk.enter(role)
    with desk.service.work() as session:
        notify(session, [desk.service.last.key], "role_granted", NOW, params={"role": role})

    desk.open("/home")

    expect(desk.page.get_by_role("navigation", name="主要页面")).to_be_visible()
    expect(desk.page.get_by_text("阅读 1 条新消息")).to_be_visible()


@pytest.mark.parametrize("face", ["desk", "touch", "tasks"])
def test_the_building_blocks_fit_every_screen(desk: Desk, face: str) -> None:
    desk.enter(Role.NATIONAL_PLANNER)

    desk.open(f"/components?face={face}")
    desk.open("/components/confirm")


def test_the_supervisor_reads_the_trail(desk: Desk) -> None:
    desk.enter(Role.DISCIPLINE)
    with desk.service.work() as session:
        trail.record(
            session, SYSTEM, "account.disabled", "account", 3, NOW,
            before={"state": "active", "display_name": "演示甲", "phone": "138****0000"},
            after={"state": "disabled", "display_name": "演示甲", "phone": "138****0000"},
            reason="调离本单位，账号不再使用",
        )  # fmt: skip
    with desk.service.work() as session:
        number = trail.page(session, Search(action="account.disabled"))[0].number

    desk.open("/trail")
    desk.page.get_by_label("操作", exact=True).select_option("停用账号")
    desk.page.get_by_role("button", name="查询").click()
    expect(desk.page.get_by_text("去掉筛选")).to_have_count(0)
    expect(desk.page.get_by_role("link", name="去掉筛选：操作：停用账号")).to_be_visible()
    desk.page.get_by_role("link", name=f"第 {number} 条").click()
    expect(desk.page.get_by_text("状态（有变化）")).to_be_visible()
    desk.open(f"/trail/{number}")
    desk.open("/trail?name=nobody")


def test_a_job_is_followed_to_its_receipt(desk: Desk) -> None:
    desk.enter(Role.ADMINISTRATOR)
    job = running(desk.service)

    desk.open(f"/jobs/{job.number}")
    expect(desk.page.get_by_text("核对每一条记录：620 / 1,000")).to_be_visible()
    desk.open(f"/jobs/{job.number}/cancel")
    desk.page.goto(f"{desk.site}/jobs/{job.number}")
    end(desk.service, job)
    # the page asks by itself
    expect(desk.page.get_by_role("heading", name="回执")).to_be_visible()

    desk.open(f"/jobs/{job.number}")


def test_a_dead_job_is_tried_again(desk: Desk) -> None:
    desk.enter(Role.ADMINISTRATOR)
    job = running(desk.service)
    end(desk.service, job, Failure("stuck", {"seconds": 600}, final=True))

    desk.open("/jobs")
    desk.open("/home")
    desk.open(f"/jobs/{job.number}")
    desk.page.get_by_role("link", name="重新执行").click()
    desk.page.get_by_role("button", name="重新执行").click()
    expect(desk.page.get_by_text("等待执行").first).to_be_visible()
    desk.page.get_by_role("link", name="取消这项任务").click()
    desk.page.get_by_role("button", name="取消这项任务").click()
    expect(desk.page.get_by_text("已取消").first).to_be_visible()


@pytest.mark.parametrize("address", ["/messages", "/settings", "/nowhere"])
def test_the_other_pages_fit_every_screen(desk: Desk, address: str) -> None:
    desk.enter(Role.ADMINISTRATOR)

    desk.open(address)


def test_a_job_is_followed_without_scripts(desk: Desk, page: Page) -> None:
    desk.enter(Role.ADMINISTRATOR)
    job = running(desk.service)
    assert page.context.browser is not None
    plain = page.context.browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    try:
        quiet = plain.new_page()
        quiet.goto(f"{desk.site}/jobs/{job.number}")
        expect(quiet.get_by_text("核对每一条记录：620 / 1,000")).to_be_visible()
        end(desk.service, job)
        # the browser refreshes by itself every five seconds
        expect(quiet.get_by_role("heading", name="回执")).to_be_visible(timeout=15_000)
    finally:
        plain.close()


def test_the_keyboard_goes_from_the_skip_link_to_the_first_task(desk: Desk) -> None:
    desk.enter(Role.NATIONAL_PLANNER)
    desk.page.goto(f"{desk.site}/home")

    desk.page.keyboard.press("Tab")
    expect(desk.page.get_by_role("link", name="跳到正文")).to_be_focused()
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("Tab")
    inside = desk.page.evaluate("document.querySelector('main').contains(document.activeElement)")

    assert inside
