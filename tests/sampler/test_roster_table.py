"""A roster is read as its author meant it, or every fault is named with row and column."""

import csv
import io
import random
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampler.faults import BadInput, Fault
from sampler.inputs.cells import LONGEST_CELL, UNSEEN
from sampler.inputs.roster_table import REQUIRED, read_roster
from sampler.inputs.row_faults import LISTED
from tests.sampler.bad_files import (
    HEADER,
    OTHER_UNIT,
    UNIT,
    roster_csv,
    unit,
)

GOOD = roster_csv(UNIT, OTHER_UNIT)


def faults_of(data: bytes) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as caught:
        read_roster(data)
    return caught.value.faults


def places_of(data: bytes) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in faults_of(data)]


cell = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(
    lambda text: not UNSEEN.search(text) and "E+" not in text
)
some_rows = st.lists(
    st.tuples(cell, cell, st.sampled_from("01"), st.sampled_from(["国家级", " 省级 "]), cell, cell),
    min_size=1,
    max_size=30,
)


def written(rows: list[tuple[str, ...]]) -> tuple[str, list[list[str]]]:
    """The rows as a CSV text, and as they are to be read."""
    table = [[f"id{number}", *row] for number, row in enumerate(rows)]
    out = io.StringIO()
    csv.writer(out).writerows([REQUIRED, *table])
    read = [[unicodedata.normalize("NFC", text.strip()) for text in row] for row in table]
    return out.getvalue(), read


