"""What was stated about an entry, laid out in time: which facts hold from which day to which.

A statement says that some facts hold *from a day on*. A fact holds until the next statement
about the same fact takes effect, whichever of the two was made first: so a name that is
corrected from March on leaves the class that changed in May alone. Of two statements about one
fact that take effect on the same day the later one counts.

Pure: no database, no clock. The tables that are made from it stand in `rosters.entries`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby, pairwise
from typing import Any, NamedTuple

FOREVER = date.max
"""The end of what has no end yet."""

PRESENT = "present"
"""The one fact every noun has: whether the entry is in the roster at all."""

Facts = Mapping[str, Any]


class Stated(NamedTuple):
    """Facts that hold from a day on; *order* grows with every statement ever made."""

    takes_effect: date
    order: int
    facts: Facts


class Period(NamedTuple):
    """Facts that hold together from *since* until the day before *until*."""

    since: date
    until: date
    facts: dict[str, Any]


def periods(stated: Iterable[Stated]) -> list[Period]:
    """The periods in which the entry is present, in order, without overlap.

    Neighbours differ in at least one fact. Gaps are times in which it was not in the roster.
    """
    found: list[Period] = []
    for period in _all(stated):
        if found and found[-1].until == period.since and found[-1].facts == period.facts:
            found[-1] = found[-1]._replace(until=period.until)
        elif period.facts[PRESENT]:
            found.append(period)
    return [period._replace(facts=_without_presence(period.facts)) for period in found]


def facts_at(stated: Iterable[Stated], day: date) -> dict[str, Any] | None:
    """The facts on a *day*; None if the entry is not in the roster then."""
    facts = told_by(stated, day)
    return _without_presence(facts) if facts[PRESENT] else None


def told_by(stated: Iterable[Stated], day: date) -> dict[str, Any]:
    """All that has been told of the entry up to a *day*, with `PRESENT`: whether it is there."""
    told = sorted(
        (one for one in stated if one.takes_effect <= day),
        key=lambda one: (one.takes_effect, one.order),
    )
    facts: dict[str, Any] = {PRESENT: bool(told)}
    for one in told:
        facts |= one.facts
    return facts


def _all(stated: Iterable[Stated]) -> Iterator[Period]:
    """One period for each day on which anything takes effect."""
    told = sorted(stated, key=lambda one: (one.takes_effect, one.order))
    facts: dict[str, Any] = {PRESENT: True}
    days = [(day, list(of_day)) for day, of_day in groupby(told, lambda one: one.takes_effect)]
    for (day, of_day), (end, _) in pairwise([*days, (FOREVER, [])]):
        for one in of_day:
            facts = {**facts, **one.facts}
        yield Period(day, end, facts)


def _without_presence(facts: Facts) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != PRESENT}
