"""A roster as it was handed in: columns of canonical text, or every fault of the file."""

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from sampler.inputs.cells import LONGEST_CELL, UNSEEN, cell_text, cell_texts, quoted, unseen_fault
from sampler.inputs.roster_text import Progress, Row, text_rows
from sampler.inputs.roster_workbook import SIGNATURE, workbook_rows
from sampler.inputs.row_faults import RowFaults, unreadable

REQUIRED = ("unit_id", "name", "fields", "qi_centre", "level", "province", "credit_class")
"""Columns that every roster has; any further ones may follow."""

ALLOWED = {"qi_centre": ("0", "1"), "level": ("国家级", "省级")}
"""Columns with a closed list of values."""

_BLOCK = 2_000
_DAMAGED_NUMBER = re.compile(r"\s*-?\d(?:\.\d+)?E\+\d\d\s*")
_DAMAGED = (
    "长编号被 Excel 变成了科学计数，末几位已丢失：{}；请把该列设为“文本”格式，"
    "从原始数据重新粘贴后另存"
)


@dataclass(frozen=True)
class Roster:
    """A table of units, column by column.

    Attributes
    ----------
    columns : names in the order of the header, trimmed NFC, each once.
    cells : for each column its N cells as trimmed NFC text, in the order of the file.
    coded : what `predicates.codes` has already computed.
    """

    columns: tuple[str, ...]
    cells: dict[str, list[str]]
    coded: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.cells["unit_id"])

    @cached_property
    def order(self) -> npt.NDArray[np.int64]:
        """(N,) rows in order of unit id, by Unicode code points."""
        unit_ids = self.cells["unit_id"]
        return np.array(sorted(range(len(unit_ids)), key=unit_ids.__getitem__), dtype=np.int64)

    @cached_property
    def in_order(self) -> dict[str, list[str]]:
        """The columns with their cells in order of unit id."""
        return {name: self._ordered(cells) for name, cells in self.cells.items()}

    def _ordered(self, cells: list[str]) -> list[str]:
        table = np.empty(len(cells), dtype=object)
        table[:] = cells
        ordered: list[str] = table[self.order].tolist()
        return ordered


def read_roster(data: bytes, *, progress: Progress | None = None) -> Roster:
    """Read a roster from the bytes of a CSV file (UTF-8, GB18030) or an XLSX workbook.

    *progress* is told the share of the file that has been read, 0 to 1.

    Raises
    ------
    BadInput
        With every fault of the file (at most `row_faults.LISTED` of them one by one).
    """
    faults = RowFaults()
    if data.startswith(SIGNATURE):
        rows = workbook_rows(data, faults)
    else:
        rows = text_rows(data, faults, progress)
    columns = _columns(rows, faults)
    numbers = _read_rows(rows, columns, faults)
    if not len(numbers) and not faults:
        raise unreadable("no_rows", "名单只有列名，没有任何机构")
    by_name = {column.name: column for column in columns if column.kept}
    _check_ids(by_name, numbers, faults)
    _check_allowed(by_name, numbers, faults)
    faults.raise_if_any()
    return Roster(tuple(by_name), {name: column.cells for name, column in by_name.items()})


class _Column:
    """One column while it is read: canonical cells, equal ones sharing one string."""

    def __init__(self, name: str, order: int, kept: bool) -> None:
        self.name = name
        self.order = order
        self.kept = kept
        self.cells: list[str] = []
        self._known: dict[str, str] = {}
        self._bad: set[str] = set()

    def take(self, raw: Sequence[str], numbers: Sequence[int], faults: RowFaults) -> None:
        """Append the cells *raw* of the rows *numbers*."""
        fresh = set(raw).difference(self._known)
        self._bad.update(_bad_cells(fresh))
        if self._bad and not self._bad.isdisjoint(raw):
            self._report(raw, numbers, faults)
        if len(fresh) > len(raw) // 2:
            self.cells.extend(cell_texts(raw))
            return
        self._known.update((text, cell_text(text)) for text in fresh)
        self.cells.extend(map(self._known.__getitem__, raw))

    def _report(self, raw: Sequence[str], numbers: Sequence[int], faults: RowFaults) -> None:
        for number, text in zip(numbers, raw, strict=True):
            if text in self._bad:
                code, message = _complaint(text)
                faults.add(code, number, message, self.name, self.order)


def _bad_cells(texts: set[str]) -> Iterator[str]:
    together = "\n".join(texts)
    # one search over all of them at once; nearly always there is nothing to find
    if (
        UNSEEN.search(together)
        or "E+" in together
        or max(map(len, texts), default=0) > LONGEST_CELL
    ):
        yield from (text for text in texts if _complaint(text)[0])


