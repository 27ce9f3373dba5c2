"""Cross quotas that nest form a tree; those that cross do not."""

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from sampler.pools import Tree, nest
from sampler.quotas import Cross, Kind, Predicate, Problem, UnitType


def problem(n: int, truths: Sequence[Sequence[bool]], bounds: Sequence[tuple[int, int]]) -> Problem:
    """One place; for each type the truth of each cross quota."""
    types = tuple(
        UnitType(number, Kind.ORDINARY, 3, (0,), tuple(truth))
        for number, truth in enumerate(truths, start=1)
    )
    cross = tuple(Cross(f"要求{i}", Predicate(), *bound) for i, bound in enumerate(bounds))
    return Problem(n, ("全部",), (n,), cross, types)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    n, quotas = draw(st.integers(1, 9)), draw(st.integers(0, 4))
    truths = draw(
        st.lists(st.tuples(*[st.booleans()] * quotas), min_size=1, max_size=6, unique=True)
    )
    bounds = [sorted(draw(st.tuples(*[st.integers(0, n)] * 2))) for _ in range(quotas)]
    return problem(n, truths, [(low, high) for low, high in bounds])


def members(tree: Tree, pool: int, p: Problem) -> set[int]:
    """Types whose way from their home up to the root passes the pool."""
    held = set()
    for t in p.drawable:
        at = tree.home[t.number]
        while at not in (pool, -1):
            at = tree.pools[at].parent
        held |= {t.number} if at == pool else set()
    return held


def binding(p: Problem) -> list[int]:
    return [i for i, c in enumerate(p.cross) if (c.low, c.high) != (0, p.n)]


@given(problems())
def test_a_pool_holds_the_types_of_its_quota_or_all_the_others(p: Problem) -> None:
    tree = nest(p)
    if tree is None:
        return

    assert sorted(pool.cross for pool in tree.pools if pool.cross is not None) == binding(p)
    for number, pool in enumerate(tree.pools):
        if pool.cross is not None:
            met = {t.number for t in p.drawable if t.cross[pool.cross] != pool.complement}
            assert members(tree, number, p) == met


@given(problems())
def test_the_bounds_of_a_complement_are_what_the_quota_leaves_of_the_draw(p: Problem) -> None:
    tree = nest(p)
    for pool in tree.pools if tree else ():
        if pool.cross is not None:
            cross = p.cross[pool.cross]
            low, high = (
                (p.n - cross.high, p.n - cross.low)
                if pool.complement
                else (
                    cross.low,
                    cross.high,
                )
            )
            assert (pool.low, pool.high) == (low, high)


@given(problems())
def test_there_is_a_tree_exactly_if_no_two_quotas_cross_in_all_four_ways(p: Problem) -> None:
    # two sets cross whatever is complemented if and only if all four corners are taken
    corners = [
        {(t.cross[a], t.cross[b]) for t in p.drawable} for a, b in combinations(binding(p), 2)
    ]

    assert (nest(p) is None) == any(len(found) == 4 for found in corners)


@given(problems())
def test_parents_come_before_children(p: Problem) -> None:
    tree = nest(p)
    for number, pool in enumerate(tree.pools if tree else ()):
        assert pool.parent < number
        assert all(tree.pools[child].parent == number for child in tree.children(number))  # type: ignore[union-attr]


def test_a_quota_that_binds_nobody_needs_no_pool() -> None:
    tree = nest(
        problem(3, [(True, True), (False, True), (True, False), (False, False)], [(0, 3)] * 2)
    )

    assert tree is not None
    assert len(tree.pools) == 1


def test_a_quota_for_qi_centres_and_one_for_each_class_nest_if_classes_are_counted_within() -> None:
    truths = [(qi, qi and c, qi and not c) for qi in (True, False) for c in (True, False)]
    tree = nest(problem(5, [truths[0], truths[1], truths[2]], [(2, 2), (1, 1), (1, 1)]))

    assert tree is not None
    assert (
        nest(problem(5, [(True, True), (True, False), (False, True), (False, False)], [(2, 2)] * 2))
        is None
    )
