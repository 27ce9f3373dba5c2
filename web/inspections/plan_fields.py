"""The form of a plan: its sections, their fields, and what may stand in each.

One declaration serves the form, the page that shows a version, and the comparison of two.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inspections.plan_content import Automatic, NoticePolicy, TaskSource
from inspections.reasons import ExclusionReason, WeightReason
from rosters.vocabularies import SPOT_CHECK_FIELDS
from sampler.quotas import Method
from sampler.report import METHOD_NAMES
from web.inspections import plan_cells
from web.words.plans import COLUMNS, CONTENT

Options = tuple[tuple[str, str], ...]


class Shape(StrEnum):
    """What is typed into a field."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    NUMBER = "number"
    SIGNED = "signed"
    SHARE = "share"
    DAY = "day"
    CHOICE = "choice"
    TICK = "tick"
    TICKS = "ticks"
    LINES = "lines"
    WHERE = "where"
    FIGURES = "figures"
    CERTAIN = "certain"
    EXCLUDED = "excluded"

    @property
    def is_long(self) -> bool:
        """Whether it needs several lines."""
        return self in _LONG


_LONG = {Shape.PARAGRAPH, Shape.LINES, Shape.FIGURES, Shape.CERTAIN, Shape.EXCLUDED}

READERS: dict[Shape, Callable[[str], Any]] = {
    Shape.LINE: str,
    Shape.PARAGRAPH: str,
    Shape.NUMBER: plan_cells.number,
    Shape.SIGNED: plan_cells.signed,
    Shape.SHARE: plan_cells.share,
    Shape.DAY: plan_cells.day,
    Shape.CHOICE: str,
    Shape.LINES: plan_cells.lines,
    Shape.WHERE: plan_cells.where,
    Shape.FIGURES: plan_cells.figures,
    Shape.CERTAIN: plan_cells.certain,
    Shape.EXCLUDED: plan_cells.excluded,
}
"""Of what was typed into one field; ticks are read as they are."""


@dataclass(frozen=True)
class Input:
    """A field.

    Attributes
    ----------
    name : of the content (`n`), or within it (`weights.by`).
    empty : what it means when nothing is typed.
    options : keys and words of a choice; of a line, what is suggested.
    blank : whether a choice may be left open, although nothing typed means no None.
    """

    name: str
    label: str
    shape: Shape = Shape.LINE
    hint: str = ""
    empty: Any = ""
    options: Options = ()
    width: str = ""
    blank: bool = False

    @property
    def may_be_blank(self) -> bool:
        """Whether a choice offers to leave it open."""
        return self.blank or self.empty is None

    def told(self, value: Any) -> str:
        """The value as it stands in the field."""
        if value is None:
            return ""
        match self.shape:
            case Shape.WHERE:
                return plan_cells.told_where(value)
            case Shape.FIGURES:
                return plan_cells.told_figures(value)
            case Shape.CERTAIN | Shape.EXCLUDED:
                return plan_cells.told_units(value)
            case Shape.LINES:
                return "\n".join(value)
            case Shape.SHARE:
                return plan_cells.told_figure(value)
            case Shape.TICK:
                return "yes" if value else ""
        return str(value)

    def words(self, value: Any) -> str:
        """The value on a page."""
        if self.shape is Shape.TICK:
            return "是" if value else "否"
        if self.shape is Shape.DAY and value:
            return f"{value.year}年{value.month}月{value.day}日"
        if self.shape is Shape.SHARE:
            return f"{plan_cells.told_figure(value * 100)}%"
        if self.shape is Shape.CHOICE:
            return dict(self.options).get(self.told(value), self.told(value))
        return self.told(value)


@dataclass(frozen=True)
class Table:
    """A list of entries, a row each; a blank row says nothing."""

    name: str
    label: str
    columns: tuple[Input, ...]
    hint: str = ""


