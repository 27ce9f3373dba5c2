"""The second aim: expected loads as even as can be, in proportion to availability.

Leximin of load / availability over all tables within the caps. The loads that can be had
form the bases of a polymatroid, so the decomposition algorithm finds them (Fujishige 1980;
Groenevelt 1991): ask everybody for the same level; where a maximum flow falls short, a
minimum cut parts those who must stay below it from those who must go above, and each part
is asked again by itself. All parts are asked in one flow. Levels are exact fractions.
"""

from fractions import Fraction

import numpy as np

from sampler.faults import Infeasible
from sampler.teams.network import LARGEST, Network, maximum_flow, network
from sampler.teams.problem import GRID, Ints, Level, TeamProblem


def fair_loads(problem: TeamProblem, caps: Ints) -> tuple[Level, ...]:
    """Expected loads per unit of availability, lowest first; every type in one.

    Parameters
    ----------
    caps : (S,) of the slots, in units of 1 / `GRID`.

    Raises
    ------
    Infeasible
        If the slots cannot be filled with these caps.
    OverflowError
        If slots and availabilities are too many for flows of 64 bits.
    """
    # no bound of theirs yet, so that capacity has a node of its own where it can bind
    most = np.full(len(problem.types), GRID * len(problem.slots), dtype=np.int64)
    parts = _Parts(network(problem, caps, most), problem.shares)
    found: dict[Fraction, list[int]] = {}
    while parts.count:
        for value, types in parts.ask():
            found.setdefault(value / GRID, []).extend(types)
    return tuple(Level(value, tuple(sorted(types))) for value, types in sorted(found.items()))


def expected(problem: TeamProblem, levels: tuple[Level, ...]) -> tuple[Ints, Ints]:
    """(T,) floor and (T,) ceiling of each type's load in units of 1 / `GRID`."""
    low = np.zeros(len(problem.types), dtype=np.int64)
    high = low.copy()
    for level in levels:
        types = list(level.types)
        up, down = (level.value * GRID).as_integer_ratio()
        # the shares of a level times its level is what its types send: it fits 64 bits
        asked = problem.shares[types].astype(object) * up
        low[types] = asked // down
        high[types] = -(-asked // down)
    return low, high


class _Parts:
    """The parts of the network that are still asked; what crosses between them is settled.

    `_part` : (nodes,) the part of each node, -1 once its level is known. `_given` and
    `_due` : (nodes,) what enters from parts below, what leaves to parts above and to slots.
    """

    def __init__(self, net: Network, shares: Ints) -> None:
        self.count = 1
        self._net, self._shares = net, shares
        self._part = np.zeros(net.nodes, dtype=np.int64)
        self._given = np.zeros(net.nodes, dtype=np.int64)
        self._due = net.demand.copy()

    def ask(self) -> list[tuple[Fraction, list[int]]]:
        """Levels that fit, with their types; parts whose level does not fit are split."""
        net, part = self._net, self._part
        left = self._sums(self._due - self._given)
        shares = self._sums(np.pad(self._shares, (0, net.nodes - len(self._shares))))
        if (left < 0).any() or left[shares == 0].any():
            raise Infeasible("在给定的机会上限之内，不能配齐全部岗位")
        common = np.maximum(1, np.gcd(left, shares))
        scale = np.maximum(1, shares // common)
        self._check(scale)
        open_nodes = part >= 0
        scales = np.where(open_nodes, scale[part], 0)
        supply = self._given * scales
        first = slice(len(self._shares))
        supply[first] += (
            np.where(open_nodes[first], (left // common)[part[first]], 0) * self._shares
        )
        inside = (part[net.tails] == part[net.heads]) & open_nodes[net.tails]
        tails, heads = net.tails[inside], net.heads[inside]
        room = np.minimum(net.room[inside], self._sums(self._due)[part[tails]])
        arcs = (tails, heads, room * scales[tails])
        flow = maximum_flow(net.nodes, arcs, supply, self._due * scales)

        short = np.zeros(self.count, dtype=np.bool_)
        short[part[flow.reached & open_nodes]] = True
        fits = [
            (Fraction(int(left[p]), int(shares[p])), np.flatnonzero(part[first] == p).tolist())
            for p in np.flatnonzero(~short & (shares > 0))
        ]
        crossing = flow.reached[tails] & ~flow.reached[heads]
        np.add.at(self._due, tails[crossing], room[crossing])
        np.add.at(self._given, heads[crossing], room[crossing])
        self._renumber(np.where(open_nodes & short[part], 2 * part + flow.reached, -1))
        return fits

    def _renumber(self, parts: Ints) -> None:
        found, numbers = np.unique(parts, return_inverse=True)
        known = int(found[0] < 0)
        self._part, self.count = numbers - known, len(found) - known

    def _sums(self, values: Ints) -> Ints:
        """(parts,) sums over the nodes of each part."""
        sums = np.zeros(self.count, dtype=np.int64)
        asked = self._part >= 0
        np.add.at(sums, self._part[asked], values[asked])
        return sums

    def _check(self, scale: Ints) -> None:
        dues = self._sums(self._due).tolist()
        if max(a * b for a, b in zip(dues, scale.tolist(), strict=True)) >= LARGEST:
            raise OverflowError("slots times availabilities exceed what 64 bits hold")
