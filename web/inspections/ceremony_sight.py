"""A draw as those see it who may: who they are, what waits for them, and what they may know."""

from dataclasses import dataclass

from core.accounts import names_of
from core.calendar import china_date
from core.roles import Permission, Place
from inspections.draw_papers import is_open, offered, papers_of
from inspections.drawn_units import DrawnUnit, in_order_of_showing, units_of
from inspections.draws import Draw, get_draw
from inspections.frames import DrawFrame, get_frame
from inspections.motions import Motion, motions_of
from inspections.plans import Plan, PlanVersion, get_plan, get_version, place_of
from inspections.sources import DrawSource, pending_others, pending_witnesses, sources_of
from inspections.subjects import Subject
from inspections.teams.tasks import FrozenTask, get_task
from web.auth import me, need, now
from web.database import session
from web.errors import NotPermitted
from web.inspections.calls import SIGNING
from web.inspections.desk import files


@dataclass(frozen=True)
class Sight:
    """A draw, all that belongs to it, and what who asks may do.

    Attributes
    ----------
    task : what was frozen for the draw of teams; None of institutions.
    holds : whether he may hold draws here; *signs* whether he may be the second person.
    """

    draw: Draw
    plan: Plan
    version: PlanVersion
    frame: DrawFrame
    sources: list[DrawSource]
    task: FrozenTask | None
    holds: bool
    signs: bool

    @property
    def knows(self) -> bool:
        """Whether he may see the drawn list: everybody once it is open, before only its makers."""
        return self.draw.is_held and (self.signs or is_open(self.draw, china_date(now())))

    @property
    def scope(self) -> str:
        """What is drawn, and how much of it."""
        if self.task is None:
            return f"抽取 {self.version.content.n:,} 家"
        return f"为 {self.task.visits:,} 项检查任务选派 {self.task.slots:,} 个席位"

    @property
    def frozen(self) -> str:
        """How long the roster is from which it is drawn."""
        if self.task is None:
            return f"{self.frame.rows:,} 家"
        return f"{self.task.inspectors:,} 名在岗人员"

    @property
    def unpromised(self) -> list[str]:
        """Witnesses who have not promised yet."""
        return [s.name for s in self.sources if s.is_witness and s.promise is None]

    @property
    def to_reveal(self) -> list[str]:
        """Witnesses who can still reveal."""
        return pending_witnesses(self.draw, self.sources, now())

    @property
    def to_type(self) -> list[str]:
        """Dice and public values that are still to come."""
        return pending_others(self.sources)

    @property
    def is_over(self) -> bool:
        """Whether the deadline of the reveals has passed."""
        return self.draw.reveals_are_over(now())

    @property
    def may_open(self) -> bool:
        """Whether the drawn list may be opened today."""
        day = self.draw.opens_on
        return day is None or china_date(now()) >= day

    def units(self) -> list[DrawnUnit]:
        """The drawn units in the order in which the hall shows them."""
        drawn = units_of(session(), self.draw.key, reserves=False)
        return in_order_of_showing(self.draw.seed or "", drawn) if self.knows else []

    def reserves(self) -> list[DrawnUnit]:
        """The reserves by field and rank."""
        return units_of(session(), self.draw.key, reserves=True) if self.knows else []

    def papers(self) -> dict[str, str]:
        """The files that he may have: the SHA-256 of each by name."""
        if self.knows:
            return papers_of(session(), self.draw.key)
        return offered(session(), files(), self.draw, china_date(now()))

    def motions(self) -> list[Motion]:
        """All that was moved about it, the newest first."""
        return motions_of(session(), [self.draw.key])[::-1]

    def may_read(self, motion: Motion) -> bool:
        """Whether he may read why it was moved: of somebody on a sealed list it may say who."""
        return self.knows or not motion.is_about_the_list

    def names(self) -> dict[int, str]:
        """The names of the officials who acted, by id."""
        acted = [m for motion in self.motions() for m in _persons(motion)]
        draw = self.draw
        told = (draw.announced_by, draw.committed_by, draw.drawn_by, draw.published_by)
        return names_of(session(), [*acted, *told])


def _persons(motion: Motion) -> tuple[int | None, int | None, int | None]:
    return motion.moved_by, motion.signed_by, motion.withdrawn_by


def sight_of(draw_id: int) -> Sight:
    """A draw within reach of who asks.

    Raises
    ------
    DrawNotFound, core.errors.NotFound
    """
    draw = get_draw(session(), draw_id)
    plan = get_plan(session(), draw.plan_id)
    place = place_of(session(), plan)
    need(Permission.PLANS_READ, place)
    return Sight(
        draw=draw,
        plan=plan,
        version=get_version(session(), draw.plan_version_id),
        frame=get_frame(session(), draw.frame_id),
        sources=sources_of(session(), draw_id),
        task=get_task(session(), draw.task_id) if draw.subject is Subject.TEAMS else None,
        holds=me().may(Permission.DRAWS_HOLD, place),
        signs=_signs(place),
    )


def _signs(place: Place) -> bool:
    return any(me().may(permission, place) for permission in SIGNING)


def to_hold(draw_id: int) -> Sight:
    """The same for a step that only those take who hold draws here.

    Raises
    ------
    DrawNotFound, core.errors.NotFound, NotPermitted
    """
    if not (sight := sight_of(draw_id)).holds:
        raise NotPermitted
    return sight


def to_sign(draw_id: int) -> Sight:
    """The same for what a second person signs: who holds draws here, or approves plans.

    Raises
    ------
    DrawNotFound, core.errors.NotFound, NotPermitted
    """
    if not (sight := sight_of(draw_id)).signs:
        raise NotPermitted
    return sight
