"""The corners of a plan, and the order of events."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampler import procedure
from sampler.draw import Outcome, hold_draw
from sampler.faults import BadInput
from sampler.hashing import tagged
from sampler.procedure import NotFeasible
from sampler.quotas import Certain, Cross, Excluded, Factor, Plan
from sampler.seeds import Contribution
from sampler.tickets import in_order
from tests.sampler.builders import (
    FIELDS,
    MACHINE_SHARE,
    QI,
    SALT_KEY,
    Case,
    chance_of_units,
    crossing_case,
    drawn_ids,
    numbered,
    roster_of,
    row,
    rows_of,
    weights,
    where,
)

MOST_OUTCOMES = 3_000

crossing_cases = st.integers(0, 60).map(crossing_case)


def plan(n: int, **more: object) -> Plan:
    return replace(Plan("计划", n), **more)  # type: ignore[arg-type]


def drawn_with(case: Case, digest: str, seeds: Sequence[str] = ("甲", "乙")) -> Outcome:
    """The draw of a case under a digest that is given, so that seeds can be held equal."""
    data = case.rehearsed(*seeds).certificate["commitment"]
    frame = case.commitment().frame
    given = [Contribution(name, value) for name, value in zip("ab", seeds, strict=False)]
    return hold_draw(data, digest, frame.unit_ids, frame.types, given)


# -- the corners ------------------------------------------------------------------------


def test_weight_0_is_never_drawn_and_a_weight_of_a_million_never_above_certainty() -> None:
    rows = [*numbered(5), *numbered(2, credit_class="D"), *numbered(3, credit_class="B")]
    case = Case(plan(4, weights=weights(A=1, B=0, D=10**6)), roster_of(rows))
    by_class = {r["credit_class"]: chance_of_units(case.rehearsed())[r["unit_id"]] for r in rows}

    assert by_class == {"A": Fraction(2, 5), "B": 0, "D": 1}


def test_weights_whose_sum_no_machine_word_holds_are_refused() -> None:
    # 2048 units of weight 9 * 10**15 wrap around to a small number in 64 bits
    heavy = (Factor("因子", where(), 9 * 10**6, "依据"),)
    case = Case(plan(2, weights=weights(A=10**9), factors=heavy), roster_of(numbered(2_048)))

    with pytest.raises(BadInput):
        case.rehearsed()


def test_a_roster_of_one_unit_can_be_drawn() -> None:
    case = Case(plan(1), roster_of([row("独一家")]))

    assert drawn_ids(case.rehearsed()) == ["独一家"]


def test_a_plan_of_one_field_is_simple_random() -> None:
    case = Case(plan(3, fields=(("食品", 3),)), roster_of([*numbered(8), *numbered(4, "环境")]))

    assert set(chance_of_units(case.rehearsed()).values()) == {Fraction(3, 8), Fraction(0)}


def test_an_empty_field_takes_nobody() -> None:
    places = (("食品", 2), ("建材", 0), ("环境", 1))
    case = Case(plan(3, fields=places), roster_of([*numbered(4), *numbered(3, "环境|建材")]))
    picked = Counter(pick.place for pick in case.rehearsed().outcome.picks)

    assert picked == {0: 2, 2: 1}


def test_a_field_larger_than_its_roster_is_explained_not_drawn() -> None:
    case = Case(
        plan(4, fields=(("食品", 3), ("环境", 1))), roster_of([*numbered(2), *numbered(9, "环境")])
    )

    with pytest.raises(NotFeasible) as refused:
        case.rehearsed()
    assert "食品" in str(refused.value)


@settings(max_examples=20)
@given(st.integers(1, 8), st.booleans())
def test_drawing_everybody_draws_everybody(count: int, weighted: bool) -> None:
    rows = [{**r, "credit_class": "AD"[i % 2]} for i, r in enumerate(numbered(count))]
    case = Case(plan(count, weights=weights(A=1, D=8) if weighted else None), roster_of(rows))

    assert sorted(drawn_ids(case.rehearsed())) == sorted(r["unit_id"] for r in rows)
    assert set(chance_of_units(case.rehearsed()).values()) == {Fraction(1)}


@settings(max_examples=20)
@given(st.integers(3, 9))
def test_who_holds_every_field_gets_no_more_than_a_share(count: int) -> None:
    places = tuple((name, 1) for name in FIELDS[:3])
    case = Case(plan(3, fields=places), roster_of(numbered(count, "|".join(FIELDS))))

    assert set(chance_of_units(case.rehearsed()).values()) == {Fraction(3, count)}


def test_equal_tickets_go_by_unit_id() -> None:
    assert in_order({"乙": b"\1", "甲": b"\1", "丙": b"\0"}) == ["丙", "乙", "甲"]


def test_a_unit_that_holds_many_fields_is_drawn_once() -> None:
    places = (("食品", 1), ("环境", 1))
    case = Case(plan(2, fields=places), roster_of([row("甲", "食品|环境"), row("乙", "环境")]))

    assert drawn_ids(case.rehearsed()) == ["甲", "乙"]


def test_a_certain_unit_uses_its_place_and_its_quota() -> None:
    rows = [
        *numbered(5),
        *numbered(5, "环境", qi_centre="1"),
        row("回头", "食品|环境", qi_centre="1"),
    ]
    case = Case(
        plan(
            3,
            fields=(("食品", 2), ("环境", 1)),
            cross=(Cross("质检中心", QI, 1, 1),),
            certain=(Certain("回头", "上年整改", "食品"),),
        ),
        roster_of(rows),
    )
    # the one QI centre is taken, so nobody of 环境 is left: all of them are QI centres
    with pytest.raises(NotFeasible):
        case.rehearsed()
    looser = replace(case, plan=replace(case.plan, cross=(Cross("质检中心", QI, 2, 2),)))
    assert chance_of_units(looser.rehearsed())["回头"] == 1


def test_an_excluded_unit_stays_in_the_frame_with_chance_0() -> None:
    rows = numbered(4)
    out = rows[0]["unit_id"]
    case = Case(plan(2, excluded=(Excluded(out, "证书注销"),)), roster_of(rows))
    chances = chance_of_units(case.rehearsed())

    assert chances.pop(out) == 0
    assert set(chances.values()) == {Fraction(2, 3)}


def test_a_lawful_factor_multiplies_the_weight() -> None:
    rows = [*numbered(6), *numbered(2, province="乙省")]
    doubled = (Factor("投诉", where(province="乙省"), 3, "依据"),)
    chances = chance_of_units(Case(plan(3, factors=doubled), roster_of(rows)).rehearsed())

    assert chances[rows[0]["unit_id"]] * 3 == chances[rows[-1]["unit_id"]] == Fraction(3, 4)


# -- the order of events ----------------------------------------------------------------

SIMPLE = Case(plan(3), roster_of(numbered(9)))


@pytest.mark.parametrize(
    "sources", [[], ["甲"], ["甲", "甲"], ["甲", " "], ["甲", "machine"], ["甲", "乙=丙"]]
)
def test_a_commitment_names_two_different_sources_at_least(sources: list[str]) -> None:
    with pytest.raises(BadInput):
        SIMPLE.commitment(sources)


def test_a_rehearsal_needs_two_seeds() -> None:
    with pytest.raises(BadInput):
        SIMPLE.rehearsed("独一")


def test_no_draw_without_the_share_that_was_committed() -> None:
    data = SIMPLE.commitment().data

    with pytest.raises(BadInput):
        procedure.contributions(data, "另一份额", {})


def test_no_draw_on_another_roster() -> None:
    rows = rows_of(SIMPLE.roster)
    rows[0]["credit_class"] = "D"

    with pytest.raises(BadInput):
        procedure.reopen(SIMPLE.commitment().data, roster_of(rows), SALT_KEY)


def test_only_who_was_named_may_reveal() -> None:
    with pytest.raises(BadInput) as refused:
        procedure.contributions(SIMPLE.commitment().data, "x", {"丙": "1", "丁": "2"})

    # all faults at once: two strangers, and a wrong machine share
    assert len(refused.value.faults) == 3


def test_who_does_not_reveal_is_named_and_counts_as_the_empty_value() -> None:
    committed = SIMPLE.commitment()
    given_ = procedure.contributions(committed.data, MACHINE_SHARE, {"彩票": "03 17 22"})
    certificate = procedure.draw(committed, given_).certificate

    assert certificate["contributions"] == [
        {"source": "machine", "revealed": True, "value": MACHINE_SHARE},
        {"source": "公证处", "revealed": False, "value": ""},
        {"source": "彩票", "revealed": True, "value": "03 17 22"},
    ]
    texts = ("machine", MACHINE_SHARE, "公证处", "", "彩票", "03 17 22")
    assert certificate["seed"] == tagged("spotcheck/seed/1", committed.digest, *texts)


def test_the_draw_takes_its_chances_from_the_commitment_and_never_works_them_out() -> None:
    # a table that gives everything to four units of nine: no method would have made it
    rows = [*numbered(4), *numbered(5, province="乙省")]
    case = Case(
        plan(3, factors=(Factor("省", where(province="乙省"), 2, "依据"),)), roster_of(rows)
    )
    data = case.commitment().data
    first, second = (t["number"] for t in data["types"])
    data["chances"] |= {"cells": [[first, 0, "3"]], "denominator": "1"}
    drawn = procedure.draw(procedure.reopen(data, case.roster, SALT_KEY), [Contribution("甲", "1")])

    assert {pick.type for pick in drawn.outcome.picks} == {first} != {second}
