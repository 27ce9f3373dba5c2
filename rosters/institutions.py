"""Institutions: the legal entities that test for others, each with its history.

What is drawn, and visited once in a plan, is the legal entity (《检验检测机构监督管理办法》 has
duties for it as a whole); its certificates, sites and centres are entries of their own.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator
from sqlmodel import Field, SQLModel

from core.database import enum_column
from core.regions import is_region
from rosters.entries import Dated, Noun, dated, period_constraints, unique_while_open
from rosters.identifiers import is_credit_code
from rosters.vocabularies import SPOT_CHECK_FIELDS, STATISTICS_FIELDS, joined, parted


class Level(StrEnum):
    """Who accredited it; a holder of both kinds of certificate is national."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"

    @property
    def label(self) -> str:
        """The level's name on a page."""
        return {"national": "国家级", "provincial": "省级"}[self.value]


class LegalForm(StrEnum):
    """What kind of body it is; decides which financial table it files."""

    COMPANY = "company"
    PUBLIC = "public"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The form's name on a page."""
        return {"company": "企业", "public": "事业单位", "other": "其他"}[self.value]


class Standing(StrEnum):
    """Whether it still does business."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    DEREGISTERED = "deregistered"

    @property
    def label(self) -> str:
        """The standing's name on a page."""
        return {
            "active": "在业",
            "suspended": "停业",
            "closed": "关闭清算",
            "deregistered": "已注销",
        }[self.value]


class CreditClass(StrEnum):
    """Credit-risk class (国市监信发〔2022〕6号): A is the lowest risk; unrated is none of them."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    UNRATED = ""

    @property
    def label(self) -> str:
        """The class as a page says it."""
        return f"{self.value}类" if self.value else "未评定"


def _code(text: str) -> str:
    if text and not is_credit_code(text):
        raise ValueError("credit_code")
    return text


def _region(text: str) -> str:
    if text and not is_region(text):
        raise ValueError("region")
    return text


def _spot_check_fields(text: str) -> str:
    return joined(parted(text), SPOT_CHECK_FIELDS)


def _statistics_fields(text: str) -> str:
    return joined(parted(text), STATISTICS_FIELDS)


RegionCode = Annotated[str, AfterValidator(_region)]


class InstitutionFacts(SQLModel):
    """What can be stated of an institution.

    Attributes
    ----------
    credit_code : 18 characters with their check (GB 32100-2015); empty if it has none yet.
    registration_no : the 15 digits of before 2015, which old files still bear.
    region : six digits of its province or city (GB/T 2260); decides who may see it.
    registrar, jurisdiction : who registered it, who supervises it day by day.
    parent : the legal entity above it; institutions of one parent are kin for recusal.
    fields, statistics_fields : terms of two vocabularies, joined by `vocabularies.joined`.
    credit_class : the general class; cma_class that of the accreditation authority, if other.
    """

    name: str = Field(min_length=1, max_length=200)
    credit_code: Annotated[str, AfterValidator(_code)] = Field(default="", max_length=18)
    registration_no: str = Field(default="", max_length=30)
    legal_form: LegalForm = Field(default=LegalForm.COMPANY, sa_type=enum_column(LegalForm))
    level: Level = Field(default=Level.PROVINCIAL, sa_type=enum_column(Level))
    region: RegionCode = Field(default="", max_length=6)
    address: str = Field(default="", max_length=300)
    registrar: str = Field(default="", max_length=100)
    jurisdiction: str = Field(default="", max_length=100)
    parent: str = Field(default="", max_length=200)
    fields: Annotated[str, AfterValidator(_spot_check_fields)] = Field(default="", max_length=1000)
    statistics_fields: Annotated[str, AfterValidator(_statistics_fields)] = Field(
        default="", max_length=1000
    )
    credit_class: CreditClass = Field(default=CreditClass.UNRATED, sa_type=enum_column(CreditClass))
    cma_class: CreditClass = Field(
        default=CreditClass.UNRATED, sa_type=enum_column(CreditClass, "cma_class")
    )
    class_reason: str = Field(default="", max_length=500)
    standing: Standing = Field(default=Standing.ACTIVE, sa_type=enum_column(Standing))
    remark: str = Field(default="", max_length=500)


@dated(Noun.INSTITUTION)
class Institution(Dated, InstitutionFacts, table=True):
    """An institution as it was from one day to another."""

    __table_args__ = period_constraints(
        unique_while_open("uq_institution_credit_code", "credit_code"),
    )
