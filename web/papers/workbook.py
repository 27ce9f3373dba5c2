"""The drawn list as a workbook; every cell is text or a number, never a guess of Excel."""

import io
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from web.papers.lists import DrawnList
from web.words.draws import percent

HEADER = ("领域", "序号", "类别", "机构名称", "机构编号", "符合的交叉要求", "机会", "机会（分数）")
WIDTHS = (32, 7, 8, 44, 22, 20, 12, 26)
RANK = HEADER.index("序号")

DAWN = datetime(1980, 1, 1, tzinfo=UTC)
"""Stands for "no time": equal draws give equal workbooks."""


def as_workbook(drawn: DrawnList) -> bytes:
    """The bytes of `drawn.xlsx`: the list, and a sheet that says what it is."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    workbook.set_properties({"title": drawn.title, "comments": drawn.state, "created": DAWN})
    head = workbook.add_format(
        {"bold": True, "bg_color": "#EDF0F3", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    )
    text = workbook.add_format({"num_format": "@"})
    _write_list(workbook.add_worksheet("抽中名单"), drawn, head, text)
    wrapped = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    _write_facts(workbook.add_worksheet("证书摘要"), drawn, head, wrapped)
    workbook.close()
    return stream.getvalue()


def _write_list(sheet: Worksheet, drawn: DrawnList, head: Format, text: Format) -> None:
    for column, (name, width) in enumerate(zip(HEADER, WIDTHS, strict=True)):
        sheet.set_column(column, column, width, None if column == RANK else text)
        sheet.write_string(0, column, name, head)
    sheet.set_row(0, 24)
    line = 0
    for row in (row for field in drawn.fields for row in field.rows):
        line += 1
        kind = "候补" if row.is_reserve else "抽中"
        chance = percent(row.probability, drawn.decimals)
        texts = (row.field, "", kind, row.name, row.unit_id, row.signature, chance, row.chance)
        for column, value in enumerate(texts):
            if column != RANK:
                sheet.write_string(line, column, value, text)
        sheet.write_number(line, RANK, row.rank)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, line, len(HEADER) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(f"&L{drawn.state}&R第 &P 页，共 &N 页")


def _write_facts(sheet: Worksheet, drawn: DrawnList, head: Format, text: Format) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)
    facts = [("计划", drawn.title), *drawn.facts()]
    if drawn.demo:
        facts.append(("说明", "演示数据：机构和编号均为虚构"))
    for line, (label, value) in enumerate(facts):
        sheet.write_string(line, 0, label, head)
        sheet.write_string(line, 1, value, text)
