"""The classical methods: what they draw, and whether they keep the chances they announce."""

import json
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, permutations, product
from math import log, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampler.classical.design import Design, allocate, design, not_kept
from sampler.classical.promises import EXACT, NOMINAL, chances, needs_replay
from sampler.classical.sampford import Sampford
from sampler.classical.taking import TICKETS, Candidate, RanOut, sampford_table, take
from sampler.faults import BadInput
from sampler.hashing import canonical, tagged
from sampler.quotas import Certain, Cross, Kind, Method, Plan, Predicate, Problem, Shares, UnitType
from sampler.seeds import Coins

ONE_PLACE = [m for m in Method if m not in (Method.FAIR, Method.SEQUENTIAL)]
CLASSICAL = [m for m in Method if m is not Method.FAIR]
QI = Predicate((("qi_centre", ("1",)),))
bounded = settings(max_examples=60, deadline=None, derandomize=True)


def one_place(n: int, *sizes_and_weights: tuple[int, int], certain: int = 0) -> Problem:
    """A problem of one place: types of (units, weight), and some certain units last."""
    types = [
        UnitType(number, Kind.ORDINARY, units, (0,), (), weight)
        for number, (units, weight) in enumerate(sizes_and_weights, start=1)
    ]
    if certain:
        types.append(UnitType(len(types) + 1, Kind.CERTAIN, certain, (0,)))
    return Problem(n, ("全部",), (n,), (), tuple(types))


def by_fields(
    counts: Sequence[int],
    *types: tuple[int, tuple[int, ...]],
    qi: int | None = None,
    qi_types: Sequence[int] = (),
) -> Problem:
    """A problem with fields: types of (units, places); *qi* of *qi_types* must be drawn."""
    n = sum(counts)
    cross = () if qi is None else (Cross("质检中心", QI, qi, qi),)
    made = tuple(
        UnitType(number, Kind.ORDINARY, units, places, (number in qi_types,) * len(cross))
        for number, (units, places) in enumerate(types, start=1)
    )
    return Problem(n, tuple(f"领域{i}" for i in range(len(counts))), tuple(counts), cross, made)


def units_of(problem: Problem) -> list[tuple[str, int]]:
    return [(f"机构{t.number}-{i}", t.number) for t in problem.types for i in range(t.units)]


def queue_of(problem: Problem, seed: str) -> list[Candidate]:
    rows = [Candidate(int(tagged("t", seed, u), 16), u, number) for u, number in units_of(problem)]
    return sorted(rows)


def coins(seed: str) -> Coins:
    return Coins(seed, "draw")


def drawn_by(problem: Problem, method: Method, seed: str = "种子") -> list[Candidate]:
    drawn = take(problem, design(problem, method), queue_of(problem, seed), coins(seed))
    return [unit for unit, _ in drawn]


def over_all_ticket_orders(problem: Problem, made: Design) -> dict[int, Fraction]:
    """Chance of one unit of each type, over every order of the tickets."""
    hits, orders = Counter[int](), 0
    for order in permutations(units_of(problem)):
        queue = [Candidate(ticket, u, number) for ticket, (u, number) in enumerate(order)]
        orders += 1
        hits.update(unit.type for unit, _ in take(problem, made, queue, coins("不用")))
    return {t.number: Fraction(hits[t.number], orders * t.units) for t in problem.types}


