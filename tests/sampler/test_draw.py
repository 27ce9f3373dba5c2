"""What is promised of every draw (section 6 of the draw rules), each line a test."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sampler import procedure
from sampler.draw import Outcome, hold_draw, whole_counts
from sampler.hashing import tagged
from sampler.inputs.roster_table import Roster
from sampler.procedure import Drawn
from sampler.quotas import Plan
from sampler.seeds import Contribution, seed_of
from tests.sampler.builders import (
    MACHINE_SHARE,
    SALT_KEY,
    Case,
    cases,
    chance_of_units,
    crossing_case,
    drawn_ids,
    every_outcome,
    feasible,
    files_of,
    matches,
    may_fill,
    roster_of,
    rows_of,
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


# -- every quota, always -----------------------------------------------------------------


def check_quotas(case: Case, drawn: Drawn) -> None:
    by_id = {r["unit_id"]: r for r in rows_of(case.roster)}
    picks = [pick for pick in drawn.outcome.picks if not pick.reserve]
    chosen = [by_id[pick.unit_id] for pick in picks]
    places = case.plan.places

    assert len({pick.unit_id for pick in picks}) == len(picks) == case.plan.n
    counts = Counter(places[pick.place][0] for pick in picks)
    assert all(counts[name] == count for name, count in places)
    for cross in case.plan.cross:
        assert cross.low <= sum(matches(cells, cross.where) for cells in chosen) <= cross.high
    for pick, cells in zip(picks, chosen, strict=True):
        assert matches(cells, case.plan.eligible)
        place = places[pick.place][0]
        fixed = {c.unit_id: c.field for c in case.plan.certain}.get(pick.unit_id)
        assert place == fixed if fixed else may_fill(case.plan, cells, place)
    ids = {pick.unit_id for pick in picks}
    assert {c.unit_id for c in case.plan.certain} <= ids
    assert not ids & {e.unit_id for e in case.plan.excluded}


@settings(max_examples=90)
@given(cases(), st.text(min_size=1, max_size=4))
def test_every_quota_is_met_always(case: Case, seed: str) -> None:
    assume(feasible(case))

    check_quotas(case, case.rehearsed(seed, "乙"))


@settings(max_examples=20)
@given(crossing_cases, st.text(min_size=1, max_size=4))
def test_every_quota_is_met_always_where_quotas_cross(case: Case, seed: str) -> None:
    drawn = case.rehearsed(seed, "乙")

    assert drawn.certificate["commitment"]["chances"]["path"] == "panels"
    check_quotas(case, drawn)


@settings(max_examples=50)
@given(cases())
def test_a_reserve_can_replace_a_drawn_unit_of_its_place_and_signature(case: Case) -> None:
    assume(case.plan.reserves and feasible(case))
    drawn = case.rehearsed()
    by_id = {r["unit_id"]: r for r in rows_of(case.roster)}

    def signature(unit_id: str) -> tuple[bool, ...]:
        return tuple(matches(by_id[unit_id], cross.where) for cross in case.plan.cross)

    picks = [(p.place, signature(p.unit_id)) for p in drawn.outcome.picks if not p.reserve]
    reserves = [(p.place, signature(p.unit_id)) for p in drawn.outcome.picks if p.reserve]
    ids = [p.unit_id for p in drawn.outcome.picks]
    chance = chance_of_units(drawn)

    assert len(ids) == len(set(ids))
    assert set(reserves) <= set(picks)
    assert max(Counter(reserves).values(), default=0) <= case.plan.reserves
    short = {(s.place, s.signature): s.found for s in drawn.outcome.shortfalls}
    for place, sign in set(picks):
        names = tuple(i for i, truth in enumerate(sign) if truth)
        assert Counter(reserves)[place, sign] == short.get((place, names), case.plan.reserves)
    for pick in drawn.outcome.picks:
        if pick.reserve:
            assert chance[pick.unit_id] > 0
            assert may_fill(case.plan, by_id[pick.unit_id], case.plan.places[pick.place][0])


@settings(max_examples=50)
@given(cases())
def test_ranks_follow_the_tickets_drawn_units_first(case: Case) -> None:
    assume(feasible(case))
    drawn = case.rehearsed()
    for place in range(len(case.plan.places)):
        there = [p for p in drawn.outcome.picks if p.place == place]
        order = [
            (p.reserve, tagged("spotcheck/ticket/1", drawn.outcome.seed, "draw", p.unit_id))
            for p in there
        ]
        assert [p.rank for p in there] == list(range(1, len(there) + 1))
        assert order == sorted(order)


# -- chances ----------------------------------------------------------------------------


def check_expectation(case: Case) -> None:
    """Over all coins the expected number of each type is its units times its chance, and
    inside a type the smallest tickets make all units equal."""
    commitment = case.commitment().data
    expected, total = Counter[int](), Fraction(0)
    outcomes = every_outcome(lambda coins: whole_counts(commitment, lambda _: coins))
    for number, (counts, odds) in enumerate(outcomes):
        assume(number < MOST_OUTCOMES)
        total += odds
        in_place = Counter[int]()
        for (t, place), count in counts.items():
            expected[t] += odds * count  # type: ignore[assignment]
            in_place[place] += count
        assert [in_place[i] for i, _ in enumerate(case.plan.places)] == [
            count for _, count in case.plan.places
        ]
    assert total == 1
    for t in commitment["types"]:
        assert expected[t["number"]] == Fraction(t["chance"]) * t["units"]


@settings(max_examples=80)
@given(cases(most=9))
def test_expected_selection_is_the_published_chance(case: Case) -> None:
    assume(feasible(case))

    check_expectation(case)


@settings(max_examples=6)
@given(st.integers(0, 60).map(partial(crossing_case, units=12)))
def test_expected_selection_is_the_published_chance_where_quotas_cross(case: Case) -> None:
    assume(feasible(case))

    check_expectation(case)


@settings(max_examples=90)
@given(cases())
def test_no_chance_is_negative_or_above_the_cap_whatever_the_weights(case: Case) -> None:
    assume(feasible(case))
    certain = {c.unit_id for c in case.plan.certain}
    for unit_id, chance in chance_of_units(case.rehearsed()).items():
        assert chance == 1 if unit_id in certain else 0 <= chance <= case.plan.cap


@settings(max_examples=50)
@given(cases())
def test_chances_add_up_to_the_number_drawn(case: Case) -> None:
    assume(feasible(case))

    assert sum(chance_of_units(case.rehearsed()).values()) == case.plan.n


@settings(max_examples=50)
@given(cases())
def test_who_has_chance_0_is_never_drawn_and_who_has_1_always(case: Case) -> None:
    assume(feasible(case))
    chances = chance_of_units(case.rehearsed())
    for seed in "丙丁戊":
        ids = set(drawn_ids(case.rehearsed(seed, "乙")))
        assert {u for u, p in chances.items() if p == 1} <= ids
        assert not ids & {u for u, p in chances.items() if p == 0}


# -- what must not matter ---------------------------------------------------------------


def shuffled(roster: Roster, chance: Random) -> Roster:
    rows, columns = rows_of(roster), list(roster.columns)
    chance.shuffle(rows)
    chance.shuffle(columns)
    return roster_of(rows, columns)


@settings(max_examples=50)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_change_a_byte(case: Case, chance: Random) -> None:
    assume(feasible(case))
    other = replace(case, roster=shuffled(case.roster, chance))

    assert files_of(other.rehearsed()) == files_of(case.rehearsed())


@settings(max_examples=5)
@given(st.integers(0, 60).map(crossing_case), st.randoms(use_true_random=False))
def test_nor_does_it_where_quotas_cross(case: Case, chance: Random) -> None:
    data, given_ = case.commitment().data, [Contribution("甲", "一"), Contribution("乙", None)]
    again = procedure.reopen(data, shuffled(case.roster, chance), SALT_KEY)

    assert (
        procedure.draw(again, given_).certificate
        == procedure.draw(case.commitment(), given_).certificate
    )


@settings(max_examples=50)
@given(cases(), st.sampled_from(["", "甲", "一二三"]))
def test_a_column_that_the_plan_does_not_read_changes_no_chance_and_no_draw(
    case: Case, cell: str
) -> None:
    assume(feasible(case))
    rows = [{**r, "photo": cell + r["unit_id"]} for r in rows_of(case.roster)]
    other = replace(case, roster=roster_of(rows))

    assert chance_of_units(other.rehearsed()) == chance_of_units(case.rehearsed())
    assert drawn_with(other, "同一摘要") == drawn_with(case, "同一摘要")


@settings(max_examples=50)
@given(cases(), st.integers(0, 5))
def test_more_reserves_never_change_the_drawn(case: Case, more: int) -> None:
    assume(feasible(case))
    other = replace(case, plan=replace(case.plan, reserves=case.plan.reserves + more))
    few, many = drawn_with(case, "同一摘要"), drawn_with(other, "同一摘要")

    def firm(outcome: Outcome) -> list[object]:
        return [pick for pick in outcome.picks if not pick.reserve]

    assert firm(few) == firm(many)


@settings(max_examples=50)
@given(cases())
def test_a_longer_queue_of_reserves_begins_with_the_shorter_in_the_first_place(case: Case) -> None:
    assume(feasible(case))
    first = min(p.place for p in case.rehearsed().outcome.picks)

    def reserves(count: int) -> list[str]:
        with_count = replace(case, plan=replace(case.plan, reserves=count, cross=()))
        assume(feasible(with_count))
        picks = drawn_with(with_count, "同一摘要").picks
        return [p.unit_id for p in picks if p.reserve and p.place == first]

    assert reserves(2)[: len(reserves(1))] == reserves(1)


@settings(max_examples=40)
@given(cases())
def test_equal_commitment_and_contributions_give_equal_bytes(case: Case) -> None:
    assume(feasible(case))
    given_ = [
        Contribution("machine", MACHINE_SHARE),
        Contribution("公证处", "1"),
        Contribution("彩票", "2"),
    ]

    assert files_of(procedure.draw(case.commitment(), given_)) == files_of(
        procedure.draw(case.commitment(), given_)
    )


def test_any_word_of_any_contribution_changes_the_seed() -> None:
    given_ = [Contribution("甲", "1"), Contribution("乙", "23")]
    seeds = {
        seed_of("摘要", given_),
        seed_of("摘要2", given_),
        seed_of("摘要", [Contribution("甲", "12"), Contribution("乙", "3")]),
        seed_of("摘要", [Contribution("甲", "1"), Contribution("丙", "23")]),
        seed_of("摘要", given_[::-1]),
        seed_of("摘要", given_[:1]),
    }

    assert len(seeds) == 6
