"""Fair chances where cross quotas cross: a published lottery of whole panels.

A panel says how many units of each *cell* (types with equal cross truth values) are drawn
for each place; all panels meet every quota. The seed picks a panel by integer weights. Inside
a cell fixed *shares* spread the panel's counts over the types, and dependent rounding on that
network (`lottery.round_arcs`) makes whole units of it while keeping every chance (Budish, Che,
Kojima, Milgrom, AER 2013). So every chance is a rational number that anyone can recompute
from panels, weights and shares, and no solver has to be trusted.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from sampler.crossing.highs import Floats, Ints
from sampler.crossing.leximin_lp import Leximin, hull_leximin, relaxed_leximin
from sampler.crossing.panel_program import Cells, PanelProgram, cells_by_truth, split
from sampler.crossing.peeling import TOTAL, Peeled, peel, whole_table
from sampler.faults import Infeasible
from sampler.quotas import Kind, Problem, UnitType

Progress = Callable[[str, int, int], None]

DENOMINATOR = 10**12
"""Shares are whole numbers over this: fine enough for the rarest type of a large cell."""

_SHAVES = (Fraction(1, 10**7), Fraction(1, 10**6), Fraction(1, 10**5), Fraction(0))
"""How far below the cap to aim, so that whole weights cannot lift a chance above it."""


_CRUMBS = 100
"""Weight out of 10^9 that may go to other panels when the last bit cannot be taken apart."""


@dataclass(frozen=True)
class Lottery:
    """What is committed before the seed; all whole numbers.

    Attributes
    ----------
    cells : type numbers of each cell.
    panels : (cell index, place index, count > 0) in ascending order, for each panel.
    weights : of the panels; they sum to 10^9.
    denominator : of the shares.
    shares : (type number, place index, value > 0); for each (cell, place) they sum to the
        denominator.
    """

    cells: tuple[tuple[int, ...], ...]
    panels: tuple[tuple[tuple[int, int, int], ...], ...]
    weights: tuple[int, ...]
    denominator: int
    shares: tuple[tuple[int, int, int], ...]

    @cached_property
    def cell_of(self) -> dict[int, int]:
        """Type number -> index of its cell."""
        return {number: c for c, members in enumerate(self.cells) for number in members}

    def chances(self, problem: Problem) -> dict[int, Fraction]:
        """Exact chance of one unit of each drawable type, by type number."""
        mean: defaultdict[tuple[int, int], int] = defaultdict(int)
        for weight, panel in zip(self.weights, self.panels, strict=True):
            for c, f, count in panel:
                mean[c, f] += weight * count
        drawn = dict.fromkeys((t.number for t in problem.drawable), 0)
        for number, f, value in self.shares:
            drawn[number] += mean[self.cell_of[number], f] * value
        whole = sum(self.weights) * self.denominator
        return {t.number: Fraction(drawn[t.number], whole * t.units) for t in problem.drawable}

    def table(self, panel: int) -> dict[tuple[int, int], int]:
        """(type number, place) -> expected units x denominator, once *panel* is picked."""
        count = {(c, f): k for c, f, k in self.panels[panel]}
        return {
            (number, f): value * count[self.cell_of[number], f]
            for number, f, value in self.shares
            if (self.cell_of[number], f) in count
        }

    def check(self, problem: Problem) -> None:
        """Every promise, in whole numbers.

        Raises
        ------
        ValueError
            Naming the first promise that is broken.
        """
        types = {t.number: t for t in problem.drawable}
        _require(sorted(self.cell_of) == sorted(types), "cells do not hold each type once")
        _require(all(len({types[i].cross for i in m}) == 1 for m in self.cells), "mixed cell")
        _require(len(self.weights) == len(self.panels), "not one weight for each panel")
        _require(sum(self.weights) == TOTAL and min(self.weights) > 0, "weights do not sum up")
        self._check_shares(types)
        truth = [types[members[0]].cross for members in self.cells]
        for k, panel in enumerate(self.panels):
            _check_quotas(problem, truth, k, panel)
            self._check_units(types, k)
        chances = self.chances(problem)
        for number, t in types.items():
            if t.kind is Kind.CERTAIN:
                _require(chances[number] == 1, f"type {number} is not certain")
            else:
                _require(chances[number] <= problem.cap, f"type {number} is above the cap")

    def _check_shares(self, types: Mapping[int, UnitType]) -> None:
        sums: defaultdict[tuple[int, int], int] = defaultdict(int)
        for number, f, value in self.shares:
            _require(value > 0 and f in types[number].places, f"share of type {number}")
            sums[self.cell_of[number], f] += value
        used = {(c, f) for panel in self.panels for c, f, _ in panel}
        _require(all(sums[c, f] == self.denominator for c, f in used), "shares do not sum up")

    def _check_units(self, types: Mapping[int, UnitType], panel: int) -> None:
        drawn: defaultdict[int, int] = defaultdict(int)
        for (number, _), value in self.table(panel).items():
            drawn[number] += value
        for number, value in drawn.items():
            enough = value <= types[number].units * self.denominator
            _require(enough, f"panel {panel} draws more of type {number} than there are")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def _check_quotas(
    problem: Problem,
    truth: Sequence[tuple[bool, ...]],
    number: int,
    panel: Sequence[tuple[int, int, int]],
) -> None:
    _require(all(count > 0 for _, _, count in panel), f"panel {number} has an empty entry")
    _require(len({(c, f) for c, f, _ in panel}) == len(panel), f"panel {number} repeats itself")
    for f, wanted in enumerate(problem.counts):
        found = sum(count for _, place, count in panel if place == f)
        _require(found == wanted, f"panel {number} misses place {f}")
    for q, quota in enumerate(problem.cross):
        found = sum(count for c, _, count in panel if truth[c][q])
        _require(quota.low <= found <= quota.high, f"panel {number} misses quota {quota.name}")


@dataclass(frozen=True)
class PanelResult:
    """The lottery, and how near it comes to what no lottery can beat.

    Attributes
    ----------
    optimum : smallest chance / weight of the relaxed leximin: an upper bound.
    levels : distinct levels of the relaxed leximin, ascending.
    smallest : smallest chance / weight of the lottery, exact.
    gap : 1 - smallest / optimum, at least 0.
    loss : largest relative loss of one type against its relaxed level, at least 0.
    """

    lottery: Lottery
    optimum: float
    levels: tuple[float, ...]
    smallest: Fraction
    gap: float
    loss: float


def fair_panels(problem: Problem, progress: Progress | None = None) -> PanelResult:
    """Leximin chances of *problem* as a lottery of panels, all quotas exact in every panel.

    Raises
    ------
    Infeasible
        If the quotas cannot hold together on this frame.
    """
    if problem.cap == 1:
        return _aim_at(problem, problem, progress)
    for shave in _SHAVES:
        try:
            result = _aim_at(problem, replace(problem, cap=problem.cap * (1 - shave)), progress)
        except Infeasible as error:
            fault = error
            continue
        chances = result.lottery.chances(problem)
        if all(
            chances[t.number] <= problem.cap for t in problem.drawable if t.kind is not Kind.CERTAIN
        ):
            return result
        fault = Infeasible("概率上限与名额所能容许的最低值过于接近，请略为提高")
    raise fault


def _aim_at(problem: Problem, aim: Problem, progress: Progress | None) -> PanelResult:
    """The lottery for *aim*, reported against *problem*."""
    cells = cells_by_truth(aim)
    program = PanelProgram(aim, cells)
    relaxed = relaxed_leximin(aim, cells, program, progress)
    while True:
        lottery = _lottery(aim, cells, program, relaxed, progress)
        crowded = _crowded(problem, lottery)
        if not crowded:
            return _measured(problem, lottery, relaxed)
        # in cells of their own these types are counted by every panel, so this ends
        cells = split(cells, crowded)
        program = PanelProgram(aim, cells)


def _ordinary(problem: Problem) -> list[UnitType]:
    return [t for t in problem.drawable if t.kind is not Kind.CERTAIN]


def _lottery(
    aim: Problem,
    cells: Cells,
    program: PanelProgram,
    relaxed: Leximin,
    progress: Progress | None,
) -> Lottery:
    """The lottery whose mean is *relaxed*'s table; if there is none, the best of all lotteries."""
    table = whole_table(program, _cell_table(cells, program, relaxed))
    peeled = peel(program, table, progress) if table is not None else Peeled((), (), TOTAL)
    if peeled.left <= _CRUMBS:
        return _assembled(cells, program, relaxed, peeled.panels, apportion(peeled.weights, TOTAL))
    fair = hull_leximin(aim, cells, program, peeled.panels, progress)
    return _assembled(cells, program, fair, fair.panels, apportion(fair.odds, TOTAL))


