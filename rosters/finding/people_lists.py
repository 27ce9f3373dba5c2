"""Lists of inspectors and experts on any day: narrowed, counted by facets, sorted, paged.

Some thousands of people in the whole country: what they are counted by is read at once, and
only the rows of the page are read in full.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from sqlmodel import Session, col, select

from core.roles import Scope, visible
from rosters.certificates import CertificateState, CertificateStatus, status_on
from rosters.departments import Department
from rosters.entries import Noun, holds
from rosters.experts import Expert
from rosters.finding.names import person_syllables
from rosters.finding.search import condition
from rosters.inspectors import Inspector, Leave
from rosters.statements import chunks
from rosters.vocabularies import parted

SIZE = 50
NO_CERTIFICATE = "none"
YES, NO = "yes", "no"


class PeopleFacet(StrEnum):
    """By what a list of people is narrowed and counted; experts have few of them."""

    REGION = "region"
    FIELD = "field"
    LEVEL = "level"
    DUTY = "duty"
    CERTIFICATE = "certificate"
    LEADER = "leader"
    ON_LEAVE = "on_leave"
    DEPARTMENT = "department"
    ASSESSOR = "assessor"


class PeopleSort(StrEnum):
    """By what a list of people is sorted; equal ones by name."""

    NAME = "name"
    NUMBER = "number"
    REGION = "region"
    CERTIFICATE_END = "certificate_end"

    @property
    def label(self) -> str:
        """The order's name on a page."""
        return {
            "name": "姓名",
            "number": "编号",
            "region": "地区",
            "certificate_end": "执法证件到期日",
        }[self.value]


