"""The teams of a held draw as rows: who was drawn for each slot, and the alternates behind him.

The rows never change: whether somebody has stepped out, or an alternate has stepped in, follows
from the stand-ins. Where a row and the certificate differ the certificate is right (`checks`).
"""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, insert
from sqlmodel import Field, Session, SQLModel, col, select

from core.append_only import append_only
from core.database import enum_column
from sampler.teams.task import SlotKind


class Seat(SQLModel, table=True):
    """Somebody at a slot of a team.

    Attributes
    ----------
    slot, role : 001/组长 and 组长.
    rank : 0 for who was drawn, from 1 for the alternates in their order.
    person_id : entry of an inspector or expert.
    chance : of who was drawn, an exact fraction `num/den`; empty for alternates.
    """

    __tablename__ = "team_member"
    __table_args__ = (
        UniqueConstraint("draw_id", "slot", "rank"),
        UniqueConstraint("draw_id", "slot", "person_id"),
        CheckConstraint("rank >= 0", name="ranked"),
        CheckConstraint("(rank = 0) = (chance <> '')", name="drawn_by_chance"),
        Index(None, "person_id"),
        Index(None, "visit_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id")
    visit_id: int = Field(foreign_key="visit.id")
    slot: str = Field(max_length=60)
    role: str = Field(max_length=40)
    kind: SlotKind = Field(sa_type=enum_column(SlotKind))
    rank: int
    person_id: int = Field(foreign_key="roster_entry.id")
    chance: str = Field(default="", sa_type=Text)


SEATS = SQLModel.metadata.tables["team_member"]
append_only(SEATS)


def keep_seats(session: Session, rows: Iterable[dict[str, object]]) -> int:
    """Write the rows of a draw of teams that is being held; gives how many there are."""
    kept = list(rows)
    session.connection().execute(insert(SEATS), kept)
    return len(kept)


def seats_of(session: Session, draw_id: int) -> list[Seat]:
    """All seats of a draw of teams, by slot and rank."""
    wanted = select(Seat).where(Seat.draw_id == draw_id)
    return list(session.exec(wanted.order_by(col(Seat.slot), col(Seat.rank))))


def person_number(entry_id: int) -> str:
    """Under which number somebody goes in a draw of teams: that of his entry in the rosters."""
    return f"{entry_id:06d}"


def entry_of(number: str) -> int:
    """The entry of the rosters behind such a number."""
    return int(number)
