"""What is wrong with a fact of the rosters that its input model has refused, in words."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from rosters.editing import INPUTS
from rosters.entries import Noun
from web.words.rosters import fact_words

NOUN_OF = {model.__name__: noun for noun, model in INPUTS.items()}
"""The noun of an input model, by the name under which its faults are told."""

FAULTS = {
    "missing": "请填写{label}。",
    "string_too_short": "请填写{label}。",
    "string_type": "请填写{label}。",
    "string_too_long": "{label}不能超过 {max_length} 个字。",
    "date_from_datetime_parsing": "{label}应写成 2026-03-01 的样子，并且确有这一天。",
    "date_parsing": "{label}应写成 2026-03-01 的样子，并且确有这一天。",
    "date_type": "请填写{label}。",
    "int_parsing": "{label}应填整数。",
    "int_type": "请填写{label}。",
    "greater_than_equal": "{label}不能小于 {ge}。",
    "less_than_equal": "{label}不能大于 {le}。",
    "enum": "请从列表中选择{label}。",
    "credit_code": "统一社会信用代码应为 18 位，末位校验码要对得上；请对照证照逐位核对。",
    "region": "{label}应从列表中选择。",
    "same_vocabulary": "{label}不能与原体系相同。",
    "ends_before_it_begins": "{label}不能早于开始的日期。",
}
"""By the type of a fault, or by the name that our own checks give it; in braces what it knows."""

OTHERWISE = "{label}不符合要求，请改正。"


def fault_words(error: ValidationError) -> dict[str, str]:
    """What is wrong with each fact; empty if the refused facts are not those of a roster."""
    noun = NOUN_OF.get(error.title)
    if noun is None:
        return {}
    told = [(str(fault["loc"][0]), fault) for fault in error.errors() if fault["loc"]]
    return {name: _words(noun, name, fault) for name, fault in reversed(told)}


def _words(noun: Noun, name: str, fault: Mapping[str, Any]) -> str:
    known: Mapping[str, Any] = fault.get("ctx", {})
    own = str(known.get("error", ""))
    words = FAULTS.get(own) or FAULTS.get(fault["type"], OTHERWISE)
    return words.format_map({**known, "label": fact_words(noun, name)})
