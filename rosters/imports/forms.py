"""What a sheet of each noun holds, and how its cells and the facts of an entry stand for
each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlmodel import SQLModel

from core.regions import is_region, region_of
from rosters.entries import TABLES, Noun
from rosters.layout import defaults
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from rosters.vocabularies import joined, parted

Values = Mapping[str, Value]
"""What a row says, by the key of the column; a key that is missing is not spoken of."""


class Bound(StrEnum):
    """By what it is decided who may import a row."""

    REGION = "region"
    INSTITUTION = "institution"
    NATION = "nation"


@dataclass(frozen=True)
class Form:
    """The sheet of a noun.

    Attributes
    ----------
    facts : the input model of the noun.
    words : the enum behind the choices of a column, by its key; a choice is a label of it.
    vocabularies : the terms of a column that holds several, by its key.
    identity : the facts by which two rows speak of the same entry; empty for institutions,
        which are matched with care (`institution_plan`).
    """

    noun: Noun
    title: str
    columns: tuple[Column, ...]
    facts: type[SQLModel]
    words: Mapping[str, type[StrEnum]] = field(default_factory=dict)
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    bound: Bound = Bound.REGION

    @cached_property
    def by_key(self) -> dict[str, Column]:
        """The columns by their keys."""
        return {column.key: column for column in self.columns}

    @cached_property
    def own(self) -> tuple[str, ...]:
        """Columns that hold a fact of the noun itself, under the same name."""
        return tuple(key for key in self.by_key if key in self.facts.model_fields)

    @cached_property
    def meanings(self) -> dict[str, dict[str, str]]:
        """The values behind the choices of each column in `words`."""
        return {
            key: {label_of(member): member.value for member in members}
            for key, members in self.words.items()
        }

    def facts_of(self, values: Values, *, clear: bool) -> dict[str, Any]:
        """The facts that a row states.

        Parameters
        ----------
        clear : whether an empty cell takes a fact away; otherwise it leaves it alone. A
            required column is never empty in a row that has no fault.
        """
        blank = defaults(TABLES[self.noun])
        facts: dict[str, Any] = {}
        for key in self.own:
            if key not in values:
                continue
            value = values[key]
            if value is not None:
                facts[key] = self._fact(key, value)
            elif clear and not self.by_key[key].required:
                facts[key] = _plain(blank[key])
        return facts | region_said(values)

    def _fact(self, key: str, value: Any) -> Any:
        if key in self.meanings:
            return self.meanings[key][value]
        if key in self.vocabularies:
            return joined(value, self.vocabularies[key])
        return value

    def values_of(self, facts: Mapping[str, Any]) -> dict[str, Value]:
        """The cells that state *facts* again: the inverse of `facts_of`."""
        values: dict[str, Value] = {key: self._value(key, facts[key]) for key in self.own}
        if "province" in self.by_key:
            values |= region_cells(facts["region"])
        return values

    def _value(self, key: str, fact: Any) -> Value:
        if key in self.words:
            return label_of(self.words[key](fact))
        if key in self.vocabularies:
            return tuple(parted(fact)) or None
        return None if fact == "" else fact


def label_of(member: StrEnum) -> str:
    """What a page says for a member of an enum of the trade."""
    label: str = getattr(member, "label")  # noqa: B009  # all have one, StrEnum does not say so
    return label


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def region_said(values: Values) -> dict[str, str]:
    """The region that province and city name: the city, without it the province."""
    for key in ("city", "province"):
        if isinstance(code := values.get(key), str):
            return {"region": code}
    return {}


def region_cells(code: str) -> dict[str, Value]:
    """The codes of province and city as a row says them; empty where there is no region."""
    if not is_region(code):
        return {"province": None, "city": None}
    region = region_of(code)
    return {"province": region.province.code, "city": None if region.is_province else code}


# -- columns that several nouns have -----------------------------------------------------------


def choice(key: str, label: str, members: type[StrEnum], **more: Any) -> Column:
    """A column whose choices are the labels of an enum."""
    return Column(key, label, Kind.CHOICE, choices=tuple(map(label_of, members)), **more)


def terms(key: str, label: str, vocabulary: tuple[str, ...], **more: Any) -> Column:
    """A column that holds several terms of a vocabulary."""
    return Column(key, label, Kind.CHOICE, several=True, choices=vocabulary, **more)


PROVINCE = Column(
    "province", "省份", Kind.REGION, help="所在省、自治区、直辖市或兵团，全称、简称均可。",
    synonyms=("所在省", "省（区、市）", "省市", "所属省份", "所在省份", "地区"),
    width=12,
)  # fmt: skip

CITY = Column(
    "city", "城市", Kind.REGION, help="所在地级市，须在上一栏的省份内。", within="province",
    synonyms=("地市", "所在市", "地级市", "所属地市", "市（州）", "所在城市"), width=12,
)  # fmt: skip

REMARK = Column("remark", "备注", help="不超过 500 字。", synonyms=("说明",), most=500)

INSTITUTION_CODE = Column(
    "institution_code", "机构统一社会信用代码", Kind.CREDIT_CODE,
    help="18 位，与机构名录一致；没有代码的填机构名称。",
    synonyms=("统一社会信用代码", "机构代码", "信用代码", "被检查机构代码"), width=22,
)  # fmt: skip

INSTITUTION_NAME = Column(
    "institution_name", "机构名称", help="与机构名录一致；填了代码的可以不填。",
    synonyms=("检验检测机构名称", "单位名称", "企业名称", "所属机构"), width=36,
)  # fmt: skip


def phone(key: str = "phone", label: str = "联系电话", **more: Any) -> Column:
    """A telephone number of somebody."""
    synonyms = ("电话", "手机", "手机号", "手机号码", "电话号码", "联系方式")
    return Column(key, label, Kind.PHONE, synonyms=synonyms, most=40, **more)
