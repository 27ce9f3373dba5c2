"""What the columns of a source mean: kept with the import, and remembered for the next file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, select

from core.database import enum_column
from core.trail import Actor
from rosters.entries import Noun
from rosters.sheets.columns import How, Match, Matching

SIGNATURE = 32
"""Characters of `Matching.signature`."""


class ColumnMatching(SQLModel, table=True):
    """What somebody said the columns of a head mean; the last word counts.

    Attributes
    ----------
    signature : of the head, which is how a source is recognised.
    memory : key by head, "" for a column to ignore (`Matching.memory`).
    """

    __tablename__ = "column_matching"
    __table_args__ = (UniqueConstraint("noun", "signature"),)

    id: int | None = Field(default=None, primary_key=True)
    noun: Noun = Field(sa_type=enum_column(Noun))
    signature: str = Field(max_length=SIGNATURE)
    memory: dict[str, str] = Field(sa_type=JSON)
    told_by: str = Field(max_length=100)
    told_at: datetime


def remember(
    session: Session, noun: Noun, matching: Matching, actor: Actor, now: datetime
) -> ColumnMatching:
    """Keep what the columns of a head mean, in place of what was said of it before."""
    wanted = select(ColumnMatching).where(
        ColumnMatching.noun == noun, ColumnMatching.signature == matching.signature
    )
    kept = session.exec(wanted.with_for_update()).first()
    if kept is None:
        kept = ColumnMatching(
            noun=noun, signature=matching.signature, memory={}, told_by="", told_at=now
        )
    kept.memory, kept.told_by, kept.told_at = matching.memory, actor.name, now
    session.add(kept)
    session.flush()
    return kept


def remembered(session: Session, noun: Noun) -> dict[str, dict[str, str]]:
    """All that is remembered of a noun, by the signature of the head."""
    wanted = select(ColumnMatching).where(ColumnMatching.noun == noun)
    return {kept.signature: kept.memory for kept in session.exec(wanted)}


def told(matchings: Mapping[str, Matching]) -> dict[str, Any]:
    """Matchings as the import keeps them, by sheet."""
    return {
        sheet: {
            "first": matching.first,
            "last": matching.last,
            "matches": [[m.column, m.head, m.key, m.how.value] for m in matching.matches],
        }
        for sheet, matching in matchings.items()
    }


def stored(kept: Mapping[str, Any]) -> dict[str, Matching]:
    """The matchings that `told` was given."""
    return {
        sheet: Matching(
            sheet,
            one["first"],
            one["last"],
            tuple(Match(at, head, key, How(how)) for at, head, key, how in one["matches"]),
        )
        for sheet, one in kept.items()
    }
