"""An Excel workbook is read as its author sees it, and never fills the memory."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sampler.faults import BadInput, Fault
from sampler.inputs.roster_table import REQUIRED, read_roster
from tests.sampler.bad_files import (
    HEADER,
    OTHER_UNIT,
    UNIT,
    number_cell,
    roster_csv,
    roster_xlsx,
    sheet_rows,
    text_cell,
    unit,
    workbook,
)


def faults_of(data: bytes) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as caught:
        read_roster(data)
    return caught.value.faults


def places_of(data: bytes) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in faults_of(data)]


@given(st.lists(st.tuples(*[st.text(" 甲乙|é-x1", max_size=6)] * 4), min_size=1, max_size=20))
def test_a_workbook_is_read_like_the_same_table_as_text(rows: list[tuple[str, ...]]) -> None:
    lines = [
        f"{number},{name},{fields},0,国家级,{province},{level}"
        for number, (name, fields, province, level) in enumerate(rows)
    ]
    assert read_roster(roster_xlsx(*lines)).cells == read_roster(roster_csv(*lines)).cells


def test_a_workbook_shows_numbers_and_dates_as_the_user_sees_them() -> None:
    row = [
        number_cell("91"),
        text_cell(" 甲 "),
        text_cell("食品"),
        number_cell("1"),
        text_cell("国家级"),
        text_cell("浙江"),
        number_cell("0.5"),
        number_cell("45000", style=1),
        number_cell("45000.5", style=2),
        '<c r="{}" t="b"><v>1</v></c>',
    ]
    header = [text_cell(name) for name in (*REQUIRED, "issued", "seen", "ok")]
    cells = read_roster(workbook(sheet_rows(header, row))).cells
    assert [column[0] for column in cells.values()] == [
        *("91", "甲", "食品", "1", "国家级", "浙江", "0.5"),
        *("2023-03-15", "2023-03-15T12:00:00", "TRUE"),
    ]


def test_a_workbook_tells_a_long_code_that_became_a_number() -> None:
    header = [text_cell(name) for name in REQUIRED]
    row = [number_cell("914206007570308857"), *map(text_cell, UNIT.split(",")[1:])]
    (fault,) = faults_of(workbook(sheet_rows(header, row)))
    assert (fault.code, fault.where) == ("damaged_number", "第 2 行 unit_id 列")
    assert "“9.14206E+17”" in fault.message
    assert "文本" in fault.message


def test_a_workbook_tells_where_a_formula_failed() -> None:
    header = [text_cell(name) for name in REQUIRED]
    row = [text_cell(value) for value in UNIT.split(",")]
    row[5] = '<c r="{}" t="e"><v>#N/A</v></c>'
    assert places_of(workbook(sheet_rows(header, row))) == [("excel_error", "第 2 行 F 列")]


def test_a_workbook_counts_rows_as_excel_shows_them() -> None:
    blank = [""] * 7
    rows = [HEADER.split(","), blank, UNIT.split(","), blank, unit(level="x").split(",")]
    data = workbook(sheet_rows(*([text_cell(value) for value in row] for row in rows)))
    assert places_of(data) == [
        ("unit_id_doubled", "第 5 行 unit_id 列"),
        ("value_not_allowed", "第 5 行 level 列"),
    ]


def test_a_workbook_with_a_title_above_the_header_is_no_roster() -> None:
    book = workbook(sheet_rows([text_cell("2023年名单")], [text_cell("unit_id")]))
    assert places_of(book) == [("not_a_table", "")]


BOMBS = [
    ("a cell in the far corner", '<c r="A1"><v>1</v></c>', '<c r="XFD1048576"><v>1</v></c>', {}),
    ("cells that count themselves", "<c><v>1</v></c>" * 9_000, "<row/>" * 9_000, {}),
    ("strings beyond number", "", "", {"xl/sharedStrings.xml": '<sst uniqueCount="99999999999"/>'}),
    ("another kind of workbook", "", "", {"content.xml": "<office/>"}),
]


@pytest.mark.parametrize(
    ("first", "last", "more"),
    [pytest.param(first, last, more, id=name) for name, first, last, more in BOMBS],
)
def test_a_workbook_that_would_fill_the_memory_is_refused(
    first: str, last: str, more: dict[str, str]
) -> None:
    book = workbook(f'<row r="1">{first}</row><row>{last}</row>', more)
    assert len(book) < 10_000
    assert places_of(book)[0][0] in {"workbook_too_big", "workbook_damaged"}


@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    book = roster_xlsx(UNIT, OTHER_UNIT)
    at = data.draw(st.integers(0, len(book)))
    read_or_refuse(book[:at] + data.draw(st.binary(max_size=8)) + book[at + 4 :])


@given(st.integers(0, 3_000), st.text("<>/cr=\"'1A&;é", max_size=6))
@example(0, "<c")
def test_a_workbook_with_damaged_cells_is_read_or_refused(at: int, inserted: str) -> None:
    rows = sheet_rows(*([text_cell(x) for x in line.split(",")] for line in (HEADER, UNIT)))
    read_or_refuse(workbook(rows[:at] + inserted + rows[at + 2 :]))


def read_or_refuse(data: bytes) -> None:
    with suppress(BadInput):
        roster = read_roster(data)
        assert set(map(len, roster.cells.values())) == {len(roster)}
