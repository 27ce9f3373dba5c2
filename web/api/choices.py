"""The values of a choice with the words that pages use for them, for the description."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from inspections.addenda import SubstitutionReason
from inspections.draws import DrawReason, DrawState
from inspections.plan_content import NoticePolicy
from inspections.plans import PlanKind
from inspections.sources import SourceKind
from sampler.quotas import Kind
from sampler.report import METHOD_NAMES

KINDS = {
    Kind.ORDINARY: "可抽",
    Kind.CERTAIN: "必查",
    Kind.EXCLUDED: "排除",
    Kind.OUTSIDE: "不在抽查范围",
}


class _Labelled(Protocol):
    value: str

    @property
    def label(self) -> str: ...


def _told(words: Mapping[str, str]) -> str:
    return "、".join(f"{value} {said}" for value, said in words.items())


def _labels(kind: type[StrEnum]) -> str:
    each: list[_Labelled] = list(kind)
    return _told({one.value: one.label for one in each})


PLAN_KINDS = _labels(PlanKind)
NOTICES = _labels(NoticePolicy)
STATES = _labels(DrawState)
VOID_REASONS = _labels(DrawReason)
SOURCES = _labels(SourceKind)
SUBSTITUTIONS = _labels(SubstitutionReason)
METHODS = _told(METHOD_NAMES)
TYPES = _told({kind.value: said for kind, said in KINDS.items()})
