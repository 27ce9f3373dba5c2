"""Drawing by hand, field after field: what is drawn, and with which chances."""

from collections import Counter
from fractions import Fraction

import pytest

from sampler.classical.design import design
from sampler.classical.promises import EXACT, chances, needs_replay
from sampler.classical.taking import Candidate, RanOut, take
from sampler.faults import BadInput
from sampler.quotas import Cross, Kind, Method, Problem, UnitType
from tests.sampler.classical_cases import QI, by_fields, by_hand, coins, drawn_by, queue_of

# -- field after field ----------------------------------------------------------------

OVERLAPPING = by_fields([1, 2], (2, (0,)), (2, (0, 1)), (2, (1,)))
CROSSED = by_fields([1, 3], (3, (0,)), (2, (0, 1)), (2, (1,)), (3, (1,)), qi=2, qi_types=[2, 3])
SCARCE = by_fields([2, 1], (1, (0,)), (2, (0, 1)), (1, (1,)), (1, (0, 1)), qi=1, qi_types=[2, 3])


def test_a_draw_field_by_field_fills_every_place_with_those_who_may_fill_it() -> None:
    problem = by_fields([2, 3, 4], (9, (0, 2)), (9, (1,)), (9, (0, 1, 2)))
    places = {t.number: t.places for t in problem.types}
    for seed in map(str, range(50)):
        drawn = take(
            problem, design(problem, Method.SEQUENTIAL), queue_of(problem, seed), coins(seed)
        )
        assert Counter(place for _, place in drawn) == {0: 2, 1: 3, 2: 4}
        assert all(place in places[unit.type] for unit, place in drawn)
        assert [place for _, place in drawn] == sorted(place for _, place in drawn)


def test_the_cross_quota_is_exact_when_drawn_by_hand() -> None:
    problem = by_fields([3, 3], (9, (0,)), (9, (1,)), (9, (0, 1)), (9, (1,)), qi=2, qi_types=[3, 4])
    for seed in map(str, range(50)):
        drawn = take(
            problem, design(problem, Method.SEQUENTIAL), queue_of(problem, seed), coins(seed)
        )
        assert sum(unit.type in (3, 4) for unit, _ in drawn) == 2
        assert Counter(place for _, place in drawn) == {0: 3, 1: 3}
        assert {unit.type for unit, _ in drawn[:2]} <= {3, 4}


def test_a_unit_of_the_cross_quota_takes_the_first_place_with_room_or_is_skipped() -> None:
    problem = by_fields([1, 1], (1, (0,)), (1, (0,)), (1, (0, 1)), qi=2, qi_types=[1, 2, 3])
    made = design(problem, Method.SEQUENTIAL)
    seen: set[tuple[tuple[int | None, int], ...]] = set()
    for seed in map(str, range(60)):
        try:
            drawn = take(problem, made, queue_of(problem, seed), coins("不用"))
            seen.add(tuple((unit.type, place) for unit, place in drawn))
        except RanOut as ran_out:
            seen.add(((ran_out.place, ran_out.missing),))
    # when the third comes first it takes the only place of the other two
    assert seen == {((1, 0), (3, 1)), ((2, 0), (3, 1)), ((None, 1),)}


@pytest.mark.parametrize(
    "problem",
    [
        by_fields([1, 2], (3, (0,)), (3, (1,))),
        by_fields([1, 2], (2, (0, 1)), (3, (1,))),
        by_fields([2, 1], (5, (0, 1))),
    ],
)
def test_chances_field_by_field_are_exact_where_no_pool_depends_on_chance(problem: Problem) -> None:
    assert chances(problem, design(problem, Method.SEQUENTIAL)) == (by_hand(problem), EXACT)


@pytest.mark.parametrize(
    ("problem", "qi", "qi_types"), [(OVERLAPPING, 0, []), (CROSSED, 2, [2, 3]), (SCARCE, 1, [2, 3])]
)
def test_virtual_draws_come_close_to_the_chances_of_all_ways_the_lots_can_fall(
    problem: Problem, qi: int, qi_types: list[int]
) -> None:
    made, truth = design(problem, Method.SEQUENTIAL), by_hand(problem, qi, qi_types)
    estimated, note = chances(problem, made, coins("虚拟"))
    error = float(note.split("最大标准误 ")[1].split("；")[0])
    assert needs_replay(problem, made)
    assert error < 0.02
    assert all(abs(estimated[t] - truth[t]) < 4 * error for t in truth)


