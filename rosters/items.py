"""What may be checked at all, and what is checked together: two published lists, by date.

国办发〔2024〕54号: an item that is not published may not be checked, and the enterprise may refuse.
"""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from core.database import enum_column
from rosters.entries import Dated, Noun, dated, period_constraints, unique_while_open


class CheckMethod(StrEnum):
    """How an item is checked."""

    ON_SITE = "on_site"
    IN_WRITING = "in_writing"
    ONLINE = "online"
    SAMPLING = "sampling"

    @property
    def label(self) -> str:
        """The method's name on a page."""
        return {
            "on_site": "现场检查",
            "in_writing": "书面检查",
            "online": "网络检查",
            "sampling": "抽样检测",
        }[self.value]


class CheckItemFacts(SQLModel):
    """An item of the list of random checks (随机抽查事项清单).

    Attributes
    ----------
    category : 重点检查事项 or 一般检查事项; only the latter has a largest ratio
        (国市监信〔2019〕38号).
    ratio : largest share of the objects in a year, in percent, 0 to 100.
    yearly_cap : how often one object may be checked in a year; 0 if there is no cap.
    officers : what the officers must have, in words; least_officers how many.
    """

    number: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=200)
    category: str = Field(default="一般检查事项", max_length=20)
    object: str = Field(default="", max_length=200)
    basis: str = Field(default="", max_length=2000)
    ratio: int = Field(default=0, ge=0, le=100)
    yearly_cap: int = Field(default=1, ge=0)
    method: CheckMethod = Field(default=CheckMethod.ON_SITE, sa_type=enum_column(CheckMethod))
    least_officers: int = Field(default=2, ge=2)
    officers: str = Field(default="", max_length=500)


@dated(Noun.CHECK_ITEM)
class CheckItem(Dated, CheckItemFacts, table=True):
    """An item as it was from one day to another."""

    __tablename__ = "check_item"
    __table_args__ = period_constraints(
        CheckConstraint("ratio BETWEEN 0 AND 100", name="ratio"),
        # two officers at least: 《行政处罚法》 article 42
        CheckConstraint("least_officers >= 2", name="two_officers"),
        unique_while_open("uq_check_item_number", "number"),
    )


class JointItemFacts(SQLModel):
    """An item of the list of joint supervision (跨部门综合监管重点事项清单)."""

    number: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=200)
    lead: str = Field(default="", max_length=100)
    partners: str = Field(default="", max_length=300)
    method: str = Field(default="", max_length=200)
    basis: str = Field(default="", max_length=2000)


@dated(Noun.JOINT_ITEM)
class JointItem(Dated, JointItemFacts, table=True):
    """An item as it was from one day to another."""

    __tablename__ = "joint_item"
    __table_args__ = period_constraints(
        unique_while_open("uq_joint_item_number", "number"),
    )
