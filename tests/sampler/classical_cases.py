"""Problems for the classical methods, and their chances by enumeration."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, permutations

from hypothesis import settings
from hypothesis import strategies as st

from sampler.classical.design import Design, design
from sampler.classical.taking import Candidate, take
from sampler.hashing import tagged
from sampler.quotas import Cross, Kind, Method, Predicate, Problem, UnitType
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
