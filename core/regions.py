"""The divisions of the country: provinces and cities after GB/T 2260, and who lies within whom.

The table (`regions.csv`) holds the state of 2024: 31 provinces with 342 cities. Hong Kong, Macao
and Taiwan have no institutions under the qualification rules and are left out. One row is not
from the standard: the 新疆生产建设兵团 supervises its own institutions, beside the autonomous
region and not below it; 660000 is the number under which its registers are commonly kept.
"""

import csv
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CORPS = "660000"
"""新疆生产建设兵团, an extra of the trade, not of GB/T 2260."""

NO_PLACE = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Headings of the standard that fill the second level where there is no city."""

_OTHER_NAMES = {"新疆兵团": CORPS, "生产建设兵团": CORPS, "新疆建设兵团": CORPS}


class NoSuchRegion(LookupError):
    """The table knows no such code."""


@dataclass(frozen=True, order=True)
class Region:
    """A province or a city.

    Attributes
    ----------
    code : six digits; a province ends in 0000, a city in 00.
    name : in full, 浙江省.
    short : as people say it, 浙江.
    parent : the province of a city; None for a province.
    """

    code: str
    name: str
    short: str
    parent: "Region | None" = None

    @property
    def is_province(self) -> bool:
        """Whether it stands directly below the nation."""
        return self.parent is None

    @property
    def province(self) -> "Region":
        """The province it lies in; a province lies in itself."""
        return self.parent or self

    @property
    def path(self) -> str:
        """The name with that of its province before it: 浙江省杭州市."""
        return f"{self.parent.name if self.parent else ''}{self.name}"


@cache
def _table() -> dict[str, Region]:
    text = files("core").joinpath("regions.csv").read_text(encoding="utf-8")
    table: dict[str, Region] = {}
    for row in csv.DictReader(text.splitlines()):
        table[row["code"]] = Region(**row, parent=table.get(row["code"][:2] + "0000"))
    return table


@cache
def _by_name() -> dict[str, tuple[Region, ...]]:
    named: dict[str, tuple[Region, ...]] = {}
    for region in (region for region in _table().values() if region.name not in NO_PLACE):
        for name in {region.name, region.short}:
            named[name] = (*named.get(name, ()), region)
    return named | {name: (region_of(code),) for name, code in _OTHER_NAMES.items()}


def provinces() -> list[Region]:
    """The 31 provinces and the corps, in order of their codes."""
    return [region for region in _table().values() if region.is_province]


def cities(province: Region) -> list[Region]:
    """The second level of a province, in order of code, headings of the standard included."""
    return [region for region in _table().values() if region.parent == province]


def region_of(code: str) -> Region:
    """The region with a code of six digits.

    Raises
    ------
    NoSuchRegion
        If the table has none; counties are not in it.
    """
    try:
        return _table()[code]
    except KeyError:
        raise NoSuchRegion(code) from None


def is_region(code: str) -> bool:
    """Whether the table knows the code."""
    return code in _table()


def within(code: str, scope: str) -> bool:
    """Whether the place *code* lies in *scope*; every region lies in itself.

    Works on codes of six digits and for counties too, by the digits that mean something:
    330106 lies in 330100 and in 330000.
    """
    if len(code) != 6 or len(scope) != 6:
        return False
    return code.startswith(significant(scope))


def significant(scope: str) -> str:
    """The digits by which everything in *scope* begins: 33 for 330000, 3301 for 330100."""
    for digits in (2, 4):
        if scope.endswith("0" * (6 - digits)):
            return scope[:digits]
    return scope


def find(name: str) -> Region | None:
    """The region that people mean by a name, or None if there is none or more than one.

    Full and short names, full-width signs and blanks are understood, and a province before its
    city (浙江省杭州市, 浙江杭州). A bare name means the province before a city: 吉林 is the
    province. Headings of the standard that are no places have no name here.
    """
    wanted = "".join(unicodedata.normalize("NFKC", name).split())
    found = _by_name().get(wanted, ())
    if found and (found[0].is_province or len(found) == 1):
        return found[0]
    return None if found else _city_after_its_province(wanted)


def _city_after_its_province(wanted: str) -> Region | None:
    for province in provinces():
        # the full name first: it begins with the short one
        for start in (province.name, province.short):
            rest = wanted.removeprefix(start)
            if rest != wanted and (city := _city(province, rest)):
                return city
    return None


def _city(province: Region, name: str) -> Region | None:
    named = (city for city in cities(province) if name in (city.name, city.short))
    return next((city for city in named if city.name not in NO_PLACE), None)
