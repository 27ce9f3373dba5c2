"""Each kind of cell takes every notation in use, and refuses what could mean two things."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rosters.identifiers import CREDIT_ALPHABET, is_credit_code
from rosters.sheets.cells import read_cell, read_city
from rosters.sheets.columns import Column, Kind
from rosters.sheets.dates import EARLIEST, LATEST, read_date
from rosters.sheets.numbers import read_certificate_numbers, read_credit_code
from tests.rosters.sheets.dirty import DATES
from tests.rosters.sheets.sample import TODAY, credit_code

days = st.dates(EARLIEST, LATEST)

NOTATIONS = (
    "{0.year}-{0.month}-{0.day}",
    "{0.year}/{0.month:02}/{0.day:02}",
    "{0.year}.{0.month}.{0.day}",
    "{0:%Y%m%d}",
    "{0.year}年{0.month}月{0.day}日",
    " {0.year} 年 {0.month} 月 {0.day} 号 ",
    "{0:%Y-%m-%d} 00:00:00",
    "{0:%Y-%m-%dT%H:%M}",
    "{0:%d-%b-%Y}",
    "{0:%d %B %Y}",
)


@pytest.mark.parametrize("notation", NOTATIONS)
@given(day=days)
def test_a_day_is_the_same_in_every_notation(notation: str, day: date) -> None:
    assert read_date(notation.format(day)) == day


@given(days.filter(lambda day: day > date(1949, 1, 1)))
def test_a_day_is_known_by_its_serial_number(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days

    assert read_date(serial) == read_date(float(serial)) == read_date(str(serial)) == day


@pytest.mark.parametrize("cell", DATES)
def test_the_first_of_may_is_read_however_it_is_written(cell: str | int | date) -> None:
    assert read_date(cell) == date(2023, 5, 1)


@given(st.text(max_size=12) | st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_whatever_stands_in_a_date_cell_is_a_day_or_a_fault(cell: str | float) -> None:
    found = read_date(cell)

    assert found is None or isinstance(found, date | str)


@given(days, st.sampled_from(("{0:%y}-{0.month}-{0.day}", "{0.day}/{0.month}/{0:%Y}")))
def test_a_day_that_does_not_begin_with_its_year_is_refused(day: date, notation: str) -> None:
    assert read_date(notation.format(day)) in ("date_ambiguous", "no_such_day")


@given(st.text(CREDIT_ALPHABET, min_size=18, max_size=18) | st.from_regex(r"[0-9]{17}[0-9A-Y]"))
def test_a_code_is_accepted_exactly_when_its_check_sign_is_right(text: str) -> None:
    code = text.strip()

    assert (read_credit_code(code)[0] == code) == is_credit_code(code)


@given(st.integers(0, 10**6), st.integers(0, 17), st.sampled_from(CREDIT_ALPHABET))
def test_one_wrong_sign_in_a_code_is_always_found(number: int, at: int, sign: str) -> None:
    code = credit_code(number)
    wrong = code[:at] + sign + code[at + 1 :]

    assert (read_credit_code(wrong)[0] is None) == (wrong != code)


@given(st.integers(0, 10**6), st.data())
def test_a_letter_that_looks_like_a_digit_comes_with_a_suggestion(
    number: int, data: st.DataObject
) -> None:
    code = credit_code(number)
    alike = {"0": "O", "1": "I"}
    at = data.draw(st.sampled_from([at for at, sign in enumerate(code) if sign in alike]))
    _, doubt = read_credit_code(code[:at] + alike[code[at]] + code[at + 1 :])

    assert doubt
    assert (doubt[0], doubt[1]["suggestion"]) == ("credit_code_lookalike", code)


numbers = st.lists(st.from_regex(r"2311050600[0-9]{2}", fullmatch=True), min_size=1, unique=True)


@given(numbers, st.sampled_from(("、", "，", ",", "；", "; ", "/", "\n", " ", "\u3000", "|")))
def test_certificates_are_told_apart_by_any_separator(found: list[str], separator: str) -> None:
    assert read_certificate_numbers(separator.join(found))[0] == tuple(found)


@pytest.mark.parametrize(
    "text",
    [
        "（2017）（陕）质监认字002号",
        "(2017)(陕)质监认字002号",
        "（2017） （陕） 质监认字 002 号",
        "２０１７（国）字Ａ１号",
    ],
)
def test_a_number_of_the_old_form_stays_whole(text: str) -> None:
    (number,), _ = read_certificate_numbers(text)

    assert number.startswith(("（2017）", "2017（国）"))


def test_an_unusual_certificate_is_a_doubt_and_never_a_fault() -> None:
    found, doubts = read_certificate_numbers("CMA-2023-1")

    assert found == ("CMA-2023-1",)
    assert [(code, str(severity)) for code, _, severity in doubts] == [
        ("certificate_unusual", "warning")
    ]


def test_one_certificate_is_asked_for_and_two_are_given() -> None:
    column = Column("certificate", "证书编号", Kind.CERTIFICATE)

    assert read_cell(column, "231105060001", TODAY).value == "231105060001"
    assert read_cell(column, "231105060001、231105060002", TODAY).doubts[0][0] == "one_only"


@pytest.mark.parametrize(
    ("text", "province", "code"),
    [
        ("杭州", "330000", "330100"),
        ("杭州市", None, "330100"),
        ("330100", None, "330100"),
        ("浙江省杭州市", "330000", "330100"),
        ("北京", "110000", "110100"),
        ("市辖区", "310000", "310100"),
        ("吉林", "220000", "220200"),
        ("省直辖县级行政区划", "420000", "429000"),
    ],
)
def test_a_city_is_known_by_many_names(text: str, province: str | None, code: str) -> None:
    assert read_city(text, province).value == code


@pytest.mark.parametrize("kind", Kind)
@given(cell=st.text(max_size=20) | st.floats() | st.booleans())
@example(cell=float("nan"))
@example(cell=float("inf"))
def test_no_cell_is_beyond_reading(kind: Kind, cell: str | float | bool) -> None:
    column = Column("x", "某栏", kind, choices=("甲",), several=kind == Kind.CERTIFICATE)
    said = read_cell(column, cell, TODAY)

    assert said.value is None or not any(str(doubt[2]) == "error" for doubt in said.doubts)


def test_tomorrow_is_not_the_past() -> None:
    column = Column("issued_on", "发证日期", Kind.DATE, past=True)

    assert read_cell(column, TODAY, TODAY).value == TODAY
    assert read_cell(column, TODAY + timedelta(days=1), TODAY).doubts[0][0] == "date_in_future"
