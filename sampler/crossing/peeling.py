"""An expected table is taken apart into panels, exactly, in whole numbers.

The table is first written in units of 1 / 10^9 so that every place and quota still holds.
Then panels are peeled off one after another: each stays inside the unit box around what is
left (every cell and every quota rounded down or up) and gets the largest weight that leaves
the rest inside that box. Each peel makes one more cell or quota whole for good, so there
are no more panels than cells and quotas, and the mean of the panels is the table itself.
Where the unit box holds no panel, wider boxes are tried, down to the quotas themselves.
Points are written as means of vertices by the method of Groetschel, Lovasz & Schrijver,
Geometric Algorithms and Combinatorial Optimization (1988), theorem 6.5.11.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sampler.crossing.highs import Floats, Ints
from sampler.crossing.panel_program import Box, PanelProgram

Progress = Callable[[str, int, int], None]

PEELING = "panels"
"""The step whose progress is told."""

TOTAL = 10**9
"""Sum of the weights of a lottery."""


@dataclass(frozen=True)
class Peeled:
    """Panels with their weights; *left* is the part of TOTAL that could not be taken apart."""

    panels: tuple[Ints, ...]
    weights: tuple[int, ...]
    left: int


def whole_table(program: PanelProgram, expected: Floats) -> Ints | None:
    """*expected* (C,) in units of 1 / TOTAL, with every row of the program kept.

    None if no rounding within two units of each cell keeps them all.
    """
    most = program.box.high * TOTAL
    exact = np.clip(expected * TOTAL, 0, most)
    base = np.floor(exact).astype(np.int64)
    cost = 1 - 2 * (exact - base)
    totals = program.totals(base)
    row_low, row_high = program.box.row_low * TOTAL - totals, program.box.row_high * TOTAL - totals
    for spread in (0, 2):
        low = np.where(exact < 0.5, 0, -np.minimum(base, spread))
        high = np.where(exact < 0.5, 0, np.minimum(1 + spread, most - base))
        more = program.near(cost, Box(low, high, row_low, row_high))
        if more is not None:
            table: Ints = base + more
            return table
    return None


def peel(program: PanelProgram, table: Ints, progress: Progress | None = None) -> Peeled:
    """Panels whose weighted mean is *table* / TOTAL, as far as they are found."""
    panels, weights, left = [], [], TOTAL
    while left:
        found = _next_panel(program, table, left)
        if found is None:
            break
        panel, weight = found
        panels.append(panel)
        weights.append(weight)
        table, left = table - weight * panel, left - weight
        if progress:
            progress(PEELING, TOTAL - left, TOTAL)
    return Peeled(tuple(panels), tuple(weights), left)


def _next_panel(program: PanelProgram, table: Ints, left: int) -> tuple[Ints, int] | None:
    """A panel near *table* / *left* and the largest weight it can have; None if none is found."""
    # cells with a large fraction are filled first: they allow the panel a large weight
    cost = 0.5 - (table % left) / left
    for box in _boxes(program, table, left):
        panel = program.near(cost, box)
        if panel is not None:
            weight = _largest_weight(program, table, left, box, panel)
            if weight:
                return panel, weight
    return None


def _boxes(program: PanelProgram, table: Ints, left: int) -> Iterator[Box]:
    """From the unit box to the plan's own bounds; what is at a bound stays there."""
    totals, own = program.totals(table), program.box
    floor, ceiling = table // left, -(-table // left)
    yield Box(floor, ceiling, totals // left, -(-totals // left))
    low, high = _unless_tight(table, left, own.low, own.high)
    row_low, row_high = _unless_tight(totals, left, own.row_low, own.row_high)
    for spread in (0, 1, TOTAL):
        yield Box(
            np.maximum(low, floor - spread), np.minimum(high, ceiling + spread), row_low, row_high
        )


def _unless_tight(value: Ints, left: int, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    return np.where(value == high * left, high, low), np.where(value == low * left, low, high)


def _largest_weight(program: PanelProgram, table: Ints, left: int, box: Box, panel: Ints) -> int:
    """The largest weight after which the rest still lies in *box*."""
    room = [left]
    for value, low, high, taken in (
        (table, box.low, box.high, panel),
        (program.totals(table), box.row_low, box.row_high, program.totals(panel)),
    ):
        above, below = taken > low, taken < high
        room.extend(((value - low * left)[above] // (taken - low)[above]).tolist())
        room.extend(((high * left - value)[below] // (high - taken)[below]).tolist())
    return int(min(room))