def _cell_of(cells: Cells) -> dict[int, int]:
    return {t.number: c for c, cell in enumerate(cells) for t in cell}


def _cell_table(cells: Cells, program: PanelProgram, fair: Leximin) -> Floats:
    """(C,) expected units of each (cell, place)."""
    cell_of = _cell_of(cells)
    expected = np.zeros(len(program.columns))
    for (number, f), value in fair.table.items():
        expected[program.index[cell_of[number], f]] += value
    return expected


def apportion(parts: Sequence[float] | Sequence[int], total: int) -> tuple[int, ...]:
    """Whole numbers proportional to *parts* that sum to *total*.

    Leftovers go to the largest remainders, ties to the earlier part (Hamilton's method).
    """
    exact = [Fraction(part) for part in parts]
    scale = total / sum(exact)
    whole = [int(part * scale) for part in exact]
    order = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i] * scale)
    for i in order[: total - sum(whole)]:
        whole[i] += 1
    return tuple(whole)


def _assembled(
    cells: Cells,
    program: PanelProgram,
    fair: Leximin,
    panels: Sequence[Ints],
    weights: Sequence[int],
) -> Lottery:
    weight_of: defaultdict[tuple[tuple[int, int, int], ...], int] = defaultdict(int)
    for panel, weight in zip(panels, weights, strict=True):
        if weight:
            entries = ((*program.columns[j], int(panel[j])) for j in np.flatnonzero(panel))
            weight_of[tuple(sorted(entries))] += weight
    used = {(c, f) for panel in weight_of for c, f, _ in panel}
    return Lottery(
        cells=tuple(tuple(t.number for t in cell) for cell in cells),
        panels=tuple(weight_of),
        weights=tuple(weight_of.values()),
        denominator=DENOMINATOR,
        shares=_shares(cells, fair, used),
    )


