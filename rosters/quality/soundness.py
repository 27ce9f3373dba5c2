"""Whether the dated tables say what has been stated: made again in memory and compared.

They are made from the statements and nobody else writes them; a difference means that somebody
went around the program, or that the program has a fault.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel, col

from rosters.entries import TABLES, Dated, Entry, Noun
from rosters.layout import period_rows
from rosters.statements import chunks, stated

Progress = Callable[[str, int, int], None]
"""Is told the step, and how much of it is done."""


@dataclass(frozen=True)
class Difference:
    """An entry whose periods are not what was stated."""

    noun: Noun
    entry_id: int


def check(session: Session, progress: Progress) -> list[Difference]:
    """The entries whose rows differ from their statements; empty if all is sound.

    Reads everything; at national size that takes some seconds. The database is not changed.
    """
    of = session.execute(select(func.count()).select_from(Entry)).scalar_one()
    found: list[Difference] = []
    done = 0
    for noun in TABLES:
        found += [Difference(noun, key) for key in _strangers(session, noun)]
        wanted = select(col(Entry.id)).where(col(Entry.noun) == noun).order_by(col(Entry.id))
        for chunk in chunks(session.execute(wanted).scalars().all()):
            found += [Difference(noun, key) for key in _differing(session, noun, chunk)]
            done += len(chunk)
            progress("check", done, of)
    return found


def _strangers(session: Session, noun: Noun) -> Iterator[int]:
    """Entries of another noun that have rows in the table of this one."""
    table = TABLES[noun]
    wanted = (
        select(col(table.entry_id))
        .distinct()
        .join(Entry, col(Entry.id) == col(table.entry_id))
        .where(col(Entry.noun) != noun)
    )
    yield from session.execute(wanted).scalars()


def _differing(session: Session, noun: Noun, entries: Sequence[int]) -> Iterator[int]:
    table, told = TABLES[noun], stated(session, entries)
    rows = _rows(session, table, entries)
    for key in entries:
        if rows.get(key, []) != list(period_rows(table, key, told.get(key, []))):
            yield key


def _rows(
    session: Session, table: type[Dated], entries: Sequence[int]
) -> dict[int, list[dict[str, Any]]]:
    """What stands in the table, entry by entry, in order of time."""
    columns = SQLModel.metadata.tables[str(table.__tablename__)]
    wanted = select(columns).where(columns.c.entry_id.in_(entries))
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(wanted.order_by(columns.c.entry_id, columns.c.since)).mappings():
        found[row["entry_id"]].append(dict(row))
    return found
