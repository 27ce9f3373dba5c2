"""The cheapest flow through a network of many arcs, most of which nobody would take.

Each group of slots is offered its dearest-bought few times as many people as it needs; where
the cap leaves no such choice, all of them. An arc that was left out pays only if the
potentials of the optimum say so (column generation): such arcs are added, and the flow is found
again. Flows are found by cost scaling (Goldberg 1997, by OR-Tools); everything is in integers,
so that the answer is exactly the optimum over all arcs.
"""

from dataclasses import dataclass

import numpy as np

from sampler.faults import Infeasible
from sampler.teams.network import Bools, Network
from sampler.teams.problem import Ints


@dataclass(frozen=True)
class Market:
    """A network with prices.

    Attributes
    ----------
    costs : (A,) of a unit on each arc, >= 0.
    supply : (nodes,) what enters at each node, negative where it leaves.
    slack : (T,) how much more each type may send.
    """

    net: Network
    costs: Ints
    supply: Ints
    slack: Ints

    def cheapest(self) -> Ints:
        """(A,) what each arc carries.

        Raises
        ------
        Infeasible
            If not all that is demanded can be had.
        """
        offered = self._promising()
        while not offered.all():
            try:
                carried = self._flow(offered)
            except Infeasible:
                break
            missed = self._missed(offered, carried)
            if not missed.any():
                return carried
            offered |= missed
        return self._flow(np.ones_like(offered))

    def _promising(self) -> Bools:
        """(A,) all inner arcs; of each group the cheapest cells that hold half as much again as
        it needs, if that leaves out most of them."""
        net = self.net
        offered = np.ones(len(net.tails), dtype=np.bool_)
        start = net.cells.start
        needs = net.demand[net.nodes - len(net.groups) :].tolist()
        for group, needed in zip(net.groups, needs, strict=True):
            cells = slice(start, start + len(group.types))
            wanted = 3 * needed // (2 * max(1, int(net.room[cells].min())))
            if 2 * wanted < len(group.types):
                costs = self.costs[cells]
                offered[cells] = costs <= np.partition(costs, wanted)[wanted]
            start = cells.stop
        return offered

    def _flow(self, offered: Bools) -> Ints:
        """(A,) the cheapest flow over the arcs *offered*."""
        # here, because only the solver needs it, not the draw
        from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

        arcs, source = np.flatnonzero(offered), len(self.supply)
        free = np.flatnonzero(self.slack)
        room = np.concatenate([self.net.room[arcs], self.slack[free]])
        # with caps and loads that are multiples of a twentieth, say, so is the table
        unit = max(1, int(np.gcd.reduce(np.concatenate([room, self.supply]))))
        flow = SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(
            np.concatenate([self.net.tails[arcs], np.full_like(free, source)]).astype(np.int32),
            np.concatenate([self.net.heads[arcs], free]).astype(np.int32),
            room // unit,
            np.concatenate([self.costs[arcs], np.zeros_like(free)]),
        )
        supplies = np.append(self.supply, -self.supply.sum()) // unit
        flow.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), supplies)
        status = flow.solve()
        if status == flow.INFEASIBLE:
            raise Infeasible("在给定的机会上限和工作量之内，不能配齐全部岗位")
        if status != flow.OPTIMAL:
            raise ArithmeticError(f"no table of chances was found: {status}")
        carried = np.zeros(len(offered), dtype=np.int64)
        carried[arcs] = flow.flows(np.arange(len(arcs), dtype=np.int32)) * unit
        return carried

    def _missed(self, offered: Bools, carried: Ints) -> Bools:
        """(A,) the arcs left out that would make the flow cheaper."""
        levels = self._potentials(offered, carried)
        return ~offered & (levels[self.net.tails] + self.costs < levels[self.net.heads])

    def _potentials(self, offered: Bools, carried: Ints) -> Ints:
        """(nodes,) such that no arc with room left, nor one turned back, leads below its head.

        Distances over the residual arcs (Bellman & Ford), from every type and inner node at
        once; groups begin far away, so that they settle at what one more unit would cost.
        """
        net, source = self.net, self.net.nodes
        sent = self._sent(carried)
        free = np.arange(len(self.slack))
        forth, back = offered & (carried < net.room), carried > 0
        more, less = free[sent < self.slack], free[sent > 0]
        tails = [net.tails[forth], net.heads[back], np.full_like(more, source), less]
        heads = [net.heads[forth], net.tails[back], more, np.full_like(less, source)]
        costs = [self.costs[forth], -self.costs[back], 0 * more, 0 * less]
        levels = np.zeros(net.nodes + 1, dtype=np.int64)
        levels[net.nodes - len(net.groups) : -1] = (int(self.costs.max()) + 1) * net.nodes
        return _settled(levels, *map(np.concatenate, (tails, heads, costs)))

    def _sent(self, carried: Ints) -> Ints:
        """(T,) what each type sends beyond its supply."""
        sent = -self.supply[: len(self.slack)]
        own = self.net.tails < len(self.slack)
        np.add.at(sent, self.net.tails[own], carried[own])
        return sent


def _settled(levels: Ints, tails: Ints, heads: Ints, costs: Ints) -> Ints:
    """(nodes,) *levels* brought down until no arc leads below its head."""
    while True:
        lower = levels.copy()
        np.minimum.at(lower, heads, levels[tails] + costs)
        if (lower == levels).all():
            return levels
        levels = lower
