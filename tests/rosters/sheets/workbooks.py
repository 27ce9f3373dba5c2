"""Files for the tests, built in memory: xlsx as people make them, xls byte by byte, csv."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Grid = Sequence[Sequence[object]]


def xlsx(
    rows: Grid,
    merges: Sequence[str] = (),
    also: Callable[[openpyxl.Workbook, Worksheet], object] | None = None,
) -> bytes:
    """A workbook with one sheet 名录 of these rows; *also* may change it before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "名录"
    for row in rows:
        sheet.append(list(row))
    for merged in merges:
        sheet.merge_cells(merged)
    if also:
        also(book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv(rows: Grid, separator: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """The rows as text; cells are taken to need no quotes."""
    lines = (separator.join(map(str, row)) for row in rows)
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        parts = {part: old.read(part) for part in old.namelist()}
        parts[name] = change(parts.get(name, b""))
        for part, content in parts.items():
            new.writestr(part, content)
    return out.getvalue()


def xls(rows: Grid, merges: Sequence[tuple[int, int, int, int]] = (), extra: bytes = b"") -> bytes:
    """A workbook of Excel 97 (BIFF8 within a compound file) with one sheet 名录.

    Texts and numbers only; *merges* are first row, last row, first and last column, from 0;
    *extra* records are put before the list of sheets.
    """
    start = _biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + extra
    name = "名录".encode("utf-16-le")
    bound = struct.pack("<IHBB", len(start) + 4 + 8 + len(name) + 4, 0, 2, 1) + name
    stream = start + _biff(0x0085, bound) + _biff(0x000A)
    stream += _biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for at, row in enumerate(rows):
        stream += b"".join(_cell(at, column, value) for column, value in enumerate(row))
    ranges = b"".join(struct.pack("<HHHH", *merged) for merged in merges)
    stream += _biff(0x00E5, struct.pack("<H", len(merges)) + ranges) + _biff(0x000A)
    return _compound(stream)


def _biff(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _cell(row: int, column: int, value: object) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, int | float):
        return _biff(0x0203, place + struct.pack("<d", value))
    text = str(value).encode("utf-16-le")
    return _biff(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text) if text else b""


def sealed_xls() -> bytes:
    """An xls of Excel 97 that its author has sealed by a password."""
    return xls([["x"]], extra=_biff(0x002F, bytes(54)))


def sparse_xls() -> bytes:
    """An xls with one cell in the far corner."""
    return xls([["x"], *([] for _ in range(65_534)), [*[""] * 255, 1]])


def encrypted() -> bytes:
    """What a workbook with a password looks like: a compound file around a sealed one."""
    return _compound(b"sealed", "EncryptedPackage")


def _compound(stream: bytes, name: str = "Workbook") -> bytes:
    """One stream of that name; padded, for a short one would need a second table."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1)
    header += struct.pack("<IIIIIII", 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * 432
    root = _entry("Root Entry", 5, child=1, start=0xFFFFFFFE, size=0)
    book = _entry(name, 2, child=0xFFFFFFFF, start=2, size=len(stream))
    return header + fat + (root + book).ljust(512, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    spelt = (name + "\0").encode("utf-16-le")
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
    entry = spelt.ljust(64, b"\0") + struct.pack("<HBB", len(spelt), kind, 1) + links
    return entry + bytes(36) + struct.pack("<IQ", start, size)
