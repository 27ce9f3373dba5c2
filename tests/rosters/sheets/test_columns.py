"""The head of a strange file is matched where it is sure, and asked about where it is not."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosters.sheets.columns import How, Matching, find_matching
from rosters.sheets.drafts import read_drafts
from rosters.sheets.read import Cell, Sheet, read_sheets
from tests.rosters.sheets.sample import COLUMNS, TODAY, credit_code
from tests.rosters.sheets.workbooks import xlsx

LABELS = [column.label for column in COLUMNS]


def sheet(*rows: list[Cell]) -> Sheet:
    return Sheet("名录", list(enumerate(rows, 1)))


def matching(*heads: str, remembered: dict[str, str] | None = None) -> Matching:
    found = find_matching(sheet(list(heads)), COLUMNS, remembered)
    assert found
    return found


@given(st.permutations(LABELS))
def test_our_own_heads_are_known_in_any_order(labels: list[str]) -> None:
    found = matching(*labels)

    assert [found.keys[at] for at in range(1, len(labels) + 1)] == [
        column.key for label in labels for column in COLUMNS if column.label == label
    ]


@pytest.mark.parametrize(
    ("head", "how"),
    [
        ("机构名称", How.LABEL),
        ("单位名称", How.SYNONYM),
        ("  机构\n名称", How.NORMAL),
        ("*机构名称（必填）", How.NORMAL),
        ("机构名称：", How.NORMAL),
        ("机构名称全称", How.ALIKE),
        ("法定代表人", How.IGNORED),
    ],
)
def test_a_head_is_known_under_many_spellings(head: str, how: How) -> None:
    found = matching(head, "信用代码", "备注")

    assert found.matches[0].how == how
    assert found.keys.get(1) == ("name" if how in (How.LABEL, How.SYNONYM, How.NORMAL) else None)


def test_what_was_chosen_for_a_source_is_followed_the_next_time() -> None:
    first = matching("主体", "信用代码", "备注").choose({1: "name", 3: ""})
    again = matching("主 体", "信用代码", "备注", remembered=first.memory)

    assert again.keys == {1: "name", 2: "credit_code"}
    assert again.signature == first.signature


def test_a_key_chosen_for_one_column_is_taken_from_the_other() -> None:
    found = matching("机构名称", "信用代码", "主体").choose({3: "name"})

    assert found.keys == {2: "credit_code", 3: "name"}


def test_the_signature_changes_with_the_heads() -> None:
    assert matching("机构名称", "信用代码").signature != matching("信用代码", "机构名称").signature


def test_a_column_that_the_file_has_not_is_told_apart_from_an_empty_cell() -> None:
    data = xlsx([("机构名称", "信用代码", "备注"), ["演示甲站", credit_code(1), ""]])
    sheets = read_sheets(io.BytesIO(data), "x")
    found = find_matching(sheets[0], COLUMNS)
    assert found
    (draft,) = read_drafts(sheets, COLUMNS, {"名录": found}, TODAY).rows

    assert draft.values["remark"] is None
    assert "registrar" not in draft.values


def test_the_required_columns_that_are_missing_are_named() -> None:
    missing = matching("机构名称", "备注").missing(COLUMNS)

    assert [column.label for column in missing] == ["统一社会信用代码"]


def test_a_head_below_many_rows_is_not_looked_for() -> None:
    above: list[list[Cell]] = [["说明"] for _ in range(40)]

    assert find_matching(sheet(*above, ["机构名称", "信用代码"]), COLUMNS) is None


def test_a_group_over_several_heads_tells_two_telephones_apart() -> None:
    rows: list[list[Cell]] = [
        ["机构名称", "信用代码", "机构", "", "法人", ""],
        ["", "", "电话", "地址", "姓名", "电话"],
    ]
    found = find_matching(sheet(*rows), COLUMNS)

    assert found
    assert [(match.column, match.key, match.how) for match in found.matches if match.key] == [
        (1, "name", How.LABEL),
        (2, "credit_code", How.SYNONYM),
        (3, "phone", How.SYNONYM),
        (6, "phone", How.DOUBLED),
    ]
