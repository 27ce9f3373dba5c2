"""The empty workbook to fill in: drop-downs, a note at every head, an example that is not read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import IO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from core import regions
from rosters.sheets.columns import Column, Kind
from rosters.sheets.dates import EARLIEST, LATEST
from rosters.sheets.export import NOTES, Formats, sheet_name, write_cell, write_head
from rosters.sheets.furniture import EXAMPLE

LAST_ROW = 20_000
"""Down to here cells have their drop-downs."""

_CHOICES = "选项"
"""The hidden sheet with the lists behind the drop-downs."""

_EXAMPLES: dict[Kind, str | int | date] = {
    Kind.TEXT: "演示内容",
    Kind.CREDIT_CODE: "91330099YA0000000X",
    Kind.CERTIFICATE: "231105060001",
    Kind.DATE: date(2023, 5, 1),
    Kind.YES_NO: "是",
    Kind.INTEGER: 12,
    Kind.REGION: "浙江省",
    Kind.PHONE: "0571-00000000",
    Kind.EMAIL: "name@example.org",
}

_HOW: dict[Kind, str] = {
    Kind.CREDIT_CODE: "18 位统一社会信用代码，以文本格式填写。",
    Kind.CERTIFICATE: "12 位资质认定证书编号，以文本格式填写；老编号照证书填写。",
    Kind.DATE: "填年月日，如 2023-05-01。",
    Kind.CHOICE: "从下拉列表中选择。",
    Kind.YES_NO: "填“是”或“否”。",
    Kind.INTEGER: "填整数。",
    Kind.REGION: "填省份全称或 6 位区划代码。",
    Kind.PHONE: "手机号码，或区号-号码。",
    Kind.EMAIL: "电子邮箱地址。",
}


def write_template(columns: Sequence[Column], stream: IO[bytes], title: str) -> None:
    """Write the empty workbook for a noun; what is filled in is read by `read_drafts`."""
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    formats = Formats.of(workbook)
    sheet = workbook.add_worksheet(sheet_name(title))
    write_head(sheet, columns, formats)
    lists = _write_choices(workbook, columns)
    for at, column in enumerate(columns):
        sheet.write_comment(0, at, guidance(column), {"x_scale": 2})
        write_cell(sheet, 1, at, _example(column, is_first=at == 0), formats)
        _validate(sheet, at, column, lists)
    _write_notes(workbook, columns, formats, title)
    workbook.close()


def guidance(column: Column) -> str:
    """How to fill in a column, in words."""
    how = "填所在地市全称，如 杭州市；省直辖县填“省直辖县级行政区划”。" if column.within else ""
    parts = (
        "必填。" if column.required else "选填。",
        column.help or how or _HOW.get(column.kind, ""),
        f"可填：{'、'.join(column.choices)}。" if column.choices else "",
        "可以填几个，用“、”分开。" if column.several else "",
    )
    return "".join(parts)


def _example(column: Column, *, is_first: bool) -> str | int | date:
    if is_first:
        return f"{EXAMPLE}这一行不会读入，填写前可以删去"
    if column.choices:
        return column.choices[0]
    return "杭州市" if column.within else _EXAMPLES[column.kind]


def _options(column: Column) -> tuple[str, ...]:
    match column.kind:
        case Kind.CHOICE:
            return column.choices
        case Kind.YES_NO:
            return ("是", "否")
        case Kind.REGION if not column.within:
            return tuple(province.name for province in regions.provinces())
    return ()


def _write_choices(workbook: xlsxwriter.Workbook, columns: Sequence[Column]) -> dict[str, str]:
    """The lists on a hidden sheet, for a list in the cell itself ends at 255 characters."""
    sheet = workbook.add_worksheet(_CHOICES)
    sheet.hide()
    places: dict[str, str] = {}
    for column in columns:
        if options := _options(column):
            at = len(places)
            sheet.write_column(0, at, options)
            letter = xlsxwriter.utility.xl_col_to_name(at)
            places[column.key] = f"={_CHOICES}!${letter}$1:${letter}${len(options)}"
    return places


def _validate(sheet: Worksheet, at: int, column: Column, lists: Mapping[str, str]) -> None:
    if column.key in lists:
        rule: dict[str, object] = {"validate": "list", "source": lists[column.key]}
        # several values of a list are no value of the list
        rule["error_type"] = "information" if column.several else "stop"
    elif column.kind == Kind.DATE:
        rule = {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST}
        rule["error_type"] = "warning"
    else:
        return
    words = {"error_title": "请核对", "error_message": guidance(column)[:250]}
    sheet.data_validation(1, at, LAST_ROW, at, rule | words)


def _write_notes(
    workbook: xlsxwriter.Workbook, columns: Sequence[Column], formats: Formats, title: str
) -> None:
    sheet = workbook.add_worksheet(NOTES)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    lines = [
        (f"{title}填写说明", ""),
        ("整列说明", "一行填一家；表头不要改动，不用的栏目可以整栏删去。"),
        ("代码和编号", "以文本格式填写；显示成 9.13E+17 的已经损坏，要重新填写。"),
        *((column.label, guidance(column)) for column in columns),
    ]
    for line, (name, words) in enumerate(lines):
        sheet.write_string(line, 0, name, formats.head if not line else formats.text)
        sheet.write_string(line, 1, words, formats.text)
