"""The sheet that all papers of a draw share, with the proportions of GB/T 9704.

Measures of GB/T 9704-2012, 5: A4, head 37 mm, binding edge 28 mm, type area 156 by 225 mm; title
in size 2 (22 pt), text in size 3 (16 pt). Tables are smaller. Only one Chinese face is embedded
(docs/adr/0003-the-font.md), so title and text differ by size and weight, not by face.
"""

import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from core.fonts import SANS, missing
from web.papers.numbered import numbered
from web.papers.pdf import GETA, INK, LINE, QUIET, SUNK, QrCode, drawable, register
from web.words.draws import grouped

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 28 * mm, 26 * mm, 32 * mm, 27 * mm
MEASURE = WIDTH - LEFT - RIGHT
SEAL = 42 * mm
"""Side of a box that a real seal fits into."""

Cells = list[str | Flowable]
FACE = ("FONT", (0, 0), (-1, -1), SANS, 10, 15)
"""Of every table, for the default is Helvetica, which would not be embedded."""


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=SANS, fontSize=size, leading=leading, textColor=INK, wordWrap="CJK", **more
    )


TITLE = _style("title", 22, 32, alignment=TA_CENTER)
UNDER = _style("under", 12, 20, alignment=TA_CENTER)
TEXT = _style("text", 14, 25, firstLineIndent=28)
BODY = _style("body", 12, 20, firstLineIndent=24)
HEAD = _style("head", 14, 25, spaceBefore=5, keepWithNext=1)
OVER = _style("over", 12, 20)
CELL = _style("cell", 10, 15)
NUMBER = _style("number", 10, 15, alignment=TA_RIGHT)
DIGITS = _style("digits", 8.5, 15)
SMALL = _style("small", 9, 14)
SMALL.textColor = QUIET
SIGNED = _style("signed", 14, 25, alignment=TA_RIGHT)


@dataclass(frozen=True)
class Margins:
    """What stands in the margins of every page.

    Attributes
    ----------
    head : at the top, from the second page on.
    state : beside it: whether it counts, and whether it is made up.
    foot : at the bottom: by which digest the paper is known.
    """

    title: str
    head: str
    state: str
    foot: str


def paper(margins: Margins, story: Iterable[Flowable]) -> bytes:
    """The bytes of a PDF; equal contents give equal bytes."""
    register()
    stream = io.BytesIO()
    frame = Frame(LEFT, BOTTOM, MEASURE, HEIGHT - TOP - BOTTOM, 0, 0, 0, 0)
    document = BaseDocTemplate(
        stream,
        pagesize=A4,
        title=drawable(margins.title),
        author="双随机抽查平台",
        subject=drawable(margins.state),
        lang="zh-CN",
        invariant=1,
    )
    document.addPageTemplates(PageTemplate("sheet", [frame]))
    document.build(list(story), canvasmaker=_canvas_of(margins))
    return stream.getvalue()


# -- pieces --------------------------------------------------------------------------------------


def words(text: str, style: ParagraphStyle = CELL) -> Paragraph:
    """A paragraph; characters that the face lacks are printed as a mark."""
    return Paragraph(escape(drawable(text)), style)


def title(name: str, kind: str, under: str) -> list[Flowable]:
    """The name of the plan, what this paper is, and a line below."""
    return [
        words(name, TITLE),
        words(kind, TITLE),
        Spacer(0, 2 * mm),
        words(under, UNDER),
        Spacer(0, 4 * mm),
    ]


def digest(text: str) -> str:
    """Hexadecimal digits in groups, which lines may part."""
    return " ".join(grouped(text)) if text else "—"


def is_digest(text: str) -> bool:
    """Whether a text is a SHA-256 in hexadecimal."""
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def fact_table(rows: Iterable[tuple[str, str]]) -> Table:
    """Label and text, one below the other, ruled; digests in groups, small enough for a line."""
    cells = [
        [words(label), words(digest(value), DIGITS) if is_digest(value) else words(value)]
        for label, value in rows
    ]
    table = Table(cells, colWidths=[34 * mm, MEASURE - 34 * mm])
    table.setStyle(
        TableStyle(
            [
                FACE,
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("GRID", (0, 0), (-1, -1), 0.5, LINE),
                ("BACKGROUND", (0, 0), (0, -1), SUNK),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
            ]
        )
    )
    return table


