"""The names that institutions bore before, for lists in which they are found by an old one."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from rosters.institutions import Institution


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
