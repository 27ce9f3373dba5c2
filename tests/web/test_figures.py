"""The figures of the page add up, whatever the plan."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampler.commitment import Worked
from sampler.inputs.plan_text import read_plan
from sampler.procedure import Prepared, chances, prepare
from tests.web.visits import SMALL
from web.demo import DemoRoster, example_plans
from web.trials import figures
from web.words.draws import percent

WEIGHTED = """
name = "加权"
n = 12
other = "其他领域"
[fields]
"食品检验" = 4
"其他领域" = 8
[weights]
by = "credit_class"
A = 1
B = 2
C = 4
D = 0
"""

Case = tuple[Prepared, Worked]


@pytest.fixture(scope="module", params=["2023-national", "2023-national-all", "weights"])
def case(request: pytest.FixtureRequest) -> Case:
    plans = {key: example.plan for key, example in example_plans().items()}
    plans["weights"] = read_plan(WEIGHTED.encode())
    prepared = prepare(plans[request.param], DemoRoster(SMALL).roster)
    return prepared, chances(prepared)


def test_every_unit_stands_in_one_bar(case: Case) -> None:
    prepared, worked = case

    bars = figures.distribution(prepared, worked, 2)

    assert sum(bar.units for bar in bars) == figures.in_all(prepared, worked).units


def test_mean_chances_add_up_to_the_number_of_draws(case: Case) -> None:
    total = figures.in_all(*case)

    assert total.mean * total.units == case[0].plan.n
    assert total.least <= total.mean <= total.most


def test_no_place_promises_less_than_the_smallest_chance(case: Case) -> None:
    total = figures.in_all(*case)

    for row in figures.by_place(*case):
        assert total.least <= row.least <= row.mean <= row.most <= total.most


@given(st.fractions(min_value=Fraction(1, 10**6), max_value=1))
def test_an_axis_ends_at_a_round_number_not_far_above(value: Fraction) -> None:
    end = figures.round_up(value)

    assert value <= end < value * Fraction(5, 3)


@given(st.fractions(min_value=0, max_value=1))
def test_a_percentage_is_within_half_of_its_last_digit(value: Fraction) -> None:
    assert abs(Fraction(percent(value)[:-1]) / 100 - value) <= Fraction(1, 20_000)