@pytest.mark.parametrize(
    ("problem", "qi", "qi_types"),
    [(by_fields([1, 2], (2, (0, 1)), (3, (1,))), 0, []), (CROSSED, 2, [2, 3])],
)
def test_real_draws_come_close_to_the_chances_of_all_ways_the_lots_can_fall(
    problem: Problem, qi: int, qi_types: list[int]
) -> None:
    made, truth = design(problem, Method.SEQUENTIAL), by_hand(problem, qi, qi_types)
    hits: Counter[int] = Counter()
    for seed in range(1_500):
        drawn = take(problem, made, queue_of(problem, str(seed)), coins("不用"))
        hits.update(unit.type for unit, _ in drawn)
    for t in problem.types:
        assert hits[t.number] / 1_500 / t.units == pytest.approx(float(truth[t.number]), abs=0.05)


def test_virtual_draws_report_their_progress() -> None:
    seen: list[tuple[int, int]] = []
    made = design(OVERLAPPING, Method.SEQUENTIAL)
    _, note = chances(
        OVERLAPPING, made, coins("虚拟"), 50, lambda done, rounds: seen.append((done, rounds))
    )
    assert seen == [(done, 50) for done in range(50)]
    assert note.startswith("近似：按 50 次模拟抽取估计，最大标准误 ")


def test_virtual_draws_need_coins() -> None:
    with pytest.raises(ValueError, match="needs coins"):
        chances(OVERLAPPING, design(OVERLAPPING, Method.SEQUENTIAL))


def test_a_draw_by_hand_that_runs_out_says_where() -> None:
    problem = by_fields([1, 1], (1, (0, 1)), (1, (0,)))
    made = design(problem, Method.SEQUENTIAL)
    queue = [Candidate(1, "甲", 1), Candidate(2, "乙", 2)]
    with pytest.raises(RanOut, match="领域1：抽到此处时可抽机构不足，还差 1 家"):
        take(problem, made, queue, coins("不用"))
    estimated, note = chances(problem, made, coins("虚拟"), rounds=100)
    assert estimated == {1: 1, 2: 1}
    assert "次未能抽满，未计入" in note


def test_a_draw_by_hand_that_always_runs_out_is_told_with_the_chances() -> None:
    problem = by_fields([1, 2], (5, (0,)), (1, (1,)))
    with pytest.raises(RanOut, match="领域1"):
        chances(problem, design(problem, Method.SEQUENTIAL))
    crossed = by_fields([1, 1], (5, (0,)), (1, (1,)), qi=2, qi_types=[1])
    with pytest.raises(RanOut, match="质检中心"):
        chances(crossed, design(crossed, Method.SEQUENTIAL), coins("虚拟"), rounds=5)


def test_by_hand_there_is_one_exact_cross_quota_at_most() -> None:
    for cross in ((Cross("甲", QI, 1, 2),), (Cross("甲", QI, 1, 1), Cross("乙", QI, 1, 1))):
        types = (UnitType(1, Kind.ORDINARY, 5, (0,), (True,) * len(cross)),)
        with pytest.raises(BadInput, match="逐领域抽取最多只能有一条交叉数量"):
            design(Problem(2, ("全部",), (2,), cross, types), Method.SEQUENTIAL)


def test_certain_units_are_seated_so_that_all_find_a_place() -> None:
    types = (
        UnitType(1, Kind.CERTAIN, 1, (0, 1)),
        UnitType(2, Kind.CERTAIN, 1, (0,)),
        UnitType(3, Kind.ORDINARY, 4, (1,)),
    )
    problem = Problem(3, ("甲", "乙"), (1, 2), (), types)
    made = design(problem, Method.SEQUENTIAL)
    drawn = take(problem, made, queue_of(problem, "种子"), coins("不用"))
    assert [(unit.type, place) for unit, place in drawn] == [(2, 0), (1, 1), (3, 1)]
    assert chances(problem, made) == ({1: 1, 2: 1, 3: Fraction(1, 4)}, EXACT)


def test_certain_units_that_cannot_all_be_seated_are_a_fault() -> None:
    types = (UnitType(1, Kind.CERTAIN, 2, (0,)), UnitType(2, Kind.ORDINARY, 4, (0, 1)))
    with pytest.raises(BadInput, match="必查机构无法全部安排"):
        design(Problem(2, ("甲", "乙"), (1, 1), (), types), Method.SEQUENTIAL)


def test_certain_units_count_for_the_cross_quota() -> None:
    cross = (Cross("质检中心", QI, 1, 1),)
    types = (
        UnitType(1, Kind.CERTAIN, 1, (0,), (True,)),
        UnitType(2, Kind.ORDINARY, 5, (0,), (True,)),
        UnitType(3, Kind.ORDINARY, 5, (0,), (False,)),
    )
    problem = Problem(3, ("全部",), (3,), cross, types)
    assert Counter(unit.type for unit in drawn_by(problem, Method.SEQUENTIAL)) == {1: 1, 3: 2}
    none = Problem(3, ("全部",), (3,), (Cross("质检中心", QI, 0, 0),), types)
    with pytest.raises(BadInput, match="必查机构中已有 1 家属于此类，多于规定的 0 家"):
        design(none, Method.SEQUENTIAL)
