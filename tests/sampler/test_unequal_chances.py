"""Order sampling and Sampford: unequal chances, and whether they are kept."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, permutations, product
from math import log, prod

import pytest
from hypothesis import given

from sampler.classical.design import design
from sampler.classical.promises import EXACT, NOMINAL, chances
from sampler.classical.sampford import Sampford
from sampler.classical.taking import TICKETS, Candidate, sampford_table, take
from sampler.quotas import Method, Problem
from tests.sampler.classical_cases import bounded, coins, drawn_by, draws, one_place, queue_of

# -- order sampling -------------------------------------------------------------------


def share_of_first(method: Method, problem: Problem, grid: int = 60) -> float:
    """How often the unit of type 1 is drawn when two tickets run over a square grid."""
    made = design(problem, method)
    tickets = [(2 * i + 1) * TICKETS // (2 * grid) for i in range(grid)]
    hits = 0
    for first, second in product(tickets, repeat=2):
        queue = sorted([Candidate(first, "甲", 1), Candidate(second, "乙", 2)])
        hits += take(problem, made, queue, coins("不用"))[0][0].type == 1
    return hits / grid**2


def test_one_of_two_by_order_sampling_has_its_known_chance() -> None:
    """Nominally 2/3. Sequential Poisson: P(u < 2 v) = 3/4. Pareto: with c the square of
    the odds the difference of two logistic variables gives c (c - 1 - ln c) / (c - 1)^2.
    """
    problem, c = one_place(1, (1, 2), (1, 1)), 4
    assert share_of_first(Method.SPS, problem) == pytest.approx(3 / 4, abs=0.005)
    pareto = c * (c - 1 - log(c)) / (c - 1) ** 2
    assert share_of_first(Method.PARETO, problem) == pytest.approx(pareto, abs=0.005)


@pytest.mark.parametrize("method", [Method.SPS, Method.PARETO])
def test_order_sampling_with_equal_weights_is_a_simple_draw(method: Method) -> None:
    problem = one_place(7, (20, 3))
    assert drawn_by(problem, method) == drawn_by(problem, Method.SIMPLE)
    assert chances(problem, design(problem, method)) == ({1: Fraction(7, 20)}, EXACT)


@pytest.mark.parametrize("method", [Method.SPS, Method.PARETO])
def test_nominal_chances_are_called_approximate(method: Method) -> None:
    problem = one_place(3, (4, 1), (4, 2))
    known, note = chances(problem, design(problem, method))
    assert (known, note) == ({1: Fraction(1, 4), 2: Fraction(1, 2)}, NOMINAL)


@pytest.mark.parametrize("method", [Method.SPS, Method.PARETO])
def test_order_sampling_comes_close_to_its_nominal_chances(method: Method) -> None:
    problem = one_place(8, (16, 1), (8, 3))
    made = design(problem, method)
    hits = Counter(
        unit.type
        for seed in range(1_000)
        for unit, _ in take(problem, made, queue_of(problem, str(seed)), coins("不用"))
    )
    known, _ = chances(problem, made)
    assert hits[1] / 16_000 == pytest.approx(float(known[1]), abs=0.02)


@pytest.mark.parametrize("method", [Method.SPS, Method.PARETO, Method.SAMPFORD])
def test_a_unit_whose_share_exceeds_one_is_certain_and_the_rest_is_computed_again(
    method: Method,
) -> None:
    # 4 x 100/116 > 1; then 3 x 10/16 > 1 for the next; then 2 of six for the others
    problem = one_place(4, (6, 1), (1, 10), (1, 100))
    known, _ = chances(problem, design(problem, method))
    assert known == {1: Fraction(1, 3), 2: 1, 3: 1}
    assert {2, 3} <= {unit.type for unit in drawn_by(problem, method)}


def test_the_heavier_of_two_equal_tickets_goes_first() -> None:
    problem = one_place(1, (1, 1), (1, 2))
    queue = [Candidate(5, "甲", 1), Candidate(5, "乙", 2)]
    for method in (Method.SPS, Method.PARETO):
        assert take(problem, design(problem, method), queue, coins("不用"))[0][0].type == 2


# -- Sampford -------------------------------------------------------------------------


def by_rejection(chances_of: Sequence[Fraction], n: int) -> dict[frozenset[int], Fraction]:
    """The design by its procedure: one unit with odds as the chances, n - 1 with replacement
    with odds chance / (1 - chance); kept when all are different.
    """
    odds = [p / (1 - p) for p in chances_of]
    found: dict[frozenset[int], Fraction] = {}
    for first, *others in permutations(range(len(chances_of)), n):
        weight = chances_of[first] * prod((odds[i] for i in others), start=Fraction(1))
        kept = frozenset([first, *others])
        found[kept] = found.get(kept, Fraction(0)) + weight
    total = sum(found.values())
    return {sample: weight / total for sample, weight in found.items()}


def outcomes(table: Sampford) -> dict[tuple[int, ...], Fraction]:
    """Probability of every vector of counts that the table can give."""
    done: dict[tuple[int, ...], Fraction] = {(): Fraction(1)}
    for group in range(len(table.sizes)):
        before, done = done, {}
        for counts, chance in before.items():
            rest = sum(j * r for j, r in zip(counts, table.rest, strict=False))
            weights = table.weights(group, table.count - sum(counts), rest)
            for j, weight in enumerate(weights):
                if weight:
                    done[*counts, j] = chance * Fraction(weight, sum(weights))
    return done


def test_sampford_draws_every_sample_with_its_probability() -> None:
    """Six units of Tillé, Sampling Algorithms (2006), where n = 3."""
    chances_of = [Fraction(c, 100) for c in (7, 17, 41, 61, 83, 91)]
    samples = by_rejection(chances_of, 3)
    table = Sampford([1] * 6, chances_of, 3)
    assert outcomes(table) == {
        tuple(int(i in sample) for i in range(6)): chance for sample, chance in samples.items()
    }
    for unit, wanted in enumerate(chances_of):
        assert sum(c for sample, c in samples.items() if unit in sample) == wanted


@bounded
@given(draws())
def test_sampford_keeps_every_chance_exactly(problem: Problem) -> None:
    made = design(problem, Method.SAMPFORD)
    known, note = chances(problem, made)
    assert note == EXACT
    if made.groups:
        table = sampford_table(problem, made)
        found = outcomes(table)
        for group, (size, members) in enumerate(zip(table.sizes, made.groups, strict=True)):
            expected = sum(chance * counts[group] for counts, chance in found.items())
            assert expected / size == members.chance == known[members.types[0]]


def test_groups_of_equal_units_are_drawn_like_single_units() -> None:
    sizes, chances_of = [3, 4], [Fraction(1, 3), Fraction(1, 2)]
    singly = by_rejection([chances_of[0]] * 3 + [chances_of[1]] * 4, 3)
    found = outcomes(Sampford(sizes, chances_of, 3))
    for sample in combinations(range(7), 3):
        few = sum(unit < 3 for unit in sample)
        alike = sum(c for s, c in singly.items() if sum(unit < 3 for unit in s) == few)
        assert found[few, 3 - few] == alike


def test_sampford_counts_follow_their_probabilities_when_coins_decide() -> None:
    table = Sampford([3, 4], [Fraction(1, 3), Fraction(1, 2)], 3)
    source = coins("硬币")
    seen = Counter(tuple(table.counts(source)) for _ in range(4_000))
    for counts, chance in outcomes(table).items():
        assert seen[counts] / 4_000 == pytest.approx(float(chance), abs=0.03)


def test_sampford_does_not_slow_down_when_nearly_everybody_is_drawn() -> None:
    # rejection would need some 10^20 attempts here
    problem = one_place(60, (40, 4), (40, 5))
    assert len(drawn_by(problem, Method.SAMPFORD)) == 60
