"""Notices: the planner orders them, the right people read them when they may, and confirm them."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from core.jobs import Job, JobState
from core.roles import Role, Scope, ScopeKind
from inspections.draws import get_draw
from inspections.plan_content import NoticePolicy
from inspections.teams.notices import due_day, notices_of
from inspections.teams.visits import visits_of
from tests.core.people import made_up_code
from tests.inspections.offices import NOON
from tests.web.ceremony_room import do_jobs
from tests.web.dispatch import Dispatch
from tests.web.people import facts
from tests.web.visit_room import a_clerk, a_member, at, go_on_to, order, returns
from tests.web.visits import words
from web.words.jobs import NOTICES

TODAY = NOON.date()


def first_day(dispatch: Dispatch) -> date:
    return dispatch.line().visit.first_day


def own_page(clerk: FlaskClient) -> str:
    """The address of the only notice that an institution finds."""
    found = re.search(r"/visit-notices/\d+", facts(clerk.get("/visit-notices")))
    assert found is not None
    return found[0]


def visits_told(dispatch: Dispatch) -> set[int]:
    with dispatch.service.work() as session:
        found = notices_of(session, dispatch.teams)
        return {one.visit_id for one in found if one.is_for_institution}


def waiting_jobs(dispatch: Dispatch) -> int:
    with dispatch.service.work() as session:
        wanted = select(Job).where(Job.kind == NOTICES, Job.state == JobState.QUEUED)
        return len(session.exec(wanted).all())


# -- when an institution hears -----------------------------------------------------------------


def test_an_institution_hears_so_many_working_days_before(dispatch: Dispatch) -> None:
    user = a_clerk(dispatch)
    order(dispatch, dispatch.planner())
    due = due_day(NoticePolicy.NOTIFIED, 3, first_day(dispatch))

    go_on_to(dispatch, due - timedelta(days=1))
    clerk = returns(dispatch, user)
    assert "现在没有检查通知" in facts(clerk.get("/visit-notices"))
    assert "检查通知" not in facts(clerk.get("/messages.csv"))

    go_on_to(dispatch, due)
    clerk = returns(dispatch, user)
    page = words(facts(clerk.get(own_page(clerk))))
    assert "检查通知：2026年演示数据计划" in facts(clerk.get("/messages.csv"))
    for member in dispatch.line().team.members:
        assert member.card.name in page
        assert member.card.certificate_no in page


def test_the_institution_of_an_unannounced_visit_finds_nothing_before_its_first_day(
    unannounced: Dispatch,
) -> None:
    user = a_clerk(unannounced)
    order(unannounced, unannounced.planner())
    title, day = "2026年演示数据计划", first_day(unannounced)

    go_on_to(unannounced, day - timedelta(days=1))
    clerk = returns(unannounced, user)
    for page in (
        "/home",
        "/visit-notices",
        "/messages",
        "/messages.csv",
        "/visit-notices/export.csv",
    ):
        assert title not in facts(clerk.get(page))
    assert clerk.get(unannounced.at()).status_code == 404
    assert clerk.get("/visit-notices/1").status_code == 404
    assert unannounced.visit not in visits_told(unannounced)

    go_on_to(unannounced, day)
    clerk = returns(unannounced, user)
    assert title in facts(clerk.get("/messages.csv"))
    assert "谁来检查" in facts(clerk.get(own_page(clerk)))
    assert clerk.get(unannounced.at("notice.pdf")).status_code == 200


def test_no_message_and_no_calendar_says_whom_an_unannounced_visit_is_to(
    unannounced: Dispatch,
) -> None:
    member, planner = unannounced.member(), unannounced.planner()
    order(unannounced, planner)
    name = unannounced.line().institution.name

    assert "检查任务：001" in facts(member.get("/messages.csv"))
    assert name not in facts(member.get("/messages.csv"))
    assert name not in facts(member.get("/my-visits/calendar.ics"))
    assert name in facts(member.get("/my-visits"))


def test_only_one_chain_of_mornings_goes_on_however_often_it_is_ordered(
    dispatch: Dispatch,
) -> None:
    planner = dispatch.planner()
    order(dispatch, planner)
    order(dispatch, planner, "5")

    dispatch.service.later(days=1)
    do_jobs(dispatch.service)
    do_jobs(dispatch.service)

    assert waiting_jobs(dispatch) == 1


def test_the_mornings_end_with_the_last_visit(dispatch: Dispatch) -> None:
    order(dispatch, dispatch.planner())
    with dispatch.service.work() as session:
        last = max(one.last_day for one in visits_of(session, dispatch.listed))

    go_on_to(dispatch, last)

    assert waiting_jobs(dispatch) == 0


# -- receipts ----------------------------------------------------------------------------------


def test_the_planner_sees_who_has_confirmed_and_when(dispatch: Dispatch) -> None:
    theirs, mine = a_clerk(dispatch), a_member(dispatch)
    order(dispatch, dispatch.planner())
    go_on_to(dispatch, first_day(dispatch))
    clerk, member = returns(dispatch, theirs), returns(dispatch, mine)
    planner = dispatch.planner()
    notice = own_page(clerk)
    assert "确认收到检查通知" in facts(clerk.get("/home"))

    assert clerk.post(f"{notice}/receipt").status_code == 303
    assert member.post(f"/my-visits/{dispatch.visit}/receipt").status_code == 303

    assert "已确认收到" in facts(clerk.get(notice))
    assert "确认收到检查通知" not in facts(clerk.get("/home"))
    shown = words(facts(planner.get(f"{at(dispatch)}?state=received")))
    assert dispatch.line().institution.name in shown
    assert shown.count("已回执 ") >= 2
    assert "没有账号，须送达纸质文书" in facts(planner.get(f"{at(dispatch)}?side=institution"))


def test_a_notice_of_an_older_version_leads_to_the_newest_and_is_not_confirmed(
    dispatch: Dispatch,
) -> None:
    user = a_clerk(dispatch)
    order(dispatch, dispatch.planner())
    go_on_to(dispatch, first_day(dispatch))
    clerk = returns(dispatch, user)
    old = own_page(clerk)
    dispatch.postpone()
    dispatch.planner().post(at(dispatch), data={"days": "3"})
    do_jobs(dispatch.service)

    new = own_page(clerk)

    assert new != old
    assert clerk.get(old).location == new
    assert clerk.post(f"{old}/receipt").status_code == 409


def test_other_institutions_do_not_find_the_notice(dispatch: Dispatch) -> None:
    user = a_clerk(dispatch)
    order(dispatch, dispatch.planner())
    go_on_to(dispatch, first_day(dispatch))
    clerk = returns(dispatch, user)
    other = dispatch.enter(Role.INSTITUTION, Scope(ScopeKind.INSTITUTION, made_up_code(999_999)))
    notice = own_page(clerk)

    for address in (notice, f"{notice}/recusal"):
        assert other.get(address).status_code == 404
    assert other.post(f"{notice}/receipt").status_code == 404
    assert "现在没有检查通知" in facts(other.get("/visit-notices"))


def test_a_void_draw_leaves_nothing_of_its_notices_but_that_they_are_called_off(
    dispatch: Dispatch,
) -> None:
    user = a_clerk(dispatch)
    order(dispatch, dispatch.planner())
    go_on_to(dispatch, first_day(dispatch))
    clerk = returns(dispatch, user)
    notice, names = own_page(clerk), [m.card.name for m in dispatch.line().team.members]
    with dispatch.work() as session:
        dispatch.corps.first.void(get_draw(session, dispatch.teams))

    page = facts(clerk.get(notice))

    assert "这份通知已经撤销" in page
    assert not any(name in page for name in names)


# -- the order ---------------------------------------------------------------------------------


@pytest.mark.parametrize("days", ["0", "61", "", "viele"])
def test_a_notice_of_an_impossible_length_is_refused_at_its_field(
    dispatch: Dispatch, days: str
) -> None:
    answer = dispatch.planner().post(at(dispatch), data={"days": days})

    assert answer.status_code == 422
    assert 'id="e-days"' in answer.text


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.REVIEWER, 403), (Role.PROVINCIAL_PLANNER, 404), (Role.INSPECTOR, 403)],
)
def test_nobody_else_orders_notices(dispatch: Dispatch, role: Role, status: int) -> None:
    assert dispatch.enter(role).post(at(dispatch), data={"days": "3"}).status_code == status


def test_the_list_of_notices_is_a_file_too(dispatch: Dispatch) -> None:
    planner = dispatch.planner()
    order(dispatch, planner)

    table = facts(planner.get(f"{at(dispatch)}/export.csv?side=member"))

    assert all(one.card.name in table for one in dispatch.line().team.members)
    assert dispatch.line().institution.name not in table
    assert planner.get(f"{at(dispatch)}/export.xlsx").status_code == 200
