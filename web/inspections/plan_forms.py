"""A section of a plan as a form: filled from a version, read from what was sent, faults placed.

What was typed is never lost: a section that cannot be read comes back as it was sent. One that
can be read is saved with all that is wrong in it, and each fault stands at its field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from pydantic import BaseModel, ValidationError

from inspections.plan_content import ItemRef, PlanContent
from inspections.plan_faults import PlanFault
from web.inspections.plan_cells import Misread
from web.inspections.plan_fields import READERS, Input, Options, Section, Shape, Table
from web.words.plans import fault_words

BLANKS = 3
"""Empty rows below the entries of a table."""

MOST_ROWS = 250
MOST_TYPED = 400_000

INPUT_FAULTS = {
    "string_too_long": "太长，最多 {max_length} 字。",
    "too_long": "最多 {max_length} 项。",
    "value_error": "含有看不见的字符，请重新输入。",
    "less_than_equal": "不能大于 {le}。",
    "greater_than_equal": "不能小于 {ge}。",
    "greater_than": "必须大于 {gt}。",
    "decimal_max_places": "小数最多 {decimal_places} 位。",
}


@dataclass(frozen=True)
class Cell:
    """A field with what stands in it, and what is wrong there."""

    input: Input
    name: str
    typed: str = ""
    ticked: frozenset[str] = frozenset()
    options: Options = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A table with its rows, blank ones last."""

    table: Table
    rows: Sequence[Sequence[Cell]]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A section to be filled in.

    Attributes
    ----------
    faults : by the name of the field, for the summary.
    """

    section: Section
    parts: Sequence[Cell | Grid]
    faults: Mapping[str, str] = field(default_factory=dict)


# -- filling in --------------------------------------------------------------------------------

Faults = list[tuple[str, str]]
"""Each with its place, and in words."""

Typed = dict[str, Any]
"""What stands in the fields by name: a text, a list of ticks, or the rows of a table."""


def typed_of(section: Section, content: PlanContent) -> Typed:
    """What a version says, as it is typed."""
    return {part.name: _typed(part, content) for part in section.parts}


def _typed(part: Input | Table, content: PlanContent) -> Any:
    value = value_of(part.name, content)
    if isinstance(part, Table):
        return [[one.told(getattr(entry, one.name)) for one in part.columns] for entry in value]
    if part.shape is Shape.TICKS:
        return [str(getattr(one, "entry_id", one)) for one in value]
    return part.told(value)


def value_of(name: str, content: BaseModel) -> Any:
    """A field of the content, by its dotted name; None where a part is not there."""
    value: Any = content
    for part in name.split("."):
        value = getattr(value, part, None)
    return value


def sheet(
    section: Section,
    typed: Typed,
    options: Mapping[str, Options],
    faults: Iterable[tuple[str, str]] = (),
) -> Sheet:
    """The form with everything at its place.

    Parameters
    ----------
    options : of ticks that are taken from lists in force.
    faults : place and words; the place may lie within a field.
    """
    known = list(_names(section, typed))
    placed: dict[str, list[str]] = {}
    for at, words in faults:
        place = next((name for name in known if at == name or at.startswith(f"{name}.")), "")
        shown = f"{place}.by" if f"{place}.by" in known else place or known[-1]
        placed.setdefault(shown, []).append(_counted(words, at, place))
    parts = [_part(part, typed, options, placed) for part in section.parts]
    return Sheet(section, parts, {name: "".join(words) for name, words in placed.items()})


def _counted(words: str, at: str, place: str) -> str:
    """Says which of several lines or ticks a fault is about."""
    rest = at.removeprefix(place).strip(".").split(".")
    digits = next((part for part in rest if part.isdigit()), None)
    return f"第 {int(digits) + 1} 项：{words}" if digits is not None else words


def _names(section: Section, typed: Typed) -> Iterable[str]:
    """Every place where a fault can stand, the closest first."""
    for part in section.parts:
        if isinstance(part, Table):
            for at in range(len(typed[part.name])):
                yield from (f"{part.name}.{at}.{one.name}" for one in part.columns)
            yield part.name
    yield from (part.name for part in section.parts if isinstance(part, Input))
    # `weights` as a whole stands at its first field
    yield from {part.name.partition(".")[0] for part in section.parts}


def _part(
    part: Input | Table, typed: Typed, options: Mapping[str, Options], placed: Mapping[str, Any]
) -> Cell | Grid:
    if isinstance(part, Table):
        rows = [*typed[part.name], *([""] * len(part.columns) for _ in range(BLANKS))]
        grid = [
            [
                _cell(one, f"{part.name}.{at}.{one.name}", value, placed)
                for one, value in zip(part.columns, row, strict=True)
            ]
            for at, row in enumerate(rows[:MOST_ROWS])
        ]
        return Grid(part, grid, tuple(placed.get(part.name, ())))
    value = typed[part.name]
    if part.shape is Shape.TICKS:
        offered = options.get(part.name, part.options)
        faults = tuple(placed.get(part.name, ()))
        return Cell(part, part.name, "", frozenset(value), offered, faults)
    return _cell(part, part.name, value, placed)


def _cell(one: Input, name: str, typed: str, placed: Mapping[str, Any]) -> Cell:
    faults = tuple(placed.get(name, ()))
    return Cell(one, name, typed, options=one.options, faults=faults)


# -- reading -----------------------------------------------------------------------------------


def sent(section: Section) -> Typed:
    """What the request brings, blank rows left out."""
    found: Typed = {}
    for part in section.parts:
        if isinstance(part, Table):
            found[part.name] = list(_rows(part))
        elif part.shape is Shape.TICKS:
            found[part.name] = request.form.getlist(part.name)[:500]
        else:
            found[part.name] = _text(part.name)
    return found


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()[:MOST_TYPED]


def _rows(table: Table) -> Iterable[list[str]]:
    for at in range(MOST_ROWS):
        row = [_text(f"{table.name}.{at}.{one.name}") for one in table.columns]
        # a choice always stands somewhere, and says nothing by itself
        asks = zip(table.columns, row, strict=True)
        if any(text for one, text in asks if one.shape is not Shape.CHOICE):
            yield row


@dataclass
class Reading:
    """What a section says, or what in it cannot be read."""

    content: PlanContent | None = None
    faults: Faults = field(default_factory=list)


def read(
    section: Section, typed: Typed, before: PlanContent, items: Mapping[str, ItemRef]
) -> Reading:
    """The content with the section as it was typed.

    Parameters
    ----------
    items : of the lists in force, by what a tick sends.
    """
    reading = Reading()
    facts: dict[str, Any] = {}
    for part in section.parts:
        value = _value(part, typed[part.name], before, items, reading)
        group, dot, key = part.name.partition(".")
        if dot:
            facts.setdefault(group, {})[key] = value
        else:
            facts[group] = value
    if not reading.faults:
        _build(before, _whole(facts, before), reading)
    return reading


def _build(before: PlanContent, facts: dict[str, Any], reading: Reading) -> None:
    try:
        reading.content = before.changed(**facts)
    except ValidationError as error:
        reading.faults += refused(error)


def refused(error: ValidationError) -> Faults:
    """What an input model refuses: place and words."""
    found = []
    for fault in error.errors():
        about = dict(fault.get("ctx", {}))
        words = INPUT_FAULTS.get(fault["type"], "这里填写的内容不能用，请检查。")
        found.append((".".join(map(str, fault["loc"])), words.format_map(about)))
    return found


def _value(
    part: Input | Table,
    typed: Any,
    before: PlanContent,
    items: Mapping[str, ItemRef],
    reading: Reading,
) -> Any:
    if isinstance(part, Table):
        return [
            {
                one.name: read_cell(one, text, f"{part.name}.{at}.{one.name}", reading.faults)
                for one, text in zip(part.columns, row, strict=True)
            }
            for at, row in enumerate(typed)
        ]
    if part.shape is Shape.TICKS:
        if part.name == "publish":
            return typed
        kept = {str(one.entry_id): one for one in value_of(part.name, before)}
        return [items.get(key) or kept[key] for key in typed if key in items or key in kept]
    return read_cell(part, typed, part.name, reading.faults)


def read_cell(one: Input, typed: str, name: str, faults: Faults) -> Any:
    """What a field says; what cannot be read is added to the *faults*."""
    if one.shape is Shape.TICK:
        return bool(typed)
    if not typed:
        return one.empty
    try:
        return READERS[one.shape](typed)
    except Misread as misread:
        faults.append((name, str(misread)))
        return one.empty


def _whole(facts: dict[str, Any], before: PlanContent) -> dict[str, Any]:
    """Figures that say nothing are none; a unit keeps the name it had."""
    for name in ("weights", "ratios"):
        if name in facts and not any(facts[name].values()):
            facts[name] = None
    for name in ("certain", "excluded"):
        named = {one.unit_id: one.name for one in value_of(name, before) or ()}
        for unit in facts.get(name, ()):
            unit["name"] = named.get(unit["unit_id"], "")
    return facts


# -- faults of the plan ------------------------------------------------------------------------


def in_words(faults: Iterable[PlanFault]) -> list[tuple[str, str]]:
    """Each fault with its place."""
    return [(fault.at, fault_words(fault)) for fault in faults]


def faults_in(section: Section, faults: Iterable[PlanFault]) -> list[PlanFault]:
    """The faults that belong to a section."""
    return [fault for fault in faults if fault.at.partition(".")[0] in section.names]
