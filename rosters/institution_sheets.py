"""A list of institutions as rows of a file, in the columns in which it can be imported again.

An institution with several certificates has a row for each, so that every certificate keeps its
own dates. Telephone numbers, addresses and names of people stay at home.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from sqlmodel import Session, col, select

from core.roles import Scope
from rosters.certificates import Certificate
from rosters.entries import holds
from rosters.finding.institution_lists import Filters, InstitutionRow, Sort, export_rows
from rosters.imports.forms import label_of
from rosters.imports.institution_form import INSTITUTIONS
from rosters.premises import QICentre
from rosters.sheets.cells import Value

PEOPLE = frozenset({"representative", "contact", "phone", "email"})
COLUMNS = tuple(column for column in INSTITUTIONS.columns if column.key not in PEOPLE)
_NO_CERTIFICATE: dict[str, Value] = {
    "certificates": None, "issuer": None, "issued_on": None, "expires_on": None,
    "certificate_state": None,
}  # fmt: skip


def sheet_rows(
    session: Session, filters: Filters, scopes: Collection[Scope], sort: Sort = Sort.NAME
) -> Iterator[Mapping[str, Value]]:
    """The list row by row, by the keys of `COLUMNS`."""
    centres = _centres(session, filters.day)
    for row in export_rows(session, filters, scopes, sort):
        own = INSTITUTIONS.values_of(row.institution.model_dump())
        own["centres"] = tuple(centres.get(row.institution.entry_id, ())) or None
        for held in _certificates(row):
            yield {**own, **held}


def _certificates(row: InstitutionRow) -> Iterator[Mapping[str, Value]]:
    if not row.certificates:
        yield _NO_CERTIFICATE
    for certificate, _ in row.certificates:
        yield _cells(certificate)


def _cells(certificate: Certificate) -> Mapping[str, Value]:
    return {
        "certificates": (certificate.number,),
        "issuer": certificate.issuer or None,
        "issued_on": certificate.issued_on,
        "expires_on": certificate.expires_on,
        "certificate_state": label_of(certificate.state),
    }


def _centres(session: Session, day: date) -> Mapping[int, list[str]]:
    """All of the country: there are some hundreds."""
    found: dict[int, list[str]] = defaultdict(list)
    wanted = select(QICentre).where(holds(QICentre, day)).order_by(col(QICentre.entry_id))
    for centre in session.exec(wanted):
        found[centre.institution_id].append(centre.name)
    return found
