"""What the rosters know already, laid out so that the rows of a file find their entries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, SQLModel

from core.regions import within
from rosters.entries import TABLES, Noun
from rosters.finding.names import folded

Facts = dict[str, Any]

_FRAME = frozenset({"entry_id", "since", "until"})


class Book:
    """The entries of one noun, as they stand on a day.

    Attributes
    ----------
    standing : one period of each entry: that of the day, or the next one after it.
    gone : periods of entries whose time is over by that day.
    passed : other periods, in which an entry bore other names and numbers.
    """

    def __init__(self, day: date, rows: Iterable[Row[Any]]) -> None:
        self.day = day
        self.standing: dict[int, Row[Any]] = {}
        self.gone: dict[int, Row[Any]] = {}
        self.passed: list[Row[Any]] = []
        # by entry and time: the first that is not over by then stands for its entry
        for row in rows:
            if row.until <= day:
                if earlier := self.gone.get(row.entry_id):
                    self.passed.append(earlier)
                self.gone[row.entry_id] = row
            elif row.entry_id in self.standing:
                self.passed.append(row)
            else:
                self.standing[row.entry_id] = row
        for entry in self.gone.keys() & self.standing.keys():
            self.passed.append(self.gone.pop(entry))

    @classmethod
    def load(cls, session: Session, noun: Noun, day: date) -> "Book":
        """All entries of a noun."""
        table = SQLModel.metadata.tables[str(TABLES[noun].__tablename__)]
        wanted = select(table).order_by(table.c.entry_id, table.c.since)
        return cls(day, session.connection().execute(wanted))

    def facts(self, entry: int) -> Facts | None:
        """What holds of an entry on the day, as plain values; None if it is not there then."""
        row = self.standing.get(entry)
        if row is None or row.since > self.day:
            return None
        return {name: _plain(value) for name, value in row._mapping.items() if name not in _FRAME}


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


@dataclass
class Institutions:
    """The institutions, by all that a file may call them."""

    book: Book
    codes: dict[str, int] = field(default_factory=dict)
    old_codes: dict[str, int] = field(default_factory=dict)
    registrations: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    borne: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    successors: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def load(cls, session: Session, day: date) -> "Institutions":
        """All institutions that were ever there."""
        known = cls(Book.load(session, Noun.INSTITUTION, day))
        for row in known.book.standing.values():
            known._note(row)
        for row in (*known.book.passed, *known.book.gone.values()):
            known._note_former(row)
        for row in Book.load(session, Noun.SUCCESSION, day).standing.values():
            known.successors[row.predecessor_id].add(row.successor_id)
        return known

    def _note(self, row: Row[Any]) -> None:
        if row.credit_code:
            self.codes[row.credit_code] = row.entry_id
        if row.registration_no:
            self.registrations[row.registration_no].add(row.entry_id)
        self._note_name(row)

    def _note_former(self, row: Row[Any]) -> None:
        if row.credit_code:
            self.old_codes[row.credit_code] = row.entry_id
        if row.entry_id in self.book.standing:
            self._note_name(row)

    def _note_name(self, row: Row[Any]) -> None:
        name = folded(row.name)
        self.names[name].add(row.entry_id)
        self.borne[row.entry_id].add(name)

    def heirs(self, entry: int) -> set[int]:
        """Who is there today for an entry that is over: those it went on in, at last."""
        found, todo, seen = set[int](), [entry], {entry}
        while todo:
            for successor in self.successors[todo.pop()] - seen:
                seen.add(successor)
                todo.append(successor)
                if successor in self.book.standing:
                    found.add(successor)
        return found

    def code(self, entry: int) -> str:
        """The credit code of an entry that stands."""
        code: str = self.book.standing[entry].credit_code
        return code

    def region(self, entry: int) -> str:
        """The region of an entry, also of one whose time is over."""
        row = self.book.standing.get(entry) or self.book.gone[entry]
        region: str = row.region
        return region

    def visible(self, entries: Collection[int], scope: str) -> set[int]:
        """Those of *entries* that lie in a region; an empty *scope* is the nation."""
        return {entry for entry in entries if sees(scope, self.region(entry))}


def sees(scope: str, region: str) -> bool:
    """Whether *region* lies in *scope*; an empty scope is the nation."""
    return not scope or within(region, scope)


@dataclass
class Holdings:
    """What belongs to institutions: certificates by number, centres and people by institution."""

    certificates: Book
    numbers: dict[str, int]
    centres: Book
    centres_of: Mapping[int, Mapping[str, int]]
    contacts: Book
    contacts_of: Mapping[int, Mapping[str, list[int]]]

    @classmethod
    def load(cls, session: Session, day: date) -> "Holdings":
        """All of them, as they stand on a day."""
        certificates = Book.load(session, Noun.CERTIFICATE, day)
        centres = Book.load(session, Noun.QI_CENTRE, day)
        contacts = Book.load(session, Noun.CONTACT, day)
        centres_of: dict[int, dict[str, int]] = defaultdict(dict)
        for row in centres.standing.values():
            centres_of[row.institution_id][folded(row.name)] = row.entry_id
        contacts_of: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row in contacts.standing.values():
            contacts_of[row.institution_id][row.role.value].append(row.entry_id)
        return cls(
            certificates,
            {row.number: row.entry_id for row in certificates.standing.values()},
            centres,
            centres_of,
            contacts,
            contacts_of,
        )

    def owner(self, number: str) -> int | None:
        """The institution that holds a certificate."""
        entry = self.numbers.get(number)
        if entry is None:
            return None
        owner: int = self.certificates.standing[entry].institution_id
        return owner
