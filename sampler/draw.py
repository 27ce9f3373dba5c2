"""The draw: a pure function of a commitment, the rows' types and the contributions.

Chances are never worked out again here: the committed table is rounded (or a committed
panel picked), then the smallest tickets of each type are taken.
"""

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, merge
from itertools import accumulate, repeat
from typing import Any

from sampler.classical.design import Design
from sampler.classical.taking import Candidate, take
from sampler.commitment import committed_problem
from sampler.inputs.plan_text import plan_from_json
from sampler.lottery import Arc, CoinSource, round_arcs
from sampler.seeds import Coins, Contribution, seed_of
from sampler.tickets import tickets

Counts = dict[tuple[int, int], int]
"""Whole drawn units by (type number, place index)."""

Queued = tuple[bytes, str]
"""A unit's ticket and its id: what the queue is sorted by."""


@dataclass(frozen=True)
class Pick:
    """A drawn unit or a reserve: its place, and its rank within the place from 1."""

    unit_id: str
    type: int
    place: int
    rank: int
    reserve: bool


@dataclass(frozen=True)
class Shortfall:
    """A group with fewer reserves than the plan wants: reported, never a fault."""

    place: int
    signature: tuple[int, ...]
    wanted: int
    found: int


@dataclass(frozen=True)
class Outcome:
    """All that came out of one draw, in place order, then rank."""

    seed: str
    picks: tuple[Pick, ...]
    shortfalls: tuple[Shortfall, ...]


class Queues:
    """The units of each type in ticket order, worked out when asked for."""

    def __init__(self, seed: str, unit_ids: Sequence[str], types: Sequence[int]) -> None:
        self._seed = seed
        self._members: dict[int, list[str]] = {}
        for unit_id, number in zip(unit_ids, types, strict=True):
            self._members.setdefault(number, []).append(unit_id)
        self._queues: dict[int, Queue] = {}

    def of(self, number: int) -> "Queue":
        """The queue of the units of one type."""
        if number not in self._queues:
            drawn = tickets(self._seed, self._members.get(number, []))
            self._queues[number] = Queue((ticket, unit_id) for unit_id, ticket in drawn.items())
        return self._queues[number]


class Queue:
    """(ticket, unit id), smallest first; put in order only as far as it is read."""

    def __init__(self, units: Iterable[Queued]) -> None:
        self._waiting = list(units)
        heapify(self._waiting)
        self._ready: list[Queued] = []

    def first(self, count: int) -> list[Queued]:
        """The *count* smallest, or all."""
        while len(self._ready) < count and self._waiting:
            self._ready.append(heappop(self._waiting))
        return self._ready[:count]

    def __iter__(self) -> Iterator[Queued]:
        place = 0
        while True:
            if place == len(self._ready):
                if not self._waiting:
                    return
                self._ready.append(heappop(self._waiting))
            yield self._ready[place]
            place += 1


def hold_draw(
    commitment: Mapping[str, Any],
    digest: str,
    unit_ids: Sequence[str],
    types: Sequence[int],
    contributions: Sequence[Contribution],
) -> Outcome:
    """Draw, once, what *commitment* has fixed.

    Parameters
    ----------
    digest : of the commitment.
    unit_ids, types : the frame's rows; their order does not matter.
    contributions : of every source in committed order, the machine's first.

    Raises
    ------
    classical.taking.RanOut
        If a method that may run out of units did; nothing is drawn then.
    """
    seed = seed_of(digest, contributions)
    queues = Queues(seed, unit_ids, types)
    taken = _taken(commitment, seed, queues)
    picks = _ranked(taken, reserve=False)
    reserves, shortfalls = _reserves(commitment, queues, picks)
    return Outcome(seed, tuple(sorted(picks + reserves, key=_sheet_order)), shortfalls)


def _sheet_order(pick: Pick) -> tuple[int, bool, int]:
    return pick.place, pick.reserve, pick.rank


Taken = list[tuple[Queued, int, int]]
"""((ticket, unit id), type number, place index)."""


def _taken(commitment: Mapping[str, Any], seed: str, queues: Queues) -> Taken:
    if commitment["chances"]["path"] not in ("cuts", "panels"):
        return _by_design(commitment, seed, queues)
    counts = rounded(commitment, seed)
    taken, used = [], dict.fromkeys((number for number, _ in counts), 0)
    for (number, place), count in sorted(counts.items()):
        start = used[number]
        used[number] += count
        taken += [(q, number, place) for q in queues.of(number).first(start + count)[start:]]
    return taken


def _by_design(commitment: Mapping[str, Any], seed: str, queues: Queues) -> Taken:
    data = commitment["chances"]["design"]
    problem = committed_problem(commitment, plan_from_json(commitment["plan"]))
    queue = [
        Candidate(int.from_bytes(ticket, "big"), unit_id, t.number)
        for t in problem.drawable
        for ticket, unit_id in queues.of(t.number)
    ]
    queue.sort(key=lambda c: (c.ticket, c.unit_id))
    drawn = take(problem, Design.from_json(data), queue, Coins(seed, "design"))
    return [((c.ticket.to_bytes(32, "big"), c.unit_id), c.type, place) for c, place in drawn]


