"""Making the task of the second draw: visits, slots, people, bars - and what is wrong with it.

What is wrong is told before anything is frozen. Whether everybody can be staffed is told
afterwards, when the chances are worked out: then with the rules that stand in the way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from sqlmodel import Session, col, select

from core.calendar import china_date
from core.errors import Invalid
from core.files import FileStore
from core.roles import Scope
from core.trail import Actor
from inspections.drawn_units import DrawnUnit
from inspections.draws import Draw, DrawState
from inspections.plans import get_plan
from inspections.teams.bars import Trip, bars
from inspections.teams.institutions import Visited, visited
from inspections.teams.people import Span, people
from inspections.teams.rules import RulesRow, TeamRules, must_be_uncommitted, rules_of
from inspections.teams.slots import Map, Seating, told_apart
from inspections.teams.tasks import FrozenTask, TaskGround, keep_task
from inspections.teams.visits import (
    Visit,
    VisitState,
    listed_of,
    plan_visits,
    visits_mark,
    visits_of,
)
from sampler.teams.task import Inspector, TeamTask
from sampler.teams.task import Visit as TaskVisit
from sampler.teams.task_check import faults_of


@dataclass(frozen=True)
class TaskFault:
    """Something that has to be mended before teams are drawn.

    Attributes
    ----------
    task_number : of the visit concerned; empty if it is about all of them.
    words : what the sampler says of it; empty if the code says all.
    """

    code: str
    task_number: str = ""
    words: str = ""


class TeamTaskHasFaults(Invalid):
    """The task cannot be frozen; *faults* say why."""

    code = "team_has_problems"

    def __init__(self, faults: Sequence[TaskFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(count=len(self.faults))


@dataclass(frozen=True)
class TaskDraft:
    """A task as it would be frozen now, and what is wrong with it.

    Attributes
    ----------
    institutions : to whom each visit goes, by task number.
    """

    listed: Draw
    rules: RulesRow
    day: date
    task: TeamTask
    institutions: Mapping[str, Visited]
    faults: tuple[TaskFault, ...]


def draft_task(session: Session, plan_id: int, day: date) -> TaskDraft:
    """The task of a plan on the rosters as at a *day*; writes nothing.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere
        If the institutions are not drawn.
    NoTeamRules
    """
    listed = listed_of(session, plan_id)
    listed.must_be(DrawState.DRAWN, DrawState.PUBLISHED)
    rules = rules_of(session, listed.plan_version_id)
    visits = [v for v in visits_of(session, listed.key) if v.state is VisitState.PLANNED]
    known = institutions_of(session, visits, day)
    scope = get_plan(session, plan_id).scope
    task = _task(session, visits, known, rules.content, day, scope, plan_id)
    faults = [*_visit_faults(visits, known, day), *_people_faults(task)]
    faults += [TaskFault(f.code, "", f"{f.where}：{f.message}") for f in faults_of(task)]
    return TaskDraft(listed, rules, day, task, known, tuple(faults))


def freeze_task(
    session: Session, files: FileStore, plan_id: int, actor: Actor, now: datetime
) -> FrozenTask:
    """Bring the visits up to date and freeze the task on the rosters of today.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, NoTeamRules, NoDaysLeft, TeamsAreCommitted, TeamTaskHasFaults
    """
    must_be_uncommitted(session, plan_id)
    plan_visits(session, plan_id, actor, now)
    draft = draft_task(session, plan_id, china_date(now))
    if draft.faults:
        raise TeamTaskHasFaults(draft.faults)
    assert draft.listed.certificate_sha256 is not None, "it has been held"
    ground = TaskGround(
        draft.listed.plan_version_id,
        draft.listed.certificate_sha256,
        draft.rules.key,
        draft.day,
        visits_mark(session, draft.listed),
    )
    return keep_task(session, files, draft.task, ground, actor, now)


# -- composing ---------------------------------------------------------------------------------


def institutions_of(session: Session, visits: Sequence[Visit], day: date) -> dict[str, Visited]:
    """To whom each visit goes, as the rosters have it on a *day*, by task number."""
    wanted = select(DrawnUnit).where(col(DrawnUnit.id).in_([visit.unit_id for visit in visits]))
    known = visited(session, session.exec(wanted), day)
    return {visit.task_number: known[visit.unit_id] for visit in visits}


def _task(
    session: Session,
    visits: Sequence[Visit],
    known: Mapping[str, Visited],
    rules: TeamRules,
    day: date,
    scope: Scope,
    plan_id: int,
) -> TeamTask:
    staff = people(session, day, scope, rules, span_of(visits, day))
    seating = seating_of(visits, known, rules, scope.key, staff)
    trips = [trip_of(visit, known[visit.task_number]) for visit in visits]
    pool = {person.id for person in staff}
    barred = bars(session, trips, day, rules, plan_id)
    return TeamTask(
        visits=tuple(_visit(v, known[v.task_number], seating.places) for v in visits),
        slots=tuple(
            slot
            for v in visits
            for slot in seating.slots(v, known[v.task_number].region, known[v.task_number].field)
        ),
        inspectors=tuple(replace(p, region=seating.places.place(p.region)) for p in staff),
        bars=tuple(bar for bar in barred if bar.inspector in pool),
        affinity=seating.places.affinity(rules.points),
        pair_cap=None if rules.pair_cap is None else Fraction(rules.pair_cap),
        alternates=rules.alternates,
    )


def span_of(visits: Sequence[Visit], day: date) -> Span:
    """From the first to the last day of the windows of these visits; the *day* if there is
    none."""
    first = min((visit.window_first for visit in visits), default=day)
    return Span(first, max((visit.window_last for visit in visits), default=day))


def seating_of(
    visits: Sequence[Visit],
    known: Mapping[str, Visited],
    rules: TeamRules,
    home: str,
    staff: Sequence[Inspector],
) -> Seating:
    """What the slots of all visits share."""
    fine = told_apart(home, {visit.executor for visit in visits})
    coarse = Map(frozenset(), fine)
    regions = [*(one.region for one in known.values()), *(one.region for one in staff)]
    codes = frozenset(coarse.place(code) for code in regions if code)
    return Seating(rules, Map(codes, fine), home)


def trip_of(visit: Visit, institution: Visited) -> Trip:
    """A visit as recusal sees it."""
    return Trip(visit.task_number, institution, visit.first_day, visit.last_day)


def _visit(visit: Visit, institution: Visited, places: Map) -> TaskVisit:
    return TaskVisit(
        id=visit.task_number,
        window=f"{visit.stretch:03d}",
        first_day=visit.first_day,
        last_day=visit.last_day,
        region=places.place(institution.region),
        fields=institution.fields,
    )


# -- faults ------------------------------------------------------------------------------------


def _visit_faults(
    visits: Sequence[Visit], known: Mapping[str, Visited], day: date
) -> Iterator[TaskFault]:
    for visit in visits:
        institution = known[visit.task_number]
        if not institution.known:
            yield TaskFault("institution_unknown", visit.task_number)
        elif not institution.region:
            yield TaskFault("region_unknown", visit.task_number)
        if visit.first_day < day:
            yield TaskFault("days_are_over", visit.task_number)


def _people_faults(task: TeamTask) -> Iterator[TaskFault]:
    if not any(person.officer for person in task.inspectors):
        yield TaskFault("nobody_to_send")
