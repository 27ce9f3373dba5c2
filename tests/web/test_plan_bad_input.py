"""What is wrong in a plan is said in words, at the field where it has to be put right."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.roles import Role
from inspections.plan_faults import OLDEST_ROSTER
from tests.web.people import Service, facts
from tests.web.planning import drafted, listed_item, sound
from tests.web.rosters import TODAY, form_of

TOO_OLD = (TODAY - OLDEST_ROSTER - timedelta(days=1)).isoformat()
SECOND_WINDOW = {"windows.1.first": "2026-04-01", "windows.1.last": "2026-05-01"}

BAD: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "windows_overlap": (
        "days", SECOND_WINDOW, "windows.1.first",
        "第 2 个时段从 2026年4月1日 开始，与第 1 个时段（到 2026年4月10日）重叠",
    ),
    "window_backward": (
        "days", {"windows.0.last": "2026-03-09"}, "windows.0.last", "早于开始日期"
    ),
    "window_over": (
        "days",
        {"windows.0.first": "2026-01-05", "windows.0.last": "2026-02-05"},
        "windows.0.last",
        "已经结束，请重新安排",
    ),
    "window_half": ("days", {"windows.0.last": ""}, "windows.0.last", "请填写"),
    "no_window": (
        "days", {"windows.0.first": "", "windows.0.last": ""}, "windows", "请填写"
    ),
    "deadline_before_window": (
        "days", {"deadlines.0.day": "2026-03-01"}, "deadlines.0.day", "早于检查时段开始"
    ),
    "roster_expired": ("days", {"roster_day": TOO_OLD}, "roster_day", "请改用较近的日期"),
    "roster_after_window": (
        "days", {"roster_day": "2026-03-20"}, "roster_day", "届时来不及抽取"
    ),
    "no_roster_day": ("days", {"roster_day": ""}, "roster_day", "请填写"),
    "wrong_sum": (
        "quotas", {"fields.0.count": "7"}, "fields", "各领域合计 11 家，与抽取家数 6 家不符"
    ),
    "field_deleted": (
        "quotas", {"fields.0.name": "已停用的领域"}, "fields.0.name",
        "“已停用的领域”不在抽查重点领域之列，可能已经停用",
    ),
    "field_deleted_in_a_condition": (
        "quotas", {"eligible": "具备的领域=已停用的领域"}, "eligible", "可能已经停用"
    ),
    "column_deleted": ("quotas", {"eligible": "旧栏目=甲"}, "eligible", "名录没有“旧栏目”这一栏"),
    "other_deleted": ("quotas", {"other": "未列的领域"}, "other", "不在领域名额之中"),
    "impossible_bounds": (
        "quotas",
        {"cross.0.name": "质检中心", "cross.0.where": "国家质检中心=是", "cross.0.least": "9",
         "cross.0.most": "3"},
        "cross.0.least",
        "下限（9）大于上限（3）",
    ),
    "draws_nobody": ("quotas", {"n": "0"}, "n", "须大于 0"),
    "certain_beyond_the_number": (
        "units", {"certain": "\n".join(f"U{n}|回头看" for n in range(7))}, "certain", "多于抽取家数"
    ),
    "certain_in_a_deleted_field": (
        "units", {"certain": "U1|回头看||已停用的领域"}, "certain", "不在领域名额之中"
    ),
    "nothing_of_the_roster_public": ("publication", {"publish": []}, "publish", "须公开机构编号"),
}  # fmt: skip


@pytest.fixture
def planner(service: Service) -> FlaskClient:
    return service.sign_in(Role.NATIONAL_PLANNER)


@pytest.fixture
def plan(service: Service, planner: FlaskClient) -> int:
    """A draft without a fault."""
    return drafted(service, sound(listed_item(service)))


def words_at(page: str, field: str) -> str:
    """What stands at a field to be put right: beside it, and tied to it for a screen reader."""
    if beside := re.search(rf'id="e-{re.escape(field)}">([^<]*)<', page):
        assert re.search(rf'id="f-{re.escape(field)}"|name="{re.escape(field)}"', page)
        return beside[1]
    group = re.search(
        rf'<fieldset [^>]*id="f-{re.escape(field)}"[^>]*>(?:(?!</fieldset>).)*?'
        r'<p class="field-error">([^<]*)<',
        page,
        re.DOTALL,
    )
    return group[1] if group else ""


@pytest.mark.parametrize("case", BAD)
def test_a_fault_of_the_plan_is_told_at_its_field(
    planner: FlaskClient, plan: int, case: str
) -> None:
    section, typed, field, words = BAD[case]
    address = f"/plans/{plan}/edit/{section}"
    form = {**form_of(facts(planner.get(address))), **typed}

    # a draft may be saved half done; what is wrong stands there until it is put right
    assert planner.post(address, data=form).status_code == 303

    page = facts(planner.get(address))
    assert words in words_at(page, field)
    assert f'href="#f-{field}"' in page
    asked = planner.get(f"/plans/{plan}/steps/submit")
    assert (
        planner.post(f"/plans/{plan}/steps/submit", data=form_of(facts(asked))).status_code == 422
    )


def test_a_roster_day_that_expires_while_the_draft_lies_is_told(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    address = f"/plans/{plan}/edit/days"
    assert words_at(facts(planner.get(address)), "roster_day") == ""

    service.later(days=OLDEST_ROSTER.days + 1)
    later = service.sign_in(Role.NATIONAL_PLANNER)

    assert "请改用较近的日期" in words_at(facts(later.get(address)), "roster_day")


def test_a_day_that_does_not_exist_comes_back_as_it_was_typed(
    planner: FlaskClient, plan: int
) -> None:
    address = f"/plans/{plan}/edit/days"
    form = form_of(facts(planner.get(address))) | {"roster_day": "2026-02-30"}

    answer = planner.post(address, data=form)

    assert answer.status_code == 422
    assert words_at(answer.text, "roster_day") != ""
    assert 'value="2026-02-30"' in answer.text
