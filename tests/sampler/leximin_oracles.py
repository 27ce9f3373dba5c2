"""Slow oracles for the fair chances: linear programs, and all cuts one by one."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from sampler.quotas import Kind, Problem, UnitType

Floats = NDArray[np.float64]

SURE = 1e-6
"""Levels of the small problems of these tests differ by more than this, or not at all."""


class Programme:
    """The tables of chances of a problem as a polytope: one variable for each (type, place)."""

    def __init__(self, problem: Problem) -> None:
        self.types = problem.drawable
        self.cells = [(i, f) for i, t in enumerate(self.types) for f in t.places]
        self.mass = np.array([float(t.units * t.weight) for t in self.types])
        self.rows = np.array([self._row(i == k for i, _ in self.cells) for k in self._positions])
        self.places = np.array(
            [self._row(f == g for _, f in self.cells) for g, _ in enumerate(problem.counts)]
        )
        self.counts = list(problem.counts)
        self.above = [*self.rows]
        self.most = [float(problem.upper(t)) for t in self.types]
        for row, t in zip(self.rows, self.types, strict=True):
            if _sure(t):
                self.above.append(-row)
                self.most.append(-t.units)
        for q, cross in enumerate(problem.cross):
            row = self._row(self.types[i].cross[q] for i, _ in self.cells)
            self.above += [row, -row]
            self.most += [cross.high, -cross.low]

    @property
    def _positions(self) -> range:
        return range(len(self.types))

    def _row(self, truths: Iterable[bool]) -> Floats:
        """A row of 0 and 1; the last variable is the common level, free for a goal to use."""
        return np.array([*map(float, truths), 0.0])

    def best(self, goal: Floats, least: Sequence[tuple[Floats, float]]) -> float | None:
        """Largest value of *goal* where each row of *least* has at least its number."""
        answer = linprog(
            -goal,
            A_ub=np.array([*self.above, *(-row for row, _ in least)]),
            b_ub=[*self.most, *(-number for _, number in least)],
            A_eq=self.places,
            b_eq=self.counts,
            method="highs",
        )
        if answer.status == 2:
            return None
        assert answer.fun is not None, answer.message
        return -float(answer.fun)


def _sure(t: UnitType) -> bool:
    return t.kind is Kind.CERTAIN


def leximin_by_programmes(problem: Problem) -> dict[int, float] | None:
    """Level of each drawable ordinary type, by maximising the smallest again and again.

    A type is fixed when a programme of its own shows that it cannot have more. None if the
    quotas cannot hold together.
    """
    p = Programme(problem)
    free = [i for i, t in enumerate(p.types) if not _sure(t)]
    level: dict[int, float] = {}
    common = np.append(np.zeros(len(p.cells)), 1.0)
    if not p.types or p.best(common * 0, []) is None:
        return None
    while free:
        fixed = [(p.rows[i], level[i] * p.mass[i] - 1e-10) for i in level]
        value = p.best(common, fixed + [(p.rows[i] - p.mass[i] * common, 0.0) for i in free])
        assert value is not None
        held = fixed + [(p.rows[i], value * p.mass[i] - 1e-10) for i in free]
        stuck = [i for i in free if _most(p, i, held) < value + SURE]
        level |= dict.fromkeys(stuck, value)
        free = [i for i in free if i not in level]
    return {p.types[i].number: value for i, value in level.items()}


def _most(p: Programme, i: int, held: Sequence[tuple[Floats, float]]) -> float:
    most = p.best(p.rows[i] / p.mass[i], held)
    assert most is not None
    return most


# -- exact, for weights of any size ------------------------------------------------------


def leximin_by_all_cuts(problem: Problem, nested: Sequence[frozenset[int]]) -> dict[int, Fraction]:
    """Level of each drawable ordinary type of a feasible problem, in fractions, by listing
    every cut (Hoffman 1960): each set of places with each choice among the *nested* sets of
    types, whose quotas are those of `problem.cross` in the same order."""
    level: dict[int, Fraction] = {}
    while free := [t for t in problem.drawable if not _sure(t) and t.number not in level]:
        value = min(problem.cap / t.weight for t in free)
        cuts = [cut for cut in _cuts(problem, nested, level) if cut[1]]
        value = min([value, *(room / demand for room, demand, _ in cuts)])
        for t in free:
            if t.weight * value == problem.cap:
                level[t.number] = value
        for room, demand, held in cuts:
            if room == value * demand:
                level |= dict.fromkeys(held - level.keys(), value)
    return level


def _cuts(
    problem: Problem, nested: Sequence[frozenset[int]], level: dict[int, Fraction]
) -> Iterator[tuple[Fraction, int, frozenset[int]]]:
    """(room, demand of the free types, those types) of every cut."""
    home, parent = _tree(problem, nested)
    for places in product((False, True), repeat=len(problem.counts)):
        for held in product((False, True), repeat=len(nested) + 1):
            room = Fraction(problem.n * held[0])
            room -= sum(c for c, is_in in zip(problem.counts, places, strict=True) if is_in)
            for v, cross in enumerate(problem.cross, start=1):
                room += cross.high * (held[v] and not held[parent[v]])
                room -= cross.low * (held[parent[v]] and not held[v])
            demand, free = 0, set()
            for t in problem.drawable:
                touches = any(places[f] for f in t.places)
                if not held[home[t.number]]:
                    room += problem.upper(t) if touches else 0
                elif not touches and (_sure(t) or t.number in level):
                    room -= t.units * (Fraction(1) if _sure(t) else level[t.number] * t.weight)
                elif not touches:
                    demand += t.units * t.weight
                    free.add(t.number)
            yield room, demand, frozenset(free)


def _tree(
    problem: Problem, nested: Sequence[frozenset[int]]
) -> tuple[dict[int, int], dict[int, int]]:
    """The innermost set (1, 2 ...; 0 for none) of each type, and of each set."""

    def innermost(holds: list[int]) -> int:
        return min(holds, key=lambda v: (len(nested[v - 1]), -v), default=0)

    home = {
        t.number: innermost([v for v, s in enumerate(nested, start=1) if t.number in s])
        for t in problem.drawable
    }
    parent = {
        v: innermost(
            [
                u
                for u, other in enumerate(nested, start=1)
                if u != v and (s < other or (s == other and u < v))
            ]
        )
        for v, s in enumerate(nested, start=1)
    }
    return home, parent
