"""The structure of a paper beside its picture: what is a heading, a table, a figure.

Tagged PDF after ISO 32000-1, 14.7 and 14.8: programmes that read aloud follow the tree of elements
and find the text of each by its marked content. What only decorates is marked as an artifact.
reportlab draws no such tree; it only offers the hooks this layer hangs on.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFObject, PDFObjectReference, PDFString
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph

from web.papers.breaking import broken

LAYOUT = "Artifact"
"""The role of what only decorates."""


class Element(PDFObject):
    """A node of the tree: other elements and pieces of marked content, in reading order.

    Attributes
    ----------
    more : further entries of its dictionary, as PDF.
    """

    def __init__(self, tag: str, parent: PDFObject, more: bytes = b"") -> None:
        self.tag, self.parent, self.more = tag, parent, more
        self.kids: list[Element | tuple[int, int]] = []

    def format(self, document: Any) -> bytes:
        """Its dictionary; `Type` is left out, as it may be: a long list has tens of thousands."""
        parent = document.Reference(self.parent).format(document)
        kids = self._on_one_page(document)
        if kids is None:
            kids = b"/K [%s]" % b" ".join(_kid(document, kid) for kid in self.kids)
        return b"<< /S /%s /P %s %s%s >>" % (self.tag.encode(), parent, kids, self.more)

    def _on_one_page(self, document: Any) -> bytes | None:
        """The shorter form for pieces that all stand on the same page."""
        pieces = [kid for kid in self.kids if not isinstance(kid, Element)]
        pages = {page for page, _ in pieces}
        if len(pages) != 1 or len(pieces) < len(self.kids):
            return None
        numbers = b" ".join(b"%d" % number for _, number in pieces)
        return b"/Pg %s /K [%s]" % (_page(document, pages.pop()), numbers)


def _kid(document: Any, kid: "Element | tuple[int, int]") -> bytes:
    if isinstance(kid, Element):
        return bytes(document.Reference(kid).format(document))
    page, number = kid
    return b"<< /Type /MCR /Pg %s /MCID %d >>" % (_page(document, page), number)


def _page(document: Any, page: int) -> bytes:
    return bytes(PDFObjectReference(f"Page{page}").format(document))


class Structure(PDFObject):
    """The tree of one file, as it grows while pages are drawn.

    Attributes
    ----------
    open : the elements that are begun and not ended, from the root.
    pages : of every page the element of each piece of marked content.
    hidden : greater than 0 while what is drawn decorates or repeats.
    """

    def __init__(self) -> None:
        self.root = Element("Document", self)
        self.open = [self.root]
        self.pages: list[list[Element]] = [[]]
        self.hidden = 0

    def grow(self, tag: str, more: bytes = b"") -> Element:
        """A new element within the one that is open."""
        element = Element(tag, self.open[-1], more)
        self.open[-1].kids.append(element)
        return element

    def mark(self, element: Element) -> int:
        """The number of a new piece of marked content on the page that is being drawn."""
        page = self.pages[-1]
        page.append(element)
        # reportlab counts its pages from 1
        element.kids.append((len(self.pages), len(page) - 1))
        return len(page) - 1

    def format(self, document: Any) -> bytes:
        """Its dictionary, with the way back from marked content to elements."""
        root = document.Reference(self.root).format(document)
        pages = b" ".join(
            b"%d [%s]" % (at, b" ".join(_kid(document, element) for element in page))
            for at, page in enumerate(self.pages)
        )
        return b"<< /Type /StructTreeRoot /K %s /ParentTree << /Nums [%s] >> >>" % (root, pages)


def structure_of(canvas: Any) -> Structure:
    """The tree of the file that a canvas draws."""
    found: Structure = canvas.structure
    return found


@contextmanager
def marked(canvas: Any, element: Element) -> Iterator[None]:
    """What is drawn meanwhile belongs to an element."""
    begin(canvas, element)
    yield
    end(canvas)


def begin(canvas: Any, element: Element) -> None:
    """From here on what is drawn belongs to an element, until `end`."""
    number = structure_of(canvas).mark(element)
    canvas.addLiteral(f"/{element.tag} <</MCID {number}>> BDC")


def end(canvas: Any) -> None:
    """The end of marked content."""
    canvas.addLiteral("EMC")


@contextmanager
def artifact(canvas: Any, kind: str = "") -> Iterator[None]:
    """What is drawn meanwhile is read by nobody; *kind*, if any, is Header or Footer."""
    more = f"<</Type /Pagination /Subtype /{kind}>> BDC" if kind else "BMC"
    canvas.addLiteral(f"/{LAYOUT} {more}")
    yield
    end(canvas)


class Words(Paragraph):
    """A paragraph that says what it is; its style may carry a `tag` and a `stroke` in points.

    The stroke is drawn around the letters, in place of a bold face.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._grown: list[Element] = []

    def split(self, width: float, height: float) -> list[Flowable]:
        """Its parts on this page and the next, which stay one element."""
        parts: list[Any] = super().split(width, height)
        for part in parts:
            part._grown = self._grown
        return parts

    def breakLinesCJK(self, widths: Any) -> Any:  # noqa: N802 - a name of reportlab
        """Its lines, by our own rules; lines that we broke ourselves are left to reportlab."""
        if len(self.frags) != 1 or getattr(self, "_splitpara", False):
            return super().breakLinesCJK(widths)
        one = self.frags[0]
        each = widths if isinstance(widths, list | tuple) else [widths]
        text = one.text if hasattr(one, "text") else "".join(one.words)
        lines = broken(text, each, lambda part: stringWidth(part, one.fontName, one.fontSize))
        told = [(left, [line]) for left, line in lines]
        return one.clone(kind=0, lines=told, ascent=one.fontSize, descent=-0.2 * one.fontSize)

    def draw(self) -> None:
        """Draw what stands on this page."""
        structure = structure_of(self.canv)
        if structure.hidden:
            self._draw()
            return
        if structure.open[-1].tag in ("TD", "TH"):
            element = structure.open[-1]
        elif self._grown:
            element = self._grown[0]
        else:
            element = structure.grow(self.style.tag)
            self._grown.append(element)
        with marked(self.canv, element):
            self._draw()

    def _draw(self) -> None:
        if self.style.stroke:
            self.canv.setStrokeColor(self.style.textColor)
            # text rendering mode 2: fill, then stroke (ISO 32000-1, table 106)
            self.canv.addLiteral(f"2 Tr {self.style.stroke} w")
        super().draw()


