"""Fair chances: as equal as the quotas allow, and how they will be turned into a draw.

The path is chosen by the quotas as they are realised on the frame. Where the cross quotas
nest, chances are exact leximin in integers (`cuts`); where they cross, HiGHS finds the
leximin over types and a lottery of panels is committed (`panels`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from sampler.cuts import MOST_PLACES, Level, leximin
from sampler.flows import Table, table_of
from sampler.pools import Tree, nest
from sampler.quotas import Kind, Problem

if TYPE_CHECKING:
    from sampler.crossing.panels import PanelResult

Progress = Callable[[str, int, int], None]
"""Told of (step, done, total); may raise to cancel."""


class Path(StrEnum):
    """How fair chances were found; named in the certificate."""

    CUTS = "cuts"
    PANELS = "panels"


@dataclass(frozen=True)
class Fair:
    """Fair chances and what realises them: a table on the tree, or a lottery of panels."""

    chances: dict[int, Fraction]
    tree: Tree | None = None
    levels: tuple[Level, ...] = ()
    table: Table | None = None
    panels: "PanelResult | None" = None

    @property
    def path(self) -> Path:
        """Which of the two ways was taken."""
        return Path.CUTS if self.table else Path.PANELS


def fair_chances(problem: Problem, progress: Progress | None = None) -> Fair:
    """Leximin chances of every type of *problem*, with exact quotas.

    Raises
    ------
    Infeasible
        If the quotas cannot hold together on this frame.
    """
    tree = nest(problem)
    if tree is None or len(problem.counts) > MOST_PLACES:
        # here, because SciPy takes longer to load than most draws take
        from sampler.crossing.panels import fair_panels

        result = fair_panels(problem, progress)
        return Fair(_all_types(problem, result.lottery.chances(problem)), panels=result)
    levels = leximin(problem, tree)
    weight = {t.number: t.weight for t in problem.types}
    chances = {number: level.value * weight[number] for level in levels for number in level.types}
    chances |= {t.number: Fraction(1) for t in problem.types if t.kind is Kind.CERTAIN}
    expected = {t.number: chances[t.number] * t.units for t in problem.drawable}
    return Fair(_all_types(problem, chances), tree, levels, table_of(problem, expected))


def _all_types(problem: Problem, chances: dict[int, Fraction]) -> dict[int, Fraction]:
    """Chances of the drawable types, and 0 for all others."""
    return {t.number: chances.get(t.number, Fraction(0)) for t in problem.types}
