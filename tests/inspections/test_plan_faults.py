"""What is wrong with a plan is told all at once, in words, at the field concerned."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.fitting import field_of
from inspections.plan_content import ItemRef, PlanContent, to_sampler
from inspections.plan_faults import PlanFault, faults, ratio_faults
from inspections.plan_templates import TEMPLATES
from inspections.plan_toml import to_toml
from sampler.faults import BadInput
from sampler.inputs.plan_text import read_plan
from sampler.quotas import Method
from tests.architecture.tree import HOUSE
from tests.inspections.offices import FOOD, TODAY, sound
from tests.inspections.plans_of_chance import anything
from web.words import plans as words

UNIT = {"unit_id": "甲", "reason": "follow_up"}
OUT = {"unit_id": "甲", "reason": "low_risk"}
CLASSES = {"by": "credit_class", "values": [("A", "1"), ("B", "2")], "basis": "依据"}
QI = [("qi_centre", ["1"])]
BY_LAW = {"reason": "complaints", "where": QI, "times": 2, "basis": "依据"}
LAST = {"first": "2026-10-08", "last": "2026-11-10"}
LIMITED = ItemRef(entry_id=1, number="1", name="事项", ratio=10)


def found(kind: str = "national", **facts: Any) -> set[tuple[str, str]]:
    return {(fault.at, fault.code) for fault in faults(sound(**facts), kind, TODAY)}


def test_a_sound_plan_has_no_fault() -> None:
    assert found() == set()
    assert found(weights=CLASSES, reveal_basis="已公布") == set()
    assert found(factors=[BY_LAW], cross=[{"name": "质检中心", "where": QI, "least": 1}]) == set()


def test_all_faults_are_told_at_once() -> None:
    told = found(n=0, lead="", windows=[], reserves=99, roster_day=None)

    assert told == {
        ("n", "draws_nobody"),
        ("fields", "wrong_sum"),
        ("lead", "missing"),
        ("windows", "missing"),
        ("reserves", "too_many"),
        ("roster_day", "missing"),
    }


@pytest.mark.parametrize(
    ("facts", "at", "code"),
    [
        ({"name": ""}, "name", "missing"),
        ({"legal_basis": []}, "legal_basis", "missing"),
        ({"legal_basis": [" "]}, "legal_basis", "missing"),
        ({"task_source": None}, "task_source", "missing"),
        ({"check_items": []}, "check_items", "missing"),
        ({"departments": ["甲", "乙", "甲"]}, "departments.2", "twice"),
        ({"departments": ["国家市场监督管理总局"]}, "departments", "lead_takes_part"),
        ({"notice": "unannounced"}, "publish_drawn", "announced_by_list"),
        ({"directed": True}, "eligible", "directed_at_everybody"),
        ({"windows": [{"first": "2026-10-08"}]}, "windows.0.last", "missing"),
        ({"windows": [{"last": "2026-10-08"}]}, "windows.0.first", "missing"),
        (
            {"windows": [{"first": "2026-11-10", "last": "2026-11-09"}], "deadlines": []},
            "windows.0.last",
            "window_backward",
        ),
        (
            {
                "windows": [{"first": "2026-09-01", "last": "2026-09-20"}],
                "roster_day": "2026-09-01",
            },
            "windows.0.last",
            "window_over",
        ),
        (
            {"windows": [{"first": "2026-11-10", "last": "2026-11-20"}, LAST]},
            "windows.0.first",
            "windows_overlap",
        ),
        ({"deadlines": [{"name": "x", "day": "2026-10-07"}]}, "deadlines.0.day",
         "deadline_before_window"),
        ({"deadlines": [{"day": "2026-10-09"}]}, "deadlines.0.name", "missing"),
        ({"deadlines": [{"name": "x"}]}, "deadlines.0.day", "missing"),
        ({"roster_day": "2026-08-20"}, "roster_day", "roster_expired"),
        ({"roster_day": "2026-10-09"}, "roster_day", "roster_after_window"),
        ({"cap": "0"}, "cap", "cap_is_zero"),
        ({"n": 5}, "fields", "wrong_sum"),
        ({"fields": [{"name": "算命", "count": 4}], "other": None}, "fields.0.name",
         "field_unknown"),
        ({"fields": [{"name": "", "count": 4}], "other": None}, "fields.0.name", "missing"),
        ({"fields": [{"name": FOOD, "count": 2}] * 2, "other": None}, "fields.1", "twice"),
        ({"other": "没有的"}, "other", "other_without_quota"),
        ({"cross": [{"name": "", "where": QI}]}, "cross.0.name", "missing"),
        ({"cross": [{"name": "x"}]}, "cross.0.where", "missing"),
        ({"cross": [{"name": "x", "where": QI}] * 2}, "cross.1", "twice"),
        ({"cross": [{"name": "x", "where": QI, "least": 3, "most": 2}]}, "cross.0.least",
         "least_above_most"),
        ({"cross": [{"name": "x", "where": QI, "least": 5}]}, "cross.0.least", "least_above_most"),
        ({"cross": [{"name": "x", "where": [("城市", ["1"])]}]}, "cross.0.where.0",
         "column_unknown"),
        ({"cross": [{"name": "x", "where": [("qi_centre", ["是"])]}]}, "cross.0.where.0",
         "value_unknown"),
        ({"cross": [{"name": "x", "where": [("fields", ["算命"])]}]}, "cross.0.where.0",
         "value_unknown"),
        ({"cross": [{"name": "x", "where": [("province", [])]}]}, "cross.0.where.0", "no_values"),
        ({"cross": [{"name": "x", "where": QI + QI}]}, "cross.0.where.1", "twice"),
        ({"cross": [{"name": "x", "where": QI}], "method": "simple"}, "method",
         "method_breaks_cross"),
        ({"weights": CLASSES, "ratios": CLASSES}, "ratios", "weights_and_ratios"),
        ({"weights": {**CLASSES, "basis": ""}}, "weights.basis", "missing"),
        ({"weights": {**CLASSES, "values": []}}, "weights.values", "missing"),
        ({"weights": {**CLASSES, "by": "fields"}}, "weights.by", "by_fields"),
        ({"weights": {**CLASSES, "by": "颜色"}}, "weights.by", "column_unknown"),
        ({"weights": {**CLASSES, "values": [("A", "1.5")]}}, "weights.values.0",
         "weight_not_whole"),
        ({"weights": {**CLASSES, "values": [("A", "1"), ("A", "2")]}}, "weights.values.1", "twice"),
        ({"ratios": {**CLASSES, "values": [("A", "0")]}}, "ratios.values.0", "ratio_out_of_range"),
        ({"ratios": {**CLASSES, "values": [("A", "1.1")]}}, "ratios.values.0",
         "ratio_out_of_range"),
        ({"ratios": {**CLASSES, "values": [("A", "0.2")]}, "check_items": [LIMITED]},
         "ratios.values.0", "ratio_above_item"),
        ({"weights": CLASSES}, "reveal_basis", "reveals_sealed"),
        ({"factors": [{**BY_LAW, "basis": ""}]}, "factors.0.basis", "missing"),
        ({"factors": [{**BY_LAW, "where": []}]}, "factors.0.where", "missing"),
        ({"factors": [{**BY_LAW, "reason": "other"}]}, "factors.0.note", "reason_without_words"),
        ({"factors": [BY_LAW, BY_LAW]}, "factors.1", "twice"),
        ({"certain": [UNIT, UNIT]}, "certain.1", "twice"),
        ({"certain": [{**UNIT, "unit_id": ""}]}, "certain.0.unit_id", "missing"),
        ({"certain": [{**UNIT, "unit_id": str(i)} for i in range(5)]}, "certain",
         "more_certain_than_n"),
        ({"certain": [{**UNIT, "unit_id": str(i), "field": FOOD} for i in range(3)]}, "certain",
         "more_certain_than_quota"),
        ({"certain": [{**UNIT, "field": "没有的"}]}, "certain.0.field", "field_without_quota"),
        ({"certain": [{**UNIT, "reason": "other"}]}, "certain.0.note", "reason_without_words"),
        ({"certain": [UNIT], "excluded": [OUT]}, "certain.0.unit_id", "certain_and_excluded"),
        ({"excluded": [OUT, OUT]}, "excluded.1", "twice"),
        ({"excluded": [{**OUT, "unit_id": ""}]}, "excluded.0.unit_id", "missing"),
        ({"excluded": [{"unit_id": "甲"}]}, "excluded.0.note", "reason_without_words"),
        ({"exclusion_rules": [{"where": [], "reason": "low_risk"}]}, "exclusion_rules.0.where",
         "missing"),
        ({"exclusion_rules": [{"where": QI}]}, "exclusion_rules.0.note", "reason_without_words"),
        ({"eligible": [("城市", ["1"])]}, "eligible.0", "column_unknown"),
        ({"publish": ["name"]}, "publish", "unit_id_sealed"),
        ({"publish": ["unit_id", "颜色"]}, "publish.1", "column_unknown"),
        ({"publish": ["unit_id", "name", "name"]}, "publish.2", "twice"),
    ],
)  # fmt: skip
def test_each_fault_is_told_at_its_field(facts: dict[str, Any], at: str, code: str) -> None:
    assert (at, code) in found(**facts)


def test_one_wrong_field_is_not_told_twice() -> None:
    assert found(deadlines=[{"name": "x", "day": "2026-10-07"}]) == {
        ("deadlines.0.day", "deadline_before_window")
    }


def test_a_joint_plan_needs_partners_and_an_item_of_the_joint_list() -> None:
    assert found("joint") == {("departments", "missing"), ("joint_items", "missing")}


def test_more_places_than_a_machine_word_has_bits_are_too_many() -> None:
    many = [{"name": f"x{i}", "where": QI} for i in range(61)]

    assert ("cross", "too_many") in found(cross=many)


def test_one_exact_cross_quota_can_be_kept_field_after_field() -> None:
    exact = [{"name": "x", "where": QI, "least": 1, "most": 1}]

    assert found(cross=exact, method=Method.SEQUENTIAL) == set()


def test_the_ratio_of_an_item_holds_for_the_whole_draw() -> None:
    content = sound(check_items=[LIMITED])

    assert ratio_faults(content, 40) == []
    (fault,) = ratio_faults(content, 39)
    assert (fault.at, fault.code) == ("n", "n_above_item")


@given(anything, st.sampled_from(["national", "provincial", "joint"]), st.dates())
def test_whatever_was_typed_its_faults_can_be_told_in_words(
    content: PlanContent, kind: str, today: date
) -> None:
    for fault in faults(content, kind, today):
        assert words.fault_words(fault)
        assert not re.search("[a-z_]{4,}", words.place_words(fault.at))


@given(anything)
def test_whatever_a_plan_file_would_be_refused_for_is_told_at_the_same_field(
    content: PlanContent,
) -> None:
    told = {fault.at.split(".")[0] for fault in faults(content, "national", TODAY)}
    try:
        read_plan(to_toml(to_sampler(content)).encode())
    except BadInput as error:
        # one name for two fields is no TOML at all
        shown = [fault for fault in error.faults if fault.code != "syntax"]
        refused = {field_of(fault.where).split(".")[0] for fault in shown}
        # that a method breaks the cross quotas is told at the method
        assert refused <= told | ({"cross"} if "method" in told else set())


@pytest.mark.parametrize(
    ("where", "at"),
    [
        ("[[cross]] 第2项 min", "cross.1.least"),
        ("[[cross]] 第1项 where", "cross.0.where"),
        ("[[factor]] 第1项 code", "factors.0.code"),
        ("[[certain]] 第3项 unit_id", "certain.2.unit_id"),
        ("[publish] columns", "publish"),
        ("[weights]", "weights"),
        ("[weights] by", "weights.by"),
        ("eligible", "eligible"),
    ],
)
def test_a_place_in_a_plan_file_is_a_field_of_the_plan(where: str, at: str) -> None:
    assert field_of(where) == at


def test_every_fault_and_every_field_has_its_words() -> None:
    files = [Path(HOUSE, "inspections", f"{name}.py") for name in ("plan_faults", "plan_items")]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    codes = set(re.findall(r'PlanFault\(\s*[^,]+,\s*"(\w+)"', source))

    assert len(codes) > 20
    assert codes <= words.FAULTS.keys()
    assert words.CONTENT.keys() == PlanContent.model_fields.keys()


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_template_is_sound_but_for_the_items_of_the_lists(key: str) -> None:
    template = TEMPLATES[key]
    heading, content = template.begin(2026, "330000" if key == "provincial" else "")
    assert content.roster_day is not None

    left = faults(content, heading.kind.value, content.roster_day)

    assert {fault.at for fault in left} <= {"check_items", "joint_items"}


def test_a_fault_is_told_with_its_figures() -> None:
    assert words.fault_words(PlanFault("fields", "wrong_sum", {"total": 3, "n": 4})) == (
        "各领域合计 3 家，与抽取家数 4 家不符。"
    )
    assert words.place_words("fields.1.count") == "领域名额第 2 项的家数"
