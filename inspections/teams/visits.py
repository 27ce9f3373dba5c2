"""Visits: one for each place on the drawn list, with its number, its days and who executes it.

The task number follows from the seed of the first draw, so nobody arranges it, and says nothing
about the institution. When a unit is replaced its reserve takes the visit over, number and team
included. Papers bear the version of their visit, which rises with whatever they would say.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.calendar import china_date
from core.database import enum_column
from core.errors import Conflict, Invalid, NotFound
from core.trail import Actor
from inspections.drawn_units import DrawnUnit, in_order_of_showing, units_of
from inspections.draws import Draw, DrawNotFound, DrawState, lock_draw, standing_draw
from inspections.plans import get_version, person
from inspections.substitutions import substitutions_of
from inspections.teams.execution import executors
from inspections.teams.rules import must_be_uncommitted, rules_of
from inspections.teams.schedule import days_of, slices
from rosters.inspectors import OfficerLevel
from sampler.hashing import canonical, sha256

NOUN = "visit"
"""Under this noun the trail keeps the visits."""


class VisitState(StrEnum):
    """Where a visit stands before it takes place."""

    PLANNED = "planned"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The state's name on a page."""
        return {"planned": "待检查", "cancelled": "已取消"}[self.value]


class VisitNotFound(NotFound):
    """There is no such visit."""

    code = "visit_not_found"


class VisitChangedMeanwhile(Conflict):
    """Somebody else has changed the visit, or its team, since it was looked at."""

    code = "visit_changed_meanwhile"


class VisitIsCancelled(Conflict):
    """The institution was replaced and no reserve was left."""

    code = "visit_is_cancelled"


class AppointmentUnclear(Invalid):
    """The days lie in no order, or outside the window in which the visit was drawn."""

    code = "appointment_unclear"


