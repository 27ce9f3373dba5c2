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
        while at[start]:
            cycle = _cycle(arcs, at, start)
            _turn(cycle, amounts, denominator, coins)
            for index, _ in cycle:
                if amounts[index] % denominator == 0:
                    del at[arcs[index][0]][index], at[arcs[index][1]][index]
    return [amount // denominator for amount in amounts]


def _cycle(
    arcs: Sequence[Arc], at: dict[Node, dict[int, None]], start: Node
) -> list[tuple[int, int]]:
    """A cycle of fractional arcs as (arc, +1 along it or -1 against it)."""
    path: list[tuple[int, int]] = []
    seen, node, last = {start: 0}, start, -1
    while True:
        index = next((i for i in at[node] if i != last), -1)
        if index < 0:
            raise ValueError("what flows into a node does not flow out again")
        tail, head, _ = arcs[index]
        along = tail == node
        node, last = (head if along else tail), index
        path.append((index, 1 if along else -1))
        if node in seen:
            return path[seen[node] :]
        seen[node] = len(path)


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
