"""What the scores propose, and what people decided about it; a score alone changes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.append_only import append_only
from core.database import enum_column
from core.errors import Conflict, Forbidden, NotFound
from core.privacy import ReasonIsMissing
from core.roles import Scope, visible
from rosters.changes import Act, Saying, state
from rosters.entries import Entry, Noun, holds
from rosters.institutions import CreditClass, Institution
from rosters.risk.scores import NOUN, RiskRun, RiskScore, get_run
from rosters.statements import Change, ChangeKind, chunks

LONGEST_REASON = 400
"""The reason of a class has room for it and for the score."""


class OnlyPeopleDecide(Forbidden):
    """No job, command or program accepts what a score proposes."""

    code = "only_people_decide"


class ProposalNotFound(NotFound):
    """The run proposes no other class for this institution, or it is not this person's."""

    code = "proposal_not_found"


class ProposalIsStale(Conflict):
    """The class has changed since the score; *entries* are the *many* institutions."""

    code = "proposal_is_stale"


class ProposalIsDecided(Conflict):
    """Somebody has decided about it before; *entries* are the *many* institutions."""

    code = "proposal_is_decided"


class Verdict(StrEnum):
    """What was decided about a proposal."""

    ACCEPTED = "accepted"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The verdict's name on a page."""
        return {"accepted": "已采纳", "declined": "未采纳"}[self.value]


