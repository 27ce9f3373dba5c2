"""From exact chances to an exact integer table: a transport of types to places.

Dinic's algorithm (1970) in Python integers, so that amounts of hundreds of bits stay exact.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from sampler.quotas import Problem


@dataclass(frozen=True)
class Table:
    """Expected drawn units of each (type, place), in units of 1 / *denominator*.

    `cells` holds (type number, place index, value > 0), sorted.
    """

    denominator: int
    cells: tuple[tuple[int, int, int], ...]

    def rows(self) -> dict[int, int]:
        """Sum of each type's row, by type number."""
        rows: dict[int, int] = {}
        for number, _, value in self.cells:
            rows[number] = rows.get(number, 0) + value
        return rows


def table_of(problem: Problem, expected: Mapping[int, Fraction]) -> Table:
    """An integer table with exactly these row sums and the plan's place counts.

    Parameters
    ----------
    expected : expected drawn units of each drawable type; they sum to n.

    Raises
    ------
    ArithmeticError
        If no such table exists, or a cross quota is missed: the chances were not feasible.
    """
    denominator = lcm(*(value.denominator for value in expected.values()))
    supply = {number: int(value * denominator) for number, value in expected.items() if value}
    types = [t for t in problem.drawable if t.number in supply]
    for index, cross in enumerate(problem.cross):
        drawn = sum(supply[t.number] for t in types if t.cross[index])
        if not cross.low * denominator <= drawn <= cross.high * denominator:
            raise ArithmeticError(f"the chances miss the cross quota {cross.name}")
    by_mask: dict[int, int] = {}
    for t in types:
        by_mask[t.mask] = by_mask.get(t.mask, 0) + supply[t.number]
    flow = _transport(by_mask, [count * denominator for count in problem.counts])
    cells = []
    for t in types:
        need, row = supply[t.number], flow[t.mask]
        for place in t.places:
            amount = min(need, row[place])
            if amount:
                cells.append((t.number, place, amount))
                row[place] -= amount
                need -= amount
    return Table(denominator, tuple(cells))


def _transport(supply: Mapping[int, int], demand: Sequence[int]) -> dict[int, dict[int, int]]:
    """Amount sent from each mask to each of its places."""
    masks = sorted(supply)
    network = _Network(len(masks) + len(demand) + 2)
    source, sink = len(masks) + len(demand), len(masks) + len(demand) + 1
    arcs = {}
    for node, mask in enumerate(masks):
        network.add(source, node, supply[mask])
        for place in range(len(demand)):
            if mask >> place & 1:
                arcs[mask, place] = network.add(node, len(masks) + place, supply[mask])
    for place, amount in enumerate(demand):
        network.add(len(masks) + place, sink, amount)
    if network.maximum(source, sink) != sum(demand) or sum(supply.values()) != sum(demand):
        raise ArithmeticError("the chances do not fit the places")
    flow: dict[int, dict[int, int]] = {mask: {} for mask in masks}
    for (mask, place), arc in arcs.items():
        flow[mask][place] = network.room[arc ^ 1]
    return flow


class _Network:
    """Arcs in pairs: arc ^ 1 is the way back, `room` what may still flow."""

    def __init__(self, nodes: int) -> None:
        self.out: list[list[int]] = [[] for _ in range(nodes)]
        self.head: list[int] = []
        self.room: list[int] = []

    def add(self, tail: int, head: int, room: int) -> int:
        for node, to, amount in ((tail, head, room), (head, tail, 0)):
            self.out[node].append(len(self.head))
            self.head.append(to)
            self.room.append(amount)
        return len(self.head) - 2

    def maximum(self, source: int, sink: int) -> int:
        total = 0
        while (depth := self._depths(source))[sink] >= 0:
            total += self._block(source, sink, depth)
        return total

    def _depths(self, source: int) -> list[int]:
        depth = [-1] * len(self.out)
        depth[source] = 0
        queue = deque([source])
        while queue:
            node = queue.popleft()
            for arc in self.out[node]:
                if self.room[arc] and depth[self.head[arc]] < 0:
                    depth[self.head[arc]] = depth[node] + 1
                    queue.append(self.head[arc])
        return depth

    def _block(self, source: int, sink: int, depth: list[int]) -> int:
        """Fill the layered network; returns what was sent."""
        sent, tried, node = 0, [0] * len(self.out), source
        path: list[int] = []
        while True:
            if node == sink:
                amount = min(self.room[arc] for arc in path)
                for arc in path:
                    self.room[arc] -= amount
                    self.room[arc ^ 1] += amount
                sent, path, node = sent + amount, [], source
            elif tried[node] == len(self.out[node]):
                if not path:
                    return sent
                node = self.head[path.pop() ^ 1]
                tried[node] += 1
            else:
                arc = self.out[node][tried[node]]
                if self.room[arc] and depth[self.head[arc]] == depth[node] + 1:
                    path.append(arc)
                    node = self.head[arc]
                else:
                    tried[node] += 1
