"""Who satisfies a predicate, and which places a unit may fill."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sampler.inputs.predicates import codes, holds, places_held
from sampler.inputs.roster_table import Roster
from sampler.quotas import Predicate


def roster_of(**columns: list[str]) -> Roster:
    count = len(next(iter(columns.values())))
    cells = {"unit_id": [str(n) for n in range(count)], **columns}
    return Roster(tuple(cells), cells)


values = st.lists(st.sampled_from(["", "甲", "乙", "甲|丙", " 乙 | 丙 "]), min_size=1, max_size=40)


@given(values, st.lists(st.sampled_from(["甲", "乙", "丙"])))
def test_fields_are_compared_by_membership_and_other_cells_whole(
    cells: list[str], wanted: list[str]
) -> None:
    roster = roster_of(fields=cells, province=cells)
    by_field = holds(roster, Predicate((("fields", tuple(wanted)),)))
    whole = holds(roster, Predicate((("province", tuple(wanted)),)))
    members = [{part.strip() for part in value.split("|")} for value in cells]
    assert by_field.tolist() == [bool(held & set(wanted)) for held in members]
    assert whole.tolist() == [value in wanted for value in cells]


@given(values, values)
def test_a_predicate_holds_where_all_its_columns_hold(one: list[str], two: list[str]) -> None:
    count = min(len(one), len(two))
    roster = roster_of(a=one[:count], b=two[:count])
    left, right = ("a", ("甲", "")), ("b", ("乙",))
    both = holds(roster, Predicate((left, right)))
    alone = holds(roster, Predicate((left,))) & holds(roster, Predicate((right,)))
    assert np.array_equal(both, alone)
    assert holds(roster, Predicate()).all()


@given(values)
def test_codes_spell_the_column_they_came_from(cells: list[str]) -> None:
    roster = roster_of(province=cells)
    known, index = codes(roster, "province")
    assert [known[at] for at in index] == cells
    assert len(set(known)) == len(known)
    assert codes(roster, "province")[1] is index


def test_other_takes_whoever_holds_a_field_that_is_no_place() -> None:
    places = ("食品", "其他")
    assert places_held("食品", places, "其他") == (0,)
    assert places_held("食品| 水质", places, "其他") == (0, 1)
    assert places_held("水质", places, None) == ()
    assert places_held("其他", places, None) == (1,)
    assert places_held(" | ", places, "其他") == ()
