"""The user's workbook comes back with red cells, a note on each, and a list in front."""

import io

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from rosters.sheets import marked
from rosters.sheets.drafts import Reading, find_matchings, read_drafts
from rosters.sheets.furniture import LIST
from rosters.sheets.marked import AUTHOR, write_marked
from rosters.sheets.read import Sheet, read_sheets
from tests.rosters.sheets.dirty import WORKBOOKS, Dirty
from tests.rosters.sheets.sample import COLUMNS, TODAY, credit_code
from tests.rosters.sheets.workbooks import csv, xlsx

READABLE = [dirty for dirty in WORKBOOKS if "damaged byte" not in dirty.name]


def read(stream: io.BytesIO) -> tuple[list[Sheet], Reading]:
    sheets = read_sheets(stream, "名录.csv")
    return sheets, read_drafts(sheets, COLUMNS, find_matchings(sheets, COLUMNS), TODAY)


def returned(data: bytes) -> io.BytesIO:
    sheets, reading = read(io.BytesIO(data))
    out = io.BytesIO()
    write_marked(io.BytesIO(data), sheets, reading.faults, out)
    return out


@pytest.mark.parametrize("dirty", WORKBOOKS, ids=lambda dirty: dirty.name)
def test_every_faulty_cell_is_red_and_says_why(dirty: Dirty) -> None:
    book = openpyxl.load_workbook(returned(dirty.data))

    for sheet, row, letter, _ in dirty.faults:
        if row and letter:
            cell = book[sheet][f"{letter}{row}"]
            assert cell.comment
            assert cell.fill.fill_type == "solid"
    assert book.sheetnames[0] == LIST
    assert book[LIST].max_row == 2 + len(dirty.faults)


@pytest.mark.parametrize("dirty", READABLE, ids=lambda dirty: dirty.name)
def test_a_returned_workbook_says_what_the_original_said(dirty: Dirty) -> None:
    _, before = read(io.BytesIO(dirty.data))
    _, after = read(returned(dirty.data))

    assert [draft.values for draft in after.rows] == [draft.values for draft in before.rows]
    assert after.faults.counts == before.faults.counts


@pytest.mark.parametrize("dirty", READABLE, ids=lambda dirty: dirty.name)
def test_a_plain_copy_says_what_the_original_said(
    dirty: Dirty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marked, "MOST_KEPT_LAYOUT", 0)
    _, before = read(io.BytesIO(dirty.data))
    _, after = read(returned(dirty.data))

    assert [draft.values for draft in after.rows] == [draft.values for draft in before.rows]
    assert places(after) == places(before)


def places(reading: Reading) -> list[tuple[str, int, str]]:
    return [(fault.sheet, fault.row, fault.letter) for fault in reading.faults]


def _laid_out(_: Workbook, sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 55
    sheet["C2"] = "=1+1"


BAD = xlsx([("机构名称", "统一社会信用代码"), ["演示甲站", "x"]], also=_laid_out)


def test_the_layout_and_formulas_of_a_small_workbook_are_kept() -> None:
    sheet = openpyxl.load_workbook(returned(BAD))["名录"]

    assert sheet.column_dimensions["A"].width == 55
    assert sheet["C2"].value == "=1+1"


def test_a_mended_workbook_loses_its_marks() -> None:
    book = openpyxl.load_workbook(returned(BAD))
    book["名录"]["B2"] = credit_code(1)
    mended = io.BytesIO()
    book.save(mended)
    again = openpyxl.load_workbook(returned(mended.getvalue()))

    assert again.sheetnames == [LIST, "名录"]
    assert again["名录"]["B2"].comment is None
    assert again["名录"]["B2"].fill.fill_type is None


def test_a_note_of_the_user_is_left_alone() -> None:
    def note(_: Workbook, sheet: Worksheet) -> None:
        sheet["A2"].comment = openpyxl.comments.Comment("请核对", "张")

    sheet = openpyxl.load_workbook(returned(xlsx([("机构名称", "备注"), ["甲", "x"]], also=note)))
    comment = sheet["名录"]["A2"].comment

    assert comment
    assert (comment.text, comment.author) == ("请核对", "张")


def test_a_large_workbook_comes_back_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marked, "MOST_KEPT_LAYOUT", 1)
    sheet = openpyxl.load_workbook(returned(BAD))["名录"]

    assert sheet["B2"].comment
    assert sheet["B2"].comment.author == AUTHOR


def test_a_value_that_begins_like_a_formula_stays_text_in_the_list() -> None:
    data = csv([("机构名称", "统一社会信用代码"), ["演示甲站", "'=1+1"]])
    cells = [cell for row in openpyxl.load_workbook(returned(data))[LIST] for cell in row]

    assert "=1+1" in {cell.value for cell in cells}
    assert "f" not in {cell.data_type for cell in cells}
