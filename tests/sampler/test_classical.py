"""The classical methods: what they draw, and whether they keep the chances they announce."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampler.classical.design import Design, allocate, design, not_kept
from sampler.classical.promises import EXACT, chances
from sampler.faults import BadInput
from sampler.hashing import canonical
from sampler.quotas import Certain, Cross, Kind, Method, Plan, Problem, Shares, UnitType
from tests.sampler.classical_cases import (
    CLASSICAL,
    ONE_PLACE,
    QI,
    bounded,
    by_fields,
    drawn_by,
    draws,
    one_place,
    over_all_ticket_orders,
    types_of_one_place,
)

# -- every method ---------------------------------------------------------------------


@bounded
@given(draws(), st.sampled_from(CLASSICAL), st.text(max_size=3))
def test_every_method_draws_n_different_units(problem: Problem, method: Method, seed: str) -> None:
    drawn = drawn_by(problem, method, seed)
    assert len({unit.unit_id for unit in drawn}) == len(drawn) == problem.n


@bounded
@given(draws(), st.sampled_from(CLASSICAL), st.text(max_size=3))
def test_certain_units_are_always_drawn_and_come_first(
    problem: Problem, method: Method, seed: str
) -> None:
    certain = {t.number for t in problem.types if t.kind is Kind.CERTAIN}
    must = sum(t.units for t in problem.types if t.kind is Kind.CERTAIN)
    drawn = drawn_by(problem, method, seed)
    assert all(unit.type in certain for unit in drawn[:must])


@bounded
@given(draws(), st.sampled_from(CLASSICAL))
def test_the_chances_of_all_units_sum_to_n(problem: Problem, method: Method) -> None:
    known, _ = chances(problem, design(problem, method))
    assert sum(known[t.number] * t.units for t in problem.types) == problem.n
    assert all(0 <= p <= 1 for p in known.values())


@bounded
@given(draws(), st.sampled_from(CLASSICAL))
def test_a_design_survives_being_written_down(problem: Problem, method: Method) -> None:
    made = design(problem, method)
    assert Design.from_json(json.loads(canonical(made.as_json()))) == made


@pytest.mark.parametrize("method", CLASSICAL)
def test_units_without_weight_excluded_or_not_eligible_are_never_drawn(method: Method) -> None:
    types = (
        UnitType(1, Kind.ORDINARY, 3, (0,), (), 2),
        UnitType(2, Kind.ORDINARY, 9, (0,), (), 0),
        UnitType(3, Kind.EXCLUDED, 9, (0,)),
        UnitType(4, Kind.OUTSIDE, 9, (0,)),
    )
    problem = Problem(3, ("全部",), (3,), (), types)
    assert {unit.type for unit in drawn_by(problem, method)} == {1}
    assert chances(problem, design(problem, method))[0] == {1: 1, 2: 0, 3: 0, 4: 0}


@pytest.mark.parametrize("method", CLASSICAL)
def test_too_few_units_and_too_many_certain_ones_are_faults(method: Method) -> None:
    with pytest.raises(BadInput, match="可抽机构只有 3 家，少于应抽的 4 家"):
        design(one_place(4, (3, 1)), method)
    with pytest.raises(BadInput, match="必查机构有 3 家，多于应抽的 2 家"):
        design(one_place(2, (3, 1), certain=3), method)


def test_the_fair_draw_is_not_a_classical_method() -> None:
    with pytest.raises(ValueError, match="not a classical method"):
        design(one_place(1, (3, 1)), Method.FAIR)


@pytest.mark.parametrize("method", ONE_PLACE)
def test_methods_that_know_no_places_refuse_several(method: Method) -> None:
    with pytest.raises(ValueError, match="knows no places"):
        design(by_fields([1, 1], (3, (0, 1))), method)


def test_what_a_method_does_not_keep_is_said() -> None:
    plan = Plan(
        "计划",
        2,
        cap=Fraction(1, 2),
        fields=(("食品", 1), ("其他", 1)),
        cross=(Cross("质检中心", QI, 1, 1),),
        weights=Shares("level", (("国家级", Fraction(2)),)),
        certain=(Certain("甲", "回头看"),),
    )
    assert not_kept(plan, Method.FAIR) == []
    assert not_kept(plan, Method.SEQUENTIAL) == [
        "此方法不保证单家机构的概率上限",
        "此方法不使用权重，只不抽权重为 0 的机构",
    ]
    assert not_kept(plan, Method.PARETO) == [
        "此方法不分领域抽取，不保证各领域的数量",
        "此方法不保证以下交叉数量：质检中心",
        "此方法不保证单家机构的概率上限",
    ]


# -- simple and proportional ----------------------------------------------------------


@bounded
@given(draws(), st.text(max_size=3))
def test_a_larger_simple_draw_begins_with_the_smaller(problem: Problem, seed: str) -> None:
    smaller = Problem(problem.n, problem.names, problem.counts, (), problem.types)
    all_units = sum(t.units for t in problem.types)
    larger = Problem(all_units, problem.names, (all_units,), (), problem.types)
    assert drawn_by(larger, Method.SIMPLE, seed)[: problem.n] == drawn_by(
        smaller, Method.SIMPLE, seed
    )


@pytest.mark.parametrize("method", [Method.SIMPLE, Method.PROPORTIONAL])
@pytest.mark.parametrize(
    "problem",
    [
        one_place(3, (2, 1), (3, 4), (1, 1)),
        one_place(4, (2, 5), (3, 1), certain=2),
        one_place(6, (6, 1)),
        one_place(1, (4, 1), (2, 2)),
    ],
)
def test_announced_chances_are_those_of_all_ticket_orders(method: Method, problem: Problem) -> None:
    made = design(problem, method)
    assert chances(problem, made) == (over_all_ticket_orders(problem, made), EXACT)


def test_largest_remainders_give_the_textbook_seats() -> None:
    votes = [47_000, 16_000, 15_800, 12_000, 6_100, 3_100]
    assert allocate(10, votes, votes) == [5, 2, 1, 1, 1, 0]


def test_largest_remainders_show_the_alabama_paradox() -> None:
    states = [6_000, 6_000, 2_000]
    assert allocate(10, states, states) == [4, 4, 2]
    assert allocate(11, states, states) == [5, 5, 1]


def test_a_tie_between_remainders_goes_to_the_earlier_stratum() -> None:
    assert allocate(1, [5, 5], [5, 5]) == [1, 0]
    assert allocate(3, [4, 4], [4, 4]) == [2, 1]


def test_what_a_small_stratum_cannot_take_goes_to_the_others_in_proportion() -> None:
    # 12 x 80/120 = 8 would exceed the two units of the first stratum
    assert allocate(12, [2, 20, 20], [80, 30, 10]) == [2, 8, 2]


@bounded
@given(types_of_one_place, st.data())
def test_an_allocation_stays_within_one_unit_of_proportion(
    strata: list[tuple[int, int]], data: st.DataObject
) -> None:
    sizes = [units for units, _ in strata]
    masses = [units * weight for units, weight in strata]
    count = data.draw(st.integers(0, sum(sizes)))
    shares = allocate(count, sizes, masses)
    assert sum(shares) == count
    assert all(0 <= share <= size for share, size in zip(shares, sizes, strict=True))
    quotas = [Fraction(count * mass, sum(masses)) for mass in masses]
    if all(quota <= size for quota, size in zip(quotas, sizes, strict=True)):
        assert all(abs(share - q) < 1 for share, q in zip(shares, quotas, strict=True))


def test_strata_can_be_named_in_the_order_of_the_plan() -> None:
    problem = one_place(3, (4, 1), (4, 1))
    made = design(problem, Method.PROPORTIONAL, strata=[[2], [1]])
    assert [(step.types, step.count) for step in made.steps] == [((2,), 2), ((1,), 1)]
