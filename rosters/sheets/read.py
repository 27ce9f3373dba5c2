"""From the bytes of a file to its sheets: workbook or text, each cell with its place."""

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import IO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from core.errors import Invalid
from core.media import Media, media_type
from rosters.sheets.old_excel import room
from rosters.sheets.text import MOST_COLUMNS, MOST_ROWS, NotText, text_rows
from rosters.sheets.unpacking import MOST_CELLS, NO_ARCHIVE, TooLarge, Unusable, inspect

MOST_BYTES = 60 * 2**20
"""Of the file as uploaded; 53,834 rows with 15 columns take 5 MB as xlsx, 20 MB as csv."""

MOST_SHEETS = 100

MOST_SHARED = 10_000
"""Different texts of which a sheet holds one copy: provinces and classes recur in every row."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

REFUSALS = {
    "too_many_bytes": f"文件超过 {MOST_BYTES // 2**20} MB，请只保留名录一张表，或者分成几份。",
    "empty": "文件是空的，或者没有任何有内容的工作表。",
    "too_large": f"工作表过大（最多 {MOST_ROWS:,} 行、{MOST_COLUMNS} 列），"
    "请只保留名录一张表，删去表外的空行空列后另存。",
    "damaged": "文件已损坏或加了密码，打不开。"
    "请在 Excel 或 WPS 中打开，去掉密码，另存为 .xlsx 后再试。",
    "password": "文件加了打开密码，读不了。请去掉密码后另存，再上传。",
    "markup": "这是网页格式的文件（有些系统导出的 .xls 其实是网页）。"
    "请用 Excel 或 WPS 打开，另存为 .xlsx 后再试。",
    "other_kind": "不是可以读取的表格文件。请提供 .xlsx、.xls 或 .csv 文件。",
    "not_text": "文本文件的编码认不出来。请另存为“CSV UTF-8（逗号分隔）”或 .xlsx 后再试。",
    "quote": '第 {row} 行的英文双引号没有配对，后面的内容读不了。格内的双引号须写成两个（""）。',
}
"""What to say about a file that cannot be read at all, by the reason."""


class Unreadable(Invalid):
    """No table can be read from the file; *why* is a key of `REFUSALS`, *words* says it."""

    code = "roster_file_unreadable"

    def __init__(self, why: str, **params: object) -> None:
        super().__init__(why=why, words=REFUSALS[why].format(**params))


class Broken(StrEnum):
    """What stands in for a cell whose content the file does not give away."""

    FAILED = "excel_error"
    WITHOUT_RESULT = "formula_without_result"


Cell = str | int | float | bool | date | datetime | time | timedelta | Broken
"""An empty cell is the empty text."""

Row = tuple[int, Sequence[Cell]]
"""The number of the row as the user's program shows it, from 1; its cells from column A."""


@dataclass(frozen=True)
class Sheet:
    """A sheet with its rows; empty rows are left out, and a hidden sheet comes without rows."""

    name: str
    rows: Sequence[Row] = field(repr=False)
    hidden: bool = False


def read_sheets(stream: IO[bytes], name: str) -> list[Sheet]:
    """All sheets of an xlsx, xls or csv file; its bytes decide what it is.

    A merged cell that spans several rows gives its value to each of them; one that spans
    several columns keeps it in the first. Hidden rows, left over from a filter, are read like
    any other. A text file is one sheet, called by *name*.

    Raises
    ------
    Unreadable
        If it is no such file, is damaged or protected by a password, or is beyond the limits
        (`MOST_BYTES`, `MOST_SHEETS`, `MOST_ROWS`, `MOST_COLUMNS`, `unpacking.MOST_CELLS`).
    """
    if stream.seek(0, io.SEEK_END) > MOST_BYTES:
        raise Unreadable("too_many_bytes")
    sheets = _sheets(stream, name)
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable("empty")
    return sheets


