"""The second draw as mathematics sees it: types of inspectors against slots, in integers.

A *type* is a group of inspectors whom the task cannot tell apart; they share their chances
(averaging any solution over their permutations loses nothing). The table of chances holds
for each (slot, type) the expected number of members of the type on the slot, in units of
1 / `GRID`. Its bounds nest - (type, visit) within (type, window) within type on one side,
the slots on the other - so that it is a network flow, and whole tables can be drawn from it
that keep every bound (bihierarchy: Budish, Che, Kojima & Milgrom 2013, AER 103).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

GRID = 232_792_560
"""Chances are whole multiples of 1/`GRID`: the least common multiple of 1 to 20, so that the
equal shares of up to 20 people are exact, and all others to 5 billionths."""

Progress = Callable[[str], None]
"""Told the name of each step as it begins: cap, loads, affinity."""


@dataclass(frozen=True)
class TypeRow:
    """Inspectors of one type; all figures but *members* are those of one of them.

    Attributes
    ----------
    number : position among the types, from 0.
    members : >= 1.
    availability : >= 1, relative share of the load that one can bear.
    capacity, per_window : most visits in all, and within one window; >= 0.
    """

    number: int
    members: int
    availability: int = 1
    capacity: int = 1
    per_window: int = 1


@dataclass(frozen=True)
class SlotCell:
    """One seat that is filled by exactly one person.

    Attributes
    ----------
    number : position among the slots, from 0.
    visit, window : numbers, from 0; a visit lies within one window.
    types : (n,) the types that may take it, ascending.
    scores : (n,) points of each of these, whole numbers of either sign.
    """

    number: int
    visit: int
    window: int
    types: Ints
    scores: Ints


@dataclass(frozen=True)
class TeamProblem:
    """All slots against all types."""

    types: tuple[TypeRow, ...]
    slots: tuple[SlotCell, ...]

    @cached_property
    def members(self) -> Ints:
        """(T,) members of each type."""
        return _column(t.members for t in self.types)

    @cached_property
    def shares(self) -> Ints:
        """(T,) availability of all members of each type together."""
        return _column(t.members * t.availability for t in self.types)

    @cached_property
    def capacity(self) -> Ints:
        """(T,) most slots of each type's members together, no more than there are."""
        most = len(self.slots)
        return _column(t.members * min(t.capacity, most) for t in self.types)

    @cached_property
    def per_window(self) -> Ints:
        """(T,) the same within one window."""
        most = len(self.slots)
        return _column(t.members * min(t.per_window, most) for t in self.types)

    @cached_property
    def visits(self) -> Ints:
        """(S,) the visit of each slot."""
        return _column(slot.visit for slot in self.slots)

    @cached_property
    def windows(self) -> Ints:
        """(S,) the window of each slot."""
        return _column(slot.window for slot in self.slots)

    @cached_property
    def eligible(self) -> Ints:
        """(S,) inspectors who may take each slot."""
        return _column(int(self.members[slot.types].sum()) for slot in self.slots)


@dataclass(frozen=True)
class Level:
    """*types* are expected to serve *value* times per unit of availability."""

    value: Fraction
    types: tuple[int, ...]


@dataclass(frozen=True)
class ChanceTable:
    """Expected members of each type on each slot, in units of 1 / *denominator*.

    `slots`, `types`, `amounts` : (N,) the positive cells, by slot, then by type. Each slot's
    cells sum to the denominator.
    """

    denominator: int
    slots: Ints
    types: Ints
    amounts: Ints

    @property
    def cells(self) -> list[tuple[int, int, int]]:
        """(slot, type, amount) of every positive cell."""
        columns = (self.slots.tolist(), self.types.tolist(), self.amounts.tolist())
        return list(zip(*columns, strict=True))


@dataclass(frozen=True)
class Solved:
    """The chances of one problem.

    Attributes
    ----------
    cap : Q, the most that the chance of one inspector on one slot is, but for *above*.
    above : slots with so few eligible people that an equal share is more than Q.
    levels : expected loads per unit of availability, lowest first; every type in one. The
        table keeps them up to one unit of 1 / `GRID` for each type.
    score : expected points of all slots together.
    """

    cap: Fraction
    above: tuple[int, ...]
    levels: tuple[Level, ...]
    table: ChanceTable
    score: Fraction


def _column(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
