"""The drawn list as papers and pages show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from web.words.draws import decimals_for


class DrawnRow(NamedTuple):
    """One row of `drawn.csv`."""

    unit_id: str
    name: str
    field: str
    rank: int
    is_reserve: int
    signature: str
    chance: str

    @property
    def probability(self) -> Fraction:
        """The chance before the draw, as a number."""
        return Fraction(self.chance)


@dataclass(frozen=True)
class FieldList:
    """The drawn units of one place, and then its reserves."""

    name: str
    rows: tuple[DrawnRow, ...]

    @property
    def drawn(self) -> int:
        """Units that were drawn."""
        return sum(not row.is_reserve for row in self.rows)

    @property
    def reserves(self) -> int:
        """Units that stand by."""
        return len(self.rows) - self.drawn


@dataclass(frozen=True)
class DrawnList:
    """Drawn units and reserves of a certificate; *demo* if they are made up."""

    certificate: Mapping[str, Any]
    rows: tuple[DrawnRow, ...]
    demo: bool

    @property
    def title(self) -> str:
        """The name of the plan."""
        return str(self.certificate["commitment"]["plan"]["name"])

    @property
    def rehearsal(self) -> bool:
        """Whether this was a rehearsal."""
        return bool(self.certificate["rehearsal"])

    @property
    def state(self) -> str:
        """What this list is, in the words that stand on every page of it."""
        return "试抽，不是正式抽取结果" if self.rehearsal else "正式抽取结果"

    @property
    def drawn(self) -> int:
        """Units that were drawn."""
        return len(self.certificate["drawn"])

    @property
    def reserves(self) -> int:
        """Units that stand by."""
        return len(self.certificate["reserves"])

    @cached_property
    def decimals(self) -> int:
        """Decimals that the chances of this list need as percentages."""
        return decimals_for(min((row.probability for row in self.rows), default=Fraction(1)))

    @cached_property
    def fields(self) -> tuple[FieldList, ...]:
        """The list by place, in plan order: the drawn by rank, then the reserves by rank."""
        plan = self.certificate["commitment"]["plan"]
        order = {name: place for place, (name, _) in enumerate(plan["fields"])}
        rows = sorted(self.rows, key=lambda r: (order.get(r.field, 0), r.is_reserve, r.rank))
        return tuple(
            FieldList(name, tuple(group)) for name, group in groupby(rows, lambda row: row.field)
        )

    def facts(self) -> list[tuple[str, str]]:
        """What the certificate says of this draw: label and text."""
        commitment = self.certificate["commitment"]
        given = [
            (f"来源“{c['source']}”", c["value"] if c["revealed"] else "未揭示，按空值计入")
            for c in self.certificate["contributions"]
        ]
        return [
            ("性质", self.state),
            ("抽中", f"{self.drawn:,} 家，候补 {self.reserves:,} 家"),
            ("名单", f"{commitment['frame']['rows']:,} 家机构"),
            ("名单根摘要", commitment["frame"]["root"]),
            ("承诺摘要", self.certificate["commitment_digest"]),
            *given,
            ("种子", self.certificate["seed"]),
            ("证书摘要", self.certificate["whole_digest"]),
        ]
