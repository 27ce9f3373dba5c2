"""The filters of the lists of people: read from the address, and offered with their counts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from core.regions import is_region
from rosters.certificates import CertificateStatus
from rosters.finding.naming import named
from rosters.finding.people_lists import (
    NO,
    NO_CERTIFICATE,
    YES,
    PeopleCounts,
    PeopleFacet,
    PeopleFilters,
    PeopleSort,
)
from rosters.inspectors import Duty, OfficerLevel
from rosters.vocabularies import SPOT_CHECK_FIELDS
from web import lists
from web.database import session
from web.rosters.days import day_asked
from web.rosters.inputs import Option
from web.words.accounts import region_words

OF_INSPECTORS = (
    PeopleFacet.REGION, PeopleFacet.DEPARTMENT, PeopleFacet.LEVEL, PeopleFacet.FIELD,
    PeopleFacet.CERTIFICATE, PeopleFacet.LEADER, PeopleFacet.DUTY, PeopleFacet.ON_LEAVE,
)  # fmt: skip
OF_EXPERTS = (PeopleFacet.REGION, PeopleFacet.FIELD, PeopleFacet.ASSESSOR)

LABELS = {
    PeopleFacet.REGION: "地区",
    PeopleFacet.DEPARTMENT: "部门",
    PeopleFacet.LEVEL: "层级",
    PeopleFacet.FIELD: "重点领域",
    PeopleFacet.CERTIFICATE: "执法证件",
    PeopleFacet.LEADER: "可任组长",
    PeopleFacet.DUTY: "在岗状态",
    PeopleFacet.ON_LEAVE: "当日不能派出",
    PeopleFacet.ASSESSOR: "资质认定评审员",
}

CERTIFICATES = {
    CertificateStatus.VALID.value: "有效",
    CertificateStatus.EXPIRING.value: "临期（三个月内）",
    CertificateStatus.EXPIRED.value: "过期",
    NO_CERTIFICATE: "没有执法证件",
}
_YES_OR_NO = {YES: "是", NO: "否"}

_WORDS: dict[PeopleFacet, dict[str, str]] = {
    PeopleFacet.LEVEL: {one.value: one.label for one in OfficerLevel},
    PeopleFacet.FIELD: {field: field for field in SPOT_CHECK_FIELDS},
    PeopleFacet.CERTIFICATE: CERTIFICATES,
    PeopleFacet.LEADER: _YES_OR_NO,
    PeopleFacet.DUTY: {one.value: one.label for one in Duty},
    PeopleFacet.ON_LEAVE: _YES_OR_NO,
    PeopleFacet.ASSESSOR: _YES_OR_NO,
}
"""The values of a facet in their order."""

_NOWHERE = {PeopleFacet.REGION: "全国性", PeopleFacet.DEPARTMENT: "没有登记部门"}

NO_VALUE = "-"
"""Stands in the address for the value of those who have none."""


@dataclass(frozen=True)
class Choice:
    """A filter with what can be chosen, and how many there are of each."""

    name: str
    label: str
    options: Sequence[Option]
    chosen: str


def people_filters(facets: Collection[PeopleFacet]) -> PeopleFilters:
    """The filters as they stand in the address."""
    chosen = {
        facet: frozenset({"" if value == NO_VALUE else value})
        for facet in facets
        if (value := lists.text(facet.value))
    }
    return PeopleFilters(day_asked(), lists.text("q"), chosen)


def people_sort() -> PeopleSort:
    """The order that is asked for."""
    wanted = lists.one_of("sort", {one.value: one for one in PeopleSort})
    return PeopleSort(wanted) if wanted else PeopleSort.NAME


def choices(
    facets: Collection[PeopleFacet], filters: PeopleFilters, counts: PeopleCounts
) -> list[Choice]:
    """The filters of the page, each value with its count under all others."""
    return [
        Choice(facet.value, LABELS[facet], _options(facet, filters, counts), _chosen(facet))
        for facet in facets
    ]


def _chosen(facet: PeopleFacet) -> str:
    return lists.text(facet.value)


def _options(facet: PeopleFacet, filters: PeopleFilters, counts: PeopleCounts) -> list[Option]:
    counted = counts[facet]
    words = _WORDS.get(facet) or _names(facet, filters, counted)
    known = [value for value in words if value in counted]
    return [(value or NO_VALUE, f"{words[value]}（{counted[value]:,}）") for value in known]


def _names(facet: PeopleFacet, filters: PeopleFilters, values: Collection[str]) -> dict[str, str]:
    """The words of values that no vocabulary knows: regions and departments."""
    if facet is PeopleFacet.REGION:
        chosen = next(iter(filters.chosen.get(facet, ())), "")
        found = {code: region_words(code) for code in sorted(_regions(values, chosen))}
    else:
        keys = [int(value) for value in values if value.isdecimal()]
        names = named(session(), keys, filters.day)
        ordered = sorted(names.values(), key=lambda one: (one.region, one.entry_id))
        found = {str(one.entry_id): one.name for one in ordered}
    return found | ({"": _NOWHERE[facet]} if "" in values else {})


def _regions(values: Collection[str], chosen: str) -> Iterator[str]:
    """All provinces; the cities of one alone, if it is chosen or there is no other."""
    known = {value for value in values if is_region(value)}
    provinces = {value for value in known if value.endswith("0000")}
    open_ = chosen[:2] if chosen else next(iter(provinces), "")[:2] * (len(provinces) == 1)
    yield from provinces
    yield from (value for value in known - provinces if open_ and value.startswith(open_))


def chips(found: Collection[Choice]) -> list[Option]:
    """What is filtered now, each with the address that takes it away."""
    told = []
    if words := lists.text("q"):
        told.append((f"搜索：{words}", lists.here(q=None, page=None)))
    for one in found:
        if one.chosen:
            words = dict(one.options).get(one.chosen, one.chosen).partition("（")[0]
            told.append((f"{one.label}：{words}", lists.here(**{one.name: None, "page": None})))
    return told
