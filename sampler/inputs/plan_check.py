"""A plan held against a roster: what names something that the roster does not have."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import numpy as np

from sampler.faults import Fault
from sampler.inputs.cells import members, quoted
from sampler.inputs.predicates import codes, holds, places_held
from sampler.inputs.roster_table import Roster
from sampler.quotas import Certain, Plan, Predicate, Shares

_LISTED = 200


def check_against(plan: Plan, roster: Roster) -> list[Fault]:
    """Every fault that only plan and roster together show; empty if they fit.

    A quota that the roster cannot fill is no fault: it is infeasible, and explained there.
    """
    named = {c.unit_id for c in plan.certain} | {e.unit_id for e in plan.excluded}
    unit_ids = roster.cells["unit_id"]
    rows = {unit_id: row for row, unit_id in enumerate(unit_ids) if unit_id in named}
    return [
        *_unknown_columns(plan, roster),
        *_unknown_units(plan, rows),
        *twice_named(plan),
        *_certain_not_eligible(plan, roster, rows),
        *_certain_without_place(plan, roster, rows),
        *_unlisted_values(plan, roster),
    ]


def notes_on(plan: Plan, roster: Roster) -> list[Fault]:
    """What is allowed but was probably not meant: values that no unit of the roster has."""
    fields = tuple(name for name, _ in plan.fields if name != plan.other)
    asked = [(where, *term) for where, predicate in _predicates(plan) for term in predicate.terms]
    asked += [("[fields]", "fields", fields)]
    asked += [
        (where, shares.by, tuple(value for value, _ in shares.values))
        for where, shares in _shares(plan)
    ]
    return [
        Fault("value_unseen", where, f"名单的 {column} 列中没有 {quoted(value)}")
        for where, column, values in asked
        if column in roster.cells
        for value in _unseen(roster, column, values)
    ]


def _unseen(roster: Roster, column: str, values: Sequence[str]) -> list[str]:
    known, _ = codes(roster, column)
    if column == "fields":
        known = [member for cell in known for member in members(cell)]
    seen = set(known)
    return [value for value in dict.fromkeys(values) if value not in seen]


def twice_named(plan: Plan) -> list[Fault]:
    """Units that are both certain and excluded."""
    excluded = {excluded.unit_id for excluded in plan.excluded}
    return [
        Fault(
            "certain_and_excluded",
            f"[[certain]] 第{number}项 unit_id",
            f"{quoted(certain.unit_id)} 同时列入 [[excluded]]，只能保留一处",
        )
        for number, certain in enumerate(plan.certain, 1)
        if certain.unit_id in excluded - {""}
    ]


def _predicates(plan: Plan) -> Iterator[tuple[str, Predicate]]:
    yield "eligible", plan.eligible
    for number, cross in enumerate(plan.cross, 1):
        yield f"[[cross]] 第{number}项 where", cross.where
    for number, factor in enumerate(plan.factors, 1):
        yield f"[[factor]] 第{number}项 where", factor.where


def _shares(plan: Plan) -> Iterator[tuple[str, Shares]]:
    if plan.weights:
        yield "[weights]", plan.weights
    if plan.ratios:
        yield "[ratios]", plan.ratios


def _unknown_columns(plan: Plan, roster: Roster) -> Iterator[Fault]:
    asked = [(where, name) for where, predicate in _predicates(plan) for name in predicate.columns]
    asked += [(f"{where} by", shares.by) for where, shares in _shares(plan)]
    asked += [("[publish] columns", name) for name in plan.publish]
    for where, name in asked:
        if name not in roster.cells:
            near = get_close_matches(name, roster.columns, 1)
            hint = (
                f"是否要写 {near[0]}？" if near else f"现有的列：{'、'.join(roster.columns[:30])}"
            )
            yield Fault("column_unknown", where, f"名单没有 {quoted(name)} 列；{hint}")


def _unknown_units(plan: Plan, rows: dict[str, int]) -> Iterator[Fault]:
    certain = [("certain", *item) for item in enumerate((c.unit_id for c in plan.certain), 1)]
    excluded = [("excluded", *item) for item in enumerate((e.unit_id for e in plan.excluded), 1)]
    for table, number, unit_id in certain + excluded:
        if unit_id not in rows:
            where = f"[[{table}]] 第{number}项 unit_id"
            yield Fault("unit_unknown", where, f"名单中没有机构 {quoted(unit_id)}")


def _known_certain(plan: Plan, rows: dict[str, int]) -> Iterator[tuple[str, Certain, int]]:
    for number, certain in enumerate(plan.certain, 1):
        if certain.unit_id in rows:
            yield f"[[certain]] 第{number}项", certain, rows[certain.unit_id]


def _certain_not_eligible(plan: Plan, roster: Roster, rows: dict[str, int]) -> Iterator[Fault]:
    if not set(plan.eligible.columns) <= set(roster.columns):
        return
    eligible = holds(roster, plan.eligible)
    for where, certain, row in _known_certain(plan, rows):
        if not eligible[row]:
            message = f"{quoted(certain.unit_id)} 不符合 eligible，不能列为必查"
            yield Fault("certain_not_eligible", f"{where} unit_id", message)


def _certain_without_place(plan: Plan, roster: Roster, rows: dict[str, int]) -> Iterator[Fault]:
    names = [name for name, _ in plan.places]
    for where, certain, row in _known_certain(plan, rows):
        if certain.field is None:
            continue
        if certain.field not in names:
            message = f"{quoted(certain.field)} 不是计划的领域：{'、'.join(names[:20])}"
            yield Fault("field_unknown", f"{where} field", message)
        elif plan.fields and not _may_fill(plan, names, roster.cells["fields"][row], certain.field):
            held = quoted(roster.cells["fields"][row])
            message = f"{quoted(certain.unit_id)} 不具备领域 {quoted(certain.field)}，现有 {held}"
            yield Fault("field_not_held", f"{where} field", message)


def _may_fill(plan: Plan, names: list[str], cell: str, field: str) -> bool:
    return names.index(field) in places_held(cell, names, plan.other)


def _unlisted_values(plan: Plan, roster: Roster) -> Iterator[Fault]:
    if not set(plan.eligible.columns) <= set(roster.columns):
        return
    for where, shares in _shares(plan):
        if shares.by in roster.cells:
            yield from _unlisted(where, shares, plan, roster)


def _unlisted(where: str, shares: Shares, plan: Plan, roster: Roster) -> Iterator[Fault]:
    values, index = codes(roster, shares.by)
    units = np.bincount(index[holds(roster, plan.eligible)], minlength=len(values))
    listed = {value for value, _ in shares.values}
    unlisted = [
        (value, count)
        for value, count in zip(values, units.tolist(), strict=True)
        if count and value not in listed
    ]
    for value, count in unlisted[:_LISTED]:
        message = f"没有写 {shares.by} 为 {quoted(value)} 的机构（{count} 家）取多少"
        yield Fault("value_unlisted", where, message)
    if (more := len(unlisted) - _LISTED) > 0:
        yield Fault("more_faults", where, f"另有 {more} 种取值没有写")
