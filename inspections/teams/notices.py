"""Notices of a visit: who is told, when he may be, and that he has confirmed it.

The members of a team hear at once. Whether the institution hears beforehand is the policy of the
plan: with notice, so many working days before the first day and never before the teams are
published; unannounced, on the first day itself (国办发〔2024〕54号 leaves both). Every version of
the papers is told anew, and every version is confirmed (送达回证) by who received it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.append_only import append_only
from core.calendar import is_working_day
from core.errors import Conflict, Invalid, NotFound
from core.trail import Actor
from inspections.draws import NOUN as DRAW
from inspections.draws import Draw, DrawState, get_draw
from inspections.plan_content import NoticePolicy
from inspections.plans import get_version, person
from inspections.subjects import Subject
from inspections.substitutions import HELD
from inspections.teams.visits import Visit

NOUN = "visit_notice"
MOST_DAYS = 60
USUAL_DAYS = 5
"""Working days of notice where nobody has thought of another number; no rule fixes one."""


class NoticeNotFound(NotFound):
    """There is no such notice, or it is somebody else's."""

    code = "notice_not_found"


class NoticeIsOld(Conflict):
    """A newer notice of the visit has gone out, or it was taken back."""

    code = "notice_is_old"


class NoticeDaysUnclear(Invalid):
    """Notice is given 1 to 60 working days before; none beforehand if the visit is unannounced."""

    code = "notice_days_unclear"


class NoticeState(StrEnum):
    """Where a notice stands."""

    SENT = "sent"
    UNREACHED = "unreached"
    RECEIVED = "received"
    REPLACED = "replaced"
    CALLED_OFF = "called_off"

    @property
    def label(self) -> str:
        """The state's name on a page."""
        return {
            "sent": "已发送，未回执",
            "unreached": "没有账号，须送达纸质文书",
            "received": "已回执",
            "replaced": "已有新的通知",
            "called_off": "已撤销",
        }[self.value]


class NoticeOrder(SQLModel, table=True):
    """That the notices of a draw of teams are to go out, and how long before.

    Attributes
    ----------
    days : working days before the first day; 0 with an unannounced visit.
    """

    __tablename__ = "notice_order"
    __table_args__ = (
        UniqueConstraint("draw_id", "number"),
        CheckConstraint("number >= 1", name="counted"),
        CheckConstraint("days >= 0 AND days <= 60", name="days_in_range"),
    )
    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id")
    number: int
    days: int
    made_by: int = Field(foreign_key="account.id")
    made_at: datetime


append_only(SQLModel.metadata.tables["notice_order"])


class VisitNotice(SQLModel, table=True):
    """What one reader was told of one version of a visit.

    Attributes
    ----------
    person_id, institution_id : the reader, one of both: entry of a member, or of the institution.
    reached : how many accounts got it; with 0 the paper has to be delivered by hand.
    called_off_at : since when it holds no longer, because its reader has nothing to do with the
        visit any more.
    """

    __tablename__ = "visit_notice"
    __table_args__ = (
        UniqueConstraint("draw_id", "visit_id", "version", "person_id"),
        UniqueConstraint("draw_id", "visit_id", "version", "institution_id"),
        CheckConstraint("(person_id IS NULL) <> (institution_id IS NULL)", name="one_reader"),
        CheckConstraint("(received_at IS NULL) = (received_by IS NULL)", name="received_by_one"),
        CheckConstraint("version >= 1 AND reached >= 0", name="counted"),
    )
    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id", index=True)
    visit_id: int = Field(foreign_key="visit.id", index=True)
    version: int
    person_id: int | None = Field(default=None, foreign_key="roster_entry.id", index=True)
    institution_id: int | None = Field(default=None, foreign_key="roster_entry.id", index=True)
    reached: int
    sent_at: datetime
    received_by: int | None = Field(default=None, foreign_key="account.id")
    received_at: datetime | None = None
    called_off_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    @property
    def reader(self) -> tuple[int | None, int | None]:
        """Whom it is for: a person or an institution."""
        return self.person_id, self.institution_id

    @property
    def is_for_institution(self) -> bool:
        """Whether the institution was told, not a member of the team."""
        return self.institution_id is not None

    def state_beside(self, newest: "VisitNotice") -> NoticeState:
        """Where it stands, beside the newest notice to the same reader of the same visit."""
        if self.called_off_at is not None:
            return NoticeState.CALLED_OFF
        if self.version < newest.version:
            return NoticeState.REPLACED
        if self.received_at is not None:
            return NoticeState.RECEIVED
        return NoticeState.SENT if self.reached else NoticeState.UNREACHED

    def facts(self) -> dict[str, object]:
        """What the trail keeps of it."""
        return {"visit": self.visit_id, "paper_version": self.version, "person": self.person_id}


# -- rules -------------------------------------------------------------------------------------


