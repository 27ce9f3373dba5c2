"""Inspectors: who may check, with which certificates, in which fields, and when not.

Only officers with a certificate of law enforcement may check (国办发〔2024〕54号); it must be valid
on the day of the visit, not on that of the draw.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator
from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from core.database import enum_column
from rosters.entries import Dated, Noun, dated, not_before, period_constraints, unique_while_open
from rosters.institutions import RegionCode
from rosters.vocabularies import SPOT_CHECK_FIELDS, joined, parted


class OfficerLevel(StrEnum):
    """At which level of the administration somebody serves."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"

    @property
    def label(self) -> str:
        """The level's name on a page."""
        return {"national": "总局", "province": "省级", "city": "市级", "county": "县级"}[
            self.value
        ]


class Duty(StrEnum):
    """Whether somebody serves."""

    ON_DUTY = "on_duty"
    SECONDED = "seconded"
    LEFT = "left"

    @property
    def label(self) -> str:
        """The duty's name on a page."""
        return {"on_duty": "在岗", "seconded": "借调", "left": "离岗"}[self.value]


def spot_check_fields(text: str) -> str:
    """Terms of the spot checks in the order of their vocabulary."""
    return joined(parted(text), SPOT_CHECK_FIELDS)


class InspectorFacts(SQLModel):
    """What can be stated of an inspector.

    Attributes
    ----------
    ministry_no, province_no : numbers of the two certificates of law enforcement, that of the
        department and that of the provincial government; each with its last valid day.
    region : where he serves; home_region where he comes from, which some plans keep apart.
    leader : whether he may lead a team.
    login_name : of his account, with which he sees his own entry; empty if he has none.
    """

    name: str = Field(min_length=1, max_length=60)
    staff_no: str = Field(min_length=1, max_length=40)
    department_id: int | None = Field(default=None, foreign_key="roster_entry.id", index=True)
    region: RegionCode = Field(default="", max_length=6)
    home_region: RegionCode = Field(default="", max_length=6)
    level: OfficerLevel = Field(default=OfficerLevel.PROVINCE, sa_type=enum_column(OfficerLevel))
    post: str = Field(default="", max_length=60)
    ministry_no: str = Field(default="", max_length=40)
    ministry_until: date | None = None
    province_no: str = Field(default="", max_length=40)
    province_until: date | None = None
    qualifications: str = Field(default="", max_length=500)
    fields: Annotated[str, AfterValidator(spot_check_fields)] = Field(default="", max_length=1000)
    leader: bool = False
    duty: Duty = Field(default=Duty.ON_DUTY, sa_type=enum_column(Duty))
    login_name: str = Field(default="", max_length=64)
    phone: str = Field(default="", max_length=40)
    remark: str = Field(default="", max_length=500)


@dated(Noun.INSPECTOR)
class Inspector(Dated, InspectorFacts, table=True):
    """An inspector as he was from one day to another."""

    __table_args__ = period_constraints(
        unique_while_open("uq_inspector_login_name", "login_name"),
        unique_while_open("uq_inspector_staff_no", "staff_no"),
    )


class LeaveFacts(SQLModel):
    """That an inspector cannot be sent on certain days, both included."""

    inspector_id: int = Field(foreign_key="roster_entry.id", index=True)
    first_day: date
    last_day: Annotated[date, AfterValidator(not_before("first_day"))]
    reason: str = Field(default="", max_length=200)


@dated(Noun.LEAVE)
class Leave(Dated, LeaveFacts, table=True):
    """A leave as it was known from one day to another."""

    __tablename__ = "inspector_leave"
    __table_args__ = period_constraints(
        CheckConstraint("last_day >= first_day", name="ends_later"),
    )
