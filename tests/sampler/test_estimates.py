"""Estimates from a drawn sample: right formulas, honest intervals, no rate from nothing."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, permutations
from math import comb, exp, isnan, lcm, lgamma, log, prod, sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampler.classical.sampford import Sampford
from sampler.estimates import (
    Joint,
    Observation,
    by_field,
    effective_n,
    joint_chances,
    korn_graubard,
    share,
    yates_grundy,
)
from sampler.seeds import Coins

bounded = settings(max_examples=60, deadline=None, derandomize=True)

observed = st.lists(
    st.builds(
        Observation,
        chance=st.fractions(Fraction(1, 500), Fraction(1), max_denominator=1_000),
        finding=st.booleans(),
        field=st.sampled_from(["食品", "环境"]),
    ),
    min_size=5,
    max_size=40,
)


def alike(n: int, found: int, chance: Fraction = Fraction(1, 10)) -> list[Observation]:
    return [Observation(chance, i < found) for i in range(n)]


def linearised(observations: list[Observation], field: str | None = None) -> tuple[float, float]:
    """Rate and variance by the textbook way round: covariances of the two totals."""
    inside = [field is None or o.field == field for o in observations]
    w = [float(1 / o.chance) * d for o, d in zip(observations, inside, strict=True)]
    y = [weight * o.finding for weight, o in zip(w, observations, strict=True)]
    n, rate = len(observations), sum(y) / sum(w)
    my, mw = sum(y) / n, sum(w) / n
    yy = sum((a - my) ** 2 for a in y)
    ww = sum((a - mw) ** 2 for a in w)
    yw = sum((a - my) * (b - mw) for a, b in zip(y, w, strict=True))
    return rate, n / (n - 1) * (yy - 2 * rate * yw + rate**2 * ww) / sum(w) ** 2


def beta_area(a: float, b: float, to: float, steps: int = 20_000) -> float:
    """Area under the beta density up to *to*, by Simpson's rule."""
    constant = lgamma(a + b) - lgamma(a) - lgamma(b)

    def density(x: float) -> float:
        return exp(constant + (a - 1) * log(x) + (b - 1) * log(1 - x)) if x else 0.0

    h = to / steps
    inner = sum((4 if i % 2 else 2) * density(i * h) for i in range(1, steps))
    return h / 3 * (density(0) + inner + density(to))


# -- the formulas ---------------------------------------------------------------------


def test_equal_chances_give_the_plain_share_and_one_unit_less() -> None:
    estimate = share(alike(21, 3))
    assert estimate.rate == pytest.approx(3 / 21)
    assert estimate.n == 21
    assert estimate.n_eff == pytest.approx(20)


@bounded
@given(observed)
def test_rate_and_effective_number_are_those_of_the_covariance_formula(
    observations: list[Observation],
) -> None:
    estimate = share(observations)
    rate, variance = linearised(observations)
    findings = {o.finding for o in observations}
    if estimate.rate is not None and len(findings) == 2:
        assert estimate.rate == pytest.approx(rate)
        worth = min(effective_n(rate, variance), len(observations))
        assert estimate.n_eff == pytest.approx(worth, rel=1e-6)


def test_textbook_limits_for_two_of_twenty() -> None:
    low, high = korn_graubard(2 / 20, 20)
    assert (low, high) == pytest.approx((0.0123485, 0.3169827), abs=1e-7)


@pytest.mark.parametrize(("rate", "n_eff"), [(0.1, 20), (0.0826, 61.7), (0.5, 7.25), (0.93, 33.3)])
def test_the_limits_cut_off_the_tails_of_their_beta_distributions(
    rate: float, n_eff: float
) -> None:
    low, high = korn_graubard(rate, n_eff)
    x = n_eff * rate
    assert beta_area(x, n_eff - x + 1, low) == pytest.approx(0.025, abs=1e-6)
    assert beta_area(n_eff - x, x + 1, 1 - high) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize(("found", "n"), [(1, 8), (4, 11), (9, 20)])
def test_the_limits_are_clopper_and_pearsons_for_whole_numbers(found: int, n: int) -> None:
    low, high = korn_graubard(found / n, n)

    def at_least(k: int, p: float) -> float:
        return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))

    assert at_least(found, low) == pytest.approx(0.025)
    assert 1 - at_least(found + 1, high) == pytest.approx(0.025)


