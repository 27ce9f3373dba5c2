"""Pieces that papers are put together from; each gives flowables, whatever it is used for."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import segno
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    LongTable,
    Spacer,
    Table,
    TableStyle,
)

from core.fonts import SANS
from web.papers.faces import (
    CELL,
    DIGITS,
    HEAD,
    INK,
    LABEL,
    LINE,
    NUMBER,
    OVER,
    SMALL,
    SUNK,
    TITLE,
    UNDER,
    drawable,
    lines,
    register,
    words,
)
from web.papers.sheet import MEASURE
from web.papers.tagging import Figure, laid_out, read_as_table
from web.words.draws import grouped

RECOMPUTED = "扫码打开公开页面，由您自己的设备把抽取重算一遍。"

QR_SIDE = 27 * mm
JOINTS = (
    "年度", "年", "认定", "机构", "级", "关于", "的", "和", "、", "）", "》", "部门", "领域",
)  # fmt: skip
"""What a line of a title may well end with: whole words, after which it can be parted."""

Cells = list[str | Flowable]
FACE = ("FONT", (0, 0), (-1, -1), SANS, 10, 15)
"""Of every table, for the default is Helvetica, which would not be embedded."""

# a line of type hangs at the top of its leading: more room above than below centres it
ROOM = [("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5)]
ORPHANS = 3
"""Rows at the end of a table that are never parted: a sum is not alone on a page."""


# -- heads and text ------------------------------------------------------------------------------


def title(name: str, kind: str, under: str = "", width: float = MEASURE) -> list[Flowable]:
    """What a paper is about, if it has to be said, what it is, and a line below."""
    about = balanced(name, width) if name else []
    below = [Spacer(0, 2 * mm), words(under, UNDER)] if under else []
    return [lines([*about, kind], TITLE), *below, Spacer(0, 5 * mm)]


def balanced(text: str, width: float = MEASURE) -> list[str]:
    """A title in lines of about equal length; words of Latin letters and numbers stay whole."""
    register()
    size = float(TITLE.fontSize)
    count = -int(-stringWidth(text, SANS, size) // width)
    found = []
    for left in range(count, 1, -1):
        at = _parting(text, stringWidth(text, SANS, size) / left, size)
        found.append(text[:at])
        text = text[at:]
    return [*found, text]


def _parting(text: str, goal: float, size: float) -> int:
    places = [at for at in range(1, len(text)) if _may_part(text[at - 1], text[at])]
    return min(places, key=lambda at: _strain(text[:at], goal, size), default=1)


def _strain(line: str, goal: float, size: float) -> float:
    """How unwelcome a line of a title is: off its length, or parting what looks like a word."""
    off = abs(stringWidth(line, SANS, size) - goal)
    return off if line.endswith(JOINTS) else off + 3 * size


def _may_part(before: str, after: str) -> bool:
    both_latin = before.isascii() and after.isascii()
    return not both_latin and after not in "，。、；：）〕》”年度" and before not in "（〔《“"


def heading(text: str, room: float = 36 * mm) -> list[Flowable]:
    """A heading within a paper; with so much *room* below it, else on the next page."""
    return [CondPageBreak(room), words(text, HEAD)]


# -- tables --------------------------------------------------------------------------------------


def digest(text: str) -> str:
    """Hexadecimal digits in groups, which lines may part."""
    return " ".join(grouped(text)) if text else "—"


def is_digest(text: str) -> bool:
    """Whether a text is a SHA-256 in hexadecimal."""
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def fact_table(rows: Iterable[tuple[str, str]], width: float = MEASURE) -> Table:
    """Label and text, one below the other, ruled; digests in groups, small enough for a line."""
    cells = [
        [words(label, LABEL), words(digest(value), DIGITS) if is_digest(value) else words(value)]
        for label, value in rows
    ]
    table = Table(cells, colWidths=[30 * mm, width - 30 * mm], renderCB=read_as_table(labels=(0,)))
    ruled = ("GRID", (0, 0), (-1, -1), 0.5, LINE)
    sunk = ("BACKGROUND", (0, 0), (0, -1), SUNK)
    table.setStyle(TableStyle([FACE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ruled, sunk, *ROOM]))
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
    table = LongTable(
        [*top, named, *([_cell(one) for one in row] for row in rows)],
        colWidths=widths,
        repeatRows=first + 1,
        renderCB=read_as_table(heads=first + 1, over=len(widths) if over else 0),
    )
    style: list[tuple[Any, ...]] = [
        FACE,
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("GRID", (0, first), (-1, -1), 0.5, LINE),
        ("BACKGROUND", (0, first), (-1, first), SUNK),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *ROOM,
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    style += [("ALIGN", (column, first + 1), (column, -1), "RIGHT") for column in numbers]
    if len(rows) > ORPHANS:
        style.append(("NOSPLIT", (0, -ORPHANS), (-1, -1)))
    if over:
        style += [("SPAN", (0, 0), (-1, 0)), ("LEFTPADDING", (0, 0), (0, 0), 0)]
        style += [("TOPPADDING", (0, 0), (0, 0), 11), ("BOTTOMPADDING", (0, 0), (0, 0), 5)]
    table.setStyle(TableStyle(style))
    return table


def beside(left: Sequence[Flowable], right: Sequence[Flowable], width: float) -> Table:
    """Two columns without rules; the right one is *width* points wide."""
    table = Table(
        [[list(left), list(right)]], colWidths=[MEASURE - width, width], renderCB=laid_out()
    )
    edges = [("LEFTPADDING", (0, 0), (0, 0), 0), ("RIGHTPADDING", (-1, 0), (-1, 0), 0)]
    table.setStyle(TableStyle([FACE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *edges]))
    return table


# -- how a paper is verified -----------------------------------------------------------------------


def verification(address: str, told: str, signed_by: str = "") -> list[Flowable]:
    """A QR code that leads to the public page, with its address in words.

    Parameters
    ----------
    signed_by : who has signed the file, if anybody has.
    """
    text = [words("核对本文件", HEAD), words(told), words(f"网址：{address}")]
    if signed_by:
        text.append(words(signed_line(signed_by), SMALL))
    code = QrCode(address, f"二维码：{address}")
    table = Table([[code, text]], colWidths=[32 * mm, MEASURE - 32 * mm], renderCB=laid_out())
    edge = ("LEFTPADDING", (0, 0), (0, 0), 0)
    table.setStyle(TableStyle([FACE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), edge]))
    return [Spacer(0, 3 * mm), table]


def signed_line(signed_by: str) -> str:
    """That a file bears a signature, and by whom; without a time stamp of a third party."""
    return f"本文件已电子签名，签名人：{signed_by}（不含可信时间戳）。"


class QrCode(Figure):
    """A QR code in vectors, with the quiet zone that readers ask for."""

    def __init__(self, text: str, said: str, side: float = QR_SIDE) -> None:
        super().__init__(said, side, side)
        self.matrix = segno.make(text, error="m", micro=False).matrix

    def picture(self, canvas: Any) -> None:
        """Draw every dark module as a square."""
        quiet = 4
        side = self.width / (len(self.matrix) + 2 * quiet)
        canvas.setFillColor(INK)
        for y, row in enumerate(self.matrix):
            top = self.height - (y + quiet + 1) * side
            for x, dark in enumerate(row):
                if dark:
                    # a hair wider, so that no white seam shows between modules
                    canvas.rect((x + quiet) * side, top, side * 1.02, side * 1.02, 0, 1)


def fitting(text: str, most: int) -> str | Flowable:
    """A cell that is plain text if it fits on a line of *most* characters, which is quicker."""
    return text if len(text) <= most else words(text)


def _cell(one: str | Flowable) -> str | Flowable:
    return drawable(one) if isinstance(one, str) else one
