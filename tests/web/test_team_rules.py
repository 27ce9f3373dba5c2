"""The rules of the teams as a form: what is typed is kept, and faults stand at their fields."""

from decimal import Decimal

import pytest

from core.roles import Role
from inspections.teams.rules import Execution, ExecutionBy, Points, Shape, TeamRules, rules_history
from rosters.departments import Trade
from rosters.inspectors import OfficerLevel
from tests.inspections.teams.corps import RULES
from tests.web.people import Service, facts
from tests.web.team_room import TeamRoom, a_team_room, sign_in
from tests.web.visits import words


@pytest.fixture
def room(service: Service) -> TeamRoom:
    return a_team_room(service)


def kept(room: TeamRoom) -> list[TeamRules]:
    with room.service.work() as session:
        return [row.content for row in rules_history(session, 1)]


FULL = TeamRules(
    shape=Shape(officers=3, partners=(Trade.ENVIRONMENT, Trade.WATER), experts=1),
    execution=Execution(
        by=ExecutionBy.FIELD,
        fields=(("食品检验", OfficerLevel.NATIONAL), ("机动车检验", OfficerLevel.CITY)),
        national=Decimal("0.125"),
    ),
    cooperation=("长三角",),
    rotation=False,
    recusal_years=5,
    pair_cap=Decimal("0.25"),
    points=Points(distances=(("330000", "650000", -40),)),
)
"""Something at every kind of field."""


def test_every_field_that_is_typed_is_kept(room: TeamRoom) -> None:
    answer = room.set_rules(FULL)

    assert answer.status_code == 303, words(answer.text)
    assert kept(room) == [FULL]
    page = words(facts(room.planner.get(f"{room.desk}/rules")))
    for told in ("生态环境、水利", "长三角", "25%", "浙江省", "新疆维吾尔自治区", "-40"):
        assert told in page


def test_the_form_opens_with_what_is_usual(room: TeamRoom) -> None:
    answer = room.planner.get(f"{room.desk}/rules", follow_redirects=True)

    assert 'name="shape.officers" value="2"' in facts(answer)


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("shape.officers", "1", "不能小于 2"),
        ("shape.officers", "两人", "请填写整数"),
        ("capacity", "", "请填写"),
        ("pair_cap", "0", "必须大于 0"),
        ("pair_cap", "很小", "请填写数值"),
        ("execution.national", "150%", "不能大于 1"),
        ("points.same_region", "3.5", "请填写整数"),
        ("visit_days", "99", "不能大于 31"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(
    room: TeamRoom, field: str, typed: str, told: str
) -> None:
    answer = room.set_rules(RULES, **{field: typed, "window_days": "11"})

    assert answer.status_code == 422
    assert f'id="e-{field}">{told}' in answer.text
    assert f'href="#f-{field}"' in answer.text
    assert 'name="window_days" value="11"' in answer.text
    assert kept(room) == []


def test_shares_do_not_exceed_the_whole_and_none_is_zero(room: TeamRoom) -> None:
    shares = {"execution.national": "60%", "execution.province": "50%"}

    too_much = room.set_rules(RULES, **shares)
    blank = room.set_rules(RULES, **dict.fromkeys(shares, ""))

    assert too_much.status_code == 422
    assert 'id="e-execution.province">与总局执行的比例合计' in too_much.text
    assert blank.status_code == 303
    assert kept(room)[0].execution.province == 0


def test_rules_are_changed_with_a_reason_by_who_has_seen_the_newest(room: TeamRoom) -> None:
    room.set_rules()

    without = room.set_rules(FULL, number="1")
    late = room.set_rules(FULL, reason="增加部门")
    changed = room.set_rules(FULL, number="1", reason="增加部门")

    assert (without.status_code, late.status_code, changed.status_code) == (422, 422, 303)
    assert 'id="e-reason"' in without.text
    assert "规则已被别人修改" in late.text
    assert "理由：增加部门" in words(facts(room.planner.get(f"{room.desk}/rules")))
    assert len(kept(room)) == 2


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.REVIEWER, 403), (Role.PROVINCIAL_PLANNER, 404), (Role.INSPECTOR, 403)],
)
def test_others_do_not_set_the_rules(room: TeamRoom, role: Role, status: int) -> None:
    other = sign_in(room.service, role)

    assert other.get(f"{room.desk}/rules/edit").status_code == status