@dataclass(frozen=True)
class Section:
    """A page of the form."""

    key: str
    title: str
    parts: tuple[Input | Table, ...]
    lead: str = ""

    @property
    def names(self) -> set[str]:
        """The fields of the content that it is about."""
        return {part.name.partition(".")[0] for part in self.parts}


def labels_of(kinds: Iterable[Any]) -> Options:
    """The members of a list as options."""
    return tuple((str(kind.value), str(kind.label)) for kind in kinds)


def _input(name: str, shape: Shape = Shape.LINE, hint: str = "", **more: Any) -> Input:
    return Input(name, CONTENT[name], shape, hint, **more)


def _where(name: str = "where", label: str = "条件", hint: str = "") -> Input:
    return Input(name, label, Shape.WHERE, hint, empty=())


_FIELDS = tuple((name, name) for name in SPOT_CHECK_FIELDS)
_COLUMNS = tuple(COLUMNS.items())
_METHODS = tuple((method.value, METHOD_NAMES[method.value]) for method in Method)
_NOTE = Input("note", "说明")
WHERE_HINT = "写成“栏目=取值”；同一栏目的几个取值用“|”隔开，几个栏目用“；”隔开。"
_BY = "按哪一栏取值；不用时留空。"
_BASIS = Input("basis", "依据", hint="文号或条款。")


def _figures(name: str, values: str) -> tuple[Input, ...]:
    return (
        Input(
            f"{name}.by", f"{CONTENT[name]}：栏目", Shape.CHOICE, _BY, options=_COLUMNS, blank=True
        ),
        Input(f"{name}.values", f"{CONTENT[name]}：取值", Shape.FIGURES, values, empty=()),
        Input(f"{name}.basis", f"{CONTENT[name]}：依据", Shape.PARAGRAPH),
    )


_AUTOMATIC = {
    "not_active": "已停业、关闭或者注销的",
    "no_certificate": "没有可以检查的资质认定证书的",
    "expired_too": "资质认定证书已过期的",
    "cap_reached": "本年度检查次数已达事项上限的",
    "drawn_elsewhere": "本年度其他计划已公开抽中的",
}
_EXPIRED_HINT = "不勾选时仍可抽到：过期后继续使用标志的也要查。"

