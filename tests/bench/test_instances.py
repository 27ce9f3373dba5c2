"""The adapters of the bench hand the sampler and the peer the same problems."""

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.instances import Instance, Quota, as_problem, family, read_instances, skewed
from bench.sortition import spread
from sampler.quotas import Problem

POOL = Instance(
    name="pool",
    panel=2,
    quotas=(Quota("sex", "f", 1, 2), Quota("sex", "m", 0, 1), Quota("age", "old", 1, 1)),
    people=({"sex": "f", "age": "old"}, {"sex": "m", "age": "young"}, {"sex": "f", "age": "old"}),
)


def test_people_with_equal_features_become_one_type() -> None:
    problem = as_problem(POOL)

    assert Counter({t.cross: t.units for t in problem.types}) == Counter(
        {(True, False, True): 2, (False, True, False): 1}
    )


def test_a_pool_has_one_place_that_holds_the_panel() -> None:
    problem = as_problem(POOL)

    assert (problem.n, problem.counts) == (2, (2,))
    assert all(t.places == (0,) for t in problem.types)
    assert [(c.low, c.high) for c in problem.cross] == [(1, 2), (0, 1), (1, 1)]


def test_a_published_instance_is_read_with_its_panel_from_the_name(tmp_path: Path) -> None:
    folder = tmp_path / "example_small_20"
    folder.mkdir()
    (folder / "categories.csv").write_text("category,feature,min,max\nsex,f,9,20\nsex,m,9,20\n")
    (folder / "respondents.csv").write_text("sex\nf\nm\nf\n")

    (instance,) = read_instances(tmp_path)

    assert (instance.name, instance.panel, len(instance.people)) == ("example_small_20", 20, 3)
    assert instance.quotas == (Quota("sex", "f", 9, 20), Quota("sex", "m", 9, 20))


def least_and_most(problem: Problem, category: str) -> tuple[int, int]:
    """Panel members that the quotas of one category admit."""
    of = [c for c in problem.cross if c.name.startswith(category)]
    return sum(c.low for c in of), sum(c.high for c in of)


@settings(max_examples=20)
@given(size=st.integers(60, 400), tight=st.booleans(), seed=st.integers(0, 99))
def test_the_quotas_of_a_made_up_pool_fit_its_panel(size: int, tight: bool, seed: int) -> None:
    instance = family(size, tight=tight, seed=seed)
    problem = as_problem(instance)

    assert sum(t.units for t in problem.types) == size == len(instance.people)
    for category in {q.category for q in instance.quotas}:
        least, most = least_and_most(problem, category)
        assert least <= instance.panel <= most


def test_the_same_seed_makes_the_same_pool() -> None:
    assert family(80, seed=3) == family(80, seed=3) != family(80, seed=4)
    assert skewed(50, 9, 3, seed=3) == skewed(50, 9, 3, seed=3)


@pytest.mark.parametrize("units", [1, 5])
def test_equal_chances_have_no_spread(units: int) -> None:
    found = spread([(Fraction(1, 10), units), (Fraction(1, 10), 7)])

    assert (found.smallest, found.gini) == (0.1, 0)


def test_a_smaller_chance_is_worse_and_so_is_a_larger_gini() -> None:
    even = spread([(Fraction(1, 10), 2)])
    uneven = spread([(Fraction(1, 20), 1), (Fraction(3, 20), 1)])

    assert even.not_worse_than(uneven)
    assert not uneven.not_worse_than(even)
