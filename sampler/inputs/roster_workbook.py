"""The rows of a roster kept as an Excel workbook: the first sheet, as the user sees it."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from sampler.inputs.row_faults import RowFaults, unreadable

SIGNATURE = b"PK\x03\x04"

MOST_BYTES = 1024**3
"""Unpacked size of a workbook; a million units need a third of it."""

MOST_CELLS = 20_000_000
"""Rows times columns of a sheet; a million units with twenty columns."""

EXACT = 10**15
"""Excel keeps 15 digits; from here on the last ones are already lost."""

_CHUNK = 1024 * 1024
_CELL = re.compile(rb"<(?:c|\w+:c)[\s/>]")
_PLACE = re.compile(rb"""<(?:c|\w+:c)\s[^<>]*?\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_HUGE_COUNT = re.compile(rb"""[cC]ount\s*=\s*["']\s*[0-9]{9}""")
_ERROR = re.compile(rb"""<c\s[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*?\bt="e\"""")
_FIRST_SHEET = re.compile(rb"""<(?:\w+:)?sheet\s[^<>]*?\w:id="([^"]+)\"""")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
_TARGET = re.compile(rb"""Target="/?(?:xl/)?([^"]+)\"""")

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NO_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    KeyError,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises on a damaged archive."""

_DAMAGED = "XLSX 文件已损坏、加了密码或不是 Excel 工作簿，请在 Excel 中重新另存为 .xlsx 后再试"
_TOO_BIG = "XLSX 工作表过大，请只保留名单一张表，删去表外的空行空列后另存"
_ERROR_CELL = "这一格是 Excel 的错误值（如 #N/A），请改为实际内容"


def workbook_rows(data: bytes, faults: RowFaults) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet, as text, with the row numbers that Excel shows.

    Whole numbers lose their `.0`, dates become ISO text, error values (#N/A ...) are
    faults. Blank rows are left out, and so are columns on the right without any content.

    Raises
    ------
    BadInput
        If the file is no workbook, or one that unpacks beyond all measure.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            oversized = _inspect(archive, faults)
    except _NO_ARCHIVE as error:
        raise unreadable("workbook_damaged", _DAMAGED) from error
    if oversized:
        raise unreadable("workbook_too_big", _TOO_BIG)
    rows = [
        [cell if isinstance(cell, str) else _shown(cell) for cell in row] for row in _sheet(data)
    ]
    width = max(map(_width, rows), default=0)
    for number, row in enumerate(rows, 1):
        if any(row):
            yield number, row[:width]


def _inspect(archive: zipfile.ZipFile, faults: RowFaults) -> bool:
    """Whether the workbook would exhaust the memory; error values go to *faults*.

    The fast reader lays a sheet out as a full rectangle and trusts the counts it is told:
    a file of a few kilobytes can so ask for any amount of memory, and get the process killed.
    """
    if {"xl/workbook.bin", "content.xml"} & set(archive.namelist()):
        raise ValueError("another kind of workbook")
    if any(member.compress_type not in _PACKED for member in archive.infolist()):
        raise ValueError("no Excel packs like this")
    if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
        return True
    first = _first_sheet(archive)
    for name in archive.namelist():
        extent = _Extent()
        for chunk in _chunks(archive, name):
            extent.take(chunk)
            if name == first:
                _report_errors(chunk, faults)
        if extent.oversized:
            return True
    return False


class _Extent:
    """How large a rectangle the cells of a sheet span."""

    def __init__(self) -> None:
        self._rows = 0
        self._columns: set[bytes] = set()
        self._unplaced = 0
        self._huge_count = False

    def take(self, chunk: bytes) -> None:
        places = _PLACE.findall(chunk)
        self._unplaced += len(_CELL.findall(chunk)) - len(places)
        self._rows = max(self._rows, max((int(row) for _, row in places), default=0))
        self._columns.update(letters for letters, _ in places)
        self._huge_count |= _HUGE_COUNT.search(chunk) is not None

    @property
    def oversized(self) -> bool:
        # a cell without a place of its own comes after its neighbour; count it both ways
        rows = self._rows + self._unplaced
        columns = max(map(_column_number, self._columns), default=0) + self._unplaced
        return self._huge_count or rows * columns > MOST_CELLS


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The member piece by piece, cut before a tag so that no tag falls between two."""
    rest = b""
    with archive.open(name) as stream:
        while piece := stream.read(_CHUNK):
            head, mark, tail = (rest + piece).rpartition(b"<")
            yield head
            rest = mark + tail
            if len(rest) > _CHUNK:
                yield rest
                rest = b""
    yield rest


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """The name of the member that holds the first sheet; empty if that cannot be told."""
    sheet = _FIRST_SHEET.search(archive.read("xl/workbook.xml"))
    relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    mark = b'Id="%b"' % sheet[1] if sheet else b"?"
    targets = [_TARGET.search(relation) for relation in relations if mark in relation]
    return f"xl/{targets[0][1].decode(errors='replace')}" if targets and targets[0] else ""


def _report_errors(chunk: bytes, faults: RowFaults) -> None:
    for letters, row in _ERROR.findall(chunk):
        column = letters.decode()
        faults.add("excel_error", int(row), _ERROR_CELL, column, _column_number(letters))


def _sheet(data: bytes) -> list[list[Any]]:
    # only whoever reads a workbook needs the library
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return sheet.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise unreadable("workbook_damaged", _DAMAGED) from error


def _width(row: list[str]) -> int:
    return next((at for at in range(len(row), 0, -1) if row[at - 1]), 0)


def _shown(cell: Any) -> str:
    match cell:
        case bool():
            return str(cell).upper()
        case int() | float():
            return _number(cell)
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
    return str(cell)


def _number(value: float) -> str:
    if abs(value) >= EXACT:
        return f"{value:.5E}"
    return str(int(value)) if float(value).is_integer() else repr(value)
