"""Lists of the smaller nouns on any day: departments, leaves, relations, items, mappings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, true
from sqlmodel import Session, col, select

from core.regions import significant
from core.roles import NATION, Scope, visible
from rosters.departments import Department, Trade
from rosters.entries import TABLES, Noun, holds
from rosters.experts import Expert
from rosters.finding.names import folded
from rosters.finding.search import condition
from rosters.inspectors import Inspector, Leave
from rosters.items import CheckItem, JointItem
from rosters.relations import Relation, RelationKind
from rosters.vocabularies import TERMS, FieldMapping, Vocabulary

# -- departments -------------------------------------------------------------------------------


@dataclass(frozen=True)
class DepartmentRow:
    """A department, and how many inspectors within sight belong to it."""

    department: Department
    inspectors: int


def departments(
    session: Session,
    day: date,
    scopes: Collection[Scope],
    *,
    words: str = "",
    trade: Trade | None = None,
    region: str = "",
) -> list[DepartmentRow]:
    """The departments of a *day*, the national ones first; everybody may know all of them.

    Parameters
    ----------
    region : only those within it, and the national ones.
    """
    wanted = select(Department).where(holds(Department, day))
    if trade is not None:
        wanted = wanted.where(Department.trade == trade)
    if region:
        within = col(Department.region).startswith(significant(region))
        wanted = wanted.where(or_(within, col(Department.region) == ""))
    order = col(Department.region), col(Department.trade), col(Department.name)
    counts = _inspectors_of(session, day, scopes)
    return [
        DepartmentRow(one, counts.get(one.entry_id, 0))
        for one in session.exec(wanted.order_by(*order))
        if folded(words) in folded(one.name)
    ]


def _inspectors_of(session: Session, day: date, scopes: Collection[Scope]) -> dict[int, int]:
    seen = visible(scopes, region=col(Inspector.region))
    wanted: Any = select(col(Inspector.department_id), func.count())
    wanted = wanted.where(holds(Inspector, day), seen).group_by(col(Inspector.department_id))
    return dict(session.exec(wanted).all())


# -- leaves ------------------------------------------------------------------------------------


def leaves_of(session: Session, inspector_id: int, day: date) -> list[Leave]:
    """The leaves of an inspector as they are known on a *day*, the latest first."""
    wanted = select(Leave).where(Leave.inspector_id == inspector_id, holds(Leave, day))
    return list(session.exec(wanted.order_by(col(Leave.first_day).desc(), col(Leave.entry_id))))


# -- relations ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class RelationFilters:
    """What a list of relations is narrowed by.

    Attributes
    ----------
    words : of the person or of the institution.
    """

    day: date
    words: str = ""
    kind: RelationKind | None = None
    declared: bool | None = None
    person_id: int | None = None
    institution_id: int | None = None


def relations(
    session: Session,
    filters: RelationFilters,
    scopes: Collection[Scope],
    number: int = 1,
    size: int = 50,
) -> tuple[list[Relation], int]:
    """The *number*-th page of the relations of people within sight, and how many there are."""
    matches = [holds(Relation, filters.day), *_narrowed(filters), _seen(scopes, filters.day)]
    total = session.exec(select(func.count()).select_from(Relation).where(*matches)).one()
    wanted = select(Relation).where(*matches).order_by(col(Relation.entry_id).desc())
    return list(session.exec(wanted.offset((number - 1) * size).limit(size))), total


def relations_of(session: Session, person_id: int, day: date) -> list[Relation]:
    """All relations of one person, the newest first."""
    wanted = select(Relation).where(Relation.person_id == person_id, holds(Relation, day))
    return list(session.exec(wanted.order_by(col(Relation.entry_id).desc())))


def _narrowed(filters: RelationFilters) -> list[ColumnElement[bool]]:
    asked: list[tuple[Any, Any]] = [
        (Relation.kind, filters.kind),
        (Relation.declared, filters.declared),
        (Relation.person_id, filters.person_id),
        (Relation.institution_id, filters.institution_id),
    ]
    found = [column == value for column, value in asked if value is not None]
    person, institution = col(Relation.person_id), col(Relation.institution_id)
    by_words = [
        condition(filters.words, Noun.INSTITUTION, institution),
        condition(filters.words, Noun.INSPECTOR, person),
        condition(filters.words, Noun.EXPERT, person),
    ]
    return [*found, or_(*by_words)] if filters.words else found


def _seen(scopes: Collection[Scope], day: date) -> ColumnElement[bool]:
    if NATION in scopes:
        return true()
    people = [
        select(table.entry_id).where(holds(table, day), visible(scopes, region=col(table.region)))
        for table in (Inspector, Expert)
    ]
    return or_(*(col(Relation.person_id).in_(those) for those in people))


# -- items and mappings ------------------------------------------------------------------------


def check_items(session: Session, day: date) -> list[CheckItem]:
    """The list of random checks as it was published on a *day*, by number."""
    wanted = select(CheckItem).where(holds(CheckItem, day))
    return list(session.exec(wanted.order_by(col(CheckItem.number))))


def joint_items(session: Session, day: date) -> list[JointItem]:
    """The list of joint supervision as it was published on a *day*, by number."""
    wanted = select(JointItem).where(holds(JointItem, day))
    return list(session.exec(wanted.order_by(col(JointItem.number))))


def versions(session: Session, nouns: Sequence[Noun], day: date) -> list[date]:
    """The days until *day* on which any entry of the nouns changed, the newest first."""
    found: set[date] = set()
    for noun in nouns:
        table = TABLES[noun]
        for column in (col(table.since), col(table.until)):
            found.update(session.exec(select(column).where(column <= day).distinct()))
    return sorted(found, reverse=True)


def mappings(
    session: Session,
    day: date,
    *,
    source: Vocabulary | None = None,
    target: Vocabulary | None = None,
    term: str = "",
) -> list[FieldMapping]:
    """Which terms stood for which on a *day*, in the order of the vocabularies."""
    wanted = select(FieldMapping).where(holds(FieldMapping, day))
    if source is not None:
        wanted = wanted.where(FieldMapping.source == source)
    if target is not None:
        wanted = wanted.where(FieldMapping.target == target)
    found = session.exec(wanted).all()
    return sorted(
        (one for one in found if not term or term in (one.source_term, one.target_term)),
        key=lambda one: (
            _place(one.source, one.source_term), _place(one.target, one.target_term), one.entry_id,
        ),
    )  # fmt: skip


def _place(vocabulary: Vocabulary, term: str) -> tuple[int, int, str]:
    """Where a term stands; one that the vocabulary has not (any more) comes last."""
    terms = TERMS[vocabulary]
    at = terms.index(term) if term in terms else len(terms)
    return list(Vocabulary).index(vocabulary), at, term
