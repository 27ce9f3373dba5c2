"""The drawn list as a workbook; every cell is text or a number, never a guess of Excel."""

import io

import xlsxwriter

from web.papers.draw_papers.facts import DrawFacts, UnitLine
from web.papers.workbook import DAWN
from web.words.draws import percent
from web.words.times import to_the_second

HEADER = ("领域", "序号", "机构名称", "机构编号", "符合的交叉要求", "机会", "机会（分数）")
WIDTHS = (32, 7, 44, 22, 24, 12, 26)


def drawn_workbook(facts: DrawFacts) -> bytes:
    """Sheets for the drawn, the reserves, and what the certificate says; equal for equal draws."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"title": facts.title, "comments": facts.state, "created": DAWN})
    head = book.add_format({"bold": True, "bg_color": "#EDF0F3", "bottom": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for name, units in (("抽查名单", facts.drawn), ("候补名单", facts.reserves)):
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 3)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{facts.state}&R第 &P 页，共 &N 页")
        for column, (label, width) in enumerate(zip(HEADER, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, label, head)
        for line, unit in enumerate(_ordered(facts, units), start=1):
            sheet.write_number(line, 1, unit.rank)
            for column, told in _cells(unit, facts.decimals):
                sheet.write_string(line, column, told, text)
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)
    for line, (label, told) in enumerate(_told(facts)):
        sheet.write_string(line, 0, label, head)
        sheet.write_string(line, 1, told, text)
    book.close()
    return stream.getvalue()


def _ordered(facts: DrawFacts, units: tuple[UnitLine, ...]) -> list[UnitLine]:
    return [unit for field in facts.by_field(units) for unit in field.units]


def _cells(unit: UnitLine, decimals: int) -> list[tuple[int, str]]:
    return [
        (0, unit.field),
        (2, unit.name),
        (3, unit.unit_id),
        (4, unit.signature.replace("|", "、")),
        (5, percent(unit.probability, decimals)),
        # hundreds of digits are possible, a cell holds 32,767 characters
        (6, unit.chance[:32_000]),
    ]


def _told(facts: DrawFacts) -> list[tuple[str, str]]:
    told = [
        ("计划", facts.title),
        ("抽取", facts.state),
        ("抽取时间", to_the_second(facts.drawn_at)),
        ("承诺摘要", facts.commitment_digest),
        ("种子", facts.seed),
        ("证书文件 SHA-256", facts.certificate_sha256),
        ("公开页面", facts.address),
    ]
    return told + ([("说明", "演示数据：机构和编号均为虚构")] if facts.demo else [])
