"""The second draw as officials see it: the board of a plan, the visits of a person.

Nothing here asks who is looking: `web` shows a board to those who plan and decide, a person his
own visits, and everybody what is open (`draw_papers.is_open`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from core.regions import is_region, region_of
from inspections.draws import Draw, DrawNotFound, get_draw, standing_draw
from inspections.plans import Plan, PlanVersion, get_plan, get_version
from inspections.subjects import Subject
from inspections.substitutions import HELD
from inspections.teams.institutions import Visited
from inspections.teams.making import institutions_of
from inspections.teams.members import Member, MemberState, Team, teams_of
from inspections.teams.recusals import Recusal, recusals_of
from inspections.teams.rules import NoTeamRules, RulesRow, rules_of
from inspections.teams.seats import Seat
from inspections.teams.stand_ins import StandIn
from inspections.teams.tasks import FrozenTask, get_task, listed_draw, tasks_of
from inspections.teams.visits import Visit, VisitNotFound, get_visit, listed_of, visits_of
from rosters.departments import Department, Trade
from rosters.entries import holds
from rosters.inspectors import OfficerLevel


@dataclass(frozen=True)
class VisitLine:
    """A visit with its institution, its authority and its team; an empty one before the draw."""

    visit: Visit
    institution: Visited
    organ: str
    team: Team


@dataclass(frozen=True)
class Board:
    """All that a planner sees of the second draw of a plan.

    Attributes
    ----------
    listed : the draw on whose list the institutions stand.
    rules : None until somebody has set them.
    teams : the draw of teams that is not void; None before it is announced.
    stretches : first and last day of each stretch of days, by its number.
    """

    plan: Plan
    version: PlanVersion
    listed: Draw
    rules: RulesRow | None
    tasks: list[FrozenTask]
    teams: Draw | None
    lines: list[VisitLine]
    recusals: list[Recusal]

    @property
    def stretches(self) -> dict[int, tuple[date, date]]:
        """The stretches of days in which there are visits."""
        visits = sorted((line.visit for line in self.lines), key=lambda visit: visit.stretch)
        return {visit.stretch: (visit.window_first, visit.window_last) for visit in visits}

    @property
    def is_drawn(self) -> bool:
        """Whether there are teams."""
        return self.teams is not None and self.teams.state in HELD


def board_of(session: Session, plan_id: int, today: date) -> Board:
    """The board of a plan whose institutions are drawn.

    Raises
    ------
    PlanNotFound, DrawNotFound
    """
    listed = listed_of(session, plan_id)
    teams = standing_draw(session, plan_id, Subject.TEAMS)
    visits = visits_of(session, listed.key)
    return Board(
        plan=get_plan(session, plan_id),
        version=get_version(session, listed.plan_version_id),
        listed=listed,
        rules=_rules(session, listed.plan_version_id),
        tasks=tasks_of(session, listed.plan_version_id),
        teams=teams,
        lines=lines_of(session, visits, teams, today),
        recusals=recusals_of(session, teams.key) if teams else [],
    )


def _rules(session: Session, version_id: int) -> RulesRow | None:
    try:
        return rules_of(session, version_id)
    except NoTeamRules:
        return None


def lines_of(
    session: Session, visits: Iterable[Visit], teams: Draw | None, today: date
) -> list[VisitLine]:
    """Visits with their teams, by number; certificates are those of the last day of each."""
    listed = sorted(visits, key=lambda visit: visit.number)
    known, organs = institutions_of(session, listed, today), organs_on(session, today)
    sent: dict[int, Team] = {}
    if teams is not None and teams.is_held:
        sent = teams_of(session, teams, {visit.key: visit.last_day for visit in listed})
    return [
        VisitLine(
            visit, known[visit.task_number], organ_name(visit, organs), sent.get(visit.key, Team())
        )
        for visit in listed
    ]


def organs_on(session: Session, day: date) -> dict[str, str]:
    """The market regulation department of each region on a *day*; of the nation under ""."""
    wanted = select(Department).where(holds(Department, day), Department.trade == Trade.MARKET)
    return {one.region: one.name for one in session.exec(wanted.order_by(col(Department.since)))}


def organ_name(visit: Visit, organs: Mapping[str, str]) -> str:
    """Who executes a visit; a department that is not in the rosters is named by its region."""
    if (known := organs.get(visit.organ_region)) is not None:
        return known
    if visit.executor is OfficerLevel.NATIONAL or not is_region(visit.organ_region):
        return "国家市场监督管理总局"
    return f"{region_of(visit.organ_region).name}市场监督管理局"


# -- one visit, one person ---------------------------------------------------------------------


def teams_draw_of(session: Session, visit: Visit) -> Draw | None:
    """The draw of teams that counts for a visit, if there is one."""
    plan_id = get_draw(session, visit.draw_id).plan_id
    teams = standing_draw(session, plan_id, Subject.TEAMS)
    if teams is None or listed_draw(session, get_task(session, teams.task_id)).key != visit.draw_id:
        return None
    return teams


def visit_line(session: Session, visit_id: int, today: date) -> VisitLine:
    """One visit with its team.

    Raises
    ------
    VisitNotFound
    """
    visit = get_visit(session, visit_id)
    (line,) = lines_of(session, [visit], teams_draw_of(session, visit), today)
    return line


def visit_by_number(session: Session, plan_id: int, number: str) -> Visit:
    """The visit of a plan under its task number, as a code on a paper names it.

    Raises
    ------
    DrawNotFound, VisitNotFound
    """
    for visit in visits_of(session, listed_of(session, plan_id).key):
        if visit.task_number == number:
            return visit
    raise VisitNotFound(visit=number)


@dataclass(frozen=True)
class OwnVisit:
    """A visit of somebody's, as he sees it himself."""

    plan: Plan
    draw: Draw
    line: VisitLine
    me: Member


