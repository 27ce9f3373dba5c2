"""Cross quotas that nest: the tree of pools above the types.

Cross quotas whose realised sets of types never cross (any two are nested or disjoint,
after replacing a set by its complement where that helps) form a tree; with the places on
the other side the draw is then a bihierarchy, a network flow, and every table of chances
is an exact lottery (Budish, Che, Kojima & Milgrom 2013, American Economic Review 103).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sampler.quotas import Problem


@dataclass(frozen=True)
class Pool:
    """A node of the tree: between *low* and *high* drawn units fall into it.

    The root (index 0) is the whole draw and has `cross` None. Any other pool holds the
    types for which cross quota number `cross` is true, or false if `complement`.
    """

    cross: int | None
    complement: bool
    parent: int
    low: int
    high: int


@dataclass(frozen=True)
class Tree:
    """Pools, parents before children, and the deepest pool of each drawable type."""

    pools: tuple[Pool, ...]
    home: dict[int, int]

    def children(self, pool: int) -> list[int]:
        """Indices of the pools directly below *pool*."""
        return [i for i, p in enumerate(self.pools) if i and p.parent == pool]


@dataclass(frozen=True)
class _Family:
    """One cross quota as a set of positions (bits) among the drawable types."""

    cross: int
    complement: bool
    members: int
    low: int
    high: int


def nest(problem: Problem) -> Tree | None:
    """The tree of pools, or None if the cross quotas cross on this frame.

    Because exactly *n* units are drawn, a set may be exchanged for its complement. All
    sets that hold the first type are exchanged: a family is free of crossings if and
    only if what results is laminar.
    """
    families = _families(problem)
    if any(_crosses(a.members, b.members) for i, a in enumerate(families) for b in families[:i]):
        return None
    families.sort(key=lambda family: (-family.members.bit_count(), family.cross))
    parents = [_smallest_holder(families, i) for i in range(len(families))]
    pools = [Pool(None, False, -1, problem.n, problem.n)]
    pools += [
        Pool(f.cross, f.complement, parent, f.low, f.high)
        for f, parent in zip(families, parents, strict=True)
    ]
    home = {t.number: _deepest(families, position) for position, t in enumerate(problem.drawable)}
    return Tree(tuple(pools), home)


def _families(problem: Problem) -> list[_Family]:
    types, families = problem.drawable, []
    everything = (1 << len(types)) - 1
    for index, cross in enumerate(problem.cross):
        low, high = cross.low, cross.high
        if low <= 0 and high >= problem.n:
            continue
        members = sum(1 << position for position, t in enumerate(types) if t.cross[index])
        if members & 1:
            families.append(
                _Family(index, True, everything & ~members, problem.n - high, problem.n - low)
            )
        else:
            families.append(_Family(index, False, members, low, high))
    return families


def _crosses(a: int, b: int) -> bool:
    return bool(a & b) and bool(a & ~b) and bool(b & ~a)


def _smallest_holder(families: Sequence[_Family], index: int) -> int:
    """Pool index of the smallest family before *index* that holds it; else the root."""
    members = families[index].members
    for earlier in range(index - 1, -1, -1):
        if members & ~families[earlier].members == 0 and members:
            return earlier + 1
    return 0


def _deepest(families: Sequence[_Family], position: int) -> int:
    for index in range(len(families) - 1, -1, -1):
        if families[index].members >> position & 1:
            return index + 1
    return 0