def by_hand(problem: Problem, qi: int = 0, qi_types: Sequence[int] = ()) -> dict[int, Fraction]:
    """Chances of completed draws field after field, over every way the lots can fall."""
    places = {t.number: t.places for t in problem.types}
    units = frozenset((t.number, i) for t in problem.types for i in range(t.units))
    special = frozenset(unit for unit in units if unit[0] in qi_types)
    completed: dict[frozenset[tuple[int, int]], Fraction] = {}

    def spread(drawn: frozenset[tuple[int, int]], room: tuple[int, ...], odds: Fraction) -> None:
        if len(drawn) == qi:
            return fill(0, drawn, room, odds)
        fitting = [u for u in special - drawn if any(room[p] for p in places[u[0]])]
        for unit in fitting:
            place = next(p for p in places[unit[0]] if room[p])
            fewer = tuple(free - (p == place) for p, free in enumerate(room))
            spread(drawn | {unit}, fewer, odds / len(fitting))
        return None

    def fill(
        place: int, drawn: frozenset[tuple[int, int]], room: tuple[int, ...], odds: Fraction
    ) -> None:
        if place == len(room):
            completed[drawn] = completed.get(drawn, Fraction(0)) + odds
            return
        pool = [u for u in units - special - drawn if place in places[u[0]]]
        ways = list(combinations(pool, room[place]))
        for taken in ways:
            fill(place + 1, drawn | set(taken), room, odds / len(ways))

    spread(frozenset(), problem.counts, Fraction(1))
    kept = sum(completed.values())
    return {
        t.number: Fraction(sum(c for drawn, c in completed.items() if (t.number, 0) in drawn), kept)
        for t in problem.types
    }


types_of_one_place = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 9)), min_size=1, max_size=4
)


@st.composite
def draws(draw: st.DrawFn) -> Problem:
    types = draw(types_of_one_place)
    certain = draw(st.integers(0, 2))
    n = draw(st.integers(max(1, certain), sum(units for units, _ in types) + certain))
    return one_place(n, *types, certain=certain)


# -- every method ---------------------------------------------------------------------


@bounded
@given(draws(), st.sampled_from(CLASSICAL), st.text(max_size=3))
def test_every_method_draws_n_different_units(problem: Problem, method: Method, seed: str) -> None:
    drawn = drawn_by(problem, method, seed)
    assert len({unit.unit_id for unit in drawn}) == len(drawn) == problem.n


@bounded
@given(draws(), st.sampled_from(CLASSICAL), st.text(max_size=3))
def test_certain_units_are_always_drawn_and_come_first(
    problem: Problem, method: Method, seed: str
) -> None:
    certain = {t.number for t in problem.types if t.kind is Kind.CERTAIN}
    must = sum(t.units for t in problem.types if t.kind is Kind.CERTAIN)
    drawn = drawn_by(problem, method, seed)
    assert all(unit.type in certain for unit in drawn[:must])


@bounded
@given(draws(), st.sampled_from(CLASSICAL))
def test_the_chances_of_all_units_sum_to_n(problem: Problem, method: Method) -> None:
    known, _ = chances(problem, design(problem, method))
    assert sum(known[t.number] * t.units for t in problem.types) == problem.n
    assert all(0 <= p <= 1 for p in known.values())


@bounded
@given(draws(), st.sampled_from(CLASSICAL))
def test_a_design_survives_being_written_down(problem: Problem, method: Method) -> None:
    made = design(problem, method)
    assert Design.from_json(json.loads(canonical(made.as_json()))) == made


@pytest.mark.parametrize("method", CLASSICAL)
def test_units_without_weight_excluded_or_not_eligible_are_never_drawn(method: Method) -> None:
    types = (
        UnitType(1, Kind.ORDINARY, 3, (0,), (), 2),
        UnitType(2, Kind.ORDINARY, 9, (0,), (), 0),
        UnitType(3, Kind.EXCLUDED, 9, (0,)),
        UnitType(4, Kind.OUTSIDE, 9, (0,)),
    )
    problem = Problem(3, ("全部",), (3,), (), types)
    assert {unit.type for unit in drawn_by(problem, method)} == {1}
    assert chances(problem, design(problem, method))[0] == {1: 1, 2: 0, 3: 0, 4: 0}


@pytest.mark.parametrize("method", CLASSICAL)
def test_too_few_units_and_too_many_certain_ones_are_faults(method: Method) -> None:
    with pytest.raises(BadInput, match="可抽机构只有 3 家，少于应抽的 4 家"):
        design(one_place(4, (3, 1)), method)
    with pytest.raises(BadInput, match="必查机构有 3 家，多于应抽的 2 家"):
        design(one_place(2, (3, 1), certain=3), method)


def test_the_fair_draw_is_not_a_classical_method() -> None:
    with pytest.raises(ValueError, match="not a classical method"):
        design(one_place(1, (3, 1)), Method.FAIR)


