"""What is typed into a plan, and how a plan is written for typing: cells in plain words.

Every reader undoes its writer. A condition reads `省份=浙江省|江苏省；国家质检中心=是`, figures are
`A=1` with one to a line, units one to a line as they come from a spreadsheet.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from inspections.plan_content import DECIMALS
from inspections.reasons import CertainReason, ExclusionReason
from web.words.plans import COLUMNS, VALUES

Terms = Iterable[tuple[str, Iterable[str]]]


class Misread(ValueError):
    """What was typed cannot be read; the text says why, in words."""


# -- numbers and days --------------------------------------------------------------------------


def number(typed: str) -> int:
    """A whole number, also with separators of thousands.

    Raises
    ------
    Misread
    """
    plain = typed.replace(",", "").replace("，", "")
    if not (plain.isascii() and plain.isdecimal()) or len(plain) > 10:
        raise Misread("请填写整数，例如 20。")
    return int(plain)


def signed(typed: str) -> int:
    """A whole number that may lie below zero.

    Raises
    ------
    Misread
    """
    plain = typed.replace("－", "-").replace("−", "-")
    if plain.startswith("-"):
        return -number(plain[1:])
    return number(plain)


def share(typed: str) -> Decimal:
    """A share of 1: 10% or 0.1.

    Raises
    ------
    Misread
    """
    percent = typed.rstrip().endswith(("%", "％"))
    value = figure(typed.rstrip(" %％"))
    return value.scaleb(-2) if percent else value


def figure(typed: str) -> Decimal:
    """A number that is not negative, with nine digits after the point at most.

    Raises
    ------
    Misread
    """
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]+)?", typed.strip()):
        raise Misread("请填写数值，例如 0.1 或者 10%。")
    try:
        value = Decimal(typed.strip())
    except InvalidOperation:
        raise Misread("请填写数值，例如 0.1 或者 10%。") from None
    if -int(value.as_tuple().exponent) > DECIMALS:
        raise Misread(f"小数最多 {DECIMALS} 位。")
    return value


def told_figure(value: Any) -> str:
    """A figure without the zeros at its end."""
    plain = format(Decimal(value), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def day(typed: str) -> date:
    """A day as date fields of browsers write it.

    Raises
    ------
    Misread
    """
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Misread("日期应写成 2026-03-01 的样子。") from None


# -- conditions --------------------------------------------------------------------------------

_TOKEN = re.compile(r'"([^"]*)"|([^|｜,，、；;=＝"\n]+)|([；;\n])|([=＝])|[|｜,，、]')
_NEEDS_QUOTES = re.compile(r"[|｜,，、；;=＝\n]|^\s|\s$|^$")
_KEYS = {words: key for key, words in COLUMNS.items()}


def told_where(where: Terms) -> str:
    """A condition in words."""
    return "；".join(
        f"{_quoted(COLUMNS.get(column, column))}="
        + "|".join(_quoted(VALUES.get(column, {}).get(value, value)) for value in values)
        for column, values in where
    )


def _quoted(text: str) -> str:
    return f'"{text}"' if _NEEDS_QUOTES.search(text) else text


def where(typed: str) -> list[tuple[str, list[str]]]:
    """The condition that `told_where` writes; columns by their words or their keys.

    Raises
    ------
    Misread
    """
    found: list[tuple[str, list[str]]] = []
    for part in _parts(typed):
        column, equals, *values = part if len(part) > 1 else [*part, ""]
        if equals != "=" or "=" in values:
            raise Misread(f"条件应写成“栏目=取值”，请检查“{column}”。")
        key = _KEYS.get(column, column)
        keys = {words: value for value, words in VALUES.get(key, {}).items()}
        found.append((key, [keys.get(value, value) for value in values]))
    return found


def _parts(typed: str) -> Iterable[list[str]]:
    """The tokens of each term; an equals sign stands for itself."""
    part: list[str] = []
    for match in _TOKEN.finditer(typed):
        quoted, plain, ends, equals = match.groups()
        if ends:
            if part:
                yield part
            part = []
        elif equals:
            part.append("=")
        elif quoted is not None:
            part.append(quoted)
        elif plain is not None and plain.strip():
            part.append(plain.strip())
    if part:
        yield part


# -- lists, one to a line ----------------------------------------------------------------------


def lines(typed: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def figures(typed: str) -> list[tuple[str, Decimal]]:
    """A figure for each value: `A=1` or `A=5%`, one to a line.

    Raises
    ------
    Misread
    """
    found = []
    for at, line in enumerate(lines(typed), 1):
        value, equals, amount = line.replace("＝", "=").rpartition("=")
        if not equals or not value.strip():
            raise Misread(f"第 {at} 行应写成“取值=数值”，例如 A=1。")
        found.append((value.strip(), share(amount)))
    return found


def told_figures(values: Iterable[tuple[str, Any]]) -> str:
    """Figures one to a line."""
    return "\n".join(f"{value}={told_figure(amount)}" for value, amount in values)


def certain(typed: str) -> list[dict[str, Any]]:
    """Units that are certain: number, reason, note, field; one to a line.

    Raises
    ------
    Misread
    """
    return _units(typed, CertainReason, with_field=True)


def excluded(typed: str) -> list[dict[str, Any]]:
    """Units that are left out: number, reason, note; one to a line.

    Raises
    ------
    Misread
    """
    return _units(typed, ExclusionReason, with_field=False)


def _units(typed: str, kinds: type[StrEnum], *, with_field: bool) -> list[dict[str, Any]]:
    reasons: Mapping[str, StrEnum] = {getattr(kind, "label"): kind for kind in kinds}  # noqa: B009
    found = []
    for at, line in enumerate(lines(typed), 1):
        cells = [cell.strip() for cell in re.split(r"[\t|｜]", line)] + [""] * 3
        unit, reason, note, field = cells[:4]
        if reason and reason not in reasons:
            known = "、".join(reasons)
            raise Misread(f"第 {at} 行的理由“{reason}”不在其列；可以填：{known}。")
        one: dict[str, Any] = {"unit_id": unit, "note": note}
        if reason:
            one["reason"] = reasons[reason].value
        if with_field:
            one["field"] = field or None
        found.append(one)
    return found


def told_units(units: Iterable[Any]) -> str:
    """Units one to a line."""
    return "\n".join(_told_unit(unit) for unit in units)


def _told_unit(unit: Any) -> str:
    cells = [unit.unit_id, unit.reason.label, unit.note, getattr(unit, "field", None) or ""]
    return " | ".join(cells).rstrip(" |")


Reader = Callable[[str], Any]
