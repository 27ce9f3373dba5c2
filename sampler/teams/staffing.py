"""Whether all slots can be filled at once, in whole persons, and which cannot.

A maximum flow through the network of the solver, without any cap. If a slot stays empty, the
slots from which its place could be vacated form an irreducible conflict: without any one of
them the rest can be filled (Hall 1935; König's alternating tree).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sampler.teams.eligibility import Eligibility
from sampler.teams.network import Network, maximum_flow, network
from sampler.teams.problem import GRID, Ints, SlotCell, TeamProblem, TypeRow
from sampler.teams.rules import Rule
from sampler.teams.task import Inspector

MOST_TREES = 20
"""Of so many empty slots that contend for the same people the smallest conflicts are told."""


@dataclass(frozen=True)
class Bounds:
    """How often one inspector may serve, raised or lifted to ask what would help.

    Attributes
    ----------
    lifted : counting rules that are not in force.
    more, more_per_window : added to everybody's capacity and to his capacity per window.
    people : new inspectors who may take any slot, as often as whoever serves most often.
    """

    lifted: frozenset[Rule] = frozenset()
    more: int = 0
    more_per_window: int = 0
    people: int = 0


class Staffing:
    """The slots *wanted* of one task against its inspectors."""

    def __init__(
        self, eligible: Eligibility, wanted: Sequence[int], bounds: Bounds | None = None
    ) -> None:
        self.eligible = eligible
        self.wanted = tuple(wanted)
        self.bounds = bounds or Bounds()

    @cached_property
    def filled(self) -> int:
        """How many of the slots can be filled at once."""
        return int(self._taken.sum()) if self.wanted else 0

    def conflicts(self) -> tuple[tuple[int, ...], ...]:
        """Irreducible sets of slots that cannot all be filled, no two with a slot in common;
        none just when all can."""
        if self.filled == len(self.wanted):
            return ()
        found = []
        for trees in self._trees():
            told: set[int] = set()
            for tree in sorted(trees, key=len):
                if told.isdisjoint(tree):
                    told.update(tree)
                    found.append(tree)
        return tuple(sorted(found))

    def contested(self) -> tuple[int, ...]:
        """The slots that some conflict is about: if these could be filled, all could."""
        groups = self._contested[self._contested >= self._first_group] - self._first_group
        of_groups = [self._net.groups[group].slots for group in groups]
        return tuple(sorted(self.wanted[place] for places in of_groups for place in places))

    def _trees(self) -> Collection[list[tuple[int, ...]]]:
        """A conflict for each group with an empty slot, by the part of the network; not of all
        groups, if there are very many."""
        from scipy.sparse.csgraph import breadth_first_order, connected_components

        nodes = self._contested
        graph = self._vacating[nodes][:, nodes]
        _, parts = connected_components(graph, directed=False)
        found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        for place in np.flatnonzero(np.isin(nodes, self._first_group + self._short)).tolist():
            if len(found[parts[place]]) < MOST_TREES:
                tree = breadth_first_order(graph, place, return_predecessors=False)
                found[parts[place]].append(self._slots_of(nodes[tree]))
        return found.values()

    def _slots_of(self, tree: Ints) -> tuple[int, ...]:
        """The filled slots of the groups in a *tree*, and one that is empty of its root."""
        groups = tree[tree >= self._first_group] - self._first_group
        places: list[int] = []
        for group in groups:
            more = 1 if group == groups[0] else 0
            places += self._net.groups[group].slots[: self._taken[group] + more]
        return tuple(sorted(self.wanted[place] for place in places))

    # -- the flow ----------------------------------------------------------------------

    @cached_property
    def _taken(self) -> Ints:
        """(groups,) how many slots of each are filled."""
        taken = np.zeros(self._net.nodes, dtype=np.int64)
        np.add.at(taken, self._net.heads, self._carried)
        return taken[self._first_group :]

    @property
    def _short(self) -> Ints:
        """Groups with an empty slot."""
        return np.flatnonzero(self._taken * GRID < self._net.demand[self._first_group :])

    @property
    def _first_group(self) -> int:
        return self._net.nodes - len(self._net.groups)

    @cached_property
    def _carried(self) -> Ints:
        net = self._net
        supply = np.zeros(net.nodes, dtype=np.int64)
        supply[: len(self._problem.types)] = self._problem.capacity
        arcs = (net.tails, net.heads, net.room // GRID)
        return maximum_flow(net.nodes, arcs, supply, net.demand // GRID).carried

    @cached_property
    def _vacating(self) -> Any:
        """From each node an arc to every node that could send it one more; and one more node,
        whose arcs lead to the groups with an empty slot."""
        # here, because SciPy takes longer to load than most draws take
        from scipy.sparse import csr_array

        net, start = self._net, self._net.nodes
        free, used = self._carried * GRID < net.room, self._carried > 0
        empty = self._first_group + self._short
        tails = np.concatenate([net.heads[free], net.tails[used], np.full_like(empty, start)])
        heads = np.concatenate([net.tails[free], net.heads[used], empty])
        # numbers as SciPy's searches want them, or every search would copy them
        ones = np.ones(len(tails), dtype=np.float64)
        return csr_array((ones, (tails, heads)), shape=(start + 1, start + 1))

    @cached_property
    def _contested(self) -> Ints:
        """Nodes that could send more to an empty slot if they had it, ascending."""
        from scipy.sparse.csgraph import breadth_first_order

        start = self._net.nodes
        found = breadth_first_order(self._vacating, start, return_predecessors=False)
        return np.sort(found[1:]).astype(np.int64)

    # -- the network -------------------------------------------------------------------

    @cached_property
    def _net(self) -> Network:
        uncapped = np.full(len(self.wanted), GRID, dtype=np.int64)
        return network(self._problem, uncapped, GRID * self._problem.capacity)

    @cached_property
    def _problem(self) -> TeamProblem:
        eligible, able = self.eligible, [self.eligible.eligible[slot] for slot in self.wanted]
        # a few slots concern few types
        used = np.unique(np.concatenate(able))
        types = [
            self._row(place, len(eligible.members[number]), eligible.examples[number])
            for place, number in enumerate(used.tolist())
        ]
        able = [np.searchsorted(used, some) for some in able]
        if self.bounds.people:
            types.append(self._newcomers(types))
            able = [np.append(some, len(used)) for some in able]
        return TeamProblem(tuple(types), self._cells(able))

    def _row(self, number: int, members: int, person: Inspector) -> TypeRow:
        capacity = self._bound(Rule.CAPACITY, person.capacity + self.bounds.more)
        per_window = self._bound(Rule.WINDOW, person.per_window + self.bounds.more_per_window)
        return TypeRow(number, members, capacity=capacity, per_window=per_window)

    def _newcomers(self, types: Sequence[TypeRow]) -> TypeRow:
        capacity = max([1, *(row.capacity for row in types)])
        per_window = max([1, *(row.per_window for row in types)])
        people = self.bounds.people
        return TypeRow(len(types), people, capacity=capacity, per_window=per_window)

    def _bound(self, rule: Rule, bound: int) -> int:
        return len(self.wanted) if rule in self.bounds.lifted else bound

    def _cells(self, able: Sequence[Ints]) -> tuple[SlotCell, ...]:
        """What is wanted, with the types that may take each slot."""
        task, visits = self.eligible.task, self.eligible.visits
        rows = [task.slots[slot] for slot in self.wanted]
        apart = Rule.ONE_SLOT_PER_VISIT in self.bounds.lifted
        in_visit = _numbered([row.id if apart else row.visit for row in rows])
        windows = _numbered([visits[row.visit].window for row in rows])
        no_points = np.zeros(max(map(len, able)), dtype=np.int64)
        return tuple(
            SlotCell(place, in_visit[place], windows[place], some, no_points[: len(some)])
            for place, some in enumerate(able)
        )


def _numbered(names: Sequence[str]) -> list[int]:
    numbers: dict[str, int] = {}
    return [numbers.setdefault(name, len(numbers)) for name in names]
