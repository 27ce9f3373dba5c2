"""What belongs to an institution: its sites, its quality-inspection centres, its people."""

from datetime import date
from enum import StrEnum

from sqlmodel import Field, SQLModel

from core.database import enum_column
from rosters.entries import Dated, Noun, dated, period_constraints
from rosters.institutions import RegionCode


class SiteFacts(SQLModel):
    """Where an institution tests; certificates name every site."""

    institution_id: int = Field(foreign_key="roster_entry.id", index=True)
    address: str = Field(min_length=1, max_length=300)
    region: RegionCode = Field(default="", max_length=6)
    main: bool = False


@dated(Noun.SITE)
class Site(Dated, SiteFacts, table=True):
    """A site as it was from one day to another."""

    __table_args__ = period_constraints()


class QICentreFacts(SQLModel):
    """A national quality-inspection centre; an institution can be host to several."""

    institution_id: int = Field(foreign_key="roster_entry.id", index=True)
    name: str = Field(min_length=1, max_length=200)
    approved_on: date | None = None


@dated(Noun.QI_CENTRE)
class QICentre(Dated, QICentreFacts, table=True):
    """A centre as it was from one day to another."""

    __tablename__ = "qi_centre"
    __table_args__ = period_constraints()


class ContactRole(StrEnum):
    """What somebody is to an institution."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    MANAGER = "manager"
    TECHNICAL_LEADER = "technical_leader"
    SIGNATORY = "signatory"
    LIAISON = "liaison"

    @property
    def label(self) -> str:
        """The role's name on a page."""
        return {
            "legal_representative": "法定代表人",
            "manager": "最高管理者",
            "technical_leader": "技术负责人",
            "signatory": "授权签字人",
            "liaison": "联络人",
        }[self.value]


class ContactFacts(SQLModel):
    """A person of an institution; shown masked (`core.privacy`)."""

    institution_id: int = Field(foreign_key="roster_entry.id", index=True)
    role: ContactRole = Field(default=ContactRole.LIAISON, sa_type=enum_column(ContactRole))
    name: str = Field(min_length=1, max_length=60)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)


@dated(Noun.CONTACT)
class Contact(Dated, ContactFacts, table=True):
    """A contact as it was from one day to another."""

    __table_args__ = period_constraints()
