"""The rules of the teams as a form: the same sections make the form and the page that shows them.

The fields are those of plans (`web.inspections.plan_fields`); what stands in them is a
`TeamRules`, and everything that is wrong is said at its field.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from core.regions import provinces, region_of
from inspections.teams.cooperation import COOPERATION
from inspections.teams.rules import ExecutionBy, TeamRules, Territory
from rosters.departments import Trade
from rosters.inspectors import OfficerLevel
from rosters.vocabularies import SPOT_CHECK_FIELDS
from web.inspections.plan_fields import Input, Options, Section, Shape, Table, labels_of
from web.inspections.plan_forms import (
    Faults,
    Sheet,
    Typed,
    read_cell,
    refused,
    sent,
    sheet,
    value_of,
)

_TRADES, _LEVELS = labels_of(Trade), labels_of(OfficerLevel)
_PROVINCES: Options = tuple((one.code, one.name) for one in provinces())


def _groups() -> Options:
    return tuple(
        (name, f"{name}（{'、'.join(region_of(code).short for code in codes)}）")
        for name, codes in COOPERATION.items()
    )


def _count(name: str, label: str, hint: str = "") -> Input:
    return Input(name, label, Shape.NUMBER, hint, empty="")


def _points(name: str, label: str) -> Input:
    return Input(f"points.{name}", label, Shape.SIGNED, "整数，可以小于 0。", empty="")


SECTIONS = (
    Section(
        "shape",
        "检查组的组成",
        (
            Input("shape.lead", "牵头部门", Shape.CHOICE, options=_TRADES),
            _count("shape.officers", "牵头部门的执法人员", "含组长，不少于 2 人。"),
            Input("shape.field_holder", "至少一人熟悉被查机构抽中的领域", Shape.TICK),
            Input(
                "shape.partners",
                "联合检查的部门",
                Shape.TICKS,
                "每个部门各派 1 人，从该部门自己的人员中抽取。",
                options=_TRADES,
            ),
            _count("shape.experts", "随组专家", "事先定数；专家只提供技术支持，不计入执法人员。"),
        ),
        "执法人员都须持证。行政处罚法第四十二条要求不少于两人；国办发〔2024〕54号要求从严控制人数。",
    ),
    Section(
        "execution",
        "由哪一级执行",
        (
            Input("execution.by", "确定办法", Shape.CHOICE, options=labels_of(ExecutionBy)),
            Input(
                "execution.otherwise",
                "其余由哪一级执行",
                Shape.CHOICE,
                "选“由同一级执行”时就是这一级。",
                options=_LEVELS,
            ),
            Table(
                "execution.fields",
                "各领域由哪一级执行",
                (
                    Input(
                        "name",
                        "领域",
                        options=tuple((n, n) for n in SPOT_CHECK_FIELDS),
                        width="wide",
                    ),
                    Input("level", "由哪一级执行", Shape.CHOICE, options=_LEVELS),
                ),
                "只用于“按领域确定”；没有列出的领域由其余的一级执行。",
            ),
            Input(
                "execution.national",
                "总局执行的比例",
                Shape.SHARE,
                "只用于“按比例分配”，例如 10%。按任务编号先后，编号由第一次抽取的种子决定。",
                empty=0,
            ),
            Input(
                "execution.province",
                "省级执行的比例",
                Shape.SHARE,
                "只用于“按比例分配”，留空为 0。",
                empty=0,
            ),
        ),
        "总局统一抽取、确定规模，检查任务由总局和地方分级实施。",
    ),
    Section(
        "territory",
        "人员从哪里来",
        (
            Input("territory", "检查人员的来源", Shape.CHOICE, options=labels_of(Territory)),
            Input(
                "cooperation",
                "区域协作",
                Shape.TICKS,
                "勾选后，区域内各省可以互派人员；异地交叉检查时优先在区域内互派。",
                options=_groups(),
            ),
            Input("rotation", "同一机构上次的检查人员这次不派", Shape.TICK),
            _count(
                "recusal_years", "原工作单位回避的年数", "曾在被查机构任职、顾问的，几年内回避。"
            ),
        ),
        "配偶、近亲属、投资等利害关系一律回避，不能由规则放宽。",
    ),
    Section(
        "limits",
        "次数和时间",
        (
            _count("capacity", "每人最多参加几组"),
            _count("per_window", "每人每个时段最多几组"),
            _count("window_days", "一个时段几天", "计划的检查时间按这个天数分成时段。"),
            _count("visit_days", "一次检查几个工作日"),
        ),
    ),
    Section(
        "chance",
        "机会和候补",
        (
            Input(
                "pair_cap",
                "一人到一家的机会上限",
                Shape.SHARE,
                "例如 20%。留空时取能够做到的最小值，人选最难预料，但能当组长的人负担会重些；"
                "放宽一些，各人负担更均。",
                empty=None,
            ),
            _count("alternates", "每个席位的候补人数", "与正选同时抽出，按次序递补。"),
        ),
    ),
    Section(
        "points",
        "同样公平时的取舍",
        (
            _points("same_region", "与被查机构同省"),
            _points("cooperating", "在同一协作区域"),
            _points("field_held", "熟悉抽中的领域"),
            Table(
                "points.distances",
                "两省之间另加减的分",
                (
                    Input("one", "省份", Shape.CHOICE, options=_PROVINCES, empty=None),
                    Input("other", "另一省份", Shape.CHOICE, options=_PROVINCES, empty=None),
                    Input("points", "分", Shape.SIGNED, empty=""),
                ),
                "路途远的填负数；两个方向相同。",
            ),
        ),
        "先保证回避和机会上限，再使各人负担均衡，最后才在这些分中取最高。",
    ),
)
"""In the order in which they are thought of."""

PARTS = tuple(part for section in SECTIONS for part in section.parts)


def typed_of(rules: TeamRules) -> Typed:
    """The rules as they are typed."""
    return {part.name: _typed(part, value_of(part.name, rules)) for part in PARTS}


def _typed(part: Input | Table, value: Any) -> Any:
    if isinstance(part, Table):
        return [_cells(part, entry) for entry in value]
    return list(map(str, value)) if part.shape is Shape.TICKS else part.told(value)


def _cells(part: Table, entry: Sequence[Any]) -> list[str]:
    return [one.told(value) for one, value in zip(part.columns, entry, strict=True)]


def sent_rules() -> Typed:
    """What the request brings."""
    return {name: value for section in SECTIONS for name, value in sent(section).items()}


def sheets(typed: Typed, faults: Faults) -> list[Sheet]:
    """The form section by section; each fault in the section of its field."""
    return [_sheet(section, typed, faults) for section in SECTIONS]


def _sheet(section: Section, typed: Typed, faults: Faults) -> Sheet:
    names = tuple(part.name for part in section.parts)
    mine = [
        (at, words) for at, words in faults if f"{at}.".startswith(tuple(f"{n}." for n in names))
    ]
    return sheet(section, typed, {}, mine)


@dataclass
class RulesRead:
    """The rules as they were typed, or what in them cannot be."""

    rules: TeamRules | None = None
    faults: Faults = field(default_factory=list)


def read(typed: Typed) -> RulesRead:
    """The rules that were typed."""
    found = RulesRead()
    facts: dict[str, Any] = {}
    for part in PARTS:
        group, dot, key = part.name.partition(".")
        value = _value(part, typed[part.name], found.faults)
        if dot:
            facts.setdefault(group, {})[key] = value
        else:
            facts[group] = value
    if not found.faults:
        try:
            found.rules = TeamRules.model_validate(facts)
        except ValidationError as error:
            found.faults += refused(error)
    if found.rules and found.rules.execution.national + found.rules.execution.province > 1:
        found.rules = None
        found.faults.append(("execution.province", "与总局执行的比例合计不能超过 100%。"))
    return found


def _value(part: Input | Table, typed: Any, faults: Faults) -> Any:
    if isinstance(part, Table):
        return [
            [
                read_cell(one, text, f"{part.name}.{at}.{one.name}", faults)
                for one, text in zip(part.columns, row, strict=True)
            ]
            for at, row in enumerate(typed)
        ]
    if part.shape is Shape.TICKS:
        return typed
    if part.shape in _NEEDED and not typed and part.empty is not None:
        faults.append((part.name, "请填写。"))
        return None
    return read_cell(part, typed, part.name, faults)


_NEEDED = {Shape.NUMBER, Shape.SIGNED}


@dataclass(frozen=True)
class Told:
    """A section of the rules in words."""

    section: Section
    lines: Sequence[tuple[str, str]]


def told(rules: TeamRules) -> list[Told]:
    """The rules section by section, what says nothing left out."""
    return [
        Told(
            section,
            [
                (part.label, words)
                for part in section.parts
                if (words := _words(part, value_of(part.name, rules)))
            ],
        )
        for section in SECTIONS
    ]


def _words(part: Input | Table, value: Any) -> str:
    if isinstance(part, Table):
        return "\n".join(
            "　".join(one.words(cell) for one, cell in zip(part.columns, entry, strict=True))
            for entry in value
        )
    if part.shape is Shape.TICKS:
        return "、".join(dict(part.options).get(str(one), str(one)) for one in value)
    if part.name == "pair_cap" and value is None:
        return "取能够做到的最小值"
    return part.words(value) if value is not None else ""
