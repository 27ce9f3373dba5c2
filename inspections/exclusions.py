"""Who is left out of a draw, and why: everybody by name, nobody silently.

Left out are those whom the plan names, those who satisfy one of its rules, and those of whom the
rosters say that a random check would be pointless or against the law: out of business, without a
certificate that can still be checked, checked often enough this year, or drawn by another plan.
They stay in the frame with chance 0. A unit that the plan calls certain is never left out by a
rule; that it would have been is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np

from inspections.grounds import Ground
from inspections.plan_content import PlanContent
from inspections.reasons import ExclusionReason, told
from rosters.certificates import CertificateStatus
from rosters.plain_rows import NO_CERTIFICATE
from sampler.inputs.predicates import codes, holds
from sampler.inputs.roster_table import Roster
from sampler.quotas import Excluded, Predicate

STATUS = "certificate_status"

VOID = frozenset(
    {NO_CERTIFICATE, CertificateStatus.CANCELLED.label, CertificateStatus.REVOKED.label}
)
"""The best certificate is no certificate. A suspended or expired one can still be checked:
whoever goes on using its mark breaks 《检验检测机构资质认定管理办法》 article 20."""


class Source(StrEnum):
    """Who says that a unit is left out."""

    PLAN = "plan"
    RULE = "rule"
    ROSTERS = "rosters"

    @property
    def label(self) -> str:
        """The source's name on a page."""
        return {"plan": "计划列明", "rule": "计划规则", "rosters": "名录自动"}[self.value]


@dataclass(frozen=True)
class Exclusion:
    """One unit that is left out, with the first reason that holds."""

    unit_id: str
    name: str
    reason: ExclusionReason
    note: str
    source: Source

    def as_json(self) -> dict[str, str]:
        """As frozen beside the frame."""
        return {
            "unit_id": self.unit_id,
            "name": self.name,
            "reason": self.reason.value,
            "note": self.note,
            "source": self.source.value,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> "Exclusion":
        """What `as_json` wrote."""
        return cls(
            data["unit_id"],
            data["name"],
            ExclusionReason(data["reason"]),
            data["note"],
            Source(data["source"]),
        )

    @property
    def for_sampler(self) -> Excluded:
        """As the plan of the draw has it."""
        return Excluded(self.unit_id, told(self.reason, self.note))


@dataclass(frozen=True)
class Exclusions:
    """Who is left out, by unit id; and who would be, were he not certain."""

    left_out: tuple[Exclusion, ...] = ()
    overridden: tuple[Exclusion, ...] = ()

    @property
    def for_sampler(self) -> list[Excluded]:
        """As the plan of the draw has them."""
        return [one.for_sampler for one in self.left_out]

    def as_json(self) -> dict[str, Any]:
        """As frozen beside the frame."""
        return {
            "excluded": [one.as_json() for one in self.left_out],
            "overridden": [one.as_json() for one in self.overridden],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Exclusions":
        """What `as_json` wrote."""
        return cls(
            tuple(map(Exclusion.from_json, data["excluded"])),
            tuple(map(Exclusion.from_json, data["overridden"])),
        )


def exclusions(content: PlanContent, ground: Ground) -> Exclusions:
    """Everybody whom *content* leaves out on this *ground*, each once.

    Reasons are looked for in this order: the plan's own list, its rules, the rosters. Only whom
    the plan names can lie outside its own range: others are not in the draw anyway.
    """
    names = dict(zip(ground.roster.cells["unit_id"], ground.roster.cells["name"], strict=True))
    certain = {unit.unit_id for unit in content.certain}
    eligible = _units_where(ground.roster, Predicate(content.eligible))
    found: dict[str, Exclusion] = {}
    for unit in content.excluded:
        if unit.unit_id in names:
            one = (unit.unit_id, names[unit.unit_id], unit.reason, unit.note, Source.PLAN)
            found.setdefault(unit.unit_id, Exclusion(*one))
    for unit_id, reason, note, source in _by_rule(content, ground):
        if unit_id in eligible:
            one = (unit_id, names[unit_id], reason, note, source)
            found.setdefault(unit_id, Exclusion(*one))
    ordered = [found[unit_id] for unit_id in sorted(found)]
    kept = [one for one in ordered if one.source is Source.PLAN or one.unit_id not in certain]
    over = [one for one in ordered if one.source is not Source.PLAN and one.unit_id in certain]
    return Exclusions(tuple(kept), tuple(over))


Reasoned: TypeAlias = Iterator[tuple[str, ExclusionReason, str, Source]]


def _by_rule(content: PlanContent, ground: Ground) -> Reasoned:
    for rule in content.exclusion_rules:
        for unit_id in sorted(_units_where(ground.roster, Predicate(rule.where))):
            yield unit_id, rule.reason, rule.note, Source.RULE
    for unit_id, reason, note in _by_rosters(content, ground):
        yield unit_id, reason, note, Source.ROSTERS


def _by_rosters(content: PlanContent, ground: Ground) -> Iterator[tuple[str, ExclusionReason, str]]:
    switches, cap = content.automatic, content.yearly_cap
    if switches.not_active:
        for unit_id, standing in ground.inactive.items():
            yield unit_id, ExclusionReason.NOT_ACTIVE, standing
    yield from _by_certificate(content, ground.roster)
    if switches.cap_reached and cap:
        for unit_id, times in ground.checked.items():
            if times >= cap:
                note = f"已检查 {times} 次，上限 {cap} 次"
                yield unit_id, ExclusionReason.CAP_REACHED, note
    if switches.drawn_elsewhere:
        for unit_id, title in ground.drawn_elsewhere.items():
            yield unit_id, ExclusionReason.DRAWN_ELSEWHERE, title


def _by_certificate(
    content: PlanContent, roster: Roster
) -> Iterator[tuple[str, ExclusionReason, str]]:
    if STATUS not in roster.cells:
        return
    expired = CertificateStatus.EXPIRED.label
    if content.automatic.no_certificate:
        for status in sorted(VOID):
            for unit_id in _units_where(roster, Predicate(((STATUS, (status,)),))):
                yield unit_id, ExclusionReason.NO_CERTIFICATE, status
    if content.automatic.expired_too:
        for unit_id in _units_where(roster, Predicate(((STATUS, (expired,)),))):
            yield unit_id, ExclusionReason.EXPIRED, ""


def _units_where(roster: Roster, where: Predicate) -> set[str]:
    """Units that satisfy a condition; nobody satisfies one on a column that there is not."""
    if not set(where.columns) <= set(roster.columns):
        return set()
    unit_ids, _ = codes(roster, "unit_id")
    return {unit_ids[row] for row in np.flatnonzero(holds(roster, where)).tolist()}