def test_reference_values_of_a_small_weighted_sample() -> None:
    """Weights 2 x 10, 4 x 5, 6 x 2 with one finding each: rate 17/52, in fractions below."""
    weights = [10, 10, 5, 5, 5, 5, 2, 2, 2, 2, 2, 2]
    found = [True, False, True, False, False, False, True, *[False] * 5]
    rate = Fraction(17, 52)
    squares = sum((w * (y - rate) / 52) ** 2 for w, y in zip(weights, found, strict=True))
    worth = rate * (1 - rate) / (squares * 12 / 11)
    estimate = share([Observation(Fraction(1, w), y) for w, y in zip(weights, found, strict=True)])
    assert estimate.rate == pytest.approx(float(rate), abs=1e-12)
    assert estimate.n_eff == pytest.approx(float(worth), abs=1e-9)
    assert estimate.low is not None
    assert estimate.high is not None
    x = float(worth * rate)
    assert beta_area(x, float(worth) - x + 1, estimate.low) == pytest.approx(0.025, abs=1e-5)
    assert beta_area(float(worth) - x, x + 1, 1 - estimate.high) == pytest.approx(0.025, abs=1e-5)


@bounded
@given(observed)
def test_the_rate_lies_between_its_limits(observations: list[Observation]) -> None:
    estimate = share(observations)
    if estimate.withheld is None:
        assert estimate.rate is not None
        assert estimate.low is not None
        assert estimate.high is not None
        assert 0 <= estimate.low <= estimate.rate <= estimate.high <= 1
        assert 3 <= estimate.n_eff <= estimate.n


@bounded
@given(observed, st.integers(2, 9))
def test_only_the_proportions_of_the_chances_matter(
    observations: list[Observation], divisor: int
) -> None:
    smaller = [Observation(o.chance / divisor, o.finding, o.field) for o in observations]
    before, after = share(observations), share(smaller)
    assert after.withheld is None or before.withheld is not None
    assert after.rate == pytest.approx(before.rate)
    assert after.n_eff == pytest.approx(before.n_eff)


def test_a_chance_outside_its_range_is_refused() -> None:
    for chance in (Fraction(0), Fraction(3, 2)):
        with pytest.raises(ValueError, match="above 0 and not above 1"):
            share(alike(6, 1, chance))


# -- nothing, everything, too little --------------------------------------------------


def test_without_findings_the_upper_limit_is_clopper_and_pearsons() -> None:
    estimate = share(alike(30, 0))
    assert (estimate.rate, estimate.low, estimate.n_eff) == (0, 0, 30)
    assert estimate.high == pytest.approx(1 - 0.025 ** (1 / 30))


def test_with_findings_everywhere_the_lower_limit_is_clopper_and_pearsons() -> None:
    uneven = [Observation(Fraction(1, 3 + i), True) for i in range(30)]
    estimate = share(uneven)
    assert (estimate.rate, estimate.high, estimate.n_eff) == (1, 1, 30)
    assert estimate.low == pytest.approx(0.025 ** (1 / 30))


def test_no_rate_for_fewer_than_five_institutions() -> None:
    estimate = share(alike(4, 2))
    assert (estimate.rate, estimate.low, estimate.high, estimate.n) == (None, None, None, 4)
    assert isnan(estimate.n_eff)
    assert estimate.withheld == "只有 4 家机构，少于 5 家，不公布比率"
    assert share([]).withheld == "只有 0 家机构，少于 5 家，不公布比率"


def test_no_rate_when_one_institution_outweighs_all_others() -> None:
    heavy = Observation(Fraction(1, 1_000), True)
    estimate = share([heavy, Observation(Fraction(1, 900), False), *alike(10, 5, Fraction(1, 2))])
    assert estimate.rate is None
    assert estimate.withheld is not None
    assert estimate.withheld.startswith("有效样本量只有 1.")


# -- fields ---------------------------------------------------------------------------


@bounded
@given(observed)
def test_a_field_is_a_domain_of_the_whole_sample(observations: list[Observation]) -> None:
    for field, estimate in by_field(observations).items():
        mine = [o for o in observations if o.field == field]
        assert estimate.n == len(mine)
        if estimate.rate is not None and len({o.finding for o in mine}) == 2:
            rate, variance = linearised(observations, field)
            assert estimate.rate == pytest.approx(rate)
            worth = min(effective_n(rate, variance), len(mine))
            assert estimate.n_eff == pytest.approx(worth, rel=1e-6)


def test_fields_come_in_the_order_of_the_observations() -> None:
    few = [Observation(Fraction(1, 2), i % 2 == 0, f) for i, f in enumerate("乙乙乙乙乙甲甲")]
    estimates = by_field(few)
    assert list(estimates) == ["乙", "甲"]
    assert estimates["乙"].rate == pytest.approx(3 / 5)
    assert estimates["甲"].withheld is not None


# -- joint chances --------------------------------------------------------------------