def _sheets(stream: IO[bytes], name: str) -> list[Sheet]:
    stream.seek(0)
    if stream.read(len(_OLE)) == _OLE:
        _check_old(stream)
        return list(_workbook(stream, {}))
    match media_type(stream):
        case Media.XLSX | Media.MACROS:
            return list(_workbook(stream, _inspected(stream)))
        case Media.CSV | Media.TEXT | Media.TOML:
            return [Sheet(name, _text(stream))]
        case Media.MARKUP:
            raise Unreadable("markup")
    raise Unreadable("other_kind" if stream.seek(0, io.SEEK_END) else "empty")


def _check_old(stream: IO[bytes]) -> None:
    stream.seek(0)
    data = stream.read()
    if _ENCRYPTED in data:
        raise Unreadable("password")
    try:
        cells = room(data)
    except (ValueError, struct.error) as error:
        raise Unreadable("damaged") from error
    if cells is None:
        raise Unreadable("password")
    if cells > MOST_CELLS:
        raise Unreadable("too_large")


def _inspected(stream: IO[bytes]) -> dict[int, Unusable]:
    try:
        return inspect(stream)
    except TooLarge as error:
        raise Unreadable("too_large") from error
    except NO_ARCHIVE as error:
        raise Unreadable("damaged") from error


def _text(stream: IO[bytes]) -> list[Row]:
    stream.seek(0)
    try:
        return list(text_rows(stream.read()))
    except NotText as error:
        raise Unreadable(error.why, row=error.row) from error


def _workbook(stream: IO[bytes], unusable: dict[int, Unusable]) -> Iterator[Sheet]:
    stream.seek(0)
    try:
        with CalamineWorkbook.from_filelike(stream) as workbook:
            if len(workbook.sheets_metadata) > MOST_SHEETS:
                raise Unreadable("too_large")
            for at, about in enumerate(workbook.sheets_metadata):
                if about.typ == SheetTypeEnum.WorkSheet:
                    yield _sheet(workbook, at, about, unusable.get(at, Unusable()))
    except PasswordError as error:
        raise Unreadable("password") from error
    except CalamineError as error:
        raise Unreadable("damaged") from error


def _sheet(workbook: CalamineWorkbook, at: int, about: SheetMetadata, unusable: Unusable) -> Sheet:
    if about.visible != SheetVisibleEnum.Visible:
        return Sheet(about.name, (), hidden=True)
    found = workbook.get_sheet_by_index(at)
    if found.total_height > MOST_ROWS or found.total_width > MOST_COLUMNS:
        raise Unreadable("too_large")
    rows = _rows(found)
    _mark_unusable(rows, unusable)
    _fill_merged(rows, found)
    return Sheet(
        about.name, [(number, row) for number, row in enumerate(rows, 1) if not is_blank(row)]
    )


def is_blank(row: Sequence[Cell]) -> bool:
    """Whether nothing stands in the row."""
    return not any(row) and all(cell == "" for cell in row)


def _rows(sheet: CalamineSheet) -> list[list[Cell]]:
    # the reader begins with the first column in use, and makes each cell an object of its own
    left: list[Cell] = [""] * (sheet.start[1] if sheet.start else 0)
    once: dict[str, str] = {}
    rows = []
    for row in sheet.iter_rows():
        if len(once) < MOST_SHARED:
            once.update((cell, cell) for cell in row if isinstance(cell, str) and cell not in once)
        rows.append(left + [once.get(cell, cell) if type(cell) is str else cell for cell in row])
    return rows


def _mark_unusable(rows: list[list[Cell]], unusable: Unusable) -> None:
    kinds = (unusable.failed, Broken.FAILED), (unusable.without_result, Broken.WITHOUT_RESULT)
    for places, broken in kinds:
        for row, column in places:
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = broken


def _fill_merged(rows: list[list[Cell]], sheet: CalamineSheet) -> None:
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
