"""How a value is written into a cell, so that reading it back gives the same value."""

from datetime import date
from functools import cache

from core import regions
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind

JOINT = "、"
"""Stands between the values of a cell; no single value contains it."""


def written(column: Column, value: Value) -> str | int | date:
    """*value* as it stands in a cell of *column*: text, whole number or date.

    None is an empty cell; a region is written by its name, yes and no as 是 and 否.
    """
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case tuple():
            return JOINT.join(value)
        case str() if column.kind == Kind.REGION:
            return _region_name(value)
    return value


@cache
def _region_name(code: str) -> str:
    return regions.region_of(code).name if regions.is_region(code) else code
