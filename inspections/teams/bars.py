"""Who must not go where: recusal by what the rosters know, granted requests, rotation.

A relation to an institution holds for whoever came from it by merger or split too, and one to a
sister under the same parent counts as a relation by the parent (《检验检测机构资质认定管理办法》
article 29; 《行政处罚法》 article 43). A former employer, and an institution advised, bar for the
years that the plan says; all other relations for good.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from inspections.teams.history import last_teams
from inspections.teams.institutions import Visited
from inspections.teams.recusals import Recusal, RecusalSide, RecusalState
from inspections.teams.rules import TeamRules
from inspections.teams.seats import person_number
from rosters.entries import holds
from rosters.experts import Expert
from rosters.institutions import Institution
from rosters.kin import ancestors
from rosters.relations import Relation, RelationKind
from rosters.statements import chunks
from sampler.teams.rules import Rule
from sampler.teams.task import Bar

FADING = (RelationKind.FORMER_EMPLOYER, RelationKind.CONSULTANT)
"""Relations that bar for some years after they have ended."""


@dataclass(frozen=True)
class Trip:
    """To whom a visit goes, and when: what a bar is about."""

    task_number: str
    institution: Visited
    first_day: date
    last_day: date


Barred = tuple[str, int, Rule]
"""Task number, entry of the person, rule."""


def bars(
    session: Session, trips: Iterable[Trip], day: date, rules: TeamRules, plan_id: int
) -> list[Bar]:
    """All individual prohibitions for *trips*, as they are known on a *day*; each once.

    Parameters
    ----------
    plan_id : whose teams are to be: rotation looks at those of other plans.
    """
    known = [trip for trip in trips if trip.institution.entry_id is not None]
    found: set[Barred] = set()
    found.update(_by_relation(session, known, day, rules.recusal_years))
    found.update(_by_employer(session, known, day))
    found.update(_by_recusal(session, known))
    if rules.rotation:
        found.update(_by_rotation(session, known, plan_id, day))
    return [Bar(number, person_number(person), rule) for number, person, rule in sorted(found)]


# -- relations ---------------------------------------------------------------------------------


def _by_relation(
    session: Session, trips: Iterable[Trip], day: date, years: int
) -> Iterator[Barred]:
    related: dict[int, list[Relation]] = defaultdict(list)
    for one in session.exec(select(Relation).where(holds(Relation, day))):
        related[one.institution_id].append(one)
    forebears, families = ancestors(session), _families(session, day)
    for trip in trips:
        own = trip.institution.entry_id or 0
        same = {own, *forebears.get(own, ())}
        for entry in same:
            for one in related.get(entry, ()):
                if _counts(one, trip, years):
                    yield trip.task_number, one.person_id, Rule(f"recusal_{one.kind.value}")
        for entry in families.sisters(trip.institution) - same:
            for one in related.get(entry, ()):
                if _counts(one, trip, years):
                    yield trip.task_number, one.person_id, Rule.RECUSAL_SAME_PARENT


def _counts(one: Relation, trip: Trip, years: int) -> bool:
    """Whether a relation bars from a visit on these days."""
    if one.first_day is not None and one.first_day > trip.last_day:
        return False
    if one.kind not in FADING or one.last_day is None:
        return True
    return years_after(one.last_day, years) >= trip.first_day


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of a 29 February the 28th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)


@dataclass(frozen=True)
class _Families:
    """Institutions by the legal entity above them; that entity may be one of them."""

    members: Mapping[str, frozenset[int]]

    def sisters(self, one: Visited) -> frozenset[int]:
        """All under the same parent, and below or above *one* itself."""
        names = (one.parent, one.name)
        return frozenset().union(*(self.members.get(name, ()) for name in names if name))


def _families(session: Session, day: date) -> _Families:
    columns: Any = (col(Institution.entry_id), col(Institution.name), col(Institution.parent))
    members: dict[str, set[int]] = defaultdict(set)
    named: dict[str, int] = {}
    for entry, name, parent in session.exec(select(*columns).where(holds(Institution, day))):
        named[name] = entry
        if parent:
            members[parent].add(entry)
    for parent in members.keys() & named.keys():
        members[parent].add(named[parent])
    return _Families({parent: frozenset(entries) for parent, entries in members.items()})


def _by_employer(session: Session, trips: Iterable[Trip], day: date) -> Iterator[Barred]:
    """An expert does not see his own employer, nor what stands under the same parent."""
    employed: dict[str, list[int]] = defaultdict(list)
    wanted = select(Expert).where(holds(Expert, day), Expert.employer != "")
    for expert in session.exec(wanted):
        employed[expert.employer].append(expert.entry_id)
    for trip in trips:
        for person in employed.get(trip.institution.name, ()):
            yield trip.task_number, person, Rule.RECUSAL_FORMER_EMPLOYER
        for person in employed.get(trip.institution.parent, ()):
            yield trip.task_number, person, Rule.RECUSAL_SAME_PARENT


# -- decisions and rotation --------------------------------------------------------------------


def _by_recusal(session: Session, trips: Iterable[Trip]) -> Iterator[Barred]:
    granted: dict[int, list[Recusal]] = defaultdict(list)
    wanted = select(Recusal).where(Recusal.state == RecusalState.ACCEPTED)
    for one in session.exec(wanted):
        granted[one.institution_id or 0].append(one)
    for trip in trips:
        for one in granted.get(trip.institution.entry_id or 0, ()):
            asked = one.side is RecusalSide.INSTITUTION
            rule = Rule.REQUEST if asked else Rule.RECUSAL_DECLARED
            yield trip.task_number, one.person_id, rule


def _by_rotation(
    session: Session, trips: Iterable[Trip], plan_id: int, day: date
) -> Iterator[Barred]:
    listed = list(trips)
    for chunk in chunks(listed):
        entries = [trip.institution.entry_id or 0 for trip in chunk]
        before = last_teams(session, entries, plan_id, day)
        for trip in chunk:
            for person in before.get(trip.institution.entry_id or 0, ()):
                yield trip.task_number, person, Rule.ROTATION
