"""Forms: what is filled in, ticked and signed, by us or by hand on paper."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from web.papers.faces import CELL, INK, LABEL, LINE, NUMBER, SUNK, words
from web.papers.pieces import FACE, ROOM
from web.papers.sheet import MEASURE
from web.papers.tagging import Figure, artifact, laid_out, read_as_table

SEAL = 42 * mm
"""Side of a box that a real seal fits into."""

BLANK_DAY = "年\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0月\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0日"
"""A day to be written by hand; of blanks that a paragraph does not swallow."""

Entry = str | Flowable | list[Flowable]


def form(rows: Sequence[Sequence[Entry]], widths: Sequence[float]) -> Table:
    """A form: labels and what is filled in, in turn; a short row's last cell takes the rest.

    Parameters
    ----------
    rows : texts are set as labels in the columns 0, 2, … and as values in the others; a list is
        set one below the other.
    """
    spans = [
        ("SPAN", (len(row) - 1, at), (-1, at))
        for at, row in enumerate(rows)
        if len(row) < len(widths)
    ]
    labels = [
        ("BACKGROUND", (column, at), (column, at), SUNK)
        for at, row in enumerate(rows)
        for column in range(0, len(row), 2)
    ]
    cells = [[_cell(one, at) for at, one in enumerate(row)] for row in rows]
    full = [[*row, *[""] * (len(widths) - len(row))] for row in cells]
    table = Table(full, colWidths=widths, renderCB=read_as_table(labels=range(0, len(widths), 2)))
    ruled = ("GRID", (0, 0), (-1, -1), 0.5, LINE)
    middle = ("VALIGN", (0, 0), (-1, -1), "MIDDLE")
    table.setStyle(TableStyle([FACE, ruled, middle, *ROOM, *labels, *spans]))
    return table


def _cell(one: Entry, column: int) -> Flowable | list[Flowable]:
    if not isinstance(one, str):
        return one
    return words(one, CELL if column % 2 else LABEL)


def signatures(names: Sequence[str], told: str = "签名（盖章）：") -> Table:
    """Boxes to be signed and sealed by hand, two in a row, each large enough for a seal."""
    boxes = [sign_box(name, told) for name in names]
    odd = [("SPAN", (0, -1), (-1, -1))] if len(boxes) % 2 else []
    boxes += [[]] * len(odd)
    rows = [boxes[at : at + 2] for at in range(0, len(boxes), 2)]
    table = Table(
        rows, colWidths=[MEASURE / 2] * 2, rowHeights=[SEAL] * len(rows), renderCB=laid_out()
    )
    ruled = ("GRID", (0, 0), (-1, -1), 0.5, LINE)
    table.setStyle(TableStyle([FACE, ruled, ("VALIGN", (0, 0), (-1, -1), "TOP"), *ROOM, *odd]))
    return table


def sign_box(name: str, told: str = "签名（盖章）：", height: float = SEAL) -> list[Flowable]:
    """Who signs, if that has to be said, where, and when; fills a box of a *height* in points."""
    above = [words(name)] if name else []
    room = Spacer(0, height - (22 if name else 17) * mm)
    return [*above, room, words(told), words(BLANK_DAY, NUMBER)]


def choices(labels: Iterable[str], ticked: Collection[str] = ()) -> Table:
    """Boxes to be ticked, one beside the other; those of *ticked* are."""
    named = list(labels)
    cells: list[Any] = []
    widths: list[float] = []
    for label in named:
        cells += [CheckBox(label in ticked), words(label)]
        widths += [14, 16 + 10 * len(label)]
    table = Table([cells], colWidths=widths, hAlign="LEFT", renderCB=laid_out())
    tight = [(f"{side}PADDING", (0, 0), (-1, -1), 1) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
    table.setStyle(TableStyle([FACE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *tight]))
    return table


class CheckBox(Figure):
    """A box of lines, for the face has none; ticked or to be ticked."""

    def __init__(self, ticked: bool = False, side: float = 9) -> None:
        super().__init__("已勾选" if ticked else "未勾选", side, side)
        self.ticked = ticked

    def picture(self, canvas: Any) -> None:
        """Draw the box and its tick."""
        side = self.width
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.7)
        canvas.rect(0, 0, side, side)
        if self.ticked:
            canvas.setLineWidth(1.2)
            canvas.lines([
                (side * 0.2, side * 0.5, side * 0.42, side * 0.22),
                (side * 0.42, side * 0.22, side * 0.85, side * 0.8),
            ])  # fmt: skip


class BlankLines(Flowable):
    """Ruled lines to write on."""

    def __init__(self, count: int, width: float = MEASURE, leading: float = 9 * mm) -> None:
        super().__init__()
        self.count, self.leading = count, leading
        self.width, self.height = width, count * leading

    def draw(self) -> None:
        """Draw them as decoration: there is nothing to read."""
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.5)
        with artifact(self.canv):
            for at in range(self.count):
                self.canv.line(0, at * self.leading, self.width, at * self.leading)