@pytest.mark.parametrize("method", ONE_PLACE)
def test_methods_that_know_no_places_refuse_several(method: Method) -> None:
    with pytest.raises(ValueError, match="knows no places"):
        design(by_fields([1, 1], (3, (0, 1))), method)


def test_what_a_method_does_not_keep_is_said() -> None:
    plan = Plan(
        "计划",
        2,
        cap=Fraction(1, 2),
        fields=(("食品", 1), ("其他", 1)),
        cross=(Cross("质检中心", QI, 1, 1),),
        weights=Shares("level", (("国家级", Fraction(2)),)),
        certain=(Certain("甲", "回头看"),),
    )
    assert not_kept(plan, Method.FAIR) == []
    assert not_kept(plan, Method.SEQUENTIAL) == [
        "此方法不保证单家机构的概率上限",
        "此方法不使用权重，只不抽权重为 0 的机构",
    ]
    assert not_kept(plan, Method.PARETO) == [
        "此方法不分领域抽取，不保证各领域的数量",
        "此方法不保证以下交叉数量：质检中心",
        "此方法不保证单家机构的概率上限",
    ]


# -- simple and proportional ----------------------------------------------------------


@bounded
@given(draws(), st.text(max_size=3))
def test_a_larger_simple_draw_begins_with_the_smaller(problem: Problem, seed: str) -> None:
    smaller = Problem(problem.n, problem.names, problem.counts, (), problem.types)
    all_units = sum(t.units for t in problem.types)
    larger = Problem(all_units, problem.names, (all_units,), (), problem.types)
    assert drawn_by(larger, Method.SIMPLE, seed)[: problem.n] == drawn_by(
        smaller, Method.SIMPLE, seed
    )


@pytest.mark.parametrize("method", [Method.SIMPLE, Method.PROPORTIONAL])
@pytest.mark.parametrize(
    "problem",
    [
        one_place(3, (2, 1), (3, 4), (1, 1)),
        one_place(4, (2, 5), (3, 1), certain=2),
        one_place(6, (6, 1)),
        one_place(1, (4, 1), (2, 2)),
    ],
)
def test_announced_chances_are_those_of_all_ticket_orders(method: Method, problem: Problem) -> None:
    made = design(problem, method)
    assert chances(problem, made) == (over_all_ticket_orders(problem, made), EXACT)


def test_largest_remainders_give_the_textbook_seats() -> None:
    votes = [47_000, 16_000, 15_800, 12_000, 6_100, 3_100]
    assert allocate(10, votes, votes) == [5, 2, 1, 1, 1, 0]


def test_largest_remainders_show_the_alabama_paradox() -> None:
    states = [6_000, 6_000, 2_000]
    assert allocate(10, states, states) == [4, 4, 2]
    assert allocate(11, states, states) == [5, 5, 1]


def test_a_tie_between_remainders_goes_to_the_earlier_stratum() -> None:
    assert allocate(1, [5, 5], [5, 5]) == [1, 0]
    assert allocate(3, [4, 4], [4, 4]) == [2, 1]


def test_what_a_small_stratum_cannot_take_goes_to_the_others_in_proportion() -> None:
    # 12 x 80/120 = 8 would exceed the two units of the first stratum
    assert allocate(12, [2, 20, 20], [80, 30, 10]) == [2, 8, 2]


@bounded
@given(types_of_one_place, st.data())
def test_an_allocation_stays_within_one_unit_of_proportion(
    strata: list[tuple[int, int]], data: st.DataObject
) -> None:
    sizes = [units for units, _ in strata]
    masses = [units * weight for units, weight in strata]
    count = data.draw(st.integers(0, sum(sizes)))
    shares = allocate(count, sizes, masses)
    assert sum(shares) == count
    assert all(0 <= share <= size for share, size in zip(shares, sizes, strict=True))
    quotas = [Fraction(count * mass, sum(masses)) for mass in masses]
    if all(quota <= size for quota, size in zip(quotas, sizes, strict=True)):
        assert all(abs(share - q) < 1 for share, q in zip(shares, quotas, strict=True))


def test_strata_can_be_named_in_the_order_of_the_plan() -> None:
    problem = one_place(3, (4, 1), (4, 1))
    made = design(problem, Method.PROPORTIONAL, strata=[[2], [1]])
    assert [(step.types, step.count) for step in made.steps] == [((2,), 2), ((1,), 1)]


