"""The drawn list and the summary of its certificate as a PDF, A4, with its face embedded."""

import io
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from core.fonts import SANS, missing, sans_path
from web.papers.lists import DrawnList, DrawnRow, FieldList
from web.papers.numbered import numbered
from web.words.draws import grouped, percent

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 22 * mm, 18 * mm, 24 * mm, 22 * mm
MEASURE = WIDTH - LEFT - RIGHT

INK, QUIET, LINE, SUNK = (HexColor(c) for c in ("#17202B", "#435062", "#C3CCD6", "#F3F5F7"))
GETA = "〓"
"""Printers' mark for a character that the type case does not hold."""

COLUMNS = (17 * mm, 66 * mm, 42 * mm, 29 * mm, MEASURE - 154 * mm)
QR_SIDE = 30 * mm
LEAST_WITH_HEADING = 32 * mm
"""A heading stands above at least a few rows."""

FACE = ("FONT", (0, 0), (-1, -1), SANS, 9.5, 13.5)
"""Of every table, for the default is Helvetica, which would not be embedded."""


def as_pdf(drawn: DrawnList) -> bytes:
    """The bytes of `drawn.pdf`; equal lists give equal bytes."""
    register()
    stream = io.BytesIO()
    frame = Frame(LEFT, BOTTOM, MEASURE, HEIGHT - TOP - BOTTOM, 0, 0, 0, 0)
    paper = BaseDocTemplate(
        stream,
        pagesize=A4,
        title=drawable(f"{drawn.title} 抽查名单"),
        author="双随机抽查平台",
        subject=drawn.state,
        invariant=1,
    )
    paper.addPageTemplates(PageTemplate("list", [frame]))
    paper.build(list(_story(drawn)), canvasmaker=_canvas_of(drawn))
    return stream.getvalue()


def register() -> None:
    """Make the face known to reportlab, once in a process."""
    if SANS not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(SANS, sans_path()))


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=SANS, fontSize=size, leading=leading, textColor=INK, wordWrap="CJK", **more
    )


TITLE = _style("title", 19, 28, alignment=TA_CENTER)
KIND = _style("kind", 11, 18, alignment=TA_CENTER)
FIELD = _style("field", 12.5, 18)
CELL = _style("cell", 9.5, 13.5)
SMALL = _style("small", 9, 15)


def drawable(text: str) -> str:
    """*text* with a mark for every character that the face cannot draw."""
    return text.translate({ord(mark): GETA for mark in missing(text)})


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(drawable(text)), style)


def _story(drawn: DrawnList) -> Iterator[Flowable]:
    yield _paragraph(drawn.title, TITLE)
    yield _paragraph("抽查名单", TITLE)
    yield Spacer(0, 3 * mm)
    yield _paragraph(f"（{drawn.state}{'；演示数据' if drawn.demo else ''}）", KIND)
    yield Spacer(0, 6 * mm)
    yield _summary(drawn)
    if replaced := _replaced(drawn):
        yield Spacer(0, 2 * mm)
        yield _paragraph(replaced, SMALL)
    for field in drawn.fields:
        yield CondPageBreak(LEAST_WITH_HEADING)
        yield _table(field, drawn.decimals)


def _replaced(drawn: DrawnList) -> str:
    texts = [drawn.title, *(row.name + row.field + row.signature for row in drawn.rows)]
    marks = missing("".join([*texts, *(text for fact in drawn.facts() for text in fact)]))
    if not marks:
        return ""
    codes = "、".join(f"U+{ord(mark):04X}" for mark in marks)
    return f"字库没有的字符印作“{GETA}”，原文见 drawn.csv：{codes}。"


def _summary(drawn: DrawnList) -> Table:
    facts = [
        [_paragraph(label, SMALL), _paragraph(_broken(value), SMALL)]
        for label, value in drawn.facts()
    ]
    digest = str(drawn.certificate["whole_digest"])
    words = _paragraph("二维码内容为证书摘要，应与左栏所印一致", SMALL)
    table = Table(facts, colWidths=[26 * mm, MEASURE - 26 * mm - 42 * mm])
    table.setStyle(
        TableStyle(
            [
                FACE,
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("TEXTCOLOR", (0, 0), (0, -1), QUIET),
            ]
        )
    )
    aside = [QrCode(digest), Spacer(0, 2 * mm), words]
    beside = Table([[table, aside]], colWidths=[MEASURE - 38 * mm, 38 * mm])
    beside.setStyle(
        TableStyle(
            [
                FACE,
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
                ("LINEBELOW", (0, -1), (-1, -1), 0.8, INK),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ]
        )
    )
    return beside


