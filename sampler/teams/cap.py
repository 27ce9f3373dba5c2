"""The first aim: nobody is likelier on a slot than he must be (Jecmen et al. 2020, NeurIPS).

The cap of a slot is max(Q, 1 / eligible of the slot): an equal share can always be had, and
a slot with few eligible people must not raise the cap of the others. Q is the smallest
multiple of 1 / `GRID` that fills all slots, found by Newton's method: as long as a cut lets
too little through, Q rises to where this cut would let enough through (Dinkelbach 1967).
"""

from bisect import bisect_left
from fractions import Fraction

import numpy as np

from sampler.faults import Infeasible
from sampler.teams.network import Bools, Flow, Network, maximum_flow, network
from sampler.teams.problem import GRID, Ints, TeamProblem


def slot_caps(problem: TeamProblem, q: int) -> Ints:
    """(S,) the cap of each slot in units of 1 / `GRID`, for Q in these units."""
    return np.maximum(q, equal_shares(problem))


def equal_shares(problem: TeamProblem) -> Ints:
    """(S,) 1 / eligible people of each slot, rounded up to units of 1 / `GRID`.

    Raises
    ------
    Infeasible
        If nobody is eligible for a slot.
    """
    if not problem.eligible.all():
        raise Infeasible("有的岗位没有任何符合条件的人员")
    return -(-GRID // problem.eligible)


def smallest_cap(problem: TeamProblem) -> int:
    """Q, the smallest cap in units of 1 / `GRID` with which all slots can be filled.

    Raises
    ------
    Infeasible
        If they cannot be filled at all.
    """
    q = int(equal_shares(problem).min())
    while True:
        net, flow = _filled(problem, q)
        missing = int(net.demand.sum()) - flow.value
        if not missing:
            return q
        q = _next(problem, net, flow, q, missing)


def given_cap(problem: TeamProblem, pair_cap: Fraction) -> int:
    """*pair_cap* in units of 1 / `GRID`, rounded down.

    Raises
    ------
    Infeasible
        If the slots cannot be filled with it.
    """
    q = int(pair_cap * GRID)
    net, flow = _filled(problem, q)
    if flow.value < net.demand.sum():
        raise Infeasible("按给定的人员—岗位机会上限，不能配齐全部岗位")
    return q


def _filled(problem: TeamProblem, q: int) -> tuple[Network, Flow]:
    """The fullest the slots get with the cap *q*."""
    # inspectors may serve as often as their bounds let them
    most = GRID * problem.capacity
    net = network(problem, slot_caps(problem, q), most)
    supply = np.zeros(net.nodes, dtype=np.int64)
    supply[: len(most)] = most
    return net, maximum_flow(net.nodes, (net.tails, net.heads, net.room), supply, net.demand)


def _next(problem: TeamProblem, net: Network, flow: Flow, q: int, missing: int) -> int:
    """The smallest cap, above *q*, with which the cut behind *flow* lets enough through."""
    crossing = flow.reached[net.tails[net.cells]] & ~flow.reached[net.heads[net.cells]]
    people, shares = _weights(problem, net, crossing)
    before = int(people @ np.maximum(q, shares))

    def gained(cap: int) -> int:
        return int(people @ np.maximum(cap, shares)) - before

    if gained(GRID) < missing:
        raise Infeasible("人员不足，不能配齐全部岗位")
    return bisect_left(range(GRID + 1), missing, lo=q + 1, key=gained)


def _weights(problem: TeamProblem, net: Network, crossing: Bools) -> tuple[Ints, Ints]:
    """For each group: people times slots whose cells are *crossing*, and its equal share."""
    of_group = np.repeat(np.arange(len(net.groups)), [len(g.types) for g in net.groups])
    types = np.concatenate([group.types for group in net.groups])
    people = np.zeros(len(net.groups), dtype=np.int64)
    np.add.at(people, of_group[crossing], problem.members[types[crossing]])
    counts = np.array([len(group.slots) for group in net.groups], dtype=np.int64)
    firsts = [group.slots[0] for group in net.groups]
    return people * counts, equal_shares(problem)[firsts]
