"""The draw of the teams: a pure function of the committed table and the seed.

First the table is rounded: each slot gets one type, each type as many slots as the floor or
the ceiling of what it expects (dependent rounding, `sampler.lottery`). Then the slots of a
type are dealt to its members, who are all equally likely to get any of them. No solver.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, cycle, islice, pairwise

from sampler.lottery import Arc, CoinSource, Node, round_arcs
from sampler.seeds import Coins
from sampler.teams.problem import TypeRow
from sampler.tickets import in_order, tickets

ROUND = "teams/round"
MEMBER = "teams/member"
WINDOW = "teams/window"
VISIT = "teams/visit"
SLOT = "teams/slot"
ALTERNATE = "teams/alternate"
"""Stages of the second draw: each has coins or tickets of its own."""

Cell = tuple[int, int, int]
"""Slot number, type number, amount in units of 1 / denominator."""


@dataclass(frozen=True)
class Seat:
    """A slot as the draw sees it: its names, and the numbers of the types that may take it."""

    id: str
    visit: str
    window: str
    types: frozenset[int]


@dataclass(frozen=True)
class Lots:
    """All that the commitment fixes for the draw.

    Attributes
    ----------
    denominator, cells : the table; its cells by slot, then by type.
    seats : by slot number.
    types, members : by type number; ids of the members in any order.
    """

    denominator: int
    cells: Sequence[Cell]
    seats: Sequence[Seat]
    types: Sequence[TypeRow]
    members: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Assignment:
    """The person on each slot, and the alternates of each in order, by slot number."""

    drawn: tuple[str, ...]
    alternates: tuple[tuple[str, ...], ...]


def draw_members(lots: Lots, seed: str, alternates: int) -> Assignment:
    """Draw all teams, and up to *alternates* people for each slot who could step in.

    More alternates never change the drawn.
    """
    drawn = deal(lots, whole_types(lots, Coins(seed, ROUND)), seed)
    return Assignment(drawn, tuple(_alternates(lots, drawn, seed, alternates)))


# -- whole types -----------------------------------------------------------------------


def whole_types(lots: Lots, coins: CoinSource) -> list[int]:
    """The type on each slot, by slot number.

    Raises
    ------
    ValueError
        If the table was damaged, so that a slot does not come to one whole.
    """
    tree = _Tree(lots)
    paths = [tree.above(slot, number) for slot, number, _ in lots.cells]
    inner = _inner_arcs(lots, paths)
    places: list[Node] = [("slot", slot) for slot in range(len(lots.seats))]
    # one after the other: a list of these arcs would be larger than the table itself
    cells = (
        (path[0], places[slot], amount)
        for path, (slot, _, amount) in zip(paths, lots.cells, strict=True)
    )
    amounts = round_arcs(chain(inner, cells), lots.denominator, coins)[len(inner) :]
    found = {cell[0]: cell[1] for cell, whole in zip(lots.cells, amounts, strict=True) if whole}
    if sum(amounts) != len(lots.seats) or len(found) != len(lots.seats):
        raise ValueError("the table does not give one person to each slot")
    return [found[slot] for slot in range(len(lots.seats))]


def _inner_arcs(lots: Lots, paths: Sequence[tuple[Node, ...]]) -> list[Arc]:
    """The arcs above the cells, in the order in which the cells first come to them."""
    amounts: dict[tuple[Node, Node], int] = {}
    for path, (_, _, amount) in zip(paths, lots.cells, strict=True):
        for head, tail in pairwise(path):
            amounts[tail, head] = amounts.get((tail, head), 0) + amount
    return [(tail, head, amount) for (tail, head), amount in amounts.items()]


class _Tree:
    """The nodes above each cell, from below: visit and window where needed, type, whole.

    What is expected no more often than there is room for stays so when it is rounded, and
    so do that few cells, of which each becomes one person at most: visits (windows) of a type
    need a node only where both are more than its members (times visits per window).
    """

    def __init__(self, lots: Lots) -> None:
        self._lots = lots
        self._sums = Counter[int]()
        for _, number, amount in lots.cells:
            self._sums[number] += amount
        whole = lots.denominator
        self._often = {n for n, a in self._sums.items() if a > lots.types[n].members * whole}
        self._cells = Counter[Node]()
        for slot, number, _ in lots.cells:
            if number in self._often:
                self._cells.update(_held(lots.seats[slot], number))
        self._known: dict[Node, tuple[Node, ...]] = {n: (("type", n), "whole") for n in self._sums}

    def above(self, slot: int, number: int) -> tuple[Node, ...]:
        """The nodes above the cell of a slot and a type."""
        if number not in self._often:
            return self._known[number]
        visit, window = _held(self._lots.seats[slot], number)
        if visit not in self._known:
            t = self._lots.types[number]
            rooms = (visit, t.members), (window, t.members * t.per_window)
            bound = [node for node, room in rooms if self._binds(node, number, room)]
            self._known[visit] = (*bound, *self._known[number])
        return self._known[visit]

    def _binds(self, node: Node, number: int, room: int) -> bool:
        whole = self._lots.denominator
        return min(self._sums[number], self._cells[node] * whole) > room * whole


def _held(seat: Seat, number: int) -> tuple[Node, Node]:
    """What a type on a seat counts towards, within its whole load."""
    return ("visit", number, seat.visit), ("window", number, seat.window)


# -- persons ---------------------------------------------------------------------------


def deal(lots: Lots, types: Sequence[int], seed: str) -> tuple[str, ...]:
    """The person on each slot, given its type.

    The slots of a type lie in ticket order, those of a window together, and in it those of
    a visit; its members, in ticket order, take them in turn. So each is equally likely to get
    each slot, and the members' numbers of visits differ by one at most, in all, in a window and
    on a visit (systematic sampling keeps nested sums).
    """
    order = _slot_order(lots.seats, seed)
    of_type: dict[int, list[int]] = {}
    for slot in order:
        of_type.setdefault(types[slot], []).append(slot)
    drawn = [""] * len(types)
    for number, slots in of_type.items():
        queue = in_order(tickets(seed, lots.members[number], MEMBER))
        for slot, person in zip(slots, cycle(queue), strict=False):
            drawn[slot] = person
    return tuple(drawn)


def _slot_order(seats: Sequence[Seat], seed: str) -> list[int]:
    """Slot numbers by ticket of the window, of the visit, of the slot."""
    windows = tickets(seed, sorted({seat.window for seat in seats}), WINDOW)
    visits = tickets(seed, sorted({seat.visit for seat in seats}), VISIT)
    slots = tickets(seed, [seat.id for seat in seats], SLOT)

    def key(number: int) -> tuple[bytes, bytes, bytes]:
        seat = seats[number]
        return windows[seat.window], visits[seat.visit], slots[seat.id]

    return sorted(range(len(seats)), key=key)


# -- alternates ------------------------------------------------------------------------


def _alternates(
    lots: Lots, drawn: Sequence[str], seed: str, wanted: int
) -> Iterator[tuple[str, ...]]:
    """For each slot the first eligible people after its own ticket.

    All inspectors stand on a circle by their tickets, and each slot begins at its own, so
    that not the same few stand by for all slots. Who is on the visit already, or can serve
    no more, is passed over.
    """
    if not wanted:
        yield from (() for _ in lots.seats)
        return
    circle = _Circle(lots, seed)
    starts = tickets(seed, [seat.id for seat in lots.seats], ALTERNATE)
    busy = _Busy(lots, drawn)
    for seat in lots.seats:
        fitting = (
            person
            for person, number in circle.after(starts[seat.id])
            if number in seat.types and busy.can_serve(person, number, seat)
        )
        yield tuple(islice(fitting, wanted))


class _Circle:
    """All inspectors with their types in ticket order, the first again after the last."""

    def __init__(self, lots: Lots, seed: str) -> None:
        number = {person: n for n, people in enumerate(lots.members) for person in people}
        drawn = tickets(seed, list(number), ALTERNATE)
        people = in_order(drawn)
        self._tickets = [drawn[person] for person in people]
        self._twice = [(person, number[person]) for person in people] * 2

    def after(self, ticket: bytes) -> Iterator[tuple[str, int]]:
        """Everybody once, from *ticket* on."""
        start = bisect(self._tickets, ticket)
        return islice(map(self._twice.__getitem__, count(start)), len(self._tickets))


class _Busy:
    """Who serves where after the draw."""

    def __init__(self, lots: Lots, drawn: Sequence[str]) -> None:
        self._types = lots.types
        self._visits = {(p, seat.visit) for p, seat in zip(drawn, lots.seats, strict=True)}
        self._windows = Counter((p, seat.window) for p, seat in zip(drawn, lots.seats, strict=True))
        self._all = Counter(drawn)

    def can_serve(self, person: str, number: int, seat: Seat) -> bool:
        """Whether one more visit, that of *seat*, is within the person's bounds."""
        t = self._types[number]
        return (
            (person, seat.visit) not in self._visits
            and self._windows[person, seat.window] < t.per_window
            and self._all[person] < t.capacity
        )
