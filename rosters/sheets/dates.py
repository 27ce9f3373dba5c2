"""Days as people write them into rosters; whatever leaves room for doubt is refused."""

import re
from datetime import date, datetime, time, timedelta

from rosters.sheets.read import Cell
from rosters.sheets.spelling import half_width, plain

EARLIEST, LATEST = date(1949, 1, 1), date(2099, 12, 31)

_SERIAL_ORIGIN = date(1899, 12, 30)
_TIME = r"(?:[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
_YEAR_FIRST = (
    re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}"),
    re.compile(rf"(\d{{4}})(年)(\d{{1,2}})月(\d{{1,2}})[日号]?{_TIME}"),
    re.compile(rf"(\d{{4}})()(\d{{2}})(\d{{2}}){_TIME}"),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_MONTH = re.compile(
    rf"(\d{{1,2}})[-/. ]?({'|'.join(_MONTHS)})[a-z]*[-/., ]*(\d{{4}})", re.IGNORECASE
)
_NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_IN_WORDS = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_WITHOUT_DAY = re.compile(r"\d{4}(?:[-/.年]\d{1,2}月?|年)?|\d{6}")
_DAY_OR_MONTH_FIRST = re.compile(
    r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})|\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
)


def read_date(cell: Cell) -> date | str | None:
    """The day that *cell* names; the code of its fault; or None if it is empty.

    Accepted: real dates of the spreadsheet (with or without a time), and their serial numbers
    of five digits (45047), also as text; and as text, full-width or with blanks, 2023-5-1,
    2023/05/01, 2023.5.1, 20230501, 2023年5月1日 (also 号), 二〇二三年五月一日, 01-May-2023, and
    those with a time behind them. Not accepted: 5/1/23, 1/5/2023, 23-05-01 (what comes first?),
    a month without its day, a year before 1949 or after 2099.
    """
    match cell:
        case datetime():
            found: date | str | None = cell.date()
        case date():
            found = cell
        case bool() | time() | timedelta():
            return "not_a_date"
        case int() | float():
            found = _of_number(cell)
        case _:
            found = _of_text(cell)
    if isinstance(found, date) and not EARLIEST <= found <= LATEST:
        return "date_out_of_range"
    return found


def _of_number(number: float) -> date | str:
    if 10**7 <= number < 10**8 and number == int(number):
        return _of_text(str(int(number))) or "not_a_date"
    if 10_000 <= number < 100_000:
        return _SERIAL_ORIGIN + timedelta(days=int(number))
    return "date_without_day" if 1949 <= number <= 209912 else "not_a_date"


def _of_text(text: str) -> date | str | None:
    bare = plain(text)
    if not bare:
        return None
    for pattern in _YEAR_FIRST:
        if found := pattern.fullmatch(bare):
            return _day(found[1], found[3], found[4])
    if _SERIAL.fullmatch(bare):
        return _of_number(float(bare))
    if found := _NAMED_MONTH.fullmatch(half_width(text)):
        return _day(found[3], str(_MONTHS.index(found[2].lower()) + 1), found[1])
    if found := _IN_WORDS.fullmatch(bare):
        return _day(found[1].translate(_NUMERALS), str(_ten(found[2])), str(_ten(found[3])))
    if _WITHOUT_DAY.fullmatch(bare):
        return "date_without_day"
    return "date_ambiguous" if _DAY_OR_MONTH_FIRST.fullmatch(bare) else "not_a_date"


def _ten(numeral: str) -> int:
    """A number up to 99 in Chinese numerals: 五, 十二, 二十一."""
    tens, ten, ones = numeral.rpartition("十")
    value = int((ones or "0").translate(_NUMERALS))
    return value + 10 * int((tens or "1").translate(_NUMERALS)) if ten else value


def _day(year: str, month: str, day: str) -> date | str:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return "no_such_day"