# -- field after field ----------------------------------------------------------------

OVERLAPPING = by_fields([1, 2], (2, (0,)), (2, (0, 1)), (2, (1,)))
CROSSED = by_fields([1, 3], (3, (0,)), (2, (0, 1)), (2, (1,)), (3, (1,)), qi=2, qi_types=[2, 3])
SCARCE = by_fields([2, 1], (1, (0,)), (2, (0, 1)), (1, (1,)), (1, (0, 1)), qi=1, qi_types=[2, 3])


def test_a_draw_field_by_field_fills_every_place_with_those_who_may_fill_it() -> None:
    problem = by_fields([2, 3, 4], (9, (0, 2)), (9, (1,)), (9, (0, 1, 2)))
    places = {t.number: t.places for t in problem.types}
    for seed in map(str, range(50)):
        drawn = take(
            problem, design(problem, Method.SEQUENTIAL), queue_of(problem, seed), coins(seed)
        )
        assert Counter(place for _, place in drawn) == {0: 2, 1: 3, 2: 4}
        assert all(place in places[unit.type] for unit, place in drawn)
        assert [place for _, place in drawn] == sorted(place for _, place in drawn)


def test_the_cross_quota_is_exact_when_drawn_by_hand() -> None:
    problem = by_fields([3, 3], (9, (0,)), (9, (1,)), (9, (0, 1)), (9, (1,)), qi=2, qi_types=[3, 4])
    for seed in map(str, range(50)):
        drawn = take(
            problem, design(problem, Method.SEQUENTIAL), queue_of(problem, seed), coins(seed)
        )
        assert sum(unit.type in (3, 4) for unit, _ in drawn) == 2
        assert Counter(place for _, place in drawn) == {0: 3, 1: 3}
        assert {unit.type for unit, _ in drawn[:2]} <= {3, 4}


def test_a_unit_of_the_cross_quota_takes_the_first_place_with_room_or_is_skipped() -> None:
    problem = by_fields([1, 1], (1, (0,)), (1, (0,)), (1, (0, 1)), qi=2, qi_types=[1, 2, 3])
    made = design(problem, Method.SEQUENTIAL)
    seen: set[tuple[tuple[int | None, int], ...]] = set()
    for seed in map(str, range(60)):
        try:
            drawn = take(problem, made, queue_of(problem, seed), coins("不用"))
            seen.add(tuple((unit.type, place) for unit, place in drawn))
        except RanOut as ran_out:
            seen.add(((ran_out.place, ran_out.missing),))
    # when the third comes first it takes the only place of the other two
    assert seen == {((1, 0), (3, 1)), ((2, 0), (3, 1)), ((None, 1),)}


@pytest.mark.parametrize(
    "problem",
    [
        by_fields([1, 2], (3, (0,)), (3, (1,))),
        by_fields([1, 2], (2, (0, 1)), (3, (1,))),
        by_fields([2, 1], (5, (0, 1))),
    ],
)
def test_chances_field_by_field_are_exact_where_no_pool_depends_on_chance(problem: Problem) -> None:
    assert chances(problem, design(problem, Method.SEQUENTIAL)) == (by_hand(problem), EXACT)


@pytest.mark.parametrize(
    ("problem", "qi", "qi_types"), [(OVERLAPPING, 0, []), (CROSSED, 2, [2, 3]), (SCARCE, 1, [2, 3])]
)
def test_virtual_draws_come_close_to_the_chances_of_all_ways_the_lots_can_fall(
    problem: Problem, qi: int, qi_types: list[int]
) -> None:
    made, truth = design(problem, Method.SEQUENTIAL), by_hand(problem, qi, qi_types)
    estimated, note = chances(problem, made, coins("虚拟"))
    error = float(note.split("最大标准误 ")[1].split("；")[0])
    assert needs_replay(problem, made)
    assert error < 0.02
    assert all(abs(estimated[t] - truth[t]) < 4 * error for t in truth)


