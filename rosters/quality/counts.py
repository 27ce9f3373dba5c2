"""The quality of the rosters: how many entries have each fault in each province, and which.

Set-based: one query for each noun, fast enough to be asked with every look at the page.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlmodel import Session, col

from core.regions import Region, provinces
from core.roles import Scope, visible
from rosters.entries import Dated, Noun, holds
from rosters.experts import Expert
from rosters.inspectors import Inspector
from rosters.institutions import Institution
from rosters.items import CheckItem, JointItem
from rosters.quality.faults import KINDS, FaultKind
from rosters.relations import Relation


class Faulty(NamedTuple):
    """An entry with a fault.

    Attributes
    ----------
    shown : the name, or what stands for it.
    owner : the person a relation belongs to; otherwise the entry itself.
    """

    entry_id: int
    shown: str
    region: str
    owner: int


@dataclass(frozen=True)
class _Rows:
    """Where the entries of a noun are, and how they are shown."""

    table: type[Dated]
    shown: Any
    region: Any
    owner: Any
    institution: Any = None


_NOWHERE = literal("")


def _person_region(day: date) -> Any:
    """The region of the person a relation belongs to: inspector or expert."""
    found = [
        select(col(table.region))
        .where(col(table.entry_id) == col(Relation.person_id), holds(table, day))
        .scalar_subquery()
        for table in (Inspector, Expert)
    ]
    return func.coalesce(*found, "")


def _rows(noun: Noun, day: date) -> _Rows:
    match noun:
        case Noun.INSTITUTION:
            table = Institution
            code = col(table.credit_code)
            return _Rows(table, col(table.name), col(table.region), col(table.entry_id), code)
        case Noun.INSPECTOR | Noun.EXPERT:
            people = Inspector if noun is Noun.INSPECTOR else Expert
            return _Rows(people, col(people.name), col(people.region), col(people.entry_id))
        case Noun.RELATION:
            person = col(Relation.person_id)
            return _Rows(Relation, col(Relation.note), _person_region(day), person)
        case _:
            items = CheckItem if noun is Noun.CHECK_ITEM else JointItem
            return _Rows(items, col(items.name), _NOWHERE, col(items.entry_id))


def counts(
    session: Session, day: date, scopes: Collection[Scope]
) -> dict[str, dict[Region | None, int]]:
    """How many entries have each fault on a *day*, by code of its kind and by province.

    One query for each noun. The province is None where an entry has no region; a province
    without a fault is left out, a kind without one has an empty table.
    """
    by_digits = {province.code[:2]: province for province in provinces()}
    found: dict[str, dict[Region | None, int]] = {kind.code: {} for kind in KINDS}
    for noun, kinds in _by_noun().items():
        rows = _rows(noun, day)
        province = func.substr(rows.region, 1, 2)
        wanted = select(
            province, *(func.sum(case((kind.faulty(day), 1), else_=0)) for kind in kinds)
        ).where(holds(rows.table, day), _seen(rows, scopes))
        for digits, *many in session.execute(wanted.group_by(province)):
            for kind, number in zip(kinds, many, strict=True):
                if number:
                    found[kind.code][by_digits.get(digits)] = number
    return found


def faulty_entries(
    session: Session,
    kind: FaultKind,
    day: date,
    scopes: Collection[Scope],
    province: Region | None = None,
    nowhere: bool = False,
    first: int = 0,
    most: int = 50,
) -> tuple[list[Faulty], int]:
    """The entries with a fault on a *day*, and how many there are in all.

    Parameters
    ----------
    province : only this one; None for all of them.
    nowhere : only those without a region, as under None in `counts`.
    """
    rows = _rows(kind.noun, day)
    wanted = select(
        col(rows.table.entry_id), rows.shown, rows.region.label("region"), rows.owner.label("owner")
    ).where(holds(rows.table, day), kind.faulty(day), _seen(rows, scopes))
    if province is not None:
        wanted = wanted.where(func.substr(rows.region, 1, 2) == province.code[:2])
    if nowhere:
        wanted = wanted.where(rows.region == "")
    counted = session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
    page = wanted.order_by(col(rows.table.entry_id)).offset(first).limit(most)
    return [Faulty(*row) for row in session.execute(page)], counted


def _seen(rows: _Rows, scopes: Collection[Scope]) -> ColumnElement[bool]:
    return visible(scopes, region=rows.region, institution=rows.institution)


def _by_noun() -> dict[Noun, list[FaultKind]]:
    found: dict[Noun, list[FaultKind]] = defaultdict(list)
    for kind in KINDS:
        found[kind.noun].append(kind)
    return found