def _shares(
    cells: Cells, fair: Leximin, used: Collection[tuple[int, int]]
) -> tuple[tuple[int, int, int], ...]:
    cell_of = _cell_of(cells)
    groups: defaultdict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    for (number, f), value in sorted(fair.table.items()):
        groups[cell_of[number], f].append((number, value))
    shares = []
    for c, f in sorted(used):
        numbers, values = zip(*groups[c, f], strict=True)
        for number, value in zip(numbers, apportion(values, DENOMINATOR), strict=True):
            if value:
                shares.append((number, f, value))
    return tuple(sorted(shares))


def _crowded(problem: Problem, lottery: Lottery) -> set[int]:
    """Types of which some panel would draw more units than there are."""
    types = problem.drawable
    row = {t.number: i for i, t in enumerate(types)}
    places = len(problem.counts)
    spread = [(v, row[i], lottery.cell_of[i] * places + f) for i, f, v in lottery.shares]
    values, rows, columns = np.array(spread, dtype=np.int64).T
    shape = (len(types), len(lottery.cells) * places)
    shares = csr_matrix((values, (rows, columns)), shape=shape)
    limits = np.array([t.units * lottery.denominator for t in types])
    crowded: set[int] = set()
    for panel in lottery.panels:
        counts = np.zeros(shape[1], dtype=np.int64)
        for c, f, count in panel:
            counts[c * places + f] = count
        crowded.update(types[i].number for i in np.flatnonzero(shares.dot(counts) > limits))
    return crowded


def _measured(problem: Problem, lottery: Lottery, relaxed: Leximin) -> PanelResult:
    chances = lottery.chances(problem)
    reached = {t.number: chances[t.number] / t.weight for t in _ordinary(problem)}
    optimum = min(relaxed.levels.values(), default=0.0)
    smallest = min(reached.values(), default=Fraction(0))
    losses = [
        1 - float(reached[number]) / level for number, level in relaxed.levels.items() if level > 0
    ]
    return PanelResult(
        lottery=lottery,
        optimum=optimum,
        levels=tuple(sorted(set(relaxed.levels.values()))),
        smallest=smallest,
        gap=max(1 - float(smallest) / optimum, 0.0) if optimum > 0 else 0.0,
        loss=max(losses, default=0.0, key=float),
    )
