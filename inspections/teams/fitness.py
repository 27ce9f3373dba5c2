"""Who can go, as it is known today: the same rules as before the draw, on what has changed since.

Certificates and leaves are held against the days of the visit as they are appointed now, recusal
against the institution as it is now; what a slot asks for is what it asked for when it was drawn.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from core.files import FileStore
from inspections.draws import Draw
from inspections.plans import get_plan
from inspections.teams.addenda import LEFT
from inspections.teams.bars import bars
from inspections.teams.making import institutions_of, seating_of, span_of, trip_of
from inspections.teams.people import people
from inspections.teams.rules import RulesRow
from inspections.teams.tasks import get_task, listed_draw, read_task
from inspections.teams.visits import Visit, VisitState, visits_of
from sampler.teams.eligibility import structural_rules
from sampler.teams.rules import Rule
from sampler.teams.task import Inspector, Slot
from sampler.teams.task import Visit as TaskVisit


@dataclass(frozen=True)
class Fitness:
    """What keeps people from slots today.

    Attributes
    ----------
    slots : as they were drawn, by id.
    visits : with their days of now, by task number; cancelled ones are not in it.
    people : who serves today, by number.
    barred : rules by which somebody must not go to a visit, by task number and number.
    """

    slots: Mapping[str, Slot]
    visits: Mapping[str, TaskVisit]
    people: Mapping[str, Inspector]
    barred: Mapping[tuple[str, str], tuple[Rule, ...]]

    def against(self, slot_id: str, number: str) -> list[str]:
        """Why somebody cannot sit at a slot, whatever else he does; codes of `addenda.WHY`."""
        slot, person = self.slots[slot_id], self.people.get(number)
        if person is None:
            return [LEFT]
        visit = self.visits[slot.visit]
        found = structural_rules(slot, visit, person) | set(
            self.barred.get((slot.visit, number), ())
        )
        return sorted(rule.value for rule in found)

    def passed(
        self, slot_id: str, waiting: list[str], members: Mapping[str, str]
    ) -> dict[str, str]:
        """Which of those who wait for a slot cannot step in, and the first reason why."""
        why = ((one, next(self._all(slot_id, one, members), "")) for one in waiting)
        return {one: reason for one, reason in why if reason}

    def _all(self, slot_id: str, number: str, members: Mapping[str, str]) -> Iterator[str]:
        yield from self.against(slot_id, number)
        if (person := self.people.get(number)) is None:
            return
        visit = self.visits[self.slots[slot_id].visit]
        sits = [self.slots[slot].visit for slot, one in members.items() if one == number]
        if visit.id in sits:
            yield Rule.ONE_SLOT_PER_VISIT.value
        known = [self.visits[one] for one in sits if one in self.visits]
        if len(known) >= person.capacity:
            yield Rule.CAPACITY.value
        if Counter(one.window for one in known)[visit.window] >= person.per_window:
            yield Rule.WINDOW.value


def fitness_of(session: Session, files: FileStore, teams: Draw, today: date) -> Fitness:
    """What is known today about the people of a draw of teams.

    Raises
    ------
    TaskNotFound, DrawNotFound, DrawIsDamaged
    """
    frozen = get_task(session, teams.task_id)
    task = read_task(files, frozen)
    rules = session.get_one(RulesRow, frozen.rules_id).content
    listed = listed_draw(session, frozen)
    visits = [v for v in visits_of(session, listed.key) if v.state is VisitState.PLANNED]
    known = institutions_of(session, visits, today)
    scope = get_plan(session, teams.plan_id).scope
    staff = people(session, today, scope, rules, span_of(visits, today))
    places = seating_of(visits, known, rules, scope.key, staff).places
    trips = [trip_of(visit, known[visit.task_number]) for visit in visits]
    barred: dict[tuple[str, str], tuple[Rule, ...]] = {}
    for bar in bars(session, trips, today, rules, teams.plan_id):
        at = (bar.visit, bar.inspector)
        barred[at] = (*barred.get(at, ()), bar.rule)
    return Fitness(
        slots={slot.id: slot for slot in task.slots},
        visits={visit.task_number: _visit(visit) for visit in visits},
        people={p.id: replace(p, region=places.place(p.region)) for p in staff},
        barred=barred,
    )


def _visit(visit: Visit) -> TaskVisit:
    return TaskVisit(visit.task_number, f"{visit.stretch:03d}", visit.first_day, visit.last_day)
