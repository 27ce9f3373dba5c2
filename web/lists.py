"""What all lists share: filters kept in the address, numbered pages, and a file of the rows."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from flask import Response, request, url_for

from core.calendar import CHINA

SIZE = 50
"""Rows on a page."""

MOST_EXPORTED = 50_000
"""Rows of one file, read in some three seconds; whoever needs more narrows the search."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Paging:
    """Where somebody is in a list of known length."""

    page: int
    total: int
    size: int = SIZE
    unit: str = "条"

    @property
    def pages(self) -> int:
        """Pages in all; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def words(self) -> str:
        """Which rows are shown, of how many."""
        if not self.total:
            return f"共 0 {self.unit}"
        first = (self.page - 1) * self.size + 1
        last = min(self.total, self.page * self.size)
        return f"第 {first:,}—{last:,} {self.unit}，共 {self.total:,} {self.unit}"

    @property
    def previous(self) -> str:
        """The address of the page before; empty on the first."""
        return here(page=self.page - 1) if self.page > 1 else ""

    @property
    def next(self) -> str:
        """The address of the page after; empty on the last."""
        return here(page=self.page + 1) if self.page < self.pages else ""


@dataclass(frozen=True)
class Sorting(Generic[Choice]):
    """By what a list that is read whole can be sorted, as its address says (`sort`, `order`).

    Attributes
    ----------
    keys : words and key of each column by its name; ties keep the order of the rows.
    usual : the column if the address names none.
    """

    keys: Mapping[str, tuple[str, Callable[[Choice], Any]]]
    usual: str

    @property
    def chosen(self) -> str:
        """The column by which it is sorted now."""
        return one_of("sort", self.keys) or self.usual

    @property
    def is_descending(self) -> bool:
        """Whether the last comes first."""
        return text("order") == "desc"

    def ordered(self, rows: Iterable[Choice]) -> list[Choice]:
        """The rows in the order of the address."""
        return sorted(rows, key=self.keys[self.chosen][1], reverse=self.is_descending)

    def heads(self) -> list[tuple[str, str, str]]:
        """The columns: words, the address that sorts by it, and `aria-sort`."""
        return [self._head(name, words) for name, (words, _) in self.keys.items()]

    def _head(self, name: str, words: str) -> tuple[str, str, str]:
        if name != self.chosen:
            return words, here(sort=name, order=None, page=None), ""
        turned = None if self.is_descending else "desc"
        stands = "descending" if self.is_descending else "ascending"
        return words, here(sort=name, order=turned, page=None), stands


def here(**changes: object) -> str:
    """The address of this page with other filters; None takes one away."""
    told: dict[str, object] = {**request.args.to_dict(flat=False), **(request.view_args or {})}
    kept = {name: value for name, value in (told | changes).items() if value not in (None, "", [])}
    return address(str(request.endpoint), **kept)


def address(endpoint: str, /, **values: object) -> str:
    """The address of a page whose filters come as a mapping, perhaps from a visitor."""
    # nothing of it may be taken for the arguments of `url_for` itself
    told = {
        name: value
        for name, value in values.items()
        if name != "endpoint" and not name.startswith("_")
    }
    return url_for(endpoint, **told)  # type: ignore[arg-type]


def filters(*names: str) -> dict[str, list[str]]:
    """The filters of these names as they stand in the address, and nothing else of it."""
    return {name: told for name in names if (told := request.args.getlist(name))}


def text(name: str, most: int = 100) -> str:
    """A filter as it was typed, without blanks around it."""
    # no text that PostgreSQL keeps holds the character zero
    return request.args.get(name, "").replace("\0", "").strip()[:most]


def number(name: str, least: int = 1, most: int = 2**31) -> int | None:
    """A number of the address; what is none, or out of range, does not matter."""
    typed = request.args.get(name, "")
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > 10:
        return None
    return int(typed) if least <= int(typed) <= most else None


def page_number() -> int:
    """Which page of the list is wanted."""
    return number("page", most=10**6) or 1


def day(name: str) -> date | None:
    """A day of the address, as the date field of a browser writes it."""
    try:
        return date.fromisoformat(text(name))
    except ValueError:
        return None


def one_of(name: str, known: Mapping[str, Choice]) -> str:
    """A filter that must be among *known*; else nothing."""
    return chosen if (chosen := text(name)) in known else ""


def csv_file(name: str, head: Iterable[str], rows: Iterable[Iterable[object]]) -> Response:
    """The rows as a CSV file that spreadsheet programmes read in UTF-8."""
    told = io.StringIO(newline="")
    writer = csv.writer(told, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    response = Response(told.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    told = str(value)
    # a text that begins like a formula would be computed by whoever opens the file
    return f"'{told}" if isinstance(value, str) and told.startswith(_FORMULA) else told


def stamp(now: datetime) -> str:
    """The moment as it stands in the name of a file."""
    return now.astimezone(CHINA).strftime("%Y%m%d-%H%M%S")
