"""Certificates of accreditation (资质认定证书, CMA): who may issue reports, in what, until when.

Valid six years, renewed three months before the end (《检验检测机构资质认定管理办法》 article 13);
suspended, withdrawn and cancelled ones stay, since using their mark can still be checked.
"""

from calendar import monthrange
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator
from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from core.database import enum_column
from rosters.entries import Dated, Noun, dated, not_before, period_constraints, unique_while_open

RENEWAL_MONTHS = 3
"""So long before its end a certificate has to be renewed (article 13)."""


class CertificateState(StrEnum):
    """What the issuer has decided about it; time does the rest (`CertificateStatus`)."""

    VALID = "valid"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """The state's name on a page."""
        return {
            "valid": "有效",
            "suspended": "暂停",
            "cancelled": "注销",
            "revoked": "撤销",
        }[self.value]


class CertificateStatus(StrEnum):
    """How a certificate stands on a day, best first."""

    VALID = "valid"
    EXPIRING = "expiring"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """The status's name on a page."""
        return {
            "valid": "有效",
            "expiring": "临期",
            "suspended": "暂停",
            "expired": "过期",
            "cancelled": "注销",
            "revoked": "撤销",
        }[self.value]


class CertificateFacts(SQLModel):
    """What can be stated of a certificate.

    Attributes
    ----------
    number : twelve digits as a rule; older forms are in use (`identifiers`), so any text.
    expires_on : its last valid day.
    scope : what it covers, in words.
    """

    institution_id: int = Field(foreign_key="roster_entry.id", index=True)
    number: str = Field(min_length=1, max_length=60)
    issuer: str = Field(default="", max_length=60)
    issued_on: date | None = None
    expires_on: Annotated[date | None, AfterValidator(not_before("issued_on"))] = None
    scope: str = Field(default="", max_length=2000)
    state: CertificateState = Field(
        default=CertificateState.VALID, sa_type=enum_column(CertificateState)
    )


@dated(Noun.CERTIFICATE)
class Certificate(Dated, CertificateFacts, table=True):
    """A certificate as it was from one day to another."""

    __table_args__ = period_constraints(
        CheckConstraint("expires_on >= issued_on", name="expires_later"),
        unique_while_open("uq_certificate_number", "number"),
    )


def status_on(state: CertificateState, expires_on: date | None, day: date) -> CertificateStatus:
    """How a certificate stands on a *day*: a decision of the issuer counts before its end."""
    if state != CertificateState.VALID:
        return CertificateStatus(state.value)
    if expires_on is None:
        return CertificateStatus.VALID
    if day > expires_on:
        return CertificateStatus.EXPIRED
    return CertificateStatus.EXPIRING if expires_on <= renewal_end(day) else CertificateStatus.VALID


def renewal_end(day: date) -> date:
    """The last day of the three months after *day*; certificates that end by then are due."""
    year, month = divmod(day.year * 12 + day.month - 1 + RENEWAL_MONTHS, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
