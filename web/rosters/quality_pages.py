"""What the pages about the quality of the rosters show: sums, places, rows, columns of files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import url_for

from core.regions import Region, provinces, region_of
from rosters.entries import Noun
from rosters.finding.naming import named
from rosters.quality.counts import Faulty
from rosters.quality.faults import KINDS, FaultKind
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from web import lists
from web.database import session
from web.words.accounts import region_words
from web.words.rosters import noun_words

NOWHERE = "none"
"""Stands in the address for entries without a region."""

PROVINCES = (*((one.code, one.name) for one in provinces()), (NOWHERE, "没有地区"))
_WORDS = dict(PROVINCES)

ROOMS = {
    Noun.INSTITUTION: "institutions",
    Noun.INSPECTOR: "inspectors",
    Noun.EXPERT: "experts",
    Noun.RELATION: "relations",
    Noun.CHECK_ITEM: "items",
    Noun.JOINT_ITEM: "joint_items",
}
"""Where an entry has its page."""

Numbers = Mapping[str, Mapping[Region | None, int]]
"""Entries with a fault, by the code of its kind and by province."""


@dataclass(frozen=True)
class Where:
    """A province of the address, or those without one, or everywhere."""

    key: str = ""

    @property
    def nowhere(self) -> bool:
        """Whether only entries without a region are asked for."""
        return self.key == NOWHERE

    @property
    def province(self) -> Region | None:
        """The province, if one is asked for."""
        return region_of(self.key) if self.key and not self.nowhere else None

    @property
    def words(self) -> str:
        """The place as a person reads it."""
        return _WORDS.get(self.key, "")

    def holds(self, region: Region | None) -> bool:
        """Whether entries of a province are asked for."""
        return not self.key or (region.code if region else NOWHERE) == self.key


def place_asked() -> Where:
    """Where the address asks for."""
    return Where(lists.one_of("province", _WORDS))


# -- sums --------------------------------------------------------------------------------------


def of_place(numbers: Numbers, place: Where) -> dict[str, int]:
    """How many entries have each fault at a place."""
    return {
        code: sum(n for region, n in found.items() if place.holds(region))
        for code, found in numbers.items()
    }


def by_noun(shown: Mapping[str, int]) -> list[tuple[str, list[tuple[FaultKind, int]]]]:
    """The kinds with their numbers under the words of their nouns."""
    return [
        (noun_words(noun), [(kind, shown[kind.code]) for kind in kinds])
        for noun, kinds in groupby(KINDS, key=lambda kind: kind.noun)
    ]


def sums(numbers: Numbers) -> dict[Region, int]:
    """How many faults there are in each province, all kinds together."""
    found: dict[Region, int] = {}
    for of_kind in numbers.values():
        for region, number in of_kind.items():
            if region is not None:
                found[region] = found.get(region, 0) + number
    return found


@dataclass(frozen=True)
class ProvinceRow:
    """A province with its faults, by the words of their nouns."""

    key: str
    name: str
    numbers: Sequence[int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.numbers)


def by_province(numbers: Numbers) -> list[ProvinceRow]:
    """The provinces that have faults, those with most first."""
    nouns = list(dict.fromkeys(kind.noun for kind in KINDS))
    rows = []
    for key, name in PROVINCES:
        place = of_place(numbers, Where(key))
        told = [sum(place[kind.code] for kind in KINDS if kind.noun is noun) for noun in nouns]
        if any(told):
            rows.append(ProvinceRow(key, name, told))
    return sorted(rows, key=lambda row: -row.total)


# -- entries -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class EntryRow:
    """An entry with a fault: what it is called, its number, where it is, and its page."""

    name: str
    number: str
    region: str
    href: str


def rows(kind: FaultKind, found: Sequence[Faulty], day: date) -> list[EntryRow]:
    """The entries with the names by which somebody knows them."""
    people = named(session(), [one.owner for one in found], day)
    told = []
    for one in found:
        owner = people.get(one.owner)
        name = one.shown
        if kind.noun is Noun.RELATION:
            name = f"{owner.name if owner else '—'}{f'：{one.shown}' if one.shown else ''}"
        href = url_for(f"{ROOMS[kind.noun]}.show", entry_id=one.entry_id)
        number = owner.number if owner else ""
        told.append(EntryRow(name, number, region_words(one.region) if one.region else "", href))
    return told


COLUMNS = [
    Column("noun", "名录", width=14),
    Column("fault", "问题", width=28),
    Column("region", "地区", width=20),
    Column("number", "条数", Kind.INTEGER, width=10),
]

ENTRY_COLUMNS = [
    Column("fault", "问题", width=28),
    Column("name", "名称", width=36),
    Column("number", "代码或编号", width=24),
    Column("region", "地区", width=24),
    Column("mending", "怎样补正", width=48),
]


def table_of(numbers: Numbers) -> Iterator[dict[str, Value]]:
    """Every number on a row of its own."""
    for kind in KINDS:
        for key, name in PROVINCES:
            number = of_place({kind.code: numbers[kind.code]}, Where(key))[kind.code]
            if number:
                yield {
                    "noun": noun_words(kind.noun),
                    "fault": kind.label,
                    "region": name,
                    "number": number,
                }


def values(kind: FaultKind, row: EntryRow) -> dict[str, Value]:
    """A row of the file of entries."""
    return {
        "fault": kind.label,
        "name": row.name,
        "number": row.number,
        "region": row.region,
        "mending": kind.mending,
    }