@pytest.mark.parametrize(
    ("problem", "qi", "qi_types"),
    [(by_fields([1, 2], (2, (0, 1)), (3, (1,))), 0, []), (CROSSED, 2, [2, 3])],
)
def test_real_draws_come_close_to_the_chances_of_all_ways_the_lots_can_fall(
    problem: Problem, qi: int, qi_types: list[int]
) -> None:
    made, truth = design(problem, Method.SEQUENTIAL), by_hand(problem, qi, qi_types)
    hits: Counter[int] = Counter()
    for seed in range(1_500):
        drawn = take(problem, made, queue_of(problem, str(seed)), coins("不用"))
        hits.update(unit.type for unit, _ in drawn)
    for t in problem.types:
        assert hits[t.number] / 1_500 / t.units == pytest.approx(float(truth[t.number]), abs=0.05)


def test_virtual_draws_report_their_progress() -> None:
    seen: list[tuple[int, int]] = []
    made = design(OVERLAPPING, Method.SEQUENTIAL)
    _, note = chances(
        OVERLAPPING, made, coins("虚拟"), 50, lambda done, rounds: seen.append((done, rounds))
    )
    assert seen == [(done, 50) for done in range(50)]
    assert note.startswith("近似：按 50 次模拟抽取估计，最大标准误 ")


def test_virtual_draws_need_coins() -> None:
    with pytest.raises(ValueError, match="needs coins"):
        chances(OVERLAPPING, design(OVERLAPPING, Method.SEQUENTIAL))


def test_a_draw_by_hand_that_runs_out_says_where() -> None:
    problem = by_fields([1, 1], (1, (0, 1)), (1, (0,)))
    made = design(problem, Method.SEQUENTIAL)
    queue = [Candidate(1, "甲", 1), Candidate(2, "乙", 2)]
    with pytest.raises(RanOut, match="领域1：抽到此处时可抽机构不足，还差 1 家"):
        take(problem, made, queue, coins("不用"))
    estimated, note = chances(problem, made, coins("虚拟"), rounds=100)
    assert estimated == {1: 1, 2: 1}
    assert "次未能抽满，未计入" in note


def test_a_draw_by_hand_that_always_runs_out_is_told_with_the_chances() -> None:
    problem = by_fields([1, 2], (5, (0,)), (1, (1,)))
    with pytest.raises(RanOut, match="领域1"):
        chances(problem, design(problem, Method.SEQUENTIAL))
    crossed = by_fields([1, 1], (5, (0,)), (1, (1,)), qi=2, qi_types=[1])
    with pytest.raises(RanOut, match="质检中心"):
        chances(crossed, design(crossed, Method.SEQUENTIAL), coins("虚拟"), rounds=5)


def test_by_hand_there_is_one_exact_cross_quota_at_most() -> None:
    for cross in ((Cross("甲", QI, 1, 2),), (Cross("甲", QI, 1, 1), Cross("乙", QI, 1, 1))):
        types = (UnitType(1, Kind.ORDINARY, 5, (0,), (True,) * len(cross)),)
        with pytest.raises(BadInput, match="逐领域抽取最多只能有一条交叉数量"):
            design(Problem(2, ("全部",), (2,), cross, types), Method.SEQUENTIAL)


def test_certain_units_are_seated_so_that_all_find_a_place() -> None:
    types = (
        UnitType(1, Kind.CERTAIN, 1, (0, 1)),
        UnitType(2, Kind.CERTAIN, 1, (0,)),
        UnitType(3, Kind.ORDINARY, 4, (1,)),
    )
    problem = Problem(3, ("甲", "乙"), (1, 2), (), types)
    made = design(problem, Method.SEQUENTIAL)
    drawn = take(problem, made, queue_of(problem, "种子"), coins("不用"))
    assert [(unit.type, place) for unit, place in drawn] == [(2, 0), (1, 1), (3, 1)]
    assert chances(problem, made) == ({1: 1, 2: 1, 3: Fraction(1, 4)}, EXACT)


def test_certain_units_that_cannot_all_be_seated_are_a_fault() -> None:
    types = (UnitType(1, Kind.CERTAIN, 2, (0,)), UnitType(2, Kind.ORDINARY, 4, (0, 1)))
    with pytest.raises(BadInput, match="必查机构无法全部安排"):
        design(Problem(2, ("甲", "乙"), (1, 1), (), types), Method.SEQUENTIAL)


