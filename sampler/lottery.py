"""Dependent rounding: an integer table of chances becomes whole units.

Every fractional arc lies on a cycle of fractional arcs; amounts are moved around it, up
or down, with the odds that keep each arc's expectation, until one arc is whole (Gandhi,
Khuller, Parthasarathy & Srinivasan 2006, J. ACM 53; Budish et al. 2013). All sums that
are whole stay whole, so every quota is met in every outcome.
"""

from collections.abc import Hashable, Sequence
from typing import Protocol

Node = Hashable
Arc = tuple[Node, Node, int]
"""Tail, head, amount in units of 1 / denominator."""


class CoinSource(Protocol):
    """Gives uniform integers below a bound."""

    def below(self, bound: int) -> int:
        """A uniform integer in [0, bound)."""


def round_arcs(arcs: Sequence[Arc], denominator: int, coins: CoinSource) -> list[int]:
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
    amounts = [amount for _, _, amount in arcs]
    at: dict[Node, dict[int, None]] = {}
    for index, (tail, head, amount) in enumerate(arcs):
        if amount % denominator:
            at.setdefault(tail, {})[index] = None
            at.setdefault(head, {})[index] = None
    for start in list(at):
        walk = _Walk(arcs, at, start)
        while at[start]:
            cycle = walk.cycle()
            _turn(cycle, amounts, denominator, coins)
            whole = [k for k, (index, _) in enumerate(cycle) if amounts[index] % denominator == 0]
            for index, _ in map(cycle.__getitem__, whole):
                del at[arcs[index][0]][index], at[arcs[index][1]][index]
            walk.back(len(cycle) - whole[0])
    return [amount // denominator for amount in amounts]


class _Walk:
    """A walk over fractional arcs that always takes the first it can.

    It goes on where the last cycle has left a gap: begun anew, it would come there by the
    same arcs, because a gap changes nothing at the nodes before it.
    """

    def __init__(self, arcs: Sequence[Arc], at: dict[Node, dict[int, None]], start: Node) -> None:
        self._arcs, self._at = arcs, at
        self._nodes = [start]
        self._seen = {start: 0}
        self._path: list[tuple[int, int]] = []

    def cycle(self) -> list[tuple[int, int]]:
        """The next cycle as (arc, +1 along it or -1 against it)."""
        last = self._path[-1][0] if self._path else -1
        while True:
            node = self._nodes[-1]
            index = next((i for i in self._at[node] if i != last), -1)
            if index < 0:
                raise ValueError("what flows into a node does not flow out again")
            tail, head, _ = self._arcs[index]
            along = tail == node
            node, last = (head if along else tail), index
            self._path.append((index, 1 if along else -1))
            if node in self._seen:
                return self._path[self._seen[node] :]
            self._seen[node] = len(self._path)
            self._nodes.append(node)

    def back(self, steps: int) -> None:
        """Go back so many steps."""
        gap = len(self._path) - steps
        for node in self._nodes[gap + 1 :]:
            del self._seen[node]
        del self._nodes[gap + 1 :], self._path[gap:]


def _turn(
    cycle: list[tuple[int, int]], amounts: list[int], denominator: int, coins: CoinSource
) -> None:
    """Move the cycle up or down until an arc is whole, keeping expectations."""
    up = min(
        denominator - amounts[i] % denominator if way > 0 else amounts[i] % denominator
        for i, way in cycle
    )
    down = min(
        amounts[i] % denominator if way > 0 else denominator - amounts[i] % denominator
        for i, way in cycle
    )
    step = up if coins.below(up + down) < down else -down
    for i, way in cycle:
        amounts[i] += way * step
