"""A plan that cannot be drawn is explained: every conflict, each irreducible, and a way out."""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from sampler.conflicts.explanation import (
    Conflict,
    Explanation,
    Member,
    explain,
    feasible,
    irreducible,
)
from sampler.conflicts.remedies import Change, ChangeKind, changed, total_change
from sampler.conflicts.rules import Rule, Rulebook, RuleKind
from sampler.conflicts.words import percent
from sampler.quotas import Cross, Kind, Problem, UnitType
from tests.sampler.infeasible_plans import PLANS, InfeasiblePlan, Units, problem

Vector = tuple[int, ...]
Row = tuple[list[bool], float, float]
plans = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.title)
bounded = settings(max_examples=60)


# A plain oracle: all tables of a small problem, one type after another.


def spread(units: int, places: int) -> Iterator[Vector]:
    """All ways to draw at most *units* units for so many places."""
    if places == 0:
        yield ()
        return
    for first in range(units + 1):
        for rest in spread(units - first, places - 1):
            yield (first, *rest)


def tables(plan: Problem, times: int = 1) -> set[tuple[Vector, Vector]]:
    """Counts of the places and of the cross quotas in every table of *times* draws in one."""
    must = sum(t.units for t in plan.types if t.kind is Kind.CERTAIN)
    seen = {((0,) * len(plan.names), (0,) * len(plan.cross))}
    for t in plan.types:
        most = plan.upper(t) * times
        assert most.denominator == 1
        grown = set()
        for taken in spread(int(most), len(t.places)):
            if t.kind is Kind.CERTAIN and sum(taken) < most:
                continue
            for counts, crossed in seen:
                filled = list(counts)
                for place, units in zip(t.places, taken, strict=True):
                    filled[place] += units
                met = [c + sum(taken) * yes for c, yes in zip(crossed, t.cross, strict=True)]
                if sum(filled) <= times * (2 * plan.n + must):
                    grown.add((tuple(filled), tuple(met)))
        seen = grown
    return seen


def can_be_drawn(plan: Problem) -> bool:
    times = plan.cap.denominator
    return any(
        counts == tuple(times * count for count in plan.counts)
        and all(
            times * c.low <= units <= times * c.high
            for c, units in zip(plan.cross, crossed, strict=True)
        )
        for counts, crossed in tables(plan, times)
    )


def cost(plan: Problem, counts: Vector, crossed: Vector) -> int:
    """What it costs to change the counts of *plan* so that a table fits."""
    places = sum(abs(a - b) for a, b in zip(counts, plan.counts, strict=True))
    follows = max(plan.n, sum(counts))
    quotas = sum(
        max(0, c.low - units, units - (follows if c.high >= plan.n else c.high))
        for c, units in zip(plan.cross, crossed, strict=True)
    )
    return places + quotas


# A second oracle for larger problems: one unknown for each type and place, nothing merged.


def can_hold(plan: Problem, members: Collection[Member]) -> bool:
    """Whether the *members* alone can hold together on the roster of *plan*."""
    kept = {(m.kind, m.name) for m in members}
    seats = [(t, place) for t in plan.drawable for place in t.places]
    rows: list[Row] = [([True] * len(seats), 0, 10**9)]
    if ("total", "") in kept:
        rows.append(([True] * len(seats), plan.n, plan.n))
    for place, (name, count) in enumerate(zip(plan.names, plan.counts, strict=True)):
        if ("place", name) in kept:
            rows.append(([p == place for _, p in seats], count, count))
    for index, c in enumerate(plan.cross):
        low = c.low if ("cross_min", c.name) in kept else 0
        high = c.high if ("cross_max", c.name) in kept else 10**9
        rows.append(([t.cross[index] for t, _ in seats], low, high))
    capped: list[Row] = []
    for t in plan.drawable:
        must = t.kind is Kind.CERTAIN and ("certain", certain_name(plan, t)) in kept
        if must and not t.places:
            return False
        own = [t is other for other, _ in seats]
        rows.append((own, t.units if must else 0, t.units))
        capped.append((own, 0, float(plan.upper(t))))
    return solvable(rows, True) and (("cap", "") not in kept or solvable(rows + capped, False))


def certain_name(plan: Problem, t: UnitType) -> str:
    alone = Rulebook(replace(plan, types=(t,)))
    return alone.certain_name(alone.certain[0])


def solvable(rows: list[Row], whole: bool) -> bool:
    size = len(rows[0][0])
    if not size:
        return all(low <= 0 for _, low, _ in rows)
    matrix = np.array([row for row, _, _ in rows], dtype=float)
    limits = LinearConstraint(matrix, [low for _, low, _ in rows], [high for *_, high in rows])
    answer = milp(np.zeros(size), integrality=np.full(size, int(whole)), constraints=limits)
    assert answer.status in (0, 2)
    return bool(answer.status == 0)


def explained(plan: Problem) -> Explanation:
    explanation = explain(plan)
    assert explanation is not None
    return explanation


