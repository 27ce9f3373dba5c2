"""Lists of institutions on any day: narrowed, counted by facets, sorted, page by page.

Sight comes first in every question: whoever asks is told of the rows in his *scopes* only, and
the counts know of no others. Nothing here is kept between two questions.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, String, and_, cast, false, func, or_
from sqlmodel import Session, col, select

from core.regions import significant
from core.roles import Scope, visible
from rosters.certificates import Certificate, CertificateStatus, status_on
from rosters.entries import Noun, holds
from rosters.finding.institution_lines import (
    PACKED,
    REGION_SHIFT,
    Facet,
    InstitutionLine,
    told,
)
from rosters.finding.search import condition
from rosters.institutions import Institution
from rosters.statements import chunks

SIZE = 50
"""Rows on a page."""

Counts = dict[Facet, dict[str, int]]
Numbers = npt.NDArray[np.int64]
Fits = npt.NDArray[np.bool_]


class Sort(StrEnum):
    """By what a list is sorted; equal ones by name."""

    NAME = "name"
    CODE = "code"
    REGION = "region"
    CLASS = "class"
    CERTIFICATE_END = "certificate_end"
    LAST_CHECKED = "last_checked"

    @property
    def label(self) -> str:
        """The order's name on a page."""
        return {
            "name": "名称",
            "code": "统一社会信用代码",
            "region": "地区",
            "class": "信用风险等级",
            "certificate_end": "证书到期日",
            "last_checked": "最近抽查日",
        }[self.value]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by; of one facet any of the values will do.

    Attributes
    ----------
    day : the roster as at this day.
    words : fragments of a name it ever bore, of a number, of initials; all must be found.
    chosen : values of facets, as `facets` counts them; an unknown value finds nothing.
    """

    day: date
    words: str = ""
    chosen: Mapping[Facet, frozenset[str]] = field(default_factory=dict)

    def only(self, facet: Facet, *values: str) -> "Filters":
        """The same, with these values of a facet; without values the facet is let go."""
        others = {name: of for name, of in self.chosen.items() if name != facet}
        return replace(self, chosen=others | ({facet: frozenset(values)} if values else {}))


@dataclass(frozen=True)
class InstitutionRow:
    """One institution in a list.

    Attributes
    ----------
    certificates : those it holds on that day, best first.
    status : of the best of them; None without any.
    """

    institution: Institution
    certificates: Sequence[tuple[Certificate, CertificateStatus]]
    centres: int
    last_checked: date | None

    @property
    def status(self) -> CertificateStatus | None:
        """The status of the best certificate."""
        return self.certificates[0][1] if self.certificates else None


@dataclass(frozen=True)
class InstitutionPage:
    """A page of a list, and how many institutions the list has in all."""

    rows: Sequence[InstitutionRow]
    total: int


# -- asking ------------------------------------------------------------------------------------


def page(
    session: Session,
    filters: Filters,
    scopes: Collection[Scope],
    sort: Sort = Sort.NAME,
    number: int = 1,
    size: int = SIZE,
    *,
    descending: bool = False,
    total: int | None = None,
) -> InstitutionPage:
    """The *number*-th page of the list, from 1.

    Parameters
    ----------
    total : how many there are, if that is known already, from `facets`.
    """
    matches = _matches(filters, scopes)
    if total is None:
        counted = select(func.count()).select_from(InstitutionLine).where(matches)
        total = session.exec(counted).one()
    wanted = (
        select(InstitutionLine)
        .where(matches)
        .order_by(*_order(sort, descending=descending))
        .offset((number - 1) * size)
        .limit(size)
    )
    found = session.exec(wanted).all()
    return InstitutionPage(_rows(session, found, filters.day), total)


@dataclass(frozen=True)
class FacetCounts:
    """How many institutions there are of each value; and how many in the whole list."""

    counts: Counts
    total: int


def facets(session: Session, filters: Filters, scopes: Collection[Scope]) -> FacetCounts:
    """Of every value of every facet how many institutions match all the *other* facets.

    A province counts those of its cities too; a city of two provinces' digits only itself.
    Values that nobody has are left out, chosen ones excepted.
    """
    free = replace(filters, chosen={})
    numbers = _numbers(session, free, scopes)
    fits = {facet: _fits(numbers, facet, of) for facet, of in filters.chosen.items()}
    counts: Counts = {}
    for facet in Facet:
        others = [fit for name, fit in fits.items() if name != facet]
        among = numbers[np.logical_and.reduce(others)] if others else numbers
        counts[facet] = dict.fromkeys(filters.chosen.get(facet, ()), 0) | _count(among, facet)
    every = np.logical_and.reduce(list(fits.values())) if fits else np.ones(len(numbers), bool)
    return FacetCounts(counts, int(every.sum()))


def ids(session: Session, filters: Filters, scopes: Collection[Scope]) -> list[int]:
    """The entries of the whole list, for a change of all of them."""
    wanted = select(InstitutionLine.entry_id).where(_matches(filters, scopes))
    return list(session.exec(wanted.order_by(col(InstitutionLine.entry_id))))


def export_rows(
    session: Session, filters: Filters, scopes: Collection[Scope], sort: Sort = Sort.NAME
) -> Iterator[InstitutionRow]:
    """All rows of the list in order, read in pieces."""
    wanted = select(InstitutionLine).where(_matches(filters, scopes)).order_by(*_order(sort))
    found = session.exec(wanted).all()
    for places in chunks(range(len(found))):
        yield from _rows(session, [found[at] for at in places], filters.day)


# -- conditions --------------------------------------------------------------------------------


def _matches(filters: Filters, scopes: Collection[Scope]) -> ColumnElement[bool]:
    line = InstitutionLine
    sight = visible(scopes, region=col(line.region), institution=col(line.credit_code))
    covers = and_(col(line.since) <= filters.day, col(line.until) > filters.day)
    found = condition(filters.words, Noun.INSTITUTION, col(line.entry_id))
    chosen = [_chosen(facet, of, filters.day) for facet, of in filters.chosen.items()]
    return and_(covers, sight, found, *chosen)


def _chosen(facet: Facet, values: frozenset[str], day: date) -> ColumnElement[bool]:
    if facet == Facet.REGION:
        return or_(false(), *(_lies_in(code) for code in values))
    packed = PACKED[facet]
    known = [value for value in values if value in packed.values]
    number = told(day) if facet == Facet.STATUS else col(InstitutionLine.facets)
    bits = number.bitwise_and(packed.mask)
    if packed.several:
        return number.bitwise_and(packed.put(*known)) != 0
    return bits.in_([packed.put(value) for value in known])


def _lies_in(code: str) -> ColumnElement[bool]:
    if len(code) != 6 or not code.isdecimal():
        return false()
    digits = significant(code)
    region = col(InstitutionLine.region)
    return and_(region >= digits.ljust(6, "0"), region <= digits.ljust(6, "9"))


def _order(sort: Sort, *, descending: bool = False) -> list[Any]:
    line = InstitutionLine
    column = {
        Sort.NAME: None,
        Sort.CODE: func.nullif(line.credit_code, ""),
        Sort.REGION: func.nullif(line.region, ""),
        Sort.CLASS: func.nullif(line.credit_class, ""),
        Sort.CERTIFICATE_END: col(line.in_force_until),
        Sort.LAST_CHECKED: col(line.last_checked),
    }[sort]
    by_name: list[Any] = [col(line.sort_name), col(line.entry_id)]
    if column is None:
        return [one.desc() for one in by_name] if descending else by_name
    # empty ones last either way: the databases differ when nobody tells them
    return [(column.desc() if descending else column.asc()).nulls_last(), *by_name]


# -- counting ----------------------------------------------------------------------------------


def _numbers(session: Session, filters: Filters, scopes: Collection[Scope]) -> Numbers:
    """One number for each institution of the list: all its facets (`institution_lines`)."""
    # as one long text: 54,000 rows of one column each would take longer than all the rest
    listed = func.aggregate_strings(cast(told(filters.day), String), ",")
    found = session.exec(select(listed).where(_matches(filters, scopes))).one()
    return np.fromstring(found or "", dtype=np.int64, sep=",")


def _fits(numbers: Numbers, facet: Facet, values: frozenset[str]) -> Fits:
    """Which numbers bear any of the values."""
    if facet == Facet.REGION:
        of = numbers >> REGION_SHIFT
        wanted = [_range(code) for code in values if len(code) == 6 and code.isdecimal()]
        inside: Fits = np.zeros(len(of), dtype=bool)
        for low, high in wanted:
            inside |= (of >= low) & (of <= high)
        return inside
    packed = PACKED[facet]
    known = [value for value in values if value in packed.values]
    if packed.several:
        some: Fits = (numbers & packed.put(*known)) != 0
        return some
    one_of: Fits = np.isin(numbers & packed.mask, [packed.put(value) for value in known])
    return one_of


def _range(code: str) -> tuple[int, int]:
    digits = significant(code)[:4]
    return int(digits.ljust(4, "0")), int(digits.ljust(4, "9"))


def _count(numbers: Numbers, facet: Facet) -> dict[str, int]:
    if facet == Facet.REGION:
        return _count_regions(numbers)
    packed = PACKED[facet]
    if packed.several:
        found = {v: int(np.count_nonzero(numbers & packed.put(v))) for v in packed.values}
    else:
        places = (numbers & packed.mask) >> packed.shift
        found = dict(zip(packed.values, np.bincount(places, minlength=8).tolist(), strict=False))
    return {value: count for value, count in found.items() if count}


def _count_regions(numbers: Numbers) -> dict[str, int]:
    codes, counts = np.unique(numbers >> REGION_SHIFT, return_counts=True)
    found: dict[str, int] = {}
    for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
        # both the province and, where it is one, the city
        for name in {f"{code:04}00", f"{code // 100:02}0000"}:
            found[name] = found.get(name, 0) + count
    return found


# -- rows --------------------------------------------------------------------------------------


def _rows(session: Session, found: Sequence[InstitutionLine], day: date) -> list[InstitutionRow]:
    keys = [line.entry_id for line in found]
    institutions = {
        one.entry_id: one
        for one in session.exec(
            select(Institution).where(col(Institution.entry_id).in_(keys), holds(Institution, day))
        )
    }
    certificates = _certificates(session, keys, day)
    return [
        InstitutionRow(
            institutions[line.entry_id],
            certificates.get(line.entry_id, ()),
            line.centres,
            line.last_checked,
        )
        for line in found
    ]


def _certificates(
    session: Session, keys: Sequence[int], day: date
) -> dict[int, list[tuple[Certificate, CertificateStatus]]]:
    held: dict[int, list[tuple[Certificate, CertificateStatus]]] = {}
    wanted = select(Certificate).where(
        col(Certificate.institution_id).in_(keys), holds(Certificate, day)
    )
    for one in session.exec(wanted):
        told_of = held.setdefault(one.institution_id, [])
        told_of.append((one, status_on(one.state, one.expires_on, day)))
    best = list(CertificateStatus)
    for told_of in held.values():
        told_of.sort(key=lambda pair: (best.index(pair[1]), pair[0].number))
    return held
