"""The user's own workbook with its faults shown: red cells, a note on each, a list in front."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import IO

import openpyxl
import xlsxwriter
from openpyxl.cell.cell import Cell as BookCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet as BookSheet
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.media import Media, media_type
from rosters.sheets.export import sheet_name
from rosters.sheets.faults import CellFault, Faults, Severity, column_letter, words
from rosters.sheets.furniture import LIST
from rosters.sheets.read import Broken, Cell, Sheet

AUTHOR = "双随机抽查平台"
"""Stands on our notes, by which an earlier round of marks is found and taken away."""

MOST_KEPT_LAYOUT = 20_000
"""Rows up to which the layout is kept; beyond it a plain workbook is written, much sooner."""

COLOURS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFEB9C"}
SEVERITIES = {Severity.ERROR: "错误", Severity.WARNING: "提醒"}

HEAD = ("序号", "工作表", "行", "列", "栏目", "内容", "程度", "问题和改法")
WIDTHS = (7, 18, 8, 6, 20, 30, 8, 80)

_Place = tuple[str, int, int]
_Notes = Mapping[_Place, tuple[Severity, str]]


def write_marked(
    original: IO[bytes], sheets: Sequence[Sheet], faults: Faults, stream: IO[bytes]
) -> None:
    """Write the workbook of *original* with its faults marked, always as xlsx.

    An xlsx file of up to `MOST_KEPT_LAYOUT` rows keeps its layout, formulas and hidden sheets,
    and loses the marks of an earlier round. A larger one, and an xls or csv file, comes as a
    plain workbook with the same sheets, values and places.
    """
    rows = sum(len(sheet.rows) for sheet in sheets)
    if rows <= MOST_KEPT_LAYOUT and media_type(original) in (Media.XLSX, Media.MACROS):
        original.seek(0)
        book = openpyxl.load_workbook(original)
        _mark(book, faults)
        book.save(stream)
    else:
        _write_plain(sheets, faults, stream)


def _notes(faults: Faults) -> _Notes:
    """What is said at each cell; an error outweighs a warning."""
    notes: dict[_Place, tuple[Severity, str]] = {}
    for fault in faults:
        if fault.row and fault.column:
            place = fault.sheet, fault.row, fault.column
            severity, text = notes.get(place, (fault.severity, ""))
            worst = Severity.ERROR if Severity.ERROR in (severity, fault.severity) else severity
            notes[place] = worst, f"{text}\n{words(fault)}".strip()
    return notes


def _lines(faults: Faults) -> list[tuple[CellFault, tuple[str | int, ...]]]:
    return [
        (
            fault,
            (
                number,
                fault.sheet,
                fault.row or "",
                fault.letter,
                fault.label,
                fault.value,
                SEVERITIES[fault.severity],
                words(fault),
            ),
        )
        for number, fault in enumerate(faults, 1)
    ]


def _summary(faults: Faults) -> str:
    kept = len(faults.kept)
    rest = f"；以下列出前 {kept:,} 个" if kept < len(faults) else ""
    counts = f"共 {len(faults):,} 个问题，其中错误 {faults.errors:,} 个{rest}。"
    return f"{counts}改好后可以直接再次上传本文件。"


def _target(fault: CellFault, sheet: str) -> str:
    name = sheet.replace("'", "''")
    return f"'{name}'!{column_letter(fault.column or 1)}{fault.row}"


def _mark(book: Workbook, faults: Faults) -> None:
    if LIST in book.sheetnames:
        del book[LIST]
    for sheet in book.worksheets:
        _unmark(sheet)
    for (name, row, column), (severity, text) in _notes(faults).items():
        cell = book[name].cell(row, column)
        # of a merged cell only the first part can bear a note
        if isinstance(cell, BookCell):
            cell.fill = PatternFill("solid", fgColor=COLOURS[severity])
            cell.comment = Comment(text, AUTHOR, height=120, width=320)
    _list(book.create_sheet(LIST, 0), faults)
    book.active = 0


def _unmark(sheet: BookSheet) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, BookCell) and cell.comment and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _list(sheet: BookSheet, faults: Faults) -> None:
    sheet.append([_summary(faults)])
    sheet.append(list(HEAD))
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for at, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[column_letter(at)].width = width
    for fault, line in _lines(faults):
        sheet.append(list(line))
        for cell in sheet[sheet.max_row]:
            # a value that begins with = is shown, never computed
            cell.data_type = "n" if isinstance(cell.value, int) else "s"
        if fault.row:
            link = sheet.cell(sheet.max_row, 1)
            link.hyperlink = f"#{_target(fault, fault.sheet)}"
            link.style = "Hyperlink"
    sheet.freeze_panes = "A3"


def _write_plain(sheets: Sequence[Sheet], faults: Faults, stream: IO[bytes]) -> None:
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    pens = _Pens(book)
    _write_list(book.add_worksheet(LIST), faults, pens)
    notes = _notes_by_row(faults)
    for sheet in sheets:
        if sheet.rows and sheet.name != LIST:
            page = book.add_worksheet(sheet_name(sheet.name))
            for number, row in sheet.rows:
                _write_row(page, number, row, notes.get((sheet.name, number), {}), pens)
    book.close()


class _Pens:
    """The formats of a plain workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.bold = book.add_format({"bold": True})
        self.text = book.add_format({"num_format": "@"})
        self._shapes = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", time: "hh:mm:ss"}
        self._made = {
            (shape, severity): book.add_format(
                {"num_format": shape} | ({"bg_color": f"#{COLOURS[severity]}"} if severity else {})
            )
            for shape in ("@", "General", *self._shapes.values())
            for severity in (None, *Severity)
        }

    def of(self, cell: Cell, severity: Severity | None) -> Format:
        """The format that shows *cell* as what it is."""
        number = isinstance(cell, int | float) and not isinstance(cell, bool)
        shape = self._shapes.get(type(cell), "General" if number else "@")
        return self._made[shape, severity]


