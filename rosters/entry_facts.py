"""One entry on a day, with the day since when each of its facts has been so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from rosters.entries import TABLES, Dated, Noun
from rosters.statements import EntryNotFound


@dataclass(frozen=True)
class EntryFacts:
    """What is known of an entry.

    Attributes
    ----------
    row : its facts on the day; if it was not in the roster then, those of the last day before on
        which it was, or else of the first.
    present : whether it is in the roster on the day.
    since : for each fact the first day of the unbroken time in which it has been what it is.
    periods : all of them, in order.
    """

    row: Any
    present: bool
    since: Mapping[str, date]
    periods: Sequence[Any]


def entry_facts(session: Session, noun: Noun, entry_id: int, day: date) -> EntryFacts:
    """An entry on a *day*.

    Raises
    ------
    EntryNotFound
        If there is none of this noun, or none that was ever in the roster.
    """
    table = TABLES[noun]
    wanted = select(table).where(col(table.entry_id) == entry_id).order_by(col(table.since))
    periods: Sequence[Any] = session.exec(wanted).all()
    if not periods:
        raise EntryNotFound(entry=entry_id)
    at = max((n for n, period in enumerate(periods) if period.since <= day), default=0)
    row = periods[at]
    present = row.since <= day < row.until
    return EntryFacts(row, present, _since(table, periods[: at + 1]), periods)


def _since(table: type[Dated], periods: Sequence[Any]) -> dict[str, date]:
    row = periods[-1]
    found: dict[str, date] = {}
    for name in table.model_fields.keys() - Dated.model_fields.keys():
        first = row
        for before in reversed(periods[:-1]):
            if before.until != first.since or getattr(before, name) != getattr(row, name):
                break
            first = before
        found[name] = first.since
    return found
