"""Why an institution is certain to be checked, left out, or more likely than others.

Reasons are codes, so that they can be counted, with a note in words where the code does not say
all. In a plan file and on a certificate both stand together as one text: 理由：说明.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol, TypeVar

BETWEEN = "："


class CertainReason(StrEnum):
    """Why a unit must be checked whatever the draw says."""

    FOLLOW_UP = "follow_up"
    FINDING = "finding"
    COMPLAINT = "complaint"
    TRANSFERRED = "transferred"
    ORDERED = "ordered"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The reason's name on a page."""
        return {
            "follow_up": "回头看",
            "finding": "以往检查发现问题",
            "complaint": "投诉举报",
            "transferred": "其他部门移送线索",
            "ordered": "上级交办",
            "other": "其他理由",
        }[self.value]


class ExclusionReason(StrEnum):
    """Why a unit stays in the frame with chance 0; when several hold, the first is told."""

    NOT_ACTIVE = "not_active"
    NO_CERTIFICATE = "no_certificate"
    EXPIRED = "expired"
    CAP_REACHED = "cap_reached"
    DRAWN_ELSEWHERE = "drawn_elsewhere"
    MERGED_VISIT = "merged_visit"
    LOW_RISK = "low_risk"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The reason's name on a page."""
        return {
            "not_active": "已停业、关闭或者注销",
            "no_certificate": "没有可以检查的资质认定证书",
            "expired": "资质认定证书已过期",
            "cap_reached": "本年度检查次数已达上限",
            "drawn_elsewhere": "本年度已列入其他计划",
            "merged_visit": "合并到其他检查",
            "low_risk": "低风险机构不主动检查",
            "other": "其他理由",
        }[self.value]


class WeightReason(StrEnum):
    """Lawful grounds for a larger or smaller chance.

    《检验检测机构监督管理办法》, article on supervision by class: degree of risk, results of
    proficiency tests and of supervision, complaints; refused proficiency tests after article 18
    of 2023年第13号公告.
    """

    CREDIT_CLASS = "credit_class"
    PROFICIENCY = "proficiency"
    SUPERVISION = "supervision"
    COMPLAINTS = "complaints"
    PRODUCT_QUALITY = "product_quality"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The reason's name on a page."""
        return {
            "credit_class": "信用风险等级",
            "proficiency": "能力验证结果",
            "supervision": "以往监督检查结果",
            "complaints": "投诉举报集中",
            "product_quality": "产品质量抽查发现问题",
            "other": "其他理由",
        }[self.value]


class _Reason(Protocol):
    @property
    def value(self) -> str: ...

    @property
    def label(self) -> str: ...


Kind = TypeVar("Kind", bound=_Reason)


def told(reason: _Reason, note: str) -> str:
    """Reason and note as one text; of `OTHER` the note alone, as it says all there is."""
    if reason.value == "other" and note:
        return note
    return f"{reason.label}{BETWEEN}{note}" if note else reason.label


def parsed(kinds: Iterable[Kind], other: Kind, text: str) -> tuple[Kind, str]:
    """Reason and note of a text that `told` wrote, or that somebody else did."""
    label, _, note = text.partition(BETWEEN)
    for kind in kinds:
        # "其他理由：…" would not be written the same way again
        if kind.label == label and (kind is not other or not note):
            return kind, note
    return other, text
