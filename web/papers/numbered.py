"""A canvas that knows how many pages there are before it draws the foot of the first.

It also carries the structure of the file (`web.papers.tagging`).
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from web.papers.tagging import Structure

Margins = Callable[[Canvas, int, int, int], None]
"""Draws head and foot: on which canvas, of which part of the file, which page, of how many."""


def numbered(face: str, margins: Margins) -> type[Canvas]:
    """The class of such a canvas, whose text is set in an embedded *face* from the beginning.

    Parts of a file, papers bound together for instance, are numbered each by itself; `part` is
    set by whoever begins one.
    """

    class Numbered(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            # otherwise reportlab names Helvetica, which is not embedded
            super().__init__(*arguments, **{**options, "initialFontName": face})
            self._pages: list[dict[str, Any]] = []
            self.structure = Structure()
            self.part = 0

        def showPage(self) -> None:  # noqa: N802 - a name of reportlab
            """Keep the page for later."""
            self._pages.append(dict(self.__dict__))
            self.structure.pages.append([])
            self._startPage()  # type: ignore[attr-defined]  # missing in the stubs

        def save(self) -> None:
            """Draw head and foot of every page, then write the file."""
            document: Any = self._doc  # type: ignore[attr-defined]  # missing in the stubs
            totals = Counter(page["part"] for page in self._pages)
            done: Counter[int] = Counter()
            for at, page in enumerate(self._pages):
                self.__dict__.update(page)
                done[self.part] += 1
                margins(self, self.part, done[self.part], totals[self.part])
                super().showPage()
                _belongs(document.Pages.pages[-1], at)
            _tag(document, self.structure)
            super().save()

    return Numbered


def _belongs(page: Any, at: int) -> None:
    # reportlab writes only entries that it knows
    page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
    page.StructParents = at
    page.Tabs = pdfdoc.PDFName("S")


def _tag(document: Any, structure: Structure) -> None:
    del structure.pages[len(document.Pages.pages) :]
    document.Catalog.StructTreeRoot = structure
    document.Catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": pdfdoc.PDFtrue})
    document.Catalog.ViewerPreferences = pdfdoc.PDFDictionary({"DisplayDocTitle": pdfdoc.PDFtrue})
