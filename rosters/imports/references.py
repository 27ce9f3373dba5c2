"""Whom a row means by a code, a number or a name: institutions, departments, people."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from rosters.entries import Noun
from rosters.finding.names import folded
from rosters.imports.known import Book, Institutions
from rosters.sheets.cells import Value


@dataclass(frozen=True)
class Unknown:
    """Why a reference leads nowhere: a code of a fault, the column, and what it says."""

    code: str
    key: str
    value: str


Resolved = int | Unknown | None
"""The entry; why there is none; or None if the row does not say."""


@dataclass
class References:
    """Entries of other nouns, by what rows call them."""

    institutions: Institutions
    departments: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def load(cls, session: Session, noun: Noun, day: date) -> "References":
        """What the rows of a noun may refer to."""
        if noun == Noun.INSPECTOR:
            book = Book.load(session, Noun.DEPARTMENT, day)
            departments = {folded(row.name): row.entry_id for row in book.standing.values()}
            return cls(Institutions(Book(day, ())), departments)
        people = _people(session, day) if noun == Noun.RELATION else {}
        return cls(Institutions.load(session, day), people=people)

    def institution(self, values: Mapping[str, Value], scope: str) -> Resolved:
        """The institution that a row names by code, or by name alone."""
        code, name = _text(values, "institution_code"), _text(values, "institution_name")
        if code:
            found = self.institutions.codes.get(code)
            numbered = self.institutions.registrations.get(code, set())
            if found is None and len(numbered) == 1:
                (found,) = numbered
            return found or Unknown("no_such_institution", "institution_code", code)
        if not name:
            return None
        named = self.institutions.names.get(folded(name), ())
        candidates = self.institutions.visible(named, scope)
        if len(candidates) == 1:
            return candidates.pop()
        fault = "several_institutions" if candidates else "no_such_institution"
        return Unknown(fault, "institution_name", name)

    def department(self, values: Mapping[str, Value]) -> Resolved:
        """The department in which an inspector serves."""
        name = _text(values, "department")
        if not name:
            return None
        return self.departments.get(folded(name)) or Unknown(
            "no_such_department", "department", name
        )

    def person(self, values: Mapping[str, Value]) -> Resolved:
        """The inspector or expert of a relation; the name, if told, has to be his."""
        number, name = _text(values, "person_no"), _text(values, "person_name")
        if number not in self.people:
            return Unknown("no_such_person", "person_no", number)
        entry, borne = self.people[number]
        if name and folded(name) != folded(borne):
            return Unknown("person_name_differs", "person_name", name)
        return entry


def _people(session: Session, day: date) -> dict[str, tuple[int, str]]:
    people: dict[str, tuple[int, str]] = {}
    for noun, number in ((Noun.EXPERT, "expert_no"), (Noun.INSPECTOR, "staff_no")):
        for row in Book.load(session, noun, day).standing.values():
            people[getattr(row, number)] = row.entry_id, row.name
    return people


def _text(values: Mapping[str, Any], key: str) -> str:
    return str(values.get(key) or "")


def by_identity(book: Book, identity: tuple[str, ...]) -> dict[tuple[Any, ...], int]:
    """The entries of a noun by the facts that tell one from another."""
    found: dict[tuple[Any, ...], int] = defaultdict(int)
    for row in book.standing.values():
        found[tuple(getattr(row, name) for name in identity)] = row.entry_id
    return found
