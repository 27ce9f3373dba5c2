"""Stand-ins: somebody steps out of a team, and the next alternate who qualifies steps in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from core.append_only import append_only
from core.database import enum_column


class StandInReason(StrEnum):
    """Why somebody steps out of a team; no other reason lets an alternate step in."""

    RECUSAL = "recusal"
    RELATION = "relation"
    LEAVE = "leave"
    CERTIFICATE = "certificate"
    LEFT = "left"
    DUTY = "duty"
    FORCE_MAJEURE = "force_majeure"

    @property
    def label(self) -> str:
        """The reason's name on a page."""
        return {
            "recusal": "回避申请或者申报经决定成立",
            "relation": "发现应当回避的关系",
            "leave": "检查期间请假",
            "certificate": "执法证件在检查日无效",
            "left": "已离岗、借调或者移出名录",
            "duty": "紧急公务",
            "force_majeure": "突发疾病或者其他不可抗力",
        }[self.value]

    @property
    def is_adjustment(self) -> bool:
        """Whether it rests on somebody's word, and so takes two; the others the rosters prove, or
        a decision on a recusal does."""
        return self in (StandInReason.DUTY, StandInReason.FORCE_MAJEURE)


class StandIn(SQLModel, table=True):
    """Who went, and the alternate who stepped in, if there was one left."""

    __tablename__ = "stand_in"
    __table_args__ = (
        UniqueConstraint("draw_id", "number"),
        UniqueConstraint("draw_id", "slot", "out_id"),
        UniqueConstraint("draw_id", "slot", "in_id"),
        CheckConstraint("number >= 1", name="counted"),
        CheckConstraint("out_id <> in_id", name="two_persons"),
        CheckConstraint("(reason = 'recusal') = (recusal_id IS NOT NULL)", name="decided"),
        CheckConstraint(
            "(reason IN ('duty', 'force_majeure')) = (motion_id IS NOT NULL)",
            name="adjustment_is_countersigned",
        ),
        CheckConstraint("length(addendum_sha256) = 64", name="has_its_addendum"),
    )
    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id")
    number: int
    visit_id: int = Field(foreign_key="visit.id", index=True)
    slot: str = Field(max_length=60)
    out_id: int = Field(foreign_key="roster_entry.id")
    in_id: int | None = Field(default=None, foreign_key="roster_entry.id")
    reason: StandInReason = Field(sa_type=enum_column(StandInReason))
    recusal_id: int | None = Field(default=None, foreign_key="recusal.id", unique=True)
    motion_id: int | None = Field(default=None, foreign_key="draw_motion.id", unique=True)
    addendum_sha256: str = Field(max_length=64)
    signed_by: int = Field(foreign_key="account.id")
    at: datetime

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id


append_only(SQLModel.metadata.tables["stand_in"])


def stand_ins_of(session: Session, draw_id: int) -> list[StandIn]:
    """In the order in which they were signed."""
    wanted = select(StandIn).where(StandIn.draw_id == draw_id)
    return list(session.exec(wanted.order_by(col(StandIn.number))))
