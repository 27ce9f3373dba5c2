"""A file that cannot be read, or would fill the memory, is refused in words."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosters.sheets.drafts import find_matchings, read_drafts
from rosters.sheets.faults import MOST_KEPT
from rosters.sheets.read import MOST_BYTES, Unreadable, read_sheets
from rosters.sheets.text import MOST_ROWS
from tests.rosters.sheets.sample import COLUMNS, TODAY, credit_code
from tests.rosters.sheets.workbooks import (
    csv,
    encrypted,
    sealed_xls,
    sparse_xls,
    with_part,
    xls,
    xlsx,
)

SHEET = "xl/worksheets/sheet1.xml"
BOOK = xlsx([("机构名称", "统一社会信用代码"), ["演示甲站", credit_code(1)]])


def far_cell(part: bytes) -> bytes:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return part.replace(b"</sheetData>", cell + b"</sheetData>")


def cells_without_place(part: bytes) -> bytes:
    cells = b"<row>" + b"<c><v>1</v></c>" * 9_000 + b"</row>"
    return part.replace(b"</sheetData>", cells + b"</sheetData>")


def huge_count(_: bytes) -> bytes:
    return b'<sst uniqueCount="99999999999"/>'


REFUSED = {
    "an empty file": (b"", "empty"),
    "a workbook without contents": (xlsx([]), "empty"),
    "blank lines": (b"\r\n\r\n,,\r\n", "empty"),
    "a web page under a false name": (b"<html><table><tr><td>x</table>", "markup"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "other_kind"),
    "half a workbook": (BOOK[: len(BOOK) // 2], "other_kind"),
    "a workbook with a password": (encrypted(), "password"),
    "an xls with a password": (sealed_xls(), "password"),
    "an xls with a cell in the far corner": (sparse_xls(), "too_large"),
    "half an xls": (xls([["x"]])[:900], "damaged"),
    "a quote that never ends": (b'a,b\r\n1,"2\r\n3,4\r\n', "quote"),
    "a cell in the far corner": (with_part(BOOK, SHEET, far_cell), "too_large"),
    "cells without a place": (with_part(BOOK, SHEET, cells_without_place), "too_large"),
    "texts beyond number": (with_part(BOOK, "xl/sharedStrings.xml", huge_count), "too_large"),
    "another workbook inside": (with_part(BOOK, "content.xml", huge_count), "damaged"),
    "no sheet inside": (with_part(BOOK, SHEET, lambda _: b"<x"), "damaged"),
    "too many rows": (b"a,b\r\n" * (MOST_ROWS + 1), "too_large"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_words(name: str) -> None:
    data, why = REFUSED[name]
    with pytest.raises(Unreadable) as caught:
        read_sheets(io.BytesIO(data), "名录.xlsx")

    assert caught.value.params["why"] == why
    assert str(caught.value.params["words"]).endswith("。")


def test_a_file_of_too_many_bytes_is_not_opened() -> None:
    with pytest.raises(Unreadable):
        read_sheets(io.BytesIO(bytes(MOST_BYTES + 1)), "x")


def test_a_workbook_that_unpacks_beyond_measure_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(600):
                part.write(bytes(2**20))

    assert len(stream.getvalue()) < 2**20
    with pytest.raises(Unreadable) as caught:
        read_sheets(stream, "x")
    assert caught.value.params["why"] == "too_large"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(BOOK)), st.binary(max_size=8))
def test_a_damaged_workbook_is_read_or_refused(at: int, inserted: bytes) -> None:
    with suppress(Unreadable):
        read_sheets(io.BytesIO(BOOK[:at] + inserted + BOOK[at + 4 :]), "x")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 700), st.text("<>/cr=\"'1A&;é", max_size=6))
def test_a_workbook_with_damaged_cells_is_read_or_refused(at: int, inserted: str) -> None:
    damaged = with_part(BOOK, SHEET, lambda part: part[:at] + inserted.encode() + part[at + 2 :])
    with suppress(Unreadable):
        read_sheets(io.BytesIO(damaged), "x")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5_632), st.binary(min_size=1, max_size=8))
def test_a_damaged_xls_is_read_or_refused(at: int, inserted: bytes) -> None:
    data = xls([("机构名称", "统一社会信用代码"), ["演示甲站", credit_code(1)]])
    with suppress(Unreadable):
        read_sheets(io.BytesIO(data[:at] + inserted + data[at + len(inserted) :]), "x")


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(Unreadable):
        sheets = read_sheets(io.BytesIO(data), "x")
        read_drafts(sheets, COLUMNS, find_matchings(sheets, COLUMNS), TODAY)


def test_faults_beyond_the_limit_are_counted() -> None:
    many = MOST_KEPT + 500
    data = csv([("机构名称", "统一社会信用代码"), *([f"演示{n}站", "x"] for n in range(many))])
    sheets = read_sheets(io.BytesIO(data), "x")
    reading = read_drafts(sheets, COLUMNS, find_matchings(sheets, COLUMNS), TODAY)

    assert (len(reading.faults), len(reading.faults.kept)) == (many, MOST_KEPT)
    assert reading.faults.errors == many


def test_the_reader_tells_how_far_it_is_and_can_be_stopped() -> None:
    data = csv([("机构名称", "备注"), *([f"演示{n}站", "x"] for n in range(2_500))])
    sheets = read_sheets(io.BytesIO(data), "x")
    matchings = find_matchings(sheets, COLUMNS)
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    class StopReading(Exception):
        pass

    def stop(_: int, __: int) -> None:
        raise StopReading

    read_drafts(sheets, COLUMNS, matchings, TODAY, tell)
    assert told == [(1_000, 2_501), (2_000, 2_501), (2_501, 2_501)]
    with pytest.raises(StopReading):
        read_drafts(sheets, COLUMNS, matchings, TODAY, stop)
