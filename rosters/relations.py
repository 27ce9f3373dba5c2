"""Relations between those who check and those who are checked: reasons for recusal.

《行政处罚法》 article 43 and 《检验检测机构资质认定管理办法》 article 29 ask for recusal of
whoever has a direct interest; the draw of teams takes these as hard constraints.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator
from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from core.database import enum_column
from rosters.entries import Dated, Noun, dated, not_before, period_constraints


class RelationKind(StrEnum):
    """What ties a person to an institution."""

    RELATIVE = "relative"
    SHARE = "share"
    FORMER_EMPLOYER = "former_employer"
    ASSESSOR = "assessor"
    SAME_PARENT = "same_parent"
    CONSULTANT = "consultant"
    DECLARED = "declared"

    @property
    def label(self) -> str:
        """The kind's name on a page."""
        return {
            "relative": "近亲属任职",
            "share": "持有股份",
            "former_employer": "曾在该机构任职",
            "assessor": "曾任该机构评审员",
            "same_parent": "同一上级法人",
            "consultant": "曾提供咨询",
            "declared": "本人申报的其他利害关系",
        }[self.value]


class RelationFacts(SQLModel):
    """What can be stated of a relation.

    Attributes
    ----------
    person_id : entry of an inspector or an expert.
    first_day, last_day : when it was so; None if that is not known, or still so.
    declared : whether the person said so himself.
    """

    person_id: int = Field(foreign_key="roster_entry.id", index=True)
    institution_id: int = Field(foreign_key="roster_entry.id", index=True)
    kind: RelationKind = Field(sa_type=enum_column(RelationKind))
    first_day: date | None = None
    last_day: Annotated[date | None, AfterValidator(not_before("first_day"))] = None
    declared: bool = False
    note: str = Field(default="", max_length=500)


@dated(Noun.RELATION)
class Relation(Dated, RelationFacts, table=True):
    """A relation as it was known from one day to another."""

    __table_args__ = period_constraints(
        CheckConstraint("last_day >= first_day", name="ends_later"),
    )