def may_be_told(policy: NoticePolicy, teams: Draw, visit: Visit, today: date) -> bool:
    """Whether the institution may know of its visit and of the team."""
    if policy is NoticePolicy.UNANNOUNCED:
        return teams.state in HELD and visit.first_day <= today
    return teams.state is DrawState.PUBLISHED


def due_day(policy: NoticePolicy, days: int, first_day: date) -> date:
    """The day from which on the institution is told: *days* working days before the first."""
    if policy is NoticePolicy.UNANNOUNCED:
        return first_day
    day, left = first_day, days
    while left:
        day -= timedelta(days=1)
        left -= is_working_day(day).value
    return day


def policy_of(session: Session, teams: Draw) -> NoticePolicy:
    """What the plan says about notice."""
    return get_version(session, teams.plan_version_id).content.notice


# -- queries -----------------------------------------------------------------------------------


def order_of(session: Session, draw_id: int) -> NoticeOrder | None:
    """The order that counts: the last one; None while nothing is to go out."""
    wanted = select(NoticeOrder).where(NoticeOrder.draw_id == draw_id)
    return session.exec(wanted.order_by(col(NoticeOrder.number).desc()).limit(1)).first()


def notices_of(session: Session, draw_id: int) -> list[VisitNotice]:
    """All notices of a draw of teams, the oldest first."""
    wanted = select(VisitNotice).where(VisitNotice.draw_id == draw_id)
    return list(session.exec(wanted.order_by(col(VisitNotice.id))))


def notices_to(
    session: Session, *, person_id: int | None = None, institution_id: int | None = None
) -> list[VisitNotice]:
    """The newest notice of each visit to a person or an institution, the latest sent first."""
    mine = (
        VisitNotice.person_id == person_id
        if institution_id is None
        else VisitNotice.institution_id == institution_id
    )
    found = session.exec(select(VisitNotice).where(mine).order_by(col(VisitNotice.id)))
    return sorted(newest(found), key=lambda one: one.key, reverse=True)


def newest(notices: Iterable[VisitNotice]) -> list[VisitNotice]:
    """Of the notices of one visit to one reader the newest; in the order of the first of each.

    A stand-in may go and come back, so the number decides, not what was called off.
    """
    found = {(one.draw_id, one.visit_id, one.reader): one for one in sorted(notices, key=_age)}
    return list(found.values())


def _age(notice: VisitNotice) -> tuple[int, int]:
    return notice.version, notice.key


def get_notice(session: Session, notice_id: int) -> VisitNotice:
    """One notice.

    Raises
    ------
    NoticeNotFound
    """
    if (found := session.get(VisitNotice, notice_id)) is None:
        raise NoticeNotFound(notice=notice_id)
    return found


# -- operations --------------------------------------------------------------------------------


def order_notices(
    session: Session, draw_id: int, days: int, actor: Actor, now: datetime
) -> NoticeOrder:
    """Let the notices go out from now on; ordered again, the new number of days counts.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, NoticeDaysUnclear
    """
    teams = get_draw(session, draw_id)
    teams.must_draw(Subject.TEAMS)
    teams.must_be(*HELD)
    unannounced = policy_of(session, teams) is NoticePolicy.UNANNOUNCED
    if days != 0 if unannounced else not 1 <= days <= MOST_DAYS:
        raise NoticeDaysUnclear(most=MOST_DAYS)
    before = order_of(session, draw_id)
    order = NoticeOrder(
        draw_id=draw_id, number=before.number + 1 if before else 1, days=days,
        made_by=person(actor), made_at=now,
    )  # fmt: skip
    session.add(order)
    session.flush()
    told = {"notice_days": days, "notice_order": order.number}
    trail.record(session, actor, "notices.ordered", DRAW, draw_id, now, after=told)
    return order


def give_receipt(session: Session, notice_id: int, actor: Actor, now: datetime) -> VisitNotice:
    """Confirm that a notice has come; the first to confirm counts. Whose it is, `web` asks.

    Raises
    ------
    NoticeNotFound, NoticeIsOld, inspections.plans.NoPerson
    """
    wanted = select(VisitNotice).where(VisitNotice.id == notice_id).with_for_update()
    notice = session.exec(wanted.execution_options(populate_existing=True)).first()
    if notice is None:
        raise NoticeNotFound(notice=notice_id)
    if notice.received_at is not None:
        return notice
    if notice.called_off_at is not None or _newest_like(session, notice).key != notice_id:
        raise NoticeIsOld(notice=notice_id)
    notice.received_by, notice.received_at = person(actor), now
    session.add(notice)
    session.flush()
    trail.record(session, actor, "notice.received", NOUN, notice_id, now, after=notice.facts())
    return notice


def _newest_like(session: Session, notice: VisitNotice) -> VisitNotice:
    wanted = select(VisitNotice).where(
        VisitNotice.draw_id == notice.draw_id, VisitNotice.visit_id == notice.visit_id
    )
    same = [one for one in session.exec(wanted) if one.reader == notice.reader]
    return max(same, key=_age)
