"""The classical methods carried out: from a committed design and tickets to drawn units.

Integers and fractions only: the verifier repeats every line of this in the same words.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from sampler.classical.design import Design, Step
from sampler.classical.sampford import Sampford
from sampler.faults import BadInput, Fault
from sampler.hashing import Hasher
from sampler.lottery import CoinSource
from sampler.quotas import Method, Problem

TICKETS = 2**256
"""Number of different tickets."""

LOT_TAG = "spotcheck/lot/1"
"""Lot of a unit in one step of a draw field after field: H(tag, step index, ticket hex)."""


class Candidate(NamedTuple):
    """A unit in the queue: its *ticket* (0 <= ticket < 2**256), id and type number."""

    ticket: int
    unit_id: str
    type: int


class RanOut(BadInput):
    """A draw field after field that could not be completed (it may happen by chance).

    *place* is the index of the place, None while spreading; *missing* units short.
    """

    def __init__(self, problem: Problem, place: int | None, missing: int) -> None:
        self.place = place
        self.missing = missing
        where = problem.cross[0].name if place is None else problem.names[place]
        message = f"抽到此处时可抽机构不足，还差 {missing} 家，本次抽取未能完成"
        super().__init__([Fault("ran_out", where, message)])


def take(
    problem: Problem, design: Design, queue: Sequence[Candidate], coins: CoinSource
) -> list[tuple[Candidate, int]]:
    """The drawn units with the index of their place, in the order in which they are drawn.

    Parameters
    ----------
    queue : every unit of the frame, smallest ticket first, ties by unit id.
    coins : read by `Method.SAMPFORD` alone.

    Raises
    ------
    RanOut
        If a step finds too few units.
    """
    drawn = _by_steps(problem, design, queue)
    waiting = _waiting(design, queue)
    if design.method in (Method.SPS, Method.PARETO):
        drawn += [(unit, 0) for unit in _by_order(design, waiting)]
    elif design.groups:
        counts = sampford_table(problem, design).counts(coins)
        drawn += [
            (unit, 0)
            for units, count in zip(waiting, counts, strict=True)
            for unit in units[:count]
        ]
    return drawn


def _by_steps(
    problem: Problem, design: Design, queue: Sequence[Candidate]
) -> list[tuple[Candidate, int]]:
    places = {t.number: t.places for t in problem.types}
    room = list(problem.counts)
    drawn: list[tuple[Candidate, int]] = []
    gone: set[str] = set()
    for number, step in enumerate(design.steps):
        types = frozenset(step.types)
        pool = (unit for unit in queue if unit.type in types and unit.unit_id not in gone)
        waiting = _lots_drawn_anew(pool, number) if design.method is Method.SEQUENTIAL else pool
        if step.place is None:
            seats = _spread(waiting, places, room)
        else:
            seats = ((unit, step.place) for unit in waiting)
        wanted = _wanted(step, room)
        taken = 0
        for unit, place in islice(seats, wanted):
            taken += 1
            room[place] -= 1
            gone.add(unit.unit_id)
            drawn.append((unit, place))
        if taken < wanted:
            raise RanOut(problem, step.place, wanted - taken)
    return drawn


def _lots_drawn_anew(units: Iterable[Candidate], step: int) -> list[Candidate]:
    """The units in the order of their lots for this step.

    By hand lots are drawn anew for each field. With one ticket for all fields a unit that
    missed one field would have a large ticket, and so nearly no chance in the next.
    """
    lot = Hasher(LOT_TAG, str(step)).digest
    return sorted(units, key=lambda unit: (lot(f"{unit.ticket:064x}"), unit.unit_id))


def _wanted(step: Step, room: list[int]) -> int:
    if step.count is not None:
        return step.count
    assert step.place is not None, "only a step for one place may fill it up"
    return room[step.place]


def _spread(
    waiting: Iterable[Candidate], places: dict[int, tuple[int, ...]], room: list[int]
) -> Iterator[tuple[Candidate, int]]:
    # lazy on purpose: the caller lowers `room` before the next unit is looked at
    for unit in waiting:
        place = next((p for p in places[unit.type] if room[p]), None)
        if place is not None:
            yield unit, place


def _waiting(design: Design, queue: Iterable[Candidate]) -> list[list[Candidate]]:
    """For each group its units in ticket order; never more than can be drawn."""
    group_of = {number: g for g, group in enumerate(design.groups) for number in group.types}
    waiting: list[list[Candidate]] = [[] for _ in design.groups]
    for unit in queue:
        g = group_of.get(unit.type)
        if g is not None and len(waiting[g]) < design.count:
            waiting[g].append(unit)
    return waiting


def _by_order(design: Design, waiting: list[list[Candidate]]) -> list[Candidate]:
    """Order sampling: the units with the smallest ranking values, ties by unit id."""
    key = sps_key if design.method is Method.SPS else pareto_key
    ranked = [
        (key(unit.ticket, group.chance), unit.unit_id, unit)
        for group, units in zip(design.groups, waiting, strict=True)
        for unit in units
    ]
    ranked.sort(key=lambda entry: entry[:2])
    return [unit for _, _, unit in ranked[: design.count]]


def sps_key(ticket: int, chance: Fraction) -> Fraction:
    """Ranking value of sequential Poisson sampling, u / chance (Ohlsson 1998), in units
    of 2**-256.
    """
    return ticket / chance


def pareto_key(ticket: int, chance: Fraction) -> Fraction:
    """Ranking value of Pareto sampling, u (1 - chance) / (chance (1 - u)) (Rosén 1997)
    with u = ticket / 2**256.
    """
    return ticket * (1 - chance) / (chance * (TICKETS - ticket))


def sampford_table(problem: Problem, design: Design) -> Sampford:
    """The table from which the units of each group are counted out."""
    units = {t.number: t.units for t in problem.types}
    sizes = [sum(units[number] for number in group.types) for group in design.groups]
    return Sampford(sizes, [group.chance for group in design.groups], design.count)
