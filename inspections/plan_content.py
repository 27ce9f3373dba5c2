"""What a plan says: the procedure around the draw, and all that decides the draw itself.

A `PlanContent` never changes; an edit makes another one. A draft may be incomplete or wrong in
any way that can be typed (`plan_faults` tells), so nothing here checks one entry against another.
It is kept as plain JSON under a format number; the part that decides the draw becomes the
sampler's plan (`to_sampler`), whose JSON is what a commitment commits to.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from inspections.reasons import CertainReason, ExclusionReason, WeightReason, told
from sampler.hashing import canonical, sha256
from sampler.inputs.cells import UNSEEN, cell_text
from sampler.quotas import (
    PUBLIC_COLUMNS,
    Certain,
    Cross,
    Excluded,
    Factor,
    Method,
    Plan,
    Predicate,
    Shares,
)

FORMAT: Literal[1] = 1
MOST = 10**9
"""Largest whole number of a plan, as in a plan file."""

DECIMALS = 9
"""Digits after the point of a share, as in a plan file."""

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""Days outside are slips of the pen."""

MOST_ENTRIES = 20_000
"""Entries of one list; a plan of the whole country excludes some thousands by name."""


class NoticePolicy(StrEnum):
    """Whether an institution hears of its check beforehand."""

    NOTIFIED = "notified"
    UNANNOUNCED = "unannounced"

    @property
    def label(self) -> str:
        """The policy's name on a page."""
        return {"notified": "提前通知", "unannounced": "不预先通知"}[self.value]


class TaskSource(StrEnum):
    """Where the task comes from; every inspection has to state it (国办发〔2024〕54号)."""

    YEARLY_PLAN = "yearly_plan"
    CAMPAIGN = "campaign"
    ORDERED = "ordered"
    TRANSFERRED = "transferred"

    @property
    def label(self) -> str:
        """The source's name on a page."""
        return {
            "yearly_plan": "年度监督检查计划",
            "campaign": "专项整治",
            "ordered": "上级交办",
            "transferred": "部门移送",
        }[self.value]


def _visible(text: str) -> str:
    if UNSEEN.search(text):
        raise ValueError("unseen_character")
    return cell_text(text)


Line = Annotated[str, AfterValidator(_visible), Field(max_length=300)]
"""A line of text as the sampler keeps it: trimmed NFC, without invisible characters."""

Paragraph = Annotated[str, AfterValidator(_visible), Field(max_length=4_000)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Count = Annotated[int, Field(ge=0, le=MOST)]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=DECIMALS)]
Figure = Annotated[Decimal, Field(ge=0, le=MOST, decimal_places=DECIMALS)]
Where = Annotated[tuple[tuple[Line, tuple[Line, ...]], ...], Field(max_length=50)]
"""AND over columns of the roster, OR over the values of each; empty: everybody."""


