"""What a finished inspection says about all institutions: shares with their uncertainty.

Every drawn institution stands for 1 / chance institutions, the chance being the one that
was published before the draw. A substitute keeps the chance of the institution it stands
in for. The share of institutions with a finding is estimated by J. Hájek's ratio
(discussion of D. Basu, 1971), its variance by linearisation (C.-E. Särndal, B. Swensson &
J. Wretman, Model Assisted Survey Sampling, 1992, ch. 5), its interval after E. L. Korn &
B. I. Graubard, Survey Methodology 24 (1998), 193-201, as `svyciprop(method = "beta")` of
the R package survey defines it for a design without strata and clusters - but for one
thing: the effective number is never taken to be larger than the number drawn.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import nan

FEWEST_UNITS = 5
FEWEST_EFFECTIVE = 3
"""Below either no rate is given: it would say more about chance than about the field."""

LEVEL = 0.95


@dataclass(frozen=True)
class Observation:
    """One inspected institution.

    *chance* is its published chance, 0 < chance <= 1; *type* its type number, needed only
    together with joint chances (for a substitute both are those of the institution it
    replaces). *field* is the field it was drawn for, so that an institution with several
    fields counts for each in proportion to its chances there.
    """

    chance: Fraction
    finding: bool
    field: str = ""
    type: int = 0


@dataclass(frozen=True)
class Estimate:
    """An estimated share, 0 <= low <= rate <= high <= 1, or the reason why there is none.

    *n* institutions were observed, worth *n_eff* <= n drawn with equal chances (nan where
    *n* alone is too small). When *withheld* is given, in Chinese, the three figures are None.
    """

    rate: float | None
    low: float | None
    high: float | None
    n: int
    n_eff: float
    withheld: str | None = None


@dataclass(frozen=True)
class Joint:
    """Chances that two units are both drawn, counted over *rounds* virtual draws.

    *pairs* counts ordered pairs of different drawn units by their types, *units* is the
    number of units of each type in the frame: units of one type are interchangeable, so a
    few thousand draws are enough.
    """

    rounds: int
    pairs: Mapping[tuple[int, int], int]
    units: Mapping[int, int]

    def chance(self, first: int, second: int) -> Fraction:
        """For one unit of each type (two different units when the types are the same)."""
        others = self.units[second] - (first == second)
        ways = self.rounds * self.units[first] * others
        return Fraction(self.pairs.get((first, second), 0), ways)


def joint_chances(
    replay: Callable[[int], Iterable[str]], type_of: Mapping[str, int], rounds: int
) -> Joint:
    """Joint chances from virtual draws.

    Parameters
    ----------
    replay : the ids drawn by the design with the virtual seed of this index.
    type_of : the type number of every unit of the frame.
    rounds : how many seeds are replayed, >= 1.
    """
    pairs: Counter[tuple[int, int]] = Counter()
    for index in range(rounds):
        drawn = Counter(type_of[unit_id] for unit_id in replay(index))
        for first, count in drawn.items():
            for second, other in drawn.items():
                pairs[first, second] += count * (other - (first == second))
    return Joint(rounds, pairs, Counter(type_of.values()))


def share(
    observations: Sequence[Observation],
    inside: Callable[[Observation], bool] = lambda _: True,
    joint: Joint | None = None,
    level: float = LEVEL,
) -> Estimate:
    """The share of institutions with a finding among those *inside* a domain.

    Parameters
    ----------
    observations : all inspected institutions, those outside the domain too: the size of
        the whole sample is part of the variance.
    joint : variance after Sen, Yates & Grundy from replayed joint chances instead of the
        linearised one; where it is not positive, or a pair never came up together, the
        linearised one stays.
    level : of the interval, 0 < level < 1.

    Returns
    -------
    Without a rate for fewer than 5 institutions, or fewer than 3 effective ones.

    Raises
    ------
    ValueError
        If a chance is not in (0, 1].
    """
    if any(not 0 < o.chance <= 1 for o in observations):
        raise ValueError("a chance must be above 0 and not above 1")
    domain = [o for o in observations if inside(o)]
    n = len(domain)
    if n < FEWEST_UNITS:
        reason = f"只有 {n} 家机构，少于 {FEWEST_UNITS} 家，不公布比率"
        return Estimate(None, None, None, n, nan, reason)
    rate = _hajek(domain)
    residuals = _residuals(observations, inside, rate)
    variance = _linearised(residuals)
    if joint is not None:
        variance = yates_grundy(observations, residuals, joint) or variance
    # never worth more than drawn (J. D. Parker et al., Vital and Health Statistics 2-175,
    # 2017): the variance itself is only estimated, and most often too small for rare findings
    n_eff = min(effective_n(rate, variance), n) if 0 < rate < 1 else n
    if n_eff < FEWEST_EFFECTIVE:
        reason = f"有效样本量只有 {n_eff:.1f}，不足 {FEWEST_EFFECTIVE}，不公布比率"
        return Estimate(None, None, None, n, n_eff, reason)
    low, high = korn_graubard(rate, n_eff, level)
    return Estimate(rate, low, high, n, n_eff)


def by_field(
    observations: Sequence[Observation], joint: Joint | None = None, level: float = LEVEL
) -> dict[str, Estimate]:
    """`share` for each field, in the order in which the fields first occur."""
    fields = dict.fromkeys(o.field for o in observations)
    return {field: share(observations, _in(field), joint, level) for field in fields}


def _in(field: str) -> Callable[[Observation], bool]:
    return lambda observation: observation.field == field


def _hajek(domain: Sequence[Observation]) -> float:
    # exact until the last step, so that "no finding" and "all" are met exactly
    found = sum((1 / o.chance for o in domain if o.finding), start=Fraction(0))
    return float(found / sum(1 / o.chance for o in domain))


def _residuals(
    observations: Sequence[Observation], inside: Callable[[Observation], bool], rate: float
) -> list[float]:
    """Weighted linearised values, one for each observation; they sum to 0."""
    total = float(sum(1 / o.chance for o in observations if inside(o)))
    return [
        (o.finding - rate) / float(o.chance) / total if inside(o) else 0.0 for o in observations
    ]


def _linearised(residuals: Sequence[float]) -> float:
    """With-replacement variance; units outside the domain count with 0."""
    n = len(residuals)
    return n / (n - 1) * sum(r * r for r in residuals)


def yates_grundy(
    observations: Sequence[Observation], residuals: Sequence[float], joint: Joint
) -> float | None:
    """Variance of the sum of *residuals* (values divided by chances) of a fixed-size design.

    After Sen (1953) and Yates & Grundy (1953); None if it is not positive or if a pair
    has no joint chance.
    """

    @cache
    def repulsion(first: tuple[int, Fraction], second: tuple[int, Fraction]) -> float:
        both = joint.chance(first[0], second[0])
        return float(first[1] * second[1] / both - 1) if both else nan

    total = 0.0
    drawn = [((o.type, o.chance), r) for o, r in zip(observations, residuals, strict=True)]
    for i, (first, r) in enumerate(drawn):
        total += sum(repulsion(first, second) * (r - s) ** 2 for second, s in drawn[:i])
    return total if total > 0 else None


def effective_n(rate: float, variance: float) -> float:
    """How many units drawn with equal chances would tell as much, 0 < rate < 1.

    Korn and Graubard multiply it by the square of a quotient of t quantiles, with n - 1
    and with the design's degrees of freedom; without strata and clusters both are n - 1.
    """
    return rate * (1 - rate) / variance


def korn_graubard(rate: float, n_eff: float, level: float = LEVEL) -> tuple[float, float]:
    """Clopper-Pearson limits with *n_eff* units, n_eff * rate of them with a finding.

    At rate 0 (or 1) the lower limit is 0 (the upper 1), the other one is the usual limit
    at (1 + level) / 2.
    """
    from scipy.special import betaincinv

    tail, found = (1 - level) / 2, n_eff * rate
    low = betaincinv(found, n_eff - found + 1, tail) if rate > 0 else 0.0
    high = betaincinv(found + 1, n_eff - found, 1 - tail) if rate < 1 else 1.0
    return float(low), float(high)
