"""Dirty workbooks are read as their authors meant them, and every fault is told with its place."""

import inspect
import io
import re
from collections import Counter
from types import ModuleType

import pytest

from rosters.sheets import cells, dates, drafts, numbers
from rosters.sheets import read as read_module
from rosters.sheets.drafts import Reading, find_matchings, read_drafts
from rosters.sheets.faults import WORDS, words
from rosters.sheets.read import read_sheets
from tests.rosters.sheets.dirty import WORKBOOKS, Dirty
from tests.rosters.sheets.sample import COLUMNS, TODAY


def read(data: bytes) -> Reading:
    sheets = read_sheets(io.BytesIO(data), "名录.csv")
    return read_drafts(sheets, COLUMNS, find_matchings(sheets, COLUMNS), TODAY)


def test_there_are_thirty_dirty_workbooks() -> None:
    assert len(WORKBOOKS) >= 30


@pytest.mark.parametrize("dirty", WORKBOOKS, ids=lambda dirty: dirty.name)
def test_every_fault_is_told_with_its_place(dirty: Dirty) -> None:
    reading = read(dirty.data)

    places = [(fault.sheet, fault.row, fault.letter, fault.code) for fault in reading.faults]
    assert Counter(places) == Counter(dirty.faults)
    assert len(reading.rows) == dirty.rows
    skipped = {(row.row, row.why) for row in reading.skipped}
    assert set(dirty.skipped) <= skipped


@pytest.mark.parametrize("dirty", WORKBOOKS, ids=lambda dirty: dirty.name)
def test_every_fault_says_what_to_do(dirty: Dirty) -> None:
    for fault in read(dirty.data).faults:
        said = words(fault)
        assert "{" not in said
        assert said.endswith(("。", "？"))
        assert fault.place.startswith("工作表")


def codes_in(module: ModuleType) -> set[str]:
    """The words between quotes in a module that name a fault."""
    return set(re.findall(r'"([a-z_]+)"', inspect.getsource(module))) & WORDS.keys()


def test_every_fault_that_a_cell_can_have_occurs_in_some_workbook() -> None:
    told = {code for dirty in WORKBOOKS for *_, code in dirty.faults}
    known = set().union(*map(codes_in, (cells, dates, numbers, drafts, read_module)))

    # no column of the sample asks for one certificate alone
    assert known - told == {"one_only"}
