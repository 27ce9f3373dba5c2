"""Problems of teams in numbers alone, and linear programmes that judge their chances."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from sampler.teams.assignment import Lots, Seat
from sampler.teams.problem import ChanceTable, SlotCell, TeamProblem, TypeRow

Floats = NDArray[np.float64]


def a_type(number: int, members: int = 1, **given: int) -> TypeRow:
    return TypeRow(number, members, **given)


def a_slot(number: int, types: Sequence[int], **given: Any) -> SlotCell:
    """Its own visit in the one window, without points, unless told otherwise."""
    scores = np.array(given.get("scores", [0] * len(types)), dtype=np.int64)
    place = given.get("visit", number), given.get("window", 0)
    return SlotCell(number, *place, np.array(types, dtype=np.int64), scores)


@st.composite
def problems(draw: st.DrawFn, types: int = 5, visits: int = 4) -> TeamProblem:
    """Any few types and visits of one to three slots; often they cannot all be filled."""
    rows = tuple(
        TypeRow(number, *(draw(st.integers(1, most)) for most in (3, 3, 4, 2)))
        for number in range(draw(st.integers(1, types)))
    )
    numbers = st.sets(st.integers(0, len(rows) - 1), min_size=1)
    slots: list[SlotCell] = []
    for visit in range(draw(st.integers(1, visits))):
        for _ in range(draw(st.integers(1, 3))):
            able = sorted(draw(numbers))
            scores = [draw(st.integers(-3, 9)) for _ in able]
            place = {"visit": visit, "window": visit % 2, "scores": scores}
            slots.append(a_slot(len(slots), able, **place))
    return TeamProblem(rows, tuple(slots))


def turned(problem: TeamProblem, types: Sequence[int], slots: Sequence[int]) -> TeamProblem:
    """The same problem with type i numbered types[i], and its slots in another order."""
    rows = sorted((replace(t, number=types[t.number]) for t in problem.types), key=_number)
    cells = []
    for number, old in enumerate(slots):
        slot = problem.slots[old]
        renamed = np.array([types[t] for t in slot.types], dtype=np.int64)
        order = np.argsort(renamed)
        cells.append(replace(slot, number=number, types=renamed[order], scores=slot.scores[order]))
    return TeamProblem(tuple(rows), tuple(cells))


def _number(row: TypeRow) -> int:
    return row.number


def lots(problem: TeamProblem, table: ChanceTable) -> Lots:
    """The draw of a table, with made-up ids."""
    return Lots(
        table.denominator,
        table.cells,
        [
            Seat(f"s{s.number}", f"v{s.visit}", f"w{s.window}", frozenset(s.types.tolist()))
            for s in problem.slots
        ],
        problem.types,
        [[f"p{t.number}-{i}" for i in range(t.members)] for t in problem.types],
    )


class Programme:
    """The tables of chances of a problem as a polytope, in floating point."""

    def __init__(self, problem: TeamProblem) -> None:
        self.problem = problem
        self.cells = [(s.number, int(t)) for s in problem.slots for t in s.types]
        self.scores = np.array([int(x) for s in problem.slots for x in s.scores], dtype=np.float64)
        self.seats = np.array([self._row(slot=n) for n in range(len(problem.slots))])
        self.loads = np.array([self._row(number=t.number) for t in problem.types])
        rows, most = [], []
        for t in problem.types:
            for visit in sorted(set(problem.visits.tolist())):
                rows.append(self._row(number=t.number, visit=visit))
                most.append(t.members)
            for window in sorted(set(problem.windows.tolist())):
                rows.append(self._row(number=t.number, window=window))
                most.append(t.members * t.per_window)
            rows.append(self.loads[t.number])
            most.append(t.members * t.capacity)
        self.rows, self.most = np.array(rows), np.array(most, dtype=np.float64)

    def _row(self, **asked: int) -> Floats:
        def fits(slot: int, number: int) -> bool:
            s = self.problem.slots[slot]
            known = {"slot": slot, "number": number, "visit": s.visit, "window": s.window}
            return all(known[name] == value for name, value in asked.items())

        return np.array([float(fits(slot, number)) for slot, number in self.cells])

    def best(self, goal: Floats, caps: Sequence[float], low: Floats | None = None) -> float | None:
        """Largest value of *goal* with these caps and loads of at least *low*."""
        people = self.problem.members
        bounds = [(0.0, float(people[t] * caps[s])) for s, t in self.cells]
        least = np.zeros(len(self.loads)) if low is None else low
        answer = linprog(
            -goal,
            A_ub=np.vstack([self.rows, -self.loads]),
            b_ub=np.concatenate([self.most, -least]),
            A_eq=self.seats,
            b_eq=np.ones(len(self.seats)),
            bounds=bounds,
            method="highs",
        )
        if answer.status == 2:
            return None
        assert answer.fun is not None, answer.message
        return -float(answer.fun)


def caps_of(problem: TeamProblem, q: float) -> list[float]:
    """The cap of each slot for Q: no less than an equal share."""
    return [max(q, float(Fraction(1, int(n)))) for n in problem.eligible]
