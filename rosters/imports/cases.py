"""The review queue: rows of an import of which a person has to say whom they speak of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint, delete, insert
from sqlmodel import Field, Session, SQLModel, col, func, select

from core import trail
from core.database import enum_column
from core.errors import Invalid, NotFound
from core.trail import Actor
from rosters.imports.imports import NOUN, ImportState, RosterImport, locked
from rosters.imports.plans import (
    FOUND,
    SKIP,
    UNDECIDED,
    Decision,
    Doubt,
    Grounds,
    Outcome,
    Place,
    RowPlan,
    same_as,
)


class Answer(StrEnum):
    """What has been said of a row in doubt: those outcomes that a person can choose."""

    DOUBTFUL = Outcome.DOUBTFUL.value
    NEW = Outcome.NEW.value
    CHANGED = Outcome.CHANGED.value
    SKIPPED = Outcome.SKIPPED.value


class CaseNotFound(NotFound):
    """There is no such case in this import."""

    code = "duplicate_case_not_found"


class CannotBeSo(Invalid):
    """The case does not allow this decision; *row* says which."""

    code = "duplicate_case_cannot_be_so"


class DuplicateCase(SQLModel, table=True):
    """A doubtful row, and what has been decided about it.

    Attributes
    ----------
    candidates : entries that the row may speak of.
    others : entries that claim what the row claims.
    decision : `doubtful` until somebody decides; `changed` for one of the candidates.
    entry_id : that candidate.
    """

    __tablename__ = "duplicate_case"
    __table_args__ = (
        UniqueConstraint("import_id", "sheet", "row"),
        CheckConstraint("(decision = 'changed') = (entry_id IS NOT NULL)", name="same_has_entry"),
        CheckConstraint("(decision = 'doubtful') = (decided_at IS NULL)", name="decided_has_time"),
    )

    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="roster_import.id", index=True)
    sheet: str = Field(max_length=200)
    row: int
    name: str = Field(default="", max_length=200)
    grounds: Grounds = Field(sa_type=enum_column(Grounds))
    candidates: list[int] = Field(sa_type=JSON)
    others: list[int] = Field(default_factory=list, sa_type=JSON)
    may_be_new: bool = True
    said: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    decision: Answer = Field(default=Answer.DOUBTFUL, sa_type=enum_column(Answer))
    entry_id: int | None = Field(default=None, foreign_key="roster_entry.id")
    decided_by: str | None = Field(default=None, max_length=100)
    decided_at: datetime | None = None

    @property
    def place(self) -> Place:
        """Sheet and row."""
        return self.sheet, self.row

    @property
    def decided(self) -> Decision:
        """What has been decided."""
        return same_as(self.entry_id) if self.entry_id else Decision(Outcome(self.decision))

    @property
    def doubt(self) -> Doubt:
        """The case as the planner sees it."""
        return Doubt(self.grounds, tuple(self.candidates), tuple(self.others), self.may_be_new)


# -- written by the preview --------------------------------------------------------------------


def renew_cases(session: Session, import_id: int, rows: Iterable[RowPlan]) -> None:
    """Put the doubtful rows of a plan into the queue; decisions about the same doubt stay."""
    kept = {case.place: case for case in _all(session, import_id) if case.decided != UNDECIDED}
    fresh = [_as_row(import_id, row, kept.get(row.place)) for row in rows if row.doubt]
    session.connection().execute(
        delete(DuplicateCase).where(col(DuplicateCase.import_id) == import_id)
    )
    if fresh:
        session.connection().execute(insert(DuplicateCase), fresh)
    session.expire_all()


def _as_row(import_id: int, row: RowPlan, kept: DuplicateCase | None) -> dict[str, Any]:
    doubt = row.doubt
    assert doubt is not None
    stands = kept if kept is not None and kept.doubt == doubt else None
    return {
        "import_id": import_id,
        "sheet": row.sheet,
        "row": row.row,
        "name": row.name[:200],
        "grounds": doubt.grounds,
        "candidates": list(doubt.candidates),
        "others": list(doubt.others),
        "may_be_new": doubt.may_be_new,
        "said": row.said,
        "decision": stands.decision if stands else Answer.DOUBTFUL,
        "entry_id": stands.entry_id if stands else None,
        "decided_by": stands.decided_by if stands else None,
        "decided_at": stands.decided_at if stands else None,
    }


# -- decided by people -------------------------------------------------------------------------


@dataclass(frozen=True)
class CasePage:
    """A page of the queue, in the order of the file, and how many cases there are."""

    cases: list[DuplicateCase]
    total: int
    by_decision: Mapping[Outcome, int]


def cases(
    session: Session,
    import_id: int,
    *,
    decision: Outcome | None = None,
    grounds: Grounds | None = None,
    page: int = 1,
    size: int = 20,
) -> CasePage:
    """Cases of an import, all or those with a decision, on some grounds."""
    wanted = select(DuplicateCase).where(DuplicateCase.import_id == import_id)
    if decision is not None:
        wanted = wanted.where(DuplicateCase.decision == Answer(decision))
    if grounds is not None:
        wanted = wanted.where(DuplicateCase.grounds == grounds)
    total = session.exec(select(func.count()).select_from(wanted.subquery())).one()
    ordered = wanted.order_by(col(DuplicateCase.id)).offset((page - 1) * size).limit(size)
    return CasePage(list(session.exec(ordered)), total, by_decision(session, import_id))


def by_decision(session: Session, import_id: int) -> Mapping[Outcome, int]:
    """How many cases have been decided in which way."""
    wanted = (
        select(DuplicateCase.decision, func.count())
        .where(DuplicateCase.import_id == import_id)
        .group_by(col(DuplicateCase.decision))
    )
    return {Outcome(decision): number for decision, number in session.exec(wanted)}


def open_cases(session: Session, one: RosterImport) -> int:
    """Rows that nobody has decided about yet."""
    return by_decision(session, one.key).get(Outcome.DOUBTFUL, 0)


def decisions(session: Session, import_id: int) -> dict[Place, Decision]:
    """What has been decided, by the place of the row."""
    return {case.place: case.decided for case in _all(session, import_id)}


def decide(
    session: Session,
    import_id: int,
    case_ids: Collection[int],
    decision: Decision,
    actor: Actor,
    now: datetime,
) -> int:
    """Say of some cases whom their rows speak of; gives their number.

    With `UNDECIDED` a decision is taken back.

    Raises
    ------
    ImportNotFound, NotNow, CaseNotFound
    CannotBeSo
        If the entry is not among the candidates, or the row cannot be a new institution.
    """
    one = locked(session, import_id, (ImportState.PREVIEWED,))
    found = [case for case in _all(session, one.key) if case.id in set(case_ids)]
    if len(found) != len(set(case_ids)):
        raise CaseNotFound(roster_import=one.key)
    undone = decision == UNDECIDED
    for case in found:
        if not undone and case.doubt.allowed(decision) != decision:
            raise CannotBeSo(row=case.row, sheet=case.sheet)
        case.decision, case.entry_id = Answer(decision.outcome), decision.entry
        case.decided_by, case.decided_at = (None, None) if undone else (actor.name, now)
        session.add(case)
    facts = {"decision": decision.outcome.value, "entry": decision.entry, "rows": len(found)}
    trail.record(session, actor, "import.decided", NOUN, one.key, now, after=facts)
    return len(found)


def decide_all(
    session: Session, import_id: int, grounds: Grounds, decision: Decision, actor: Actor,
    now: datetime,
) -> int:  # fmt: skip
    """Say the same of all open cases on some grounds, as far as they allow it.

    Parameters
    ----------
    decision : `FOUND`, `SKIP`, or `same_as(0)` for the only candidate of each.
    """
    one = locked(session, import_id, (ImportState.PREVIEWED,))
    done = 0
    for case in _all(session, one.key):
        if case.grounds != grounds or case.decided != UNDECIDED:
            continue
        chosen = decision
        if decision not in (FOUND, SKIP) and len(case.candidates) == 1:
            chosen = same_as(case.candidates[0])
        if case.doubt.allowed(chosen) != UNDECIDED:
            case.decision, case.entry_id = Answer(chosen.outcome), chosen.entry
            case.decided_by, case.decided_at = actor.name, now
            session.add(case)
            done += 1
    facts = {"decision": decision.outcome.value, "grounds": grounds.value, "rows": done}
    trail.record(session, actor, "import.decided", NOUN, one.key, now, after=facts)
    return done


def _all(session: Session, import_id: int) -> list[DuplicateCase]:
    wanted = select(DuplicateCase).where(DuplicateCase.import_id == import_id)
    return list(session.exec(wanted.order_by(col(DuplicateCase.id))))
