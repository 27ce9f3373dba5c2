"""What counts towards the risk of an institution, how much, and why: published and dated.

The groups are those of the trial rules for institutions accredited by the national authority
(2025: 基础信息, 经营状况, 监管执法, 能力水平, 技术创新). Those rules publish no points, so these
are ours: every weight stands here with its reason, and planners change it from a day on.
《检验检测机构监督管理办法》 (Order 39) article 20 names what supervision by class rests on: the
degree of risk, results of proficiency tests and of inspections, complaints.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from core.database import enum_column
from core.errors import Invalid
from rosters.changes import Act, Saying, new_entries, state
from rosters.entries import Dated, Noun, dated, holds, period_constraints, unique_while_open
from rosters.institutions import CreditClass
from rosters.statements import Change

MOST_POINTS = 1_000
"""No weight is larger: points are compared with each other, not with anything outside."""


class BandsOutOfOrder(Invalid):
    """A higher class would begin at fewer points than a lower one."""

    code = "bands_out_of_order"


class IndicatorGroup(StrEnum):
    """What an indicator speaks of; the bands stand beside, since they are dated like weights."""

    BASICS = "basics"
    BUSINESS = "business"
    ENFORCEMENT = "enforcement"
    ABILITY = "ability"
    INNOVATION = "innovation"
    BAND = "band"

    @property
    def label(self) -> str:
        """The group's name on a page."""
        return {
            "basics": "基础信息",
            "business": "经营状况",
            "enforcement": "监管执法",
            "ability": "能力水平",
            "innovation": "技术创新",
            "band": "等级分界",
        }[self.value]


class IndicatorFacts(SQLModel):
    """What can be stated of an indicator.

    Attributes
    ----------
    code : which measure of `rosters.risk.measures` it weighs, or which class the band begins.
    weight : points for each that is counted, below 0 if it speaks for the institution; of a
        band the least points of its class.
    most : largest sum of points, without its sign; 0 if there is no limit.
    basis : why it counts: the rule it rests on, or that it is our assumption.
    active : whether it counts at all.
    """

    code: str = Field(min_length=1, max_length=40)
    title: str = Field(min_length=1, max_length=100)
    group: IndicatorGroup = Field(sa_type=enum_column(IndicatorGroup))
    weight: int = Field(ge=-MOST_POINTS, le=MOST_POINTS)
    most: int = Field(default=0, ge=0, le=MOST_POINTS)
    basis: str = Field(default="", max_length=500)
    active: bool = True


@dated(Noun.INDICATOR)
class Indicator(Dated, IndicatorFacts, table=True):
    """An indicator as it was from one day to another."""

    __tablename__ = "risk_indicator"
    __table_args__ = period_constraints(
        CheckConstraint(
            f"weight BETWEEN -{MOST_POINTS} AND {MOST_POINTS} AND most BETWEEN 0 AND {MOST_POINTS}",
            name="points",
        ),
        unique_while_open("uq_risk_indicator_code", "code"),
    )


@dataclass(frozen=True)
class Bands:
    """From how many points on an institution is of class B, C, D; below *b* it is of class A.

    By the standard nothing on record is B: an institution of class A may not be visited at all
    (国市监信发〔2022〕6号), so something has to speak for it.
    """

    b: int
    c: int
    d: int

    def __post_init__(self) -> None:
        """The bounds rise.

        Raises
        ------
        BandsOutOfOrder
        """
        if not self.b < self.c < self.d:
            raise BandsOutOfOrder(b=self.b, c=self.c, d=self.d)

    def class_of(self, total: int) -> CreditClass:
        """The class that so many points propose."""
        bounds = ((self.d, CreditClass.D), (self.c, CreditClass.C), (self.b, CreditClass.B))
        return next((credit for least, credit in bounds if total >= least), CreditClass.A)


_CLASSES = "国市监信发〔2022〕6号：按风险由低到高分为A、B、C、D四类；分界分值为本系统参考值，可调整"
_ORDER_39 = "《检验检测机构监督管理办法》第20条"
_TESTS = "《检验检测机构能力验证管理办法》（2023年第13号公告）第18条"
_ASSUMED = "参考指标，权重由计划部门确定"