def test_joint_chances_counted_over_all_samples_are_exact() -> None:
    type_of = {"甲": 1, "乙": 1, "丙": 2, "丁": 2}
    samples = list(combinations(type_of, 2))
    joint = joint_chances(lambda index: samples[index], type_of, len(samples))
    assert joint.chance(1, 1) == joint.chance(1, 2) == joint.chance(2, 1) == Fraction(1, 6)


def test_with_joint_chances_of_a_simple_draw_the_finite_population_counts() -> None:
    n, size = 20, 50
    joint = Joint(1, {(0, 0): n * (n - 1)}, {0: size})
    estimate = share(alike(n, 6, Fraction(n, size)), joint=joint)
    variance = (1 - n / size) * 0.3 * 0.7 / (n - 1)
    assert min(effective_n(0.3, variance), n) == estimate.n_eff == n
    rare = share(alike(n, 6, Fraction(n, 10_000)), joint=Joint(1, {(0, 0): 380}, {0: 10_000}))
    assert rare.n_eff == pytest.approx(19 / (1 - n / 10_000))


def test_the_linearised_variance_stays_where_a_pair_never_came_up() -> None:
    observations = alike(20, 6)
    assert share(observations, joint=Joint(5, {}, {0: 200})) == share(observations)


def test_the_variance_from_joint_chances_is_right_on_average_over_all_samples() -> None:
    """Sampford's design on six units, three drawn, every sample with its probability."""
    chances = [Fraction(c, 100) for c in (7, 17, 41, 61, 83, 91)]
    found = [True, False, True, True, False, True]
    samples = list(combinations(range(6), 3))
    mass = [
        sum(1 - chances[i] for i in s)
        * prod((chances[i] / (1 - chances[i]) for i in s), start=Fraction(1))
        for s in samples
    ]
    odds = [m / sum(mass) for m in mass]
    rounds = lcm(*(o.denominator for o in odds))
    pairs = {
        (i, j): sum(int(o * rounds) for o, s in zip(odds, samples, strict=True) if {i, j} <= {*s})
        for i, j in permutations(range(6), 2)
    }
    joint = Joint(rounds, pairs, dict.fromkeys(range(6), 1))
    truth = mean = 0.0
    for chance, sample in zip(odds, samples, strict=True):
        observations = [Observation(chances[i], found[i], type=i) for i in sample]
        values = [float(found[i] / chances[i]) for i in sample]
        truth += float(chance) * (sum(values) - sum(found)) ** 2
        mean += float(chance) * (yates_grundy(observations, values, joint) or 0)
    assert mean == pytest.approx(truth)


# -- coverage -------------------------------------------------------------------------

SIZES, WEIGHTS, RATES, DRAWN = [2_000, 1_000, 600, 400], [1, 2, 4, 8], [0.05, 0.1, 0.2, 0.35], 100


def inspections(rounds: int) -> Iterator[list[Observation]]:
    """Repeated draws by Sampford's method from classes whose rates rise with their weights."""
    mass = sum(size * weight for size, weight in zip(SIZES, WEIGHTS, strict=True))
    chances = [Fraction(DRAWN * weight, mass) for weight in WEIGHTS]
    bad = [round(size * rate) for size, rate in zip(SIZES, RATES, strict=True)]
    table, coins, chance = Sampford(SIZES, chances, DRAWN), Coins("模拟", "draw"), Random(7)
    for _ in range(rounds):
        yield [
            Observation(chances[g], unit < bad[g])
            for g, count in enumerate(table.counts(coins))
            for unit in chance.sample(range(SIZES[g]), count)
        ]


def coverage(rounds: int) -> tuple[float, float, float]:
    """Mean estimate minus truth, and how often Korn-Graubard and Wald contain the truth."""
    truth = sum(round(s * r) for s, r in zip(SIZES, RATES, strict=True)) / sum(SIZES)
    bias, beta, wald = 0.0, 0, 0
    for observations in inspections(rounds):
        estimate = share(observations)
        assert estimate.rate is not None
        assert estimate.low is not None
        assert estimate.high is not None
        bias += (estimate.rate - truth) / rounds
        beta += estimate.low <= truth <= estimate.high
        rate, variance = linearised(observations)
        wald += abs(rate - truth) <= 1.959964 * sqrt(variance)
    return bias, beta / rounds, wald / rounds


def test_the_interval_contains_the_truth_as_often_as_it_says() -> None:
    bias, beta, wald = coverage(400)
    assert abs(bias) < 0.01
    assert beta >= 0.95
    assert beta > wald


@pytest.mark.soak
def test_the_interval_contains_the_truth_as_often_as_it_says_in_the_long_run() -> None:
    bias, beta, wald = coverage(4_000)
    assert abs(bias) < 0.003
    assert beta >= 0.96
    assert beta > wald + 0.03
