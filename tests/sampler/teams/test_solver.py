"""Chances of teams: the smallest cap, then even loads, then points; always a valid table."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sampler.faults import Infeasible
from sampler.teams.loads import fair_loads
from sampler.teams.problem import GRID, Level, Solved, TeamProblem
from sampler.teams.solver import solve
from tests.sampler.teams.problems import Programme, a_slot, a_type, caps_of, problems, turned

CLOSE = 1e-6
"""Chances here are fractions of small numbers: they differ by more than this, or not."""


def solved(problem: TeamProblem, pair_cap: Fraction | None = None) -> Solved:
    try:
        return solve(problem, pair_cap)
    except Infeasible:
        assume(False)
        raise


def ratios(found: Solved) -> dict[int, Fraction]:
    return {number: level.value for level in found.levels for number in level.types}


def check_bounds(problem: TeamProblem, found: Solved) -> None:
    """Every bound of a table, in whole units."""
    slots, types = Counter[int](), Counter[int]()
    visits, windows = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for slot, number, amount in found.table.cells:
        place, t = problem.slots[slot], problem.types[number]
        share = -(-GRID // int(problem.eligible[slot]))
        assert number in place.types
        assert 0 < amount <= t.members * max(int(found.cap * GRID), share)
        slots[slot] += amount
        visits[number, place.visit] += amount
        windows[number, place.window] += amount
        types[number] += amount
    assert slots == Counter({slot.number: GRID for slot in problem.slots})
    for t in problem.types:
        of_visits = [a for (n, _), a in visits.items() if n == t.number]
        of_windows = [a for (n, _), a in windows.items() if n == t.number]
        assert all(amount <= t.members * GRID for amount in of_visits)
        assert all(amount <= t.members * t.per_window * GRID for amount in of_windows)
        assert types[t.number] <= t.members * t.capacity * GRID
        load = ratios(found)[t.number] * t.members * t.availability * GRID
        assert abs(types[t.number] - load) < 1


@settings(max_examples=150)
@given(problems(), st.sampled_from([None, Fraction(1, 3), Fraction(1)]))
def test_the_table_keeps_every_bound_to_the_unit(problem: TeamProblem, cap: Fraction) -> None:
    check_bounds(problem, solved(problem, cap))


@settings(max_examples=80)
@given(problems())
def test_no_smaller_cap_fills_all_slots(problem: TeamProblem) -> None:
    programme, nothing = Programme(problem), np.zeros(sum(len(s.types) for s in problem.slots))
    try:
        cap = float(solve(problem).cap)
    except Infeasible:
        assert programme.best(nothing, caps_of(problem, 1.0)) is None
        return

    assert programme.best(nothing, caps_of(problem, cap + CLOSE)) is not None
    # below the smallest equal share Q changes no cap at all
    if cap - CLOSE > 1 / problem.eligible.max():
        assert programme.best(nothing, caps_of(problem, cap - CLOSE)) is None


@settings(max_examples=60)
@given(problems(), st.sampled_from([None, Fraction(1, 2), Fraction(1)]))
def test_nobody_can_serve_more_unless_someone_who_serves_less_gives_way(
    problem: TeamProblem, cap: Fraction
) -> None:
    # what marks a leximin: raising one load needs another that is no higher to sink
    found = solved(problem, cap)
    programme, caps = Programme(problem), caps_of(problem, float(found.cap) + 1e-9)
    ratio, mass = ratios(found), problem.shares
    for number in ratio:
        kept = [ratio[u] if ratio[u] <= ratio[number] else 0 for u in range(len(mass))]
        low = np.array([float(r * int(m)) - 1e-9 for r, m in zip(kept, mass, strict=True)])
        most = programme.best(programme.loads[number], caps, low)
        assert most is not None
        assert abs(most - float(ratio[number] * int(mass[number]))) < CLOSE


@settings(max_examples=60)
@given(problems(), st.sampled_from([None, Fraction(1, 2), Fraction(1)]))
def test_no_table_with_the_same_cap_and_loads_has_more_points(
    problem: TeamProblem, cap: Fraction
) -> None:
    found = solved(problem, cap)
    programme, ratio = Programme(problem), ratios(found)
    low = np.array([float(ratio[n] * int(m)) - 1e-9 for n, m in enumerate(problem.shares)])
    most = programme.best(programme.scores, caps_of(problem, float(found.cap) + 1e-9), low)

    assert most is not None
    assert abs(most - float(found.score)) < 1e-5


@settings(max_examples=60)
@given(problems(), st.randoms(use_true_random=False))
def test_order_and_numbers_do_not_matter(problem: TeamProblem, chance: Random) -> None:
    found = solved(problem)
    types, slots = list(range(len(problem.types))), list(range(len(problem.slots)))
    chance.shuffle(types)
    chance.shuffle(slots)
    other = solve(turned(problem, types, slots))

    assert (other.cap, other.score) == (found.cap, found.score)
    assert {slots[number] for number in other.above} == set(found.above)
    assert ratios(other) == {types[n]: value for n, value in ratios(found).items()}


@settings(max_examples=60)
@given(problems())
def test_a_cap_above_the_smallest_gains_points_or_evenness_and_a_smaller_one_fails(
    problem: TeamProblem,
) -> None:
    tight = solved(problem)
    loose = solve(problem, Fraction(1))

    # the lowest level is the first that leximin compares
    assert loose.levels[0].value >= tight.levels[0].value
    if tight.cap > Fraction(1, int(problem.eligible.max())):
        with pytest.raises(Infeasible):
            solve(problem, tight.cap - Fraction(1, GRID))


def test_equal_people_share_one_slot_equally() -> None:
    found = solve(TeamProblem((a_type(0, 6),), (a_slot(0, [0]),)))

    assert found.cap == Fraction(1, 6)
    assert found.levels == (Level(Fraction(1, 6), (0,)),)


def test_a_slot_with_two_people_does_not_raise_the_cap_of_the_others() -> None:
    types = (a_type(0, 2), a_type(1, 10))
    found = solve(TeamProblem(types, (a_slot(0, [0]), a_slot(1, [0, 1]))))

    assert (found.cap, found.above) == (Fraction(1, 12), (0,))


def test_who_is_there_twice_as_many_days_serves_twice_as_often() -> None:
    types = (a_type(0, availability=1), a_type(1, availability=2))
    found = solve(TeamProblem(types, (a_slot(0, [0, 1]),)), Fraction(1))

    assert found.table.cells == [(0, 0, GRID // 3), (0, 1, 2 * GRID // 3)]


def test_nobody_serves_more_often_than_he_can() -> None:
    slots = tuple(a_slot(n, [0, 1]) for n in range(3))
    many = {"capacity": 3, "per_window": 3}
    found = solve(TeamProblem((a_type(0), a_type(1, **many)), slots), Fraction(1))

    assert [level.value for level in found.levels] == [1, 2]


def test_one_person_cannot_fill_two_slots_of_a_visit() -> None:
    slots = (a_slot(0, [0], visit=0), a_slot(1, [0], visit=0))

    with pytest.raises(Infeasible):
        solve(TeamProblem((a_type(0, capacity=2, per_window=2),), slots))


def test_a_slot_that_nobody_may_take_cannot_be_filled() -> None:
    with pytest.raises(Infeasible):
        solve(TeamProblem((a_type(0),), (a_slot(0, []),)))


def test_availabilities_beyond_64_bits_are_refused() -> None:
    types = (a_type(0, availability=10**12), a_type(1, availability=10**12 + 1))

    with pytest.raises(OverflowError):
        solve(TeamProblem(types, (a_slot(0, [0, 1]),)), Fraction(1))


@pytest.mark.parametrize("cap", [0, GRID // 4])
def test_no_loads_are_told_for_slots_that_stay_empty(cap: int) -> None:
    problem = TeamProblem((a_type(0, 3), a_type(1)), (a_slot(0, [0]), a_slot(1, [1])))

    with pytest.raises(Infeasible):
        fair_loads(problem, np.full(2, cap))


def test_the_steps_are_told_in_their_order() -> None:
    steps: list[str] = []
    solve(TeamProblem((a_type(0),), (a_slot(0, [0]),)), progress=steps.append)

    assert steps == ["cap", "loads", "affinity"]


@given(problems())
def test_levels_rise(problem: TeamProblem) -> None:
    found = solved(problem)

    assert all(low.value < high.value for low, high in pairwise(found.levels))
    assert sorted(ratios(found)) == [t.number for t in problem.types]
