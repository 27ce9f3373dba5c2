"""The sheet that official papers are set on, with the measures of GB/T 9704-2012, 5 and 7.

A4; head 37 mm, binding edge 28 mm, type area 156 by 225 mm; the page number stands 7 mm below it.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import starmap
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Spacer

from core.fonts import SANS
from web.papers.faces import LINE, QUIET, drawable, noting_lost, register, told_lost
from web.papers.numbered import numbered
from web.papers.tagging import artifact

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 28 * mm, 26 * mm, 37 * mm, 35 * mm
MEASURE = WIDTH - LEFT - RIGHT

AUTHOR = "双随机抽查平台"
LONGEST_HEAD = 34
"""Characters of the head that leave room for the state."""


@dataclass(frozen=True)
class Margins:
    """What stands in the margins of every page.

    Attributes
    ----------
    title : of the file, as programmes show it.
    head : at the top, from the second page on.
    state : beside it: whether it counts, and whether it is made up.
    foot : at the bottom: by which digest the paper is known.
    """

    title: str
    head: str
    state: str
    foot: str


def paper(margins: Margins, story: Iterable[Flowable]) -> bytes:
    """The bytes of a PDF; equal contents give equal bytes.

    Parameters
    ----------
    story : a generator, so that it runs here, where missing glyphs are noted.
    """
    return bound([(margins, story)])


def bound(papers: Sequence[tuple[Margins, Iterable[Flowable]]]) -> bytes:
    """Several papers in one file, each with its own head, foot and page numbers.

    The title of the file is that of the first.
    """
    register()
    stream = io.BytesIO()
    first = papers[0][0]
    frame = Frame(LEFT, BOTTOM, MEASURE, HEIGHT - TOP - BOTTOM, 0, 0, 0, 0)
    document = BaseDocTemplate(
        stream,
        pagesize=A4,
        title=first.title,
        author=AUTHOR,
        subject=first.state,
        lang="zh-CN",
        invariant=1,
    )
    document.addPageTemplates(PageTemplate("sheet", [frame]))
    story: list[Flowable] = []
    every: list[Margins] = []
    for margins, told in starmap(_set, papers):
        story += [*([PageBreak()] if story else []), _Part(len(every)), *told]
        every.append(margins)
    document.build(story, canvasmaker=_canvas_of(every))
    return stream.getvalue()


def _set(margins: Margins, story: Iterable[Flowable]) -> tuple[Margins, list[Flowable]]:
    """What can be drawn of a paper, and at its end which characters the face lacks, if any."""
    with noting_lost() as lost:
        drawn = Margins(*(drawable(text) for text in astuple(margins)))
        told = list(story)
        end = [Spacer(0, 2 * mm), told_lost(tuple(lost))] if lost else []
    return drawn, [*told, *end]


class _Part(Flowable):
    """The beginning of a paper within a file."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.width = self.height = 0

    def draw(self) -> None:
        """Tell the canvas."""
        canvas: Any = self.canv
        canvas.part = self.number


def _canvas_of(every: Sequence[Margins]) -> type[Canvas]:
    def draw(canvas: Canvas, part: int, number: int, pages: int) -> None:
        canvas.setFillColor(QUIET)
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.4)
        if number > 1:
            with artifact(canvas, "Header"):
                _head(canvas, every[part])
        with artifact(canvas, "Footer"):
            _foot(canvas, every[part], f"第 {number} 页，共 {pages} 页")

    return numbered(SANS, draw)


def _head(canvas: Any, margins: Margins) -> None:
    canvas.setFont(SANS, 9)
    canvas.drawString(LEFT, HEIGHT - 26 * mm, margins.head[:LONGEST_HEAD])
    canvas.drawRightString(WIDTH - RIGHT, HEIGHT - 26 * mm, margins.state)
    canvas.line(LEFT, HEIGHT - 28.5 * mm, WIDTH - RIGHT, HEIGHT - 28.5 * mm)


def _foot(canvas: Any, margins: Margins, page: str) -> None:
    canvas.line(LEFT, 28 * mm, WIDTH - RIGHT, 28 * mm)
    canvas.setFont(SANS, 7.5)
    canvas.drawString(LEFT, 24 * mm, margins.foot)
    canvas.setFont(SANS, 9)
    canvas.drawRightString(WIDTH - RIGHT, 24 * mm, page)
