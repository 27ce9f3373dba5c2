"""Finding an entry by any fragment of what it is or was called, its numbers, its initials.

A row of `Search` holds all that an entry can be found by, on whatever day it bore it: an old
name finds the institution of today. The rows follow from the dated tables (`rosters.layout`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, delete, insert, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlmodel import Field, Session, SQLModel, col, select

from core.database import enum_column
from rosters.belongings import institutions_concerned
from rosters.certificates import Certificate
from rosters.entries import Dated, Noun
from rosters.experts import Expert
from rosters.finding.names import folded, initials, person_syllables, syllables
from rosters.inspectors import Inspector
from rosters.institutions import Institution
from rosters.kin import ancestors
from rosters.layout import follows
from rosters.premises import QICentre
from rosters.statements import chunks

MOST_WORDS = 8
"""Fragments of one question that are looked at; nobody remembers more of a name."""

LEAST_INITIALS = 2
"""A single letter is the initial of nearly every name."""

_BETWEEN = "\n"
"""Stands between two texts of a row; `folded` leaves it in none of them."""


class Search(SQLModel, table=True):
    """What an entry can be found by, folded; names with their *initials* apart."""

    __tablename__ = "roster_search"

    entry_id: int = Field(primary_key=True, foreign_key="roster_entry.id")
    noun: Noun = Field(sa_type=enum_column(Noun), index=True)
    text: str = Field(sa_type=Text)
    initials: str = Field(sa_type=Text)


# -- asking ------------------------------------------------------------------------------------


class _position(GenericFunction[int]):  # noqa: N801  # it is a function of SQL
    """Where a text stands in another, from 1; 0 if it does not. Faster than LIKE by half."""

    type = Integer()
    inherit_cache = True


@compiles(_position)
def _strpos(element: Any, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


@compiles(_position, "sqlite")
def _instr(element: Any, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


def fragments(words: str) -> list[str]:
    """What is looked for: the parts of *words* between blanks, folded."""
    parts = (folded(part) for part in words.split())
    return [part for part in parts if part][:MOST_WORDS]


def condition(words: str, noun: Noun, entry: Any) -> ColumnElement[bool]:
    """That the entry of a noun whose id stands in the column *entry* is found by all *words*."""
    wanted = fragments(words)
    if not wanted:
        return true()
    found = select(Search.entry_id).where(col(Search.noun) == noun, *map(_found_by, wanted))
    matches: ColumnElement[bool] = entry.in_(found)
    return matches


def _found_by(fragment: str) -> ColumnElement[bool]:
    by_text: ColumnElement[bool] = _position(col(Search.text), fragment) > 0
    if len(fragment) < LEAST_INITIALS or not (fragment.isascii() and fragment.isalpha()):
        return by_text
    return or_(by_text, _position(col(Search.initials), fragment) > 0)


# -- keeping it true ---------------------------------------------------------------------------

Texts = dict[int, dict[str, None]]
"""For each entry its texts, each once, in the order in which it bore them."""


@follows(Noun.INSTITUTION, Noun.CERTIFICATE, Noun.QI_CENTRE, Noun.SUCCESSION)
def find_institutions(session: Session, changed: Mapping[Noun, Collection[int]]) -> None:
    """Write anew what the institutions concerned by a change are found by.

    Whoever came from another institution is found by all that this one was found by.
    """
    before = ancestors(session)
    concerned = institutions_concerned(session, changed)
    heirs = {entry for entry, of in before.items() if not of.isdisjoint(concerned)}
    for chunk in chunks(sorted(concerned | heirs)):
        family = {entry: [entry, *sorted(before.get(entry, ()))] for entry in chunk}
        rows = _institution_rows(session, family)
        _replace(session, chunk, rows)


def _institution_rows(
    session: Session, family: Mapping[int, Sequence[int]]
) -> Iterator[dict[str, Any]]:
    """The rows of institutions, each with those it came from."""
    entries = sorted({one for members in family.values() for one in members})
    names = _borne(session, Institution, "entry_id", entries, "name")
    centres = _borne(session, QICentre, "institution_id", entries, "name")
    numbers = _borne(session, Institution, "entry_id", entries, "credit_code", "registration_no")
    certificates = _borne(session, Certificate, "institution_id", entries, "number")
    for entry, members in family.items():
        if entry in names:
            called = _texts(members, names, centres)
            yield _row(
                Noun.INSTITUTION, entry, called, _texts(members, numbers, certificates), syllables
            )


def _texts(members: Sequence[int], *borne: Texts) -> list[str]:
    return [text for one in members for of in borne for text in of.get(one, ())]


@follows(Noun.INSPECTOR, Noun.EXPERT)
def find_people(session: Session, changed: Mapping[Noun, Collection[int]]) -> None:
    """Write anew what inspectors and experts are found by."""
    for noun, entries in changed.items():
        table, columns = _PEOPLE[noun]
        for chunk in chunks(sorted(entries)):
            names = _borne(session, table, "entry_id", chunk, "name")
            others = _borne(session, table, "entry_id", chunk, *columns)
            rows = (
                _row(noun, entry, list(names[entry]), list(others[entry]), person_syllables)
                for entry in list(names)
            )
            _replace(session, chunk, rows)


_PEOPLE: dict[Noun, tuple[type[Dated], tuple[str, ...]]] = {
    Noun.INSPECTOR: (Inspector, ("staff_no", "ministry_no", "province_no")),
    Noun.EXPERT: (Expert, ("expert_no", "employer")),
}


def _borne(
    session: Session, table: type[Dated], key: str, entries: Sequence[int], *columns: str
) -> Texts:
    """What stands in the *columns* of *table* on whatever day, by the entry named by *key*."""
    owner = getattr(table, key)
    wanted: Any = (
        select(owner, *(getattr(table, name) for name in columns))
        .where(owner.in_(entries))
        .order_by(col(table.since))
    )
    found: Texts = defaultdict(dict)
    for entry, *texts in session.connection().execute(wanted):
        found[entry].update(dict.fromkeys(filter(None, texts)))
    return found


def _row(
    noun: Noun,
    entry: int,
    names: Sequence[str],
    others: Sequence[str],
    sounds: Callable[[str], tuple[str, ...]],
) -> dict[str, Any]:
    return {
        "entry_id": entry,
        "noun": noun,
        "text": _BETWEEN.join(map(folded, [*names, *others])),
        "initials": _BETWEEN.join(initials(sounds(name)) for name in names),
    }


def _replace(session: Session, entries: Sequence[int], rows: Iterable[dict[str, Any]]) -> None:
    connection = session.connection()
    connection.execute(delete(Search).where(col(Search.entry_id).in_(entries)))
    if told := list(rows):
        connection.execute(insert(Search), told)
