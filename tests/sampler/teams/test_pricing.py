"""Of many people who could serve only few are asked at first; nobody better is overlooked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from sampler.faults import Infeasible
from sampler.teams.affinity import best_table, score_of
from sampler.teams.problem import GRID, Ints, TeamProblem
from tests.sampler.teams.problems import a_slot, a_type


def crowd(points: Ints, capacity: int) -> TeamProblem:
    """Everybody may take every slot; *points* are (slots, people)."""
    everybody = range(points.shape[1])
    most = {"capacity": capacity, "per_window": capacity}
    types = tuple(a_type(n, **most) for n in everybody)
    slots = tuple(a_slot(n, everybody, scores=row) for n, row in enumerate(points))
    return TeamProblem(types, slots)


def score(problem: TeamProblem, low: int = 0) -> object:
    caps = np.full(len(problem.slots), GRID)
    least = np.full(len(problem.types), low)
    table = best_table(problem, caps, least, GRID * problem.capacity)
    return score_of(problem, table)


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(0, 20), st.integers(1, 4))
def test_the_best_of_forty_people_are_found_whoever_is_asked_first(
    seed: int, alike: int, capacity: int
) -> None:
    # the more alike the slots judge, the more of them want the same few people
    chance = np.random.default_rng(seed)
    points = chance.integers(0, 20, (8, 40)) + alike * chance.integers(0, 20, 40)
    chosen = linear_sum_assignment(np.repeat(points, capacity, axis=1), maximize=True)

    best = np.repeat(points, capacity, axis=1)[chosen].sum()

    assert score(crowd(points, capacity)) == best


def test_whoever_must_serve_is_found_though_nobody_wants_him() -> None:
    # all slots would have the last; no two judge alike, or they would be one group
    points = np.tile(3 * np.arange(40), (40, 1)) + np.eye(40, dtype=np.int64)

    assert score(crowd(points, 1), low=GRID) == 3 * sum(range(40)) + 40


def test_too_many_slots_for_all_who_are_there_cannot_be_filled() -> None:
    with pytest.raises(Infeasible):
        score(crowd(np.zeros((3, 2), dtype=np.int64), 1))
