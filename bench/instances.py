"""Pools of people with crossing quotas, as citizens' assemblies are drawn from them.

Every category is one attribute; each value has a lower and an upper bound. This is our
problem with a single place: all quotas are cross quotas. Instances: Flanigan, Goelz, Gupta,
Hennig & Procaccia, "Fair algorithms for selecting citizens' assemblies", Nature 596 (2021).
"""

import csv
import random
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor
from pathlib import Path

from sampler.quotas import SINGLE_PLACE, Cross, Kind, Predicate, Problem, UnitType

BASE_PEOPLE = 150
"""The peer's generated pools are drawn with replacement from a pool of so many people."""

BASE_CATEGORIES = {"gender": 2, "age": 4, "education": 4, "region": 8}
"""Categories of that pool and how many values each has; about equally frequent."""

SMALLEST_PANEL = 22


@dataclass(frozen=True)
class Quota:
    """Between *low* and *high* members of the panel have this feature of the category."""

    category: str
    feature: str
    low: int
    high: int


@dataclass(frozen=True)
class Instance:
    """A pool, the size of the panel, and the quotas; a person is category -> feature."""

    name: str
    panel: int
    quotas: tuple[Quota, ...]
    people: tuple[dict[str, str], ...]


def read_instances(folder: Path) -> list[Instance]:
    """The published instances below *folder*; each folder's name ends with the panel size."""
    return [_read(path) for path in sorted(folder.iterdir()) if path.is_dir()]


def _read(folder: Path) -> Instance:
    with (folder / "categories.csv").open(encoding="utf-8", newline="") as file:
        quotas = tuple(
            Quota(row["category"], row["feature"], int(row["min"]), int(row["max"]))
            for row in csv.DictReader(file)
        )
    with (folder / "respondents.csv").open(encoding="utf-8", newline="") as file:
        people = tuple(dict(row) for row in csv.DictReader(file))
    return Instance(folder.name, int(folder.name.rpartition("_")[2]), quotas, people)


def family(size: int, *, tight: bool = False, seed: int = 42) -> Instance:
    """A pool of *size* as the peer's own benchmark makes them.

    Quotas follow the pool: two below to two above the proportional share, or, *tight*, its
    floor and its ceiling (the peer takes the rounded share and one more, which may ask for
    more people than the panel has). The panel is 15 % of the pool, at least 22.
    """
    chance = random.Random(seed)
    base = [
        {name: f"{name} {chance.randrange(count)}" for name, count in BASE_CATEGORIES.items()}
        for _ in range(BASE_PEOPLE)
    ]
    people = tuple(chance.choices(base, k=size))
    panel = max(SMALLEST_PANEL, size * 15 // 100)
    quotas = []
    for (category, feature), count in sorted(_features(people).items()):
        share = panel * count / size
        near = (floor(share), ceil(share)) if tight else (round(share) - 2, round(share) + 2)
        quotas.append(Quota(category, feature, max(0, near[0]), min(panel, near[1])))
    name = f"family {size}{' tight' if tight else ''}"
    return Instance(name, panel, tuple(quotas), people)


def skewed(size: int, panel: int, categories: int, seed: int = 42) -> Instance:
    """A pool that is unlike the town it comes from, so that chances cannot be equal.

    The usual case of citizens' assemblies: volunteers of each category have three values,
    one of them too rare among the people for the share of the panel that it must have.
    """
    chance = random.Random(seed)
    frequent = {f"category {c}": (3 + c % 3, 3, 1) for c in range(categories)}
    people = tuple(
        {name: f"value {chance.choices(range(3), w)[0]}" for name, w in frequent.items()}
        for _ in range(size)
    )
    thirds = [panel * i // 3 for i in range(4)]
    quotas = tuple(
        Quota(name, f"value {value}", high - low - 1, high - low + 1)
        for name in frequent
        for value, (low, high) in enumerate(pairwise(thirds))
    )
    return Instance(f"skewed {size}, {categories} categories", panel, quotas, people)


def _features(people: tuple[dict[str, str], ...]) -> Counter[tuple[str, str]]:
    return Counter(feature for person in people for feature in person.items())


def as_problem(instance: Instance) -> Problem:
    """The instance as the sampler sees it: one place, a cross quota for each feature."""
    truths = Counter(
        tuple(person[q.category] == q.feature for q in instance.quotas)
        for person in instance.people
    )
    types = tuple(
        UnitType(number, Kind.ORDINARY, truths[truth], (0,), truth)
        for number, truth in enumerate(sorted(truths), start=1)
    )
    cross = tuple(
        Cross(f"{q.category}: {q.feature}", Predicate(((q.category, (q.feature,)),)), q.low, q.high)
        for q in instance.quotas
    )
    return Problem(instance.panel, (SINGLE_PLACE,), (instance.panel,), cross, types)
