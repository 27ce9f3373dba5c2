"""The rows of a text file: which encoding, which separator; and texts that Excel would spoil."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

MOST_ROWS = 200_000
"""Of one sheet, blank rows included."""

MOST_COLUMNS = 300

SEPARATORS = ",;\t"

ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order; text in GB18030 is hardly ever valid UTF-8, the reverse happens."""

STRANGE = 0.05
"""Share of characters that do not fit the encoding from which a file is taken for no text."""

_HEAD = 2**16
_LINES = 20

_SPOILT = re.compile(r"[0-9]{12,}|0[0-9]+|[0-9]+[eE][0-9]+")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_DISARMED = re.compile(r"'+[=+\-@\t\r]")
_AS_TEXT = re.compile(r'="([^"]*)"')


class NotText(ValueError):
    """The file cannot be read as text; *why* is a key of `read.REFUSALS`, *row* says where."""

    def __init__(self, why: str, row: int = 0) -> None:
        self.why = why
        self.row = row
        super().__init__(why)


def armed(text: str) -> str:
    """*text* as it stands in a csv file, so that Excel and WPS show it and compute nothing.

    Digits that they would round, or strip of a leading 0, are written as `="…"`; what begins
    like a formula gets an apostrophe. `disarmed` undoes both, and nothing else.
    """
    if _SPOILT.fullmatch(text):
        return f'="{text}"'
    return f"'{text}" if _DANGEROUS.match(text) else text


def disarmed(text: str) -> str:
    """The text that `armed` was given."""
    if text.startswith("'"):
        return text[1:] if _DISARMED.match(text) else text
    found = _AS_TEXT.fullmatch(text)
    return found[1] if found else text


def text_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a csv file with their numbers; blank rows are counted and left out.

    The encoding is UTF-8 (with or without mark), UTF-16 with mark, or GB18030; the separator
    is comma, semicolon or tab, whichever cuts the first lines into more columns. A row is
    counted as Excel counts it: a line break within quotes begins no new row.

    Raises
    ------
    NotText
        If the encoding is none of these, a quote is never closed, or it is too large.
    """
    encoding = _encoding(data)
    # decoded as it is read: the whole text at once would take four times the file
    stream = io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="")
    separator = _separator(data[:_HEAD].decode(encoding, errors="replace"))
    reader = csv.reader(stream, delimiter=separator, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            if number > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise NotText("too_large")
            if any(row):
                yield number, list(map(disarmed, row))
    except csv.Error as error:
        raise NotText("quote", number + 1) from error


def _encoding(data: bytes) -> str:
    """The encoding that fits the whole file, or else fits its beginning best."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ENCODINGS:
        with suppress(UnicodeDecodeError):
            data.decode(encoding)
            return encoding
    best = min(ENCODINGS, key=lambda name: _strange(data[:_HEAD], name))
    if _strange(data[:_HEAD], best) > STRANGE:
        raise NotText("not_text")
    return best


def _strange(head: bytes, encoding: str) -> float:
    text = head.decode(encoding, errors="replace")
    return text.count("\ufffd") / max(len(text), 1)


def _separator(text: str) -> str:
    """The separator that cuts most of the first rows into one number of columns, the larger one.

    Names and remarks are full of commas and semicolons; but only the true separator stands
    equally often in every row.
    """
    return max(SEPARATORS, key=lambda separator: _evenness(text, separator))


def _evenness(text: str, separator: str) -> tuple[float, int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    widths = []
    with suppress(csv.Error):
        widths = [len(row) for row in islice(reader, _LINES) if any(row)]
    common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
    return (widths.count(common) / len(widths), common) if common > 1 else (0.0, 1)
