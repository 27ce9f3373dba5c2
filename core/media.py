"""What a file is, told from its content: nobody believes the name that a stranger gave it."""

import codecs
import csv
import tomllib
import zipfile
from enum import StrEnum
from typing import IO

import puremagic

CHUNK = 2**20
LONGEST_TOML = 2**20
"""A longer text is taken for plain text: a plan is a page or two, and parsing takes memory."""


class Media(StrEnum):
    """What the house can tell apart; everything else keeps the name that puremagic gives it."""

    CSV = "text/csv"
    TEXT = "text/plain"
    MARKUP = "text/html"
    TOML = "application/toml"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    MACROS = "application/vnd.ms-excel.sheet.macroEnabled.12"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    OFD = "application/ofd"
    ZIP = "application/zip"
    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    UNKNOWN = "application/octet-stream"


_HEAD = 2**16
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r")) + b"\x7f"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PARTS = (
    ("xl/vbaProject.bin", Media.MACROS),
    ("xl/workbook.xml", Media.XLSX),
    ("word/document.xml", Media.DOCX),
    ("OFD.xml", Media.OFD),  # GB/T 33190-2016, the layout document of Chinese offices
)


def media_type(stream: IO[bytes]) -> str:
    """The media type of a whole file, from its content alone.

    Text is told from binary by its lack of control characters, not by a strict encoding: a
    roster with one damaged byte must reach the reader that can say in which row.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _inside_zip(stream)
    if not head.startswith(b"%PDF-") and _is_text(stream):
        return _text_type(stream, _decoded(head))
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return Media.UNKNOWN
    return next((match.mime_type for match in found if match.mime_type), Media.UNKNOWN)


def _inside_zip(stream: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return Media.UNKNOWN
    return next((media for part, media in _PARTS if part in parts), Media.ZIP)


def _is_text(stream: IO[bytes]) -> bool:
    stream.seek(0)
    if stream.read(2) in _UTF_16:
        return True
    stream.seek(0)
    return all(
        chunk.translate(None, _CONTROLS) == chunk for chunk in iter(lambda: stream.read(CHUNK), b"")
    )


def _decoded(head: bytes) -> str:
    if head[:2] in _UTF_16:
        return head.decode("utf-16", errors="replace")
    try:
        # incremental: the head may end within a character
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return head.decode("gb18030", errors="replace")


def _text_type(stream: IO[bytes], head: str) -> str:
    # a browser must never be handed markup of a stranger under a harmless name
    if head.lstrip().startswith("<"):
        return Media.MARKUP
    if _is_toml(stream):
        return Media.TOML
    first = head.lstrip().partition("\n")[0]
    cells = max((_cells(first, delimiter) for delimiter in ",;\t"), default=0)
    return Media.CSV if cells > 1 else Media.TEXT


def _cells(line: str, delimiter: str) -> int:
    try:
        return sum(bool(cell.strip()) for cell in next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return 0


def _is_toml(stream: IO[bytes]) -> bool:
    stream.seek(0)
    text = stream.read(LONGEST_TOML + 1)
    try:
        return len(text) <= LONGEST_TOML and bool(tomllib.loads(text.decode("utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return False