def _notes_by_row(faults: Faults) -> dict[tuple[str, int], dict[int, tuple[Severity, str]]]:
    rows: dict[tuple[str, int], dict[int, tuple[Severity, str]]] = {}
    for (sheet, row, column), note in _notes(faults).items():
        rows.setdefault((sheet, row), {})[column] = note
    return rows


def _write_row(
    page: Worksheet,
    number: int,
    row: Sequence[Cell],
    notes: Mapping[int, tuple[Severity, str]],
    pens: _Pens,
) -> None:
    width = max(len(row), *notes) if notes else len(row)
    for at in range(width):
        cell = row[at] if at < len(row) else ""
        severity, text = notes.get(at + 1, (None, ""))
        _write(page, number - 1, at, cell, pens.of(cell, severity))
        if text:
            page.write_comment(number - 1, at, text, {"author": AUTHOR, "x_scale": 2})


def _write(page: Worksheet, row: int, column: int, cell: Cell, pen: Format) -> None:
    match cell:
        case "":
            page.write_blank(row, column, None, pen)
        case Broken():
            page.write_formula(row, column, "=NA()", pen, "#N/A")
        case bool():
            page.write_boolean(row, column, cell, pen)
        case int() | float():
            page.write_number(row, column, cell, pen)
        case datetime() | date() | time():
            page.write_datetime(row, column, cell, pen)
        case _:
            page.write_string(row, column, str(cell), pen)


def _write_list(page: Worksheet, faults: Faults, pens: _Pens) -> None:
    page.write_string(0, 0, _summary(faults))
    for at, (head, width) in enumerate(zip(HEAD, WIDTHS, strict=True)):
        page.set_column(at, at, width)
        page.write_string(1, at, head, pens.bold)
    for row, (fault, line) in enumerate(_lines(faults), 2):
        if fault.row:
            link = f"internal:{_target(fault, sheet_name(fault.sheet))}"
            page.write_url(row, 0, link, string=str(line[0]))
        for at, value in enumerate(line[1:], 1):
            _write(page, row, at, value, pens.of(value, None))
    page.freeze_panes(2, 0)
