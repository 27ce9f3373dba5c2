"""Departments that inspect: market regulation, and those that take part in joint checks."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from core.database import enum_column
from rosters.entries import Dated, Noun, dated, period_constraints
from rosters.institutions import RegionCode


class Trade(StrEnum):
    """What a department watches over."""

    MARKET = "market"
    PUBLIC_SECURITY = "public_security"
    NATURAL_RESOURCES = "natural_resources"
    ENVIRONMENT = "environment"
    TRANSPORT = "transport"
    WATER = "water"
    CUSTOMS = "customs"
    DRUGS = "drugs"

    @property
    def label(self) -> str:
        """The trade's name on a page."""
        return {
            "market": "市场监管",
            "public_security": "公安",
            "natural_resources": "自然资源",
            "environment": "生态环境",
            "transport": "交通运输",
            "water": "水利",
            "customs": "海关",
            "drugs": "药监",
        }[self.value]


class DepartmentFacts(SQLModel):
    """What can be stated of a department; its region is empty if it is national."""

    name: str = Field(min_length=1, max_length=100)
    trade: Trade = Field(default=Trade.MARKET, sa_type=enum_column(Trade))
    region: RegionCode = Field(default="", max_length=6)


@dated(Noun.DEPARTMENT)
class Department(Dated, DepartmentFacts, table=True):
    """A department as it was from one day to another."""

    __table_args__ = period_constraints()
