"""Risk scores of all institutions on a day, kept with what they were made of; and what people
decided about the classes they propose.

A run never changes a class. A person accepts a proposal, which is a change of the roster like
any other, or declines it and says why; both stay.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, insert
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.database import enum_column
from core.errors import NotFound
from core.trail import Actor, CanonicalJson, canonical
from rosters.institutions import CreditClass
from rosters.risk.indicators import (
    Bands,
    Indicator,
    IndicatorGroup,
    bands_of,
    indicators_on,
    weighing,
)
from rosters.risk.measures import MEASURES, Contribution, Weight, contributions
from rosters.risk.records import records_on

NOUN = "risk_run"
"""Under this noun the trail keeps runs and declined proposals."""

READING, SCORING, WRITING = "risk.reading", "risk.scoring", "risk.writing"

GROUP = 5_000
"""Scores that are written together."""

Progress = Callable[[str, int, int], None]
"""Is told the step, and how much of it is done."""


class RunNotFound(NotFound):
    """There is no such run."""

    code = "risk_run_not_found"


class RiskRun(SQLModel, table=True):
    """One scoring of all institutions.

    Attributes
    ----------
    day : of which everything was looked at.
    indicators : all that counted, and the bands, as they were; *digest* is over them.
    proposals : how many scores propose another class than the institution had.
    """

    __tablename__ = "risk_run"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("0 <= proposals AND proposals <= institutions", name="counts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    day: date
    at: datetime
    actor_id: int | None = None
    actor_name: str = Field(max_length=100)
    indicators: dict[str, Any] = Field(sa_type=CanonicalJson)
    digest: str = Field(max_length=64)
    institutions: int
    proposals: int

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id


class RiskScore(SQLModel, table=True):
    """The score of one institution.

    Attributes
    ----------
    was : the class it had on the day; *proposed* what the total says.
    contributions : count and points by code of indicator; the points sum to *total*.
    """

    __tablename__ = "risk_score"
    __table_args__ = (Index(None, "run_id", "was", "proposed"), Index(None, "run_id", "total"))

    run_id: int = Field(primary_key=True, foreign_key="risk_run.id")
    entry_id: int = Field(primary_key=True, foreign_key="roster_entry.id", index=True)
    total: int
    was: CreditClass = Field(sa_type=enum_column(CreditClass))
    proposed: CreditClass = Field(sa_type=enum_column(CreditClass, "proposed_class"))
    contributions: dict[str, Any] = Field(sa_type=CanonicalJson)


SCORES = SQLModel.metadata.tables["risk_score"]


# -- scoring -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scored:
    """All scores of a day before they are kept.

    Attributes
    ----------
    used : the weights and bands that counted, as a run keeps them.
    rows : a row of `RiskScore` for each institution, but for the run.
    """

    day: date
    used: dict[str, Any]
    rows: list[dict[str, Any]]

    @property
    def proposals(self) -> int:
        """How many propose another class than the institution had."""
        return sum(row["was"] != row["proposed"] for row in self.rows)


def score_all(
    session: Session, actor: Actor, day: date, now: datetime, progress: Progress
) -> RiskRun:
    """Score every institution in the roster on a *day* with the indicators of that day.

    Raises
    ------
    BandsOutOfOrder
    """
    return keep(session, actor, now, reckon(session, day, progress), progress)


def reckon(session: Session, day: date, progress: Progress) -> Scored:
    """The scores of a *day*; nothing is written, so it may be asked of a session that reads.

    Raises
    ------
    BandsOutOfOrder
    """
    known = indicators_on(session, day)
    indicators, bands = weighing(known, MEASURES), bands_of(known)
    # plain copies: an attribute of a row of the database is slow, and is read a million times
    weights = [Weight(one.code, one.weight, one.most) for one in indicators]
    progress(READING, 0, 0)
    records, classes = records_on(session, day)
    rows = []
    for entry_id, record in records.items():
        rows.append(_row(entry_id, classes[entry_id], contributions(record, day, weights), bands))
        if len(rows) % GROUP == 0:
            progress(SCORING, len(rows), len(records))
    return Scored(day, {"weights": [_used(one) for one in indicators], "bands": vars(bands)}, rows)


def _row(
    entry_id: int, was: CreditClass, found: dict[str, Contribution], bands: Bands
) -> dict[str, Any]:
    total = sum(one.points for one in found.values())
    return {
        "entry_id": entry_id,
        "total": total,
        "was": was,
        "proposed": bands.class_of(total),
        "contributions": found,
    }


def _used(indicator: Indicator) -> dict[str, Any]:
    names = ("code", "title", "group", "weight", "most", "basis")
    return {name: getattr(indicator, name) for name in names}


def keep(
    session: Session, actor: Actor, now: datetime, scored: Scored, progress: Progress
) -> RiskRun:
    """Keep the scores of a day as a run; no class is changed by it."""
    run = RiskRun(
        day=scored.day,
        at=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        indicators=scored.used,
        digest=hashlib.sha256(canonical(scored.used).encode()).hexdigest(),
        institutions=len(scored.rows),
        proposals=scored.proposals,
    )
    session.add(run)
    session.flush()
    for start in range(0, run.institutions, GROUP):
        group = [row | {"run_id": run.key} for row in scored.rows[start : start + GROUP]]
        session.connection().execute(insert(SCORES), group)
        progress(WRITING, start + len(group), run.institutions)
    told = {"day": run.day, "institutions": run.institutions, "proposals": run.proposals}
    after = told | {"digest": run.digest}
    trail.record(session, actor, "risk.scored", NOUN, run.key, now, after=after)
    return run


# -- reading -----------------------------------------------------------------------------------


def get_run(session: Session, run_id: int) -> RiskRun:
    """One run.

    Raises
    ------
    RunNotFound
    """
    run = session.get(RiskRun, run_id)
    if run is None:
        raise RunNotFound(run=run_id)
    return run


def runs(session: Session, most: int = 50) -> list[RiskRun]:
    """The latest runs, the newest first."""
    return list(session.exec(select(RiskRun).order_by(col(RiskRun.id).desc()).limit(most)))


def scores_of(session: Session, entry_id: int, most: int = 50) -> list[tuple[RiskRun, RiskScore]]:
    """The scores of an institution, the newest first."""
    wanted = (
        select(RiskRun, RiskScore)
        .join(RiskScore, col(RiskScore.run_id) == col(RiskRun.id))
        .where(RiskScore.entry_id == entry_id)
        .order_by(col(RiskRun.id).desc())
    )
    return list(session.exec(wanted.limit(most)))


@dataclass(frozen=True)
class Line:
    """One line of the reckoning of a score, in the words and weights of its run."""

    title: str
    group: IndicatorGroup
    basis: str
    counted: int
    weight: int
    most: int
    points: int


def reckoning(run: RiskRun, score: RiskScore) -> list[Line]:
    """How a total came about, group by group; the points of the lines sum to it."""
    return [
        Line(
            title=used["title"],
            group=IndicatorGroup(used["group"]),
            basis=used["basis"],
            counted=score.contributions[used["code"]][0],
            weight=used["weight"],
            most=used["most"],
            points=score.contributions[used["code"]][1],
        )
        for used in run.indicators["weights"]
        if used["code"] in score.contributions
    ]