def _complaint(text: str) -> tuple[str, str]:
    """Code and message of what is wrong with a cell by itself; empty if nothing is."""
    if len(text) > LONGEST_CELL:
        return "cell_too_long", f"一格内容超过 {LONGEST_CELL} 字：{quoted(text)}"
    if any("\udc80" <= character <= "\udcff" for character in text):
        return "encoding", f"含有不合文件编码的字节：{quoted(text)}"
    if message := unseen_fault(text):
        return "unseen_character", message
    if _DAMAGED_NUMBER.fullmatch(text):
        return "damaged_number", _DAMAGED.format(quoted(text))
    return "", ""


def _columns(rows: Iterator[Row], faults: RowFaults) -> list[_Column]:
    """The columns that the header names, in its order; what is wrong with it to *faults*."""
    number, header = next(rows, (0, []))
    if not header:
        faults.raise_if_any()
        raise unreadable("empty_file", "文件是空的，没有任何内容")
    names = [cell_text(cell) for cell in header]
    if not set(names) & set(REQUIRED):
        raise unreadable("not_a_table", _no_header(names))
    _check_header(names, number, faults)
    return [
        _Column(name, order, bool(name) and name not in names[:order])
        for order, name in enumerate(names)
    ]


def _no_header(names: Sequence[str]) -> str:
    line = "，".join(names)
    expected = ",".join(REQUIRED)
    if "unit_id" in line and len(names) == 1:
        return f"列与列之间须用英文逗号分隔；首行应为 {expected}，现为 {quoted(line, 80)}"
    return f"不是名单表：首行须是列名 {expected}，现为 {quoted(line, 80)}"


def _check_header(names: Sequence[str], number: int, faults: RowFaults) -> None:
    missing = [name for name in REQUIRED if name not in names]
    strangers = [name for name in names if name not in REQUIRED]
    for name in missing:
        near = get_close_matches(name, strangers, 1, 0.7)
        hint = f"（是否误写为 {quoted(near[0])}？）" if near else ""
        faults.add("column_missing", number, f"缺少必需的列 {name}{hint}")
    for order, name in enumerate(names):
        if not name:
            faults.add("column_unnamed", number, f"第 {order + 1} 列没有列名", order=order)
        elif (first := names.index(name)) < order:
            message = f"第 {first + 1} 列与第 {order + 1} 列重名，每列只能出现一次"
            faults.add("column_doubled", number, message, name[:40], order)
        code, message = _complaint(name)
        if code:
            faults.add(code, number, f"列名{message}", order=order)


def _read_rows(rows: Iterator[Row], columns: list[_Column], faults: RowFaults) -> "array[int]":
    """Fill the *columns*; the row number of every row taken."""
    numbers = array("I")
    fitting = _fitting(rows, len(columns), faults)
    while block := list(islice(fitting, _BLOCK)):
        at, cells = zip(*block, strict=True)
        numbers.extend(at)
        for column, raw in zip(columns, zip(*cells, strict=True), strict=True):
            column.take(raw, at, faults)
    return numbers


def _fitting(rows: Iterator[Row], width: int, faults: RowFaults) -> Iterator[Row]:
    for number, row in rows:
        if len(row) == width:
            yield number, row
        else:
            faults.add(
                "row_width",
                number,
                f"应有 {width} 格，实有 {len(row)} 格；内容里有逗号的格须加英文双引号",
            )


def _check_ids(columns: Mapping[str, _Column], numbers: "array[int]", faults: RowFaults) -> None:
    if "unit_id" not in columns:
        return
    column = columns["unit_id"]
    if "" not in column.cells and len(set(column.cells)) == len(column.cells):
        return
    first: dict[str, int] = {}
    for number, unit in zip(numbers, column.cells, strict=True):
        if not unit:
            faults.add("unit_id_empty", number, "机构编号为空", column.name, column.order)
        elif (seen := first.setdefault(unit, number)) != number:
            message = f"机构编号与第 {seen} 行重复：{quoted(unit)}"
            faults.add("unit_id_doubled", number, message, column.name, column.order)


def _check_allowed(
    columns: Mapping[str, _Column], numbers: "array[int]", faults: RowFaults
) -> None:
    for name, allowed in ALLOWED.items():
        if name not in columns or set(columns[name].cells) <= set(allowed):
            continue
        column = columns[name]
        for number, value in zip(numbers, column.cells, strict=True):
            if value not in allowed:
                message = f"只能填 {' 或 '.join(allowed)}，现为 {quoted(value)}"
                faults.add("value_not_allowed", number, message, name, column.order)