def assert_irreducible(plan: Problem, conflict: Conflict) -> None:
    assert not can_hold(plan, conflict.members)
    for member in conflict.members:
        assert can_hold(plan, [m for m in conflict.members if m != member])


# The catalogue.


def test_the_catalogue_holds_twenty_different_plans() -> None:
    assert len({plan.title for plan in PLANS}) == 20


@plans
def test_every_conflict_of_a_plan_is_found(plan: InfeasiblePlan) -> None:
    found = [{(m.kind, m.name) for m in c.members} for c in explained(plan.problem).conflicts]

    assert found == [set(members) for members in plan.conflicts]


@plans
def test_a_conflict_ends_when_any_one_of_its_members_goes(plan: InfeasiblePlan) -> None:
    for conflict in explained(plan.problem).conflicts:
        assert_irreducible(plan.problem, conflict)


@plans
def test_the_sentences_carry_the_counts_that_prove_them(plan: InfeasiblePlan) -> None:
    text = "\n".join(explained(plan.problem).lines())

    assert [words for words in plan.words if words not in text] == []


@plans
def test_the_nearest_change_is_as_small_as_promised(plan: InfeasiblePlan) -> None:
    explanation = explained(plan.problem)

    if plan.change is None:
        assert explanation.changes == ()
        assert "只改动数目不能解决" in explanation.lines()[-1]
        return
    assert total_change(explanation.changes) == plan.change
    mended = changed(plan.problem, explanation.changes)
    assert feasible(mended)
    assert mended.n == (plan.total or plan.problem.n)


@plans
def test_the_smallest_cap_is_named_where_the_cap_is_to_blame(plan: InfeasiblePlan) -> None:
    smallest = explained(plan.problem).smallest_cap

    assert smallest == plan.smallest_cap
    if smallest is not None:
        assert feasible(replace(plan.problem, cap=smallest))
        assert not feasible(replace(plan.problem, cap=smallest - Fraction(1, 10**12)))


@plans
def test_an_explanation_does_not_depend_on_the_order_of_the_types(plan: InfeasiblePlan) -> None:
    turned = replace(plan.problem, types=plan.problem.types[::-1])

    assert explained(turned).as_json() == explained(plan.problem).as_json()


@plans
def test_an_explanation_is_plain_json(plan: InfeasiblePlan) -> None:
    explanation = explained(plan.problem)

    assert json.loads(json.dumps(explanation.as_json())) == explanation.as_json()


def test_a_plan_that_can_be_drawn_needs_no_explanation() -> None:
    plan = problem({"A": 2, "O": 3}, [Units(2, "A"), Units(3, "AO")])

    assert feasible(plan)
    assert explain(plan) is None


def test_the_last_count_of_the_plan_takes_up_what_a_field_cannot_fill() -> None:
    plan = problem({"D": 5, "A": 5, "O": 35}, [Units(3, "D"), Units(20, "A"), Units(60, "O")])

    assert explained(plan).lines()[-1] == (
        "最小的改动（各数目增减合计 4）："
        "“成品油检验”由 5 家改为 3 家；“其他领域”由 35 家改为 37 家。"
    )


def test_a_change_of_the_total_leads_the_list() -> None:
    plan = problem({"A": 6, "B": 6}, [Units(10, "AB")])

    assert explained(plan).changes == (
        Change(ChangeKind.TOTAL, "", 12, 10),
        Change(ChangeKind.PLACE, "环境监测", 6, 4),
    )
    assert "抽取总数不能保持 12 家，最多只能抽 10 家。" in explained(plan).lines()


def test_a_cap_of_many_digits_is_compared_exactly() -> None:
    units = [Units(3, "A"), Units(9, "O")]
    cap = Fraction(333_333_333, 10**9)

    assert feasible(problem({"A": 1, "O": 1}, units, cap=Fraction(1, 3)))
    assert not feasible(problem({"A": 1, "O": 1}, units, cap=cap))
    assert total_change(explained(problem({"A": 1, "O": 1}, units, cap=cap)).changes) == 2


def test_many_groups_of_certain_units_are_told_as_one() -> None:
    places = {"A": 2, "B": 2, "C": 1}
    masks = ("A", "B", "C", "AB", "AC", "BC")
    certain = [Units(1, mask, kind=Kind.CERTAIN) for mask in masks]
    (conflict,) = explained(problem(places, [*certain, Units(9, "ABC")])).conflicts

    assert conflict.members == (Member("total", "", 5), Member("certain", "必查单位（6 类）", 6))
    assert conflict.message == "必查单位有 6 家，而总共只抽 5 家。"


def test_percentages_are_never_rounded_down() -> None:
    assert percent(Fraction(1, 200)) == "0.5%"
    assert percent(Fraction(7, 1200)) == "7/1200（约 0.5834%）"
    assert percent(Fraction(1)) == "100%"


def test_early_rules_are_preferred_in_a_conflict() -> None:
    rules = [Rule(RuleKind.PLACE, i) for i in range(6)]
    bad = [{0, 3}, {2, 5}, {1, 2, 4}]

    def holds(kept: Collection[Rule]) -> bool:
        return not any(one <= {rule.index for rule in kept} for one in bad)

    assert [rule.index for rule in irreducible(rules, holds)] == [0, 3]
    assert {rule.index for rule in irreducible(rules[::-1], holds)} == {2, 5}


