"""Who lives in the made-up country: the attributes of every unit as arrays, chosen by hash.

All chance is SHA-256 and all arithmetic is in integers, so the same arguments give the same
country on any machine. Counts are met exactly; hashes only say who is counted where.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from rosters.demo.figures import (
    BREADTH,
    CHECKED_LAST_YEAR,
    COMPLAINTS,
    CREDIT_CLASSES,
    FIELDS,
    KINSHIP,
    LEGAL_FORMS,
    PROVINCES,
    REFERENCE_CENTRES,
    REFERENCE_NATIONAL,
    REFERENCE_UNITS,
)

Integers = NDArray[np.int64]
Chance = NDArray[np.uint64]


class Tier(IntEnum):
    """Groups of units that hold fields in different shares."""

    CENTRE = 0  # national level, with a national quality-inspection centre
    NATIONAL = 1  # national level without one
    PROVINCIAL = 2


@dataclass(frozen=True)
class Source:
    """All the chance of one country: a stream of numbers for each purpose."""

    units: int
    seed: int

    def numbers(self, purpose: str) -> Chance:
        """(units,) independent numbers below 2^64, four out of each SHA-256."""
        blocks = range(-(-self.units // 4))
        stream = b"".join(self._block(purpose, block) for block in blocks)
        return np.frombuffer(stream, ">u8")[: self.units].astype(np.uint64)

    def number(self, purpose: str) -> int:
        """One number below 2^256."""
        return int.from_bytes(self._block(purpose, 0))

    def _block(self, purpose: str, block: int) -> bytes:
        text = f"spotcheck/demo-roster/1\n{self.seed}\n{purpose}\n{block}"
        return sha256(text.encode()).digest()

    def pick(self, purpose: str, shares: Sequence[Sequence[int]], row: Integers) -> Integers:
        """(units,) places in the row of *shares* of each unit; a row holds parts of a hundred."""
        width = max(map(len, shares))
        ends = np.array([np.cumsum([*parts, *[0] * (width - len(parts))]) for parts in shares])
        percent = (self.numbers(purpose) % 100).astype(np.int64)
        places: Integers = (percent[:, None] >= ends[row]).sum(axis=1)
        return places


@dataclass(frozen=True)
class Country:
    """Attributes of all units; every array has shape (units,) and holds places in a table.

    *province* in `PROVINCES`, *tier* a `Tier`, *main* in `FIELDS`, *credit*, *form*,
    *checked* and *complaints* in their tables; *held* is (units, fields), true where a unit
    holds a field, the main one among them.
    """

    province: Integers
    tier: Integers
    main: Integers
    held: NDArray[np.bool_]
    credit: Integers
    form: Integers
    checked: Integers
    complaints: Integers


def settle(units: int, national: int, source: Source) -> Country:
    """The country of *units* institutions, *national* of them at national level."""
    province, tier = _provinces_and_tiers(units, national, source)
    main, held = _fields(tier, source)
    credit = source.pick("credit class", _rows(CREDIT_CLASSES), tier)
    families = {name: place for place, name in enumerate(LEGAL_FORMS)}
    family = np.array([families.get(field.family, families[""]) for field in FIELDS])
    return Country(
        province=province,
        tier=tier,
        main=main,
        held=held,
        credit=credit,
        form=source.pick("legal form", _rows(LEGAL_FORMS), family[main]),
        checked=source.pick("checked last year", _rows(CHECKED_LAST_YEAR), tier),
        complaints=source.pick("complaints", _rows(COMPLAINTS), credit),
    )


def _rows(table: Mapping[str, Mapping[str, int]]) -> list[tuple[int, ...]]:
    return [tuple(parts.values()) for parts in table.values()]


def allocate(total: int, weights: Integers, room: Integers) -> Integers:
    """Share *total* in proportion to *weights*, never above *room*.

    Parameters
    ----------
    total : 0 <= total <= room.sum(), counting only places with a weight.
    weights, room : (S,) int >= 0.

    Returns
    -------
    (S,) int
        Sums to *total*. Leftovers go to the largest remainders, ties to the earlier place;
        what a full place cannot take is shared again among the others.
    """
    counts = np.zeros_like(room)
    while left := total - int(counts.sum()):
        thirsty = np.where(counts < room, weights, 0)
        share, rest = np.divmod(left * thirsty, thirsty.sum())
        share[np.argsort(-rest, kind="stable")[: left - int(share.sum())]] += 1
        counts = np.minimum(counts + share, room)
    return counts


def _smallest(numbers: Chance, count: int) -> Integers:
    return np.argsort(numbers, kind="stable")[:count]


def _provinces_and_tiers(units: int, national: int, source: Source) -> tuple[Integers, Integers]:
    weights = np.array([province.units for province in PROVINCES])
    pull = np.array([province.pull for province in PROVINCES])
    residents = allocate(units, weights, np.full(len(PROVINCES), units))
    above = allocate(national, weights * pull, residents)

    province = np.repeat(np.arange(len(PROVINCES)), residents)
    tier = np.full(units, Tier.PROVINCIAL)
    order = np.lexsort((source.numbers("level"), province))
    rank = np.arange(units) - np.repeat(np.cumsum(residents) - residents, residents)
    chosen = order[rank < above[province]]
    tier[chosen] = Tier.NATIONAL
    centres = national * REFERENCE_CENTRES // REFERENCE_NATIONAL
    tier[chosen[_smallest(source.numbers("centre")[chosen], centres)]] = Tier.CENTRE
    return province, tier


def _holders(tier: Integers) -> dict[Tier, Integers]:
    """How many units of each tier hold each field: (fields,) for each tier."""
    centres, others, provincial = np.bincount(tier, minlength=len(Tier)).tolist()
    national = centres + others
    floor = np.array([field.floor if national else 0 for field in FIELDS])
    at_national = np.maximum(
        _scaled([field.national for field in FIELDS], national, REFERENCE_NATIONAL), floor
    )
    at_centres = _scaled([field.centres for field in FIELDS], centres, REFERENCE_CENTRES)
    below = REFERENCE_UNITS - REFERENCE_NATIONAL
    return {
        Tier.CENTRE: at_centres,
        Tier.NATIONAL: at_national - at_centres,
        Tier.PROVINCIAL: _scaled([field.provincial for field in FIELDS], provincial, below),
    }


def _scaled(holders: Sequence[int], units: int, reference: int) -> Integers:
    # rounded up, so that the fields of a small group still suffice for one each
    total = -(-sum(holders) * units // reference)
    return allocate(total, np.array(holders), np.full(len(holders), units))


def _fields(tier: Integers, source: Source) -> tuple[Integers, NDArray[np.bool_]]:
    """The main field of each unit, and (units, fields) all that it holds."""
    holders = _holders(tier)
    main = _main_fields(tier, holders, source)
    held = main[:, None] == np.arange(len(FIELDS))
    for place, queue in enumerate(_queues(main, source)):
        for group, counts in holders.items():
            members = tier == group
            free = np.flatnonzero(members & ~held[:, place])
            missing = int(counts[place] - held[members, place].sum())
            held[free[_smallest(queue[free], missing)], place] = True
    return main, held


def _main_fields(tier: Integers, holders: Mapping[Tier, Integers], source: Source) -> Integers:
    """(units,) one field for everybody, so that nobody is left without."""
    main = np.zeros(len(tier), dtype=np.int64)
    numbers = source.numbers("main field")
    for group, counts in holders.items():
        members = np.flatnonzero(tier == group)
        shuffled = members[np.argsort(numbers[members], kind="stable")]
        main[shuffled] = np.repeat(np.arange(len(FIELDS)), allocate(len(members), counts, counts))
    return main


def _queues(main: Integers, source: Source) -> Iterator[Chance]:
    """For each field the (units,) places in the queue for it, smallest first.

    A number divided by the unit's appetite (an order sample): broad units collect fields,
    mostly of their own family, and the counts stay exact.
    """
    everybody = np.zeros_like(main)
    breadth = np.array(list(BREADTH))[source.pick("breadth", [[*BREADTH.values()]], everybody)]
    families = np.array([field.family for field in FIELDS])
    for field in FIELDS:
        appetite = breadth * np.where(families[main] == field.family, KINSHIP, 1)
        yield source.numbers(f"field {field.name}") // appetite.astype(np.uint64)