@given(some_rows, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_a_roster_is_read_alike_in_every_encoding(
    rows: list[tuple[str, ...]], encoding: str
) -> None:
    text, expected = written(rows)
    roster = read_roster(text.encode(encoding))
    assert roster.columns == REQUIRED
    assert [list(row) for row in zip(*roster.cells.values(), strict=True)] == expected


def test_equal_cells_share_one_string() -> None:
    cells = read_roster(roster_csv(*(unit(unit_id=str(n)) for n in range(9)))).cells
    assert len({id(value) for value in cells["province"]}) == 1


def test_further_columns_are_kept_in_their_order() -> None:
    roster = read_roster(roster_csv(f"{UNIT}, x ", header=f"{HEADER}, cert_no "))
    assert roster.columns == (*REQUIRED, "cert_no")
    assert roster.cells["cert_no"] == ["x"]


def test_blank_rows_are_passed_over_and_still_counted() -> None:
    data = roster_csv("", UNIT, ",,,,,,", unit(unit_id="2", level="市级"))
    assert places_of(data) == [("value_not_allowed", "第 5 行 level 列")]


def test_a_line_break_inside_quotes_moves_the_rows_below_it() -> None:
    data = roster_csv(unit(name='"上行\n下行"'), unit(unit_id="2", level="市级"))
    assert places_of(data) == [("value_not_allowed", "第 4 行 level 列")]
    assert read_roster(roster_csv(unit(name='"上行\n下行"'))).cells["name"] == ["上行\n下行"]


def test_progress_reaches_the_whole_file() -> None:
    told: list[float] = []
    read_roster(roster_csv(*(unit(unit_id=str(n)) for n in range(45_000))), progress=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1


BAD_TEXTS = [
    ("an empty file", b"", [("empty_file", "")]),
    ("nothing but a byte order mark", b"\xef\xbb\xbf", [("empty_file", "")]),
    ("blank lines only", b"\n\n\n", [("empty_file", "")]),
    ("a header only", roster_csv(), [("no_rows", "")]),
    ("some other table", "企业名称,管辖单位\n甲,乙\n".encode(), [("not_a_table", "")]),
    ("a letter", "您好，附件请查收。".encode(), [("not_a_table", "")]),
    ("semicolons", GOOD.replace(b",", b";"), [("not_a_table", "")]),
    ("UTF-16", GOOD.decode().encode("utf-16"), [("utf16", "")]),
    ("old Excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), [("old_excel", "")]),
    ("PDF", b"%PDF-1.7\n", [("not_a_table", "")]),
    ("zeros", bytes(5_000), [("encoding", "")]),
    ("noise", random.Random(5).randbytes(5_000), [("encoding", "")]),
    (
        "a misspelt column",
        GOOD.replace(b"qi_centre", b"qi_center"),
        [("column_missing", "第 1 行")],
    ),
    (
        "a doubled column",
        roster_csv(UNIT + ",B", header=HEADER + ", level"),
        [("column_doubled", "第 1 行 level 列")],
    ),
    (
        "rows too short and too long",
        roster_csv("1,甲", UNIT + ",,"),
        [("row_width", "第 2 行"), ("row_width", "第 3 行")],
    ),
    ("an empty id", roster_csv(unit(unit_id="  ")), [("unit_id_empty", "第 2 行 unit_id 列")]),
    (
        "a doubled id, once trimmed",
        roster_csv(UNIT, OTHER_UNIT, unit(unit_id=" 91A")),
        [("unit_id_doubled", "第 4 行 unit_id 列")],
    ),
    (
        "a doubled id in another Unicode form",
        roster_csv(unit(unit_id="é"), unit(unit_id="e\u0301")),
        [("unit_id_doubled", "第 3 行 unit_id 列")],
    ),
    (
        "neither a QI centre nor none",
        roster_csv(unit(qi_centre="是")),
        [("value_not_allowed", "第 2 行 qi_centre 列")],
    ),
    (
        "no known level",
        roster_csv(unit(level="")),
        [("value_not_allowed", "第 2 行 level 列")],
    ),
    (
        "a zero byte in a cell",
        roster_csv(unit(name="甲\x00")),
        [("unseen_character", "第 2 行 name 列")],
    ),
    (
        "a control character that trimming would hide",
        roster_csv(unit(unit_id="91A\x1f")),
        [("unseen_character", "第 2 行 unit_id 列")],
    ),
    (
        "a zero-width space",
        roster_csv(unit(unit_id="91\u200bA")),
        [("unseen_character", "第 2 行 unit_id 列")],
    ),
    (
        "a credit code turned into a number",
        roster_csv(unit(unit_id="9.14206E+17")),
        [("damaged_number", "第 2 行 unit_id 列")],
    ),
    (
        "an endless cell",
        roster_csv(unit(name="甲" * (LONGEST_CELL + 1))),
        [("cell_too_long", "第 2 行 name 列")],
    ),
    (
        "a quote that is never closed",
        roster_csv(UNIT, unit(unit_id="2", name='"甲')),
        [("quote", "第 3 行")],
    ),
    (
        "text behind a closing quote",
        roster_csv(unit(name='"甲"乙'), unit(level="县级")),
        [("quote", "第 2 行"), ("value_not_allowed", "第 3 行 level 列")],
    ),
    (
        "a damaged byte in UTF-8",
        roster_csv(UNIT, OTHER_UNIT).replace("二".encode(), b"\xff"),
        [("encoding", "第 3 行 name 列")],
    ),
    (
        "a damaged byte in GB18030",
        roster_csv(UNIT, *(unit(unit_id=str(n)) for n in range(50)), "z,\u3400,,0,省级,,")
        .decode()
        .encode("gb18030")
        .replace("\u3400".encode("gb18030"), b"\xff"),
        [("encoding", "第 53 行 name 列")],
    ),
]


@pytest.mark.parametrize(
    ("data", "expected"),
    [pytest.param(data, expected, id=name) for name, data, expected in BAD_TEXTS],
)
def test_a_bad_text_file_is_refused_with_the_place_of_every_fault(
    data: bytes, expected: list[tuple[str, str]]
) -> None:
    assert places_of(data) == expected


def test_every_missing_column_is_named_and_the_likely_slip_with_it() -> None:
    faults = faults_of(roster_csv("1,甲,0", header="unit_id,name,qi_center"))
    assert [fault.message.split("（")[0] for fault in faults] == [
        f"缺少必需的列 {name}" for name in REQUIRED[2:]
    ]
    assert "qi_center" in faults[1].message


def test_a_column_without_a_name_is_told_by_its_position() -> None:
    (fault,) = faults_of(roster_csv(UNIT + ",x", header=HEADER + ","))
    assert (fault.code, fault.where, fault.message) == (
        "column_unnamed",
        "第 1 行",
        "第 8 列没有列名",
    )


def test_a_doubled_id_names_the_row_that_has_it_first() -> None:
    (fault,) = faults_of(roster_csv(OTHER_UNIT, UNIT, UNIT))
    assert str(fault) == "第 4 行 unit_id 列：机构编号与第 3 行重复：“91A”"


def test_a_fault_tells_what_stands_there_and_what_is_allowed() -> None:
    (fault,) = faults_of(roster_csv(unit(level="部级")))
    assert fault.message == "只能填 国家级 或 省级，现为 “部级”"


def test_all_faults_come_at_once_from_the_first_row_to_the_last() -> None:
    data = roster_csv(
        unit(level="x", unit_id=""),
        "too,short",
        unit(qi_centre="2"),
        UNIT,
        header=HEADER.replace("province", "proVince"),
    )
    assert places_of(data) == [
        ("column_missing", "第 1 行"),
        ("unit_id_empty", "第 2 行 unit_id 列"),
        ("value_not_allowed", "第 2 行 level 列"),
        ("row_width", "第 3 行"),
        ("value_not_allowed", "第 4 行 qi_centre 列"),
        ("unit_id_doubled", "第 5 行 unit_id 列"),
    ]


def test_thousands_of_faults_are_counted_not_listed() -> None:
    faults = faults_of(roster_csv(*(unit(unit_id=str(n), level="x") for n in range(5_000))))
    assert len(faults) == LISTED + 1
    assert faults[LISTED - 1].where == f"第 {LISTED + 1} 行 level 列"
    assert faults[-1].message.startswith(f"另有 {5_000 - LISTED} 处")


def test_a_hopeless_file_is_not_read_to_its_end() -> None:
    faults = faults_of(roster_csv(*["1,2"] * 30_000))
    assert "至少" in faults[-1].message


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"abcdefg" * 8_000_000, id="one endless line"),
        pytest.param(GOOD + b"," * 50_000_000, id="commas"),
        pytest.param(GOOD + b'"' + b"ab\n" * 20_000_000, id="an endless cell"),
        pytest.param(GOOD + b"\n" * 50_000_000, id="blank lines"),
        pytest.param(random.Random(1).randbytes(50_000_000), id="random bytes"),
        pytest.param(b"PK\x03\x04" + bytes(50_000_000), id="no workbook"),
    ],
)
def test_noise_of_any_size_fails_at_once_with_one_clear_fault(noise: bytes) -> None:
    assert len(faults_of(noise)) == 1


@given(st.binary(max_size=300), st.booleans())
def test_random_bytes_are_refused_and_nothing_else(noise: bytes, headed: bool) -> None:
    with pytest.raises(BadInput):
        read_roster(roster_csv() + noise if headed else noise)


@given(st.integers(0, len(GOOD)), st.binary(max_size=8), st.integers(0, 8))
def test_a_damaged_roster_is_read_or_refused(at: int, inserted: bytes, cut: int) -> None:
    read_or_refuse(GOOD[:at] + inserted + GOOD[at + cut :])


def read_or_refuse(data: bytes) -> None:
    with suppress(BadInput):
        roster = read_roster(data)
        assert set(map(len, roster.cells.values())) == {len(roster)}