def _broken(value: str) -> str:
    """Digests in groups, which lines may part."""
    is_digest = len(value) == 64 and not set(value) - set("0123456789abcdef")
    return " ".join(grouped(value)) if is_digest else value


def _heading(field: FieldList) -> str:
    reserves = f"，候补 {field.reserves} 家" if field.reserves else ""
    return f"{field.name}：抽中 {field.drawn} 家{reserves}"


def _table(field: FieldList, decimals: int) -> LongTable:
    head = ["序号", "机构名称", "机构编号", "符合的交叉要求", "机会"]
    rows: list[list[Any]] = [[_paragraph(_heading(field), FIELD)], head]
    rows += [_cells(row, decimals) for row in field.rows]
    # both lines of the head come again on the next page, so that it says which field it is
    table = LongTable(rows, colWidths=COLUMNS, repeatRows=2)
    style: list[tuple[Any, ...]] = [
        FACE,
        ("SPAN", (0, 0), (-1, 0)),
        ("TEXTCOLOR", (0, 1), (-1, 1), QUIET),
        ("BACKGROUND", (0, 1), (-1, 1), SUNK),
        ("LINEABOVE", (0, 1), (-1, 1), 0.6, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
        ("ALIGN", (0, 0), (0, -1), "RIGHT"),
        ("ALIGN", (-1, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("LEFTPADDING", (0, 0), (0, 0), 0),
        ("TOPPADDING", (0, 0), (0, 0), 12),
    ]
    if field.drawn and field.reserves:
        # reserves are apart from the drawn, at a glance
        first = field.drawn + 2
        style.append(("LINEABOVE", (0, first), (-1, first), 0.8, QUIET))
    table.setStyle(TableStyle(style))
    return table


def _cells(row: DrawnRow, decimals: int) -> list[Any]:
    number = f"候补 {row.rank}" if row.is_reserve else str(row.rank)
    return [
        number,
        _paragraph(row.name, CELL),
        # a code is never broken: 18 characters fit, longer ones wrap like a name
        drawable(row.unit_id) if len(row.unit_id) <= 20 else _paragraph(row.unit_id, CELL),
        _paragraph(row.signature.replace("|", "、"), CELL),
        percent(row.probability, decimals),
    ]


class QrCode(Flowable):
    """A QR code in vectors, with the quiet zone that readers ask for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.matrix = segno.make(text, error="m", micro=False).matrix
        self.width = self.height = QR_SIDE

    def draw(self) -> None:
        """Draw every row's runs of dark modules as rectangles."""
        quiet = 4
        side = QR_SIDE / (len(self.matrix) + 2 * quiet)
        self.canv.setFillColor(INK)
        for y, row in enumerate(self.matrix):
            top = QR_SIDE - (y + quiet + 1) * side
            for x, dark in enumerate(row):
                if dark:
                    # a hair wider, so that no white seam shows between modules
                    self.canv.rect((x + quiet) * side, top, side * 1.02, side * 1.02, 0, 1)


def _canvas_of(drawn: DrawnList) -> type[Canvas]:
    head, digest = drawable(drawn.title), str(drawn.certificate["whole_digest"])

    def draw(canvas: Canvas, number: int, pages: int) -> None:
        canvas.setFont(SANS, 8.5)
        canvas.setFillColor(QUIET)
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.4)
        if number > 1:
            canvas.drawString(LEFT, HEIGHT - 15 * mm, head[:44])
            canvas.drawRightString(WIDTH - RIGHT, HEIGHT - 15 * mm, drawn.state)
            canvas.line(LEFT, HEIGHT - 17 * mm, WIDTH - RIGHT, HEIGHT - 17 * mm)
        canvas.line(LEFT, 17 * mm, WIDTH - RIGHT, 17 * mm)
        canvas.drawString(LEFT, 12 * mm, f"证书摘要 {digest}")
        canvas.drawRightString(WIDTH - RIGHT, 12 * mm, f"第 {number} 页，共 {pages} 页")

    return numbered(SANS, draw)
