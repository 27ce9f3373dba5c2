"""One fact stated of many institutions at once: a new class, a new supervisor, closed together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from core.roles import Scope, visible
from rosters.changes import Act, Saying, state
from rosters.editing import checked
from rosters.entries import Noun, holds
from rosters.institutions import Institution
from rosters.statements import Change, chunks

FACTS = (
    "credit_class", "cma_class", "standing", "level", "legal_form", "region",
    "jurisdiction", "registrar", "parent", "remark",
)  # fmt: skip
"""What can be said of many at once; names, numbers and fields belong to one alone."""

REASONED = frozenset({"credit_class", "cma_class"})
"""Facts whose reason stands in the roster itself."""


@dataclass(frozen=True)
class BulkPlan:
    """What a bulk change would do.

    Attributes
    ----------
    changing : institutions for which it is not so yet, by id; only those of a given scope.
    so_already : how many bear the value already.
    not_there : how many of those asked for are not in the roster on that day, or out of reach.
    """

    changing: Mapping[int, Institution]
    so_already: int
    not_there: int


def sound_value(fact: str, value: str) -> Any:
    """The value as the roster keeps it.

    Raises
    ------
    pydantic.ValidationError
        If the fact cannot have it.
    """
    return checked(Noun.INSTITUTION, {"name": "—", fact: value})[fact]


def plan_bulk(
    session: Session,
    entries: Collection[int],
    fact: str,
    value: Any,
    day: date,
    scopes: Collection[Scope],
) -> BulkPlan:
    """What stating *value* of *entries* from a *day* on would change."""
    there = _there(session, sorted(set(entries)), day, scopes)
    changing = {one.entry_id: one for one in there if getattr(one, fact) != value}
    return BulkPlan(changing, len(there) - len(changing), len(set(entries)) - len(there))


def _there(
    session: Session, entries: Sequence[int], day: date, scopes: Collection[Scope]
) -> list[Institution]:
    sight = visible(scopes, region=col(Institution.region), institution=Institution.credit_code)
    found: list[Institution] = []
    for chunk in chunks(entries):
        wanted = select(Institution).where(
            col(Institution.entry_id).in_(chunk), holds(Institution, day), sight
        )
        found += session.exec(wanted.order_by(col(Institution.entry_id)))
    return found


def state_of_all(
    session: Session, act: Act, entries: Collection[int], fact: str, value: Any, day: date
) -> Change:
    """State one fact of all *entries* from a *day* on, as one change.

    Raises
    ------
    NothingChanges, EntryNotFound, EntryNotThere
    """
    facts = {fact: value} | ({"class_reason": act.reason} if fact in REASONED else {})
    sayings = [Saying(Noun.INSTITUTION, entry, facts, day) for entry in sorted(entries)]
    return state(session, act, sayings)
