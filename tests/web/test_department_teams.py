"""A department and its people in the teams: seen by who answers for it, and by nobody else."""

import re
from fractions import Fraction

import pytest
from flask.testing import FlaskClient

from core.roles import Role, Scope, ScopeKind
from inspections.teams.recusals import RecusalSide
from inspections.teams.stepping import RecusalDraft, raise_recusal
from rosters.entries import Noun
from tests.core.people import GUANGDONG
from tests.web.dispatch import Dispatch
from tests.web.people import facts
from tests.web.visits import words

NAME = "演示市场监督管理局"


@pytest.fixture
def dispatch(unannounced: Dispatch) -> Dispatch:
    """An inspection that nobody may know of before: its list is sealed."""
    return unannounced


def at(dispatch: Dispatch) -> str:
    return f"/department-teams/{dispatch.corps.market}"


def department(dispatch: Dispatch, name: str = NAME) -> FlaskClient:
    return dispatch.enter(Role.PARTNER_DEPARTMENT, Scope(ScopeKind.DEPARTMENT, name))


def test_a_department_is_led_to_its_own_page_and_finds_all_its_people(dispatch: Dispatch) -> None:
    browser = department(dispatch)

    assert browser.get("/department-teams").location == at(dispatch)
    page = facts(browser.get(at(dispatch)))
    assert all(one.card.name in page for one in dispatch.line().team.members)
    assert dispatch.line().institution.name in page


def test_nobody_else_sees_the_people_of_a_department(dispatch: Dispatch) -> None:
    others = [
        department(dispatch, "别的部门"),
        dispatch.enter(Role.PROVINCIAL_PLANNER, GUANGDONG),
        dispatch.enter(Role.INSPECTOR),
        dispatch.enter(Role.EXPERT),
        dispatch.enter(Role.DISCIPLINE),
    ]
    for browser in others:
        assert browser.get(at(dispatch)).status_code == 404
        assert browser.get(f"{at(dispatch)}/export.csv").status_code == 404
        assert NAME not in facts(browser.get("/department-teams"))


@pytest.mark.parametrize("role", [Role.NATIONAL_PLANNER, Role.PROVINCIAL_PLANNER, Role.REVIEWER])
def test_who_answers_for_the_region_sees_its_departments(dispatch: Dispatch, role: Role) -> None:
    assert dispatch.enter(role).get(at(dispatch)).status_code == 200


def test_who_cannot_go_stands_out_with_the_reason_and_his_leave(dispatch: Dispatch) -> None:
    line = dispatch.line()
    leader, day = line.team.members[0].card, line.visit.first_day
    with dispatch.work():
        dispatch.corps.says(
            Noun.LEAVE, inspector_id=leader.entry_id, first_day=day, last_day=day, reason="培训"
        )

    page = facts(department(dispatch).get(f"{at(dispatch)}?state=unfit"))

    assert leader.name in page
    assert "1 人次在检查日不能参加" in page
    assert "请假 " in page
    table = facts(department(dispatch).get(f"{at(dispatch)}/export.csv?state=unfit"))
    assert table.count(line.visit.task_number) == 1


def test_the_load_of_everybody_is_told_as_promised_drawn_and_now(dispatch: Dispatch) -> None:
    page = words(facts(department(dispatch).get(at(dispatch))))

    told = re.findall(r"演示数据检查员\d+ (\d+\.\d\d) (\d+) (\d+)", page)
    assert len(told) == len(dispatch.login_names)
    expected, drawn, present = zip(*told, strict=True)
    # four visits of two: all of them are this department's
    assert sum(map(Fraction, expected)) == sum(map(int, drawn)) == sum(map(int, present)) == 8


def test_stand_ins_and_recusals_are_told(dispatch: Dispatch) -> None:
    leader = dispatch.line().team.members[0]
    with dispatch.work() as session:
        desk = dispatch.corps.first.desk()
        draft = RecusalDraft(
            leader.slot, leader.card.entry_id, RecusalSide.INSPECTOR, "曾在该机构任职"
        )
        raise_recusal(session, desk, dispatch.teams, draft)
    dispatch.replace_the_leader()

    page = words(facts(department(dispatch).get(at(dispatch))))

    assert "待决定" in page
    assert "退出：突发疾病" in page
    assert "递补" in page


def test_a_plan_that_has_no_teams_is_not_there(dispatch: Dispatch) -> None:
    page = facts(department(dispatch).get(f"{at(dispatch)}?plan=999"))

    assert "还没有抽出检查组的计划" in page
    assert department(dispatch).get(f"{at(dispatch)}/export.csv?plan=999").status_code == 404
