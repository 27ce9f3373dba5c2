"""How much a workbook would fill, and which of its cells hold nothing usable: asked beforehand.

The fast reader lays a sheet out as a full rectangle and trusts the counts it is told, so a file
of a few kilobytes can ask for any amount of memory; and it shows a failed formula as an empty
cell, which in a roster would mean "nothing there".
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO

MOST_UNPACKED = 512 * 2**20
"""Bytes of all parts together; 53,834 rows with 15 columns take 50 MB."""

MOST_CELLS = 5_000_000
"""Rows times columns of one sheet, as far as cells have contents."""

NO_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    KeyError,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises on a damaged archive."""

_CHUNK = 2**20
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# an empty cell that is merely formatted closes itself and takes no room
_COLUMNS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})[0-9]{1,7}["'][^<>/]*>""")
_ROWS = re.compile(rb"""\sr\s*=\s*["'][A-Za-z]{1,3}([0-9]{1,7})["'][^<>/]*>""")
_ODD_CELL = re.compile(rb"<(?:\w+:)?c(?! r=)[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACE = re.compile(rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*["'][A-Za-z]{1,3}[0-9]{1,7}["']""")
_HUGE_COUNT = re.compile(rb"""[cC]ount\s*=\s*["']\s*[0-9]{9}""")
_ERROR = re.compile(rb"""<c\s[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*?\bt="e\"""")
_NO_RESULT = re.compile(
    rb"""<c\s[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*>"""
    rb"<f(?:\s[^<>]*)?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>"
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")


@dataclass
class Unusable:
    """Places of one sheet, as (row, column) from 0: failed formulas, and those never computed."""

    failed: set[tuple[int, int]] = field(default_factory=set)
    without_result: set[tuple[int, int]] = field(default_factory=set)


class TooLarge(ValueError):
    """Unpacked, the workbook would go beyond all measure."""


def inspect(stream: IO[bytes]) -> dict[int, Unusable]:
    """The unusable cells of an xlsx workbook, by the place of the sheet among all sheets, from 0.

    Raises
    ------
    TooLarge
        If it would take too much memory.
    NO_ARCHIVE
        One of these, if it is damaged.
    """
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        _check_size(archive)
        names = _sheet_parts(archive)
        found = {name: _inspected(archive, name) for name in archive.namelist() if _is_xml(name)}
    return {at: found[name] for at, name in enumerate(names) if name in found}


def _check_size(archive: zipfile.ZipFile) -> None:
    if {"xl/workbook.bin", "content.xml"} & set(archive.namelist()):
        raise ValueError("another kind of workbook")
    if any(part.compress_type not in _PACKED for part in archive.infolist()):
        raise ValueError("no spreadsheet program packs like this")
    if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
        raise TooLarge("bytes")


def _is_xml(name: str) -> bool:
    return PurePosixPath(name).suffix == ".xml" and name.startswith("xl/")


def _inspected(archive: zipfile.ZipFile, name: str) -> Unusable:
    rows, unplaced, letters, unusable = 0, 0, set[bytes](), Unusable()
    for chunk in _chunks(archive, name):
        rows = max(rows, max(map(int, set(_ROWS.findall(chunk))), default=0))
        letters.update(_COLUMNS.findall(chunk))
        if _ODD_CELL.search(chunk):
            unplaced += len(_CELL.findall(chunk)) - len(_PLACE.findall(chunk))
        # a cell without a place of its own comes after its neighbour; count it both ways
        columns = max(map(column_number, letters), default=0) + unplaced
        if _HUGE_COUNT.search(chunk) or (rows + unplaced) * columns > MOST_CELLS:
            raise TooLarge(name)
        if b't="e"' in chunk:
            unusable.failed |= _places(_ERROR, chunk)
        if b"<f" in chunk:
            unusable.without_result |= _places(_NO_RESULT, chunk)
    return unusable


def _places(pattern: re.Pattern[bytes], chunk: bytes) -> set[tuple[int, int]]:
    return {(int(row) - 1, column_number(column) - 1) for column, row in pattern.findall(chunk)}


def column_number(letters: bytes) -> int:
    """The number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The part piece by piece, cut before a cell so that no cell falls between two."""
    rest = b""
    with archive.open(name) as stream:
        while piece := stream.read(_CHUNK):
            head, mark, tail = (rest + piece).rpartition(b"<c ")
            yield head
            rest = mark + tail
            if len(rest) > _CHUNK:
                yield rest
                rest = b""
    yield rest


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"""[\s:]%b=["']([^"']*)["']""" % name, tag)
    return found[1].decode(errors="replace") if found else ""


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The parts that hold the sheets, in the order of the workbook; empty where unknown."""
    relations = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target").removeprefix("/").removeprefix("xl/")
        for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
    return [f"xl/{relations.get(_attribute(tag, b'id'), '')}" for tag in sheets]
