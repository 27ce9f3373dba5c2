"""From a task to teams: what is promised, in whatever order the rows come."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampler.faults import BadInput
from sampler.hashing import canonical, sha256
from sampler.teams.explanation import TeamsNotFeasible
from sampler.teams.procedure import (
    chances,
    commit,
    prepare,
    reopen,
)
from sampler.teams.rulings import Rulings
from sampler.teams.task import Bar, TeamTask, task_to_json
from tests.sampler.teams.draws import COUNTRY, SALT_KEY, SHARE, SOURCES, committed, country, held
from tests.sampler.teams.infeasible_tasks import CASES
from tests.sampler.teams.tasks import officer, officers, shuffled, slot, staffed_tasks, task, visit


@settings(max_examples=25, deadline=None)
@given(staffed_tasks())
def test_every_slot_gets_one_person_by_chances_that_sum_to_one(whole: TeamTask) -> None:
    worked = chances(prepare(whole))

    people = [person.id for person in whole.inspectors]
    for row in whole.slots:
        assert sum(worked.chance(row.id, person) for person in people) == 1
    assert sum(worked.load(person) for person in people) == len(whole.slots)


@settings(max_examples=25, deadline=None)
@given(staffed_tasks(), st.text(alphabet="0123456789", min_size=1))
def test_nobody_is_drawn_against_a_rule_or_without_a_chance(whole: TeamTask, seed: str) -> None:
    drawn = held(whole, seed)
    rulings = Rulings(drawn.frame.eligible)
    person_of = {person.id: person for person in whole.inspectors}
    slot_of = {row.id: row for row in whole.slots}

    for member in drawn.outcome.members:
        row = slot_of[member.slot]
        assert member.chance > 0
        standing = (member.inspector, *drawn.outcome.alternates[member.slot])
        assert not any(rulings.against(row, person_of[name]) for name in standing)
        assert len(set(standing)) == len(standing)
    pairs = {(member.slot.split("/")[0], member.inspector) for member in drawn.outcome.members}
    assert len(pairs) == len(whole.slots)


@settings(max_examples=10, deadline=None)
@given(staffed_tasks(), st.integers(1, 9))
def test_the_order_of_rows_does_not_matter(whole: TeamTask, turn: int) -> None:
    assert held(shuffled(whole, turn)).certificate == held(whole).certificate


def test_the_names_of_roles_and_windows_do_not_matter() -> None:
    renamed = replace(
        COUNTRY,
        slots=tuple(replace(row, role=f"{row.role}岗") for row in COUNTRY.slots),
        visits=tuple(replace(row, window=f"{row.window}末") for row in COUNTRY.visits),
    )

    told, other = committed(COUNTRY).data, committed(renamed).data

    # only the digest of the frozen task tells them apart
    assert [name for name in told if told[name] != other[name]] == ["task"]


@settings(max_examples=10, deadline=None)
@given(staffed_tasks())
def test_a_cap_that_is_given_holds_but_where_too_few_can_take_the_slot(whole: TeamTask) -> None:
    smallest = chances(prepare(whole))
    cap = (smallest.cap + 1) / 2

    worked = chances(prepare(replace(whole, pair_cap=cap)))

    for row in whole.slots:
        if row.id not in worked.above_cap:
            assert all(worked.chance(row.id, p.id) <= cap for p in whole.inspectors)


def test_a_cap_below_the_smallest_is_refused_with_the_smallest() -> None:
    # half of the four have no visit left, so the others must share the two slots
    people = (*officers(2), *(officer(n, capacity=0) for n in (3, 4)))
    seats = [slot(n) for n in (1, 2)]
    whole = task([visit(n) for n in (1, 2)], seats, people, pair_cap=Fraction(1, 3))

    with pytest.raises(TeamsNotFeasible) as refused:
        chances(prepare(whole))

    explanation = refused.value.explanation
    assert (explanation.shortages, explanation.smallest_cap) == ((), Fraction(1, 2))
    assert explanation.lines() == [
        "单人单席位概率上限定为 1/3（约 33.3334%），太低：要坐满所有席位，至少须为 50%。"
    ]


def test_a_cap_that_rounding_down_made_too_low_says_so() -> None:
    people = [officer(n, capacity=2 if n <= 23 else 0) for n in range(1, 47)]
    seats = [slot(n) for n in (1, 2)]
    whole = task([visit(n) for n in (1, 2)], seats, people, pair_cap=Fraction(1, 23))

    with pytest.raises(TeamsNotFeasible) as refused:
        chances(prepare(whole))

    assert refused.value.explanation.lines() == [
        "单人单席位概率上限定为 1/23（约 4.3479%），按 1/232792560 向下取整后，太低："
        "要坐满所有席位，至少须为 约 4.3479%。"
    ]


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_staffed_is_refused_with_its_explanation(name: str) -> None:
    with pytest.raises(TeamsNotFeasible) as refused:
        chances(prepare(CASES[name].task))

    assert [s.rules for s in refused.value.explanation.shortages] == [
        rules for _, rules, _, _ in CASES[name].shortages
    ]


def test_a_faulty_task_is_refused_with_all_its_faults() -> None:
    with pytest.raises(BadInput) as refused:
        prepare(replace(COUNTRY, alternates=-1, pair_cap=Fraction(2)))

    assert [fault.code for fault in refused.value.faults] == ["pair_cap", "alternates"]


def test_fewer_than_two_sources_are_refused() -> None:
    prepared = prepare(COUNTRY)

    with pytest.raises(BadInput, match="至少要有 2 个来源"):
        commit(prepared, chances(prepared), ["公证处"], salt_key=SALT_KEY, machine_share=SHARE)


def test_another_task_or_another_salt_is_refused() -> None:
    data = country().certificate["commitment"]

    for other, key in ((replace(COUNTRY, bars=()), SALT_KEY), (COUNTRY, "another")):
        with pytest.raises(BadInput, match="与承诺时的不一致"):
            reopen(data, other, key)


def test_another_reveal_draws_other_people() -> None:
    one, other = (held(COUNTRY, text).outcome.members for text in ("1", "2"))

    assert {m.inspector for m in one} != {m.inspector for m in other}


def test_sources_stand_in_the_commitment_as_they_were_named() -> None:
    assert committed(COUNTRY).data["sources"] == list(SOURCES)


def test_the_commitment_names_nobody_and_no_reason() -> None:
    text = canonical(committed(COUNTRY).data).decode()

    for hidden in ("p03", "e01", "region", "2026", *("甲省", "市场监管"), "away"):
        assert hidden not in text
    assert committed(COUNTRY).data["bars"] == [
        ["recusal_assessor", 1],
        ["recusal_former_employer", 1],
        ["rotation", 1],
    ]


def test_whom_a_single_bar_keeps_from_where_cannot_be_tried_out() -> None:
    (bar, *_) = COUNTRY.bars
    whole = replace(COUNTRY, bars=(bar,))

    told = committed(whole).data["task"]

    tried = {
        sha256(canonical(task_to_json(replace(whole, bars=(Bar(v.id, p.id, bar.rule),)))["bars"]))
        for v in whole.visits
        for p in whole.inspectors
    }
    assert told["parts"]["bars"] not in tried
    prepared = prepare(whole)
    other = commit(prepared, chances(prepared), SOURCES, salt_key="another", machine_share=SHARE)
    assert set(other.data["task"]["parts"].values()) & set(told["parts"].values()) == set()
