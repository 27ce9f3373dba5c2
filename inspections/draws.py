"""Draws and their states: from the announcement of the sources to the published list.

    announced ──commit──► committed ──open──► revealing ──hold──► drawn ──publish──► published
        └─────────┴──────────────┴────────────────┴──────────────────┘──void──► void

A draw is held once. Another one of the same plan and subject needs the first to be void, which
takes two persons and a reason (`motions`); both stay, under numbers 1, 2, … Nothing here goes back.
`ceremonies` says what happens at each step, docs/ceremony.md what it is good for.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint, func, text
from sqlalchemy import Index as TableIndex
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.database import enum_column
from core.errors import Conflict, NotFound
from core.files import FileStore
from core.trail import Actor
from inspections.draw_seals import Seal
from inspections.frames import FrameKey
from inspections.plans import person
from inspections.subjects import Subject

NOUN = "draw"
"""Under this noun the trail keeps everything about a draw, and its files hang on it."""


class DrawState(StrEnum):
    """Where a draw stands."""

    ANNOUNCED = "announced"
    COMMITTED = "committed"
    REVEALING = "revealing"
    DRAWN = "drawn"
    PUBLISHED = "published"
    VOID = "void"

    @property
    def label(self) -> str:
        """The state's name on a page."""
        return {
            "announced": "已公布来源",
            "committed": "已公布承诺",
            "revealing": "正在揭示",
            "drawn": "已抽取",
            "published": "名单已公开",
            "void": "已作废",
        }[self.value]


class DrawReason(StrEnum):
    """Why a draw was made void; whoever draws again has to say it."""

    ROSTER_WRONG = "roster_wrong"
    PLAN_WRONG = "plan_wrong"
    PROCEDURE_BROKEN = "procedure_broken"
    CANNOT_BE_HELD = "cannot_be_held"
    ORDERED = "ordered"

    @property
    def label(self) -> str:
        """The reason's name on a page."""
        return {
            "roster_wrong": "名录有误",
            "plan_wrong": "计划有误",
            "procedure_broken": "程序不符合规定",
            "cannot_be_held": "无法完成抽取",
            "ordered": "上级机关或者司法机关决定",
        }[self.value]


# -- facts -------------------------------------------------------------------------------------


class DrawNotFound(NotFound):
    """There is no such draw."""

    code = "draw_not_found"


class DrawExists(Conflict):
    """The plan has a draw that is not void: there is no second one beside it."""

    code = "draw_exists"


class DrawIsElsewhere(Conflict):
    """The draw is in another state than this step needs; *state* is the one it is in."""

    code = "draw_is_elsewhere"


class ListIsSealed(Conflict):
    """The drawn list opens on a *day* that was committed, and not before."""

    code = "list_is_sealed"


class TooLate(Conflict):
    """The moment for this has passed, or lies before now."""

    code = "deadline_is_over"


# -- the table ---------------------------------------------------------------------------------

_ALIVE, _NOT_YET = text("state <> 'void'"), "('announced', 'committed', 'revealing')"


