"""What is typed into the fields of a plan: read back, told with its faults, kept in sections."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.plan_content import CertainUnit, ExcludedUnit
from inspections.plan_faults import PlanFault
from inspections.plan_templates import TEMPLATES
from inspections.reasons import CertainReason, ExclusionReason
from tests.web.people import Service
from web.inspections import plan_cells, plan_forms
from web.inspections.plan_cells import Misread
from web.inspections.plan_fields import SECTIONS, section_of
from web.words.plans import COLUMNS, CONTENT

texts = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters='"'), min_size=1, max_size=8
)
columns = st.sampled_from(sorted(set(COLUMNS) - {"qi_centre"}))


@given(st.lists(st.tuples(columns, st.lists(texts, min_size=1, max_size=3)), max_size=3))
def test_a_condition_reads_back_as_it_was_written(where: list[tuple[str, list[str]]]) -> None:
    assert plan_cells.where(plan_cells.told_where(where)) == where


def test_a_condition_is_typed_in_the_words_of_the_page() -> None:
    typed = "国家质检中心＝是；省份=浙江省|江苏省"

    found = plan_cells.where(typed)

    assert found == [("qi_centre", ["1"]), ("province", ["浙江省", "江苏省"])]


@pytest.mark.parametrize("typed", ["浙江省", "省份==浙江省", "=是"])
def test_half_a_condition_is_refused_with_words(typed: str) -> None:
    with pytest.raises(Misread, match="栏目"):
        plan_cells.where(typed)


@given(st.decimals(0, 1, places=6))
def test_a_share_can_be_typed_as_percent_or_plain(value: Decimal) -> None:
    assert plan_cells.share(plan_cells.told_figure(value)) == value
    assert plan_cells.share(f"{plan_cells.told_figure(value * 100)}%") == value


@given(
    st.lists(st.sampled_from(list(CertainReason)), max_size=4),
    st.sampled_from(["", "食品检验"]),
)
def test_units_read_back_as_they_were_written(reasons: list[CertainReason], field: str) -> None:
    units = [
        CertainUnit(unit_id=f"U{at}", reason=reason, note="说明", field=field or None)
        for at, reason in enumerate(reasons)
    ]

    typed = plan_cells.certain(plan_cells.told_units(units))

    assert [CertainUnit.model_validate(one) for one in typed] == units


def test_units_are_pasted_from_a_spreadsheet() -> None:
    found = plan_cells.excluded("U1\t其他理由\t演示\n\nU2\n")

    assert [ExcludedUnit.model_validate(one) for one in found] == [
        ExcludedUnit(unit_id="U1", reason=ExclusionReason.OTHER, note="演示"),
        ExcludedUnit(unit_id="U2"),
    ]
    with pytest.raises(Misread, match="第 1 行的理由"):
        plan_cells.excluded("U1|不喜欢")


def test_every_field_of_a_plan_stands_in_one_section() -> None:
    named = [name for section in SECTIONS for name in section.names]

    assert sorted(named) == sorted(set(CONTENT) - {"format"})
    assert len(named) == len(set(named))


@pytest.mark.parametrize("key", sorted(TEMPLATES))
def test_a_section_that_is_sent_untouched_says_what_it_said(service: Service, key: str) -> None:
    region = "330000" if key == "provincial" else ""
    _, content = TEMPLATES[key].begin(2026, region)

    for section in SECTIONS:
        typed = plan_forms.typed_of(section, content)
        reading = plan_forms.read(section, typed, content, {})

        assert reading.faults == []
        assert reading.content == content


@given(
    st.sampled_from(
        ["windows.0.first", "windows", "weights", "ratios.values.2", "cross.0.where.1", "n",
         "check_items.3", "publish.1", "automatic", "certain.4.field", "legal_basis"]
    )
)  # fmt: skip
def test_every_fault_finds_a_field_of_its_section(at: str) -> None:
    section = section_of(at)
    _, content = TEMPLATES["joint"].begin(2026)
    typed = plan_forms.typed_of(section, content)

    sheet = plan_forms.sheet(section, typed, {}, [(at, "有误。")])

    (place,) = sheet.faults
    assert place.partition(".")[0] == at.partition(".")[0]


def test_a_fault_is_told_with_its_place() -> None:
    fault = PlanFault("windows.1.first", "missing")

    assert plan_forms.in_words([fault]) == [("windows.1.first", "请填写。")]
    assert plan_forms.faults_in(section_of("windows.1"), [fault]) == [fault]
