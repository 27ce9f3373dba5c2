"""Can a set of rules hold together on this roster?

Without a cap the question is one of integers, decided by HiGHS; a "yes" is re-checked in
exact integers. A cap speaks of expected numbers: it asks for a table of *chances*, a mean
of integer tables, that stays within cap x units. For laminar cross quotas (any two nested
or disjoint) places and quotas form a bihierarchy, whose fractional tables are exactly the
means of integer ones (Budish, Che, Kojima, Milgrom, AER 2013). For cross quotas that cross
each other a fractional table within the cap *and* an integer table without it are asked
for: both are necessary, together they are not always enough.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from sampler.conflicts.rules import CAP, Floats, Integers, Model, Rule, Rulebook
from sampler.quotas import Problem


class Feasibility:
    """Answers about one problem; every answer is kept, for a search asks it again."""

    def __init__(self, problem: Problem) -> None:
        self.book = Rulebook(problem)
        self._held: dict[frozenset[Rule], bool] = {}
        self._caps: dict[frozenset[Rule], Fraction | None] = {}

    def holds(self, rules: Iterable[Rule]) -> bool:
        """Whether all *rules* can hold together."""
        key = frozenset(rules)
        if key not in self._held:
            self._held[key] = self._decide(key)
        return self._held[key]

    def smallest_cap(self, rules: Iterable[Rule]) -> Fraction | None:
        """Smallest cap that leaves room for a table of chances under the other *rules*.

        None if no cap is large enough.
        """
        key = frozenset(rules) - {CAP}
        if key not in self._caps:
            self._caps[key] = smallest_cap(self.book.model(key))
        return self._caps[key]

    def best(self, rules: Iterable[Rule], rule: Rule, largest: bool) -> int:
        """Largest (or smallest) number that *rule* counts in a table under the *rules*.

        The cap, if among them, is left out. Raises ValueError if no table keeps the rules.
        """
        model = self.book.model(frozenset(rules) - {CAP}, watched=(rule,))
        row = model.row(rule)
        table = integer_table(model, -row if largest else row)
        if table is None:
            raise ValueError("no table keeps these rules")
        return int(row @ table)

    def _decide(self, rules: frozenset[Rule]) -> bool:
        if CAP not in rules:
            return integer_table(self.book.model(rules)) is not None
        smallest = self.smallest_cap(rules)
        if smallest is None or smallest > self.book.problem.cap:
            return False
        # on a bihierarchy the table of chances is a mean of integer tables: one exists
        return self.book.laminar or self.holds(rules - {CAP})


def integer_table(model: Model, cost: npt.ArrayLike | None = None) -> Integers | None:
    """A table (C,) in integers that keeps *model*, cheapest by *cost* (C,), or None.

    The linear relaxation is tried first: its vertices are integer on a bihierarchy.
    """
    size = len(model.columns)
    if not size:
        return np.zeros(0, dtype=np.int64) if (model.low <= 0).all() else None
    price = np.zeros(size) if cost is None else np.asarray(cost, dtype=np.float64)
    for integral in (False, True):
        found = solve(price, model.matrix, model.low, model.high, np.full(size, integral))
        if found is None:
            return None
        table = np.rint(found).astype(np.int64)
        if np.abs(found - table).max() < 1e-5 and model.admits(table):
            return table
    raise ArithmeticError("the solver's table breaks a row when rounded")


def solve(
    cost: Floats, matrix: Any, low: Floats, high: Floats, integral: npt.NDArray[np.bool_]
) -> Floats | None:
    """Cheapest x >= 0 with low <= matrix @ x <= high, or None if there is none.

    Raises ArithmeticError if HiGHS stops for another reason.
    """
    from scipy.optimize import LinearConstraint, milp

    answer = milp(
        cost,
        integrality=integral.astype(np.int64),
        constraints=LinearConstraint(matrix, low, high),
        options={"mip_rel_gap": 0.0},
    )
    if answer.status == 2:
        return None
    if answer.status != 0:
        raise ArithmeticError(answer.message)
    return np.asarray(answer.x, dtype=np.float64)


def smallest_cap(model: Model) -> Fraction | None:
    """Smallest cap c so that a fractional table within c x units of each capped group exists.

    An LP finds the prices of the rows; `_cut` turns rounded prices into an exact bound, so
    floats choose the cut and never its value: the result is never above the true one. The
    true one is the largest of all cuts (LP duality); on a bihierarchy some optimal prices
    are in the proportions -1, 0, 1 (the matrix is totally unimodular: Hoffman 1960).
    None if even c = 1 leaves no room.
    """
    prices = _prices(model) if model.columns else np.zeros(0)
    if prices is None or (not model.columns and (model.low > 0).any()):
        return None
    largest = np.abs(prices).max(initial=0.0)
    if largest == 0.0:
        return Fraction(0)
    # coarse first: small whole prices are the true ones unless quotas cross in odd ways
    return max(_cut(model, prices / largest, size) for size in (1, 12, 1000, 10**6))


def _prices(model: Model) -> Floats | None:
    """Price of each rule row (R,) in the LP that minimises the cap; None if no cap will do."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack, vstack

    count = len(model.rows)
    capped = np.array([False] * count + [group.capped for group in model.groups])
    units = np.append(np.zeros(count), model.units)
    # measured in even shares of the largest count, the cap is near 1 on a roster of any size
    scale = max(1.0, units[capped].sum() / model.low[:count].max(initial=1.0))
    cap = csr_array(np.where(capped, -units / scale, 0.0)[:, None])
    high = np.where(capped, 0.0, model.high)
    above, below = np.isfinite(high), model.low > 0
    answer = linprog(
        np.append(np.zeros(len(model.columns)), 1.0),
        A_ub=vstack([hstack([model.matrix, cap])[above], hstack([-model.matrix, 0 * cap])[below]]),
        b_ub=np.append(high[above], -model.low[below]),
        bounds=[(0, None)] * len(model.columns) + [(0, scale)],
        method="highs-ds",
        options={"dual_feasibility_tolerance": 1e-10, "primal_feasibility_tolerance": 1e-10},
    )
    if answer.status == 2:
        return None
    if answer.status != 0:
        raise ArithmeticError(answer.message)
    prices = np.zeros(len(high))
    prices[above] += answer.ineqlin.marginals[: above.sum()]
    prices[below] -= answer.ineqlin.marginals[above.sum() :]
    return prices[:count]


def _cut(model: Model, prices: Floats, size: int) -> Fraction:
    """The least cap that the rows, weighted by *prices* rounded to 1/size, leave possible.

    In every table, sum(price x row) is at most the sum over groups of units x the best
    price of a seat, where capped units count c times; solved for c.
    """
    count = len(model.rows)
    whole = np.rint(prices * size).astype(np.int64)
    worth = model.matrix[:count].astype(np.int64).T @ whole
    asked = sum(
        int(price) * int(model.low[r] if price > 0 else model.high[r])
        for r, price in enumerate(whole)
        if price
    )
    best: dict[int, int] = {}
    for (group, _), value in zip(model.columns, worth, strict=True):
        best[group] = max(best.get(group, int(value)), int(value))
    room = 0
    for g, value in best.items():
        gain = model.units[g] * (value if model.low[count + g] else max(0, value))
        room += gain if model.groups[g].capped else 0
        asked -= 0 if model.groups[g].capped else gain
    return Fraction(max(0, asked), room) if room else Fraction(0)
