"""A plan on its ground: who is left out, and the plan as the sampler sees it on these rows.

What only both together show - a certain institution that is not in the rosters, a class without
a weight - are faults of the plan, each at the field concerned. That the quotas cannot be filled
is none: it is explained when chances are asked for.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inspections.exclusions import Exclusions, exclusions
from inspections.grounds import Ground
from inspections.plan_content import PlanContent, to_sampler
from inspections.plan_faults import PlanFault, PlanHasFaults, wrong_sum
from sampler.faults import BadInput, Fault
from sampler.procedure import Prepared, prepare


@dataclass(frozen=True)
class Fitted:
    """A plan that fits the rows in form."""

    exclusions: Exclusions
    prepared: Prepared


def fit(content: PlanContent, ground: Ground) -> Fitted:
    """Hold a plan against its ground.

    Raises
    ------
    PlanHasFaults
        With everything that only both together show; or if the counts of the fields miss the
        number to be drawn, because then no chances can be worked out at all.
    """
    if missed := list(wrong_sum(content)):
        raise PlanHasFaults(missed)
    left_out = exclusions(content, ground)
    unknown = list(_unknown_exclusions(content, ground))
    try:
        prepared = prepare(to_sampler(content, left_out.for_sampler), ground.roster)
    except BadInput as error:
        raise PlanHasFaults([*unknown, *_at_fields(error.faults)]) from error
    if unknown:
        raise PlanHasFaults(unknown)
    return Fitted(left_out, prepared)


def _unknown_exclusions(content: PlanContent, ground: Ground) -> Iterator[PlanFault]:
    """Nobody who is named vanishes, not even by a slip of the pen."""
    known = set(ground.roster.cells["unit_id"])
    for place, unit in enumerate(content.excluded):
        if unit.unit_id not in known:
            about = {"unit": unit.unit_id}
            yield PlanFault(f"excluded.{place}.unit_id", "roster_unit_unknown", about)


_ITEM = re.compile(r"\[\[(cross|factor|certain|excluded)\]\] 第(\d+)项 ?(.*)")
_TABLE = re.compile(r"\[+(\w+)\]+ ?(.*)")
_LISTS = {"factor": "factors"}
_KEYS = {"min": "least", "max": "most"}


def _at_fields(faults: Iterable[Fault]) -> Iterator[PlanFault]:
    for fault in faults:
        code = f"roster_{fault.code}"
        yield PlanFault(field_of(fault.where), code, {"words": fault.message})


def field_of(where: str) -> str:
    """The field of a plan's content for a place in its plan file."""
    if found := _ITEM.fullmatch(where):
        table, number, key = found.groups()
        place = f"{_LISTS.get(table, table)}.{int(number) - 1}"
        return f"{place}.{_KEYS.get(key, key)}" if key else place
    if found := _TABLE.fullmatch(where):
        table, key = found.groups()
        table = _LISTS.get(table, table)
        return f"{table}.{key}" if key and table in ("weights", "ratios") else table
    return where