# -- whole units ---------------------------------------------------------------------


def rounded(commitment: Mapping[str, Any], seed: str) -> Counts:
    """How many units of each type are drawn for each place."""
    return whole_counts(commitment, lambda stage: Coins(seed, stage))


def whole_counts(commitment: Mapping[str, Any], coins: Callable[[str], CoinSource]) -> Counts:
    """The same with the coins of each stage from anywhere, so that all can be enumerated."""
    chances = commitment["chances"]
    cells = [(t, f, int(value)) for t, f, value in chances["cells"]]
    group = {t["number"]: t["group"] for t in commitment["types"]}
    if chances["path"] == "panels":
        cells = _conditional(chances, group, cells, coins("panel"))
    arcs = _arcs([pool["parent"] for pool in chances["pools"]], group, cells)
    whole = round_arcs(arcs, int(chances["denominator"]), coins("round"))
    return {
        (number, place): amount
        for (number, place, _), amount in zip(cells, whole[-len(cells) :], strict=True)
        if amount
    }


Cell = tuple[int, int, int]
"""Type number, place index, amount."""


def _conditional(
    chances: Mapping[str, Any], group: Mapping[int, int], shares: Sequence[Cell], coins: CoinSource
) -> list[Cell]:
    """The table once a panel is picked: shares times the panel's counts."""
    panel = chances["panels"][_picked(chances["weights"], coins)]
    count = {(c, f): k for c, f, k in panel}
    return [(t, f, share * count[group[t], f]) for t, f, share in shares if (group[t], f) in count]


def _picked(weights: Sequence[int], coins: CoinSource) -> int:
    """The panel into whose stretch of the weights the coin falls."""
    stretches = list(accumulate(weights))
    return bisect(stretches, coins.below(stretches[-1]))


def _arcs(parents: Sequence[int], group: Mapping[int, int], cells: Sequence[Cell]) -> list[Arc]:
    """Pools, then types, then cells: the order in which arcs are walked.

    Without pools every group of a lottery is a network of its own, with its own places.
    """
    rows: dict[int, int] = {}
    for number, _, value in cells:
        rows[number] = rows.get(number, 0) + value
    arcs = _pool_arcs(parents, group, rows)
    arcs += [(("pool", group[t]), ("type", t), rows[t]) for t in sorted(rows)]
    column = {t: None if parents else group[t] for t in rows}
    return arcs + [(("type", t), ("place", f, column[t]), value) for t, f, value in cells]


def _pool_arcs(
    parents: Sequence[int], group: Mapping[int, int], rows: Mapping[int, int]
) -> list[Arc]:
    into = [0] * len(parents)
    for number, amount in rows.items() if parents else ():
        into[group[number]] += amount
    for v in range(len(parents) - 1, 0, -1):
        into[parents[v]] += into[v]
    return [(("pool", parents[v]), ("pool", v), into[v]) for v in range(1, len(parents))]


# -- ranks and reserves ----------------------------------------------------------------


def _ranked(taken: Taken, *, reserve: bool, after: Mapping[int, int] | None = None) -> list[Pick]:
    """Ranks by ticket within each place, going on after the given ranks."""
    rank, picks = dict(after or {}), []
    for (_, unit_id), number, place in sorted(taken):
        rank[place] = rank.get(place, 0) + 1
        picks.append(Pick(unit_id, number, place, rank[place], reserve))
    return picks


def _reserves(
    commitment: Mapping[str, Any], queues: Queues, picks: Sequence[Pick]
) -> tuple[list[Pick], tuple[Shortfall, ...]]:
    """For each place and signature among the drawn the next units by ticket, in plan order
    of the places; no unit twice, none that is drawn."""
    wanted = commitment["plan"]["reserves"]
    if not wanted:
        return [], ()
    types = {t["number"]: t for t in commitment["types"]}
    used = {pick.unit_id for pick in picks}
    groups = sorted({(pick.place, tuple(types[pick.type]["cross"])) for pick in picks})
    taken: Taken = []
    shortfalls = []
    for place, signature in groups:
        found = 0
        for queued, number in _queue(types, queues, place, signature):
            if found == wanted:
                break
            if queued[1] not in used:
                used.add(queued[1])
                taken.append((queued, number, place))
                found += 1
        if found < wanted:
            shortfalls.append(Shortfall(place, signature, wanted, found))
    drawn: dict[int, int] = {}
    for pick in picks:
        drawn[pick.place] = drawn.get(pick.place, 0) + 1
    return _ranked(taken, reserve=True, after=drawn), tuple(shortfalls)


def _queue(
    types: Mapping[int, Any], queues: Queues, place: int, signature: tuple[int, ...]
) -> Iterator[tuple[Queued, int]]:
    """Units that could stand in for this place and signature, smallest ticket first."""
    fitting = [
        number
        for number, t in types.items()
        if place in t["places"]
        and tuple(t["cross"]) == signature
        and not t["chance"].startswith("0/")
    ]
    return merge(*(zip(queues.of(n), repeat(n)) for n in fitting))
