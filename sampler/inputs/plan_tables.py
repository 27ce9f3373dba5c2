"""A table of a plan file under question: every value by its key, every misfit a fault."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from sampler.faults import Fault
from sampler.inputs.cells import LONGEST_CELL, cell_text, quoted, unseen_fault
from sampler.inputs.row_faults import LISTED
from sampler.quotas import Predicate

MOST = 10**9
"""Largest integer of a plan: its products with a roster stay exact everywhere."""

DECIMALS = 9
"""Digits after the point; a chance to a billionth is finer than any roster."""

TOP_KEYS: dict[str, type] = {
    "name": str,
    "n": int,
    "method": str,
    "other": str,
    "eligible": dict,
    "cap": Decimal,
}
"""Keys that stand before the first table, with the kind of value they take."""

_KINDS = (
    (bool, "真假值"),
    (int, "整数"),
    (str, "文字"),
    (Decimal, "小数"),
    (list, "列表"),
    (dict, "表"),
    (datetime, "日期时间"),
    (date, "日期"),
    (time, "时间"),
)


Complaint = tuple[str, str] | None
"""Code and message of what is wrong with a value; None if nothing is."""

_TEXT = "文字（加英文双引号）"
_NO_LIST: Complaint = ("text_empty", "列表不能为空")


def _misfit(wanted: str, value: Any) -> Complaint:
    kind = next((word for known, word in _KINDS if isinstance(value, known)), "其他")
    shown = quoted(value) if isinstance(value, str) else ""
    return "wrong_type", f"须为{wanted}，现为{kind}{shown}"


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text_complaint(value: Any) -> Complaint:
    if not isinstance(value, str):
        return _misfit(_TEXT, value)
    if not value.strip():
        return "text_empty", "不能为空"
    if len(value) > LONGEST_CELL:
        return "text_too_long", f"不能超过 {LONGEST_CELL} 字"
    message = unseen_fault(value)
    return ("unseen_character", message) if message else None


def _count_complaint(value: Any, least: int) -> Complaint:
    if not _is_integer(value):
        return _misfit("整数", value)
    if least <= value <= MOST:
        return None
    shown = f"，现为 {value}" if abs(value) < MOST**2 else ""
    return "out_of_range", f"须为 {least} 至 {MOST} 的整数{shown}"


def _share_complaint(value: Any) -> Complaint:
    if not _is_integer(value) and not isinstance(value, Decimal):
        return _misfit("小数", value)
    number = Decimal(value)
    if not number.is_finite() or not 0 < number <= 1:
        return "out_of_range", "须大于 0 且不大于 1"
    # asked before it becomes a fraction: 1e-999999999 would fill the memory
    if number != number.quantize(Decimal(1).scaleb(-DECIMALS)):
        return "too_precise", f"小数点后最多 {DECIMALS} 位"
    return None


def _cell_complaint(value: Any, blank: bool) -> Complaint:
    if _is_integer(value):
        return None if abs(value) < MOST**2 else ("out_of_range", "数字过大，请写成文字")
    if not isinstance(value, str):
        return _misfit("文字或整数", value)
    return _name_complaint(value, blank)


def _name_complaint(value: str, blank: bool) -> Complaint:
    # an empty cell is a value like any other; an empty field is none
    return None if blank and not value.strip() else _text_complaint(value)


class Table:
    """One table of the plan, where it stands, and the list that takes its faults."""

    def __init__(self, data: Mapping[str, Any], where: str, faults: list[Fault]) -> None:
        self.data = data
        self.where = where
        self.faults = faults

    def fault(self, code: str, key: str, message: str) -> None:
        """Note what is wrong at *key*, or with the table itself if that is empty."""
        self.faults.append(Fault(code, f"{self.where} {key}".strip(), message))

    def accepts(self, key: str, complaint: Complaint) -> bool:
        """Whether there is no *complaint* about *key*; otherwise it is noted."""
        if complaint:
            self.fault(complaint[0], key, complaint[1])
        return complaint is None

    def knows(self, *keys: str) -> "Table":
        """Call every other key a fault, and name the one that was probably meant."""
        for key in self.data:
            if key not in keys:
                # nobody reads a thousand suggestions, and each takes time
                hint = _meant(key, keys, self.where) if len(self.faults) < LISTED else ""
                self.fault("key_unknown", _shown(key), f"不认识的键{hint}")
        return self

    def needs(self, *keys: str) -> "Table":
        """Call every missing key a fault."""
        for key in keys:
            if key not in self.data:
                self.fault("key_missing", key, f"缺少 {key}")
        return self

    def text(self, key: str) -> str | None:
        """The text at *key*, trimmed NFC and not empty; None without one or with a fault."""
        value = self.data.get(key)
        if key not in self.data or not self.accepts(key, _text_complaint(value)):
            return None
        return cell_text(str(value))

    def count(self, key: str, least: int = 0) -> int | None:
        """The integer at *key*, from *least* to `MOST`; None without one or with a fault."""
        value = self.data.get(key)
        if key not in self.data or not self.accepts(key, _count_complaint(value, least)):
            return None
        return int(value)  # type: ignore[arg-type]

    def share(self, key: str) -> Fraction | None:
        """The exact decimal at *key*, in (0, 1]; None without one or with a fault."""
        value = self.data.get(key)
        if key not in self.data or not self.accepts(key, _share_complaint(value)):
            return None
        return Fraction(value)  # type: ignore[arg-type]

    def table(self, key: str) -> "Table | None":
        """The table `[key]`."""
        value = self.data.get(key)
        if isinstance(value, dict):
            return Table(value, f"[{key}]", self.faults)
        if key in self.data:
            self.accepts(key, _misfit(f"一个表 [{key}]", value))
        return None

    def tables(self, key: str) -> Iterator["Table"]:
        """The tables `[[key]]`, numbered from 1 in what is said about them."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            self.accepts(key, _misfit(f"带两层方括号的 [[{key}]]", value))
            return
        for number, item in enumerate(value, 1):
            where = f"[[{key}]] 第{number}项"
            if isinstance(item, dict):
                yield Table(item, where, self.faults)
            else:
                self.accepts(where, _misfit("一个表", item))

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts at *key*, trimmed NFC, not empty, each once."""
        value = self.data.get(key)
        if not isinstance(value, list):
            self.accepts(key, _misfit("文字的列表 […]", value))
            return ()
        self.accepts(key, None if value else _NO_LIST)
        found: dict[str, None] = {}
        for number, item in enumerate(value, 1):
            place = f"{key} 第{number}个"
            if self.accepts(place, _text_complaint(item) or _doubled(item, found)):
                found[cell_text(item)] = None
        return tuple(found)

    def predicate(self, key: str) -> Predicate:
        """The predicate at *key*: its columns in the order of the file, each with its values."""
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            self.accepts(key, _misfit('形如 {level = "国家级"} 的条件', value))
            return Predicate()
        terms: dict[str, tuple[str, ...]] = {}
        for name, wanted in value.items():
            place = f"{key}.{_shown(name)}"
            if self.accepts(place, _text_complaint(name) or _doubled(name, terms)):
                blank = cell_text(name) != "fields"
                terms[cell_text(name)] = self._wanted(place, wanted, blank)
        return Predicate(tuple(terms.items()))

    def _wanted(self, place: str, wanted: Any, blank: bool) -> tuple[str, ...]:
        values = wanted if isinstance(wanted, list) else [wanted]
        self.accepts(place, None if values else _NO_LIST)
        fitting = [value for value in values if self.accepts(place, _cell_complaint(value, blank))]
        return tuple(dict.fromkeys(cell_text(str(value)) for value in fitting))

    def named(self, above: Mapping[str, Any], blank: bool = False) -> Iterator[tuple[str, str]]:
        """Key as written, and canonical name, of each entry `name = figure`.

        With *blank* an empty name stands for an empty cell. A key that belongs before the
        first table is a fault when it is missing *above*: TOML gives everything below the
        head of a table to that table.
        """
        seen: dict[str, None] = {}
        for key, value in self.data.items():
            kind = TOP_KEYS.get(key)
            complaint = _name_complaint(key, blank) or _doubled(key, seen)
            if kind and key not in above and isinstance(value, kind):
                self.fault("misplaced_key", key, f"{key} 须写在第一个表之前")
            elif self.accepts(_shown(key), complaint):
                seen[cell_text(key)] = None
                yield key, cell_text(key)


def _doubled(name: str, seen: Mapping[str, Any]) -> Complaint:
    text = cell_text(name)
    return ("doubled", f"{quoted(text)} 重复") if text in seen else None


def _shown(key: str) -> str:
    """A key in what is said about it; empty ones are shown, long ones shortened."""
    return key if key.isprintable() and 0 < len(key) <= 40 else quoted(key)


def _meant(key: str, keys: Sequence[str], where: str) -> str:
    if where and key in TOP_KEYS:
        return f"；{key} 须写在第一个表之前"
    near = get_close_matches(key, keys, 1, 0.6)
    return f"；是否要写 {near[0]}？" if near else f"；这里可用的键：{'、'.join(keys)}"
