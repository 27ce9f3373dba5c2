"""Leximin chances by linear programs, for cross quotas that cross in several directions.

The smallest ratio of chance to weight is raised as far as it goes; types whose dual price
is positive cannot be raised further in any optimal solution and stay there; then the next
smallest (Flanigan, Goelz, Gupta, Hennig, Procaccia, Nature 596, 2021, here over types
instead of persons). Two sets of expected tables are used:

* *relaxed*: every table that meets the quotas in expectation - one small program, whose
  levels nobody can beat;
* *hull*: only means of whole panels, which are found one by one as they are needed (column
  generation) - for the rare plan whose relaxed optimum no lottery of panels can reach.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix, csr_matrix, vstack

from sampler.crossing.highs import INFINITY, TOLERANCE, Ints, Solver
from sampler.crossing.panel_program import Cells, PanelProgram
from sampler.faults import Infeasible
from sampler.quotas import Kind, Problem, UnitType

Progress = Callable[[str, int, int], None]

LEVELS = "levels"
"""The step whose progress is told."""

_TIGHT = 1e-7
"""Dual price above which a row is taken as tight; the prices of a stage sum to 1."""

_WORTHLESS = 1e-7
"""A panel that promises less, in units of the proportional chance, is not worth adding."""

_MOST_PANELS = 20_000
"""Panels sought for one plan before the levels are taken as they are."""


@dataclass(frozen=True)
class Leximin:
    """Levels and one expected table that attains them.

    Attributes
    ----------
    levels : type number -> expected units / (weight x units), for ordinary drawable types.
    table : (type number, place) -> expected units, positive ones only.
    panels, odds : in the hull, panels with positive odds (sum about 1); else empty.
    """

    levels: dict[int, float]
    table: dict[tuple[int, int], float]
    panels: tuple[Ints, ...] = ()
    odds: tuple[float, ...] = ()


def relaxed_leximin(
    problem: Problem, cells: Cells, program: PanelProgram, progress: Progress | None = None
) -> Leximin:
    """Leximin over all tables that meet the quotas of *program* in expectation.

    Raises
    ------
    Infeasible
        If there is none, with the smallest feasible cap when only the cap is in the way.
    """
    box = program.box
    bounds = (box.row_low, box.row_high)
    stages = _Stages(problem, cells, program, csr_matrix(program.matrix), bounds, progress)
    stages.run()
    return stages.result()


def hull_leximin(
    problem: Problem,
    cells: Cells,
    program: PanelProgram,
    known: Sequence[Ints] = (),
    progress: Progress | None = None,
) -> Leximin:
    """Leximin over the means of panels of *program*; *known* panels are a head start.

    Raises
    ------
    Infeasible
        If there is no panel, or no mean of panels within the cap.
    """
    stages = _HullStages(problem, cells, program, known, progress)
    stages.run()
    return stages.result()


@dataclass(frozen=True)
class _Block:
    """Types of one cell with equal places: apart from weight and cap exchangeable."""

    cell: int
    places: tuple[int, ...]
    members: tuple[UnitType, ...]

    @property
    def certain(self) -> bool:
        return self.members[0].kind is Kind.CERTAIN

    @property
    def mass(self) -> int:
        """What the block's ratio is measured against."""
        return sum(t.units if self.certain else t.units * t.weight for t in self.members)


def _blocks(cells: Cells) -> list[_Block]:
    groups: defaultdict[tuple[int, tuple[int, ...]], list[UnitType]] = defaultdict(list)
    for c, cell in enumerate(cells):
        for t in cell:
            groups[c, t.places].append(t)
    return [_Block(c, places, tuple(groups[c, places])) for c, places in sorted(groups)]