# Any small plan.


@st.composite
def small_plans(draw: st.DrawFn, caps: str = "1", nested: bool = False) -> Problem:
    places = "ABC"[: draw(st.integers(1, 2 if caps != "1" else 3))]
    counts = {place: draw(st.integers(int(place == "A"), 2)) for place in places}
    quotas: dict[str, tuple[int, int | None]] = {}
    for letter in "qwx"[: draw(st.integers(0, 2 if nested else 3))]:
        low = draw(st.integers(0, sum(counts.values())))
        quotas[letter] = (low, draw(st.integers(low, sum(counts.values()))))
    meets = ["", "q", "qw"] if nested else ["", "q", "w", "x", "qw", "qx", "wx", "qwx"]
    masks = ["".join(p for p, on in zip(places, row, strict=True) if on) for row in _rows(places)]
    kinds = [Kind.ORDINARY] * 4 + [Kind.CERTAIN, Kind.EXCLUDED]
    units = st.builds(
        Units,
        st.integers(1, 3),
        st.sampled_from(masks),
        st.sampled_from(meets),
        st.sampled_from(kinds),
        st.sampled_from([1, 1, 1, 0]),
    )
    cap = draw(st.sampled_from([Fraction(text) for text in caps.split()]))
    return problem(counts, draw(st.lists(units, min_size=1, max_size=5)), quotas, cap)


def _rows(places: str) -> Iterator[tuple[bool, ...]]:
    return product((True, False), repeat=len(places))


@given(small_plans())
@bounded
def test_feasible_is_what_the_list_of_all_tables_says(plan: Problem) -> None:
    assert feasible(plan) == can_be_drawn(plan)


@given(small_plans(caps="1/2 2/3 1/3 1", nested=True))
@bounded
def test_a_cap_is_feasible_when_chances_within_it_exist(plan: Problem) -> None:
    assert feasible(plan) == can_be_drawn(plan)


@given(small_plans(caps="1 1/2 1/3"))
@bounded
def test_every_conflict_is_irreducible_and_the_rest_can_hold(plan: Problem) -> None:
    explanation = explain(plan)
    if explanation is None:
        return
    for conflict in explanation.conflicts:
        assert_irreducible(plan, conflict)
    assert_the_rest_can_hold(plan, explanation.conflicts)


def assert_the_rest_can_hold(plan: Problem, conflicts: Collection[Conflict]) -> None:
    aside = {(m.kind, m.name) for conflict in conflicts for m in conflict.members}
    every = [Member("place", name, 0) for name in plan.names if ("total", "") not in aside]
    every += [Member("cross_min", c.name, 0) for c in plan.cross]
    every += [Member("cross_max", c.name, 0) for c in plan.cross if c.high < plan.n]
    book = Rulebook(plan)
    every += [Member("certain", book.certain_name(group), 0) for group in book.certain]
    every += [Member("cap", "", 0)]
    assert can_hold(plan, [m for m in every if (m.kind, m.name) not in aside])


@given(small_plans())
@bounded
def test_no_smaller_change_of_counts_helps(plan: Problem) -> None:
    explanation = explain(plan)
    if explanation is None:
        return
    fits = tables(plan)
    totals = {sum(counts) for counts, _ in fits}
    if not totals:
        assert explanation.changes == ()
        return
    mended = changed(plan, explanation.changes)
    assert can_be_drawn(mended)
    assert abs(mended.n - plan.n) == min(abs(total - plan.n) for total in totals)
    costs = [cost(plan, counts, crossed) for counts, crossed in fits if sum(counts) == mended.n]
    assert total_change(explanation.changes) == min(costs)


@given(small_plans(caps="1/2 1/3 1/5 3/7"))
@bounded
def test_the_changed_plan_can_be_drawn_under_the_same_cap(plan: Problem) -> None:
    explanation = explain(plan)
    if explanation is None or not explanation.changes:
        return
    mended = changed(plan, explanation.changes)
    assert mended.cap == plan.cap
    assert feasible(mended)


@given(small_plans(caps="1/2 1/3 1/5 1/20", nested=True))
@bounded
def test_no_smaller_cap_than_the_smallest_is_enough(plan: Problem) -> None:
    explanation = explain(plan)
    if explanation is None or explanation.smallest_cap is None:
        return
    smallest = explanation.smallest_cap
    assert can_be_drawn(replace(plan, cap=smallest))
    assert not feasible(replace(plan, cap=smallest - Fraction(1, 10**9)))
    assert smallest > plan.cap


@given(small_plans())
@bounded
def test_a_looser_quota_never_makes_a_plan_worse(plan: Problem) -> None:
    looser = replace(plan, cross=tuple(Cross(c.name, c.where, 0, plan.n) for c in plan.cross))

    assert feasible(looser) >= feasible(plan)