def grid(
    head: Sequence[str],
    rows: Sequence[Sequence[str | Flowable]],
    widths: Sequence[float],
    numbers: Collection[int] = (),
    over: str = "",
) -> LongTable:
    """A ruled table whose head comes again on every page.

    Parameters
    ----------
    numbers : columns that are set to the right.
    over : a heading in the table, above the head; it comes again too.
    """
    top: list[list[Any]] = [[words(over, OVER)]] if over else []
    first = len(top)
    named = [words(one, NUMBER if at in numbers else CELL) for at, one in enumerate(head)]
    table = LongTable([*top, named, *map(list, rows)], colWidths=widths, repeatRows=first + 1)
    style: list[tuple[Any, ...]] = [
        FACE,
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("GRID", (0, first), (-1, -1), 0.5, LINE),
        ("BACKGROUND", (0, first), (-1, first), SUNK),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    style += [("ALIGN", (column, first + 1), (column, -1), "RIGHT") for column in numbers]
    if over:
        style += [("SPAN", (0, 0), (-1, 0)), ("LEFTPADDING", (0, 0), (0, 0), 0)]
        style.append(("TOPPADDING", (0, 0), (0, 0), 9))
    table.setStyle(TableStyle(style))
    return table


def verification(address: str, told: str) -> list[Flowable]:
    """A QR code that leads to the public page, with its address in words."""
    text = [
        words("核对本文件", HEAD),
        words(told),
        words(f"网址：{address}"),
    ]
    table = Table([[QrCode(address), text]], colWidths=[34 * mm, MEASURE - 34 * mm])
    table.setStyle(
        TableStyle(
            [FACE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (0, 0), 0)]
        )
    )
    return [Spacer(0, 5 * mm), table]


def signatures(names: Sequence[str]) -> Table:
    """Boxes to be signed and sealed by hand, two in a row."""
    # blanks that a paragraph does not swallow
    day = "年\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0月\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0日"
    boxes: list[list[Flowable]] = [
        [words(name), Spacer(0, SEAL - 24 * mm), words("签名（盖章）："), words(day, NUMBER)]
        for name in names
    ]
    if len(boxes) % 2:
        boxes.append([])
    rows = [boxes[at : at + 2] for at in range(0, len(boxes), 2)]
    table = Table(rows, colWidths=[MEASURE / 2] * 2, rowHeights=[SEAL] * len(rows))
    table.setStyle(
        TableStyle(
            [
                FACE,
                ("GRID", (0, 0), (-1, -1), 0.5, QUIET),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 6),
            ]
        )
    )
    return table


def replaced(texts: Iterable[str]) -> list[Flowable]:
    """Which characters of the paper stand as a mark, if there are any."""
    marks = missing("".join(texts))
    codes = "、".join(f"U+{ord(mark):04X}" for mark in marks)
    return [words(f"字库没有的字符印作“{GETA}”：{codes}。", SMALL)] if marks else []


def _canvas_of(margins: Margins) -> type[Canvas]:
    def draw(canvas: Canvas, number: int, pages: int) -> None:
        canvas.setFont(SANS, 9)
        canvas.setFillColor(QUIET)
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.4)
        if number > 1:
            canvas.drawString(LEFT, HEIGHT - 22 * mm, drawable(margins.head)[:32])
            canvas.drawRightString(WIDTH - RIGHT, HEIGHT - 22 * mm, margins.state)
            canvas.line(LEFT, HEIGHT - 24 * mm, WIDTH - RIGHT, HEIGHT - 24 * mm)
        canvas.line(LEFT, 24 * mm, WIDTH - RIGHT, 24 * mm)
        canvas.setFont(SANS, 7.5)
        canvas.drawString(LEFT, 19 * mm, margins.foot)
        canvas.setFont(SANS, 9)
        canvas.drawRightString(WIDTH - RIGHT, 14 * mm, f"第 {number} 页，共 {pages} 页")

    return numbered(SANS, draw)
