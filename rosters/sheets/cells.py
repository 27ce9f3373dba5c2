"""What a cell says in its column: every notation in use is read, nothing is guessed."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from core import regions
from rosters.sheets.columns import Column, Kind
from rosters.sheets.dates import read_date
from rosters.sheets.numbers import Doubt, error, read_certificate_numbers, read_credit_code, warning
from rosters.sheets.read import Broken, Cell
from rosters.sheets.spelling import half_width, plain, tidy

Value = str | int | bool | date | tuple[str, ...] | None

EXACT = 10**15
"""A spreadsheet keeps 15 digits; from here on the last ones of a number are lost."""

LONGEST_LIST = 200
"""Values that one cell may list."""

YES = frozenset({"是", "有", "y", "yes", "true", "1", "√", "✓", "对"})
NO = frozenset({"否", "无", "n", "no", "false", "0", "×", "x", "✗", "不是", "没有"})

_SEVERAL = re.compile(r"[、;；|\n]+")
_SEVERAL_CHOICES = re.compile(r"[、,，;；/|\n]+")
_INTEGER = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+|[+-]?\d{1,15}(?:\.0+)?")
_PHONE = re.compile(
    r"(?:\+?86-?)?(?:1\d{10}|\(?0\d{2,3}\)?-?\d{7,8}|[48]00-?\d{3}-?\d{4}|\d{7,8})(?:(?:-|转|x)\d{1,6})?"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")


@dataclass(frozen=True)
class Said:
    """The value of a cell (None if it is empty or at fault) and what is wrong with it."""

    value: Value = None
    doubts: tuple[Doubt, ...] = ()


NOTHING = Said()


def _wrong(code: str, **params: object) -> Said:
    return Said(doubts=(error(code, **params),))


def read_cell(column: Column, cell: Cell, today: date) -> Said:
    """What *cell* says in *column*.

    Whether a city lies in its province, and whether a date comes after another, is asked of
    the whole row, not here.
    """
    if cell == "":
        return NOTHING
    if isinstance(cell, Broken):
        return _wrong(cell.value)
    if column.kind == Kind.DATE:
        return _date(column, cell, today)
    if isinstance(cell, str):
        return _text_read(column, cell)
    shown = _shown(cell, column.kind)
    return shown if isinstance(shown, Said) else _text_read(column, shown)


def _text_read(column: Column, cell: str) -> Said:
    text = tidy(cell)
    if not text:
        return NOTHING
    if "\ufffd" in text:
        return _wrong("damaged_text")
    return _READERS[column.kind](column, text)


def _shown(cell: Cell, kind: Kind) -> str | Said:
    """A number as its author typed it, or why that is lost."""
    if isinstance(cell, bool) and kind == Kind.YES_NO:
        return Said(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return _wrong("not_text")
    if not abs(cell) < EXACT:  # neither is "not a number"
        return _wrong("damaged_number")
    return str(int(cell)) if cell == int(cell) else repr(cell)


def _date(column: Column, cell: Cell, today: date) -> Said:
    found = read_date(cell)
    if isinstance(found, str):
        return _wrong("damaged_text" if "\ufffd" in str(cell) else found)
    if found and column.past and found > today:
        return _wrong("date_in_future", today=today.isoformat())
    return Said(found)


def _text(column: Column, text: str) -> Said:
    if len(text) > column.most:
        return _wrong("too_long", length=len(text), most=column.most)
    if not column.several:
        return Said(text)
    return Said(_distinct(tidy(part) for part in _SEVERAL.split(text)))


def _distinct(parts: Iterable[str]) -> tuple[str, ...] | None:
    return tuple(dict.fromkeys(part for part in parts if part)) or None


def _credit_code(_: Column, text: str) -> Said:
    code, doubt = read_credit_code(text)
    return Said(code, (doubt,) if doubt else ())


def _certificate(column: Column, text: str) -> Said:
    numbers, doubts = read_certificate_numbers(text)
    if column.several:
        return Said(numbers or None, doubts)
    if len(numbers) > 1:
        return _wrong("one_only")
    return Said(next(iter(numbers), None), doubts)


def _choice(column: Column, text: str) -> Said:
    if not column.several:
        chosen = _chosen(column, text)
        return Said(chosen) if chosen else _not_a_choice(column, text)
    if whole := _chosen(column, text):
        return Said((whole,))
    parts = [part for part in _SEVERAL_CHOICES.split(text) if tidy(part)][:LONGEST_LIST]
    found = {part: _chosen(column, part) for part in parts}
    doubts = [_not_a_choice(column, tidy(part)).doubts[0] for part in parts if not found[part]]
    return Said(_distinct(filter(None, found.values())), tuple(doubts))


def _chosen(column: Column, text: str) -> str | None:
    wanted = plain(text).casefold()
    for choice in column.choices:
        if plain(choice).casefold() == wanted:
            return choice
    return next(
        (choice for word, choice in column.aliases if plain(word).casefold() == wanted), None
    )


def _not_a_choice(column: Column, text: str) -> Said:
    return _wrong("not_a_choice", text=text[:60], choices="、".join(column.choices))


def _yes_no(_: Column, text: str) -> Said:
    word = plain(text).casefold()
    return Said(word in YES) if word in YES | NO else _wrong("not_yes_or_no")


def _integer(_: Column, text: str) -> Said:
    bare = plain(text)
    if not _INTEGER.fullmatch(bare):
        return _wrong("not_an_integer")
    return Said(int(bare.replace(",", "").partition(".")[0]))


def _region(column: Column, text: str) -> Said:
    """The code of a province named in full, in short or by its code.

    In a column with `Column.within` the text is left to `read_city`, which knows the province.
    """
    if column.within:
        return Said(plain(text))
    found = _named(plain(text))
    if not found:
        return _wrong("no_such_region")
    return Said(found.code) if found.is_province else _wrong("not_a_province")


def _named(text: str) -> regions.Region | None:
    return regions.region_of(text) if regions.is_region(text) else regions.find(text)


def read_city(text: str, province: str | None) -> Said:
    """The code of a city named in full, in short, after its province, or by its code.

    *province* is the code of the row's province, None if the row does not tell. A municipality
    is its own city: 北京市 in 北京市 is its 市辖区, 110100.
    """
    found = _in_province(text, regions.region_of(province)) if province else None
    found = found or _named(text)
    if found and found.is_province:
        found = _city_of_municipality(found) or found
    if not found:
        return _wrong("no_such_region")
    if found.is_province:
        return _wrong("not_a_city")
    if province and found.province.code != province:
        return _wrong("city_elsewhere", city=found.name, province=regions.region_of(province).name)
    return Said(found.code)


_MUNICIPALITIES = ("110000", "120000", "310000", "500000")


def _city_of_municipality(province: regions.Region) -> regions.Region | None:
    return (
        regions.region_of(province.code[:2] + "0100") if province.code in _MUNICIPALITIES else None
    )


def _in_province(text: str, province: regions.Region) -> regions.Region | None:
    found = regions.find(province.name + text)
    if found and not found.is_province:
        return found
    return next((city for city in regions.cities(province) if city.name == text), None)


def _phone(column: Column, text: str) -> Said:
    said = half_width(text)
    if len(said) > column.most:
        return _wrong("too_long", length=len(said), most=column.most)
    parts = [plain(part) for part in _SEVERAL_CHOICES.split(said)]
    usual = all(_PHONE.fullmatch(part) for part in parts if part)
    return Said(said, () if usual else (warning("phone_unusual"),))


def _email(_: Column, text: str) -> Said:
    address = plain(text)
    return Said(address) if _EMAIL.fullmatch(address) else _wrong("not_an_email")


_READERS: dict[Kind, Callable[[Column, str], Said]] = {
    Kind.TEXT: _text,
    Kind.CREDIT_CODE: _credit_code,
    Kind.CERTIFICATE: _certificate,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.INTEGER: _integer,
    Kind.REGION: _region,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
}
