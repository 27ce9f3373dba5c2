"""The filters of the list of institutions: as they stand in the address, and as a page tells them.

The address is the only place that keeps them, so a list can be saved, sent on and come back to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask import request

from core.regions import cities, is_region, provinces, region_of
from rosters.certificates import CertificateStatus
from rosters.finding.institution_lines import NO, NO_CERTIFICATE, YES, Facet
from rosters.finding.institution_lists import Filters, Sort
from rosters.flags import FlagKind
from rosters.institutions import CreditClass, LegalForm, Level, Standing
from rosters.vocabularies import SPOT_CHECK_FIELDS
from web import lists

MOST_VALUES = 60
"""Values of one facet that an address may name."""

UNRATED = "unrated"
"""How an address names the class of those that have none."""

FACETS: dict[Facet, str] = {
    Facet.STATUS: "证书状态",
    Facet.LEVEL: "级别",
    Facet.FIELD: "重点领域",
    Facet.CREDIT_CLASS: "信用风险等级",
    Facet.QI_CENTRE: "国家质检中心",
    Facet.REGION: "所在地区",
    Facet.FLAG: "监管记录",
    Facet.STANDING: "经营状态",
    Facet.LEGAL_FORM: "机构类型",
}
"""The facets in the order of the page."""

OPEN = 5
"""So many facets are unfolded; the others are when something of them is chosen."""

FEW = 8
"""Of a longer facet only the first values are in sight."""

VALUES: dict[Facet, dict[str, str]] = {
    Facet.STATUS: {
        **{status.value: status.label for status in CertificateStatus},
        CertificateStatus.EXPIRING.value: "临期（3 个月内）",
        NO_CERTIFICATE: "没有证书",
    },
    Facet.LEVEL: {level.value: level.label for level in Level},
    Facet.FIELD: {term: term for term in SPOT_CHECK_FIELDS},
    Facet.CREDIT_CLASS: {one.value or UNRATED: one.label for one in CreditClass},
    Facet.QI_CENTRE: {YES: "设有", NO: "没有"},
    Facet.FLAG: {kind.value: kind.label for kind in FlagKind},
    Facet.STANDING: {standing.value: standing.label for standing in Standing},
    Facet.LEGAL_FORM: {form.value: form.label for form in LegalForm},
}
"""The values of each facet in their order, as the address names them; regions come by count."""

NAMES = ("q", *(facet.value for facet in Facet), "day", "sort", "order")
"""What of the address makes the list."""


@dataclass(frozen=True)
class Option:
    """A value of a facet: how many institutions have it, and whether it is chosen."""

    value: str
    words: str
    count: int
    chosen: bool
    within: bool = False


@dataclass(frozen=True)
class Choice:
    """A facet as the page shows it: its first values, the others, and whether it is unfolded."""

    name: str
    words: str
    first: tuple[Option, ...]
    others: tuple[Option, ...]
    unfolded: bool


# -- reading -----------------------------------------------------------------------------------


def asked(day: date) -> Filters:
    """The filters of the address, as at a *day*; what it does not know is passed over."""
    found = {facet: _told(facet) for facet in Facet}
    chosen = {facet: values for facet, values in found.items() if values}
    return Filters(day=day, words=lists.text("q"), chosen=chosen)


def _told(facet: Facet) -> frozenset[str]:
    told = request.args.getlist(facet.value)[:MOST_VALUES]
    if facet is Facet.REGION:
        return frozenset(code for code in told if is_region(code))
    known = VALUES[facet]
    return frozenset(_stored(facet, value) for value in told if value in known)


def _stored(facet: Facet, value: str) -> str:
    unrated = facet is Facet.CREDIT_CLASS and value == UNRATED
    return CreditClass.UNRATED.value if unrated else value


def _named(facet: Facet, value: str) -> str:
    unrated = facet is Facet.CREDIT_CLASS and value == CreditClass.UNRATED.value
    return UNRATED if unrated else value


def sort() -> Sort:
    """By what the list is to be sorted."""
    known = {one.value: one for one in Sort}
    return known.get(lists.text("sort"), Sort.NAME)


def descending() -> bool:
    """Whether the last comes first."""
    return lists.text("order") == "desc"


def kept() -> dict[str, list[str]]:
    """All that makes the list, for another address."""
    return {name: values[:MOST_VALUES] for name, values in lists.filters(*NAMES).items()}


# -- telling -----------------------------------------------------------------------------------


def words_of(facet: Facet, value: str) -> str:
    """A value of a facet as a page says it."""
    if facet is Facet.REGION:
        return region_of(value).path if is_region(value) else value
    return VALUES[facet].get(_named(facet, value), value)


def chips(filters: Filters) -> Iterator[tuple[str, str]]:
    """What the list is narrowed by, and the address of the list without it."""
    if filters.words:
        yield f"“{filters.words}”", lists.here(q=None, page=None)
    for facet in FACETS:
        for value in sorted(filters.chosen.get(facet, ())):
            yield _chip(facet, value)


def _chip(facet: Facet, value: str) -> tuple[str, str]:
    name = _named(facet, value)
    left = [told for told in request.args.getlist(facet.value) if told != name]
    words = words_of(facet, value)
    if facet in (Facet.QI_CENTRE, Facet.FLAG, Facet.STATUS, Facet.STANDING):
        words = f"{FACETS[facet]}：{words}"
    return words, lists.here(**{facet.value: left, "page": None})


def choices(filters: Filters, counts: Mapping[Facet, Mapping[str, int]]) -> list[Choice]:
    """The facets with the counts of their values, in the order of the page."""
    return [
        _choice(facet, place, filters, counts.get(facet, {})) for place, facet in enumerate(FACETS)
    ]


def _choice(facet: Facet, place: int, filters: Filters, counts: Mapping[str, int]) -> Choice:
    chosen = filters.chosen.get(facet, frozenset())
    of = _regions(chosen, counts) if facet is Facet.REGION else _values(facet, chosen, counts)
    options = tuple(one for one in of if one.count or one.chosen)
    first = _in_sight(options)
    return Choice(
        facet.value,
        FACETS[facet],
        first,
        tuple(one for one in options if one not in first),
        place < OPEN or bool(chosen),
    )


def _in_sight(options: tuple[Option, ...]) -> tuple[Option, ...]:
    if len(options) <= FEW + 1:
        return options
    most = sorted(options, key=lambda one: (not one.chosen, not one.within, -one.count))[:FEW]
    return tuple(one for one in options if one in most or one.chosen)


def _values(facet: Facet, chosen: frozenset[str], counts: Mapping[str, int]) -> Iterator[Option]:
    for name, words in VALUES[facet].items():
        value = _stored(facet, name)
        yield Option(name, words, counts.get(value, 0), value in chosen)


def _regions(chosen: frozenset[str], counts: Mapping[str, int]) -> Iterator[Option]:
    """The provinces, the one with most first; cities below those that are looked into."""
    found = [one for one in provinces() if counts.get(one.code) or one.code in chosen]
    looked_into = {region_of(code).province.code for code in chosen}
    if len(found) == 1:
        looked_into.add(found[0].code)
    for province in sorted(found, key=lambda one: -counts.get(one.code, 0)):
        count = counts.get(province.code, 0)
        yield Option(province.code, province.short, count, province.code in chosen)
        if province.code in looked_into:
            for city in cities(province):
                count = counts.get(city.code, 0)
                yield Option(city.code, city.short, count, city.code in chosen, within=True)
