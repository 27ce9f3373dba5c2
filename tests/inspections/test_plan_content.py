"""What a plan says: kept as plain data, committed as the sampler's plan, written as a file."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.trail import canonical
from inspections.plan_content import PlanContent, to_sampler
from inspections.plan_drafts import moved
from inspections.plan_templates import TEMPLATES
from inspections.plan_toml import PlanFileFaults, from_toml, taken_over, to_toml
from inspections.plans import FIRST_YEAR, LAST_YEAR
from inspections.reasons import CertainReason, ExclusionReason, WeightReason, parsed, told
from sampler.inputs.plan_text import plan_from_json, read_plan
from sampler.quotas import Method
from tests.inspections.offices import sound
from tests.inspections.plans_of_chance import anything, drawable, notes


@given(anything)
def test_a_plan_is_kept_as_plain_data_and_comes_back_the_same(content: PlanContent) -> None:
    kept = canonical(content.as_json())

    back = PlanContent.model_validate(json.loads(kept))

    assert back == content
    assert back.digest == content.digest
    assert canonical(back.as_json()) == kept


@given(anything, anything)
def test_plans_that_differ_have_different_digests(one: PlanContent, other: PlanContent) -> None:
    assert (one.digest == other.digest) is (one.as_json() == other.as_json())


@given(anything)
def test_what_is_committed_is_a_plan_that_the_sampler_reads_back(content: PlanContent) -> None:
    plan = to_sampler(content)

    assert plan_from_json(plan.as_json()) == plan


@given(drawable())
def test_a_plan_file_says_what_the_plan_says_and_the_command_line_reads_it(
    content: PlanContent,
) -> None:
    plan = to_sampler(content)

    assert read_plan(to_toml(plan).encode()) == plan


@given(drawable())
def test_a_plan_goes_to_a_file_and_back_without_losing_a_quota(content: PlanContent) -> None:
    plan = to_sampler(content)

    back = taken_over(plan, content)

    assert to_sampler(back) == plan
    assert back.fields == content.fields
    assert back.cross == content.cross
    assert back.weights == content.weights
    assert back.ratios == content.ratios


years = st.integers(FIRST_YEAR, LAST_YEAR)


@given(anything, years, years)
def test_a_plan_can_be_moved_to_any_year(content: PlanContent, old: int, new: int) -> None:
    later = moved(content, old, new)

    assert (later.certain, later.excluded, later.exclusion_rules) == ((), (), ())
    for was, now in zip(content.windows, later.windows, strict=True):
        if was.first and now.first:
            assert now.first.year - was.first.year == new - old
            assert now.first.month == was.first.month
    assert to_sampler(later).fields == to_sampler(content).fields


@given(notes)
def test_reason_and_note_are_told_in_one_text_and_parted_again(note: str) -> None:
    note = note.strip()
    for kinds, other in (
        (CertainReason, CertainReason.OTHER),
        (ExclusionReason, ExclusionReason.OTHER),
        (WeightReason, WeightReason.OTHER),
    ):
        for reason in kinds:
            text = told(reason, note)
            again = parsed(kinds, other, text)
            assert told(*again) == text
            if reason is not other:
                assert again == (reason, note)


def test_what_somebody_else_wrote_as_a_reason_is_kept_word_for_word() -> None:
    words = "上年度责令改正，今年回头看"

    found = parsed(CertainReason, CertainReason.OTHER, words)

    assert found == (CertainReason.OTHER, words)
    assert told(*found) == words


def test_figures_are_exact() -> None:
    content = sound(cap="0.1", ratios={"by": "credit_class", "values": [("A", "0.333333333")]})

    plan = to_sampler(content)

    assert plan.cap == Fraction(1, 10)
    assert plan.ratios is not None
    assert plan.ratios.values == (("A", Fraction(333_333_333, 10**9)),)
    assert "." in json.dumps(content.as_json()["cap"])


@pytest.mark.parametrize(
    "facts",
    [
        {"nn": 3},
        {"n": -1},
        {"n": 10**10},
        {"cap": "1.5"},
        {"cap": "0.0000000001"},
        {"cap": "NaN"},
        {"name": "看不见\u200b的"},
        {"fields": [{"name": "食品检验", "count": 1, "least": 1}]},
        {"method": "roulette"},
        {"format": 2},
        {"roster_day": "2026-02-30"},
        {"roster_day": "1026-02-03"},
    ],
)
def test_what_cannot_be_kept_is_refused_when_it_is_typed(facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        sound(**facts)


def test_texts_are_trimmed_and_in_one_spelling() -> None:
    assert sound(name="  cafe\u0301 ").name == "café"


def test_the_template_of_2023_is_the_notice_of_2023() -> None:
    heading, content = TEMPLATES["national-2023"].begin(2023)

    assert (content.n, len(content.fields), sum(f.count for f in content.fields)) == (100, 11, 100)
    (centres,) = content.cross
    assert (centres.least, centres.most) == (20, 20)
    assert heading.document_no == "国市监检测发〔2023〕90号"
    assert len(content.departments) == 7
    assert content.method is Method.FAIR


def test_a_template_of_another_year_speaks_of_that_year() -> None:
    heading, content = TEMPLATES["national-2023"].begin(2026)

    assert "2023" not in json.dumps([heading.model_dump(), content.as_json()], ensure_ascii=False)
    assert content.roster_day is not None
    assert content.roster_day.year == 2026


def test_every_fault_of_a_plan_file_is_named() -> None:
    with pytest.raises(PlanFileFaults) as caught:
        from_toml(b'n = 0\nmethod = "x"\n')

    words = str(caught.value.params["words"])
    assert "name" in words
    assert "method" in words


def test_a_floor_stays_a_floor_when_a_plan_is_read_from_a_file() -> None:
    file = 'name = "x"\nn = 9\n[[cross]]\nname = "q"\nwhere = { qi_centre = 1 }\nmin = 2\n'

    content = from_toml(file.encode())

    assert content.cross[0].most is None
    assert to_sampler(content.changed(n=12)).cross[0].high == 12
    assert content.cap == Decimal(1)
