"""Whether all slots can be filled at once, in whole persons, and which cannot.

A maximum flow from slots over (type, visit), (type, window) and type. If a slot stays
empty, the slots from which its place could be vacated form an irreducible conflict:
without any one of them the rest can be filled (Hall 1935; König's alternating tree).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampler.teams.eligibility import Eligibility
from sampler.teams.rules import Rule

Ints = NDArray[np.int64]

MOST_TREES = 20
"""Of so many empty slots the smallest conflict is told."""


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

    @property
    def filled(self) -> int:
        """How many of the slots can be filled at once."""
        return int(self._flow.flow_value) if self.wanted else 0

    def conflict(self) -> tuple[int, ...]:
        """An irreducible set of slots that cannot all be filled; empty if all can."""
        if self.filled == len(self.wanted):
            return ()
        from scipy.sparse.csgraph import breadth_first_order

        residual = (self._network - self._flow.flow)[1:, 1:].tocsr()
        residual.eliminate_zeros()
        taken = self._flow.flow[[0]].toarray()[0][1 : len(self.wanted) + 1]
        trees = []
        for empty in np.flatnonzero(taken == 0)[:MOST_TREES]:
            nodes = breadth_first_order(residual, int(empty), return_predecessors=False)
            trees.append(sorted(int(node) for node in nodes if node < len(self.wanted)))
        return tuple(self.wanted[node] for node in min(trees, key=len))

    @cached_property
    def _flow(self) -> Any:
        # here, because SciPy takes longer to load than most draws take
        from scipy.sparse.csgraph import maximum_flow

        return maximum_flow(self._network, 0, self._network.shape[0] - 1)

    @cached_property
    def _network(self) -> Any:
        """Arcs with whole capacities: source, slots, (type, visit), (type, window), type."""
        from scipy.sparse import csr_array

        places, types = self._open_seats()
        in_visit, visit_of = _pairs(types, self._visits[places])
        at_visit = types[visit_of]
        in_window, window_of = _pairs(at_visit, self._windows[places[visit_of]])
        at_window = at_visit[window_of]
        persons, person_of = np.unique(at_window, return_inverse=True)

        first = 1 + len(self.wanted)
        second, third = first + len(visit_of), first + len(visit_of) + len(window_of)
        sink = third + len(persons)
        wanted = np.arange(len(self.wanted))
        arcs = [
            (np.zeros_like(wanted), 1 + wanted, np.ones_like(wanted)),
            (1 + places, first + in_visit, np.ones_like(places)),
            (first + np.arange(len(visit_of)), second + in_window, self._per_visit[at_visit]),
            (second + np.arange(len(window_of)), third + person_of, self._per_window[at_window]),
            (third + np.arange(len(persons)), np.full_like(persons, sink), self._all[persons]),
        ]
        tails, heads, room = (np.concatenate(part) for part in zip(*arcs, strict=True))
        shape = (sink + 1, sink + 1)
        return csr_array((room.astype(np.int32), (tails, heads)), shape=shape)

    def _open_seats(self) -> tuple[Ints, Ints]:
        """(position in *wanted*, type) of every pair that no rule forbids."""
        new = [len(self.eligible.members)] if self.bounds.people else []
        lists = [np.append(self.eligible.eligible[slot], new) for slot in self.wanted]
        sizes = [len(found) for found in lists]
        places = np.repeat(np.arange(len(lists)), sizes)
        return places, np.concatenate([np.zeros(0), *lists]).astype(np.int64)

    @cached_property
    def _visits(self) -> Ints:
        return _numbered([self.eligible.task.slots[slot].visit for slot in self.wanted])

    @cached_property
    def _windows(self) -> Ints:
        slots, visits = self.eligible.task.slots, self.eligible.visits
        return _numbered([visits[slots[slot].visit].window for slot in self.wanted])

    @property
    def _per_visit(self) -> Ints:
        return self._room(Rule.ONE_SLOT_PER_VISIT, [1] * len(self.eligible.examples))

    @property
    def _per_window(self) -> Ints:
        more = self.bounds.more_per_window
        return self._room(Rule.WINDOW, [p.per_window + more for p in self.eligible.examples])

    @property
    def _all(self) -> Ints:
        more = self.bounds.more
        return self._room(Rule.CAPACITY, [p.capacity + more for p in self.eligible.examples])

    def _room(self, rule: Rule, each: Sequence[int]) -> Ints:
        """What all members of a type, and the new ones, have room for under *rule*."""
        most = len(self.wanted)
        if rule in self.bounds.lifted:
            return np.full(len(each) + 1, most, dtype=np.int64)
        sizes = [*map(len, self.eligible.members), self.bounds.people]
        room = zip((*each, max([1, *each])), sizes, strict=True)
        # no more than all slots: SciPy's capacities have 32 bits
        return np.array([min(most, n * size) for n, size in room], dtype=np.int64)


def _pairs(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Number of each distinct pair at each entry, and one entry of each distinct pair."""
    if not len(first):
        return first, first
    keys = first * (int(second.max()) + 1) + second
    _, entry, numbers = np.unique(keys, return_index=True, return_inverse=True)
    return numbers, entry


def _numbered(names: Collection[str]) -> Ints:
    numbers = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([numbers[name] for name in names], dtype=np.int64)
