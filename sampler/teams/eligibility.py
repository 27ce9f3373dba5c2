"""Who may sit where: inspectors -> types, and the types that may take each slot.

Inspectors whom this task cannot tell apart form a *type*; everything about chances is
solved over types. For a date or an attribute that no slot asks, nobody is told apart.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampler.teams.rules import Rule
from sampler.teams.task import Affinity, Inspector, Period, Slot, SlotKind, TeamTask, Visit

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Demand:
    """What one rule asks of whoever takes a slot.

    Attributes
    ----------
    asked : what the slot, or its visit, asks; nothing if that is empty.
    unmet : whether a person lacks what is asked.
    """

    rule: Rule
    asked: Callable[[Slot, Visit], Hashable]
    unmet: Callable[[Any, Inspector], bool]


def _last_certified_day(slot: Slot, visit: Visit) -> date | None:
    return visit.last_day if slot.kind is SlotKind.OFFICER else None


def _not_of_kind(kind: SlotKind, person: Inspector) -> bool:
    return not (person.officer if kind is SlotKind.OFFICER else person.expert)


def _not_certified(last_day: date, person: Inspector) -> bool:
    return person.certificate_until is None or person.certificate_until < last_day


STANDING = (
    Demand(Rule.KIND, lambda slot, _: slot.kind, _not_of_kind),
    Demand(Rule.DEPARTMENT, lambda slot, _: slot.department, lambda d, p: p.department != d),
    Demand(Rule.LEADER, lambda slot, _: slot.leader, lambda _, p: not p.leader),
    Demand(Rule.FIELD, lambda slot, _: slot.field, lambda field, p: field not in p.fields),
    Demand(Rule.REGION, lambda slot, _: slot.regions, lambda among, p: p.region not in among),
)
"""Demands that do not depend on the days of the visit."""

DEMANDS = (
    *STANDING,
    Demand(Rule.CERTIFICATE, _last_certified_day, _not_certified),
    Demand(
        Rule.LEAVE,
        lambda _, visit: (visit.first_day, visit.last_day),
        lambda days, p: overlaps(p.away, days),
    ),
)


def structural_rules(slot: Slot, visit: Visit, person: Inspector) -> frozenset[Rule]:
    """The rules by which what *person* is keeps him from *slot* of *visit*."""
    asked = ((demand, demand.asked(slot, visit)) for demand in DEMANDS)
    return frozenset(d.rule for d, what in asked if what and d.unmet(what, person))


class Unmet:
    """Who of *people* lacks what is asked; each thing asked is looked at once."""

    def __init__(self, people: Sequence[Inspector]) -> None:
        self.people = people
        self._known: dict[tuple[Rule, Hashable], Bools] = {}

    def of(self, demand: Demand, what: Hashable) -> Bools:
        """(n,) whether each of them lacks *what* is asked; nobody lacks what is empty."""
        key = demand.rule, what
        if key not in self._known:
            lack = (bool(what) and demand.unmet(what, person) for person in self.people)
            self._known[key] = np.fromiter(lack, dtype=np.bool_, count=len(self.people))
        return self._known[key]


def overlaps(away: Iterable[Period], days: Period) -> bool:
    """Whether any of the periods shares a day with *days*."""
    return any(first <= days[1] and days[0] <= last for first, last in away)


@dataclass(frozen=True)
class Eligibility:
    """A task in order, with its inspectors sorted into types.

    Attributes
    ----------
    types : (n,) index of the type of each inspector, in the order of the task.
    barred : for each type the ids of the visits its members are barred from, by leave or
        by a bar; which of the two is not told apart.
    """

    task: TeamTask
    types: tuple[int, ...]
    barred: tuple[frozenset[str], ...]

    @cached_property
    def members(self) -> tuple[tuple[str, ...], ...]:
        """Inspector ids of each type, in order."""
        found: list[list[str]] = [[] for _ in self.barred]
        for number, person in zip(self.types, self.task.inspectors, strict=True):
            found[number].append(person.id)
        return tuple(map(tuple, found))

    @cached_property
    def examples(self) -> tuple[Inspector, ...]:
        """The first inspector of each type: all others of it are like him."""
        first = {number: i for i, number in reversed(list(enumerate(self.types)))}
        return tuple(self.task.inspectors[first[number]] for number in range(len(self.barred)))

    @cached_property
    def visits(self) -> Mapping[str, Visit]:
        """Visits by id."""
        return {visit.id: visit for visit in self.task.visits}

    @cached_property
    def eligible(self) -> tuple[Ints, ...]:
        """For each slot of the task the types that may take it, ascending."""
        known: dict[Hashable, Ints] = {}
        for slot in self.task.slots:
            if (key := _key(slot)) not in known:
                known[key] = np.flatnonzero(self._fit(slot) & ~self._barred_from[slot.visit])
        return tuple(known[_key(slot)] for slot in self.task.slots)

    @cached_property
    def pools(self) -> tuple[Ints, ...]:
        """For each slot the types that fit it but for leave and bars; equal ones are one."""
        known: dict[Hashable, Ints] = {}
        equal: dict[bytes, Ints] = {}
        keys = [(_asked(slot), self.visits[slot.visit].last_day) for slot in self.task.slots]
        for slot, key in zip(self.task.slots, keys, strict=True):
            if key not in known:
                found = np.flatnonzero(self._fit(slot))
                known[key] = equal.setdefault(found.tobytes(), found)
        return tuple(known[key] for key in keys)

    def points(self, visit: Visit) -> Ints:
        """(T,) affinity of each type with *visit*: what the third aim sums."""
        key = (visit.region, visit.fields)
        if key not in self._points:
            affinity, people = self.task.affinity, self.examples
            near = {region: nearness(affinity, visit.region, region) for region in self._regions}
            held = (affinity.field_held * len(visit.fields & person.fields) for person in people)
            scored = [near[person.region] + n for person, n in zip(people, held, strict=True)]
            self._points[key] = np.array(scored, dtype=np.int64)
        return self._points[key]

    def _fit(self, slot: Slot) -> Bools:
        """Types that have what the slot asks, on the last day of its visit."""
        fit = self._standing(slot)
        if slot.kind is SlotKind.OFFICER:
            last_day = self.visits[slot.visit].last_day.toordinal()
            return fit & (self._certified_until >= last_day)
        return fit

    def _standing(self, slot: Slot) -> Bools:
        asked = _asked(slot)
        if asked not in self._fits:
            visit = self.visits[slot.visit]
            lacking = [self._unmet.of(d, d.asked(slot, visit)) for d in STANDING]
            self._fits[asked] = ~np.logical_or.reduce(lacking)
        return self._fits[asked]

    @cached_property
    def _unmet(self) -> Unmet:
        return Unmet(self.examples)

    @cached_property
    def _fits(self) -> dict[Hashable, Bools]:
        return {}

    @cached_property
    def _points(self) -> dict[Hashable, Ints]:
        return {}

    @cached_property
    def _regions(self) -> set[str]:
        return {person.region for person in self.examples}

    @cached_property
    def _certified_until(self) -> Ints:
        days = [
            p.certificate_until.toordinal() if p.certificate_until else 0 for p in self.examples
        ]
        return np.array(days, dtype=np.int64)

    @cached_property
    def _barred_from(self) -> dict[str, Bools]:
        nobody = np.zeros(len(self.barred), dtype=np.bool_)
        barred = {visit.id: nobody.copy() for visit in self.task.visits}
        for number, visits in enumerate(self.barred):
            for visit in visits:
                barred[visit][number] = True
        return barred


def _key(slot: Slot) -> Hashable:
    return slot.visit, _asked(slot)


def _asked(slot: Slot) -> Hashable:
    """What a slot asks of a person, whatever the day."""
    return slot.kind, slot.department, slot.leader, slot.field, slot.regions


def nearness(affinity: Affinity, visited: str, home: str) -> int:
    """Points for two regions: the same, else cooperating ones; and the distance."""
    if not visited or not home:
        return 0
    pair = {visited, home}
    far = sum(points for a, b, points in affinity.distances if {a, b} == pair)
    if visited == home:
        return far + affinity.same_region
    together = any(pair <= group for group in affinity.groups)
    return far + (affinity.cooperating if together else 0)


def eligibility(task: TeamTask) -> Eligibility:
    """Sort the inspectors of *task* into types, numbered by their first member."""
    task = task.in_order()
    lens = _Lens(task)
    numbers: dict[Hashable, int] = {}
    types, barred = [], []
    for person in task.inspectors:
        away = lens.barred(person)
        key = (*lens.seen(person), away)
        if key not in numbers:
            numbers[key] = len(numbers)
            barred.append(away)
        types.append(numbers[key])
    return Eligibility(task, tuple(types), tuple(barred))


class _Lens:
    """What one task can see of a person."""

    def __init__(self, task: TeamTask) -> None:
        slots, visits, affinity = task.slots, task.visits, task.affinity
        self.kinds = {slot.kind for slot in slots}
        self.departments = {slot.department for slot in slots}
        self.leader = any(slot.leader for slot in slots)
        self.fields = {slot.field for slot in slots}
        if affinity.field_held:
            self.fields |= {field for visit in visits for field in visit.fields}
        self.regions = {region for slot in slots for region in slot.regions}
        if affinity.same_region or affinity.cooperating:
            self.regions |= {visit.region for visit in visits}
        if affinity.cooperating:
            self.regions |= {region for group in affinity.groups for region in group}
        self.regions |= {region for a, b, _ in affinity.distances for region in (a, b)}
        self.last_days = sorted({visit.last_day for visit in visits})
        self.periods: dict[Period, list[str]] = defaultdict(list)
        for visit in visits:
            self.periods[visit.first_day, visit.last_day].append(visit.id)
        self.bars: dict[str, set[str]] = defaultdict(set)
        for bar in task.bars:
            self.bars[bar.inspector].add(bar.visit)

    def seen(self, person: Inspector) -> tuple[Hashable, ...]:
        return (
            SlotKind.OFFICER in self.kinds and person.officer,
            SlotKind.EXPERT in self.kinds and person.expert,
            self.leader and person.leader,
            person.department if person.department in self.departments else "",
            person.region if person.region in self.regions else "",
            person.fields & self.fields,
            self._certified(person.certificate_until),
            person.availability,
            person.capacity,
            person.per_window,
        )

    def barred(self, person: Inspector) -> frozenset[str]:
        gone = set(self.bars.get(person.id, ()))
        for days, visits in self.periods.items() if person.away else ():
            if overlaps(person.away, days):
                gone.update(visits)
        return frozenset(gone)

    def _certified(self, until: date | None) -> int:
        """How many of the last days the certificate covers."""
        if until is None or SlotKind.OFFICER not in self.kinds:
            return 0
        return bisect_right(self.last_days, until)
