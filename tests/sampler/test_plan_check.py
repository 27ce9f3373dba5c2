"""A plan that names what the roster does not have is told where; a doubt is only noted."""

import pytest

from sampler.inputs.plan_check import check_against, notes_on
from sampler.inputs.plan_text import read_plan
from sampler.inputs.roster_table import Roster, read_roster
from sampler.quotas import Certain, Excluded, Plan
from tests.sampler.bad_files import OTHER_UNIT, UNIT, roster_csv, unit

TOP = 'name = "演示计划"\nn = 10\n'

ROSTER = read_roster(
    roster_csv(UNIT, OTHER_UNIT, unit(unit_id="91C", fields="水质", level="省级", credit_class=""))
)


def against(text: str, roster: Roster = ROSTER) -> list[tuple[str, str]]:
    return [(f.code, f.where) for f in check_against(read_plan(f"{TOP}{text}".encode()), roster)]


def test_a_plan_that_fits_its_roster_has_no_fault() -> None:
    assert (
        against(
            'eligible = {level = "国家级"}\nother = "其他"\n[fields]\n"食品" = 5\n"其他" = 5\n'
            '[weights]\nby = "credit_class"\nA = 1\n'
            '[[certain]]\nunit_id = "91A"\nreason = "x"\nfield = "其他"\n'
            '[[excluded]]\nunit_id = "91C"\nreason = "x"'
        )
        == []
    )


def test_a_field_that_nobody_holds_is_no_fault() -> None:
    assert against('[fields]\n"无人" = 10') == []


AGAINST = [
    (
        "columns that the roster lacks",
        'eligible = {levell = 1}\n[[cross]]\nname = "a"\nwhere = {x = 1}\n'
        '[weights]\nby = "klass"\nA = 1\n[publish]\ncolumns = ["unit_id", "y"]',
        [
            ("column_unknown", "eligible"),
            ("column_unknown", "[[cross]] 第1项 where"),
            ("column_unknown", "[weights] by"),
            ("column_unknown", "[publish] columns"),
        ],
    ),
    (
        "units that the roster lacks",
        '[[certain]]\nunit_id = "7"\nreason = "x"\n[[excluded]]\nunit_id = "8"\nreason = "x"',
        [
            ("unit_unknown", "[[certain]] 第1项 unit_id"),
            ("unit_unknown", "[[excluded]] 第1项 unit_id"),
        ],
    ),
    (
        "a certain unit that is not eligible",
        'eligible = {level = "国家级"}\n[[certain]]\nunit_id = "91B"\nreason = "x"',
        [("certain_not_eligible", "[[certain]] 第1项 unit_id")],
    ),
    (
        "a certain unit for a field that is no place",
        '[fields]\n"食品" = 10\n[[certain]]\nunit_id = "91A"\nreason = "x"\nfield = "环境"',
        [("field_unknown", "[[certain]] 第1项 field")],
    ),
    (
        "a certain unit for a field that it does not hold",
        '[fields]\n"食品" = 10\n[[certain]]\nunit_id = "91B"\nreason = "x"\nfield = "食品"',
        [("field_not_held", "[[certain]] 第1项 field")],
    ),
    (
        "a certain unit for the others that is none of them",
        'other = "其他"\n[fields]\n"机动车" = 5\n"其他" = 5\n'
        '[[certain]]\nunit_id = "91B"\nreason = "x"\nfield = "其他"',
        [("field_not_held", "[[certain]] 第1项 field")],
    ),
    (
        "classes that the weights pass over",
        '[weights]\nby = "credit_class"\nA = 1',
        [("value_unlisted", "[weights]"), ("value_unlisted", "[weights]")],
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(text, expected, id=name) for name, text, expected in AGAINST],
)
def test_a_plan_that_does_not_fit_its_roster_is_told_where(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert against(text) == expected


def test_a_unit_certain_and_excluded_is_a_fault_however_the_plan_was_made() -> None:
    plan = Plan(name="a", n=1, certain=(Certain("91A", "x"),), excluded=(Excluded("91A", "y"),))
    assert [fault.code for fault in check_against(plan, ROSTER)] == ["certain_and_excluded"]


def test_a_class_outside_the_eligible_frame_needs_no_weight() -> None:
    text = 'eligible = {level = "国家级"}\n[weights]\nby = "credit_class"\nA = 1'
    assert against(text) == []


def test_a_value_that_no_unit_has_is_noted_not_refused() -> None:
    plan = read_plan(
        f'{TOP}eligible = {{level = ["国家级", "部级"], fields = ["环境", "声学"]}}\n'
        'other = "其余"\n[fields]\n"环境" = 5\n"无人" = 3\n"其余" = 2\n'
        '[weights]\nby = "credit_class"\nA = 1\nB = 1\nE = 1\n"" = 1'.encode()
    )
    assert check_against(plan, ROSTER) == []
    assert [str(note) for note in notes_on(plan, ROSTER)] == [
        "eligible：名单的 level 列中没有 “部级”",
        "eligible：名单的 fields 列中没有 “声学”",
        "[fields]：名单的 fields 列中没有 “无人”",
        "[weights]：名单的 credit_class 列中没有 “E”",
    ]
