"""Rows of a roster -> types: the only thing about a unit that this plan can see."""

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import mul

import numpy as np
from numpy.typing import NDArray

from sampler.faults import BadInput, Fault
from sampler.inputs.predicates import codes, holds, places_held
from sampler.inputs.roster_table import Roster
from sampler.quotas import Kind, Plan, Problem, UnitType

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

KINDS = (Kind.CERTAIN, Kind.ORDINARY, Kind.EXCLUDED, Kind.OUTSIDE)
"""The canonical order of types begins with this order of kinds."""

MOST_QUOTAS = 60
"""Places, and cross quotas, are bits of one machine word."""

MOST_WEIGHT = 2**53
"""The weights of all units together stay exact in a double."""


@dataclass(frozen=True)
class Typed:
    """A roster seen through a plan: the problem, and the type number of each row."""

    problem: Problem
    numbers: Ints


def typed(plan: Plan, roster: Roster) -> Typed:
    """Sort the rows of *roster* into the types of *plan*.

    Raises
    ------
    BadInput
        If the plan has more than 60 places or cross quotas, or weights too large.
    """
    _refuse_giants(plan)
    kind = _kinds(plan, roster)
    drawn = (kind == KINDS.index(Kind.CERTAIN)) | (kind == KINDS.index(Kind.ORDINARY))
    ordinary = kind == KINDS.index(Kind.ORDINARY)
    weight, scale = _weights(plan, roster, ordinary)
    key = np.stack(
        [
            kind,
            np.where(drawn, _places(plan, roster), 0),
            np.where(drawn, _truths(plan, roster), 0),
            np.where(ordinary, weight, 1),
        ],
        axis=1,
    )
    rows, numbers, units = _distinct(key)
    # in Python's integers: the product of large weights and many units leaves 64 bits
    if sum(map(mul, units.tolist(), rows[:, 3].tolist())) >= MOST_WEIGHT:
        raise BadInput([Fault("weights_too_large", "[weights]", "权重过大，请约去公因数")])
    return Typed(_problem(plan, rows, units, scale), numbers + 1)


def _distinct(key: Ints) -> tuple[Ints, Ints, Ints]:
    """Distinct rows in lexicographic order, the index of each row's, and their counts."""
    merged = np.zeros(len(key), dtype=np.int64)
    for column in key.T:
        values, index = np.unique(column, return_inverse=True)
        merged = np.unique(merged * len(values) + index, return_inverse=True)[1]
    first = np.unique(merged, return_index=True)[1]
    return key[first], merged, np.bincount(merged, minlength=len(first)).astype(np.int64)


def _refuse_giants(plan: Plan) -> None:
    faults = [
        Fault("too_many", where, f"最多 {MOST_QUOTAS} 项，现有 {count} 项")
        for where, count in (("[fields]", len(plan.places)), ("[[cross]]", len(plan.cross)))
        if count > MOST_QUOTAS
    ]
    if faults:
        raise BadInput(faults)


def _rows_of(roster: Roster, unit_ids: set[str]) -> list[int]:
    return [i for i, unit_id in enumerate(roster.cells["unit_id"]) if unit_id in unit_ids]


def _kinds(plan: Plan, roster: Roster) -> Ints:
    kind = np.where(
        holds(roster, plan.eligible), KINDS.index(Kind.ORDINARY), KINDS.index(Kind.OUTSIDE)
    )
    kind[_rows_of(roster, {c.unit_id for c in plan.certain})] = KINDS.index(Kind.CERTAIN)
    kind[_rows_of(roster, {e.unit_id for e in plan.excluded})] = KINDS.index(Kind.EXCLUDED)
    return kind.astype(np.int64)


def _places(plan: Plan, roster: Roster) -> Ints:
    """Bits of the places each row may fill."""
    if not plan.fields or not plan.method.fills_places:
        return np.ones(len(roster), dtype=np.int64)
    texts, index = codes(roster, "fields")
    names = [name for name, _ in plan.fields]
    held = [places_held(text, names, plan.other) for text in texts]
    mask = np.array([sum(1 << place for place in row) for row in held], dtype=np.int64)[index]
    for certain in plan.certain:
        if certain.field is not None:
            mask[_rows_of(roster, {certain.unit_id})] = 1 << names.index(certain.field)
    return mask


def _truths(plan: Plan, roster: Roster) -> Ints:
    """Bits of the cross quotas each row satisfies."""
    truths = np.zeros(len(roster), dtype=np.int64)
    for index, cross in enumerate(plan.cross):
        truths |= holds(roster, cross.where).astype(np.int64) << index
    return truths


def _weights(plan: Plan, roster: Roster, wanted: Bools) -> tuple[Ints, int]:
    """Integer weight of each row, and what to divide it by to get the announced ratio."""
    shares, scale = plan.weights or plan.ratios, 1
    weight = np.ones(len(roster), dtype=np.int64)
    if shares is not None:
        scale = lcm(*(x.denominator for _, x in shares.values)) if plan.ratios else 1
        known = {value: int(x * scale) for value, x in shares.values}
        texts, index = codes(roster, shares.by)
        weight = np.array([known.get(text, 0) for text in texts], dtype=np.int64)[index]
    for factor in plan.factors:
        _refuse_overflow(int(weight.max(initial=0)) * factor.times)
        weight = np.where(holds(roster, factor.where), weight * factor.times, weight)
    return np.where(wanted, weight, 0), scale


def _refuse_overflow(weight: int) -> None:
    if weight >= MOST_WEIGHT:
        raise BadInput([Fault("weights_too_large", "[[factor]]", "权重连乘后过大，请约去公因数")])


def _problem(plan: Plan, rows: Ints, units: Ints, scale: int) -> Problem:
    places = plan.filled_places
    types = tuple(
        UnitType(
            number,
            KINDS[kind],
            count,
            tuple(i for i in range(len(places)) if mask >> i & 1),
            tuple(bool(truth >> i & 1) for i in range(len(plan.cross))),
            weight,
        )
        for number, ((kind, mask, truth, weight), count) in enumerate(
            zip(rows.tolist(), units.tolist(), strict=True), start=1
        )
    )
    return Problem(
        n=plan.n,
        names=tuple(name for name, _ in places),
        counts=tuple(count for _, count in places),
        cross=plan.cross,
        types=types,
        cap=Fraction(plan.cap),
        scale=scale,
        by_ratio=plan.ratios is not None,
    )
