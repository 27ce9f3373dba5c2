"""The national plan of 2023, drawn again and again: exact counts, and the promised chances."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from math import sqrt
from statistics import NormalDist
from typing import Any

import pytest
from scipy.stats import binomtest

from sampler.draw import Counts, rounded
from sampler.hashing import tagged
from sampler.tickets import in_order, tickets
from tests.sampler.builders import Case
from tests.sampler.demo import country, example_plan

ERROR = 1e-4
"""How often an honest draw may fail one of these tests (all types together, Bonferroni)."""


@cache
def national() -> dict[str, Any]:
    """The commitment of the plan of 2023 on the demo roster of the country."""
    case = Case(example_plan("2023-national"), country(53_834, 5_200))
    return case.commitment().data


def draws(number: int) -> Iterator[Counts]:
    return (rounded(national(), tagged("fair in fact", str(i))) for i in range(number))


def by_type(counts: Counts) -> Counter[int]:
    """Drawn units of each type, over all places."""
    sums = Counter[int]()
    for (t, _), count in counts.items():
        sums[t] += count
    return sums


def by_place(counts: Counts) -> Counter[int]:
    """Drawn units for each place, over all types."""
    sums = Counter[int]()
    for (_, place), count in counts.items():
        sums[place] += count
    return sums


def check_counts(number: int) -> None:
    plan, types = national()["plan"], national()["types"]
    places = {i: count for i, (_, count) in enumerate(plan["fields"])}
    qi_centres = {t["number"] for t in types if t["cross"]}
    units = {t["number"]: t["units"] for t in types}
    for counts in draws(number):
        drawn = by_type(counts)
        assert by_place(counts) == places
        assert sum(count for t, count in drawn.items() if t in qi_centres) == 20
        assert all(count <= units[t] for t, count in drawn.items())


def check_chances(number: int) -> None:
    """z = (count - N pi) / sqrt(N v) for each type, v estimated from the replayed draws."""
    sums, squares = Counter[int](), Counter[int]()
    for counts in draws(number):
        drawn = by_type(counts)
        sums.update(drawn)
        squares.update({t: count * count for t, count in drawn.items()})
    drawable = [t for t in national()["types"] if not t["chance"].startswith("0/")]
    bound = NormalDist().inv_cdf(1 - ERROR / len(drawable) / 2)
    for t in drawable:
        numerator, denominator = map(int, t["chance"].split("/"))
        mean = t["units"] * numerator / denominator
        total = sums[t["number"]]
        v = (squares[t["number"]] - total * total / number) / (number - 1)
        # a rounded row is its floor or its ceiling: the excess over the floor is binomial,
        # which also judges types too rare for a z
        excess = binomtest(total - number * int(mean), number, mean - int(mean))
        assert excess.pvalue > ERROR / len(drawable), t
        if v * number >= 10:
            assert abs(total - number * mean) / sqrt(number * v) < bound, t
    assert sum(sums.values()) == number * national()["plan"]["n"]
    assert set(sums) <= {t["number"] for t in drawable}


def test_every_count_of_the_notice_is_exact_in_every_draw() -> None:
    check_counts(300)


def test_types_are_drawn_as_often_as_their_chances_say() -> None:
    check_chances(300)


@pytest.mark.soak
def test_every_count_of_the_notice_is_exact_in_ten_thousand_draws() -> None:
    check_counts(10_000)


@pytest.mark.soak
def test_types_are_drawn_as_often_as_their_chances_say_in_ten_thousand_draws() -> None:
    check_chances(10_000)


def test_the_units_of_a_type_take_turns() -> None:
    # over 400 seeds each of twenty units has the smallest ticket about equally often
    units = [f"机构{i}" for i in range(20)]
    first = Counter(in_order(tickets(tagged("fair in fact", str(i)), units))[0] for i in range(400))

    # chi-square with 19 degrees of freedom exceeds 52.4 once in twenty thousand
    assert sum((first[u] - 20) ** 2 / 20 for u in units) < 52.4
