"""What the made-up world is composed with: chance by hash, numbers for entries, coined names.

Everything in the world is made up and says so; the same arguments give the same world on any
machine, because all chance is SHA-256 (`demo_country.Source`) and all arithmetic is in integers.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from core.regions import NO_PLACE, Region, cities, provinces
from rosters.changes import Saying
from rosters.demo.country import Source
from rosters.demo.figures import COINED
from rosters.entries import Noun

ONE_DAY = timedelta(days=1)

PHONES = "000-"
"""Begins every telephone number of the world; no area code is 000, so nobody is called."""


@dataclass
class World:
    """The world while it is composed.

    Attributes
    ----------
    units : institutions in the roster on the day *today*.
    seed : any integer; another one gives another world.
    """

    units: int
    seed: int
    today: date
    _last: int = field(default=0, init=False)

    @property
    def start(self) -> date:
        """The first day of the roster: what was before is not known."""
        return date(self.today.year - 3, 1, 1)

    def new(self) -> int:
        """A number for a new entry; `demo_world.settle` puts the id of the database for it."""
        self._last += 1
        return self._last

    def numbers(self, purpose: str, many: int | None = None) -> list[int]:
        """Independent numbers below 2^64, *many* or one for each unit."""
        source = Source(self.units if many is None else many, self.seed)
        numbers: list[int] = source.numbers(f"world/{purpose}").tolist()
        return numbers

    def scaled(self, many: int, least: int = 1) -> int:
        """How many there are, if the whole country has *many*."""
        return max(least, many * self.units // 53_834)

    def entered(self, noun: Noun, facts: dict[str, object], since: date) -> Saying:
        """A new entry that is in the roster from a day on."""
        return Saying(noun, self.new(), facts, max(since, self.start))

    def between(self, number: int, first: date, last: date) -> date:
        """A day chosen by *number*, both ends included; *last* if they are the wrong way round."""
        days = (last - first).days
        return first + timedelta(days=number % (days + 1)) if days > 0 else last


@dataclass(frozen=True)
class Wave:
    """What is stated in one change, and what the change is called."""

    reason: str
    sayings: list[Saying]


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; for 29 February the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year - years, day.month, last)


def days_before(day: date, days: int) -> date:
    """So many days earlier."""
    return day - timedelta(days=days)


@cache
def province_named(name: str) -> Region:
    """The province of a row of the demo roster."""
    return next(region for region in provinces() if region.name == name)


@cache
def places_of(province: Region) -> tuple[Region, ...]:
    """Where one can be in a province: its cities, or the province itself if it has none."""
    return tuple(c for c in cities(province) if c.name not in NO_PLACE) or (province,)


def coined(number: int, characters: int = 2) -> str:
    """A made-up word."""
    signs = []
    for _ in range(characters):
        number, place = divmod(number, len(COINED))
        signs.append(COINED[place])
    return "".join(signs)


def person(number: int) -> str:
    """A name that nobody bears."""
    return f"演示{coined(number)}"


def phone(number: int) -> str:
    """A telephone number that nobody has."""
    return f"{PHONES}{number % 100_000_000:08}"


def chosen(number: int, shares: dict[str, int]) -> str:
    """One of the keys, each with its parts of the sum."""
    rest = number % sum(shares.values())
    for key, parts in shares.items():
        if rest < parts:
            return key
        rest -= parts
    raise AssertionError


def several(number: int, of: tuple[str, ...], most: int) -> list[str]:
    """One to *most* of them, each once."""
    wanted = 1 + number % most
    queue = sorted(of, key=lambda one: (number * 2_654_435_761 ^ hash_of(one)) % 1_000_003)
    return queue[:wanted]


def again(chance: int, turn: int) -> int:
    """Another number below 2^64 out of one, for another purpose (the finaliser of SplitMix64)."""
    mixed = chance + turn * 0x9E3779B97F4A7C15 & _ALL
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _ALL
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _ALL
    return mixed ^ mixed >> 31


_ALL = 2**64 - 1


@cache
def hash_of(text: str) -> int:
    """A number for a text that is the same everywhere."""
    return int.from_bytes(text.encode()[-12:])