SECTIONS = (
    Section(
        "basics",
        "名称和部门",
        (
            _input("name", hint="印在抽取证书和名单上的名称。"),
            _input("task_source", Shape.CHOICE, empty=None, options=labels_of(TaskSource)),
            _input("lead"),
            _input("departments", Shape.LINES, "每行一个部门，不含发起部门。", empty=()),
        ),
    ),
    Section(
        "items",
        "依据和事项",
        (
            _input("legal_basis", Shape.LINES, "每行一项：法律、规章或者文件。", empty=()),
            _input("check_items", Shape.TICKS, "只能检查清单中已经公布的事项。", empty=()),
            _input("joint_items", Shape.TICKS, "部门联合计划须选定。", empty=()),
        ),
        "没有列入清单并公布的事项不得检查。",
    ),
    Section(
        "days",
        "时间安排",
        (
            _input("roster_day", Shape.DAY, "按这一天的名录抽取。", empty=None),
            Table(
                "windows",
                CONTENT["windows"],
                (
                    Input("name", "名称"),
                    Input("first", "开始日期", Shape.DAY, empty=None),
                    Input("last", "结束日期", Shape.DAY, empty=None),
                ),
                "可以分几批；只有一批时不必写名称。",
            ),
            Table(
                "deadlines",
                CONTENT["deadlines"],
                (
                    Input("name", "要求", width="wide"),
                    Input("day", "日期", Shape.DAY, empty=None),
                ),
            ),
        ),
    ),
    Section(
        "quotas",
        "范围和名额",
        (
            _input("directed", Shape.TICK, "勾选：只抽某一类机构，须写明抽查范围。"),
            _where("eligible", CONTENT["eligible"], f"{WHERE_HINT}留空为全部机构。"),
            _input("n", Shape.NUMBER, empty=0),
            Table(
                "fields",
                CONTENT["fields"],
                (
                    Input("name", "领域", options=_FIELDS, width="wide"),
                    Input("count", "家数", Shape.NUMBER, empty=0),
                ),
                "合计须等于抽取家数；不分领域时留空。领域从列表选择，或写“其他领域”。",
            ),
            _input("other", hint="不具备上列领域的机构归入这一领域；不用时留空。", empty=None),
            Table(
                "cross",
                CONTENT["cross"],
                (
                    Input("name", "名称"),
                    Input("where", "条件", Shape.WHERE, empty=(), width="wide"),
                    Input("least", "下限", Shape.NUMBER, empty=0),
                    Input("most", "上限", Shape.NUMBER, empty=None),
                ),
                f"例如国家质检中心恰好 20 家：下限和上限都填 20。{WHERE_HINT}",
            ),
            _input("reserves", Shape.NUMBER, "每个名额、每类各留几家候补。", empty=0),
            _input("cap", Shape.SHARE, "一家机构最大的机会，例如 10%；不设上限填 1。", empty="1"),
            _input("method", Shape.CHOICE, options=_METHODS),
        ),
        "改动后可以在工作台试算能不能抽、各家机会多大。",
    ),
    Section(
        "weights",
        "权重和比例",
        (
            *_figures("weights", "每行一个取值和整数权重，例如 C=2。"),
            *_figures("ratios", "每行一个取值和比例，例如 C=25%。"),
            Table(
                "factors",
                CONTENT["factors"],
                (
                    Input("reason", "理由", Shape.CHOICE, options=labels_of(WeightReason)),
                    _NOTE,
                    Input("where", "条件", Shape.WHERE, empty=(), width="wide"),
                    Input("times", "倍数", Shape.NUMBER, empty=1),
                    _BASIS,
                ),
                WHERE_HINT,
            ),
        ),
        "不填时机会均等。权重和抽查比例只能用一种，都须有依据。",
    ),
    Section(
        "units",
        "必查和排除",
        (
            _input("certain", Shape.CERTAIN, "每行一家：机构编号 | 理由 | 说明 | 领域。", empty=()),
            _input("excluded", Shape.EXCLUDED, "每行一家：机构编号 | 理由 | 说明。", empty=()),
            Table(
                "exclusion_rules",
                CONTENT["exclusion_rules"],
                (
                    Input("where", "条件", Shape.WHERE, empty=(), width="wide"),
                    Input("reason", "理由", Shape.CHOICE, options=labels_of(ExclusionReason)),
                    _NOTE,
                ),
                WHERE_HINT,
            ),
            *(
                Input(
                    f"automatic.{name}",
                    f"自动排除：{_AUTOMATIC[name]}",
                    Shape.TICK,
                    _EXPIRED_HINT if name == "expired_too" else "",
                )
                for name in Automatic.model_fields
            ),
        ),
        "排除的机构留在底册中，机会为 0，逐家列明理由。可以从表格整列粘贴。",
    ),
    Section(
        "publication",
        "通知和公开",
        (
            _input("notice", Shape.CHOICE, options=labels_of(NoticePolicy)),
            _input("publish_drawn", Shape.TICK, "不勾选：名单在检查后公开，承诺仍在抽取前公布。"),
            _input("publish", Shape.TICKS, "其余栏目以加盐摘要封存。", empty=(), options=_COLUMNS),
            _input("reveal_basis", Shape.PARAGRAPH, "名额或权重用到不公开的栏目时填写。"),
        ),
    ),
)
"""In the order in which a plan is made."""

SECTION = {section.key: section for section in SECTIONS}


def section_of(at: str) -> Section:
    """The section of a fault's field."""
    name = at.partition(".")[0]
    return next((one for one in SECTIONS if name in one.names), SECTIONS[0])