class RiskDecision(SQLModel, table=True):
    """What a person decided about a proposal, and why; never changed afterwards."""

    __tablename__ = "risk_decision"
    __table_args__ = (UniqueConstraint("run_id", "entry_id"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="risk_run.id")
    entry_id: int = Field(foreign_key="roster_entry.id", index=True)
    verdict: Verdict = Field(sa_type=enum_column(Verdict, "decision"))
    at: datetime
    actor_id: int
    actor_name: str = Field(max_length=100)
    reason: str = Field(max_length=LONGEST_REASON)
    change_id: int | None = Field(default=None, foreign_key="roster_change.id")


append_only(SQLModel.metadata.tables["risk_decision"])


# -- looking at them ---------------------------------------------------------------------------


class Stage(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    STALE = "stale"
    ACCEPTED = "accepted"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The stage's name on a page."""
        return {
            "open": "待决定",
            "stale": "已失效（等级另有变动）",
            "accepted": "已采纳",
            "declined": "未采纳",
        }[self.value]


@dataclass(frozen=True)
class Wanted:
    """Which proposals somebody wants to see; empty means all.

    Attributes
    ----------
    was, proposed : the class on the day of the score, and the one it proposes.
    """

    stage: Stage | None = Stage.OPEN
    was: CreditClass | None = None
    proposed: CreditClass | None = None


@dataclass(frozen=True)
class Proposal:
    """What a score proposes for an institution, and what became of it."""

    institution: Institution
    score: RiskScore
    decision: RiskDecision | None

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        if self.decision is not None:
            return Stage(self.decision.verdict.value)
        stale = self.institution.credit_class != self.score.was
        return Stage.STALE if stale else Stage.OPEN


def proposals(
    session: Session,
    run: RiskRun,
    scopes: Collection[Scope],
    day: date,
    wanted: Wanted,
    first: int = 0,
    most: int = 50,
    entries: Collection[int] | None = None,
) -> tuple[list[Proposal], int]:
    """The proposals of a run, the highest totals first, and how many there are in all.

    Parameters
    ----------
    day : of which the institutions are shown: today.
    entries : only for these institutions.
    """
    query = _query(run.key, scopes, day).where(*_conditions(wanted))
    if entries is not None:
        query = query.where(col(RiskScore.entry_id).in_(entries))
    counted = session.exec(select(func.count()).select_from(query.subquery())).one()
    order = (col(RiskScore.total).desc(), col(RiskScore.entry_id))
    rows = session.exec(query.order_by(*order).offset(first).limit(most))
    return [Proposal(*row) for row in rows], counted


def _query(run_id: int, scopes: Collection[Scope], day: date) -> Any:
    seen = visible(scopes, region=col(Institution.region), institution=col(Institution.credit_code))
    return (
        select(Institution, RiskScore, RiskDecision)
        .select_from(RiskScore)
        .join(Institution, col(Institution.entry_id) == col(RiskScore.entry_id))
        .outerjoin(
            RiskDecision,
            (col(RiskDecision.run_id) == col(RiskScore.run_id))
            & (col(RiskDecision.entry_id) == col(RiskScore.entry_id)),
        )
        .where(
            col(RiskScore.run_id) == run_id,
            col(RiskScore.was) != col(RiskScore.proposed),
            holds(Institution, day),
            seen,
        )
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    undecided = col(RiskDecision.verdict).is_(None)
    unchanged = col(Institution.credit_class) == col(RiskScore.was)
    stages: dict[Stage | None, list[ColumnElement[bool]]] = {
        None: [],
        Stage.OPEN: [undecided, unchanged],
        Stage.STALE: [undecided, ~unchanged],
        Stage.ACCEPTED: [col(RiskDecision.verdict) == Verdict.ACCEPTED],
        Stage.DECLINED: [col(RiskDecision.verdict) == Verdict.DECLINED],
    }
    found = list(stages[wanted.stage])
    if wanted.was is not None:
        found.append(col(RiskScore.was) == wanted.was)
    if wanted.proposed is not None:
        found.append(col(RiskScore.proposed) == wanted.proposed)
    return found


# -- deciding ----------------------------------------------------------------------------------


def accept(
    session: Session,
    act: Act,
    run_id: int,
    entries: Collection[int],
    scopes: Collection[Scope],
    day: date,
) -> Change:
    """Give institutions the class that their score proposes, from a *day* on: today.

    *act* tells the person and the reason; the change is of the kind RATING whatever it says.

    Raises
    ------
    OnlyPeopleDecide, ReasonIsMissing, RunNotFound, ProposalNotFound, ProposalIsDecided
    ProposalIsStale
        If the class of one of them has changed since the score; none is changed then.
    """
    run = get_run(session, run_id)
    found = _to_decide(session, act, run_id, entries, scopes, day)
    change = state(
        session,
        Act(act.actor, act.now, act.files, act.reason, ChangeKind.RATING, act.source),
        [_rating(run, one.score, act.reason, day) for one in found],
    )
    _decide(session, act, Verdict.ACCEPTED, found, change.key)
    return change


def decline(
    session: Session,
    act: Act,
    run_id: int,
    entries: Collection[int],
    scopes: Collection[Scope],
    day: date,
) -> None:
    """Leave the classes as they are; who decided so, and why, is kept.

    Raises
    ------
    OnlyPeopleDecide, ReasonIsMissing, RunNotFound, ProposalNotFound, ProposalIsDecided,
    ProposalIsStale
    """
    get_run(session, run_id)
    found = _to_decide(session, act, run_id, entries, scopes, day)
    _decide(session, act, Verdict.DECLINED, found, None)
    told = {"institutions": sorted(one.score.entry_id for one in found)}
    trail.record(
        session, act.actor, "risk.declined", NOUN, run_id, act.now,
        after=told, reason=act.reason,
    )  # fmt: skip


def _to_decide(
    session: Session,
    act: Act,
    run_id: int,
    entries: Collection[int],
    scopes: Collection[Scope],
    day: date,
) -> list[Proposal]:
    """The proposals for these institutions, which nobody else decides or changes meanwhile."""
    if act.actor.user_id is None:
        raise OnlyPeopleDecide
    if not 0 < len(act.reason.strip()) <= LONGEST_REASON:
        raise ReasonIsMissing(field="reason", most=LONGEST_REASON)
    found: list[Proposal] = []
    for chunk in chunks(sorted(set(entries))):
        # whoever changes an institution waits for its entry (`rosters.changes`)
        session.exec(select(Entry.id).where(col(Entry.id).in_(chunk)).with_for_update()).all()
        query = _query(run_id, scopes, day).where(col(RiskScore.entry_id).in_(chunk))
        rows = session.exec(query.execution_options(populate_existing=True))
        found += [Proposal(*row) for row in rows]
    _need_open(set(entries), found)
    return found


def _need_open(entries: set[int], found: Sequence[Proposal]) -> None:
    if not entries or entries != {one.score.entry_id for one in found}:
        raise ProposalNotFound
    if decided := _at(found, Stage.ACCEPTED) + _at(found, Stage.DECLINED):
        raise ProposalIsDecided(entries=decided, many=len(decided))
    if stale := _at(found, Stage.STALE):
        raise ProposalIsStale(entries=stale, many=len(stale))


def _at(found: Sequence[Proposal], stage: Stage) -> list[int]:
    return sorted(one.score.entry_id for one in found if one.stage is stage)


def _rating(run: RiskRun, score: RiskScore, reason: str, day: date) -> Saying:
    told = f"{run.day.isoformat()}风险评分{score.total}分；{reason.strip()}"
    facts = {"credit_class": score.proposed, "class_reason": told}
    return Saying(Noun.INSTITUTION, score.entry_id, facts, day)


def _decide(
    session: Session,
    act: Act,
    verdict: Verdict,
    found: Sequence[Proposal],
    change_id: int | None,
) -> None:
    session.add_all(
        RiskDecision(
            run_id=one.score.run_id,
            entry_id=one.score.entry_id,
            verdict=verdict,
            at=act.now,
            actor_id=act.actor.user_id or 0,
            actor_name=act.actor.name,
            reason=act.reason.strip(),
            change_id=change_id,
        )
        for one in found
    )
    session.flush()
