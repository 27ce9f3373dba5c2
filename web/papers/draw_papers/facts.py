"""What the papers of a draw say: plain values, gathered by whoever knows where they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from inspections.plan_content import PlanContent
from web.words.draws import decimals_for


class SourceLine(NamedTuple):
    """A source of the seed; *value* is empty if it was not revealed."""

    name: str
    kind: str
    address: str
    promise: str
    value: str


class UnitLine(NamedTuple):
    """A drawn unit or a reserve."""

    unit_id: str
    name: str
    field: str
    rank: int
    signature: str
    chance: str

    @property
    def probability(self) -> Fraction:
        """The chance before the draw, as a number."""
        return Fraction(self.chance)


class FieldUnits(NamedTuple):
    """The units of one place, by rank."""

    name: str
    units: tuple[UnitLine, ...]


@dataclass(frozen=True)
class NoticeFacts:
    """A published version of a plan.

    Attributes
    ----------
    digest : of its content; empty as long as it is not public.
    address : of its public page, in full.
    signed_by : whose signature the file is going to bear; nothing if nobody's.
    """

    title: str
    document_no: str
    version: int
    digest: str
    published_at: datetime
    address: str
    content: PlanContent
    demo: bool
    signed_by: str = ""


@dataclass(frozen=True)
class DrawFacts:
    """A draw from its commitment on; what is not known or not open yet is empty.

    Attributes
    ----------
    organ : the department that leads the plan.
    address : of the public page where the draw can be verified, in full.
    seed, certificate, drawn, reserves : only of a list that is open.
    certificate_sha256 : from the day of the draw on.
    shown : whether commitment, frame and chances can be downloaded.
    signed_by : whose signature the file is going to bear; nothing if nobody's.
    """

    title: str
    document_no: str
    organ: str
    number: int
    address: str
    demo: bool
    void: str
    roster_day: date
    rows: int
    eligible: int
    excluded: int
    root: str
    commitment: Mapping[str, Any]
    commitment_digest: str
    committed_at: datetime
    opened_at: datetime | None
    deadline: datetime
    drawn_at: datetime | None
    published_at: datetime | None
    opens_on: date | None
    certificate_sha256: str
    seed: str
    certificate: Mapping[str, Any]
    sources: tuple[SourceLine, ...]
    shown: bool
    drawn: tuple[UnitLine, ...]
    reserves: tuple[UnitLine, ...]
    signed_by: str = ""

    @property
    def places(self) -> list[tuple[str, int]]:
        """The places of the plan with their counts."""
        return [(name, count) for name, count in self.commitment["plan"]["fields"]]

    @property
    def n(self) -> int:
        """Units that the plan asks for."""
        return int(self.commitment["plan"]["n"])

    @property
    def state(self) -> str:
        """What stands on every page of its papers."""
        words = f"第 {self.number} 次抽取（已作废）" if self.void else f"第 {self.number} 次抽取"
        return words + ("　演示数据" if self.demo else "")

    @cached_property
    def decimals(self) -> int:
        """Decimals that the chances of this draw need as percentages."""
        every = (*self.drawn, *self.reserves)
        return decimals_for(min((unit.probability for unit in every), default=Fraction(1)))

    def by_field(self, units: tuple[UnitLine, ...]) -> list[FieldUnits]:
        """Units by place in the order of the plan."""
        order = {name: at for at, (name, _) in enumerate(self.places)}
        ranked = sorted(units, key=lambda unit: (order.get(unit.field, 0), unit.rank))
        groups = groupby(ranked, lambda unit: unit.field)
        return [FieldUnits(name, tuple(group)) for name, group in groups]
