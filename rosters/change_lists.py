"""The changes of the rosters: who made them, what they said, and who may see or undo them.

A change is seen by whoever sees one of the entries it spoke of, or made it himself; it is undone
by whoever may change all of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true, union_all
from sqlmodel import Session, col
from sqlmodel import select as of

from core.roles import Scope, ScopeKind, visible
from rosters.belongings import OWNED
from rosters.changes import masked
from rosters.entries import TABLES, Entry, Noun
from rosters.institutions import Institution
from rosters.statements import Change, ChangeKind, ChangeNotFound, Statement, get_change

SIZE = 50
MOST_SHOWN = 200
"""Statements of a change that a page shows; all of them are in the file."""


@dataclass(frozen=True)
class Sought:
    """What the list of changes is narrowed by; empty: by nothing.

    Attributes
    ----------
    words : a part of the name of who made it, of the reason or of the source.
    since, until : when it was made; from the first, before the second.
    """

    kind: ChangeKind | None = None
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    withdrawn: bool | None = None


@dataclass(frozen=True)
class ChangePage:
    """A page of the list; *counts* says how many statements each change made, by its id."""

    changes: Sequence[Change]
    counts: Mapping[int, int]
    total: int


@dataclass(frozen=True)
class Stating:
    """What a change said of one entry; personal facts are masked."""

    noun: Noun
    entry_id: int
    takes_effect: Any
    facts: Mapping[str, Any]


def changes_page(
    session: Session,
    sought: Sought,
    scopes: Collection[Scope],
    maker: int,
    number: int = 1,
    size: int = SIZE,
) -> ChangePage:
    """The *number*-th page, from 1, the newest change first; beyond the last there is nothing.

    Parameters
    ----------
    maker : who asks; he sees what he did himself.
    """
    # counted in the same pass: who sees what is the dear part of the question
    wanted: Any = (
        of(Change, func.count().over())
        .where(*_matches(sought), _seen(scopes, maker))
        .order_by(col(Change.id).desc())
        .offset((number - 1) * size)
        .limit(size)
    )
    rows = session.exec(wanted).all()
    found = [change for change, _ in rows]
    total = rows[0][1] if rows else 0
    return ChangePage(found, _counts(session, [one.key for one in found]), total)


def _matches(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.kind is not None:
        found.append(col(Change.kind) == sought.kind)
    for column, limit, after in ((Change.at, sought.since, True), (Change.at, sought.until, False)):
        if limit is not None:
            found.append(col(column) >= limit if after else col(column) < limit)
    if sought.withdrawn is not None:
        undone = col(Change.withdrawn_at).is_not(None)
        found.append(undone if sought.withdrawn else ~undone)
    if sought.words:
        columns = (Change.actor_name, Change.reason, Change.source)
        found.append(or_(*(col(one).contains(sought.words, autoescape=True) for one in columns)))
    return found


def _counts(session: Session, changes: Sequence[int]) -> dict[int, int]:
    wanted: Any = (
        select(Statement.change_id, func.count().label("many"))  # type: ignore[call-overload]
        .where(col(Statement.change_id).in_(changes))
        .group_by(col(Statement.change_id))
    )
    found = session.connection().execute(wanted)
    return {row.change_id: row.many for row in found}


# -- one change --------------------------------------------------------------------------------


def seen_change(session: Session, change_id: int, scopes: Collection[Scope], maker: int) -> Change:
    """A change that who asks may see.

    Raises
    ------
    ChangeNotFound
    """
    change = get_change(session, change_id)
    seen = of(Change.id).where(Change.id == change_id, _seen(scopes, maker))
    if session.exec(seen).first() is None:
        raise ChangeNotFound(change=change_id)
    return change


def reaches_all(session: Session, change_id: int, scopes: Collection[Scope]) -> bool:
    """Whether every entry that a change spoke of is within *scopes*: only then to be undone."""
    if _whole(scopes):
        return True
    beyond = of(Statement.id).where(
        Statement.change_id == change_id,
        col(Statement.entry_id).not_in(_entries_within(scopes)),
    )
    return session.exec(beyond.limit(1)).first() is None


def statements_in(session: Session, change_id: int) -> int:
    """How many statements a change made, whoever may see them."""
    return _counts(session, [change_id]).get(change_id, 0)


def statements_of(
    session: Session, change_id: int, scopes: Collection[Scope], most: int = MOST_SHOWN
) -> list[Stating]:
    """What a change said of the entries within *scopes*, in its order, *most* of it."""
    wanted: Any = (
        of(Statement, col(Entry.noun))
        .join(Entry, col(Entry.id) == col(Statement.entry_id))
        .where(Statement.change_id == change_id)
        .order_by(col(Statement.id))
        .limit(most)
    )
    if not _whole(scopes):
        wanted = wanted.where(col(Statement.entry_id).in_(_entries_within(scopes)))
    return [
        Stating(noun, one.entry_id, one.takes_effect, masked(one.facts))
        for one, noun in session.exec(wanted)
    ]


# -- sight -------------------------------------------------------------------------------------


def _whole(scopes: Collection[Scope]) -> bool:
    return any(scope.kind == ScopeKind.NATION for scope in scopes)


def _seen(scopes: Collection[Scope], maker: int) -> ColumnElement[bool]:
    if _whole(scopes):
        return true()
    within = select(Statement.change_id).where(  # type: ignore[call-overload]
        col(Statement.entry_id).in_(_entries_within(scopes))
    )
    return or_(col(Change.actor_id) == maker, col(Change.id).in_(within))


def _entries_within(scopes: Collection[Scope]) -> Any:
    """The entries that lie, or once lay, within *scopes*: by their own region or by their owner's.

    A succession belongs to both institutions; lists of the nation to nobody in particular.
    """
    own = [_of_noun(noun, scopes) for noun in TABLES if noun == Noun.INSTITUTION or _placed(noun)]
    held = [
        select(col(table.entry_id)).where(getattr(table, owner).in_(_within(of_noun, scopes)))
        for noun, owner, of_noun in OWNED
        for table in (TABLES[noun],)
    ]
    return union_all(*own, *held)


def _placed(noun: Noun) -> bool:
    return noun in (Noun.INSPECTOR, Noun.EXPERT, Noun.DEPARTMENT)


def _within(noun: Noun, scopes: Collection[Scope]) -> Any:
    return _of_noun(noun, scopes).scalar_subquery()


def _of_noun(noun: Noun, scopes: Collection[Scope]) -> Any:
    table: Any = TABLES[noun]
    code = col(Institution.credit_code) if table is Institution else None
    return select(table.entry_id).where(visible(scopes, region=col(table.region), institution=code))
