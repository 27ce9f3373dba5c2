"""A list of institutions as rows of a file, in the columns in which it can be imported again.

An institution with several certificates has a row for each, so that every certificate keeps its
own dates. Telephone numbers, addresses and names of people stay at home.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from sqlmodel import Session, col, select

from core.roles import Scope
from rosters.entries import holds
from rosters.finding.institution_lists import Filters, Sort, export_rows
from rosters.imports.institution_form import INSTITUTIONS, certificate_cells, own_cells
from rosters.premises import QICentre
from rosters.sheets.cells import Value

PEOPLE = frozenset({"representative", "contact", "phone", "email"})
COLUMNS = tuple(column for column in INSTITUTIONS.columns if column.key not in PEOPLE)


def sheet_rows(
    session: Session, filters: Filters, scopes: Collection[Scope], sort: Sort = Sort.NAME
) -> Iterator[Mapping[str, Value]]:
    """The list row by row, by the keys of `COLUMNS`."""
    centres = _centres(session, filters.day)
    for row in export_rows(session, filters, scopes, sort):
        own = own_cells(row.institution.model_dump(), centres.get(row.institution.entry_id, ()))
        for certificate, _ in row.certificates:
            yield own | certificate_cells(certificate)
        if not row.certificates:
            yield own


def _centres(session: Session, day: date) -> Mapping[int, list[str]]:
    """All of the country: there are some hundreds."""
    found: dict[int, list[str]] = defaultdict(list)
    wanted = select(QICentre).where(holds(QICentre, day)).order_by(col(QICentre.entry_id))
    for centre in session.exec(wanted):
        found[centre.institution_id].append(centre.name)
    return found
