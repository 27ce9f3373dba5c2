"""Who can be drawn: inspectors and experts as the rosters have them on a day.

A certificate counts if its number and its last day are on record; of two the later one. Leaves
are taken as they are known; whoever is seconded or has left is not in the task at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from core.roles import Scope, visible
from inspections.teams.rules import TeamRules
from inspections.teams.seats import entry_of, person_number
from rosters.departments import Department
from rosters.entries import holds
from rosters.experts import Expert
from rosters.inspectors import Duty, Leave
from rosters.inspectors import Inspector as Officer
from rosters.vocabularies import parted
from sampler.teams.task import Inspector, Period


@dataclass(frozen=True)
class Span:
    """From the first to the last day of all visits."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many they are, both included."""
        return (self.last - self.first).days + 1

    def without(self, away: Iterable[Period]) -> int:
        """How many days are left of it to somebody who is away; one at least."""
        gone = {
            day
            for first, last in away
            for day in range(
                max(first, self.first).toordinal(), min(last, self.last).toordinal() + 1
            )
        }
        return max(1, self.days - len(gone))


def people(
    session: Session, day: date, scope: Scope, rules: TeamRules, span: Span
) -> list[Inspector]:
    """All who serve within a *scope* on a *day*; their availability is their days present."""
    away = leaves(session, day)
    found = [*_officers(session, day, scope), *_experts(session, day, scope)]
    return [
        replace(
            one,
            away=away[entry_of(one.id)],
            availability=span.without(away[entry_of(one.id)]),
            capacity=rules.capacity,
            per_window=rules.per_window,
        )
        for one in found
    ]


def leaves(session: Session, day: date) -> Mapping[int, tuple[Period, ...]]:
    """When people are away, as it is known on a *day*, by entry; empty for everybody else."""
    found: dict[int, tuple[Period, ...]] = defaultdict(tuple)
    for one in session.exec(select(Leave).where(holds(Leave, day)).order_by(col(Leave.first_day))):
        found[one.inspector_id] += ((one.first_day, one.last_day),)
    return found


def _officers(session: Session, day: date, scope: Scope) -> list[Inspector]:
    trades = _trades(session, day)
    wanted = select(Officer).where(holds(Officer, day), Officer.duty == Duty.ON_DUTY)
    return [
        Inspector(
            id=person_number(one.entry_id),
            department=trades.get(one.department_id or 0, ""),
            region=one.region,
            leader=one.leader,
            fields=frozenset(parted(one.fields)),
            certificate_until=certified_until(one),
        )
        for one in session.exec(_within(wanted, Officer, scope))
    ]


def _experts(session: Session, day: date, scope: Scope) -> list[Inspector]:
    wanted = select(Expert).where(holds(Expert, day))
    return [
        Inspector(
            id=person_number(one.entry_id),
            region=one.region,
            officer=False,
            expert=True,
            fields=frozenset(parted(one.fields)),
        )
        for one in session.exec(_within(wanted, Expert, scope))
    ]


def _within(wanted: Any, table: Any, scope: Scope) -> Any:
    """Nobody who serves elsewhere than in the *scope*."""
    sight = visible([scope], region=col(table.region))
    return wanted.where(sight).order_by(col(table.entry_id))


def _trades(session: Session, day: date) -> dict[int, str]:
    """The trade of each department: by it a slot asks for its officers."""
    wanted = select(Department).where(holds(Department, day))
    return {one.entry_id: one.trade.value for one in session.exec(wanted)}


def certified_until(one: Officer) -> date | None:
    """The last day on which one of his certificates is valid."""
    ends = ((one.ministry_no, one.ministry_until), (one.province_no, one.province_until))
    return max((end for number, end in ends if number and end), default=None)


def certificate_on(one: Officer, day: date) -> str:
    """The number of the certificate that he shows on a *day*: of the province before that of the
    ministry; empty if none is valid."""
    held = ((one.province_no, one.province_until), (one.ministry_no, one.ministry_until))
    return next((number for number, end in held if number and end and end >= day), "")
