"""What papers are set with: the face, the colours, and the guard against missing glyphs.

Only one Chinese face is embedded (docs/adr/0003-the-font.md); titles and headings are set apart by
size and by a stroke around the letters (docs/adr/0012-papers.md).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from core.fonts import SANS, missing, sans_path
from web.papers.tagging import Words

INK, QUIET, LINE, SUNK, RED = (
    HexColor(c) for c in ("#17202B", "#435062", "#9AA6B3", "#F3F5F7", "#C8102E")
)
GETA = "〓"
"""Printers' mark for a character that the type case does not hold."""

_lost: ContextVar[dict[str, None]] = ContextVar("lost")


def register() -> None:
    """Make the face known to reportlab, once in a process."""
    # streams of bytes instead of letters are a fifth shorter
    rl_config.useA85 = 0
    if SANS not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(SANS, sans_path()))


def drawable(text: str) -> str:
    """*text* with a mark for every character that the face cannot draw, which is noted.

    Raises
    ------
    LookupError
        Where nobody takes note: the story of a paper is a generator, and runs within `paper`.
    """
    noted, lost = _lost.get(), missing(text)
    noted.update(dict.fromkeys(lost))
    return text.translate({ord(mark): GETA for mark in lost}) if lost else text


@contextmanager
def noting_lost() -> Iterator[dict[str, None]]:
    """The characters that `drawable` replaces meanwhile, in order of appearance."""
    lost: dict[str, None] = {}
    before = _lost.set(lost)
    try:
        yield lost
    finally:
        _lost.reset(before)


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    told: dict[str, Any] = {"textColor": INK, "wordWrap": "CJK", "tag": "P", "stroke": 0} | more
    return ParagraphStyle(name, fontName=SANS, fontSize=size, leading=leading, **told)


# sizes of GB/T 9704-2012, 7: size 2 is 22 pt; of size 3, 28 characters fill the line of 156 mm
TITLE = _style("title", 22, 34, alignment=TA_CENTER, tag="H1", stroke=0.55)
UNDER = _style("under", 12, 20, alignment=TA_CENTER)
TEXT = _style("text", 15.75, 29, firstLineIndent=31.5)
FIRST = _style("first", 15.75, 29, firstLineIndent=31.5, tag="H2", stroke=0.35, keepWithNext=1)
SECOND = _style("second", 15.75, 29, firstLineIndent=31.5, tag="H3", keepWithNext=1)
BODY = _style("body", 12, 21, firstLineIndent=24)
HEAD = _style("head", 13, 20, spaceBefore=9, spaceAfter=4, tag="H2", stroke=0.3)
OVER = _style("over", 12, 18, stroke=0.25)
CELL = _style("cell", 10, 15)
LABEL = _style("label", 10, 15, textColor=QUIET)
NUMBER = _style("number", 10, 15, alignment=TA_RIGHT)
DIGITS = _style("digits", 8.5, 15)
SMALL = _style("small", 9, 14, textColor=QUIET)
SIGNED = _style("signed", 15.75, 29, alignment=TA_RIGHT, rightIndent=63)
ORGAN = _style("organ", 30, 44, alignment=TA_CENTER, textColor=RED, stroke=0.8)


def words(text: str, style: ParagraphStyle = CELL) -> Words:
    """A paragraph; characters that the face lacks are printed as a mark."""
    return Words(escape(drawable(text)), style)


def lines(texts: Iterable[str], style: ParagraphStyle) -> Words:
    """One paragraph whose lines are broken where we say."""
    return Words("<br/>".join(escape(drawable(text)) for text in texts), style)


def told_lost(lost: Iterable[str]) -> Words:
    """Which characters of a paper stand as a mark."""
    codes = "、".join(f"U+{ord(mark):04X}" for mark in lost)
    return words(f"字库没有的字符印作“{GETA}”：{codes}。", SMALL)
