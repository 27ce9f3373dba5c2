"""Exact leximin chances by Hoffman cuts, in integers, without a solver.

A table of chances that gives every type t at least L_t expected units exists if and only
if no *cut* (a set X of places and a set P of pools) asks for more than it lets in
(Hoffman 1960). The largest common level z is therefore the smallest ratio of a cut's room
to the demand of its free types; the types in the tight cuts are fixed there and the rest
goes on (Megiddo 1974, lexicographic flows). `docs/draw.md` holds the proof that a level
fixes exactly the types that cannot have more.

Cuts are screened in floating point for all X at once, by dynamic programming over the
tree of pools; every cut near the minimum is then judged in integers, so that floats
decide nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from sampler.faults import Infeasible
from sampler.pools import Tree
from sampler.quotas import Kind, Problem

MOST_PLACES = 16
"""With more places than this the 2**places cuts no longer fit in memory."""

NEAR = 1e-6
"""Cuts with a float slack (in drawn units) up to this are judged exactly."""

_CONFLICT = "各项名额在本名单上无法同时满足"

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cut:
    """A set of places (bits) and a set of pools whose bounds meet: nothing is left over."""

    places: int
    pools: tuple[int, ...]


@dataclass(frozen=True)
class Level:
    """*types* get exactly *value* per unit of weight; *cut* is why nobody gets more.

    Without a cut it is the cap on a single chance that binds.
    """

    value: Fraction
    types: tuple[int, ...]
    cut: Cut | None


class _Cuts:
    """All cuts of one problem, with the types that are already fixed."""

    def __init__(self, problem: Problem, tree: Tree) -> None:
        types = problem.drawable
        self.problem, self.pools = problem, tree.pools
        self.numbers = np.array([t.number for t in types], dtype=np.int64)
        self.mask = np.array([t.mask for t in types], dtype=np.int64)
        self.pool = np.array([tree.home[t.number] for t in types], dtype=np.int64)
        self.certain = np.array([t.kind is Kind.CERTAIN for t in types], dtype=bool)
        self.units = np.array([t.units for t in types], dtype=np.int64)
        weight = np.array([t.weight for t in types], dtype=np.int64)
        self.weight = np.where(self.certain, 1, weight)
        self.demand = self.weight * self.units
        self.all_places = (1 << len(problem.counts)) - 1
        self.quota = self._quota_of_every_set()
        # certain units are a level of their own, fixed at one from the start
        self.values = [Fraction(1)]
        self.level = np.where(self.certain, 0, -1)
        upper = np.where(self.certain, 1.0, float(problem.cap)) * self.units.astype(float)
        self.room_outside = self._touching(upper)

    def _quota_of_every_set(self) -> Ints:
        quota = np.zeros(1, dtype=np.int64)
        for count in self.problem.counts:
            quota = np.concatenate([quota, quota + count])
        return quota

    def _inside(self, values: Floats) -> Floats:
        """(pools, 2**places): the sum of *values* over the types of a pool that fill
        no place of X, for every X."""
        sums = np.zeros((len(self.pools), self.all_places + 1))
        np.add.at(sums, (self.pool, self.mask), values)
        for place in range(len(self.problem.counts)):
            halves = sums.reshape(len(self.pools), -1, 2, 1 << place)
            halves[:, :, 1] += halves[:, :, 0]
        return sums[:, ::-1]

    def _touching(self, values: Floats) -> Floats:
        inside = self._inside(values)
        return inside[:, :1] - inside

    @property
    def free(self) -> NDArray[np.bool_]:
        return self.level < 0

    def fix(self, value: Fraction, positions: Iterable[int]) -> None:
        self.values.append(value)
        self.level[list(positions)] = len(self.values) - 1

    # -- the level --------------------------------------------------------------

    def highest_level(self) -> tuple[Fraction, list[int]]:
        """The largest level all free types can have together, exactly, and every X
        that might be in a tight cut. Newton's method from above (Dinkelbach 1967)."""
        most = int(self.weight[self.free].max())
        level = self.problem.cap / most
        places = self._screen(float(level))
        while True:
            lowered = min(
                (slack_level for x in places if (slack_level := self._ratio(x, level)) is not None),
                default=None,
            )
            if lowered is None:
                return level, places
            level = lowered

    def check_fixed(self) -> None:
        """Raise `Infeasible` if the fixed types alone do not fit the quotas."""
        if any(self.judge(x, Fraction(0))[0] < 0 for x in self._screen(0.0)):
            raise Infeasible(_CONFLICT)

    def _ratio(self, x: int, level: Fraction) -> Fraction | None:
        """The lower level that the worst cut with places *x* enforces, or None."""
        slack, cut = self.judge(x, level)
        if slack >= 0:
            return None
        demand = sum(int(self.demand[i]) for i in self.members(cut) if self.level[i] < 0)
        if demand == 0:
            raise Infeasible(_CONFLICT)
        return level + slack / demand

    def _screen(self, level: float) -> list[int]:
        """Every X whose worst cut is within `NEAR` of tight at the highest level."""
        coefficient = np.array([float(value) for value in self.values])
        fixed = np.where(self.free, 0.0, coefficient[self.level]) * self.demand.astype(float)
        demand = self._inside(np.where(self.free, self.demand, 0).astype(float))
        fixed_inside = self._inside(fixed)
        for _ in range(200):
            slack, free = self._worst(-fixed_inside - level * demand, demand)
            short = slack < -NEAR / 2
            if not short.any():
                break
            if not free[short].all():
                raise Infeasible(_CONFLICT)
            level = float((level + slack[short] / free[short]).min())
        return [int(x) for x in np.flatnonzero(slack <= NEAR)]

    def _worst(self, own: Floats, demand: Floats) -> tuple[Floats, Floats]:
        """For every X the smallest slack over all sets of pools, and the free demand
        of that cut: dynamic programming from the leaves of the tree to the root."""
        inside = [own[v].copy() for v in range(len(self.pools))]
        outside = [self.room_outside[v].copy() for v in range(len(self.pools))]
        inside_free = [demand[v].copy() for v in range(len(self.pools))]
        outside_free = [np.zeros_like(demand[v]) for v in range(len(self.pools))]
        for v in range(len(self.pools) - 1, 0, -1):
            pool, u = self.pools[v], self.pools[v].parent
            out = inside[v] <= outside[v] - pool.low
            inside[u] += np.where(out, inside[v], outside[v] - pool.low)
            inside_free[u] += np.where(out, inside_free[v], outside_free[v])
            out = outside[v] <= inside[v] + pool.high
            outside[u] += np.where(out, outside[v], inside[v] + pool.high)
            outside_free[u] += np.where(out, outside_free[v], inside_free[v])
        inside[0] += self.problem.n - self.quota
        outside[0] -= self.quota
        best = inside[0] <= outside[0]
        return (
            np.where(best, inside[0], outside[0]),
            np.where(best, inside_free[0], outside_free[0]),
        )

    # -- one cut, in integers -----------------------------------------------------

    def judge(self, x: int, level: Fraction, inside: int | None = None) -> tuple[Fraction, Cut]:
        """Smallest exact slack of a cut with places *x* at *level*, and that cut; with
        *inside* only cuts that hold this pool."""
        within, beyond, scale = self._own_terms(x, level)
        best: list[tuple[int, int]] = [(0, 0)] * len(self.pools)
        choice: list[tuple[bool, bool]] = [(True, False)] * len(self.pools)
        for v in range(len(self.pools) - 1, -1, -1):
            low, high = within[v], beyond[v]
            if inside == v:
                high += scale * 4 * (self.problem.n + int(self.units.sum()) + 1)
            best[v] = (best[v][0] + low, best[v][1] + high)
            if v == 0:
                break
            pool = self.pools[v]
            held, left = best[v]
            stay, leave = held <= left - scale * pool.low, held + scale * pool.high < left
            choice[v] = (stay, leave)
            u = pool.parent
            best[u] = (
                best[u][0] + (held if stay else left - scale * pool.low),
                best[u][1] + (held + scale * pool.high if leave else left),
            )
        quota = int(self.quota[x]) * scale
        held, left = best[0][0] + scale * self.problem.n - quota, best[0][1] - quota
        return Fraction(min(held, left), scale), Cut(x, self._chosen(choice, held <= left))

    def _chosen(self, choice: list[tuple[bool, bool]], root: bool) -> tuple[int, ...]:
        held = [root]
        for v in range(1, len(self.pools)):
            stay, leave = choice[v]
            held.append(stay if held[self.pools[v].parent] else leave)
        return tuple(v for v, is_held in enumerate(held) if is_held)

    def _own_terms(self, x: int, level: Fraction) -> tuple[list[int], list[int], int]:
        """Per pool, times *scale*: minus the demand inside X's complement, and the room
        of the types that fill a place of X."""
        apart = self.mask & x == 0
        values = [*self.values, level]
        scale = lcm(*(value.denominator for value in values), self.problem.cap.denominator)
        which = np.where(self.free, len(values) - 1, self.level)
        pools = len(self.pools)
        sums = np.zeros(pools * len(values), dtype=np.int64)
        np.add.at(sums, (self.pool * len(values) + which)[apart], self.demand[apart])
        numerators = [value.numerator * (scale // value.denominator) for value in values]
        table = sums.reshape(pools, -1).tolist()
        within = [-sum(a * b for a, b in zip(row, numerators, strict=True)) for row in table]
        room = np.zeros((pools, 2), dtype=np.int64)
        np.add.at(room, (self.pool[~apart], self.certain[~apart].astype(int)), self.units[~apart])
        cap = self.problem.cap.numerator * (scale // self.problem.cap.denominator)
        beyond = [ordinary * cap + certain * scale for ordinary, certain in room.tolist()]
        return within, beyond, scale

    def members(self, cut: Cut) -> list[int]:
        """Positions of the types whose demand the cut holds in."""
        inside = np.isin(self.pool, cut.pools) & (self.mask & cut.places == 0)
        return [int(i) for i in np.flatnonzero(inside)]

    def tight(self, level: Fraction, places: list[int]) -> Iterator[Level]:
        """The free types that cannot have more than *level*, each with its reason."""
        left = {int(i) for i in np.flatnonzero(self.free)}
        at_cap = [i for i in sorted(left) if level * int(self.weight[i]) == self.problem.cap]
        if at_cap:
            left.difference_update(at_cap)
            yield self._level(level, at_cap, None)
        for x in sorted(places, key=lambda x: (x.bit_count(), x)):
            for v in sorted({int(self.pool[i]) for i in left if self.mask[i] & x == 0}):
                slack, cut = self.judge(x, level, inside=v)
                found = sorted(left.intersection(self.members(cut))) if slack == 0 else []
                if found:
                    left.difference_update(found)
                    yield self._level(level, found, cut)

    def _level(self, level: Fraction, positions: list[int], cut: Cut | None) -> Level:
        return Level(level, tuple(int(self.numbers[i]) for i in positions), cut)

    def positions(self, numbers: Iterable[int]) -> list[int]:
        return [int(i) for i in np.flatnonzero(np.isin(self.numbers, list(numbers)))]


def leximin(problem: Problem, tree: Tree) -> tuple[Level, ...]:
    """Levels of the exact leximin, lowest first; each drawable ordinary type in one.

    Parameters
    ----------
    problem : at most `MOST_PLACES` places; the types' weighted units sum below 2**53.
    tree : its nested cross quotas, from `pools.nest`.

    Raises
    ------
    Infeasible
        If no table of chances meets the quotas (`conflicts.explanation` says why).
    ValueError
        If there are too many places.
    """
    if len(problem.counts) > MOST_PLACES:
        raise ValueError(f"cuts need at most {MOST_PLACES} places, not {len(problem.counts)}")
    if not problem.drawable:
        raise Infeasible("本名单上没有可以抽取的机构")
    cuts, levels = _Cuts(problem, tree), []
    if not cuts.free.any():
        cuts.check_fixed()
    while cuts.free.any():
        value, places = cuts.highest_level()
        if value < 0:
            raise Infeasible(_CONFLICT)
        found = list(cuts.tight(value, places))
        levels += found
        cuts.fix(value, (i for level in found for i in cuts.positions(level.types)))
    return tuple(levels)
