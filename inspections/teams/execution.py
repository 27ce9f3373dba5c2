"""Who executes a visit: the nation, a province, a city or county, by the rule of the plan."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from sqlmodel import Session

from core.regions import is_region, region_of
from inspections.drawn_units import DrawnUnit
from inspections.teams.institutions import Visited, visited
from inspections.teams.rules import Execution, ExecutionBy
from rosters.inspectors import OfficerLevel
from rosters.institutions import Level

Authority = tuple[OfficerLevel, str]
"""A level, and the region of the organ; empty for the nation."""


def executors(
    session: Session, rule: Execution, units: Sequence[DrawnUnit], day: date
) -> list[Authority]:
    """The authority of each visit to *units*, which come in the order of their numbers."""
    found = visited(session, units, day)
    levels = [
        _level(rule, unit, found[unit.key], place, len(units)) for place, unit in enumerate(units)
    ]
    return [
        (level, organ_region(level, found[unit.key].region))
        for level, unit in zip(levels, units, strict=True)
    ]


def _level(rule: Execution, unit: DrawnUnit, one: Visited, place: int, total: int) -> OfficerLevel:
    match rule.by:
        case ExecutionBy.LEVEL:
            national = one.level is Level.NATIONAL
            return OfficerLevel.NATIONAL if national else rule.otherwise
        case ExecutionBy.FIELD:
            return dict(rule.fields).get(unit.field, rule.otherwise)
        case ExecutionBy.SHARE:
            return _by_share(rule, place, total)
    return rule.otherwise


def _by_share(rule: Execution, place: int, total: int) -> OfficerLevel:
    """The first visits are the nation's, the next the provinces'; halves are rounded up."""
    national, both = Fraction(rule.national), Fraction(rule.national + rule.province)
    if place < round_half_up(national * total):
        return OfficerLevel.NATIONAL
    return OfficerLevel.PROVINCE if place < round_half_up(both * total) else rule.otherwise


def round_half_up(number: Fraction) -> int:
    """The nearest whole number, the larger of two."""
    return int(number + Fraction(1, 2))


def organ_region(level: OfficerLevel, region: str) -> str:
    """Whose organ executes a visit in a *region*."""
    if level is OfficerLevel.NATIONAL or not is_region(region):
        return ""
    return region_of(region).province.code if level is OfficerLevel.PROVINCE else region
