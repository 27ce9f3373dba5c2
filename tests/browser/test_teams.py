"""The second random in real browsers: from a drawn list to teams, at every screen width."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from core.jobs import Job, JobState
from core.roles import Role, Scope, ScopeKind
from tests import storage
from tests.browser.company import (
    PATIENCE_MS,
    Company,
    announce,
    confirmed_alone,
    draw,
    invited,
    reveal,
    seal,
    throw_dice,
)
from tests.browser.serving import served
from tests.web.ceremony_room import do_jobs
from tests.web.dispatch import Dispatch, a_dispatch
from tests.web.people import Service, close, open_service
from tests.web.team_room import TeamRoom, a_team_room


def cookie_of(service: Service, client: FlaskClient, site: str) -> SetCookieParam:
    """By what the service knows somebody who has logged in."""
    name = service.app.config["LOGIN_COOKIE"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    return {"name": name, "value": cookie.value, "url": site}


class Desk(Company):
    """A company around the desk of whoever sends the teams."""

    def __init__(self, browser: Browser, site: str, room: TeamRoom) -> None:
        super().__init__(browser, site)
        self.room = room

    def official(self, client: FlaskClient) -> Page:
        """Somebody who has logged in already, in a browser of his own."""
        page = self.someone()
        page.context.add_cookies([cookie_of(self.room.service, client, self.site)])
        return page

    def work(self, page: Page, onward: str) -> None:
        """A worker does the job on whose page somebody waits; then he goes on."""
        do_jobs(self.room.service)
        page.reload()
        page.get_by_role("link", name=onward).click()


@pytest.fixture
def desk(browser: Browser, tmp_path: Path, sqlite_template: Path) -> Iterator[Desk]:
    with storage.sqlite_database(sqlite_template, tmp_path) as engine:
        service = open_service(tmp_path, storage.url_of(engine))
        room = a_team_room(service)
        with served(service.app) as site:
            desk = Desk(browser, site, room)
            yield desk
            desk.leave()
        close(service)


def test_teams_go_from_the_drawn_list_to_a_changed_team(desk: Desk, tmp_path: Path) -> None:
    planner = desk.official(desk.room.planner)
    at = prepared(desk, planner)
    held(desk, planner, at)
    for name in ("certificate.json", "frame.jsonl", "verifier.py"):
        with planner.expect_download() as loading:
            planner.get_by_role("link", name=name).click()
        loading.value.save_as(tmp_path / name)
    assert confirmed_alone(tmp_path)

    planner.get_by_role("link", name="检查任务和检查组").click()
    desk.fits(planner, "board-drawn")
    expect(planner.get_by_text("组长 演示数据检查员").first).to_be_visible()
    planner.get_by_role("link").filter(has_text="演示数据检测").first.click()
    move_the_visit(desk, planner)
    change_the_team(desk, planner)
    planner.get_by_role("link", name="负担和公平性").click()
    desk.fits(planner, "figures")
    expect(planner.get_by_role("rowheader", name="突发疾病或者其他不可抗力")).to_be_visible()


def prepared(desk: Desk, planner: Page) -> str:
    """Rules, visits, a frozen task and the sources; the address of the draw."""
    planner.goto(f"{desk.site}/teams")
    desk.fits(planner, "teams")
    planner.get_by_role("link", name="安排检查组").click()
    desk.fits(planner, "way")
    planner.get_by_role("link", name="填写选派规则").click()
    desk.fits(planner, "rules")
    planner.get_by_label("牵头部门的执法人员").fill("1")
    planner.get_by_role("button", name="保存规则").click()
    expect(planner.get_by_role("link", name="不能小于 2")).to_be_visible()
    desk.fits(planner, "rules-faulty")
    planner.get_by_label("牵头部门的执法人员").fill("2")
    planner.get_by_role("button", name="保存规则").click()
    planner.get_by_role("button", name="安排检查任务").click()
    expect(planner.get_by_text("已安排 4 项检查任务")).to_be_visible()
    desk.fits(planner, "board")
    planner.get_by_role("link", name="冻结和试算").click()
    planner.get_by_role("button", name="冻结选派任务并试算").click()
    desk.work(planner, "查看试算结果")
    expect(planner.get_by_text("能够成组")).to_be_visible()
    desk.fits(planner, "rehearsal")
    planner.get_by_role("link", name="公布随机数来源").click()
    return announce(desk, planner)


def held(desk: Desk, planner: Page, at: str) -> None:
    """The ceremony, until the list is open; the hall sees the teams one after the other."""
    witnesses = invited(desk, planner, at)
    for page in witnesses:
        seal(desk, page)
    planner.goto(at)
    planner.get_by_role("button", name="计算机会并公布承诺").click()
    desk.work(planner, "回到这次抽取")
    planner.get_by_role("button", name="开始揭示").click()
    for page in witnesses:
        reveal(desk, page)
    throw_dice(desk, planner)
    draw(desk, planner)
    screen = desk.official(desk.room.reviewer)
    screen.goto(at.replace("/ceremonies/", "/hall/"))
    expect(screen.get_by_text("组已公布，共 4 组")).to_be_visible(timeout=PATIENCE_MS)
    desk.fits(screen, "hall")
    planner.get_by_role("link", name="公开检查人员名单").click()
    desk.fits(planner, "publish")
    planner.get_by_role("button", name="公开").click()
    expect(planner.get_by_text("名单已公开", exact=True)).to_be_visible()
    desk.fits(planner, "published")
    public = desk.someone()
    public.goto(f"{desk.site}/published/teams/{desk.room.plan}/1")
    expect(public.get_by_role("heading", name="检查组（4 组）")).to_be_visible()
    desk.fits(public, "public")


def move_the_visit(desk: Desk, planner: Page) -> None:
    """Other days within the window, with a reason."""
    desk.fits(planner, "visit")
    last = planner.get_by_label("最后一天").input_value()
    planner.get_by_label("第一天").fill(last)
    planner.get_by_label("改期的理由").fill("机构停电")
    planner.get_by_role("button", name="改期").click()
    expect(planner.get_by_text("日期已修改")).to_be_visible()


def change_the_team(desk: Desk, planner: Page) -> None:
    """Somebody falls ill; a second person signs, and the first alternate steps in."""
    visit = planner.url
    planner.get_by_role("link", name="调整").first.click()
    desk.fits(planner, "stand-in")
    planner.get_by_label("突发疾病或者其他不可抗力").check()
    planner.get_by_label("说明").fill("发热")
    planner.get_by_role("button", name="办理").click()
    expect(planner.get_by_text("等待会签", exact=True)).to_be_visible()
    second = desk.official(desk.room.reviewer)
    second.goto(f"{desk.site}/ceremonies")
    second.get_by_role("link", name="检查人员第 1 次抽取").click()
    second.get_by_role("link", name="查看并会签").click()
    desk.fits(second, "motion")
    second.get_by_role("button", name="会签").click()
    planner.goto(visit)
    expect(planner.get_by_text("已退出")).to_be_visible()
    expect(planner.get_by_text("第 3 版")).to_be_visible()
    desk.fits(planner, "team-changed")


# -- with their papers -------------------------------------------------------------------------


@pytest.fixture
def field(browser: Browser, tmp_path: Path, sqlite_template: Path) -> Iterator["Field"]:
    with storage.sqlite_database(sqlite_template, tmp_path) as engine:
        service = open_service(tmp_path, storage.url_of(engine))
        dispatch = a_dispatch(service)
        with served(service.app) as site:
            field = Field(browser, site, dispatch)
            yield field
            field.leave()
        dispatch.corps.session.close()
        close(service)


class Field(Company):
    """Those who send a team, who go, and who are visited."""

    def __init__(self, browser: Browser, site: str, dispatch: Dispatch) -> None:
        super().__init__(browser, site)
        self.dispatch = dispatch

    def known(self, client: FlaskClient) -> Page:
        """Somebody who has logged in already, in a browser of his own."""
        page = self.someone()
        page.context.add_cookies([cookie_of(self.dispatch.service, client, self.site)])
        return page

    def do_jobs(self) -> None:
        """A worker does all that is due: notices go out, papers are bound."""
        service = self.dispatch.service
        due = select(Job).where(Job.state == JobState.QUEUED, Job.run_after <= service.time)
        while self._any(service, due):
            do_jobs(service)

    @staticmethod
    def _any(service: Service, due: SelectOfScalar[Job]) -> bool:
        with service.work() as session:
            return session.exec(due).first() is not None


def test_a_team_leaves_with_its_papers_and_changes_when_the_institution_objects(
    field: Field,
) -> None:
    planner = field.known(field.dispatch.planner())
    member = field.known(field.dispatch.member())
    clerk = field.known(field.dispatch.institution())
    department = field.known(
        field.dispatch.enter(
            Role.PARTNER_DEPARTMENT, Scope(ScopeKind.DEPARTMENT, "演示市场监督管理局")
        )
    )
    desk = f"{field.site}/teams/{field.dispatch.listed}"
    planner.goto(f"{desk}/notices")
    planner.get_by_label("提前几个工作日通知机构").fill("60")
    planner.get_by_role("button", name="安排发送").click()
    field.do_jobs()
    planner.reload()
    field.fits(planner, "notices")

    receives(field, member, "/my-visits")
    papers(field, member)
    department.goto(f"{field.site}/department-teams")
    expect(department.get_by_text("演示数据检查员").first).to_be_visible()
    field.fits(department, "department")
    receives(field, clerk, "/visit-notices")
    objects(field, clerk)

    planner.goto(f"{desk}/recusals")
    planner.get_by_role("link").filter(has_text="演示数据检查员").click()
    field.fits(planner, "recusal")
    planner.get_by_label("决定的理由").fill("情况属实")
    planner.get_by_role("button", name="决定回避").click()
    expect(planner.get_by_text("由候补 演示数据检查员")).to_be_visible()
    field.do_jobs()
    clerk.reload()
    expect(clerk.get_by_text("决定回避").first).to_be_visible()
    planner.goto(f"{desk}/visits/{field.dispatch.visit}")
    planner.get_by_role("link", name="检查文书").click()
    expect(planner.get_by_text("第 2 版").first).to_be_visible()
    field.fits(planner, "papers")
    planner.goto(f"{desk}/papers")
    planner.get_by_role("button", name="合订全部文书").click()
    field.do_jobs()
    planner.goto(f"{desk}/papers")
    expect(planner.get_by_role("link", name="全部检查文书")).to_be_visible()
    field.fits(planner, "volume")


def receives(field: Field, page: Page, at: str) -> None:
    """The notice is there, and is confirmed."""
    page.goto(f"{field.site}{at}")
    field.fits(page, f"own{at.replace('/', '-')}")
    page.get_by_role("main").get_by_role("heading", level=2).get_by_role("link").first.click()
    page.get_by_role("button", name="确认收到").click()
    expect(page.get_by_text("确认收到").first).to_be_visible()
    field.fits(page, f"one{at.replace('/', '-')}")


def papers(field: Field, member: Page) -> None:
    """The member takes the papers of the team with him."""
    member.get_by_role("link", name="查看文书").click()
    field.fits(member, "own-papers")
    with member.expect_download() as loading:
        member.get_by_role("link", name="下载全部").click()
    assert loading.value.suggested_filename.endswith(".zip")


def objects(field: Field, clerk: Page) -> None:
    """The institution asks that somebody does not come."""
    clerk.get_by_role("link", name="申请回避").click()
    field.fits(clerk, "objection")
    clerk.get_by_role("radio").first.check()
    clerk.get_by_label("申请的理由").fill("曾在本机构任职")
    clerk.get_by_role("button", name="提出申请").click()
    expect(clerk.get_by_text("回避申请已提出")).to_be_visible()
    field.fits(clerk, "objected")
