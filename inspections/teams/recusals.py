"""Recusal after the draw: an institution asks for it, or an inspector declares an interest.

《行政处罚法》 article 43: whoever has a direct interest, or a relation that may hinder a just
handling, recuses himself, and the party has the right to ask for it; the head decides. So a named
person decides, not who asked, with his reason; what he grants lets the first alternate step in
who still qualifies (`stand_ins`), and bars that person from that institution for good.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.database import enum_column
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.trail import Actor
from inspections.plans import person

NOUN = "recusal"
LONGEST = 500


class RecusalSide(StrEnum):
    """Who says that somebody should not come."""

    INSTITUTION = "institution"
    INSPECTOR = "inspector"

    @property
    def label(self) -> str:
        """The side's name on a page."""
        return {"institution": "被检查机构申请", "inspector": "检查人员申报"}[self.value]


class RecusalState(StrEnum):
    """Where a recusal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state's name on a page."""
        return {
            "open": "待决定",
            "accepted": "决定回避",
            "rejected": "不予回避",
            "withdrawn": "已撤回",
        }[self.value]


class RecusalNotFound(NotFound):
    """There is no such recusal."""

    code = "recusal_not_found"


class RecusalIsPending(Conflict):
    """The same is asked for already and waits for its decision."""

    code = "recusal_is_pending"


class RecusalIsOver(Conflict):
    """It has been decided or withdrawn."""

    code = "recusal_is_over"


class RecusalReasonMissing(Invalid):
    """The ground of a recusal, and its decision, need words, 500 characters at most."""

    code = "recusal_reason_missing"


class DecidesOwnRecusal(Forbidden):
    """Who has asked, or whom it is about, cannot decide on it."""

    code = "decides_own_recusal"


_OPEN = text("state = 'open'")


class Recusal(SQLModel, table=True):
    """That somebody should not come to an institution, and what was decided.

    Attributes
    ----------
    draw_id : of the teams.
    slot, person_id : at which seat, and who; entry of an inspector or expert.
    institution_id : entry of the institution at that time: a granted recusal bars for good.
    """

    __table_args__ = (
        Index(
            "uq_recusal_open", "draw_id", "slot", "person_id",
            unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        CheckConstraint("ground <> ''", name="has_a_ground"),
        CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            "state NOT IN ('accepted', 'rejected')"
            " OR (decision_reason <> '' AND decided_by <> raised_by)",
            name="decided_by_another",
        ),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id", index=True)
    visit_id: int = Field(foreign_key="visit.id", index=True)
    slot: str = Field(max_length=60)
    person_id: int = Field(foreign_key="roster_entry.id")
    institution_id: int | None = Field(default=None, foreign_key="roster_entry.id", index=True)
    side: RecusalSide = Field(sa_type=enum_column(RecusalSide))
    ground: str = Field(max_length=LONGEST)
    state: RecusalState = Field(default=RecusalState.OPEN, sa_type=enum_column(RecusalState))
    raised_by: int = Field(foreign_key="account.id")
    raised_at: datetime
    decided_by: int | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = None
    decision_reason: str = Field(default="", max_length=LONGEST)

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    def facts(self) -> dict[str, object]:
        """What the trail keeps of it."""
        return {
            "slot": self.slot,
            "person": self.person_id,
            "recusal_side": self.side,
            "recusal_state": self.state,
        }

    def decide(self, state: RecusalState, reason: str, by: int, at: datetime) -> None:
        """End it.

        Raises
        ------
        RecusalIsOver
        """
        if self.state is not RecusalState.OPEN:
            raise RecusalIsOver(recusal=self.id)
        self.state, self.decision_reason = state, reason
        self.decided_by, self.decided_at = by, at


def told_why(words: str) -> str:
    """A ground or a decision in words.

    Raises
    ------
    RecusalReasonMissing
    """
    why = words.strip()
    if not why or len(why) > LONGEST:
        raise RecusalReasonMissing(most=LONGEST)
    return why


def keep_recusal(session: Session, recusal: Recusal, actor: Actor) -> Recusal:
    """Write down what was asked for.

    Raises
    ------
    RecusalIsPending
    """
    slot = recusal.slot
    session.add(recusal)
    try:
        session.flush()
    except IntegrityError as error:
        raise RecusalIsPending(slot=slot) from error
    tell_of(session, "recusal.raised", recusal, actor, recusal.raised_at, recusal.ground)
    return recusal


def withdraw_recusal(session: Session, recusal_id: int, actor: Actor, now: datetime) -> Recusal:
    """Let it be; who may, `web` says.

    Raises
    ------
    RecusalNotFound, RecusalIsOver, inspections.plans.NoPerson
    """
    recusal = lock_recusal(session, recusal_id)
    recusal.decide(RecusalState.WITHDRAWN, "", person(actor), now)
    tell_of(session, "recusal.withdrawn", recusal, actor, now)
    return recusal


def tell_of(
    session: Session, action: str, recusal: Recusal, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Leave an event about a recusal in the trail."""
    session.add(recusal)
    session.flush()
    trail.record(
        session, actor, action, NOUN, recusal.key, now, after=recusal.facts(), reason=reason
    )


def lock_recusal(session: Session, recusal_id: int) -> Recusal:
    """A recusal as it is now, kept from others until the transaction ends.

    Raises
    ------
    RecusalNotFound
    """
    wanted = select(Recusal).where(Recusal.id == recusal_id).with_for_update()
    found = session.exec(wanted.execution_options(populate_existing=True)).first()
    if found is None:
        raise RecusalNotFound(recusal=recusal_id)
    return found


def recusals_of(session: Session, draw_id: int) -> list[Recusal]:
    """All recusals of a draw of teams, the oldest first."""
    wanted = select(Recusal).where(Recusal.draw_id == draw_id)
    return list(session.exec(wanted.order_by(col(Recusal.id))))
