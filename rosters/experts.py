"""Experts: they assist and sign as assistants, and never count as officers (国办发〔2024〕54号)."""

from typing import Annotated

from pydantic import AfterValidator
from sqlmodel import Field, SQLModel

from rosters.entries import Dated, Noun, dated, period_constraints, unique_while_open
from rosters.inspectors import spot_check_fields
from rosters.institutions import RegionCode


class ExpertFacts(SQLModel):
    """What can be stated of an expert; the employer decides whom he may not see."""

    name: str = Field(min_length=1, max_length=60)
    expert_no: str = Field(min_length=1, max_length=40)
    employer: str = Field(default="", max_length=200)
    title: str = Field(default="", max_length=60)
    region: RegionCode = Field(default="", max_length=6)
    fields: Annotated[str, AfterValidator(spot_check_fields)] = Field(default="", max_length=1000)
    assessor: bool = False
    login_name: str = Field(default="", max_length=64)
    phone: str = Field(default="", max_length=40)
    remark: str = Field(default="", max_length=500)


@dated(Noun.EXPERT)
class Expert(Dated, ExpertFacts, table=True):
    """An expert as he was from one day to another."""

    __table_args__ = period_constraints(
        unique_while_open("uq_expert_login_name", "login_name"),
        unique_while_open("uq_expert_expert_no", "expert_no"),
    )
