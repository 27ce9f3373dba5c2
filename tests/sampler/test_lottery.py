"""Dependent rounding: whole units that keep every sum and every expectation."""

from collections import Counter, defaultdict
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from sampler.lottery import Arc, round_arcs
from sampler.seeds import Coins
from tests.sampler.builders import every_outcome

Tables = tuple[int, list[Arc]]


@st.composite
def tables(draw: st.DrawFn, most: int = 3, denominators: int = 12) -> Tables:
    """A mean of whole tables on a tree of pools: pools over types over places.

    Whatever is drawn this way is whole at every pool of the root, type and place that is
    whole in all the tables; the arcs are those of a draw.
    """
    types, places = draw(st.integers(1, most)), draw(st.integers(1, most))
    pool = [draw(st.integers(0, 1)) for _ in range(types)]
    wanted = draw(st.lists(st.integers(0, 2), min_size=places, max_size=places))
    odds = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    denominator = sum(odds)
    cells = Counter[tuple[int, int]]()
    for weight in odds:
        for place, count in enumerate(wanted):
            for _ in range(count):
                cells[draw(st.integers(0, types - 1)), place] += weight
    return denominator, arcs_of(pool, cells)


def arcs_of(pool: list[int], cells: Counter[tuple[int, int]]) -> list[Arc]:
    rows, pools = Counter[int](), Counter[int]()
    for (t, _), amount in cells.items():
        rows[t] += amount
        pools[pool[t]] += amount
    arcs: list[Arc] = [("root", ("pool", v), amount) for v, amount in sorted(pools.items())]
    arcs += [(("pool", pool[t]), ("type", t), amount) for t, amount in sorted(rows.items())]
    return arcs + [(("type", t), ("place", f), amount) for (t, f), amount in sorted(cells.items())]


def balance(arcs: list[Arc], amounts: list[Fraction]) -> dict[object, Fraction]:
    """What flows in less what flows out, at every node."""
    sums: defaultdict[object, Fraction] = defaultdict(Fraction)
    for (tail, head, _), amount in zip(arcs, amounts, strict=True):
        sums[tail] -= amount
        sums[head] += amount
    return dict(sums)


@settings(max_examples=150)
@given(tables())
def test_over_all_coins_the_mean_is_exactly_the_table(table: Tables) -> None:
    denominator, arcs = table
    mean, total = [Fraction(0)] * len(arcs), Fraction(0)
    for whole, odds in every_outcome(lambda coins: round_arcs(arcs, denominator, coins)):
        total += odds
        mean = [m + odds * amount for m, amount in zip(mean, whole, strict=True)]

    assert total == 1
    assert mean == [Fraction(amount, denominator) for _, _, amount in arcs]


@settings(max_examples=150)
@given(tables())
def test_under_every_coin_an_amount_is_rounded_to_its_floor_or_ceiling(table: Tables) -> None:
    denominator, arcs = table
    for whole, _ in every_outcome(lambda coins: round_arcs(arcs, denominator, coins)):
        for (_, _, amount), rounded in zip(arcs, whole, strict=True):
            assert amount // denominator <= rounded <= -(-amount // denominator)


@settings(max_examples=150)
@given(tables())
def test_under_every_coin_all_sums_that_were_whole_are_kept(table: Tables) -> None:
    denominator, arcs = table
    before = balance(arcs, [Fraction(amount, denominator) for _, _, amount in arcs])
    for whole, odds in every_outcome(lambda coins: round_arcs(arcs, denominator, coins)):
        assert odds > 0
        assert balance(arcs, [Fraction(amount) for amount in whole]) == before


@given(tables(most=6), st.text("0123456789abcdef", min_size=4, max_size=4))
def test_the_same_seed_rounds_the_same_way(table: Tables, seed: str) -> None:
    denominator, arcs = table

    assert round_arcs(arcs, denominator, Coins(seed, "round")) == round_arcs(
        arcs, denominator, Coins(seed, "round")
    )


class NoCoins:
    """For tables that leave nothing to chance."""

    def below(self, bound: int) -> int:
        raise AssertionError(f"asked for a coin below {bound}")


def test_a_table_of_whole_amounts_needs_no_coin() -> None:
    arcs: list[Arc] = [("a", "b", 4), ("b", "c", 4)]

    assert round_arcs(arcs, 2, NoCoins()) == [2, 2]


def test_a_denominator_of_hundreds_of_bits_comes_to_an_end() -> None:
    # a prototype with coins of 256 bits looped for ever here
    denominator = 3**300
    arcs: list[Arc] = [("a", ("t", i), denominator // 3) for i in range(3)]
    arcs += [(("t", i), "b", denominator // 3) for i in range(3)]

    assert sum(round_arcs(arcs, denominator, Coins("00", "round"))[:3]) == 1


@given(st.integers(1, 2**600), st.text(max_size=3))
def test_coins_are_below_their_bound_whatever_its_size(bound: int, seed: str) -> None:
    coins = Coins(seed, "round")

    assert all(0 <= coins.below(bound) < bound for _ in range(3))


def test_coins_are_even() -> None:
    coins = Coins("甲", "round")
    counts = Counter(coins.below(5) for _ in range(5_000))

    # chi-square with 4 degrees of freedom: 23.5 is exceeded once in ten thousand
    assert sum((count - 1_000) ** 2 / 1_000 for count in counts.values()) < 23.5
    assert set(counts) == set(range(5))