class Draw(SQLModel, table=True):
    """One draw of one plan; what a state must have, the database holds."""

    __table_args__ = (
        UniqueConstraint("plan_id", "subject", "number"),
        TableIndex(
            "uq_draw_alive", "plan_id", "subject",
            unique=True, sqlite_where=_ALIVE, postgresql_where=_ALIVE,
        ),
        CheckConstraint("(subject = 'teams') = (task_id IS NOT NULL)", name="teams_have_a_task"),
        CheckConstraint("number >= 1", name="counted"),
        CheckConstraint(
            "number = 1 OR (redraw_reason IS NOT NULL AND redraw_second IS NOT NULL)",
            name="redraw_is_countersigned",
        ),
        CheckConstraint("redraw_second <> redraw_first", name="redraw_by_two_persons"),
        CheckConstraint(
            "(commitment_digest IS NULL) = (committed_at IS NULL)"
            " AND (commitment_digest IS NULL) = (committed_by IS NULL)"
            " AND (commitment_digest IS NULL) = (sealed_share IS NULL)"
            " AND (commitment_digest IS NULL) = (deadline IS NULL)",
            name="commitment_is_whole",
        ),
        CheckConstraint(
            "(state = 'announced' AND commitment_digest IS NULL) OR state = 'void'"
            " OR (state <> 'announced' AND commitment_digest IS NOT NULL)",
            name="no_draw_without_commitment",
        ),
        CheckConstraint("deadline > committed_at", name="reveals_take_time"),
        CheckConstraint(
            "(state NOT IN ('announced', 'committed') OR opened_at IS NULL)"
            " AND (state NOT IN ('revealing', 'drawn', 'published') OR opened_at IS NOT NULL)"
            " AND (opened_at IS NULL OR commitment_digest IS NOT NULL)",
            name="reveals_after_commitment",
        ),
        CheckConstraint(
            "(seed IS NULL) = (drawn_at IS NULL) AND (seed IS NULL) = (drawn_by IS NULL)"
            " AND (seed IS NULL) = (certificate_sha256 IS NULL)",
            name="outcome_is_whole",
        ),
        CheckConstraint(
            f"(state NOT IN {_NOT_YET} OR seed IS NULL)"
            " AND (state NOT IN ('drawn', 'published') OR seed IS NOT NULL)"
            " AND (seed IS NULL OR opened_at IS NOT NULL)",
            name="no_seed_before_reveals",
        ),
        CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)"
            " AND (state <> 'published' OR published_at IS NOT NULL)"
            " AND (state IN ('published', 'void') OR published_at IS NULL)"
            " AND (published_at IS NULL OR seed IS NOT NULL)",
            name="published_is_drawn",
        ),
        CheckConstraint(
            "(state = 'void') = (voided_at IS NOT NULL)"
            " AND (state = 'void') = (void_reason IS NOT NULL)",
            name="void_has_reason",
        ),
        CheckConstraint("length(seed) = 64", name="seed_is_a_digest"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id")
    plan_version_id: int = Field(foreign_key="plan_version.id", index=True)
    frame_id: int = Field(foreign_key="draw_frame.id", index=True)
    """The frame of the institutions; of teams that of the draw whose institutions they visit."""
    subject: Subject = Field(default=Subject.UNITS, sa_type=enum_column(Subject))
    task_id: int | None = Field(default=None, foreign_key="team_task.id", index=True)
    number: int
    state: DrawState = Field(default=DrawState.ANNOUNCED, sa_type=enum_column(DrawState))
    opens_on: date | None = None
    """The day before which the drawn list stays sealed; without it the list may open at once."""
    announced_by: int = Field(foreign_key="account.id")
    announced_at: datetime
    redraw_reason: DrawReason | None = Field(
        default=None, sa_type=enum_column(DrawReason, "redraw_reason")
    )
    redraw_first: int | None = Field(default=None, foreign_key="account.id")
    redraw_second: int | None = Field(default=None, foreign_key="account.id")
    commitment_digest: str | None = Field(default=None, max_length=64, unique=True)
    """SHA-256 of commitment.json, under which the file is kept too."""
    sealed_share: bytes | None = None
    deadline: datetime | None = None
    committed_by: int | None = Field(default=None, foreign_key="account.id")
    committed_at: datetime | None = None
    opened_at: datetime | None = None
    seed: str | None = Field(default=None, max_length=64, unique=True)
    certificate_sha256: str | None = Field(default=None, max_length=64, unique=True)
    drawn_by: int | None = Field(default=None, foreign_key="account.id")
    drawn_at: datetime | None = None
    published_by: int | None = Field(default=None, foreign_key="account.id")
    published_at: datetime | None = None
    void_reason: DrawReason | None = Field(
        default=None, sa_type=enum_column(DrawReason, "void_reason")
    )
    voided_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    @property
    def is_held(self) -> bool:
        """Whether its units are drawn, void or not."""
        return self.seed is not None

    def must_draw(self, subject: Subject) -> None:
        """Guard of what is done to the draws of one *subject* alone.

        Raises
        ------
        DrawNotFound
        """
        if self.subject != subject:
            raise DrawNotFound(draw=self.id)

    def must_be(self, *states: DrawState) -> None:
        """Guard of every step.

        Raises
        ------
        DrawIsElsewhere
            If it is in none of the *states*.
        """
        if self.state not in states:
            raise DrawIsElsewhere(draw=self.id, state=self.state, wanted=list(states))

    def bind(self, digest: str, sealed: bytes, deadline: datetime, by: int, at: datetime) -> None:
        """All that decides the draw is fixed, before any seed exists.

        Raises
        ------
        DrawIsElsewhere, TooLate
        """
        self.must_be(DrawState.ANNOUNCED)
        if deadline <= at:
            raise TooLate(deadline=deadline)
        self.state = DrawState.COMMITTED
        self.commitment_digest, self.sealed_share, self.deadline = digest, sealed, deadline
        self.committed_by, self.committed_at = by, at

    def open_reveals(self, at: datetime) -> None:
        """From now on sources give their values; there is no way back before the draw.

        Raises
        ------
        DrawIsElsewhere, TooLate
        """
        self.must_be(DrawState.COMMITTED)
        if self.reveals_are_over(at):
            raise TooLate(deadline=self.deadline)
        self.state, self.opened_at = DrawState.REVEALING, at

    def reveals_are_over(self, at: datetime) -> bool:
        """Whether the deadline of the witnesses has passed."""
        return self.deadline is not None and at >= self.deadline

    def hold(self, seed: str, certificate_sha256: str, by: int, at: datetime) -> None:
        """The one draw.

        Raises
        ------
        DrawIsElsewhere
        """
        self.must_be(DrawState.REVEALING)
        self.state, self.seed, self.certificate_sha256 = DrawState.DRAWN, seed, certificate_sha256
        self.drawn_by, self.drawn_at = by, at

    def publish(self, today: date, by: int, at: datetime) -> None:
        """The list opens.

        Raises
        ------
        DrawIsElsewhere, ListIsSealed
        """
        self.must_be(DrawState.DRAWN)
        if self.opens_on is not None and today < self.opens_on:
            raise ListIsSealed(draw=self.id, day=self.opens_on)
        self.state, self.published_by, self.published_at = DrawState.PUBLISHED, by, at

    def make_void(self, reason: DrawReason, at: datetime) -> None:
        """It no longer counts; everything about it stays."""
        self.state, self.void_reason, self.voided_at = DrawState.VOID, reason, at


# -- who acts ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """Who acts, when, and with what the service keeps.

    Attributes
    ----------
    actor : a person: what two must sign, nobody signs for the system.
    """

    actor: Actor
    now: datetime
    files: FileStore
    seal: Seal
    frame_key: FrameKey

    @property
    def person(self) -> int:
        """The account of who acts.

        Raises
        ------
        inspections.plans.NoPerson
        """
        return person(self.actor)

    def tell(self, session: Session, action: str, draw: Draw, /, **told: object) -> None:
        """Leave an event about a draw in the trail."""
        trail.record(session, self.actor, action, NOUN, draw.key, self.now, after=told or None)


# -- queries -----------------------------------------------------------------------------------


def get_draw(session: Session, draw_id: int) -> Draw:
    """One draw.

    Raises
    ------
    DrawNotFound
    """
    if (draw := session.get(Draw, draw_id)) is None:
        raise DrawNotFound(draw=draw_id)
    return draw


def lock_draw(session: Session, draw_id: int) -> Draw:
    """The draw as it is now, kept from others until the transaction ends.

    Raises
    ------
    DrawNotFound
    """
    locked = select(Draw).where(Draw.id == draw_id).with_for_update()
    draw = session.exec(locked.execution_options(populate_existing=True)).first()
    if draw is None:
        raise DrawNotFound(draw=draw_id)
    return draw


def draws_of(session: Session, plan_id: int, subject: Subject = Subject.UNITS) -> list[Draw]:
    """All draws of a plan in their order, the void ones too: they stay visible."""
    wanted = select(Draw).where(Draw.plan_id == plan_id, Draw.subject == subject)
    return list(session.exec(wanted.order_by(col(Draw.number))))


def standing_draw(session: Session, plan_id: int, subject: Subject = Subject.UNITS) -> Draw | None:
    """The one draw of a plan and subject that is not void, wherever it stands."""
    found = draws_of(session, plan_id, subject)
    return next((one for one in found if one.state != DrawState.VOID), None)


def find_draw(
    session: Session, plan_id: int, number: int, subject: Subject = Subject.UNITS
) -> Draw:
    """The draw of a plan under its public number.

    Raises
    ------
    DrawNotFound
    """
    wanted = select(Draw).where(
        Draw.plan_id == plan_id, Draw.subject == subject, Draw.number == number
    )
    if (draw := session.exec(wanted).first()) is None:
        raise DrawNotFound(plan=plan_id, number=number)
    return draw


def public_draws(
    session: Session, start: int = 0, size: int = 20, subject: Subject = Subject.UNITS
) -> tuple[list[Draw], int]:
    """A page of the draws with a commitment, void ones too, the newest first; and how many."""
    wanted = select(Draw).where(col(Draw.commitment_digest).is_not(None), Draw.subject == subject)
    total = session.exec(select(func.count()).select_from(wanted.subquery())).one()
    newest = wanted.order_by(col(Draw.committed_at).desc(), col(Draw.id).desc())
    return list(session.exec(newest.offset(start).limit(size))), total
