"""The rows of a roster kept as comma-separated text: which encoding, which lines."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from sampler.inputs.row_faults import RowFaults, unreadable

if TYPE_CHECKING:
    import _csv

Progress = Callable[[float], None]
"""Told the share of a file that has been read, 0 to 1, now and then."""

Row = tuple[int, list[str]]
"""The number of a row as the user's program shows it, and its cells."""

LONGEST_LINE = 200_000
"""Characters of one line; a roster of a hundred columns has a tenth of it."""

MOST_BLANK = 100_000
"""Blank rows that are passed over in a file; spreadsheets leave some at the end."""

STRANGE = 0.05
"""Share of undecodable or control characters from which a file is no text.

Random bytes have a tenth under GB18030, and more under UTF-8.
"""

_HEAD = 64 * 1024
_CHUNK = 1024 * 1024
_TOLD_EVERY = 20_000

_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "old_excel", "这是旧版 Excel 文件（.xls），请另存为 .xlsx 后再试"),
    (b"\xff\xfe", "utf16", "文件是 UTF-16 编码，请另存为“CSV UTF-8（逗号分隔）”后再试"),
    (b"\xfe\xff", "utf16", "文件是 UTF-16 编码，请另存为“CSV UTF-8（逗号分隔）”后再试"),
    (b"%PDF", "not_a_table", "这是 PDF 文件，不是名单表，请提供 CSV 或 XLSX 文件"),
)
_ENDLESS_CELL = "一格内容过长（英文双引号没有配对？），后面没有再读"
_QUOTES = '英文双引号没有配对；格内的双引号须写成两个（""）'
_NO_TEXT = "文件既不是 UTF-8 也不是 GB18030 编码的文本，请提供 CSV（UTF-8）或 XLSX 文件"


def text_rows(data: bytes, faults: RowFaults, progress: Progress | None = None) -> Iterator[Row]:
    """The rows of a CSV file with the number of the line on which each begins.

    Bytes that do not fit the encoding come back as lone surrogates (PEP 383), so that
    they are reported with the cell they stand in. Blank rows are left out.

    Raises
    ------
    BadInput
        If the file is no text at all.
    """
    for signature, code, message in _SIGNATURES:
        if data.startswith(signature):
            raise unreadable(code, message)
    raw = io.BytesIO(data)
    stream = io.TextIOWrapper(raw, _encoding(data), "surrogateescape", newline="")
    reader = csv.reader(_lines(stream, faults), strict=True)
    blank = 0
    for line, row in _records(reader, faults):
        if progress and line % _TOLD_EVERY == 0:
            progress(raw.tell() / len(data))
        if any(row):
            yield line, row
        elif (blank := blank + 1) > MOST_BLANK:
            faults.add("blank_rows", line, "空行过多，请删去；后面的内容没有再读")
            return


def _lines(stream: io.TextIOWrapper, faults: RowFaults) -> Iterator[str]:
    lines = iter(partial(stream.readline, LONGEST_LINE), "")
    for number, line in enumerate(lines, 1):
        if len(line) == LONGEST_LINE:
            faults.add("line_too_long", number, "这一行过长，不像名单的一行；后面的内容没有再读")
            return
        yield line


def _records(reader: "_csv.Reader", faults: RowFaults) -> Iterator[Row]:
    while not faults.hopeless:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                faults.add("cell_too_long", line, _ENDLESS_CELL)
                return
            faults.add("quote", line, _QUOTES)


def _encoding(data: bytes) -> str:
    """The encoding that fits all of the file, or else the head of it best.

    Raises
    ------
    BadInput
        If neither fits nearly all of the head: it is no text.
    """
    utf8 = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    strange = {name: _strange(data[:_HEAD], name) for name in (utf8, "gb18030")}
    best = min(strange, key=lambda name: strange[name])
    if strange[best] > STRANGE:
        raise unreadable("encoding", _NO_TEXT)
    if utf8 == "utf-8-sig" or _decodes(data, utf8) or _looks_like_utf8(data):
        return utf8
    return "gb18030" if _decodes(data, "gb18030") else best


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    try:
        for at in range(0, len(data), _CHUNK):
            decoder.decode(view[at : at + _CHUNK], at + _CHUNK >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def _looks_like_utf8(data: bytes) -> bool:
    """Whether the text before the first misfit is Chinese in UTF-8.

    A damaged UTF-8 file may decode as GB18030 into nonsense; GB18030 text does not begin
    with ten characters that are valid UTF-8 by accident.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = data[max(0, error.start - _HEAD) : error.start]
        return sum(byte >= 0xC0 for byte in start) >= 10
    return True


def _strange(head: bytes, encoding: str) -> float:
    text = head.decode(encoding, "replace")
    return sum(map(text.count, "\ufffd\x00\x01\x02\x03\x04\x05\x06\x0e\x0f")) / max(len(text), 1)
