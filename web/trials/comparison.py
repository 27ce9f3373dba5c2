"""Fair chances beside those of drawing field after field by hand."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from sampler.commitment import Worked, work_out
from sampler.procedure import Prepared
from sampler.quotas import Kind, Method, Problem
from web.trials.runner import Progress
from web.words.draws import bounds

MOST_HELD = 4
"""Institutions with as many named fields or more are taken together."""


@dataclass(frozen=True)
class Group:
    """Institutions with equally many named fields, and their mean chances."""

    held: int
    units: int
    fair: Fraction
    by_hand: Fraction

    @property
    def name(self) -> str:
        """How many named fields they hold."""
        if not self.held:
            return "无，仅“其他”"
        return f"{self.held} 个及以上" if self.held == MOST_HELD else f"{self.held} 个"

    @property
    def who(self) -> str:
        """The institutions of the group, in a sentence."""
        if not self.held:
            return "只有“其他”领域的机构"
        return f"持 {self.name}单列领域的机构"


@dataclass(frozen=True)
class CrossMean:
    """How many drawn units satisfy a cross quota: what is asked, what comes out by hand."""

    name: str
    asked: str
    by_hand: Fraction


@dataclass(frozen=True)
class Comparison:
    """Both methods side by side; *note* says how good the figures by hand are."""

    groups: tuple[Group, ...]
    crosses: tuple[CrossMean, ...]
    note: str

    @property
    def ratios(self) -> tuple[float, float] | None:
        """How many times the chance of the first group the last one has, fair and by hand."""
        first, last = self.groups[0], self.groups[-1]
        if len(self.groups) < 2 or not first.fair or not first.by_hand:
            return None
        return float(last.fair / first.fair), float(last.by_hand / first.by_hand)


def compare(prepared: Prepared, fair: Worked, progress: Progress) -> Comparison:
    """Estimate the chances of the draw field after field, and set them beside the fair ones.

    Raises
    ------
    BadInput
        If the plan cannot be drawn that way, with the reasons.
    """
    problem = prepared.typed.problem
    by_hand = work_out(problem, Method.SEQUENTIAL, progress)
    crosses = tuple(
        CrossMean(cross.name, bounds(cross), _mean_count(problem, by_hand, index))
        for index, cross in enumerate(problem.cross)
    )
    groups = _groups(problem, prepared.plan.other, fair, by_hand)
    return Comparison(groups, crosses, by_hand.note)


def _mean_count(problem: Problem, worked: Worked, index: int) -> Fraction:
    counted = (t for t in problem.drawable if t.cross[index])
    return sum((worked.chances[t.number] * t.units for t in counted), Fraction(0))


def _groups(
    problem: Problem, other: str | None, fair: Worked, by_hand: Worked
) -> tuple[Group, ...]:
    named = {place for place, name in enumerate(problem.names) if name != other}
    units: dict[int, int] = defaultdict(int)
    sums: dict[int, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for t in problem.drawable:
        if t.kind is Kind.ORDINARY:
            held = min(MOST_HELD, len(named & set(t.places)))
            units[held] += t.units
            for side, worked in enumerate((fair, by_hand)):
                sums[held][side] += worked.chances[t.number] * t.units
    return tuple(
        Group(held, units[held], *(total / units[held] for total in sums[held]))
        for held in sorted(units)
    )
