"""A task of teams: one text for one task, and all its faults at once."""

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampler.faults import BadInput
from sampler.hashing import canonical
from sampler.teams.rules import COUNTING, INDIVIDUAL, STRUCTURAL, Rule
from sampler.teams.task import (
    Affinity,
    Bar,
    Slot,
    TeamTask,
    task_digest,
    task_from_json,
    task_to_json,
)
from sampler.teams.task_check import faults_of
from tests.sampler.teams.tasks import MONDAY, officer, officers, shuffled, slot, task, tasks, visit


@given(tasks())
def test_a_task_is_read_back_as_it_was_written(whole: TeamTask) -> None:
    text = canonical(task_to_json(whole))

    again = task_from_json(json.loads(text))

    assert canonical(task_to_json(again)) == text
    assert again == task_from_json(task_to_json(again))


@given(tasks(), st.integers(0, 9))
def test_the_order_of_rows_says_nothing(whole: TeamTask, turn: int) -> None:
    assert task_digest(shuffled(whole, turn)) == task_digest(whole)


@given(tasks())
def test_any_task_of_the_builder_is_without_fault(whole: TeamTask) -> None:
    assert faults_of(whole) == []


def test_every_rule_is_of_one_sort_and_has_a_name() -> None:
    assert sorted((*STRUCTURAL, *INDIVIDUAL, *COUNTING)) == sorted(Rule)
    assert len({rule.label for rule in Rule}) == len(Rule)


@pytest.mark.parametrize("data", [{}, {"format": "spotcheck/team-task/1"}, {"format": "x"}])
def test_what_is_not_a_task_is_refused(data: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="不是组队任务文件"):
        task_from_json(data)


SOUND = task([visit(1)], [slot(1)], officers(2))

BAD = {
    "no_visits": task([], [], officers(1)),
    "visit_without_slots": replace(SOUND, visits=(visit(1), visit(2))),
    "id_twice": replace(SOUND, inspectors=(officer(1), officer(1))),
    "id_form": replace(SOUND, inspectors=(officer(1, id=" "),)),
    "unknown_visit": replace(SOUND, slots=(slot(1), Slot("x", "009", "组员"))),
    "unknown_inspector": replace(SOUND, bars=(Bar("001", "p09", Rule.ROTATION),)),
    "bar_rule": replace(SOUND, bars=(Bar("001", "p01", Rule.LEAVE),)),
    "days": replace(SOUND, visits=(visit(1, last_day=MONDAY.replace(day=1)),)),
    "no_window": replace(SOUND, visits=(visit(1, window=" "),)),
    "figure": replace(SOUND, inspectors=(officer(1, availability=0),)),
    "pair_cap": replace(SOUND, pair_cap=Fraction(0)),
    "alternates": replace(SOUND, alternates=-1),
    "points": replace(SOUND, affinity=Affinity(same_region=10**7)),
    "distance_twice": replace(
        SOUND, affinity=Affinity(distances=(("甲省", "乙省", 1), ("乙省", "甲省", 2)))
    ),
}


@pytest.mark.parametrize("code", BAD)
def test_a_fault_is_found_and_named(code: str) -> None:
    assert [fault.code for fault in faults_of(BAD[code])] == [code]


def test_all_faults_are_told_at_once() -> None:
    bad = replace(
        SOUND, alternates=-1, inspectors=(officer(1, away=((MONDAY, MONDAY - timedelta(days=1)),)),)
    )

    assert [str(fault) for fault in faults_of(bad)] == [
        "检查人员 p01：请假的结束日期早于开始日期",
        "候补人数：须为 0 至 100，现为 -1",
    ]
