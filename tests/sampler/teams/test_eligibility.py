"""Who may take a slot: every rule by itself, and types that nobody can tell apart."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampler.teams.eligibility import eligibility, nearness
from sampler.teams.rules import Rule
from sampler.teams.rulings import Rulings
from sampler.teams.task import Affinity, Bar, Inspector, SlotKind, TeamTask
from tests.sampler.teams.tasks import (
    MONDAY,
    expert,
    officer,
    officers,
    shuffled,
    slot,
    task,
    tasks,
    visit,
)

FRIDAY = MONDAY + timedelta(days=4)
DAY = timedelta(days=1)


@given(tasks())
def test_a_type_may_take_a_slot_just_when_no_rule_keeps_its_members_out(whole: TeamTask) -> None:
    found = eligibility(whole)
    rulings = Rulings(found)

    for row, able in zip(found.task.slots, found.eligible, strict=True):
        for person, number in zip(found.task.inspectors, found.types, strict=True):
            assert (number in able) == (not rulings.against(row, person))


@given(tasks(), st.data())
def test_a_verdict_counts_what_is_against_each_person(whole: TeamTask, data: st.DataObject) -> None:
    found = eligibility(whole)
    places = st.integers(0, len(found.task.slots) - 1)
    slots = data.draw(st.lists(places, min_size=1, unique=True))
    rulings = Rulings(found)

    verdict = rulings.of(slots)

    rows = [found.task.slots[place] for place in slots]
    against = [{rulings.against(row, p) for row in rows} for p in found.task.inspectors]
    out = [sets for sets in against if frozenset() not in sets]
    fit = [{rules for rules in sets if Rule.KIND not in rules} for sets in out]
    if any(fit) or len(out) < len(against):
        out = [sets for sets in fit if sets]
    assert verdict.able == sum(frozenset() in sets for sets in against)
    for rule, total in verdict.total.items():
        assert total == sum(all(rule in rules for rules in sets) for sets in out)
        assert verdict.alone[rule] == sum({rule} in sets for sets in out)
    assert all(rules.intersection(verdict.blame) for sets in out for rules in sets)


@given(tasks())
def test_members_of_a_type_are_alike_in_all_that_counts(whole: TeamTask) -> None:
    found = eligibility(whole)

    for person, number in zip(found.task.inspectors, found.types, strict=True):
        example = found.examples[number]
        assert (person.availability, person.capacity, person.per_window) == (
            example.availability,
            example.capacity,
            example.per_window,
        )
        for going in found.task.visits:
            alone = eligibility(replace(found.task, inspectors=(person,)))
            assert found.points(going)[number] == alone.points(going)[0]


@given(tasks())
def test_a_pool_without_the_barred_is_who_may_take_the_slot(whole: TeamTask) -> None:
    found = eligibility(whole)

    for row, pool, able in zip(found.task.slots, found.pools, found.eligible, strict=True):
        open_to = [number for number in pool if row.visit not in found.barred[number]]
        assert open_to == list(able)


@given(tasks(), st.integers(0, 9))
def test_types_do_not_depend_on_the_order_of_rows(whole: TeamTask, turn: int) -> None:
    assert eligibility(shuffled(whole, turn)) == eligibility(whole)


def test_what_no_slot_asks_tells_nobody_apart() -> None:
    people = (
        officer(1, region="甲省", leader=True, fields=frozenset({"食品"})),
        officer(2, region="乙省", department="公安", away=((FRIDAY + DAY, FRIDAY + DAY),)),
        officer(3, certificate_until=MONDAY),
    )

    assert eligibility(task([visit(1)], [slot(1)], people)).types == (0, 0, 0)


def test_a_certificate_must_last_to_the_last_day_of_the_visit() -> None:
    going = visit(1, last_day=FRIDAY)
    people = (officer(1, certificate_until=FRIDAY), officer(2, certificate_until=FRIDAY - DAY))
    found = eligibility(task([going], [slot(1)], people))

    assert [found.members[number] for number in found.eligible[0]] == [("p01",)]


@pytest.mark.parametrize(
    ("away", "free"),
    [
        ((MONDAY - DAY, MONDAY - DAY), True),
        ((MONDAY - DAY, MONDAY), False),
        ((FRIDAY, FRIDAY + DAY), False),
        ((FRIDAY + DAY, FRIDAY + DAY), True),
    ],
)
def test_leave_keeps_out_whom_it_touches_by_a_day(away: tuple[date, date], free: bool) -> None:
    found = eligibility(task([visit(1, last_day=FRIDAY)], [slot(1)], [officer(1, away=(away,))]))

    assert (len(found.eligible[0]) == 1) == free


KEPT_OUT: dict[Rule, tuple[dict[str, Any], Inspector]] = {
    Rule.KIND: ({"kind": SlotKind.EXPERT}, officer(1)),
    Rule.DEPARTMENT: ({"department": "生态环境"}, officer(1, department="市场监管")),
    Rule.LEADER: ({"leader": True}, officer(1)),
    Rule.FIELD: ({"field": "食品"}, officer(1, fields=frozenset({"环境"}))),
    Rule.REGION: ({"regions": frozenset({"乙省"})}, officer(1, region="甲省")),
    Rule.CERTIFICATE: ({}, officer(1, certificate_until=None)),
    Rule.LEAVE: ({}, officer(1, away=((MONDAY, MONDAY),))),
}


@pytest.mark.parametrize("rule", KEPT_OUT)
def test_each_rule_keeps_out_by_itself(rule: Rule) -> None:
    asked, person = KEPT_OUT[rule]
    found = eligibility(task([visit(1)], [slot(1, **asked)], [person]))

    assert not len(found.eligible[0])
    assert Rulings(found).against(found.task.slots[0], person) == {rule}


def test_an_expert_needs_no_certificate() -> None:
    found = eligibility(task([visit(1)], [slot(1, kind=SlotKind.EXPERT)], [expert(1)]))

    assert list(found.eligible[0]) == [0]


def test_a_bar_keeps_one_inspector_from_one_visit() -> None:
    found = eligibility(
        task(
            [visit(1), visit(2)],
            [slot(1), slot(2)],
            officers(2),
            bars=(Bar("002", "p02", Rule.RECUSAL_SHARE),),
        )
    )

    assert [[found.members[t] for t in able] for able in found.eligible] == [
        [("p01",), ("p02",)],
        [("p01",)],
    ]


def test_the_same_region_and_cooperating_regions_do_not_add_up() -> None:
    affinity = Affinity(
        same_region=10,
        cooperating=4,
        groups=(frozenset({"甲省", "乙省"}),),
        distances=(("甲省", "丙省", -3), ("乙省", "甲省", -1)),
    )

    pairs = {"甲省": 10, "乙省": 3, "丙省": -3, "丁省": 0, "": 0}
    assert {home: nearness(affinity, "甲省", home) for home in pairs} == pairs