def visits_of_person(session: Session, person_id: int, today: date) -> list[OwnVisit]:
    """The visits for which somebody is in the team now, of all plans, the next one first."""
    found = [
        OwnVisit(get_plan(session, draw.plan_id), draw, line, me)
        for draw in _draws_with(session, person_id)
        for line in _lines_with(session, draw, person_id, today)
        for me in line.team.members
        if me.card.entry_id == person_id and me.state is MemberState.IN_TEAM
    ]
    return sorted(found, key=lambda own: (own.line.visit.first_day, own.line.visit.number))


def _draws_with(session: Session, person_id: int) -> list[Draw]:
    wanted = (
        select(Draw)
        .join(Seat, col(Seat.draw_id) == col(Draw.id))
        .where(Seat.person_id == person_id, col(Draw.state).in_(HELD))
        .distinct()
    )
    return list(session.exec(wanted))


def _lines_with(session: Session, draw: Draw, person_id: int, today: date) -> list[VisitLine]:
    seats = select(Seat.visit_id).where(Seat.draw_id == draw.key, Seat.person_id == person_id)
    visits = select(Visit).where(col(Visit.id).in_(seats))
    return lines_of(session, session.exec(visits), draw, today)


def lines_of_department(
    session: Session, plan_id: int, department_id: int, today: date
) -> list[VisitLine]:
    """The visits to which a department sends somebody of its own.

    Raises
    ------
    DrawNotFound
    """
    lines = board_of(session, plan_id, today).lines
    return [
        line
        for line in lines
        if any(one.card.department_id == department_id for one in line.team.members)
    ]


@dataclass(frozen=True)
class Changes:
    """What happened to the team of a visit after the draw, the oldest first."""

    stand_ins: list[StandIn]
    recusals: list[Recusal]


def changes_of(session: Session, teams: Draw, visit: Visit) -> Changes:
    """The stand-ins and recusals of one visit.

    Raises
    ------
    DrawNotFound
        If *teams* is no draw of teams.
    """
    if teams.subject is not Subject.TEAMS:
        raise DrawNotFound(draw=teams.id)
    wanted = select(StandIn).where(StandIn.draw_id == teams.key, StandIn.visit_id == visit.key)
    own = [one for one in recusals_of(session, teams.key) if one.visit_id == visit.key]
    return Changes(list(session.exec(wanted.order_by(col(StandIn.number)))), own)
