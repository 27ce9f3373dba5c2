"""The units of a held draw as rows: what the certificate says, ready for lists and visits.

The rows never change: whether a unit was replaced, or a reserve has stepped in, follows from the
substitutions. Where a row and the certificate differ the certificate is right (`draw_check`).
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, insert
from sqlmodel import Field, Session, SQLModel, col, select

from core.append_only import append_only
from core.errors import NotFound
from sampler.certificate import drawn_rows
from sampler.procedure import Drawn
from sampler.tickets import tickets


class UnitNotDrawn(NotFound):
    """The draw has no such unit."""

    code = "unit_not_drawn"


class DrawnUnit(SQLModel, table=True):
    """A drawn unit or a reserve: its place, its rank within the place from 1, its chance."""

    __tablename__ = "drawn_unit"
    __table_args__ = (
        UniqueConstraint("draw_id", "unit_id"),
        UniqueConstraint("draw_id", "field", "rank"),
        CheckConstraint("rank >= 1", name="ranked"),
        Index(None, "entry_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id")
    entry_id: int | None = Field(default=None, foreign_key="roster_entry.id")
    # a cell of the roster may be of any length: no draw may fail for that
    unit_id: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    field: str = Field(sa_type=Text)
    rank: int
    is_reserve: bool
    signature: str = Field(default="", sa_type=Text)
    chance: str = Field(sa_type=Text)
    """An exact fraction, `num/den`; hundreds of digits are possible."""

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id


DRAWN = SQLModel.metadata.tables["drawn_unit"]
append_only(DRAWN)


def as_rows(drawn: Drawn) -> list[dict[str, object]]:
    """The rows of a draw as its certificate has them, without those of the database."""
    names = ("unit_id", "name", "field", "rank", "is_reserve", "signature", "chance")
    commitment = drawn.certificate["commitment"]
    rows = drawn_rows(commitment, drawn.frame, drawn.outcome)
    told = [dict(zip(names, row, strict=True)) for row in rows]
    return [{**row, "is_reserve": bool(row["is_reserve"])} for row in told]


def keep_units(session: Session, draw_id: int, drawn: Drawn, entries: Mapping[str, int]) -> int:
    """Write the rows of a draw that is being held; *entries* are those of the rosters by unit."""
    rows = [
        {**row, "draw_id": draw_id, "entry_id": entries.get(str(row["unit_id"]))}
        for row in as_rows(drawn)
    ]
    session.connection().execute(insert(DRAWN), rows)
    return len(rows)


def units_of(session: Session, draw_id: int, *, reserves: bool | None = None) -> list[DrawnUnit]:
    """By field, then rank; only the drawn ones, only the reserves, or all."""
    wanted = select(DrawnUnit).where(DrawnUnit.draw_id == draw_id)
    if reserves is not None:
        wanted = wanted.where(DrawnUnit.is_reserve == reserves)
    return list(session.exec(wanted.order_by(col(DrawnUnit.id))))


def get_unit(session: Session, draw_id: int, unit_id: str) -> DrawnUnit:
    """One unit of a draw.

    Raises
    ------
    UnitNotDrawn
    """
    wanted = select(DrawnUnit).where(DrawnUnit.draw_id == draw_id, DrawnUnit.unit_id == unit_id)
    if (unit := session.exec(wanted).first()) is None:
        raise UnitNotDrawn(draw=draw_id, unit=unit_id)
    return unit


def in_order_of_showing(seed: str, units: Iterable[DrawnUnit]) -> list[DrawnUnit]:
    """In the order in which a hall may show them one by one: by ticket, whatever their field.

    It follows from the seed, so nobody arranges who is called first.
    """
    known = list(units)
    drawn = tickets(seed, [unit.unit_id for unit in known])
    return sorted(known, key=lambda unit: (drawn[unit.unit_id], unit.unit_id))
