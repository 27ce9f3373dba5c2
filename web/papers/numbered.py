"""A canvas that knows how many pages there are before it draws the foot of the first."""

from collections.abc import Callable
from typing import Any

from reportlab.pdfgen.canvas import Canvas

Margins = Callable[[Canvas, int, int], None]
"""Draws head and foot of a page: on which canvas, which page, of how many."""


def numbered(face: str, margins: Margins) -> type[Canvas]:
    """The class of such a canvas, whose text is set in an embedded *face* from the beginning."""

    class Numbered(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            # otherwise reportlab names Helvetica, which is not embedded
            super().__init__(*arguments, **{**options, "initialFontName": face})
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - a name of reportlab
            """Keep the page for later."""
            self._pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]  # missing in the stubs

        def save(self) -> None:
            """Draw head and foot of every page, then write the file."""
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                margins(self, number, len(self._pages))
                super().showPage()
            super().save()

    return Numbered
