"""Tasks that cannot be staffed are explained with the rule that truly blocks them."""

from datetime import timedelta

import pytest

from sampler.teams.eligibility import eligibility
from sampler.teams.explanation import TeamExplanation, explain
from sampler.teams.rules import Rule
from sampler.teams.task import Bar, TeamTask
from tests.sampler.teams.infeasible_tasks import CASES
from tests.sampler.teams.tasks import MONDAY, expert, officer, officers, slot, task, visit


def explained(whole: TeamTask) -> TeamExplanation:
    explanation = explain(eligibility(whole))
    assert explanation is not None
    return explanation


@pytest.mark.parametrize("name", CASES)
def test_the_slots_and_the_blocking_rules_are_named(name: str) -> None:
    case = CASES[name]

    found = explained(case.task).shortages

    assert case.shortages == tuple((" ".join(s.slots), s.rules, s.eligible, s.seats) for s in found)


@pytest.mark.parametrize("name", CASES)
def test_the_nearest_changes_are_named(name: str) -> None:
    case = CASES[name]

    assert case.changes == tuple(change.text for change in explained(case.task).changes)


def test_at_least_twenty_cases_are_told() -> None:
    assert len(CASES) >= 20


def test_a_shortage_says_how_many_each_rule_keeps_out_and_how_many_alone() -> None:
    people = (
        officer(1, certificate_until=None),
        officer(2, certificate_until=None, away=((MONDAY, MONDAY),)),
        officer(3, away=((MONDAY, MONDAY),)),
        officer(4),
        expert(1),
    )
    whole = task([visit(1)], [slot(1)], people, bars=(Bar("001", "p04", Rule.REQUEST),))

    (shortage,) = explained(whole).shortages

    assert [(b.rule, b.total, b.alone) for b in shortage.blocked] == [
        (Rule.CERTIFICATE, 2, 1),
        (Rule.LEAVE, 2, 1),
        (Rule.REQUEST, 1, 1),
    ]
    assert shortage.message == (
        "席位 001/组员无人可派。起决定作用的规则：“执法证件在检查日无效”挡住 2 人，"
        "其中 1 人仅因此项；“检查期间请假或离岗”挡住 2 人，其中 1 人仅因此项；"
        "“回避：被检查机构申请并经批准”挡住 1 人，其中 1 人仅因此项。"
    )


def test_the_planner_reads_whole_sentences() -> None:
    people = officers(1, certificate_until=MONDAY, capacity=3)
    later = visit(2, "第二周", MONDAY + timedelta(days=7))
    whole = task([visit(1), later], [slot(1), slot(2), slot(1, "乙")], people)

    assert explained(whole).lines() == [
        "无法组队：有 2 处席位派不出人。",
        "1. 席位 002/组员无人可派。起决定作用的规则：“执法证件在检查日无效”挡住 1 人，"
        "其中 1 人仅因此项。",
        "2. 席位 001/乙、001/组员 共 2 个，可派的只有 1 人，最多坐满 1 个，还差 1 个。"
        "起决定作用的规则：“同一时段检查次数上限”；“同一次检查中一人只占一个席位”。",
        "可行的最小调整：至少增加 1 名符合条件的人员。",
    ]


def test_of_very_many_shortages_the_first_are_told() -> None:
    numbers = range(1, 24)
    whole = task(
        [visit(n, f"第{n}周") for n in numbers],
        [slot(n, role, field=f"领域{n}") for n in numbers for role in ("甲", "乙")],
        [officer(n, fields=frozenset({f"领域{n}"})) for n in numbers],
    )

    head, *told, remedy = explained(whole).lines()

    assert head == "无法组队：有 23 处席位派不出人。"
    assert (len(told), told[-1]) == (21, "另有 3 处，此处从略。")
    assert remedy == "可行的最小调整：至少增加 23 名符合条件的人员。"


def test_the_explanation_can_be_kept_as_plain_values() -> None:
    data = explained(CASES["rotation alone"].task).as_json()

    assert data["smallest_cap"] is None
    assert data["changes"] == [
        {"kind": "people", "amount": 1, "rule": None},
        {"kind": "lift", "amount": 0, "rule": "rotation"},
    ]
    (shortage,) = data["shortages"]
    assert shortage["rules"] == ["rotation"]
    assert shortage["blocked"] == [["rotation", 2, 2]]
