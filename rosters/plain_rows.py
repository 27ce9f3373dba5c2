"""The roster as at a day in the plain rows that a draw starts from (docs/draw.md).

Every institution that is in the roster on that day is there, whatever its certificate: a plan
says who is eligible, by the column `certificate_status` for instance, and whoever is left out
stays visible as such. The same statements give the same rows on any database.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import IO, Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.regions import is_region, region_of
from core.roles import Scope, visible
from rosters.certificates import Certificate, CertificateStatus, status_on
from rosters.entries import holds
from rosters.flags import Flag, FlagKind
from rosters.institutions import Institution
from rosters.premises import QICentre

COLUMNS = (
    "unit_id", "name", "fields", "qi_centre", "level", "province", "credit_class",
    "certificate_no", "legal_form", "checked_last_year", "complaints", "remark",
    "certificate_status",
)  # fmt: skip
"""The columns of `demo.DemoRow`, and how the best certificate stands on the day."""

NO_CERTIFICATE = "无证书"
BETWEEN = "|"
"""Stands between the numbers of several certificates, the best first."""


def plain_rows(session: Session, day: date, scopes: Collection[Scope]) -> Iterator[dict[str, str]]:
    """The institutions of a *day* in order of `unit_id`, all cells text.

    `unit_id` is the credit code, else the old registration number, else 名录 and the number of
    the entry, which also stands in for a code or number that an earlier entry bears on that day.
    `checked_last_year` is 1 or 0, `complaints` a number: both of the twelve months before *day*.
    """
    certificates = _certificates(session, day)
    centres = _centres(session, day)
    checked = _recorded(session, day, FlagKind.CHECKED)
    complaints = _recorded(session, day, FlagKind.COMPLAINT)
    for unit, one in sorted(_units(_institutions(session, day, scopes))):
        held = certificates.get(one.entry_id, ())
        yield {
            "unit_id": unit,
            "name": one.name,
            "fields": one.fields,
            "qi_centre": str(int(one.entry_id in centres)),
            "level": one.level.label,
            "province": _province(one.region),
            "credit_class": one.credit_class.value,
            "certificate_no": BETWEEN.join(number for _, number in held),
            "legal_form": one.legal_form.label,
            "checked_last_year": str(int(one.entry_id in checked)),
            "complaints": str(complaints.get(one.entry_id, 0)),
            "remark": one.remark,
            "certificate_status": _ORDER[held[0][0]].label if held else NO_CERTIFICATE,
        }


def unit_ids(session: Session, day: date, scopes: Collection[Scope]) -> dict[int, str]:
    """By which `unit_id` each institution goes in `plain_rows`, by its entry."""
    return {one.entry_id: unit for unit, one in _units(_institutions(session, day, scopes))}


def write_plain_rows(rows: Iterable[Mapping[str, str]], stream: IO[bytes]) -> None:
    """Write *rows* as CSV: UTF-8 with mark and CRLF, so that Excel and WPS open it right."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([row[name] for name in COLUMNS] for row in rows)
    text.detach()


# -- reading -----------------------------------------------------------------------------------


def _institutions(session: Session, day: date, scopes: Collection[Scope]) -> Iterable[Any]:
    sight = visible(
        scopes, region=col(Institution.region), institution=col(Institution.credit_code)
    )
    names = (
        "entry_id", "credit_code", "registration_no", "name", "fields", "level", "region",
        "credit_class", "legal_form", "remark",
    )  # fmt: skip
    columns: Any = [getattr(Institution, name) for name in names]
    wanted: Any = select(*columns).where(holds(Institution, day), sight)
    return session.connection().execute(wanted.order_by(col(Institution.entry_id)))


def _units(institutions: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Each institution with what names it in a draw, no two the same."""
    taken: set[str] = set()
    for one in institutions:
        unit = one.credit_code or one.registration_no
        if not unit or unit in taken:
            unit = f"名录{one.entry_id}"
        taken.add(unit)
        yield unit, one


def _certificates(session: Session, day: date) -> dict[int, list[tuple[int, str]]]:
    """Of each institution its certificates, the best first: place in `_ORDER` and number."""
    names = ("institution_id", "number", "state", "expires_on")
    columns: Any = [getattr(Certificate, name) for name in names]
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for owner, number, state, end in session.connection().execute(
        select(*columns).where(holds(Certificate, day))
    ):
        found[owner].append((_ORDER.index(status_on(state, end, day)), number))
    for held in found.values():
        held.sort()
    return found


_ORDER = tuple(CertificateStatus)


def _centres(session: Session, day: date) -> set[int]:
    return set(session.exec(select(QICentre.institution_id).where(holds(QICentre, day))))


def _recorded(session: Session, day: date, kind: FlagKind) -> dict[int, int]:
    """How often something of a kind is on record in the twelve months before *day*."""
    wanted: Any = (
        select(col(Flag.institution_id), func.count())
        .where(
            holds(Flag, day),
            col(Flag.kind) == kind,
            col(Flag.happened_on) >= _year_before(day),
            col(Flag.happened_on) < day,
        )
        .group_by(col(Flag.institution_id))
    )
    counted: Any = session.connection().execute(wanted).all()
    return dict(counted)


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def _province(code: str) -> str:
    return region_of(code).province.name if is_region(code) else ""