class Figure(Flowable):
    """A picture with the words that stand for it."""

    def __init__(self, said: str, width: float, height: float) -> None:
        super().__init__()
        self.said, self.width, self.height = said, width, height

    def draw(self) -> None:
        """Draw it as an element of its own."""
        structure = structure_of(self.canv)
        canvas: Any = self.canv
        said: str | bytes = PDFString(self.said).format(canvas._doc)
        alt = said if isinstance(said, bytes) else said.encode("latin-1")
        with marked(canvas, structure.grow("Figure", b" /Alt " + alt)):
            self.picture(canvas)

    def picture(self, canvas: Canvas) -> None:
        """Draw, from the lower left corner."""
        raise NotImplementedError


class Layout:
    """A table that only puts things beside each other: no element, its rules decorate."""

    def __call__(self, table: Any, command: str, *told: Any) -> None:
        """Answer a command of reportlab: what it is going to draw, or has drawn."""
        if command in ("startBG", "startLines"):
            table.canv.addLiteral(f"/{LAYOUT} BMC")
        elif command in ("endBG", "endLines"):
            end(table.canv)
        elif step := getattr(self, command.lower(), None):
            step(table.canv, *told)


class Tabular(Layout):
    """A table that is read: rows, cells, and which of them are heads.

    One for each table: parts on several pages share it, so that they stay one element. Heads that
    come again on the next page are not read again.

    Parameters
    ----------
    heads : rows at the top that say what stands below them.
    labels : columns that say what stands beside them.
    over : columns that the first row is one heading of; 0 if it is not.
    """

    def __init__(self, heads: int = 0, labels: Collection[int] = (), over: int = 0) -> None:
        self._heads, self._labels, self._over = heads, labels, over
        self._element: Element | None = None
        self._again = self._hidden = self._string = False

    def starttable(self, canvas: Any) -> None:
        """Open its element, or the same one again on the next page."""
        structure = structure_of(canvas)
        self._again = self._element is not None
        if self._element is None:
            self._element = structure.grow("Table")
        structure.open.append(self._element)

    def endtable(self, canvas: Any) -> None:
        """Close it."""
        structure_of(canvas).open.pop()

    def startrow(self, canvas: Any, row: int) -> None:
        """Open a row, or hide one that is there already."""
        structure = structure_of(canvas)
        self._hidden = self._again and row < self._heads
        if self._hidden:
            structure.hidden += 1
            canvas.addLiteral(f"/{LAYOUT} BMC")
        else:
            structure.open.append(structure.grow("TR"))

    def endrow(self, canvas: Any) -> None:
        """Close it."""
        structure = structure_of(canvas)
        if self._hidden:
            structure.hidden -= 1
            end(canvas)
        else:
            structure.open.pop()

    def startcell(self, canvas: Any, row: int, column: int, *told: Any) -> None:
        """Open a cell; plain text in it is marked here, paragraphs mark themselves."""
        if self._hidden:
            return
        structure = structure_of(canvas)
        element = structure.grow(*self._kind(row, column))
        structure.open.append(element)
        self._string = isinstance(told[0], str)
        if self._string:
            begin(canvas, element)

    def endcell(self, canvas: Any) -> None:
        """Close it."""
        if self._hidden:
            return
        if self._string:
            end(canvas)
        structure_of(canvas).open.pop()

    def _kind(self, row: int, column: int) -> tuple[str, bytes]:
        if row == 0 and self._over:
            return "TH", b" /A << /O /Table /Scope /Column /ColSpan %d >>" % self._over
        if row < self._heads:
            return "TH", b" /A << /O /Table /Scope /Column >>"
        if column in self._labels:
            return "TH", b" /A << /O /Table /Scope /Row >>"
        return "TD", b""


def laid_out() -> Any:
    """The `renderCB` of a table that only lays out; reportlab asks no more than to call it."""
    return Layout()


def read_as_table(heads: int = 0, labels: Collection[int] = (), over: int = 0) -> Any:
    """The `renderCB` of a table that is read (see `Tabular`)."""
    return Tabular(heads, labels, over)
