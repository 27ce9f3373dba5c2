"""The made-up problems of the bench are what they say, and their costs are counted."""

import pytest

from bench import growth
from sampler.cuts import leximin
from sampler.pools import nest


@pytest.mark.parametrize(("types", "fields", "pools"), [(20, 1, 1), (60, 3, 3), (100, 5, 7)])
def test_a_made_up_problem_nests_and_can_be_drawn(types: int, fields: int, pools: int) -> None:
    problem = growth.problem(types, fields, pools, weights=3)
    tree = nest(problem)

    assert tree is not None
    assert (len(problem.counts), len(problem.cross)) == (fields, pools)
    assert len({t for level in leximin(problem, tree) for t in level.types}) == len(problem.types)


def test_the_counts_of_a_draw_are_the_same_every_time() -> None:
    first, second = (growth.cost(growth.problem(60, 3, 3, weights=5)) for _ in range(2))

    assert first.screened % 2**3 == 0
    assert first.screened > 0 < first.cycles
    assert (first.judged, first.levels, first.bits) == (second.judged, second.levels, second.bits)
    assert (first.cycles, first.searches) == (second.cycles, second.searches)
