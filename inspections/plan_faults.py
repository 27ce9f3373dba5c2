"""What is wrong with a plan: all of it at once, each fault at the field concerned.

Here a plan is held against itself and the calendar, in `plan_items` against the published lists.
Whether its quotas can hold together on a roster is another question (`workbench`), and no fault.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from core.errors import Invalid
from inspections.plan_content import (
    Figures,
    NoticePolicy,
    PlanContent,
    Where,
    to_sampler,
)
from inspections.reasons import CertainReason, ExclusionReason, WeightReason
from rosters.plain_rows import COLUMNS
from rosters.vocabularies import SPOT_CHECK_FIELDS
from sampler.commitment import revealing_columns
from sampler.inputs.roster_table import ALLOWED
from sampler.quotas import Method
from sampler.unit_types import MOST_QUOTAS

OLDEST_ROSTER = timedelta(days=31)
"""Credit classes are made anew every month (国市监信发〔2022〕6号): an older roster has expired."""

MOST_RESERVES = 20
"""For each place and signature; more would be another draw, held on the quiet."""


@dataclass(frozen=True)
class PlanFault:
    """One fault: at which field (`fields.3.count`; see `plan_content`), what, and about what."""

    at: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


Faults = Iterator[PlanFault]


class PlanHasFaults(Invalid):
    """The plan is not complete or not sound; *faults* says what, each at its field."""

    code = "plan_has_faults"

    def __init__(self, found: Iterable[PlanFault]) -> None:
        self.faults = tuple(found)
        super().__init__(faults=self.faults, count=len(self.faults))


def faults(
    content: PlanContent, kind: str, today: date, columns: Collection[str] = COLUMNS
) -> list[PlanFault]:
    """Every fault that the plan shows by itself; empty if it can be submitted.

    Parameters
    ----------
    kind : of the plan: national, provincial or joint.
    columns : of the roster that it will be drawn from.
    """
    return [
        *_procedure(content, kind),
        *_days(content, today),
        *_counts(content),
        *_fields(content),
        *_cross(content, columns),
        *_targets(content, columns),
        *_units(content),
        *_exclusion_rules(content, columns),
        *_where("eligible", content.eligible, columns),
        *_columns(content, columns),
    ]


# -- the procedure -----------------------------------------------------------------------------


def _procedure(content: PlanContent, kind: str) -> Faults:
    needed = {
        "name": content.name,
        "legal_basis": any(content.legal_basis),
        "task_source": content.task_source,
        "check_items": content.check_items,
        "lead": content.lead,
    }
    if kind == "joint":
        needed |= {"departments": content.departments, "joint_items": content.joint_items}
    yield from (PlanFault(name, "missing") for name, value in needed.items() if not value)
    if content.lead and content.lead in content.departments:
        yield PlanFault("departments", "lead_takes_part", {"name": content.lead})
    yield from _twice("departments", content.departments)
    yield from _twice("check_items", [item.number for item in content.check_items])
    yield from _twice("joint_items", [item.number for item in content.joint_items])
    if content.notice is NoticePolicy.UNANNOUNCED and content.publish_drawn:
        # 不预先通知 would be in vain if the list told everybody
        yield PlanFault("publish_drawn", "announced_by_list")
    if content.directed and not content.eligible:
        yield PlanFault("eligible", "directed_at_everybody")


def _twice(at: str, names: Iterable[str]) -> Faults:
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        if seen.setdefault(name, place) < place and name:
            yield PlanFault(f"{at}.{place}", "twice", {"name": name, "first": seen[name] + 1})


# -- days --------------------------------------------------------------------------------------


def _days(content: PlanContent, today: date) -> Faults:
    if not content.windows:
        yield PlanFault("windows", "missing")
    yield from _windows(content, today)
    yield from _deadlines(content)
    yield from _roster_day(content, today)


def _windows(content: PlanContent, today: date) -> Faults:
    whole = []
    for place, window in enumerate(content.windows):
        at = f"windows.{place}"
        if window.first is None or window.last is None:
            yield PlanFault(f"{at}.{'last' if window.first else 'first'}", "missing")
        elif window.last < window.first:
            days = {"first": window.first, "last": window.last}
            yield PlanFault(f"{at}.last", "window_backward", days)
        else:
            whole.append((window.first, window.last, place))
            if window.last < today:
                yield PlanFault(f"{at}.last", "window_over", {"last": window.last})
    for (_, last, one), (first, _, other) in pairwise(sorted(whole)):
        if first <= last:
            both = {"one": one + 1, "other": other + 1, "first": first, "last": last}
            yield PlanFault(f"windows.{other}.first", "windows_overlap", both)


def _deadlines(content: PlanContent) -> Faults:
    first = content.first_day
    for place, deadline in enumerate(content.deadlines):
        at = f"deadlines.{place}"
        if not deadline.name:
            yield PlanFault(f"{at}.name", "missing")
        if deadline.day is None:
            yield PlanFault(f"{at}.day", "missing")
        elif first is not None and deadline.day < first:
            days = {"day": deadline.day, "first": first}
            yield PlanFault(f"{at}.day", "deadline_before_window", days)


def _roster_day(content: PlanContent, today: date) -> Faults:
    day, first = content.roster_day, content.first_day
    if day is None:
        yield PlanFault("roster_day", "missing")
    elif today - day > OLDEST_ROSTER:
        about = {"day": day, "today": today, "days": OLDEST_ROSTER.days}
        yield PlanFault("roster_day", "roster_expired", about)
    elif first is not None and day > first:
        yield PlanFault("roster_day", "roster_after_window", {"day": day, "first": first})


# -- counts ------------------------------------------------------------------------------------


def _counts(content: PlanContent) -> Faults:
    if content.n == 0:
        yield PlanFault("n", "draws_nobody")
    if not content.cap:
        yield PlanFault("cap", "cap_is_zero")
    if content.reserves > MOST_RESERVES:
        yield PlanFault("reserves", "too_many", {"most": MOST_RESERVES})
    for name, entries in (("fields", content.fields), ("cross", content.cross)):
        if len(entries) > MOST_QUOTAS:
            yield PlanFault(name, "too_many", {"most": MOST_QUOTAS})


def _fields(content: PlanContent) -> Faults:
    names = [quota.name for quota in content.fields]
    yield from wrong_sum(content)
    yield from _twice("fields", names)
    for place, name in enumerate(names):
        if not name:
            yield PlanFault(f"fields.{place}.name", "missing")
        elif "|" in name or (name != content.other and name not in SPOT_CHECK_FIELDS):
            yield PlanFault(f"fields.{place}.name", "field_unknown", {"name": name})
    if content.other is not None and content.other not in names:
        yield PlanFault("other", "other_without_quota", {"name": content.other})


def wrong_sum(content: PlanContent) -> Faults:
    """Whether the counts of the fields, if there are any, fail to make up those to be drawn."""
    total = sum(quota.count for quota in content.fields)
    if content.fields and total != content.n:
        yield PlanFault("fields", "wrong_sum", {"total": total, "n": content.n})


def _cross(content: PlanContent, columns: Collection[str]) -> Faults:
    yield from _twice("cross", [quota.name for quota in content.cross])
    for place, quota in enumerate(content.cross):
        at, most = f"cross.{place}", content.n if quota.most is None else quota.most
        if not quota.name:
            yield PlanFault(f"{at}.name", "missing")
        if not quota.where:
            yield PlanFault(f"{at}.where", "missing")
        if quota.least > most:
            yield PlanFault(f"{at}.least", "least_above_most", {"least": quota.least, "most": most})
        yield from _where(f"{at}.where", quota.where, columns)
    yield from _method(content)


def _method(content: PlanContent) -> Faults:
    """What a classical method cannot keep (as the reader of plan files says it)."""
    one = content.cross[0] if len(content.cross) == 1 else None
    exact = one is not None and one.least == one.most
    keeps = content.method is Method.SEQUENTIAL and exact
    if content.cross and content.method is not Method.FAIR and not keeps:
        yield PlanFault("method", "method_breaks_cross", {"method": content.method})


# -- weights -----------------------------------------------------------------------------------


def _targets(content: PlanContent, columns: Collection[str]) -> Faults:
    if content.weights and content.ratios:
        yield PlanFault("ratios", "weights_and_ratios")
    if content.weights:
        yield from _figures("weights", content.weights, columns, _weight)
    if content.ratios:
        yield from _figures("ratios", content.ratios, columns, _ratio)
        yield from _above_item(content, content.ratios)
    yield from _twice("factors", [_told(rule.reason.value, rule.note) for rule in content.factors])
    for place, rule in enumerate(content.factors):
        at = f"factors.{place}"
        if not rule.basis:
            yield PlanFault(f"{at}.basis", "missing")
        if not rule.where:
            yield PlanFault(f"{at}.where", "missing")
        if rule.reason is WeightReason.OTHER and not rule.note:
            yield PlanFault(f"{at}.note", "reason_without_words")
        yield from _where(f"{at}.where", rule.where, columns)


def _told(reason: str, note: str) -> str:
    return f"{reason} {note}".strip()


def _figures(
    at: str, figures: Figures, columns: Collection[str], complaint: Callable[[Any], str]
) -> Faults:
    if not figures.basis:
        yield PlanFault(f"{at}.basis", "missing")
    if not figures.values:
        yield PlanFault(f"{at}.values", "missing")
    if figures.by == "fields":
        yield PlanFault(f"{at}.by", "by_fields")
    elif figures.by not in columns:
        yield PlanFault(f"{at}.by", "column_unknown", {"column": figures.by})
    yield from _twice(f"{at}.values", [value for value, _ in figures.values])
    for place, (value, figure) in enumerate(figures.values):
        if code := complaint(figure):
            yield PlanFault(f"{at}.values.{place}", code, {"value": value, "figure": figure})


def _weight(figure: Any) -> str:
    return "" if figure == int(figure) else "weight_not_whole"


def _ratio(figure: Any) -> str:
    return "" if 0 < figure <= 1 else "ratio_out_of_range"


def _above_item(content: PlanContent, ratios: Figures) -> Faults:
    """A general item has a largest ratio; a key item has none (国市监信〔2019〕38号)."""
    limits = [item for item in content.check_items if item.ratio]
    for place, (value, figure) in enumerate(ratios.values):
        for item in limits:
            if figure * 100 > item.ratio:
                about = {"value": value, "figure": figure, "item": item.name, "most": item.ratio}
                yield PlanFault(f"ratios.values.{place}", "ratio_above_item", about)


def ratio_faults(content: PlanContent, eligible: int) -> list[PlanFault]:
    """Items whose largest ratio the plan exceeds, once it is known how many are *eligible*."""
    return [
        PlanFault("n", "n_above_item", {"n": content.n, "eligible": eligible, "item": item.name,
                                        "most": item.ratio})
        for item in content.check_items
        if item.ratio and content.n * 100 > item.ratio * eligible
    ]  # fmt: skip


# -- single units ------------------------------------------------------------------------------


def _units(content: PlanContent) -> Faults:
    certain = [unit.unit_id for unit in content.certain]
    excluded = [unit.unit_id for unit in content.excluded]
    places = {quota.name for quota in content.fields}
    yield from _twice("certain", certain)
    yield from _twice("excluded", excluded)
    if len(certain) > content.n:
        yield PlanFault("certain", "more_certain_than_n", {"count": len(certain), "n": content.n})
    both = set(certain) & set(excluded) - {""}
    for place, unit in enumerate(content.certain):
        at = f"certain.{place}"
        if not unit.unit_id:
            yield PlanFault(f"{at}.unit_id", "missing")
        if unit.unit_id in both:
            yield PlanFault(f"{at}.unit_id", "certain_and_excluded", {"unit": unit.unit_id})
        if unit.field is not None and unit.field not in places:
            yield PlanFault(f"{at}.field", "field_without_quota", {"name": unit.field})
        if unit.reason is CertainReason.OTHER and not unit.note:
            yield PlanFault(f"{at}.note", "reason_without_words")
    for field_name, count in Counter(u.field for u in content.certain if u.field).items():
        quota = sum(q.count for q in content.fields if q.name == field_name)
        if field_name in places and count > quota:
            about = {"name": field_name, "count": count, "quota": quota}
            yield PlanFault("certain", "more_certain_than_quota", about)
    for place, left_out in enumerate(content.excluded):
        at = f"excluded.{place}"
        if not left_out.unit_id:
            yield PlanFault(f"{at}.unit_id", "missing")
        if left_out.reason is ExclusionReason.OTHER and not left_out.note:
            yield PlanFault(f"{at}.note", "reason_without_words")


def _exclusion_rules(content: PlanContent, columns: Collection[str]) -> Faults:
    for place, rule in enumerate(content.exclusion_rules):
        at = f"exclusion_rules.{place}"
        if not rule.where:
            # would leave out everybody
            yield PlanFault(f"{at}.where", "missing")
        if rule.reason is ExclusionReason.OTHER and not rule.note:
            yield PlanFault(f"{at}.note", "reason_without_words")
        yield from _where(f"{at}.where", rule.where, columns)


# -- columns -----------------------------------------------------------------------------------


def _where(at: str, where: Where, columns: Collection[str]) -> Faults:
    yield from _twice(at, [column for column, _ in where])
    for place, (column, values) in enumerate(where):
        here = f"{at}.{place}"
        if column not in columns:
            yield PlanFault(here, "column_unknown", {"column": column})
        if not values:
            yield PlanFault(here, "no_values", {"column": column})
        known = SPOT_CHECK_FIELDS if column == "fields" else ALLOWED.get(column)
        for value in values if known else ():
            if value not in (known or ()):
                about = {"column": column, "value": value}
                yield PlanFault(here, "value_unknown", about)


def _columns(content: PlanContent, columns: Collection[str]) -> Faults:
    yield from _twice("publish", content.publish)
    for place, column in enumerate(content.publish):
        if column not in columns:
            yield PlanFault(f"publish.{place}", "column_unknown", {"column": column})
    if "unit_id" not in content.publish:
        yield PlanFault("publish", "unit_id_sealed")
    revealed = [name for name in revealing_columns(to_sampler(content)) if name in columns]
    if revealed and not content.reveal_basis:
        yield PlanFault("reveal_basis", "reveals_sealed", {"columns": revealed})