class _Stages:
    """The program of all stages; each level of the ladder is one column on top of the last.

    Arcs (block, place) are scaled by *unit*, the block's proportional share, so that levels
    and columns are of the order of 1 whether a type holds one unit or thousands. Rows are
    the blocks' levels, the blocks' upper bounds, then *link* over the program's columns.
    """

    def __init__(
        self,
        problem: Problem,
        cells: Cells,
        program: PanelProgram,
        link: csr_matrix,
        link_bounds: tuple[Ints, Ints],
        progress: Progress | None,
    ) -> None:
        self.problem = problem
        self._progress = progress
        self.blocks = _blocks(cells)
        ordinary = [t for block in self.blocks if not block.certain for t in block.members]
        certain = sum(t.units for block in self.blocks if block.certain for t in block.members)
        mass = sum(t.units * t.weight for t in ordinary)
        self.share = max(problem.n - certain, 1) / max(mass, 1)
        self.free = [() if block.certain else block.members for block in self.blocks]
        self.levels: dict[int, float] = {}
        self.height = 0.0
        self._certain = np.array([block.certain for block in self.blocks], dtype=np.bool_)
        mass_of = np.array([float(block.mass) for block in self.blocks])
        self.unit = np.where(self._certain, mass_of, mass_of * self.share)
        self.arcs = [
            (g, program.index[block.cell, f])
            for g, block in enumerate(self.blocks)
            for f in block.places
            if (block.cell, f) in program.index
        ]
        self.columns = program.columns
        self.upper = np.array([float(sum(map(problem.upper, b.members))) for b in self.blocks])
        self._build(link, link_bounds)

    def _build(self, link: csr_matrix, link_bounds: tuple[Ints, Ints]) -> None:
        blocks, certain = len(self.blocks), self._certain
        block_of, column_of = np.array(self.arcs, dtype=np.int64).reshape(-1, 2).T
        number = np.arange(len(self.arcs))
        ones = np.ones(len(self.arcs))
        of_block = csr_matrix((ones, (block_of, number)), shape=(blocks, len(number)))
        spread = csr_matrix(
            (self.unit[block_of], (column_of, number)), shape=(len(self.columns), len(number))
        )
        low, high = link_bounds
        self.solver = Solver(
            np.concatenate([certain.astype(float), np.full(blocks, -INFINITY), low]),
            np.concatenate([np.where(certain, 1.0, INFINITY), self.upper / self.unit, high]),
            primal=True,
        )
        zeros = np.zeros(len(number))
        self.solver.add_columns(
            csc_matrix(vstack([of_block, of_block, link @ spread])),
            zeros,
            np.full(len(number), INFINITY),
            zeros,
        )
        self.link_rows = slice(2 * blocks, self.solver.rows)

    def run(self) -> None:
        """Find a feasible table, then raise level after level until every type is settled."""
        self._fit()
        while any(self.free):
            self._raise_level()
            self._report()

    def _report(self) -> None:
        if self._progress:
            self._progress(LEVELS, len(self.levels), len(self.levels) + sum(map(len, self.free)))

    def _fit(self) -> None:
        """As little above the upper bounds as possible; it must be nothing."""
        blocks = len(self.blocks)
        above = np.zeros(self.solver.rows)
        above[blocks : 2 * blocks] = np.where(self._certain, 0.0, -self.upper / self.unit)
        excess = self.solver.add_column(above, cost=1.0)
        if not self._optimise():
            raise Infeasible("各项名额在本名单上无法同时满足")
        value = self.solver.values()[excess]
        if value > 1e-7:
            raise _too_low(self.problem, value)
        self.solver.set_column(excess, 0.0, max(value, 0.0), 0.0)

    def _raise_level(self) -> None:
        rising = [g for g, members in enumerate(self.free) if members]
        ladder = np.zeros(self.solver.rows)
        for g in rising:
            ladder[g] = -sum(t.units * t.weight for t in self.free[g]) * self.share / self.unit[g]
        room = min(self._ceiling(t) for g in rising for t in self.free[g]) - self.height
        step = self.solver.add_column(ladder, cost=-1.0, high=max(room, 0.0))
        if not self._optimise():
            # the levels below are feasible: only rounding can have lost them
            self.solver.loosen()
            if not self._optimise():
                raise ArithmeticError("a level that was feasible is lost")
        rise = max(float(self.solver.values()[step]), 0.0)
        self.height += rise
        prices = self.solver.row_prices()[rising]
        # the cap itself may have stopped the rise: then no row need have a price
        least = _TIGHT if rise > room - TOLERANCE else min(_TIGHT, prices.max())
        self._settle(rising, prices >= least)
        # a hair below what was reached, so that rounding cannot make the next stage infeasible
        self.solver.set_column(step, rise * (1 - TOLERANCE), rise, 0.0)

    def _settle(self, rising: list[int], tight: npt.NDArray[np.bool_]) -> None:
        """Types of tight blocks, and types at the cap, keep the present level."""
        for g, is_tight in zip(rising, tight, strict=True):
            there = [
                t for t in self.free[g] if is_tight or self._ceiling(t) <= self.height + TOLERANCE
            ]
            self.free[g] = tuple(t for t in self.free[g] if t not in there)
            self.levels.update({t.number: self.height * self.share for t in there})

    def _ceiling(self, t: UnitType) -> float:
        return float(self.problem.cap) / (t.weight * self.share)

    def _optimise(self) -> bool:
        return self.solver.solve()

    def result(self) -> Leximin:
        """Levels and table of the last solution."""
        values = self.solver.values()
        table = {}
        for (g, j), value in zip(self.arcs, values, strict=False):
            members = self.blocks[g].members
            parts = [t.units * t.weight * self.levels.get(t.number, 1.0) for t in members]
            if not any(parts):
                parts = [float(t.units) for t in members]
            for t, part in zip(members, parts, strict=True):
                if value * part > 0:
                    table[t.number, self.columns[j][1]] = value * self.unit[g] * part / sum(parts)
        return Leximin(self.levels, table)


