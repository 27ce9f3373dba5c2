"""Panels: fair chances where cross quotas cross."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sampler.faults import Infeasible
from sampler.highs import Floats
from sampler.panels import DENOMINATOR, Lottery, PanelResult, apportion, fair_panels
from sampler.peeling import TOTAL
from sampler.quotas import Cross, Kind, Predicate, Problem, UnitType

bounded = settings(max_examples=60, derandomize=True, deadline=None)

# -- problems ------------------------------------------------------------------------


def problem(
    counts: tuple[int, ...],
    cross: list[tuple[int, int]],
    types: list[tuple[int, tuple[int, ...], tuple[bool, ...]]],
    **more: object,
) -> Problem:
    """Places a, b, ..., quotas q0, q1, ..., ordinary types (units, places, truth)."""
    return Problem(
        n=sum(counts),
        names=tuple("abcdefgh"[: len(counts)]),
        counts=counts,
        cross=tuple(Cross(f"q{i}", Predicate(), *bounds) for i, bounds in enumerate(cross)),
        types=tuple(UnitType(i, Kind.ORDINARY, *t) for i, t in enumerate(types, 1)),
        **more,  # type: ignore[arg-type]
    )


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    """At most two places, three crossing quotas, five types, four drawn."""
    counts = tuple(draw(st.lists(st.integers(1, 2), min_size=1, max_size=2)))
    n = sum(counts)
    quotas = draw(st.integers(1, 3))
    masks = st.lists(st.integers(0, len(counts) - 1), min_size=1, unique=True)
    truths = st.tuples(*[st.booleans()] * quotas)
    kinds = st.sampled_from([Kind.ORDINARY] * 5 + [Kind.CERTAIN])
    types = tuple(
        UnitType(
            number,
            kind := draw(kinds),
            draw(st.integers(1, 2 if kind is Kind.CERTAIN else 4)),
            tuple(sorted(draw(masks))),
            draw(truths),
            draw(st.integers(0, 3)) if kind is Kind.ORDINARY else 1,
        )
        for number in range(1, draw(st.integers(2, 5)) + 1)
    )
    # bounds near what some draw would count, so that most problems can be met
    drawn = [
        draw(st.sampled_from([t for t in types if f in t.places] or types))
        for f, count in enumerate(counts)
        for _ in range(count)
    ]
    cross = []
    for q in range(quotas):
        met = sum(t.cross[q] for t in drawn)
        low, high = met - draw(st.integers(0, 1)), met + draw(st.integers(0, 1))
        cross.append(Cross(f"q{q}", Predicate(), max(low, 0), min(high, n)))
    cap = draw(st.sampled_from([Fraction(1), Fraction(1), Fraction(9, 10), Fraction(2, 3)]))
    return Problem(n, tuple("ab"[: len(counts)]), counts, tuple(cross), types, cap)


# -- a slow oracle -------------------------------------------------------------------


def all_panels(p: Problem) -> Floats:
    """(P, T) every way to draw whole units of each drawable type, by full enumeration."""
    types = p.drawable
    found = set()
    rows = [list(ways(t, p.counts)) for t in types]
    for table in product(*rows):
        drawn = tuple(map(sum, table))
        if tuple(map(sum, zip(*table, strict=True))) != p.counts:
            continue
        if all(
            q.low <= sum(d for d, t in zip(drawn, types, strict=True) if t.cross[i]) <= q.high
            for i, q in enumerate(p.cross)
        ):
            found.add(drawn)
    return np.array(sorted(found), dtype=float).reshape(len(found), len(types))


def ways(t: UnitType, counts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every row of whole numbers that a type's units can fill."""
    ranges = [range(c + 1) if f in t.places else range(1) for f, c in enumerate(counts)]
    for row in product(*ranges):
        if sum(row) == t.units or (t.kind is Kind.ORDINARY and sum(row) < t.units):
            yield row


def leximin_of(p: Problem, panels: Floats) -> dict[int, float] | None:
    """Leximin of chance / weight over all means of *panels*, by one program per type and stage.

    None if no mean stays below the cap.
    """
    types = p.drawable
    most = np.array([float(p.upper(t)) for t in types])
    mass = np.array([t.units * t.weight for t in types], dtype=float)
    levels: dict[int, float] = {}
    free = [i for i, t in enumerate(types) if t.kind is Kind.ORDINARY]
    floor = np.zeros(len(types))

    def best(goal: Floats, rising: list[int]) -> float | None:
        # columns: odds of the panels, then the height of the rising types
        height = np.zeros((len(types), 1))
        height[rising] = mass[rising, None]
        low = np.hstack([-panels.T, height])
        high = np.hstack([panels.T, np.zeros((len(types), 1))])
        answer = linprog(
            -goal,
            A_ub=np.vstack([low, high]),
            b_ub=np.concatenate([-floor, most + 1e-9]),
            A_eq=np.append(np.ones(len(panels)), 0.0)[None, :],
            b_eq=[1.0],
        )
        return None if answer.x is None else -float(answer.fun)

    if not len(panels) or best(np.zeros(len(panels) + 1), []) is None:
        return None
    while free:
        z = best(np.append(np.zeros(len(panels)), 1.0), free)
        assert z is not None
        # a little below, or the solver's own rounding would leave no room for the next stage
        floor[free] = z * mass[free] - 1e-6
        stuck = []
        for i in free:
            alone = best(np.append(panels[:, i], 0.0), [])
            if alone is None or alone <= z * mass[i] + 1e-4:
                stuck.append(i)
        levels |= {types[i].number: z for i in stuck or free}
        free = [i for i in free if i not in (stuck or free)]
    return levels


# -- promises ------------------------------------------------------------------------


@bounded
@given(small_problems())
def test_chances_are_as_equal_as_whole_panels_allow(p: Problem) -> None:
    best = leximin_of(p, all_panels(p))
    try:
        result = fair_panels(p)
    except Infeasible:
        assert best is None or (p.cap < 1 and near_the_lowest_cap(p))
        return
    assert best is not None
    result.lottery.check(p)
    chances = result.lottery.chances(p)
    assert sum(chances[t.number] * t.units for t in p.drawable) == p.n
    weight = {t.number: t.weight for t in p.drawable}
    reached = {i: float(chances[i]) / weight[i] for i in best}
    assert reached == pytest.approx(best, abs=2e-5)


def near_the_lowest_cap(p: Problem) -> bool:
    """Would a hair less of the cap leave nothing?"""
    panels = all_panels(p)
    return leximin_of(replace(p, cap=p.cap * (1 - Fraction(1, 10**7))), panels) is None