@dataclass(frozen=True)
class PeopleFilters:
    """What a list of people is narrowed by; of one facet any of the values will do.

    Attributes
    ----------
    words : fragments of a name, a number, initials; all must be found.
    chosen : values of facets as they are counted; a department by the number of its entry.
    """

    day: date
    words: str = ""
    chosen: Mapping[PeopleFacet, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class InspectorRow:
    """One inspector in a list; *status* is that of the certificate that lasts longest."""

    inspector: Inspector
    department: str
    status: CertificateStatus | None
    on_leave: bool


@dataclass(frozen=True)
class ExpertRow:
    """One expert in a list."""

    expert: Expert


Row = TypeVar("Row", InspectorRow, ExpertRow)
PeopleCounts = dict[PeopleFacet, dict[str, int]]


@dataclass(frozen=True)
class PeoplePage(Generic[Row]):
    """A page of a list; how many it has in all; and of each value how many match the others."""

    rows: Sequence[Row]
    total: int
    counts: PeopleCounts


class _Person(NamedTuple):
    """What somebody is counted and sorted by; *told* has one text for each facet (`_values`)."""

    entry: int
    name: str
    number: str
    region: str
    until: date
    told: Mapping[PeopleFacet, str]


# -- asking ------------------------------------------------------------------------------------


def inspectors(
    session: Session,
    filters: PeopleFilters,
    scopes: Collection[Scope],
    sort: PeopleSort = PeopleSort.NAME,
    number: int = 1,
    size: int = SIZE,
) -> PeoplePage[InspectorRow]:
    """The *number*-th page of the list of inspectors, from 1, with its facets."""
    people = _inspectors(session, filters, scopes)
    found = _sorted(_matching(people, filters.chosen), sort)
    shown = found[(number - 1) * size : number * size]
    rows = _inspector_rows(session, shown, filters.day)
    return PeoplePage(rows, len(found), _counts(people, filters.chosen))


def experts(
    session: Session,
    filters: PeopleFilters,
    scopes: Collection[Scope],
    sort: PeopleSort = PeopleSort.NAME,
    number: int = 1,
    size: int = SIZE,
) -> PeoplePage[ExpertRow]:
    """The *number*-th page of the list of experts, from 1, with its facets."""
    people = _experts(session, filters, scopes)
    found = _sorted(_matching(people, filters.chosen), sort)
    shown = found[(number - 1) * size : number * size]
    rows = _expert_rows(session, shown, filters.day)
    return PeoplePage(rows, len(found), _counts(people, filters.chosen))


def all_inspectors(
    session: Session, filters: PeopleFilters, scopes: Collection[Scope]
) -> list[InspectorRow]:
    """All rows of the list, by name; for a file of them or a change of all."""
    found = _sorted(
        _matching(_inspectors(session, filters, scopes), filters.chosen), PeopleSort.NAME
    )
    return [
        row
        for places in chunks(range(len(found)))
        for row in _inspector_rows(session, [found[at] for at in places], filters.day)
    ]


def all_experts(
    session: Session, filters: PeopleFilters, scopes: Collection[Scope]
) -> list[ExpertRow]:
    """All rows of the list, by name; for a file of them or a change of all."""
    people = _experts(session, filters, scopes)
    found = _sorted(_matching(people, filters.chosen), PeopleSort.NAME)
    return _expert_rows(session, found, filters.day)


# -- reading -----------------------------------------------------------------------------------


def _inspectors(
    session: Session, filters: PeopleFilters, scopes: Collection[Scope]
) -> list[_Person]:
    columns: Any = [getattr(Inspector, name) for name in _INSPECTOR_COLUMNS]
    wanted: Any = select(*columns).where(
        holds(Inspector, filters.day),
        visible(scopes, region=col(Inspector.region)),
        condition(filters.words, Noun.INSPECTOR, col(Inspector.entry_id)),
    )
    away = _on_leave(session, filters.day)
    rows = session.connection().execute(wanted).all()
    return [_inspector(row, filters.day, away=row.entry_id in away) for row in rows]


_INSPECTOR_COLUMNS = (
    "entry_id", "name", "staff_no", "region", "fields", "level", "duty", "leader",
    "department_id", "ministry_no", "ministry_until", "province_no", "province_until",
)  # fmt: skip


def _inspector(row: Any, day: date, *, away: bool) -> _Person:
    until = lasts_until(row)
    status = None if until is None else _status_on(until, day)
    told = {
        PeopleFacet.REGION: row.region,
        PeopleFacet.FIELD: row.fields,
        PeopleFacet.LEVEL: row.level,
        PeopleFacet.DUTY: row.duty,
        PeopleFacet.CERTIFICATE: status or NO_CERTIFICATE,
        PeopleFacet.LEADER: _yes_or_no(row.leader),
        PeopleFacet.ON_LEAVE: _yes_or_no(away),
        PeopleFacet.DEPARTMENT: str(row.department_id or ""),
    }
    return _Person(row.entry_id, row.name, row.staff_no, row.region, until or date.max, told)


@lru_cache(maxsize=2**14)
def _status_on(until: date, day: date) -> CertificateStatus:
    # thousands of inspectors have some hundreds of days between them
    return status_on(CertificateState.VALID, until, day)


def lasts_until(inspector: Any) -> date | None:
    """The last day of the longer of an inspector's two certificates; None without any.

    One of the two is enough to inspect; one of which no end is known lasts for ever.
    """
    held = (
        (inspector.ministry_no, inspector.ministry_until),
        (inspector.province_no, inspector.province_until),
    )
    return max((until or date.max for number, until in held if number), default=None)


def _experts(session: Session, filters: PeopleFilters, scopes: Collection[Scope]) -> list[_Person]:
    names = ("entry_id", "name", "expert_no", "region", "fields", "assessor")
    columns: Any = [getattr(Expert, name) for name in names]
    wanted: Any = select(*columns).where(
        holds(Expert, filters.day),
        visible(scopes, region=col(Expert.region)),
        condition(filters.words, Noun.EXPERT, col(Expert.entry_id)),
    )
    return [_expert(row) for row in session.connection().execute(wanted)]


def _expert(row: Any) -> _Person:
    told = {
        PeopleFacet.REGION: row.region,
        PeopleFacet.FIELD: row.fields,
        PeopleFacet.ASSESSOR: _yes_or_no(row.assessor),
    }
    return _Person(row.entry_id, row.name, row.expert_no, row.region, date.max, told)


def _yes_or_no(so: bool) -> str:
    return YES if so else NO


@lru_cache(maxsize=2**14)
def _values(facet: PeopleFacet, told: str) -> frozenset[str]:
    """The values that somebody has of a facet: of a region its province too, of fields each."""
    if facet == PeopleFacet.FIELD:
        return frozenset(parted(told))
    if facet == PeopleFacet.REGION and told:
        return frozenset({told, f"{told[:2]}0000"})
    return frozenset({told})


def _on_leave(session: Session, day: date) -> set[int]:
    wanted = select(Leave.inspector_id).where(
        holds(Leave, day), col(Leave.first_day) <= day, col(Leave.last_day) >= day
    )
    return set(session.exec(wanted))


# -- narrowing, counting, sorting --------------------------------------------------------------


def _matching(
    people: Sequence[_Person], chosen: Mapping[PeopleFacet, frozenset[str]]
) -> list[_Person]:
    return [
        person for person in people if all(_has(person, facet, of) for facet, of in chosen.items())
    ]


def _has(person: _Person, facet: PeopleFacet, values: frozenset[str]) -> bool:
    return facet in person.told and not values.isdisjoint(_values(facet, person.told[facet]))


def _counts(
    people: Sequence[_Person], chosen: Mapping[PeopleFacet, frozenset[str]]
) -> PeopleCounts:
    every = _matching(people, chosen)
    found: PeopleCounts = {}
    for facet in PeopleFacet:
        others = {name: of for name, of in chosen.items() if name != facet}
        among = _matching(people, others) if facet in chosen else every
        texts = Counter(person.told[facet] for person in among if facet in person.told)
        counted = dict.fromkeys(chosen.get(facet, ()), 0)
        for text, count in texts.items():
            for value in _values(facet, text):
                counted[value] = counted.get(value, 0) + count
        found[facet] = counted
    return found


def _sorted(people: Sequence[_Person], sort: PeopleSort) -> list[_Person]:
    key: Callable[[_Person], Any] = {
        PeopleSort.NAME: lambda person: 0,
        PeopleSort.NUMBER: lambda person: person.number,
        PeopleSort.REGION: lambda person: person.region,
        PeopleSort.CERTIFICATE_END: lambda person: person.until,
    }[sort]
    return sorted(people, key=lambda one: (key(one), person_syllables(one.name), one.entry))


# -- rows --------------------------------------------------------------------------------------


def _inspector_rows(session: Session, shown: Sequence[_Person], day: date) -> list[InspectorRow]:
    wanted = select(Inspector).where(
        col(Inspector.entry_id).in_([one.entry for one in shown]), holds(Inspector, day)
    )
    found = {one.entry_id: one for one in session.exec(wanted)}
    departments = _departments(session, {one.department_id for one in found.values()}, day)
    return [
        InspectorRow(
            found[one.entry],
            departments.get(found[one.entry].department_id, ""),
            _status(one.told[PeopleFacet.CERTIFICATE]),
            one.told[PeopleFacet.ON_LEAVE] == YES,
        )
        for one in shown
    ]


def _status(value: str) -> CertificateStatus | None:
    return None if value == NO_CERTIFICATE else CertificateStatus(value)


def _departments(session: Session, keys: set[int | None], day: date) -> dict[int | None, str]:
    wanted: Any = select(col(Department.entry_id), col(Department.name)).where(
        col(Department.entry_id).in_(keys - {None}), holds(Department, day)
    )
    return dict(session.exec(wanted).all())


def _expert_rows(session: Session, shown: Sequence[_Person], day: date) -> list[ExpertRow]:
    wanted = select(Expert).where(
        col(Expert.entry_id).in_([one.entry for one in shown]), holds(Expert, day)
    )
    found = {one.entry_id: one for one in session.exec(wanted)}
    return [ExpertRow(found[one.entry]) for one in shown]
