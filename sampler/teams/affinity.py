"""The third aim: the most points within the caps and the loads; and the table itself.

A minimum-cost flow, in integers (cost scaling, Goldberg 1997, by OR-Tools): what it answers
is a table of whole multiples of 1 / `GRID`, and exact as it stands.
"""

from fractions import Fraction

import numpy as np

from sampler.faults import Infeasible
from sampler.teams.network import Group, network
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
    carried = _cheapest((net.tails, net.heads, net.room, costs), supply, high - low)
    return _split(net.groups, carried[net.cells])


def score_of(problem: TeamProblem, table: ChanceTable) -> Fraction:
    """Expected points of all slots together."""
    starts = np.searchsorted(table.slots, np.arange(len(problem.slots) + 1))
    total = 0
    for slot, start, end in zip(problem.slots, starts[:-1], starts[1:], strict=True):
        where = np.searchsorted(slot.types, table.types[start:end])
        total += int(slot.scores[where] @ table.amounts[start:end])
    return Fraction(total, table.denominator)


def _cheapest(arcs: tuple[Ints, Ints, Ints, Ints], supply: Ints, slack: Ints) -> Ints:
    """What each arc (tail, head, room, cost) carries; type t may send *slack*[t] more than
    its supply."""
    # here, because only the solver needs it, not the draw
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    tails, heads, room, costs = arcs
    source = len(supply)
    free = np.flatnonzero(slack)
    # with caps and loads that are multiples of a twentieth, say, so is the table
    unit = max(1, int(np.gcd.reduce(np.concatenate([room, supply, slack]))))
    flow = SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([tails, np.full_like(free, source)]).astype(np.int32),
        np.concatenate([heads, free]).astype(np.int32),
        np.concatenate([room, slack[free]]) // unit,
        np.concatenate([costs, np.zeros_like(free)]),
    )
    supplies = np.append(supply, -supply.sum()) // unit
    flow.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), supplies)
    status = flow.solve()
    if status == flow.INFEASIBLE:
        raise Infeasible("在给定的机会上限和工作量之内，不能配齐全部岗位")
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"no table of chances was found: {status}")
    carried: Ints = flow.flows(np.arange(len(tails), dtype=np.int32)) * unit
    return carried


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
