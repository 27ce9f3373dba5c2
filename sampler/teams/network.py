"""The slots and types of a problem as a network, and the maximum flow through it.

From each type arcs lead down its nested bounds - all its visits, a window, a visit - to the
slots; a bound has a node only where it can bind. Slots that nothing tells apart are one
*group*. Flows are found by OR-Tools (push-relabel, Goldberg & Tarjan 1988) in 64-bit
integers, so that they are exact.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from sampler.teams.problem import GRID, Ints, TeamProblem

LARGEST = 2**62
"""Flows are kept below this, so that no sum of two leaves 64 bits."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Group:
    """Slots of one window, one cap, equal eligible types and equal scores.

    `visit` : their one visit, if its bound may bind; -1 if it cannot.
    """

    visit: int
    slots: tuple[int, ...]
    types: Ints
    scores: Ints


@dataclass(frozen=True)
class Network:
    """Arcs from the types, which are the nodes 0 to T - 1, to the groups.

    Attributes
    ----------
    groups : their nodes are the last ones, in this order.
    nodes : count of all nodes.
    tails, heads, room : (A,) the arcs; the last ones are the cells, group by group, with
        the types of each ascending.
    demand : (nodes,) what must leave at each node.
    """

    groups: tuple[Group, ...]
    nodes: int
    tails: Ints
    heads: Ints
    room: Ints
    demand: Ints

    @property
    def cells(self) -> slice:
        """The arcs into the groups."""
        return slice(len(self.tails) - sum(len(group.types) for group in self.groups), None)


def network(problem: TeamProblem, caps: Ints, most: Ints) -> Network:
    """All bounds of *problem* that can bind.

    Parameters
    ----------
    caps : (S,) most of one inspector's chance on each slot, in units of 1 / `GRID`.
    most : (T,) what each type sends at most, in the same units; bounds it in no node.
    """
    groups = grouped(problem, caps, most)
    sizes = [len(group.types) for group in groups]
    types = np.concatenate([group.types for group in groups])
    firsts = np.array([group.slots[0] for group in groups], dtype=np.int64)
    counts = np.array([len(group.slots) for group in groups], dtype=np.int64)
    room = problem.members[types] * np.repeat(counts * caps[firsts], sizes)
    tree = _Tree(types, room, most)
    tree.bound(np.repeat([g.visit for g in groups], sizes), GRID * problem.members)
    tree.bound(np.repeat(problem.windows[firsts], sizes), GRID * problem.per_window)
    tree.bound(np.zeros_like(types), GRID * problem.capacity)
    nodes = len(tree.tails) + len(groups)
    inner = np.arange(len(problem.types), len(tree.tails))
    demand = np.zeros(nodes, dtype=np.int64)
    demand[len(tree.tails) :] = counts * GRID
    return Network(
        groups,
        nodes,
        np.concatenate([tree.tails[inner], tree.above]),
        np.concatenate([inner, np.repeat(np.arange(len(tree.tails), nodes), sizes)]),
        np.concatenate([tree.room[inner], room]),
        demand,
    )


def grouped(problem: TeamProblem, caps: Ints, most: Ints) -> tuple[Group, ...]:
    """Slots that can be solved as one; those of a visit whose bound may bind stay apart
    from other visits."""
    in_visit = np.zeros(problem.visits.max(initial=-1) + 1, dtype=np.int64)
    np.add.at(in_visit, problem.visits, caps)
    often = most > GRID * problem.members
    able = {id(slot.types): slot.types for slot in problem.slots}
    digests = {key: _digest(types) for key, types in able.items()}
    found: dict[tuple[int, int, int, bytes, bytes], list[int]] = {}
    for slot, cap in zip(problem.slots, caps.tolist(), strict=True):
        alone = in_visit[slot.visit] > GRID and bool(often[slot.types].any())
        visit = slot.visit if alone else -1
        key = slot.window, visit, cap, digests[id(slot.types)], _digest(slot.scores)
        found.setdefault(key, []).append(slot.number)
    return tuple(
        Group(visit, tuple(slots), problem.slots[slots[0]].types, problem.slots[slots[0]].scores)
        for (_, visit, *_), slots in found.items()
    )


