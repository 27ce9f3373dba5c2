"""The Chinese face of every paper (docs/adr/0003-the-font.md).

It is built once at set-up, because no package ships Noto Sans SC in the TrueType form that
a PDF can embed. A PDF writer must ask `missing` first: a character without a glyph raises
no error anywhere, it only leaves an empty box on the paper.
"""

import sys
from functools import cache
from pathlib import Path

SANS = "NotoSansSC"
"""The name under which a PDF writer registers the face."""


class FontIsMissing(FileNotFoundError):
    """The face has not been built; `make setup` builds it."""


def sans_path() -> Path:
    """Where the TrueType file lies: beside the interpreter that runs us, hence in `.venv`.

    Raises
    ------
    FontIsMissing
        If set-up has not built it.
    """
    path = Path(sys.prefix, "share", "spotcheck", "fonts", "NotoSansSC-Regular.ttf")
    if not path.is_file():
        raise FontIsMissing(path)
    return path


@cache
def _drawable() -> frozenset[int]:
    # imported late: only those who write papers pay for it
    from fontTools.ttLib import TTFont

    with TTFont(sans_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())


def missing(text: str) -> list[str]:
    """The characters of *text* that the face cannot draw, each once, in order of appearance.

    Line breaks and tabs are no characters of a face and are never reported.
    """
    return [
        mark
        for mark in dict.fromkeys(text)
        if mark not in "\n\r\t" and ord(mark) not in _drawable()
    ]
