"""The certificates of law enforcement of an inspector, and how they stand on a day."""

from dataclasses import dataclass
from datetime import date

from rosters.certificates import CertificateState, CertificateStatus, status_on
from rosters.inspectors import Inspector

MARKS = {CertificateStatus.VALID: "ok", CertificateStatus.EXPIRING: "warn"}
"""The mark of a certificate's status (`.tag`); all others are bad."""


@dataclass(frozen=True)
class Licence:
    """A certificate of law enforcement as a page shows it; *number* is empty if there is none."""

    label: str
    number: str
    until: date | None
    mark: str = ""
    state: str = "没有登记"


def licences(row: Inspector, day: date) -> list[Licence]:
    """Both certificates of an inspector, each with how it stands on a *day*."""
    both = (
        ("部门执法证", row.ministry_no, row.ministry_until),
        ("省政府执法证", row.province_no, row.province_until),
    )
    return [_licence(*each, day) for each in both]


def _licence(label: str, number: str, until: date | None, day: date) -> Licence:
    if not number:
        return Licence(label, "", until)
    status = status_on(CertificateState.VALID, until, day)
    return Licence(label, number, until, MARKS.get(status, "bad"), status.label)
