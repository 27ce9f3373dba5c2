"""The drawn list of a trial and the summary of its certificate as a PDF."""

from collections.abc import Iterator
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from web.papers.faces import LINE, SMALL, words
from web.papers.lists import DrawnList, DrawnRow, FieldList
from web.papers.pieces import QrCode, beside, fact_table, fitting, grid, title
from web.papers.sheet import MEASURE, Margins, paper
from web.words.draws import percent

COLUMNS = (14 * mm, 58 * mm, 38 * mm, 29 * mm, MEASURE - 139 * mm)
NAME, CODE = 15, 18
"""Characters that fit on a line of their column."""

ASIDE = 36 * mm
LEAST_WITH_HEADING = 34 * mm
"""A heading stands above at least a few rows."""


def as_pdf(drawn: DrawnList) -> bytes:
    """The bytes of `drawn.pdf`; equal lists give equal bytes."""
    digest = str(drawn.certificate["whole_digest"])
    head = f"{drawn.title}　抽查名单"
    state = drawn.state + ("　演示数据" if drawn.demo else "")
    return paper(Margins(head, head, state, f"证书摘要 {digest}"), _story(drawn))


def _story(drawn: DrawnList) -> Iterator[Flowable]:
    yield from title(
        drawn.title, "抽查名单", f"（{drawn.state}{'；演示数据' if drawn.demo else ''}）"
    )
    yield _summary(drawn)
    for field in drawn.fields:
        yield CondPageBreak(LEAST_WITH_HEADING)
        yield _table(field, drawn.decimals)


def _summary(drawn: DrawnList) -> Flowable:
    digest = str(drawn.certificate["whole_digest"])
    told = words("二维码内容为证书摘要，应与左栏所印一致", SMALL)
    aside = [QrCode(digest, "二维码：证书摘要"), Spacer(0, 2 * mm), told]
    return beside([fact_table(drawn.facts(), MEASURE - ASIDE - 3 * mm)], aside, ASIDE)


def _heading(field: FieldList) -> str:
    reserves = f"，候补 {field.reserves} 家" if field.reserves else ""
    return f"{field.name}：抽中 {field.drawn} 家{reserves}"


def _table(field: FieldList, decimals: int) -> Flowable:
    head = ("序号", "机构名称", "机构编号", "符合的交叉要求", "机会")
    rows = [_cells(row, decimals) for row in field.rows]
    table = grid(head, rows, COLUMNS, (0, 4), _heading(field))
    if field.drawn and field.reserves:
        # reserves are apart from the drawn, at a glance
        first = field.drawn + 2
        table.setStyle([("LINEABOVE", (0, first), (-1, first), 1.2, LINE)])
    return table


def _cells(row: DrawnRow, decimals: int) -> list[Any]:
    number = f"候补 {row.rank}" if row.is_reserve else str(row.rank)
    return [
        number,
        fitting(row.name, NAME),
        # a code is never broken: 18 characters fit, longer ones wrap like a name
        fitting(row.unit_id, CODE),
        words(row.signature.replace("|", "、")),
        percent(row.probability, decimals),
    ]