def _digest(column: Ints) -> bytes:
    # twice as quick as SHA-256; nothing of it is published
    return blake2b(column.tobytes()).digest()


class _Tree:
    """The nodes above the cells, bound after bound upwards.

    `above` : (cells,) the node right above each cell, at first its type. `tails` and `room` :
    the node above each node, and what may pass between them; types have none above.
    """

    def __init__(self, types: Ints, room: Ints, most: Ints) -> None:
        self.types, self.most = types, most
        self.above = types.copy()
        self.tails = np.arange(len(most))
        self.room = most.copy()
        # the topmost nodes below the types, or the cells where there is none
        self._top = np.full(len(types), -1, dtype=np.int64)
        self._passing = room

    def bound(self, ids: Ints, bounds: Ints) -> None:
        """Together the cells of a type with one id let through no more than *bounds*.

        Parameters
        ----------
        ids : (cells,) coarser than those of the bounds before; -1 is not bound.
        bounds : (T,) for each type.
        """
        if not (self.most > bounds).any():
            return
        keys = np.where(ids < 0, -1, self.types * (ids.max(initial=0) + 1) + ids)
        found, first, part = np.unique(keys, return_index=True, return_inverse=True)
        passing = self._sums(part, len(first))
        owner = self.types[first]
        binds = (np.minimum(passing, self.most[owner]) > bounds[owner]) & (found >= 0)
        node = np.where(binds, len(self.tails) + np.cumsum(binds) - 1, -1)[part]
        self._hang(node)
        self.tails = np.concatenate([self.tails, owner[binds]])
        self.room = np.concatenate([self.room, bounds[owner[binds]]])

    def _sums(self, part: Ints, parts: int) -> Ints:
        """What passes into each part: through a node once, however many cells it has."""
        sums = np.zeros(parts, dtype=np.int64)
        bare = self._top < 0
        np.add.at(sums, part[bare], self._passing[bare])
        nodes, cell = np.unique(self._top[~bare], return_index=True)
        np.add.at(sums, part[~bare][cell], self.room[nodes])
        return sums

    def _hang(self, node: Ints) -> None:
        """Hang each cell, or its topmost node, below its new *node*, where it has one."""
        bare = (self._top < 0) & (node >= 0)
        self.above[bare] = node[bare]
        under = (self._top >= 0) & (node >= 0)
        self.tails[self._top[under]] = node[under]
        self._top = np.where(node >= 0, node, self._top)


# -- flows -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Flow:
    """A maximum flow: its *value*, what each arc carries, and the nodes that could take in
    more (the source's side of a minimum cut)."""

    value: int
    carried: Ints
    reached: Bools


def maximum_flow(nodes: int, arcs: tuple[Ints, Ints, Ints], supply: Ints, demand: Ints) -> Flow:
    """The most that gets from *supply* to *demand*, both (nodes,), through the arcs given
    as tails, heads, room."""
    # here, because only the solver needs it, not the draw
    from ortools.graph.python.max_flow import SimpleMaxFlow

    tails, heads, room = arcs
    source, sink = nodes, nodes + 1
    given, taken = np.flatnonzero(supply), np.flatnonzero(demand)
    flow = SimpleMaxFlow()
    flow.add_arcs_with_capacity(
        _nodes(tails, np.full_like(given, source), taken),
        _nodes(heads, given, np.full_like(taken, sink)),
        np.concatenate([room, supply[given], demand[taken]]),
    )
    if flow.num_nodes() <= sink or not len(given):
        return Flow(0, np.zeros_like(tails), supply > 0)
    status = flow.solve(source, sink)
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"no maximum flow was found: {status}")
    reached = np.zeros(nodes + 2, dtype=np.bool_)
    reached[flow.get_source_side_min_cut()] = True
    carried = flow.flows(np.arange(len(tails), dtype=np.int32))
    return Flow(flow.optimal_flow(), carried, reached[:nodes])


def _nodes(*parts: Ints) -> NDArray[np.int32]:
    return np.concatenate(parts).astype(np.int32)
