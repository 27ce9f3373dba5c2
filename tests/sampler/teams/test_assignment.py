"""The draw of teams: every rule under every seed, the promised chances over all of them."""

from collections import Counter
from fractions import Fraction
from functools import cache
from math import ceil, floor, perm
from statistics import NormalDist

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sampler.faults import Infeasible
from sampler.hashing import tagged
from sampler.teams.assignment import Assignment, Lots, deal, draw_members, whole_types
from sampler.teams.problem import GRID, TeamProblem
from sampler.teams.solver import solve
from tests.sampler.builders import every_outcome
from tests.sampler.teams.problems import a_slot, a_type, lots, problems

ERROR = 1e-4
"""How often an honest draw may fail a test of chances (all pairs together, Bonferroni)."""


def seed(number: int) -> str:
    return tagged("teams in fact", str(number))


def drawable(problem: TeamProblem, cap: Fraction | None = None) -> Lots:
    try:
        return lots(problem, solve(problem, cap).table)
    except Infeasible:
        assume(False)
        raise


@cache
def busy() -> tuple[TeamProblem, Lots]:
    """Few people with much to do, so that all bounds bind: visits, windows, capacities."""
    types = (
        a_type(0, 3, capacity=4, per_window=2),
        a_type(1, 2, capacity=3, per_window=2, availability=2),
        a_type(2, 1, capacity=4, per_window=2),
        a_type(3, 2, capacity=2, per_window=1),
    )
    able = ([0, 1], [0, 2, 3], [1, 2, 3])
    slots = tuple(
        a_slot(3 * visit + i, able[i], visit=visit, window=visit // 3, scores=range(len(able[i])))
        for visit in range(6)
        for i in range(3)
    )
    problem = TeamProblem(types, slots)
    return problem, lots(problem, solve(problem).table)


def check_rules(problem: TeamProblem, made: Lots, drawn: Assignment) -> None:
    number_of = {person: n for n, people in enumerate(made.members) for person in people}
    seats = list(zip(drawn.drawn, made.seats, strict=True))
    assert all(number_of[person] in seat.types for person, seat in seats)
    assert max(Counter((person, seat.visit) for person, seat in seats).values()) == 1
    for (person, _), often in Counter((person, seat.window) for person, seat in seats).items():
        assert often <= problem.types[number_of[person]].per_window
    loads = Counter(drawn.drawn)
    expected = Counter[int]()
    for _, number, amount in made.cells:
        expected[number] += amount
    for person, number in number_of.items():
        mean = Fraction(expected[number], GRID * problem.types[number].members)
        assert floor(mean) <= loads[person] <= ceil(mean) <= problem.types[number].capacity


def check_alternates(problem: TeamProblem, made: Lots, drawn: Assignment) -> None:
    number_of = {person: n for n, people in enumerate(made.members) for person in people}
    loads = Counter(drawn.drawn)
    windows = Counter((p, seat.window) for p, seat in zip(drawn.drawn, made.seats, strict=True))
    teams = {(p, seat.visit) for p, seat in zip(drawn.drawn, made.seats, strict=True)}
    for seat, people in zip(made.seats, drawn.alternates, strict=True):
        assert len(set(people)) == len(people)
        for person in people:
            t = problem.types[number_of[person]]
            assert t.number in seat.types
            assert (person, seat.visit) not in teams
            assert loads[person] < t.capacity
            assert windows[person, seat.window] < t.per_window


@settings(max_examples=80)
@given(problems(), st.sampled_from([None, Fraction(1)]), st.integers(0, 99))
def test_no_rule_is_broken_in_any_task(
    problem: TeamProblem, cap: Fraction | None, number: int
) -> None:
    made = drawable(problem, cap)
    drawn = draw_members(made, seed(number), 3)

    check_rules(problem, made, drawn)
    check_alternates(problem, made, drawn)


def test_no_rule_is_broken_over_a_thousand_seeds() -> None:
    problem, made = busy()
    for number in range(1_000):
        drawn = draw_members(made, seed(number), 1)
        check_rules(problem, made, drawn)
        check_alternates(problem, made, drawn)


def check_chances(seeds: int) -> None:
    """Each pair is drawn as often as its chance says, in a binomial number of seeds."""
    problem, made = busy()
    counts = Counter[tuple[str, str]]()
    for number in range(seeds):
        drawn = draw_members(made, seed(number), 0).drawn
        counts.update((p, seat.id) for p, seat in zip(drawn, made.seats, strict=True))
    pairs = {
        (person, made.seats[slot].id): amount / (GRID * problem.types[number].members)
        for slot, number, amount in made.cells
        for person in made.members[number]
    }
    bound = NormalDist().inv_cdf(1 - ERROR / len(pairs) / 2)
    for pair, chance in pairs.items():
        spread = (seeds * chance * (1 - chance)) ** 0.5
        assert abs(counts[pair] - seeds * chance) <= bound * spread + 1e-6, pair
    assert set(counts) <= set(pairs)


def test_people_are_drawn_as_often_as_their_chances_say() -> None:
    check_chances(1_000)


@pytest.mark.soak
def test_people_are_drawn_as_often_as_their_chances_say_in_twenty_thousand_draws() -> None:
    check_chances(20_000)


@settings(max_examples=40)
@given(problems(types=3, visits=2))
def test_over_all_coins_types_come_exactly_as_often_as_the_table_says(
    problem: TeamProblem,
) -> None:
    assume(len(problem.slots) <= 4)
    made = drawable(problem)
    mean = Counter[tuple[int, int]]()
    for types, odds in every_outcome(lambda coins: whole_types(made, coins)):
        for slot, number in enumerate(types):
            mean[slot, number] += odds  # type: ignore[assignment]

    assert mean == {(slot, n): Fraction(amount, GRID) for slot, n, amount in made.cells}


def test_members_of_a_type_get_every_slot_equally_often() -> None:
    # three people for five slots: whoever serves twice serves once in each window
    slots = tuple(a_slot(n, [0], window=n % 2) for n in range(5))
    problem = TeamProblem((a_type(0, 3, capacity=2, per_window=1),), slots)
    made = lots(problem, solve(problem).table)
    counts = Counter[tuple[str, int]]()
    for number in range(1_200):
        drawn = deal(made, [0] * 5, seed(number))
        counts.update((person, slot) for slot, person in enumerate(drawn))
        assert sorted(Counter(drawn).values()) == [1, 2, 2]

    # 400 each; a spread of 16.3
    assert len(counts) == 15
    assert all(abs(count - 400) < 75 for count in counts.values())


@settings(max_examples=40)
@given(problems(), st.integers(0, 99))
def test_more_alternates_never_change_the_drawn_nor_the_alternates_before_them(
    problem: TeamProblem, number: int
) -> None:
    made = drawable(problem)
    few, many = (draw_members(made, seed(number), wanted) for wanted in (1, 4))

    assert few.drawn == many.drawn
    assert few.alternates == tuple(people[:1] for people in many.alternates)


def test_not_the_same_people_stand_by_for_all() -> None:
    problem = TeamProblem((a_type(0, 40),), tuple(a_slot(n, [0]) for n in range(10)))
    made = lots(problem, solve(problem).table)

    assert len(set(draw_members(made, seed(0), 1).alternates)) > 5


def test_all_orders_of_two_teams_come_up() -> None:
    problem = TeamProblem((a_type(0, 3),), (a_slot(0, [0]), a_slot(1, [0])))
    made = lots(problem, solve(problem).table)

    assert len({draw_members(made, seed(n), 0).drawn for n in range(200)}) == perm(3, 2)


def test_a_damaged_table_is_refused() -> None:
    problem = TeamProblem((a_type(0), a_type(1)), (a_slot(0, [0, 1]),))
    made = lots(problem, solve(problem).table)
    damaged = Lots(GRID, [(0, 0, 5), (0, 1, 6)], made.seats, made.types, made.members)

    with pytest.raises(ValueError, match="does not"):
        draw_members(damaged, seed(0), 0)
