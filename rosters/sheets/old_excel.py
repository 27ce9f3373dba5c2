"""How large the sheets of an xls workbook are, asked before the fast reader lays them out.

The reader holds a sheet as a full rectangle; in an old workbook one cell in the far corner of
each of a hundred sheets would ask for fifty gigabytes. So the records of the workbook (BIFF8,
inside a compound file, both published by Microsoft as MS-XLS and MS-CFB) are walked once.
"""

import struct
from collections.abc import Iterator
from itertools import islice

BEGIN, PASSWORD = 0x0809, 0x002F
CELLS = frozenset((0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x0406))
"""Records that hold a cell: formulas, numbers, texts, truth values."""
MANY_NUMBERS = 0x00BD

_IN_HEADER = 109
_SHORT, _SMALL = 4096, 64
_LAST = 0xFFFFFFFA
"""From here on a sector number is a mark: end of chain, free, table."""


def room(data: bytes) -> int | None:
    """Rows times columns, of all sheets together; None if the workbook is sealed by a password.

    Raises
    ------
    ValueError, struct.error
        If it is no sound compound file, or holds no workbook.
    """
    cells = rows = columns = 0
    for kind, body in _records(_workbook_stream(data)):
        if kind == PASSWORD:
            return None
        if kind == BEGIN:
            cells, rows, columns = cells + rows * columns, 0, 0
        elif kind in CELLS and len(body) >= 6:
            row, column = struct.unpack_from("<HH", body)
            last = _number(body, len(body) - 2, "<H") if kind == MANY_NUMBERS else 0
            rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
    return cells + rows * columns


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook_stream(data: bytes) -> bytes:
    size = 1 << _number(data, 30, "<H")
    if size not in (512, 4096):
        raise ValueError("no sector has this size")
    table = _table(data, size)
    directory = _chain(data[size:], size, table, _number(data, 48))
    for at in range(0, len(directory) - 127, 128):
        if _name(directory, at) in ("workbook", "book"):
            start, length = _number(directory, at + 116), _number(directory, at + 120)
            if length >= _SHORT:
                return _chain(data[size:], size, table, start)
            # short streams share one stream, the root's, in small sectors of their own
            small = _chain(data[size:], size, table, _number(directory, 116))
            links = _numbers(_chain(data[size:], size, table, _number(data, 60)))
            return _chain(small, _SMALL, links, start)
    raise ValueError("no workbook")


def _number(data: bytes, at: int, shape: str = "<I") -> int:
    return int(struct.unpack_from(shape, data, at)[0])


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _name(directory: bytes, at: int) -> str:
    length = min(max(_number(directory, at + 64, "<H") - 2, 0), 62)
    return directory[at : at + length].decode("utf-16-le", errors="replace").casefold()


def _table(data: bytes, size: int) -> list[int]:
    """Which sector follows which; the parts of this table are listed in the header and beyond."""
    parts = list(struct.unpack_from(f"<{_IN_HEADER}I", data, 76))
    following = _number(data, 68)
    for _ in range(len(data) // size):
        if following >= _LAST:
            break
        more = _numbers(data[(following + 1) * size : (following + 2) * size])
        parts += more[:-1]
        following = more[-1] if more else _LAST
    sectors = (data[(part + 1) * size : (part + 2) * size] for part in parts if part < _LAST)
    return [number for sector in sectors for number in _numbers(sector)]


def _chain(data: bytes, size: int, table: list[int], start: int) -> bytes:
    def sectors() -> Iterator[bytes]:
        number = start
        while number < min(_LAST, len(table)):
            yield data[number * size : (number + 1) * size]
            number = table[number]

    # a chain that bites its own tail ends with the file
    return b"".join(islice(sectors(), len(data) // size + 1))
