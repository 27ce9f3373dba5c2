"""Cells, and the integer program whose points are the panels.

A *cell* is a group of types with equal cross truth values: the cross quotas see only how
many units of each cell are drawn for each place. A *panel* is such a table of whole numbers
that meets every quota. There are some dozens of cells where there are thousands of types,
which is why panels are sought here and not over types.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from sampler.crossing.highs import Floats, Ints, Solver
from sampler.quotas import Kind, Problem, UnitType

Cells = tuple[tuple[UnitType, ...], ...]
"""A partition of the drawable types; types of one cell have equal cross truth values."""


def cells_by_truth(problem: Problem) -> Cells:
    """The coarsest partition: ordinary types by their cross truth values.

    Each certain type is a cell of its own, so that every panel holds all its units.
    """
    groups: defaultdict[tuple[bool, ...], list[UnitType]] = defaultdict(list)
    own = []
    for t in problem.drawable:
        if t.kind is Kind.CERTAIN:
            own.append((t,))
        else:
            groups[t.cross].append(t)
    return tuple(tuple(groups[truth]) for truth in sorted(groups)) + tuple(own)


def split(cells: Cells, apart: Collection[int]) -> Cells:
    """The same cells, with each type whose number is in *apart* in a cell of its own."""
    rest = (tuple(t for t in cell if t.number not in apart) for cell in cells)
    own = tuple((t,) for cell in cells for t in cell if t.number in apart)
    return tuple(cell for cell in rest if cell) + own


@dataclass(frozen=True)
class Box:
    """Bounds of columns (C,) and of rows (R,), all whole numbers."""

    low: Ints
    high: Ints
    row_low: Ints
    row_high: Ints


class PanelProgram:
    """All panels of *problem* over *cells*: whole tables that meet every quota.

    Attributes
    ----------
    columns : (cell, place) of each column; only pairs that some type can fill.
    matrix : (R, C) of 0 and 1; rows are places, cross quotas, and cells that fill several
        places (which cannot give more than they hold; certain ones give all).
    box : the bounds that the plan and the roster set.
    """

    def __init__(self, problem: Problem, cells: Cells) -> None:
        self.columns = [
            (c, f)
            for c, cell in enumerate(cells)
            for f, count in enumerate(problem.counts)
            if count and any(f in t.places for t in cell)
        ]
        self.index = {column: j for j, column in enumerate(self.columns)}
        self.matrix, row_low, row_high = self._rows(problem, cells)
        high = np.array([_holds(cells[c], f) for c, f in self.columns], dtype=np.int64)
        self.box = Box(np.zeros_like(high), high, row_low, row_high)
        # products of whole numbers: HiGHS gets the floating copy, exact sums use this one
        self._by_row = csr_matrix(self.matrix)
        self._linear = self._solver()
        self._first = self._solver()
        self._first.make_integer(first_will_do=True)
        self._best = self._solver()
        self._best.make_integer()

    def _rows(self, problem: Problem, cells: Cells) -> tuple[csc_matrix, Ints, Ints]:
        bounds = [(count, count) for count in problem.counts]
        bounds += [(quota.low, quota.high) for quota in problem.cross]
        # a cell with more units than are drawn, or with one place, is bounded by its columns
        breadth = Counter(c for c, _ in self.columns)
        own_row = {}
        for c, cell in enumerate(cells):
            low, high = _cell_bounds(cell)
            if low or (high < problem.n and breadth[c] > 1):
                own_row[c] = len(bounds)
                bounds.append((low, high))
        row, column = [], []
        for j, (c, f) in enumerate(self.columns):
            truth = cells[c][0].cross
            met = [f, own_row[c]] if c in own_row else [f]
            met += [len(problem.counts) + q for q, true in enumerate(truth) if true]
            row += met
            column += [j] * len(met)
        shape = (len(bounds), len(self.columns))
        matrix = csc_matrix((np.ones(len(row), dtype=np.int64), (row, column)), shape=shape)
        limits = np.array(bounds, dtype=np.int64)
        return matrix, limits[:, 0], limits[:, 1]

    def _solver(self) -> Solver:
        solver = Solver(self.box.row_low, self.box.row_high)
        zeros = np.zeros(len(self.columns))
        solver.add_columns(self.matrix, zeros, zeros, zeros)
        return solver

    def totals(self, panel: Ints) -> Ints:
        """(R,) what each row counts in *panel*."""
        return np.asarray(self._by_row @ panel, dtype=np.int64)

    def near(self, cost: Floats, box: Box) -> Ints | None:
        """A panel of small *cost* inside *box*, quickly; None if there is none.

        The vertex of least cost when it is whole by itself, else the first whole point found.
        """
        vertex = _answer(self._linear, cost, box)
        if vertex is None:
            return None
        panel = self._whole(vertex, box)
        return panel if panel is not None else self._whole(_answer(self._first, cost, box), box)

    def cheapest(self, cost: Floats) -> Ints | None:
        """A panel of least *cost*; None if there is no panel at all."""
        return self._whole(_answer(self._best, cost, self.box), self.box)

    def _whole(self, answer: Floats | None, box: Box) -> Ints | None:
        """*answer* in whole numbers, if it then still lies in *box*."""
        if answer is None:
            return None
        panel = np.rint(answer).astype(np.int64)
        near = np.abs(answer - panel).max(initial=0.0) < 1e-5
        return panel if near and self.holds(panel, box) else None

    def holds(self, panel: Ints, box: Box) -> bool:
        """Is *panel* inside *box*? Decided in whole numbers."""
        totals = self.totals(panel)
        return bool(
            ((box.low <= panel) & (panel <= box.high)).all()
            and ((box.row_low <= totals) & (totals <= box.row_high)).all()
        )


def _holds(cell: Sequence[UnitType], place: int) -> int:
    return sum(t.units for t in cell if place in t.places)


def _cell_bounds(cell: Sequence[UnitType]) -> tuple[int, int]:
    units = sum(t.units for t in cell)
    return (units if cell[0].kind is Kind.CERTAIN else 0), units


def _answer(solver: Solver, cost: Floats, box: Box) -> Floats | None:
    if (box.low > box.high).any() or (box.row_low > box.row_high).any():
        return None
    solver.set_columns(box.low, box.high, cost)
    solver.set_rows(box.row_low, box.row_high)
    return solver.values() if solver.solve() else None
