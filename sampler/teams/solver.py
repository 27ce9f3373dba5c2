"""The chances of all inspectors on all slots, aim after aim (docs/teams.md)."""

from fractions import Fraction

import numpy as np

from sampler.teams.affinity import best_table, score_of
from sampler.teams.cap import equal_shares, given_cap, slot_caps, smallest_cap
from sampler.teams.loads import expected, fair_loads
from sampler.teams.problem import GRID, Progress, Solved, TeamProblem


def solve(
    problem: TeamProblem, pair_cap: Fraction | None = None, progress: Progress | None = None
) -> Solved:
    """The table of chances: first the cap, then the loads, then the points.

    Parameters
    ----------
    pair_cap : most of one inspector's chance on one slot, in (0, 1]; None takes the
        smallest that fills all slots.
    progress : told cap, loads and affinity as they begin.

    Raises
    ------
    Infeasible
        If the slots cannot all be filled.
    OverflowError
        If slots and availabilities are too many for exact flows.
    """
    tell = progress or (lambda step: None)
    tell("cap")
    q = smallest_cap(problem) if pair_cap is None else given_cap(problem, pair_cap)
    caps = slot_caps(problem, q)
    tell("loads")
    levels = fair_loads(problem, caps)
    tell("affinity")
    table = best_table(problem, caps, *expected(problem, levels))
    above = np.flatnonzero(equal_shares(problem) > q).tolist()
    return Solved(Fraction(q, GRID), tuple(above), levels, table, score_of(problem, table))
