"""What is exported and read back is what was there; what is read back shows well in Excel."""

import io
from collections.abc import Mapping, Sequence
from datetime import date

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core import regions
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column
from rosters.sheets.drafts import Reading, find_matchings, read_drafts
from rosters.sheets.export import sheet_name, write_csv, write_xlsx
from rosters.sheets.furniture import Why
from rosters.sheets.read import read_sheets
from rosters.sheets.spelling import tidy
from rosters.sheets.template import write_template
from rosters.sheets.text import armed, disarmed
from tests.rosters.sheets.sample import COLUMNS, FIELDS, TODAY, credit_code

Values = Mapping[str, Value]

NASTY = (
    *(
        "=1+1",
        "'=1+1",
        "''",
        "@SUM(A1)",
        "+86",
        "-",
        "123456789012345678",
        "0571",
        "1E5",
        "_x0041_",
    ),
    *(
        '="12"',
        "'",
        "，、；;,\t",
        '"',
        "（全角）　名",
        "甲\n乙",
        "\u200b隐\u00a0藏",
        "😀👨‍👩‍👧",
        "e\u0301",
        "\x00\x0b",
    ),
    *("合计", "备注：无", "#N/A", "TRUE", "2023-05-01", "<b>&amp;", "%00", "示例"),
)

texts = (st.sampled_from(NASTY) | st.text(max_size=12)).map(tidy)
names = texts.map(lambda text: f"演示{text}站")
lists = st.lists(st.sampled_from(("甲中心", "乙，中心", "=丙")), min_size=1, unique=True).map(tuple)
days = st.dates(date(2000, 1, 1), date(2026, 1, 1))
cities = [city for province in regions.provinces() for city in regions.cities(province)]


@st.composite
def institutions(draw: st.DrawFn, number: int) -> dict[str, Value]:
    city = draw(st.sampled_from(cities))
    optional: dict[str, st.SearchStrategy[Value]] = {
        "certificates": st.just(
            (f"23110506{number + 1:04}", f"（2017）（陕）质监认字{number + 100}号")
        ),
        "issued_on": days,
        "legal_form": st.sampled_from(("企业", "事业单位")),
        "fields": st.lists(st.sampled_from(FIELDS), min_size=1, unique=True).map(tuple),
        "qi_centres": lists,
        "is_listed": st.booleans(),
        "staff": st.integers(-(10**14), 10**14),
        "phone": st.just("0571-12345678"),
        "email": st.just("a.b@example.org"),
        "registrar": texts,
        "jurisdiction": texts,
        "remark": texts,
    }
    values: dict[str, Value] = {"name": draw(names), "credit_code": credit_code(number)}
    values |= {"city": city.code, "province": city.province.code}
    for key, strategy in optional.items():
        values[key] = draw(st.none() | strategy) or None
    if values["issued_on"] and draw(st.booleans()):
        values["expires_on"] = date(2030, 1, 1)
    # False and 0 are values, not gaps
    values["is_listed"] = draw(st.none() | st.booleans())
    values["staff"] = draw(st.none() | optional["staff"])
    return values


rosters = st.integers(0, 4).flatmap(
    lambda n: st.tuples(*(institutions(number) for number in range(n)))
)


def xlsx_of(rows: Sequence[Values]) -> io.BytesIO:
    stream = io.BytesIO()
    write_xlsx(COLUMNS, rows, stream, "机构名录", "演示数据")
    return stream


def csv_of(rows: Sequence[Values]) -> io.BytesIO:
    stream = io.BytesIO()
    write_csv(COLUMNS, rows, stream)
    return stream


def read(stream: io.BytesIO, columns: Sequence[Column] = COLUMNS) -> Reading:
    sheets = read_sheets(stream, "名录.csv")
    return read_drafts(sheets, columns, find_matchings(sheets, columns), TODAY)


def whole(values: Values) -> dict[str, Value]:
    """The values with a gap for every column left out."""
    return {column.key: values.get(column.key) for column in COLUMNS}


@pytest.mark.parametrize("written", [xlsx_of, csv_of])
@settings(max_examples=120, deadline=None)
@given(rows=rosters)
def test_what_is_exported_is_read_back_unchanged(written: object, rows: list[Values]) -> None:
    assert callable(written)
    reading = read(written(rows))

    assert [draft.values for draft in reading.rows] == [whole(values) for values in rows]
    assert reading.faults.errors == 0


@given(st.sampled_from(NASTY) | st.text(max_size=20))
@example('="123456789012"')
@example("''=1")
def test_a_text_is_disarmed_to_what_it_was(text: str) -> None:
    assert disarmed(armed(text)) == text


@given(st.sampled_from(NASTY) | st.text(max_size=20))
def test_no_text_in_a_csv_begins_like_a_formula(text: str) -> None:
    cell = armed(text)

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or cell == f'="{text}"'


@given(st.sampled_from(NASTY) | st.text(max_size=20))
def test_a_tidy_text_stays_as_it_is(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def test_a_workbook_holds_codes_as_texts_and_days_as_days() -> None:
    values: Values = {
        "name": "=1+1",
        "credit_code": credit_code(1),
        "issued_on": date(2023, 5, 1),
    }
    stream = xlsx_of([values])
    row = read_sheets(stream, "x")[0].rows[1][1]
    sheet = openpyxl.load_workbook(stream).worksheets[0]

    assert row[:4] == ["=1+1", credit_code(1), "", date(2023, 5, 1)]
    assert [sheet[place].data_type for place in ("A2", "B2")] == ["s", "s"]
    assert [sheet[place].number_format for place in ("B2", "D2")] == ["@", "yyyy-mm-dd"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:Q2")


def test_a_csv_shows_chinese_and_long_digits_unharmed_in_excel() -> None:
    data = csv_of([{"name": "演示", "credit_code": credit_code(1), "remark": "0" * 18}]).getvalue()

    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 2
    assert '"=""000000000000000000"""' in data.decode("utf-8-sig")


@pytest.mark.parametrize("title", ["", "2023/名录:*?[]", "甲" * 60, "'引号'"])
def test_any_title_makes_a_name_for_a_sheet(title: str) -> None:
    stream = io.BytesIO()
    write_xlsx(COLUMNS, [], stream, title)

    assert read_sheets(stream, "x")[0].name == sheet_name(title)


def test_an_empty_template_says_nothing() -> None:
    stream = io.BytesIO()
    write_template(COLUMNS, stream, "机构名录")
    reading = read(stream)

    assert (reading.rows, len(reading.faults)) == ([], 0)
    assert Why.EXAMPLE in {row.why for row in reading.skipped}


def test_a_filled_template_is_read() -> None:
    stream = io.BytesIO()
    write_template(COLUMNS, stream, "机构名录")
    book = openpyxl.load_workbook(stream)
    book["机构名录"].append(["演示甲站", credit_code(1)])
    filled = io.BytesIO()
    book.save(filled)

    (draft,) = read(filled).rows
    assert draft.values["credit_code"] == credit_code(1)
    assert {rule.type for rule in book["机构名录"].data_validations.dataValidation} == {
        "list",
        "date",
    }
    assert all(cell.comment for cell in book["机构名录"][1])
