"""Who came from whom: institutions that merge, split or carry on under another code."""

from datetime import date
from enum import StrEnum

from sqlmodel import Field, SQLModel

from core.database import enum_column
from rosters.entries import Dated, Noun, dated, period_constraints


class SuccessionKind(StrEnum):
    """How one came from the other."""

    MERGER = "merger"
    SPLIT = "split"
    DUPLICATE = "duplicate"

    @property
    def label(self) -> str:
        """The kind's name on a page."""
        return {"merger": "合并", "split": "分立", "duplicate": "重复条目归并"}[self.value]


class SuccessionFacts(SQLModel):
    """That the history of one institution goes on in another."""

    predecessor_id: int = Field(foreign_key="roster_entry.id", index=True)
    successor_id: int = Field(foreign_key="roster_entry.id", index=True)
    kind: SuccessionKind = Field(sa_type=enum_column(SuccessionKind))
    happened_on: date
    note: str = Field(default="", max_length=500)


@dated(Noun.SUCCESSION)
class Succession(Dated, SuccessionFacts, table=True):
    """Such a succession as it was from one day to another."""

    __table_args__ = period_constraints()
