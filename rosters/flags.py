"""What is on record about an institution: findings, complaints, proficiency tests, lists.

A flag is something that happened or holds on certain days, with its source; later rooms write
their findings here, and the risk score reads nothing else.
"""

from datetime import date
from enum import StrEnum

from sqlmodel import Field, SQLModel

from core.database import enum_column
from rosters.entries import Dated, Noun, dated, period_constraints


class FlagKind(StrEnum):
    """What a flag says."""

    CHECKED = "checked"
    FINDING = "finding"
    COMPLAINT = "complaint"
    PENALTY = "penalty"
    PROFICIENCY_REFUSED = "proficiency_refused"
    PROFICIENCY_FAILED = "proficiency_failed"
    PRODUCT_QUALITY = "product_quality"
    ABNORMAL_LIST = "abnormal_list"
    SERIOUS_ILLEGALITY = "serious_illegality"

    @property
    def label(self) -> str:
        """The kind's name on a page."""
        return {
            "checked": "接受抽查",
            "finding": "检查发现问题",
            "complaint": "投诉举报",
            "penalty": "行政处罚",
            "proficiency_refused": "拒绝参加能力验证",
            "proficiency_failed": "能力验证不满意",
            "product_quality": "产品质量抽查问题",
            "abnormal_list": "经营异常名录",
            "serious_illegality": "严重违法失信名单",
        }[self.value]


class FlagFacts(SQLModel):
    """What can be stated of a flag.

    Attributes
    ----------
    happened_on : the day of it; ended_on the day on which a list was left or a fault mended.
    source : who said so: a document number, a round of tests, a hotline.
    """

    institution_id: int = Field(foreign_key="roster_entry.id", index=True)
    kind: FlagKind = Field(sa_type=enum_column(FlagKind))
    happened_on: date
    ended_on: date | None = None
    source: str = Field(default="", max_length=200)
    detail: str = Field(default="", max_length=1000)


@dated(Noun.FLAG)
class Flag(Dated, FlagFacts, table=True):
    """A flag as it was from one day to another."""

    __table_args__ = period_constraints()


class Verdict(StrEnum):
    """How a laboratory did in a proficiency test (2023年第13号公告)."""

    SATISFACTORY = "satisfactory"
    QUESTIONABLE = "questionable"
    UNSATISFACTORY = "unsatisfactory"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The verdict's name on a page."""
        return {
            "satisfactory": "满意",
            "questionable": "可疑",
            "unsatisfactory": "不满意",
            "refused": "拒绝参加",
        }[self.value]


class ProficiencyResultFacts(SQLModel):
    """What an institution achieved in one item of one round."""

    institution_id: int = Field(foreign_key="roster_entry.id", index=True)
    round: str = Field(min_length=1, max_length=100)
    item: str = Field(min_length=1, max_length=100)
    verdict: Verdict = Field(sa_type=enum_column(Verdict))
    happened_on: date


@dated(Noun.PROFICIENCY_RESULT)
class ProficiencyResult(Dated, ProficiencyResultFacts, table=True):
    """Such a result as it was from one day to another."""

    __tablename__ = "proficiency_result"
    __table_args__ = period_constraints()
