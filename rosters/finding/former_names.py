"""The names by which a list finds institutions, though they do not bear them on the day."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from rosters.entries import holds
from rosters.institutions import Institution
from rosters.successions import Succession


def former_names(session: Session, entries: Collection[int], day: date) -> dict[int, list[str]]:
    """The names that each of *entries* bore before the one of a *day*, the oldest first."""
    wanted: Any = (
        select(col(Institution.entry_id), col(Institution.name), col(Institution.until))
        .where(col(Institution.entry_id).in_(sorted(entries)), col(Institution.since) <= day)
        .order_by(col(Institution.since))
    )
    names: dict[int, dict[str, None]] = defaultdict(dict)
    now: dict[int, str] = {}
    for entry, name, until in session.exec(wanted) if entries else ():
        names[entry][name] = None
        if until > day:
            now[entry] = name
    return {
        entry: former
        for entry, of in names.items()
        if (former := [name for name in of if name != now.get(entry)])
    }


def names_carried_on(session: Session, entries: Collection[int], day: date) -> dict[int, list[str]]:
    """The names of those that went into each of *entries*, as told in the roster on a *day*.

    One generation back: who carries on a longer line is found by its names too, and its file
    tells them.
    """
    wanted: Any = (
        select(col(Succession.successor_id), col(Institution.name))
        .join(Institution, col(Institution.entry_id) == col(Succession.predecessor_id))
        .where(col(Succession.successor_id).in_(sorted(entries)), holds(Succession, day))
        .order_by(col(Institution.entry_id), col(Institution.since))
    )
    names: dict[int, dict[str, None]] = defaultdict(dict)
    for entry, name in session.exec(wanted) if entries else ():
        names[entry][name] = None
    return {entry: list(of) for entry, of in names.items()}
