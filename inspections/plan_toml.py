"""The plan file of the command line and the plan of the platform: one into the other.

A plan file holds what decides the draw and nothing else; the procedure around it (basis, window,
departments …) stays as it is in the plan that takes the file in.
"""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from core.errors import Invalid
from inspections.plan_content import (
    DECIMALS,
    CertainUnit,
    CrossQuota,
    ExcludedUnit,
    FactorRule,
    FieldQuota,
    Figures,
    PlanContent,
)
from inspections.reasons import CertainReason, ExclusionReason, WeightReason, parsed
from sampler.faults import BadInput
from sampler.inputs.plan_text import read_plan
from sampler.quotas import Certain, Excluded, Factor, Method, Plan, Predicate, Shares


class PlanFileFaults(Invalid):
    """A plan file that cannot be read; *words* names every fault with its place."""

    code = "plan_file_faults"


def from_toml(data: bytes, around: PlanContent | None = None) -> PlanContent:
    """The plan of a file (UTF-8), with the procedure of *around*.

    Raises
    ------
    PlanFileFaults
        With every fault of the file.
    """
    try:
        plan = read_plan(data)
    except BadInput as error:
        words = "；".join(map(str, error.faults))
        raise PlanFileFaults(words=words, faults=list(error.faults)) from error
    return taken_over(plan, around or PlanContent())


def taken_over(plan: Plan, around: PlanContent) -> PlanContent:
    """A plan of the sampler, with the procedure of *around*."""
    return around.changed(
        name=plan.name,
        n=plan.n,
        method=plan.method,
        other=plan.other,
        eligible=plan.eligible.terms,
        cap=_decimal(plan.cap),
        fields=[FieldQuota(name=name, count=count) for name, count in plan.fields],
        cross=[
            CrossQuota(
                name=cross.name,
                where=cross.where.terms,
                least=cross.low,
                most=None if cross.high == plan.n > cross.low else cross.high,
            )
            for cross in plan.cross
        ],
        weights=_figures(plan.weights, around.weights),
        ratios=_figures(plan.ratios, around.ratios),
        factors=list(map(_factor, plan.factors)),
        certain=list(map(_certain, plan.certain)),
        excluded=list(map(_excluded, plan.excluded)),
        reserves=plan.reserves,
        publish=plan.publish,
    )


def _decimal(value: Fraction) -> Decimal:
    """Exactly: every share of a plan file has nine digits at most."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def _figures(shares: Shares | None, before: Figures | None) -> Figures | None:
    """A plan file has no place for the basis of its figures: the one that is there stays."""
    if shares is None:
        return None
    values = tuple((value, _decimal(x)) for value, x in shares.values)
    basis = before.basis if before is not None and before.by == shares.by else ""
    return Figures(by=shares.by, values=values, basis=basis)


def _factor(factor: Factor) -> FactorRule:
    reason, note = parsed(WeightReason, WeightReason.OTHER, factor.code)
    return FactorRule(
        reason=reason, note=note, where=factor.where.terms, times=factor.times, basis=factor.basis
    )


def _certain(certain: Certain) -> CertainUnit:
    reason, note = parsed(CertainReason, CertainReason.OTHER, certain.reason)
    return CertainUnit(unit_id=certain.unit_id, reason=reason, note=note, field=certain.field)


def _excluded(excluded: Excluded) -> ExcludedUnit:
    reason, note = parsed(ExclusionReason, ExclusionReason.OTHER, excluded.reason)
    return ExcludedUnit(unit_id=excluded.unit_id, reason=reason, note=note)


# -- writing -----------------------------------------------------------------------------------


def to_toml(plan: Plan) -> str:
    """The plan file of a plan (`plan_content.to_sampler`); the command line reads it."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    yield f"name = {_text(plan.name)}"
    yield f"n = {plan.n}"
    if plan.method is not Method.FAIR:
        yield f"method = {_text(plan.method.value)}"
    if plan.other is not None:
        yield f"other = {_text(plan.other)}"
    if plan.eligible.terms:
        yield f"eligible = {_where(plan.eligible)}"
    if plan.cap != 1:
        yield f"cap = {_number(plan.cap)}"
    if plan.fields:
        yield from ("", "[fields]")
        yield from (f"{_text(name)} = {count}" for name, count in plan.fields)
    yield from _figure_lines("weights", plan.weights)
    yield from _figure_lines("ratios", plan.ratios)
    if plan.reserves:
        yield from ("", "[reserves]", f"per_field = {plan.reserves}")
    yield from ("", "[publish]", f"columns = {_texts(plan.publish)}")
    yield from _rule_lines(plan)
    yield from _unit_lines(plan)


def _figure_lines(table: str, shares: Shares | None) -> Iterator[str]:
    if shares is not None:
        yield from ("", f"[{table}]", f"by = {_text(shares.by)}")
        yield from (f"{_text(value)} = {_number(x)}" for value, x in shares.values)


def _rule_lines(plan: Plan) -> Iterator[str]:
    for cross in plan.cross:
        yield from ("", "[[cross]]", f"name = {_text(cross.name)}")
        yield from (f"where = {_where(cross.where)}", f"min = {cross.low}", f"max = {cross.high}")
    for factor in plan.factors:
        yield from ("", "[[factor]]", f"code = {_text(factor.code)}")
        yield from (f"where = {_where(factor.where)}", f"times = {factor.times}")
        yield f"basis = {_text(factor.basis)}"


def _unit_lines(plan: Plan) -> Iterator[str]:
    for certain in plan.certain:
        yield from ("", "[[certain]]", f"unit_id = {_text(certain.unit_id)}")
        yield f"reason = {_text(certain.reason)}"
        if certain.field is not None:
            yield f"field = {_text(certain.field)}"
    for excluded in plan.excluded:
        yield from ("", "[[excluded]]", f"unit_id = {_text(excluded.unit_id)}")
        yield f"reason = {_text(excluded.reason)}"


def _text(text: str) -> str:
    # what JSON escapes, TOML escapes the same way; what neither allows is in no plan
    return json.dumps(text, ensure_ascii=False)


def _texts(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _where(where: Predicate) -> str:
    terms = (f"{_text(column)} = {_texts(values)}" for column, values in where.terms)
    return f"{{ {', '.join(terms)} }}" if where.terms else "{}"


def _number(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    return f"{_decimal(value):.{DECIMALS}f}".rstrip("0")