def test_certain_units_count_for_the_cross_quota() -> None:
    cross = (Cross("质检中心", QI, 1, 1),)
    types = (
        UnitType(1, Kind.CERTAIN, 1, (0,), (True,)),
        UnitType(2, Kind.ORDINARY, 5, (0,), (True,)),
        UnitType(3, Kind.ORDINARY, 5, (0,), (False,)),
    )
    problem = Problem(3, ("全部",), (3,), cross, types)
    assert Counter(unit.type for unit in drawn_by(problem, Method.SEQUENTIAL)) == {1: 1, 3: 2}
    none = Problem(3, ("全部",), (3,), (Cross("质检中心", QI, 0, 0),), types)
    with pytest.raises(BadInput, match="必查机构中已有 1 家属于此类，多于规定的 0 家"):
        design(none, Method.SEQUENTIAL)


# -- order sampling -------------------------------------------------------------------


def share_of_first(method: Method, problem: Problem, grid: int = 60) -> float:
    """How often the unit of type 1 is drawn when two tickets run over a square grid."""
    made = design(problem, method)
    tickets = [(2 * i + 1) * TICKETS // (2 * grid) for i in range(grid)]
    hits = 0
    for first, second in product(tickets, repeat=2):
        queue = sorted([Candidate(first, "甲", 1), Candidate(second, "乙", 2)])
        hits += take(problem, made, queue, coins("不用"))[0][0].type == 1
    return hits / grid**2


def test_one_of_two_by_order_sampling_has_its_known_chance() -> None:
    """Nominally 2/3. Sequential Poisson: P(u < 2 v) = 3/4. Pareto: with c the square of
    the odds the difference of two logistic variables gives c (c - 1 - ln c) / (c - 1)^2.
    """
    problem, c = one_place(1, (1, 2), (1, 1)), 4
    assert share_of_first(Method.SPS, problem) == pytest.approx(3 / 4, abs=0.005)
    pareto = c * (c - 1 - log(c)) / (c - 1) ** 2
    assert share_of_first(Method.PARETO, problem) == pytest.approx(pareto, abs=0.005)


@pytest.mark.parametrize("method", [Method.SPS, Method.PARETO])
def test_order_sampling_with_equal_weights_is_a_simple_draw(method: Method) -> None:
    problem = one_place(7, (20, 3))
    assert drawn_by(problem, method) == drawn_by(problem, Method.SIMPLE)
    assert chances(problem, design(problem, method)) == ({1: Fraction(7, 20)}, EXACT)


@pytest.mark.parametrize("method", [Method.SPS, Method.PARETO])
def test_nominal_chances_are_called_approximate(method: Method) -> None:
    problem = one_place(3, (4, 1), (4, 2))
    known, note = chances(problem, design(problem, method))
    assert (known, note) == ({1: Fraction(1, 4), 2: Fraction(1, 2)}, NOMINAL)


@pytest.mark.parametrize("method", [Method.SPS, Method.PARETO])
def test_order_sampling_comes_close_to_its_nominal_chances(method: Method) -> None:
    problem = one_place(8, (16, 1), (8, 3))
    made = design(problem, method)
    hits = Counter(
        unit.type
        for seed in range(1_000)
        for unit, _ in take(problem, made, queue_of(problem, str(seed)), coins("不用"))
    )
    known, _ = chances(problem, made)
    assert hits[1] / 16_000 == pytest.approx(float(known[1]), abs=0.02)


@pytest.mark.parametrize("method", [Method.SPS, Method.PARETO, Method.SAMPFORD])
def test_a_unit_whose_share_exceeds_one_is_certain_and_the_rest_is_computed_again(
    method: Method,
) -> None:
    # 4 x 100/116 > 1; then 3 x 10/16 > 1 for the next; then 2 of six for the others
    problem = one_place(4, (6, 1), (1, 10), (1, 100))
    known, _ = chances(problem, design(problem, method))
    assert known == {1: Fraction(1, 3), 2: 1, 3: 1}
    assert {2, 3} <= {unit.type for unit in drawn_by(problem, method)}


def test_the_heavier_of_two_equal_tickets_goes_first() -> None:
    problem = one_place(1, (1, 1), (1, 2))
    queue = [Candidate(5, "甲", 1), Candidate(5, "乙", 2)]
    for method in (Method.SPS, Method.PARETO):
        assert take(problem, design(problem, method), queue, coins("不用"))[0][0].type == 2


# -- Sampford -------------------------------------------------------------------------


def by_rejection(chances_of: Sequence[Fraction], n: int) -> dict[frozenset[int], Fraction]:
    """The design by its procedure: one unit with odds as the chances, n - 1 with replacement
    with odds chance / (1 - chance); kept when all are different.
    """
    odds = [p / (1 - p) for p in chances_of]
    found: dict[frozenset[int], Fraction] = {}
    for first, *others in permutations(range(len(chances_of)), n):
        weight = chances_of[first] * prod((odds[i] for i in others), start=Fraction(1))
        kept = frozenset([first, *others])
        found[kept] = found.get(kept, Fraction(0)) + weight
    total = sum(found.values())
    return {sample: weight / total for sample, weight in found.items()}


def outcomes(table: Sampford) -> dict[tuple[int, ...], Fraction]:
    """Probability of every vector of counts that the table can give."""
    done: dict[tuple[int, ...], Fraction] = {(): Fraction(1)}
    for group in range(len(table.sizes)):
        before, done = done, {}
        for counts, chance in before.items():
            rest = sum(j * r for j, r in zip(counts, table.rest, strict=False))
            weights = table.weights(group, table.count - sum(counts), rest)
            for j, weight in enumerate(weights):
                if weight:
                    done[*counts, j] = chance * Fraction(weight, sum(weights))
    return done


def test_sampford_draws_every_sample_with_its_probability() -> None:
    """Six units of Tillé, Sampling Algorithms (2006), where n = 3."""
    chances_of = [Fraction(c, 100) for c in (7, 17, 41, 61, 83, 91)]
    samples = by_rejection(chances_of, 3)
    table = Sampford([1] * 6, chances_of, 3)
    assert outcomes(table) == {
        tuple(int(i in sample) for i in range(6)): chance for sample, chance in samples.items()
    }
    for unit, wanted in enumerate(chances_of):
        assert sum(c for sample, c in samples.items() if unit in sample) == wanted


@bounded
@given(draws())
def test_sampford_keeps_every_chance_exactly(problem: Problem) -> None:
    made = design(problem, Method.SAMPFORD)
    known, note = chances(problem, made)
    assert note == EXACT
    if made.groups:
        table = sampford_table(problem, made)
        found = outcomes(table)
        for group, (size, members) in enumerate(zip(table.sizes, made.groups, strict=True)):
            expected = sum(chance * counts[group] for counts, chance in found.items())
            assert expected / size == members.chance == known[members.types[0]]


def test_groups_of_equal_units_are_drawn_like_single_units() -> None:
    sizes, chances_of = [3, 4], [Fraction(1, 3), Fraction(1, 2)]
    singly = by_rejection([chances_of[0]] * 3 + [chances_of[1]] * 4, 3)
    found = outcomes(Sampford(sizes, chances_of, 3))
    for sample in combinations(range(7), 3):
        few = sum(unit < 3 for unit in sample)
        alike = sum(c for s, c in singly.items() if sum(unit < 3 for unit in s) == few)
        assert found[few, 3 - few] == alike


def test_sampford_counts_follow_their_probabilities_when_coins_decide() -> None:
    table = Sampford([3, 4], [Fraction(1, 3), Fraction(1, 2)], 3)
    source = coins("硬币")
    seen = Counter(tuple(table.counts(source)) for _ in range(4_000))
    for counts, chance in outcomes(table).items():
        assert seen[counts] / 4_000 == pytest.approx(float(chance), abs=0.03)


def test_sampford_does_not_slow_down_when_nearly_everybody_is_drawn() -> None:
    # rejection would need some 10^20 attempts here
    problem = one_place(60, (40, 4), (40, 5))
    assert len(drawn_by(problem, Method.SAMPFORD)) == 60