def _too_low(problem: Problem, excess: float) -> Infeasible:
    cap = float(problem.cap) * (1 + excess)
    if cap > 1:
        return Infeasible("各项名额在本名单上无法同时满足：有的机构被抽中的次数将超过一次")
    return Infeasible(f"概率上限过低：按现有名额，上限至少须为 {cap:.9f}")


class _HullStages(_Stages):
    """The same stages over means of panels: odds of panels are columns, found by price."""

    def __init__(
        self,
        problem: Problem,
        cells: Cells,
        program: PanelProgram,
        known: Sequence[Ints],
        progress: Progress | None,
    ) -> None:
        self.program = program
        self.panels: list[Ints] = []
        self.odds_columns: list[int] = []
        count = len(program.columns)
        # rows (cell, place): expected units minus the panels' mean = 0; last row: odds sum to 1
        link = csr_matrix(vstack([csr_matrix(np.eye(count)), csr_matrix((1, count))]))
        sums = np.append(np.zeros(count, dtype=np.int64), 1)
        super().__init__(problem, cells, program, link, (sums, sums), progress)
        first = program.cheapest(np.zeros(count))
        if first is None:
            raise Infeasible("各项名额在本名单上无法同时满足")
        for panel in (*known, first):
            self._add(panel)

    def _add(self, panel: Ints) -> None:
        column = np.zeros(self.solver.rows)
        column[self.link_rows] = np.append(-panel, 1.0)
        self.odds_columns.append(self.solver.add_column(column))
        self.panels.append(panel)

    def _optimise(self) -> bool:
        while self.solver.solve():
            *prices, odds_price = self.solver.row_prices()[self.link_rows]
            panel = self.program.cheapest(np.array(prices))
            if panel is None or len(self.panels) > _MOST_PANELS:
                return True
            if float(panel @ np.array(prices)) >= odds_price - _WORTHLESS:
                return True
            self._add(panel)
            self._report()
        return False

    def result(self) -> Leximin:
        """The same with the panels of positive odds."""
        plain = super().result()
        odds = self.solver.values()[self.odds_columns]
        held = [k for k in range(len(odds)) if odds[k] > 10 * TOLERANCE]
        return Leximin(
            plain.levels,
            plain.table,
            tuple(self.panels[k] for k in held),
            tuple(float(odds[k]) for k in held),
        )
