"""The rosters as rows of a file that, imported again, changes nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session

from core.roles import NATIONWIDE, Place, Scope
from rosters.entries import Noun
from rosters.imports.forms import Bound, Form
from rosters.imports.institution_form import certificate_cells, own_cells
from rosters.imports.known import Book
from rosters.premises import ContactRole
from rosters.sheets.cells import Value

Cells = dict[str, Value]


def export_rows(
    session: Session,
    form: Form,
    day: date,
    scopes: Collection[Scope],
    entries: Collection[int] | None = None,
) -> Iterator[Cells]:
    """The entries of a noun on a *day*, for `sheets.export`, in the columns of its form.

    An institution has a row for each of its certificates, since each has dates of its own; what
    belongs to the institution stands in all of them. Telephone numbers and addresses of mail
    are in clear: whoever exports them leaves an event in the trail first (`core.privacy`).

    Parameters
    ----------
    entries : only these, in this order; by default all that the scopes see.
    """
    book = Book.load(session, form.noun, day)
    institutions = book if form.noun == Noun.INSTITUTION else None
    if form.bound == Bound.INSTITUTION:
        institutions = Book.load(session, Noun.INSTITUTION, day)
    writer = _WRITERS.get(form.noun, _Writer)(session, form, day, institutions)
    for entry in book.standing if entries is None else entries:
        facts = book.facts(entry)
        if facts is not None and _is_seen(scopes, form, facts, institutions):
            yield from writer.rows(entry, facts)


def _is_seen(
    scopes: Collection[Scope], form: Form, facts: Mapping[str, Any], institutions: Book | None
) -> bool:
    if form.bound == Bound.NATION:
        return True
    place = NATIONWIDE
    if form.noun == Noun.INSTITUTION:
        place = Place(facts["region"], institution=facts["credit_code"])
    elif form.bound == Bound.REGION:
        place = Place(facts["region"])
    elif institutions and (owner := institutions.standing.get(facts["institution_id"])):
        place = Place(owner.region, institution=owner.credit_code)
    return any(scope.sees(place) for scope in scopes)


class _Writer:
    """Entries of a noun as cells; what they refer to by the words that a row uses."""

    def __init__(self, session: Session, form: Form, day: date, institutions: Book | None) -> None:
        self.session, self.form, self.day = session, form, day
        self.institutions = institutions

    def rows(self, _entry: int, facts: Mapping[str, Any]) -> Iterator[Cells]:
        """The rows of one entry."""
        cells = self.form.values_of(facts)
        if self.institutions and "institution_code" in self.form.by_key:
            owner = self.institutions.standing.get(facts["institution_id"])
            if owner:
                cells["institution_code"] = owner.credit_code or owner.registration_no or None
                cells["institution_name"] = owner.name
        yield cells | self.references(facts)

    def references(self, _facts: Mapping[str, Any]) -> Cells:
        """What else an entry refers to."""
        return {}


class _InspectorWriter(_Writer):
    def __init__(self, session: Session, form: Form, day: date, institutions: Book | None) -> None:
        super().__init__(session, form, day, institutions)
        self.departments = Book.load(session, Noun.DEPARTMENT, day).standing

    def references(self, facts: Mapping[str, Any]) -> Cells:
        found = self.departments.get(facts["department_id"])
        return {"department": found.name if found else None}


class _RelationWriter(_Writer):
    def __init__(self, session: Session, form: Form, day: date, institutions: Book | None) -> None:
        super().__init__(session, form, day, institutions)
        inspectors = Book.load(session, Noun.INSPECTOR, day).standing
        experts = Book.load(session, Noun.EXPERT, day).standing
        self.people = {e: (row.staff_no, row.name) for e, row in inspectors.items()}
        self.people |= {e: (row.expert_no, row.name) for e, row in experts.items()}

    def references(self, facts: Mapping[str, Any]) -> Cells:
        number, name = self.people.get(facts["person_id"], (None, None))
        return {"person_no": number, "person_name": name}


class _InstitutionWriter(_Writer):
    def __init__(self, session: Session, form: Form, day: date, institutions: Book | None) -> None:
        super().__init__(session, form, day, institutions)
        self.certificates = self._of(Noun.CERTIFICATE)
        self.centres = self._of(Noun.QI_CENTRE)
        self.contacts = self._of(Noun.CONTACT)

    def _of(self, noun: Noun) -> Mapping[int, list[Row[Any]]]:
        """What belongs to each institution on the day."""
        found: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in Book.load(self.session, noun, self.day).standing.values():
            if row.since <= self.day:
                found[row.institution_id].append(row)
        return found

    def rows(self, entry: int, facts: Mapping[str, Any]) -> Iterator[Cells]:
        cells = own_cells(facts, [row.name for row in self.centres.get(entry, ())])
        cells |= self._people(entry)
        for held in self.certificates.get(entry, ()):
            yield cells | certificate_cells(held)
        if entry not in self.certificates:
            yield cells

    def _people(self, entry: int) -> Cells:
        """The first of each role; a row has room for no more."""
        first: dict[ContactRole, Row[Any]] = {}
        for row in self.contacts.get(entry, ()):
            first.setdefault(row.role, row)
        head, liaison = (
            first.get(role) for role in (ContactRole.LEGAL_REPRESENTATIVE, ContactRole.LIAISON)
        )
        return {
            "representative": head.name if head else None,
            "contact": liaison.name if liaison else None,
            "phone": (liaison.phone or None) if liaison else None,
            "email": (liaison.email or None) if liaison else None,
        }


_WRITERS: dict[Noun, type[_Writer]] = {
    Noun.INSTITUTION: _InstitutionWriter,
    Noun.INSPECTOR: _InspectorWriter,
    Noun.RELATION: _RelationWriter,
}
