"""The third aim: the most points within the caps and the loads; and the table itself.

A minimum-cost flow, in integers: what it answers is a table of whole multiples of 1 / `GRID`,
and exact as it stands.
"""

from fractions import Fraction

import numpy as np

from sampler.teams.network import Group, network
from sampler.teams.pricing import Market
from sampler.teams.problem import GRID, ChanceTable, Ints, TeamProblem


def best_table(problem: TeamProblem, caps: Ints, low: Ints, high: Ints) -> ChanceTable:
    """A table with the largest expected score.

    Parameters
    ----------
    caps : (S,) of the slots, in units of 1 / `GRID`.
    low, high : (T,) bounds of each type's load, in the same units.

    Raises
    ------
    Infeasible
        If no table keeps these bounds.
    """
    high = np.minimum(high, GRID * problem.capacity)
    net = network(problem, caps, high)
    scores = np.concatenate([group.scores for group in net.groups])
    costs = np.zeros(len(net.tails), dtype=np.int64)
    costs[net.cells] = scores.max(initial=0) - scores
    supply = -net.demand
    supply[: len(low)] = low
    carried = Market(net, costs, supply, high - low).cheapest()
    return _split(net.groups, carried[net.cells])


def score_of(problem: TeamProblem, table: ChanceTable) -> Fraction:
    """Expected points of all slots together."""
    starts = np.searchsorted(table.slots, np.arange(len(problem.slots) + 1))
    total = 0
    for slot, start, end in zip(problem.slots, starts[:-1], starts[1:], strict=True):
        where = np.searchsorted(slot.types, table.types[start:end])
        total += int(slot.scores[where] @ table.amounts[start:end])
    return Fraction(total, table.denominator)


def _split(groups: tuple[Group, ...], amounts: Ints) -> ChanceTable:
    """The table of single slots: each of a group has an even part of every cell.

    What does not divide evenly goes round: a cell's remainder begins where that of the
    cell before ended, so that all slots come to one whole.
    """
    start = 0
    parts = []
    for group in groups:
        count, end = len(group.slots), start + len(group.types)
        even, rest = np.divmod(amounts[start:end], count)
        first = np.cumsum(rest) - rest
        turn = (np.arange(count)[:, None] - first) % count
        parts.append(_positive(group, even + (turn < rest)))
        start = end
    slots, types, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((types, slots))
    return ChanceTable(GRID, slots[order], types[order], values[order])


def _positive(group: Group, amounts: Ints) -> tuple[Ints, Ints, Ints]:
    slot, cell = np.nonzero(amounts)
    return np.array(group.slots, dtype=np.int64)[slot], group.types[cell], amounts[slot, cell]
