"""Dependent rounding: an integer table of chances becomes whole units.

Every fractional arc lies on a cycle of fractional arcs; amounts are moved around it, up
or down, with the odds that keep each arc's expectation, until one arc is whole (Gandhi,
Khuller, Parthasarathy & Srinivasan 2006, J. ACM 53; Budish et al. 2013). All sums that
are whole stay whole, so every quota is met in every outcome.
"""

from collections.abc import Hashable, Iterable
from typing import Protocol

Node = Hashable
Arc = tuple[Node, Node, int]
"""Tail, head, amount in units of 1 / denominator."""


class CoinSource(Protocol):
    """Gives uniform integers below a bound."""

    def below(self, bound: int) -> int:
        """A uniform integer in [0, bound)."""


def round_arcs(arcs: Iterable[Arc], denominator: int, coins: CoinSource) -> list[int]:
    """Whole amounts for the *arcs*, each the floor or the ceiling of its expectation.

    Parameters
    ----------
    arcs : at every node what flows in equals what flows out, up to whole numbers.
        Their order is part of the draw: a walk always takes the first arc it can.
    denominator : the amounts' common denominator, >= 1.
    coins : asked once for each cycle.

    Returns
    -------
    Whole amounts in the order of *arcs*.

    Raises
    ------
    ValueError
        If a node does not balance: the table was damaged.
    """
    rounding = _Rounding(arcs, denominator, coins)
    for start in range(len(rounding.at)):
        rounding.clear(start)
    return rounding.amounts


class _Rounding:
    """The fractional arcs between numbered nodes.

    `at` : the arcs at each node, the first to be taken first.
    `_ends` : tail + head of each arc, so that the far end is had from the near one.
    `_rests` : what each arc is above its floor, in units of 1 / denominator.
    """

    def __init__(self, arcs: Iterable[Arc], denominator: int, coins: CoinSource) -> None:
        self._whole, self._coins = denominator, coins
        self._tails: list[int] = []
        self._ends: list[int] = []
        self.amounts: list[int] = []
        self._rests: list[int] = []
        self.at: list[dict[int, None]] = []
        numbers: dict[Node, int] = {}
        for index, (tail, head, amount) in enumerate(arcs):
            floor, rest = divmod(amount, denominator)
            self.amounts.append(floor)
            self._rests.append(rest)
            one = two = 0
            if rest:
                one = self._number(numbers, tail)
                two = self._number(numbers, head)
                self.at[one][index] = self.at[two][index] = None
            self._tails.append(one)
            self._ends.append(one + two)
        self._place = [-1] * len(self.at)

    def _number(self, numbers: dict[Node, int], node: Node) -> int:
        number = numbers.setdefault(node, len(self.at))
        if number == len(self.at):
            self.at.append({})
        return number

    def clear(self, start: int) -> None:
        """Walk from *start* over fractional arcs, always the first there is, and turn every
        cycle that closes, until no fractional arc is left at *start*.

        After a cycle the walk goes on where the cycle has left a gap: begun anew it would
        come there by the same arcs, because a gap changes nothing at the nodes before it.
        """
        nodes, path, place = [start], list[int](), self._place
        place[start] = 0
        while self.at[start]:
            begin = self._walk(nodes, path)
            gap = begin + self._turn(path[begin:], nodes[begin:])
            for node in nodes[gap + 1 :]:
                place[node] = -1
            del nodes[gap + 1 :], path[gap:]
        place[start] = -1

    def _walk(self, nodes: list[int], path: list[int]) -> int:
        """Lengthen the walk until it closes a cycle; where on the walk the cycle begins."""
        at, ends, place = self.at, self._ends, self._place
        node, last = nodes[-1], path[-1] if path else -1
        while True:
            for index in at[node]:
                if index != last:
                    break
            else:
                raise ValueError("what flows into a node does not flow out again")
            node, last = ends[index] - node, index
            path.append(index)
            if place[node] >= 0:
                return place[node]
            place[node] = len(nodes)
            nodes.append(node)

    def _turn(self, cycle: list[int], nodes: list[int]) -> int:
        """Move a cycle up or down until an arc is whole, keeping expectations; the place of
        the first such arc on it."""
        rests, tails, whole = self._rests, self._tails, self._whole
        along = [tails[i] == node for i, node in zip(cycle, nodes, strict=True)]
        down = [rests[i] if way else whole - rests[i] for i, way in zip(cycle, along, strict=True)]
        least, most = min(down), whole - max(down)
        step = most if self._coins.below(most + least) < least else -least
        gaps = []
        for place, (index, way) in enumerate(zip(cycle, along, strict=True)):
            rests[index] += step if way else -step
            if rests[index] in (0, whole):
                gaps.append(place)
        for place in gaps:
            index, node = cycle[place], nodes[place]
            self.amounts[index] += rests[index] == whole
            del self.at[node][index], self.at[self._ends[index] - node][index]
        return gaps[0]