class Visit(SQLModel, table=True):
    """A visit to be: to whom, when, by which authority.

    Attributes
    ----------
    draw_id : the first draw, on whose list the institution stands.
    number : from 1; `task_number` is what is told.
    stretch : number of the stretch of days in which it must take place, from 1.
    executor, organ_region : which authority executes it; the region is empty for the nation.
    version : rises with every change; papers bear it.
    """

    __table_args__ = (
        UniqueConstraint("draw_id", "number"),
        UniqueConstraint("draw_id", "unit_id"),
        CheckConstraint("number >= 1 AND stretch >= 1 AND version >= 1", name="counted"),
        CheckConstraint(
            "window_first <= first_day AND first_day <= last_day AND last_day <= window_last",
            name="within_its_window",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id")
    number: int
    unit_id: int = Field(foreign_key="drawn_unit.id", index=True)
    stretch: int
    window_first: date
    window_last: date
    first_day: date
    last_day: date
    executor: OfficerLevel = Field(sa_type=enum_column(OfficerLevel, "executor"))
    organ_region: str = Field(default="", max_length=6)
    state: VisitState = Field(default=VisitState.PLANNED, sa_type=enum_column(VisitState))
    version: int = 1
    changed_by: int = Field(foreign_key="account.id")
    changed_at: datetime

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    @property
    def task_number(self) -> str:
        """What names the visit in public: 001, 002, …"""
        return f"{self.number:03d}"

    def facts(self) -> dict[str, object]:
        """What the trail keeps of it; never who is visited."""
        return {
            "task_number": self.task_number,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "executor": self.executor,
            "visit_state": self.state,
            "paper_version": self.version,
        }

    def must_be_planned(self) -> None:
        """Guard of what changes days or team.

        Raises
        ------
        VisitIsCancelled
        """
        if self.state is VisitState.CANCELLED:
            raise VisitIsCancelled(visit=self.task_number)

    def change(self, by: int, at: datetime) -> None:
        """Something is said otherwise from now on: its papers are of another version."""
        self.version += 1
        self.changed_by, self.changed_at = by, at


# -- queries -----------------------------------------------------------------------------------


def visits_of(session: Session, draw_id: int) -> list[Visit]:
    """The visits to the institutions of a first draw, by number, the cancelled ones too."""
    wanted = select(Visit).where(Visit.draw_id == draw_id).order_by(col(Visit.number))
    return list(session.exec(wanted))


def get_visit(session: Session, visit_id: int) -> Visit:
    """One visit.

    Raises
    ------
    VisitNotFound
    """
    if (visit := session.get(Visit, visit_id)) is None:
        raise VisitNotFound(visit=visit_id)
    return visit


def lock_visit(session: Session, visit_id: int, version: int | None = None) -> Visit:
    """A visit as it is now, kept from others until the transaction ends.

    Raises
    ------
    VisitNotFound
    VisitChangedMeanwhile
        If it is at another *version*.
    """
    wanted = select(Visit).where(Visit.id == visit_id).with_for_update()
    visit = session.exec(wanted.execution_options(populate_existing=True)).first()
    if visit is None:
        raise VisitNotFound(visit=visit_id)
    if version is not None and visit.version != version:
        raise VisitChangedMeanwhile(visit=visit.task_number)
    return visit


def visits_mark(session: Session, draw: Draw) -> str:
    """A digest of the visits on a list as they are now: it changes with an appointment, and when
    an institution is replaced, whether its reserve has taken the visit over yet or not."""
    replaced = {one.out_unit_id: one.in_unit_id for one in substitutions_of(session, draw.key)}
    told = []
    for visit in visits_of(session, draw.key):
        unit: int | None = visit.unit_id
        while unit is not None and unit in replaced:
            unit = replaced[unit]
        told.append([visit.number, visit.version, unit])
    return sha256(canonical(told))


# -- operations --------------------------------------------------------------------------------


def plan_visits(session: Session, plan_id: int, actor: Actor, now: datetime) -> list[Visit]:
    """Make a visit for each institution on the list as it stands, with days within the windows
    of the plan; what is there already stays, but for institutions that were replaced.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere
        If the institutions are not drawn.
    NoTeamRules, NoDaysLeft
    """
    draw = _drawn(session, plan_id)
    if visits_of(session, draw.key):
        return follow_substitutions(session, draw, actor, now)
    must_be_uncommitted(session, plan_id)
    visits = _made(session, draw, actor, now)
    session.add_all(visits)
    session.flush()
    told = {"draw": draw.number, "visits": len(visits)}
    trail.record(session, actor, "visits.planned", "plan", plan_id, now, after=told)
    return follow_substitutions(session, draw, actor, now)


def listed_of(session: Session, plan_id: int) -> Draw:
    """The draw on whose list the institutions of a plan stand.

    Raises
    ------
    DrawNotFound
    """
    if (draw := standing_draw(session, plan_id)) is None:
        raise DrawNotFound(plan=plan_id)
    return draw


def _drawn(session: Session, plan_id: int) -> Draw:
    draw = lock_draw(session, listed_of(session, plan_id).key)
    draw.must_be(DrawState.DRAWN, DrawState.PUBLISHED)
    return draw


def _made(session: Session, draw: Draw, actor: Actor, now: datetime) -> list[Visit]:
    rules = rules_of(session, draw.plan_version_id).content
    today = china_date(now)
    content = get_version(session, draw.plan_version_id).content
    units = in_order_of_showing(draw.seed or "", units_of(session, draw.key, reserves=False))
    cut = slices(content.windows, rules.window_days, today)
    days = days_of(cut, len(units), rules.visit_days)
    authorities = executors(session, rules.execution, units, today)
    return [
        Visit(
            draw_id=draw.key, number=number, unit_id=unit.key,
            stretch=cut.index(piece) + 1, window_first=piece.first, window_last=piece.last,
            first_day=first, last_day=last, executor=level, organ_region=region,
            changed_by=person(actor), changed_at=now,
        )
        for number, (unit, (piece, first, last), (level, region)) in enumerate(
            zip(units, days, authorities, strict=True), start=1
        )
    ]  # fmt: skip


def follow_substitutions(session: Session, draw: Draw, actor: Actor, now: datetime) -> list[Visit]:
    """Let reserves take over the visits of those whom they replace; gives all visits."""
    replaced = {one.out_unit_id: one.in_unit_id for one in substitutions_of(session, draw.key)}
    for stale in [one for one in visits_of(session, draw.key) if one.unit_id in replaced]:
        # somebody may be stepping into its team at this moment
        visit = lock_visit(session, stale.key)
        while visit.state is VisitState.PLANNED and visit.unit_id in replaced:
            before, reserve = visit.facts(), replaced[visit.unit_id]
            if reserve is None:
                visit.state = VisitState.CANCELLED
            else:
                _take_over(session, draw, visit, reserve, china_date(now))
            visit.change(person(actor), now)
            _tell(session, "visit.taken_over", visit, before, actor, now)
    session.flush()
    return visits_of(session, draw.key)


def _take_over(session: Session, draw: Draw, visit: Visit, unit_id: int, today: date) -> None:
    """Another institution may be another authority's."""
    visit.unit_id = unit_id
    unit = session.get_one(DrawnUnit, unit_id)
    rules = rules_of(session, draw.plan_version_id).content
    ((level, region),) = executors(session, rules.execution, [unit], today)
    if rules.execution.keeps_the_level:
        level = visit.executor
    visit.executor, visit.organ_region = level, region


def appoint(
    session: Session,
    visit_id: int,
    version: int,
    days: tuple[date, date],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Visit:
    """Agree on other days, within the window in which the visit was drawn: how often somebody
    may be sent is counted by windows. Never on days that are over: a visit that has begun is no
    secret any more.

    Whether the team can come on these days is not asked here; `stepping.unfit_members` says who
    cannot.

    Raises
    ------
    VisitNotFound, VisitChangedMeanwhile, VisitIsCancelled, AppointmentUnclear
    """
    visit = lock_visit(session, visit_id, version)
    visit.must_be_planned()
    first, last = days
    earliest = max(visit.window_first, min(visit.first_day, china_date(now)))
    if not earliest <= first <= last <= visit.window_last:
        about = {"first": earliest, "last": visit.window_last}
        raise AppointmentUnclear(visit=visit.task_number, **about)
    if (first, last) == (visit.first_day, visit.last_day):
        return visit
    before = visit.facts()
    visit.first_day, visit.last_day = first, last
    visit.change(person(actor), now)
    _tell(session, "visit.appointed", visit, before, actor, now, reason)
    return visit


def _tell(
    session: Session,
    action: str,
    visit: Visit,
    before: dict[str, object],
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    session.add(visit)
    trail.record(
        session, actor, action, NOUN, visit.key, now,
        before=before, after=visit.facts(), reason=reason,
    )  # fmt: skip
