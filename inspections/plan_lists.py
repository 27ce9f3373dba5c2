"""Finding plans: by year, region, kind, state and words, as far as the reader may see."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func
from sqlmodel import Session, col, or_, select

from core.roles import Scope, ScopeKind, visible
from inspections.plans import PUBLIC, Plan, PlanDepartment, PlanKind, PlanState, PlanVersion


@dataclass(frozen=True)
class PlanSearch:
    """Which plans somebody looks for; empty: all."""

    year: int | None = None
    region: str | None = None
    kind: PlanKind | None = None
    state: PlanState | None = None
    words: str = ""


@dataclass(frozen=True)
class PlanLine:
    """A plan in a list, with the newest of its versions that the reader may see."""

    plan: Plan
    version: PlanVersion


def find_plans(
    session: Session, scopes: Collection[Scope], search: PlanSearch, start: int = 0, size: int = 50
) -> tuple[list[PlanLine], int]:
    """A page of plans, the newest year first, and how many there are in all.

    Whoever is not in a plan's place sees what is public of it, and nothing else.
    """
    newest = (
        select(col(PlanVersion.plan_id).label("plan_id"), func.max(PlanVersion.number).label("n"))
        .join(Plan, col(Plan.id) == PlanVersion.plan_id)
        .where(or_(in_sight(scopes), col(PlanVersion.state).in_(PUBLIC)))
        .group_by(col(PlanVersion.plan_id))
        .subquery()
    )
    shown: Any = (
        select(Plan, PlanVersion)
        .join(newest, newest.c.plan_id == Plan.id)
        .join(
            PlanVersion,
            and_(col(PlanVersion.plan_id) == Plan.id, col(PlanVersion.number) == newest.c.n),
        )
        .where(*_asked(search))
    )
    total = session.exec(select(func.count()).select_from(shown.subquery())).one()
    ordered = shown.order_by(col(Plan.year).desc(), col(Plan.id).desc())
    lines = [PlanLine(*row) for row in session.exec(ordered.offset(start).limit(size))]
    return lines, total


def in_sight(scopes: Collection[Scope]) -> ColumnElement[bool]:
    """The plans of which somebody may see every version, as a condition on `Plan`."""
    taking_part = exists().where(
        col(PlanDepartment.plan_id) == col(Plan.id),
        visible(
            [scope for scope in scopes if scope.kind is ScopeKind.DEPARTMENT],
            department=col(PlanDepartment.department),
        ),
    )
    return or_(visible(scopes, region=col(Plan.region)), taking_part)


def _asked(search: PlanSearch) -> list[ColumnElement[bool]]:
    found = [
        column == wanted
        for column, wanted in (
            (col(Plan.year), search.year),
            (col(Plan.region), search.region),
            (col(Plan.kind), search.kind),
            (col(PlanVersion.state), search.state),
        )
        if wanted is not None
    ]
    for word in search.words.split():
        title, number = col(Plan.title), col(Plan.document_no)
        found.append(or_(*(c.icontains(word, autoescape=True) for c in (title, number))))
    return found
