"""Which entry somebody means by a number or a name, and what entries are called."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import Session, col, select

from core.roles import Scope, visible
from rosters.departments import Department
from rosters.entries import TABLES, Entry, Noun, holds
from rosters.experts import Expert
from rosters.finding.names import folded
from rosters.finding.search import condition, fragments
from rosters.inspectors import Inspector
from rosters.statements import chunks

MOST = 12
"""So many candidates are offered at once; whoever finds more types more."""


@dataclass(frozen=True)
class Named:
    """An entry as somebody recognises it: its name, its number, and where it is.

    Attributes
    ----------
    region : code of its region; empty for the nation.
    """

    entry_id: int
    noun: Noun
    name: str
    number: str
    region: str


_NUMBERS: dict[Noun, str] = {
    Noun.INSTITUTION: "credit_code",
    Noun.INSPECTOR: "staff_no",
    Noun.EXPERT: "expert_no",
}
"""By which number an entry is known."""

PEOPLE = (Noun.INSPECTOR, Noun.EXPERT)


def institutions_meant(session: Session, words: str, day: date) -> list[Named]:
    """The institutions that *words* may mean, on a *day*: by code, or by parts of any name.

    Whole codes and whole names go before all others: with one of these, nothing else is meant.
    """
    if not fragments(words):
        return []
    return _closest(_found(session, Noun.INSTITUTION, words, day, true()), words)


def people_meant(session: Session, words: str, day: date, scopes: Collection[Scope]) -> list[Named]:
    """The inspectors and experts within sight that *words* may mean, on a *day*."""
    if not fragments(words):
        return []
    found = [
        one
        for noun in PEOPLE
        for one in _found(session, noun, words, day, visible(scopes, region=_region(noun)))
    ]
    return _closest(found, words)


def _region(noun: Noun) -> Any:
    return col(TABLES[noun].region)  # type: ignore[attr-defined]


def _found(
    session: Session, noun: Noun, words: str, day: date, seen: ColumnElement[bool]
) -> list[Named]:
    table: Any = TABLES[noun]
    number = getattr(table, _NUMBERS[noun])
    exact = or_(number == words, table.name == words)
    wanted = (
        select(table)
        .where(holds(table, day), seen, condition(words, noun, col(table.entry_id)))
        .order_by(exact.desc(), col(table.name), col(table.entry_id))
        .limit(MOST + 1)
    )
    return [_named(noun, row) for row in session.exec(wanted)]


def _named(noun: Noun, row: Any) -> Named:
    number = getattr(row, _NUMBERS[noun]) if noun in _NUMBERS else ""
    return Named(row.entry_id, noun, row.name, number, row.region)


def _closest(found: list[Named], words: str) -> list[Named]:
    same = folded(words)
    for exact in (
        [one for one in found if folded(one.number) == same],
        [one for one in found if folded(one.name) == same],
    ):
        if exact:
            return exact
    return found


def named(session: Session, entries: Collection[int], day: date) -> dict[int, Named]:
    """What entries are called on a *day*, or were called last; unknown ids are left out.

    Institutions, people and departments have names; of other nouns nothing is told.
    """
    found: dict[int, Named] = {}
    for noun, keys in _by_noun(session, entries).items():
        table: Any = TABLES[noun]
        for chunk in chunks(sorted(keys)):
            wanted = select(table).where(col(table.entry_id).in_(chunk))
            # the row of the day comes last and stays; else the latest before or after it
            for row in session.exec(wanted.order_by(holds(table, day), col(table.since))):
                found[row.entry_id] = _named(noun, row)
    return found


_NAMED = frozenset({*_NUMBERS, Noun.DEPARTMENT})


def _by_noun(session: Session, entries: Collection[int]) -> dict[Noun, list[int]]:
    nouns: dict[Noun, list[int]] = defaultdict(list)
    for chunk in chunks(sorted(set(entries))):
        wanted = select(Entry).where(col(Entry.id).in_(chunk), col(Entry.noun).in_(_NAMED))
        for entry in session.exec(wanted):
            nouns[entry.noun].append(entry.id or 0)
    return nouns


def departments_on(session: Session, day: date) -> list[Department]:
    """All departments of a *day*, the national ones first, then by region and name."""
    wanted = select(Department).where(holds(Department, day))
    order = col(Department.region), col(Department.trade), col(Department.name)
    return list(session.exec(wanted.order_by(*order)))


def own_entry(session: Session, login_name: str, day: date) -> Inspector | Expert | None:
    """The entry of whoever logs in under a name, on a *day*; None if he has none."""
    for table in (Inspector, Expert):
        wanted: Any = select(table).where(table.login_name == login_name, holds(table, day))
        if login_name and (found := session.exec(wanted).first()) is not None:
            mine: Inspector | Expert = found
            return mine
    return None
