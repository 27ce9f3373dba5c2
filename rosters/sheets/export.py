"""Rosters as files that open right in Excel, WPS and LibreOffice, and read back unchanged."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from rosters.sheets.text import armed
from rosters.sheets.written import written

MOST_ROWS = 1_048_575
"""What a sheet can hold below its head."""

NOTES = "说明"
"""The sheet that says what the file is; it has no head, so that a reader passes it over."""

HEAD_COLOUR = "#EDF0F3"

_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True)
class Formats:
    """The formats of a written workbook: texts stay texts, dates are dates."""

    head: Format
    text: Format
    number: Format
    day: Format

    @classmethod
    def of(cls, workbook: xlsxwriter.Workbook) -> "Formats":
        """Add them to *workbook*."""
        head = {"bold": True, "bg_color": HEAD_COLOUR, "bottom": 1, "text_wrap": True}
        return cls(
            head=workbook.add_format(head | {"valign": "vcenter"}),
            text=workbook.add_format({"num_format": "@"}),
            number=workbook.add_format({"num_format": "0"}),
            day=workbook.add_format({"num_format": "yyyy-mm-dd"}),
        )

    def for_kind(self, kind: Kind) -> Format:
        """The format of the cells of a column."""
        return {Kind.DATE: self.day, Kind.INTEGER: self.number}.get(kind, self.text)


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Value]],
    stream: IO[bytes],
    title: str,
    note: str = "",
) -> None:
    """Write *rows* as a workbook: one sheet called by *title*, and one that says what it is.

    Codes, numbers and names are texts, so that no digit is rounded and nothing that begins
    with = is computed; dates are real dates. One row at a time is held in memory. At most
    `MOST_ROWS` rows.
    """
    workbook = xlsxwriter.Workbook(stream, {"constant_memory": True})
    workbook.set_properties({"title": title, "comments": note})
    formats = Formats.of(workbook)
    sheet = workbook.add_worksheet(sheet_name(title))
    write_head(sheet, columns, formats)
    last = 0
    for last, values in enumerate(rows, 1):
        for at, column in enumerate(columns):
            write_cell(sheet, last, at, written(column, values.get(column.key)), formats)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    _write_note(workbook.add_worksheet(NOTES), title, note, formats)
    workbook.close()


def sheet_name(title: str) -> str:
    """*title* as the name of a sheet: at most 31 characters, none that Excel refuses."""
    return _NO_SHEET_NAME.sub(" ", title).strip()[:31] or "名录"


def write_head(sheet: Worksheet, columns: Sequence[Column], formats: Formats) -> None:
    """The head, kept in view, above columns of the right width and format."""
    sheet.set_row(0, 30)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width, formats.for_kind(column.kind))
        sheet.write_string(0, at, column.label, formats.head)
    sheet.freeze_panes(1, 1)


def write_cell(
    sheet: Worksheet, row: int, column: int, value: str | int | date, formats: Formats
) -> None:
    """One cell, row and column from 0, as what it is and never as a guess of the writer."""
    if isinstance(value, str):
        if value:
            sheet.write_string(row, column, value, formats.text)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats.day)
    else:
        sheet.write_number(row, column, value, formats.number)


def _write_note(sheet: Worksheet, title: str, note: str, formats: Formats) -> None:
    sheet.set_column(0, 0, 100)
    for line, text in enumerate((title, *note.splitlines())):
        sheet.write_string(line, 0, text, formats.text)


def write_csv(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Value]], stream: IO[bytes]
) -> None:
    """Write *rows* as csv: UTF-8 with mark and CRLF, as Excel and WPS expect it.

    Digits that a spreadsheet would round are written as `="913300007955753099"`, and texts
    that begin like a formula get an apostrophe (`text.armed`); reading undoes both.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([column.label for column in columns])
    for values in rows:
        writer.writerow([_in_csv(column, values.get(column.key)) for column in columns])
    text.detach()


def _in_csv(column: Column, value: Value) -> str:
    cell = written(column, value)
    return armed(cell) if isinstance(cell, str) else str(cell)