class _Part(BaseModel):
    """A part of a plan; an unknown name is refused, so that no quota quietly vanishes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ItemRef(_Part):
    """An item of one of the two lists, as it read when it was chosen.

    Attributes
    ----------
    ratio : largest share of objects in a year, percent; 0 if it has none.
    yearly_cap : how often one object may be checked in a year; 0 if there is no cap.
    """

    entry_id: int
    number: Line
    name: Line
    ratio: Annotated[int, Field(ge=0, le=100)] = 0
    yearly_cap: Annotated[int, Field(ge=0, le=366)] = 0


class Window(_Part):
    """Days on which visits may take place, both included; a plan may have several rounds."""

    name: Line = ""
    first: Day | None = None
    last: Day | None = None


class Deadline(_Part):
    """Something that somebody has to do by a day."""

    name: Line = ""
    day: Day | None = None


class FieldQuota(_Part):
    """An exact number of places of a field."""

    name: Line
    count: Count


class CrossQuota(_Part):
    """Bounds on drawn units that satisfy a condition; without *most* a floor alone."""

    name: Line
    where: Where = ()
    least: Count = 0
    most: Count | None = None


class Figures(_Part):
    """A figure for each value of a column: whole weights, or announced ratios from 0 to 1.

    Attributes
    ----------
    basis : where the law allows, or a document announces, these figures.
    """

    by: Line
    values: tuple[tuple[Line, Figure], ...] = ()
    basis: Paragraph = ""


class FactorRule(_Part):
    """A lawful reason that multiplies the weight of those who satisfy a condition."""

    reason: WeightReason
    note: Line = ""
    where: Where = ()
    times: Count = 1
    basis: Paragraph = ""


class CertainUnit(_Part):
    """A unit that must be checked; *field* fixes the place it fills."""

    unit_id: Line
    name: Line = ""
    reason: CertainReason = CertainReason.FOLLOW_UP
    note: Line = ""
    field: Line | None = None


class ExcludedUnit(_Part):
    """A unit that is left out by name."""

    unit_id: Line
    name: Line = ""
    reason: ExclusionReason = ExclusionReason.OTHER
    note: Line = ""


class ExclusionRule(_Part):
    """Units that are left out because they satisfy a condition."""

    where: Where
    reason: ExclusionReason = ExclusionReason.OTHER
    note: Line = ""


class Automatic(_Part):
    """Which units the rosters themselves exclude; each is listed with its reason.

    Attributes
    ----------
    expired_too : whether a certificate that has merely expired is reason enough. Off by default:
        whoever goes on using the mark of an expired certificate is to be found.
    """

    not_active: bool = True
    no_certificate: bool = True
    expired_too: bool = False
    cap_reached: bool = True
    drawn_elsewhere: bool = True


class PlanContent(_Part):
    """All that a version of a plan says.

    Attributes
    ----------
    name : as printed on certificate and lists.
    directed : 定向, limited to a kind of institutions; else 不定向.
    publish_drawn : whether the drawn list is public before the visits.
    roster_day : the roster is frozen as at this day.
    n : units to be drawn; *fields* sum to it.
    other : the field that takes those who hold a field without a quota.
    cap : largest chance of a unit that is not certain.
    reserves : for each place and signature.
    publish : columns of the frame that everybody sees; the others are sealed.
    reveal_basis : why it is lawful that published chances reveal sealed columns; needed only
        when quotas or weights read any.
    """

    format: Literal[1] = FORMAT
    name: Line = ""
    legal_basis: Annotated[tuple[Paragraph, ...], Field(max_length=50)] = ()
    task_source: TaskSource | None = TaskSource.YEARLY_PLAN
    check_items: Annotated[tuple[ItemRef, ...], Field(max_length=200)] = ()
    joint_items: Annotated[tuple[ItemRef, ...], Field(max_length=200)] = ()
    directed: bool = False
    windows: Annotated[tuple[Window, ...], Field(max_length=50)] = ()
    deadlines: Annotated[tuple[Deadline, ...], Field(max_length=50)] = ()
    notice: NoticePolicy = NoticePolicy.NOTIFIED
    publish_drawn: bool = True
    lead: Line = ""
    departments: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    roster_day: Day | None = None
    n: Count = 0
    eligible: Where = ()
    fields: Annotated[tuple[FieldQuota, ...], Field(max_length=200)] = ()
    other: Line | None = None
    cap: Share = Decimal(1)
    cross: Annotated[tuple[CrossQuota, ...], Field(max_length=200)] = ()
    weights: Figures | None = None
    ratios: Figures | None = None
    factors: Annotated[tuple[FactorRule, ...], Field(max_length=50)] = ()
    certain: Annotated[tuple[CertainUnit, ...], Field(max_length=MOST_ENTRIES)] = ()
    excluded: Annotated[tuple[ExcludedUnit, ...], Field(max_length=MOST_ENTRIES)] = ()
    exclusion_rules: Annotated[tuple[ExclusionRule, ...], Field(max_length=50)] = ()
    automatic: Automatic = Automatic()
    reserves: Count = 0
    method: Method = Method.FAIR
    publish: Annotated[tuple[Line, ...], Field(max_length=100)] = PUBLIC_COLUMNS
    reveal_basis: Paragraph = ""

    @property
    def first_day(self) -> date | None:
        """The first day of all windows."""
        return min((w.first for w in self.windows if w.first), default=None)

    @property
    def last_day(self) -> date | None:
        """The last day of all windows."""
        return max((w.last for w in self.windows if w.last), default=None)

    @property
    def yearly_cap(self) -> int:
        """How often one institution may be checked in a year: the smallest cap of its items;
        0 if none has a cap (国办发〔2024〕54号 wants one for each enterprise)."""
        return min((item.yearly_cap for item in self.check_items if item.yearly_cap), default=0)

    def changed(self, **facts: Any) -> Self:
        """The same plan with other *facts*, checked like any input.

        Raises
        ------
        pydantic.ValidationError
        """
        return type(self).model_validate(self.model_dump() | facts)

    def as_json(self) -> dict[str, Any]:
        """Plain data without floating-point numbers; decimals are texts."""
        return self.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """SHA-256 over the RFC 8785 bytes of `as_json`; 64 hexadecimal digits."""
        return sha256(canonical(self.as_json()))


def to_sampler(content: PlanContent, excluded: Iterable[Excluded] | None = None) -> Plan:
    """The part that decides the draw, as the sampler knows it.

    Parameters
    ----------
    excluded : everybody who is left out, each once (`exclusions`); without it only those whom
        the plan itself excludes by name.
    """
    by_name = [Excluded(e.unit_id, told(e.reason, e.note)) for e in content.excluded]
    return Plan(
        name=content.name,
        n=content.n,
        method=content.method,
        other=content.other,
        eligible=Predicate(content.eligible),
        cap=Fraction(content.cap),
        fields=tuple((f.name, f.count) for f in content.fields),
        cross=tuple(_cross(quota, content.n) for quota in content.cross),
        weights=_shares(content.weights),
        ratios=_shares(content.ratios),
        factors=tuple(
            Factor(told(f.reason, f.note), Predicate(f.where), f.times, f.basis)
            for f in content.factors
        ),
        certain=tuple(Certain(c.unit_id, told(c.reason, c.note), c.field) for c in content.certain),
        excluded=tuple(by_name if excluded is None else excluded),
        reserves=content.reserves,
        publish=content.publish,
    )


def _cross(quota: CrossQuota, n: int) -> Cross:
    most = n if quota.most is None else quota.most
    return Cross(quota.name, Predicate(quota.where), quota.least, most)


def _shares(figures: Figures | None) -> Shares | None:
    if figures is None:
        return None
    return Shares(figures.by, tuple((value, Fraction(x)) for value, x in figures.values))
