"""A department's share in the teams of a plan: its people, their visits, and what keeps them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import col

from core.calendar import china_date
from core.errors import NotFound
from core.roles import Permission, Place, Role
from inspections.draws import Draw, standing_draw
from inspections.plan_lists import PlanSearch, find_plans
from inspections.plans import Plan
from inspections.subjects import Subject
from inspections.teams.addenda import WHY
from inspections.teams.boards import VisitLine, lines_of_department
from inspections.teams.figures import LoadLine, loads_of
from inspections.teams.members import Member, cards_on
from inspections.teams.recusal_lists import RecusalLine, recusal_lines
from inspections.teams.recusals import Recusal
from inspections.teams.stepping import unfit_members
from rosters.departments import Department
from rosters.finding.entry_lists import departments, leaves_of
from rosters.inspectors import Leave
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from web import lists
from web.auth import me, now
from web.database import session
from web.inspections.calls import SIGNING
from web.inspections.desk import desk, files

MOST_PLANS = 50
"""Of the newest plans; older ones are looked up on the board."""


def departments_in_charge() -> list[Department]:
    """The departments for whose people who asks is responsible, the national ones first."""
    today = china_date(now())
    scopes = me().scopes(Permission.ROSTERS_READ)
    return [
        row.department for row in departments(session(), today, scopes) if _leads(row.department)
    ]


def _leads(department: Department) -> bool:
    """A partner department its own; who sends or approves teams those of his region."""
    standing = me().standing
    if standing is None:
        return False
    if standing.role is Role.PARTNER_DEPARTMENT:
        return department.name == standing.scope.key
    place = Place(region=department.region)
    return any(me().may(permission, place) for permission in SIGNING)


def department_in_charge(entry_id: int) -> Department:
    """One of them.

    Raises
    ------
    core.errors.NotFound
    """
    for one in departments_in_charge():
        if one.entry_id == entry_id:
            return one
    raise NotFound(noun="department", id=entry_id)


@dataclass(frozen=True)
class Sending:
    """A plan whose teams are drawn."""

    plan: Plan
    teams: Draw


def sendings() -> list[Sending]:
    """The plans that have teams, the newest first; whoever they belong to."""
    # a department sends people for plans that are not its own: it sees of them its people alone
    everywhere = me().scopes(Permission.PLANS_READ)
    plans, _ = find_plans(session(), everywhere, PlanSearch(), 0, MOST_PLANS)
    found = []
    for line in plans:
        teams = standing_draw(session(), line.plan.key, Subject.TEAMS)
        if teams is not None and teams.is_held:
            found.append(Sending(line.plan, teams))
    return found


# -- one department and one plan ---------------------------------------------------------------


@dataclass(frozen=True)
class Duty:
    """One person of the department at one visit.

    Attributes
    ----------
    why : what keeps him from going as it is known today, in words.
    leaves : those that begin before the visit is over and end after it begins.
    """

    line: VisitLine
    member: Member
    why: tuple[str, ...]
    leaves: tuple[Leave, ...]


@dataclass(frozen=True)
class DepartmentBoard:
    """What a department sees of one plan.

    Attributes
    ----------
    duties : who goes, by day; *former* who went out of a team, the last one first.
    """

    duties: list[Duty]
    former: list[tuple[VisitLine, Member]]
    loads: list[LoadLine]
    recusals: list[RecusalLine]


def department_board(department: Department, sending: Sending) -> DepartmentBoard:
    """The visits of the people of a department, their load, and who cannot go.

    Raises
    ------
    DrawNotFound, DrawIsDamaged
    """
    today, entry = china_date(now()), department.entry_id
    lines = lines_of_department(session(), sending.plan.key, entry, today)
    unfit = {one.slot: one.why for one in unfit_members(session(), desk(), sending.teams.key)}
    duties = [_duty(line, one, unfit, today) for line, one in _members(lines, entry)]
    return DepartmentBoard(
        duties=sorted(duties, key=lambda one: (one.line.visit.first_day, one.member.slot)),
        former=[
            (line, one)
            for line in lines
            for one in line.team.former
            if one.card.department_id == entry
        ],
        loads=_loads(sending.teams, entry, today),
        recusals=_recusals(sending.teams, entry, today),
    )


def _members(lines: Iterable[VisitLine], entry: int) -> Iterator[tuple[VisitLine, Member]]:
    for line in lines:
        for one in line.team.members:
            if one.card.department_id == entry:
                yield line, one


def _duty(line: VisitLine, member: Member, unfit: dict[str, tuple[str, ...]], today: date) -> Duty:
    first, last = line.visit.first_day, line.visit.last_day
    leaves = leaves_of(session(), member.card.entry_id, today)
    meeting = tuple(one for one in leaves if one.first_day <= last and first <= one.last_day)
    why = tuple(WHY[code] for code in unfit.get(member.slot, ()))
    return Duty(line, member, why, meeting)


def _loads(teams: Draw, entry: int, today: date) -> list[LoadLine]:
    """The people of the department, who bears most first."""
    found = loads_of(session(), files(), teams, today).by_person
    cards = cards_on(session(), list(found), today)
    mine = [load for one, load in found.items() if cards[one].department_id == entry]
    return sorted(mine, key=lambda load: (-load.now, -load.expected, load.name))


def _recusals(teams: Draw, entry: int, today: date) -> list[RecusalLine]:
    found = recusal_lines(session(), today, [col(Recusal.draw_id) == teams.key])
    cards = cards_on(session(), [line.recusal.person_id for line in found], today)
    return [line for line in found if cards[line.recusal.person_id].department_id == entry]


SORTING: lists.Sorting[Duty] = lists.Sorting(
    {
        "day": ("检查日期", lambda one: one.line.visit.first_day),
        "number": ("任务编号", lambda one: one.line.visit.number),
        "person": ("人员", lambda one: one.member.card.name),
        "role": ("职责", lambda one: one.member.role),
        "name": ("被检查机构", lambda one: one.line.institution.name),
    },
    usual="day",
)

COLUMNS = [
    Column("number", "任务编号"),
    Column("first", "开始日期", Kind.DATE),
    Column("last", "结束日期", Kind.DATE),
    Column("person", "检查人员"),
    Column("role", "职责"),
    Column("name", "被检查机构", width=40),
    Column("address", "地址", width=40),
    Column("organ", "执行机关", width=24),
    Column("why", "不能参加的原因", width=32),
]


def file_rows(duties: Iterable[Duty]) -> Iterable[dict[str, Value]]:
    """The rows of a file."""
    for one in duties:
        visit, institution = one.line.visit, one.line.institution
        yield {
            "number": visit.task_number,
            "first": visit.first_day,
            "last": visit.last_day,
            "person": one.member.card.name,
            "role": one.member.role,
            "name": institution.name,
            "address": institution.address,
            "organ": one.line.organ,
            "why": "；".join(one.why),
        }
