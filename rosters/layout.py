"""The tables of the nouns, and what follows from them, made from the statements.

Nothing else writes these tables; `lay_out_again` makes any part of them anew.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from core.errors import Conflict
from rosters.entries import TABLES, Dated, Noun
from rosters.statements import chunks, stated
from rosters.timeline import Facts, Stated, periods


class KeyTaken(Conflict):
    """Another entry bears the same number: a credit code or a certificate number is unique."""

    code = "roster_key_taken"


Projection = Callable[[Session, Mapping[Noun, Collection[int]]], None]
"""Makes a table that follows from others anew, after entries of some nouns have changed."""

PROJECTIONS: dict[Projection, frozenset[Noun]] = {}


def follows(*nouns: Noun) -> Callable[[Projection], Projection]:
    """Let a projection be made anew whenever entries of these nouns have changed."""

    def register(projection: Projection) -> Projection:
        PROJECTIONS[projection] = frozenset(nouns)
        return projection

    return register


def lay_out(session: Session, touched: Mapping[Noun, Mapping[int, list[Stated]]]) -> None:
    """Write the periods of the entries anew, and what follows from them."""
    for noun, entries in touched.items():
        table, keys = TABLES[noun], sorted(entries)
        for chunk in chunks(keys):
            session.connection().execute(delete(table).where(col(table.entry_id).in_(chunk)))
        # all are gone before any comes back: a number may pass from one entry to another
        for chunk in chunks(keys):
            rows = [row for key in chunk for row in period_rows(table, key, entries[key])]
            try:
                if rows:
                    session.connection().execute(insert(table), rows)
            except IntegrityError as error:
                raise KeyTaken(noun=noun.value) from error
    for project, followed in PROJECTIONS.items():
        # once for all of them: an import touches institutions and what they hold together
        if concerned := {n: entries.keys() for n, entries in touched.items() if n in followed}:
            project(session, concerned)
    _forget_what_was_read(session)


def _forget_what_was_read(session: Session) -> None:
    """Whoever asks again is given the new rows; what he holds stays as it was."""
    for read in list(session):
        if isinstance(read, Dated):
            session.expunge(read)


def period_rows(
    table: type[Dated], entry_id: int, told: Iterable[Stated]
) -> Iterator[dict[str, Any]]:
    """The rows of an entry in the table of its noun."""
    for period in periods(told):
        yield row_of(table, period.facts) | {
            "entry_id": entry_id,
            "since": period.since,
            "until": period.until,
        }


def row_of(table: type[Dated], facts: Facts) -> dict[str, Any]:
    """The facts as columns of *table*; what was never stated has its default."""
    shape = _shape(table)
    told = {name: facts[name] for name in facts if name in shape.facts}
    dates = {
        name: date.fromisoformat(told[name]) for name in shape.dates & told.keys() if told[name]
    }
    return shape.defaults | told | dates


def defaults(table: type[Dated]) -> dict[str, Any]:
    """What each fact of a noun is until something is stated of it."""
    return _shape(table).defaults


def required(table: type[Dated]) -> frozenset[str]:
    """The facts that have to be stated of every entry of a noun."""
    return _shape(table).required


class _Shape(NamedTuple):
    """What is known of the columns of a table that hold facts."""

    facts: frozenset[str]
    defaults: dict[str, Any]
    required: frozenset[str]
    dates: frozenset[str]


@cache
def _shape(table: type[Dated]) -> _Shape:
    own = {n: f for n, f in table.model_fields.items() if n not in Dated.model_fields}
    needed = frozenset(name for name, field in own.items() if field.is_required())
    return _Shape(
        facts=frozenset(own),
        defaults={name: f.get_default() for name, f in own.items() if name not in needed},
        required=needed,
        dates=frozenset(name for name, field in own.items() if field.annotation in _A_DATE),
    )


_A_DATE: tuple[Any, ...] = (date, date | None)


def lay_out_again(session: Session, entries: Mapping[int, Noun]) -> None:
    """Make the periods of entries anew from what has been stated of them."""
    told = stated(session, entries)
    touched: dict[Noun, dict[int, list[Stated]]] = defaultdict(dict)
    for key, noun in entries.items():
        touched[noun][key] = told.get(key, [])
    lay_out(session, touched)
