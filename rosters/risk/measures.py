"""The risk of an institution as a sum that anybody can repeat: what is counted, times its weight.

Pure: what is known of an institution on a day goes in, contributions come out; no database, no
clock, and integers only, so the total is exactly the sum of its contributions. It proposes a
class and decides nothing (`rosters.risk.scores`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from rosters.certificates import CertificateState, CertificateStatus, status_on
from rosters.flags import FlagKind, Verdict
from rosters.institutions import Standing

MENDING = timedelta(days=60)
"""After so long a fault that was found should be mended (30 working days and the review)."""

YEARS_KEPT = 3
"""So far back findings, penalties and tests count."""


class HeldCertificate(NamedTuple):
    """A certificate on the day of the score."""

    state: CertificateState
    issued_on: date | None
    expires_on: date | None


class Event(NamedTuple):
    """A flag on the day of the score."""

    kind: FlagKind
    happened_on: date
    ended_on: date | None


class RoundResult(NamedTuple):
    """A result of a proficiency test."""

    verdict: Verdict
    happened_on: date


@dataclass(slots=True)
class Record:
    """What is known of an institution on a day.

    Attributes
    ----------
    missing : facts among credit code, region and fields that are empty.
    first_seen : the first day on which it is known to have been in the roster or certified.
    sites : besides its main one.
    """

    standing: Standing = Standing.ACTIVE
    missing: int = 0
    first_seen: date = date.min
    sites: int = 0
    qi_centres: int = 0
    certificates: list[HeldCertificate] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    tests: list[RoundResult] = field(default_factory=list)


class Weight(NamedTuple):
    """An indicator, as far as a score needs it (`rosters.risk.indicators`)."""

    code: str
    weight: int
    most: int = 0


class Contribution(NamedTuple):
    """What an indicator adds: how many were counted, and the points they give."""

    counted: int
    points: int


Measure = Callable[[Record, date], int]


def contributions(
    record: Record, day: date, indicators: Iterable[Weight]
) -> dict[str, Contribution]:
    """What each indicator adds to the total; those that add nothing are left out."""
    found: dict[str, Contribution] = {}
    for one in indicators:
        if (count := MEASURES[one.code](record, day)) and one.weight:
            found[one.code] = Contribution(count, points(count, one.weight, one.most))
    return found


def points(count: int, weight: int, most: int) -> int:
    """So many times the *weight*, but no more than *most* without its sign; 0 is no limit."""
    total = count * weight
    if not most or abs(total) <= most:
        return total
    return most if total > 0 else -most


# -- what is counted ---------------------------------------------------------------------------


def years_ago(day: date, years: int) -> date:
    """The same day some years earlier; for 29 February the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year - years, day.month, last)


def _happened(kind: FlagKind, years: int) -> Measure:
    """How often it happened in the years before the day, which is counted too."""

    def count(record: Record, day: date) -> int:
        since = years_ago(day, years)
        return sum(e.kind == kind and since < e.happened_on <= day for e in record.events)

    return count


def _in_force(kind: FlagKind) -> Measure:
    """Whether a list was entered and not left by the day."""

    def count(record: Record, day: date) -> int:
        return int(any(e.kind == kind and _open(e, day) for e in record.events))

    return count


def _open(event: Event, day: date) -> bool:
    return event.happened_on <= day and (event.ended_on is None or event.ended_on > day)


def _unmended(record: Record, day: date) -> int:
    return sum(
        e.kind == FlagKind.FINDING and _open(e, day) and e.happened_on + MENDING < day
        for e in record.events
    )


def _clean_checks(record: Record, day: date) -> int:
    """Checks on days on which nothing was found."""
    found = {e.happened_on for e in record.events if e.kind == FlagKind.FINDING}
    since = years_ago(day, YEARS_KEPT)
    return sum(
        e.kind == FlagKind.CHECKED and since < e.happened_on <= day and e.happened_on not in found
        for e in record.events
    )


def _tested(verdict: Verdict, kind: FlagKind | None = None) -> Measure:
    """How many results say so, or flags if they are more: both may tell of the same test."""
    flagged = _happened(kind, YEARS_KEPT) if kind else lambda record, day: 0

    def count(record: Record, day: date) -> int:
        since = years_ago(day, YEARS_KEPT)
        told = sum(t.verdict == verdict and since < t.happened_on <= day for t in record.tests)
        return max(told, flagged(record, day))

    return count


def _stopped(record: Record, _day: date) -> int:
    stopped = (CertificateState.SUSPENDED, CertificateState.REVOKED)
    return sum(one.state in stopped for one in record.certificates)


def _without_certificate(record: Record, day: date) -> int:
    """In business without a certificate that is valid on the day."""
    good = (CertificateStatus.VALID, CertificateStatus.EXPIRING)
    valid = any(status_on(one.state, one.expires_on, day) in good for one in record.certificates)
    return int(record.standing == Standing.ACTIVE and not valid)


def _not_in_business(record: Record, _day: date) -> int:
    return int(record.standing in (Standing.SUSPENDED, Standing.CLOSED))


MEASURES: dict[str, Measure] = {
    "new": lambda record, day: int(record.first_seen > years_ago(day, 1)),
    "incomplete": lambda record, _: record.missing,
    "sites": lambda record, _: record.sites,
    "not_in_business": _not_in_business,
    "abnormal_list": _in_force(FlagKind.ABNORMAL_LIST),
    "serious_illegality": _in_force(FlagKind.SERIOUS_ILLEGALITY),
    "findings": _happened(FlagKind.FINDING, YEARS_KEPT),
    "unmended": _unmended,
    "penalties": _happened(FlagKind.PENALTY, YEARS_KEPT),
    "complaints": _happened(FlagKind.COMPLAINT, 1),
    "product_quality": _happened(FlagKind.PRODUCT_QUALITY, YEARS_KEPT),
    "certificate_stopped": _stopped,
    "clean_checks": _clean_checks,
    "no_certificate": _without_certificate,
    "tests_refused": _tested(Verdict.REFUSED, FlagKind.PROFICIENCY_REFUSED),
    "tests_failed": _tested(Verdict.UNSATISFACTORY, FlagKind.PROFICIENCY_FAILED),
    "tests_doubtful": _tested(Verdict.QUESTIONABLE),
    "tests_passed": _tested(Verdict.SATISFACTORY),
    "qi_centre": lambda record, _: record.qi_centres,
}
"""What can be weighed, by the code of its indicator; each counts what holds on the day."""