STANDARD: tuple[IndicatorFacts, ...] = tuple(
    IndicatorFacts(code=code, title=title, group=group, weight=weight, most=most, basis=basis)
    for group, listed in {
        IndicatorGroup.BASICS: (
            ("new", "首次取得资质认定不满一年", 8, 0, f"{_ASSUMED}：尚无监督检查记录"),
            ("incomplete", "登记信息缺项（代码、地区、领域），每项", 5, 10, _ASSUMED),
            ("sites", "主场所以外的检测场所，每处", 2, 8, f"{_ASSUMED}：多场所管理难度大"),
        ),
        IndicatorGroup.BUSINESS: (
            ("not_in_business", "停业或者正在清算", 20, 0, _ASSUMED),
            ("abnormal_list", "列入经营异常名录未移出", 25, 0, "《企业信息公示暂行条例》第17条"),
            ("serious_illegality", "列入严重违法失信名单未移出", 60, 0, "国市监信发〔2022〕6号"),
        ),
        IndicatorGroup.ENFORCEMENT: (
            ("findings", "三年内监督检查发现问题，每次", 12, 36, _ORDER_39),
            ("unmended", "发现的问题超过六十日未改正，每项", 10, 20, _ORDER_39),
            ("penalties", "三年内受到行政处罚，每次", 20, 40, _ORDER_39),
            ("complaints", "一年内投诉举报，每件", 6, 24, _ORDER_39),
            ("product_quality", "三年内产品质量抽查反映的问题，每次", 10, 20, _ORDER_39),
            ("certificate_stopped", "证书被暂停或者撤销，每张", 25, 50, _ORDER_39),
            ("clean_checks", "三年内接受抽查未发现问题，每次", -5, 10, _ORDER_39),
        ),
        IndicatorGroup.ABILITY: (
            ("no_certificate", "在业但没有有效的资质认定证书", 30, 0, _ORDER_39),
            ("tests_refused", "三年内拒绝参加能力验证，每次", 30, 60, f"{_TESTS}：加大抽查概率"),
            ("tests_failed", "三年内能力验证不满意，每项", 12, 36, _ORDER_39),
            ("tests_doubtful", "三年内能力验证可疑，每项", 4, 12, _ORDER_39),
            ("tests_passed", "三年内能力验证满意，每项", -3, 9, _ORDER_39),
        ),
        IndicatorGroup.INNOVATION: (
            ("qi_centre", "承担国家质检中心，每个", -8, 16, f"{_ASSUMED}：经能力核查批准"),
        ),
        IndicatorGroup.BAND: (
            ("B", "B类起点分", 0, 0, f"{_CLASSES}；没有记录不等于风险低，A类须有有利的记录"),
            ("C", "C类起点分", 20, 0, _CLASSES),
            ("D", "D类起点分", 50, 0, _CLASSES),
        ),
    }.items()
    for code, title, weight, most, basis in listed
)
"""The indicators a service may begin with."""


def adopt_standard(session: Session, act: Act, day: date) -> Change:
    """State the standard indicators that are not there yet, from a *day* on.

    Raises
    ------
    NothingChanges
        If all of them are there; those that a planner has changed stay as he left them.
    """
    known = set(session.exec(select(Indicator.code)))
    missing = [facts for facts in STANDARD if facts.code not in known]
    entries = new_entries(session, Noun.INDICATOR, len(missing))
    return state(
        session,
        act,
        [
            Saying(Noun.INDICATOR, entry, facts.model_dump(), day)
            for entry, facts in zip(entries, missing, strict=True)
        ],
    )


def indicators_on(session: Session, day: date) -> list[Indicator]:
    """The indicators and bands on a *day*, inactive ones too, group by group."""
    groups = list(IndicatorGroup)
    found = session.exec(select(Indicator).where(holds(Indicator, day)))
    return sorted(found, key=lambda one: (groups.index(one.group), one.entry_id))


Weighed = TypeVar("Weighed", bound=IndicatorFacts)


def weighing(indicators: Iterable[Weighed], codes: Collection[str]) -> list[Weighed]:
    """Those that count: active, no band, and about something that can be measured (*codes*)."""
    return [
        one
        for one in indicators
        if one.active and one.group != IndicatorGroup.BAND and one.code in codes
    ]


def bands_of(indicators: Iterable[IndicatorFacts]) -> Bands:
    """The bounds of the classes; those of the standard where none are stated.

    Raises
    ------
    BandsOutOfOrder
    """
    stated = [*STANDARD, *indicators]
    least = {one.code: one.weight for one in stated if one.group == IndicatorGroup.BAND}
    return Bands(least["B"], least["C"], least["D"])


def need_rising_bands(session: Session, since: date) -> None:
    """That the bounds of the classes rise on a day and ever after, as far as is stated.

    Raises
    ------
    BandsOutOfOrder
    """
    later = select(col(Indicator.since)).where(
        Indicator.group == IndicatorGroup.BAND, col(Indicator.since) > since
    )
    for day in (since, *session.exec(later.distinct())):
        bands_of(indicators_on(session, day))
