"""What a person is asked for each fact of a noun: the kind of field, its words and its choices."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, get_args

from core.regions import Region, cities, provinces
from rosters.editing import INPUTS
from rosters.entries import TABLES, Noun
from rosters.vocabularies import (
    BETWEEN,
    SPOT_CHECK_FIELDS,
    STATISTICS_FIELDS,
    TERMS,
    Vocabulary,
)
from web.words.rosters import REGIONS, enum_of, fact_words


class Shape(StrEnum):
    """How a fact is asked for."""

    TEXT = "text"
    LONG = "long"
    DAY = "date"
    NUMBER = "number"
    PHONE = "tel"
    EMAIL = "email"
    YES_NO = "yes_no"
    CHOICE = "choice"
    REGION = "region"
    TERMS = "terms"
    TERM_OF = "term_of"
    DEPARTMENT = "department"
    INSTITUTION = "institution"
    PERSON = "person"


Option = tuple[str, str]
Group = tuple[str, tuple[Option, ...]]


@dataclass(frozen=True)
class Input:
    """A field of a form.

    Attributes
    ----------
    options : of a choice, code and words; of several terms, each term twice.
    groups : the same under headings, for a list too long to be read through.
    most : of a text, how many signs; None without a limit.
    """

    name: str
    label: str
    shape: Shape
    required: bool = False
    hint: str = ""
    options: tuple[Option, ...] = ()
    groups: tuple[Group, ...] = ()
    most: int | None = None


MASKED = frozenset({Shape.PHONE, Shape.EMAIL})
"""What a form never shows in clear: left empty it stays as it is."""

REFERENCES = frozenset({Shape.DEPARTMENT, Shape.INSTITUTION, Shape.PERSON})
"""What names another entry."""

_SHAPES = {
    "phone": Shape.PHONE,
    "email": Shape.EMAIL,
    "fields": Shape.TERMS,
    "statistics_fields": Shape.TERMS,
    "department_id": Shape.DEPARTMENT,
    "institution_id": Shape.INSTITUTION,
    "predecessor_id": Shape.INSTITUTION,
    "successor_id": Shape.INSTITUTION,
    "person_id": Shape.PERSON,
    "inspector_id": Shape.PERSON,
    "source_term": Shape.TERM_OF,
    "target_term": Shape.TERM_OF,
    **dict.fromkeys(REGIONS, Shape.REGION),
}

_LONG = 300
"""A text that may be longer than this is written in several lines."""

_TERMS = {"fields": SPOT_CHECK_FIELDS, "statistics_fields": STATISTICS_FIELDS}

CATEGORIES = ("重点检查事项", "一般检查事项")
"""Of check items (国市监信〔2019〕38号)."""

_CHOICES = {(Noun.CHECK_ITEM, "category"): CATEGORIES}

HINTS: dict[str, str] = {
    "credit_code": "18 位，在营业执照或法人证书上；末位是校验码。",
    "registration_no": "2015 年以前的 15 位注册号；没有的不填。",
    "fields": "按抽查重点领域勾选，可以多选。",
    "statistics_fields": "按年度统计的领域勾选，可以多选。",
    "region": "决定由谁管理和查看；全国性的不填。",
    "home_region": "供回避和跨地区派组时使用。",
    "staff_no": "本单位的工号或执法人员编号，不与他人重复。",
    "expert_no": "专家库中的编号，不与他人重复。",
    "ministry_until": "最后一个有效日。",
    "province_until": "最后一个有效日。",
    "expires_on": "最后一个有效日。",
    "login_name": "填写后，本人登录即可看到自己的名录信息；没有账号的不填。",
    "employer": "决定其不能参加对哪些机构的检查，请写全称。",
    "institution_id": "填统一社会信用代码，或者名称、曾用名中的几个字。",
    "person_id": "填人员编号，或者姓名。",
    "ratio": "每年抽查对象占总数的最大百分比，0 至 100；重点检查事项填 0，表示不设上限。",
    "yearly_cap": "对同一对象每年最多检查几次；0 表示不限。",
    "least_officers": "不得少于 2 人（行政处罚法第四十二条）。",
    "partners": "几个部门之间用顿号隔开。",
    "first_day": "不清楚的可以不填。",
    "last_day": "仍在持续的不填。",
}
"""What helps to fill a field in, by the name of the fact."""

_OWN_HINTS: dict[tuple[Noun, str], str] = {
    (Noun.LEAVE, "first_day"): "从这一天起不能派出。",
    (Noun.LEAVE, "last_day"): "到这一天为止，含当日。",
    (Noun.INSPECTOR, "region"): "在哪里工作；总局人员不填。",
    (Noun.EXPERT, "region"): "在哪里工作；面向全国的不填。",
    (Noun.INSTITUTION, "region"): "住所所在的省或市；决定由谁管理。",
    (Noun.DEPARTMENT, "region"): "国家部门不填。",
}


def inputs(
    noun: Noun, *, only: Collection[str] = (), without: Collection[str] = ()
) -> tuple[Input, ...]:
    """The fields of a noun in the order of its input model: all, only some, or all but some."""
    return tuple(
        one for one in _inputs(noun) if one.name not in without and (not only or one.name in only)
    )


def _inputs(noun: Noun) -> Iterator[Input]:
    for name, field in INPUTS[noun].model_fields.items():
        most = next((m.max_length for m in field.metadata if hasattr(m, "max_length")), None)
        plain = Input(
            name=name,
            label=fact_words(noun, name),
            shape=_shape(noun, name, field.annotation, most),
            required=field.is_required(),
            hint=_OWN_HINTS.get((noun, name), HINTS.get(name, "")),
            most=most,
        )
        yield replace(plain, options=_options(noun, plain), groups=_groups(plain))


def _shape(noun: Noun, name: str, kind: Any, most: int | None) -> Shape:
    if name in _SHAPES:
        return _SHAPES[name]
    if enum_of(TABLES[noun], name) is not None or (noun, name) in _CHOICES:
        return Shape.CHOICE
    kinds = {kind, *get_args(kind)}
    for of, shape in ((bool, Shape.YES_NO), (int, Shape.NUMBER), (date, Shape.DAY)):
        if of in kinds:
            return shape
    return Shape.LONG if (most or 0) > _LONG else Shape.TEXT


def _options(noun: Noun, of: Input) -> tuple[Option, ...]:
    if of.shape is Shape.TERMS:
        return tuple((term, term) for term in _TERMS[of.name])
    if of.shape is Shape.YES_NO:
        return ("yes", "是"), ("no", "否")
    if of.shape is not Shape.CHOICE:
        return ()
    if (codes := enum_of(TABLES[noun], of.name)) is not None:
        return tuple((code.value, str(getattr(code, "label", code))) for code in codes)
    return tuple((choice, choice) for choice in _CHOICES[noun, of.name])


def _groups(of: Input) -> tuple[Group, ...]:
    if of.shape is Shape.TERM_OF:
        return tuple(
            (one.label, tuple((f"{one.value}{BETWEEN}{term}", term) for term in TERMS[one]))
            for one in Vocabulary
        )
    return region_groups() if of.shape is Shape.REGION else ()


@cache
def region_groups() -> tuple[Group, ...]:
    """Every province with its cities, as a list of choices under headings."""
    return tuple((province.name, tuple(_places(province))) for province in provinces())


def _places(province: Region) -> Iterator[Option]:
    below = cities(province)
    yield province.code, f"{province.name}（省级）" if below else province.name
    for city in below:
        yield city.code, city.path
