"""Exact leximin by cuts: against linear programs, against all cuts, against itself."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampler.bottlenecks import bottlenecks, inside
from sampler.cuts import MOST_PLACES, Level, leximin
from sampler.fairness import fair_chances
from sampler.faults import Infeasible
from sampler.flows import table_of
from sampler.pools import nest
from sampler.quotas import Cross, Kind, Predicate, Problem, UnitType
from tests.sampler.leximin_oracles import leximin_by_all_cuts, leximin_by_programmes

CAPS = (Fraction(1),) * 4 + (Fraction(1, 2), Fraction(9, 10), Fraction(333, 1000))
WEIGHTS = (1, 1, 1, 2, 4, 8, 0)


@st.composite
def nested_sets(draw: st.DrawFn, size: int) -> list[frozenset[int]]:
    """Sets of types any two of which nest or are apart."""
    sets: list[frozenset[int]] = []
    for _ in range(draw(st.integers(0, 3))):
        ground = draw(st.sampled_from([frozenset(range(1, size + 1)), *sets]))
        chosen = draw(st.frozensets(st.sampled_from(sorted(ground)))) if ground else ground
        if all(chosen <= s or s <= chosen or not chosen & s for s in sets):
            sets.append(chosen)
    return sets


@st.composite
def problems(draw: st.DrawFn, weights: Sequence[int] = WEIGHTS) -> Problem:
    """Small bihierarchies: intervals and exact counts, some said of the complement."""
    places, size = draw(st.integers(1, 4)), draw(st.integers(1, 7))
    counts = tuple(draw(st.lists(st.integers(0, 4), min_size=places, max_size=places)))
    n = sum(counts) or 1
    counts = counts if sum(counts) else (*counts[:-1], 1)
    sets = draw(nested_sets(size))
    turned = [draw(st.booleans()) for _ in sets]
    types = tuple(
        _type(
            draw,
            number,
            places,
            weights,
            tuple((number in s) != turn for s, turn in zip(sets, turned, strict=True)),
        )
        for number in range(1, size + 1)
    )
    cross = tuple(Cross(f"要求{i}", Predicate(), *_bounds(draw, n)) for i, _ in enumerate(sets))
    names = tuple(f"领域{f}" for f in range(places))
    return Problem(n, names, counts, cross, types, draw(st.sampled_from(CAPS)))


def _type(
    draw: st.DrawFn, number: int, places: int, weights: Sequence[int], cross: tuple[bool, ...]
) -> UnitType:
    open_to = tuple(f for f in range(places) if draw(st.booleans()))
    if draw(st.integers(0, 9)) == 9:
        return UnitType(number, Kind.CERTAIN, draw(st.integers(1, 2)), open_to or (0,), cross)
    weight = draw(st.sampled_from(weights))
    return UnitType(number, Kind.ORDINARY, draw(st.integers(1, 6)), open_to, cross, weight)


def _bounds(draw: st.DrawFn, n: int) -> tuple[int, int]:
    low, high = sorted((draw(st.integers(0, n)), draw(st.integers(0, n))))
    return draw(st.sampled_from(((low, high), (low, n), (0, high), (low, low))))


def levels_of(problem: Problem) -> tuple[Level, ...] | None:
    tree = nest(problem)
    assert tree is not None
    try:
        return leximin(problem, tree)
    except Infeasible:
        return None


def by_type(levels: Sequence[Level]) -> dict[int, Fraction]:
    return {number: level.value for level in levels for number in level.types}


@settings(max_examples=400)
@given(problems())
def test_chances_are_the_leximin_of_linear_programs(problem: Problem) -> None:
    levels, expected = levels_of(problem), leximin_by_programmes(problem)

    assert (levels is None) == (expected is None)
    if levels is not None and expected is not None:
        found = {number: float(value) for number, value in by_type(levels).items()}
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-7)


@settings(max_examples=250)
@given(problems(weights=(1, 3, 1000, 10**6)))
def test_weights_from_one_to_a_million_give_the_exact_levels_of_all_cuts(problem: Problem) -> None:
    levels = levels_of(problem)
    if levels is None:
        return
    turned = [_turned_away_from_the_first(problem, i) for i in range(len(problem.cross))]
    nested = [frozenset(s) for s, _ in turned]
    laminar = Problem(
        problem.n,
        problem.names,
        problem.counts,
        tuple(cross for _, cross in turned),
        problem.types,
        problem.cap,
    )

    assert by_type(levels) == leximin_by_all_cuts(laminar, nested)


def _turned_away_from_the_first(problem: Problem, index: int) -> tuple[set[int], Cross]:
    """The quota, or what it leaves to the others, so that no set holds the first type."""
    cross, numbers = problem.cross[index], {t.number for t in problem.drawable}
    met = {t.number for t in problem.drawable if t.cross[index]}
    if problem.drawable[0].number not in met:
        return met, cross
    low, high = problem.n - cross.high, problem.n - cross.low
    return numbers - met, Cross(cross.name, cross.where, low, high)


@settings(max_examples=120)
@given(problems(weights=(1, 2, 10**6)))
def test_chances_fill_the_draw_exactly_and_have_a_table(problem: Problem) -> None:
    levels = levels_of(problem)
    if levels is None:
        return
    fair = fair_chances(problem)
    expected = {t.number: fair.chances[t.number] * t.units for t in problem.drawable}
    table = table_of(problem, expected)

    assert sum(expected.values()) == problem.n
    assert {n: Fraction(v, table.denominator) for n, v in table.rows().items()} == {
        n: v for n, v in expected.items() if v
    }
    for f, count in enumerate(problem.counts):
        assert sum(v for _, g, v in table.cells if g == f) == count * table.denominator
    places = {t.number: t.places for t in problem.types}
    assert all(f in places[number] and v > 0 for number, f, v in table.cells)


@settings(max_examples=120)
@given(problems())
def test_no_chance_is_below_zero_above_the_cap_or_given_to_whom_cannot_be_drawn(
    problem: Problem,
) -> None:
    if levels_of(problem) is None:
        return
    chances = fair_chances(problem).chances

    for t in problem.types:
        if t.kind is Kind.CERTAIN:
            assert chances[t.number] == 1
        else:
            assert 0 <= chances[t.number] <= problem.cap * bool(t.places and t.weight)


@settings(max_examples=120)
@given(problems())
def test_every_level_has_a_cut_that_is_full(problem: Problem) -> None:
    levels = levels_of(problem)
    if levels is None:
        return
    fair = fair_chances(problem)
    tree = fair.tree
    assert tree is not None
    for level in levels:
        if level.cut is None:
            weight = {t.number: t.weight for t in problem.types}
            assert all(level.value * weight[n] == problem.cap for n in level.types)
            continue
        held = inside(problem, tree, level.cut)
        pools = set(level.cut.pools)
        room = Fraction(problem.n * (0 in pools))
        room -= sum(c for f, c in enumerate(problem.counts) if level.cut.places >> f & 1)
        for v, pool in enumerate(tree.pools[1:], start=1):
            room += pool.high * (v in pools and pool.parent not in pools)
            room -= pool.low * (v not in pools and pool.parent in pools)
        room += sum(
            problem.upper(t)
            for t in problem.drawable
            if tree.home[t.number] not in pools and t.mask & level.cut.places
        )
        assert set(level.types) <= {t.number for t in held}
        assert room == sum(fair.chances[t.number] * t.units for t in held)
        # nobody who is held in has more: taking from the richer would not help
        assert all(
            t.kind is Kind.CERTAIN or fair.chances[t.number] <= level.value * t.weight for t in held
        )


@settings(max_examples=100)
@given(problems(weights=(1,)), st.integers(2, 10**5))
def test_multiplying_all_weights_changes_no_chance(problem: Problem, times: int) -> None:
    heavy = Problem(
        problem.n,
        problem.names,
        problem.counts,
        problem.cross,
        tuple(
            UnitType(t.number, t.kind, t.units, t.places, t.cross, t.weight * times)
            if t.kind is Kind.ORDINARY
            else t
            for t in problem.types
        ),
        problem.cap,
    )
    if levels_of(problem) is None:
        assert levels_of(heavy) is None
    else:
        assert fair_chances(heavy).chances == fair_chances(problem).chances


def one_field(n: int, *types: tuple[int, int], cap: Fraction = Fraction(1)) -> Problem:
    made = tuple(
        UnitType(number, Kind.ORDINARY, units, (0,), (), weight)
        for number, (units, weight) in enumerate(types, start=1)
    )
    return Problem(n, ("全部",), (n,), (), made, cap)


def test_a_heavy_unit_never_gets_more_than_certainty() -> None:
    chances = fair_chances(one_field(3, (9, 1), (1, 10**6))).chances

    assert chances == {1: Fraction(2, 9), 2: Fraction(1)}


def test_what_the_cap_takes_from_some_goes_to_the_others() -> None:
    chances = fair_chances(one_field(3, (9, 1), (1, 8), cap=Fraction(1, 2))).chances

    assert chances == {1: Fraction(5, 18), 2: Fraction(1, 2)}


def test_the_bottleneck_is_said_in_the_numbers_of_the_cut() -> None:
    types = (
        UnitType(1, Kind.ORDINARY, 24, (1,)),
        UnitType(2, Kind.ORDINARY, 6, (0, 1)),
        UnitType(3, Kind.ORDINARY, 4, (0,)),
    )
    problem = Problem(8, ("食品", "其他"), (5, 3), (), types)
    first, second = bottlenecks(problem, fair_chances(problem))

    assert first.level.value == Fraction(1, 8)
    assert "有 24 家机构只能占用“其他”的 3 个名额" in first.sentence
    assert "1/8，即 12.5000%" in first.sentence
    assert second.level.value == Fraction(1, 2)
    assert "10 家" in second.sentence


def test_a_promise_in_ratios_is_told_as_a_part_of_the_ratio() -> None:
    # 100 units of ratio 2 % and one place: half of the announced ratio
    types = (UnitType(1, Kind.ORDINARY, 100, (0,), (), 2),)
    problem = Problem(1, ("全部",), (1,), (), types, scale=100, by_ratio=True)
    (level,) = bottlenecks(problem, fair_chances(problem))

    assert "公布比例的 50.0000%" in level.sentence


def one_promise(units: int, drawn: int) -> str:
    types = (UnitType(1, Kind.ORDINARY, units, (0,)),)
    problem = Problem(drawn, ("全部",), (drawn,), (), types)
    (level,) = bottlenecks(problem, fair_chances(problem))
    return level.sentence


def test_a_short_fraction_is_told_and_a_long_one_left_to_the_data() -> None:
    assert one_promise(500_000, 3).endswith("所以每家至多 3/500000，即 0.0006%。")
    assert one_promise(1_000_003, 3).endswith("所以每家至多 0.0003%。")


def test_a_promise_for_a_share_of_weight_reads_as_one_sentence() -> None:
    types = (UnitType(1, Kind.ORDINARY, 4, (0,)), UnitType(2, Kind.ORDINARY, 3, (0,), (), 2))
    problem = Problem(1, ("全部",), (1,), (), types)
    (level,) = bottlenecks(problem, fair_chances(problem))

    assert level.sentence == "有 7 家机构；名额一共 1 个，所以每份权重至多 1/10，即 10.0000%。"


def test_a_bottleneck_in_a_pool_names_the_quota_and_its_room() -> None:
    types = (
        UnitType(1, Kind.ORDINARY, 10, (0,), (True,)),
        UnitType(2, Kind.ORDINARY, 10, (0,), (False,)),
    )
    quota = (Cross("质检中心", Predicate(), 1, 1),)
    problem = Problem(4, ("全部",), (4,), quota, types)
    first, second = bottlenecks(problem, fair_chances(problem))

    assert first.sentence == (
        "“质检中心”范围内有 10 家机构；按各项要求，这里至多有 1 个名额，"
        "所以每家至多 1/10，即 10.0000%。"
    )
    assert "其中 10 家机会更低或必查的机构已占 1 个，余 3 个" in second.sentence


def test_chances_that_miss_a_cross_quota_make_no_table() -> None:
    types = (
        UnitType(1, Kind.ORDINARY, 10, (0,), (True,)),
        UnitType(2, Kind.ORDINARY, 10, (0,), (False,)),
    )
    problem = Problem(4, ("全部",), (4,), (Cross("质检中心", Predicate(), 0, 1),), types)

    with pytest.raises(ArithmeticError, match="质检中心"):
        table_of(problem, {1: Fraction(2), 2: Fraction(2)})


def test_more_places_than_cuts_can_hold_are_refused() -> None:
    places = MOST_PLACES + 1
    types = tuple(UnitType(f + 1, Kind.ORDINARY, 2, (f,)) for f in range(places))
    problem = Problem(places, tuple(map(str, range(places))), (1,) * places, (), types)
    tree = nest(problem)
    assert tree is not None
    with pytest.raises(ValueError, match="at most"):
        leximin(problem, tree)
