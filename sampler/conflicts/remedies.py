"""The nearest plan that can be drawn: which counts to change, and by how little."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from sampler.conflicts.feasibility import Feasibility, solve
from sampler.conflicts.rules import CAP, Floats, Integers, Model, Rule, Rulebook, RuleKind
from sampler.quotas import Cross, Problem


class ChangeKind(StrEnum):
    """Which number of the plan is changed; `CROSS` is an exact quota, both bounds at once."""

    PLACE = "place"
    CROSS = "cross"
    CROSS_MIN = "cross_min"
    CROSS_MAX = "cross_max"
    TOTAL = "total"


@dataclass(frozen=True)
class Change:
    """The number *old* of a place, a cross quota or the whole plan becomes *new*."""

    kind: ChangeKind
    name: str
    old: int
    new: int

    def as_json(self) -> dict[str, str | int]:
        """The change as plain values."""
        return {"kind": self.kind.value, "name": self.name, "old": self.old, "new": self.new}


def total_change(changes: Iterable[Change]) -> int:
    """Sum of the changes of counts and bounds; the total follows from the places."""
    return sum(abs(c.new - c.old) for c in changes if c.kind is not ChangeKind.TOTAL)


def nearest_change(problem: Problem) -> tuple[Change, ...] | None:
    """The changes of counts with the smallest sum that leave a plan that can be drawn.

    The places go on summing to n, and the cap stays. Where that cannot help, n itself
    changes as little as possible first: the result then begins with the largest (smallest)
    total that the roster can give. Among equal sums the earlier numbers of the plan stay
    nearest to what they were, and a count rather falls than rises. None if no counts help.
    """
    # looser questions are much quicker and nearly always have an answer that can be drawn
    for whole, margin in _TRIES if problem.cap < 1 else _TRIES[-1:]:
        sheet = _Sheet(problem, whole, margin)
        changes = sheet.changes(keep_total=True)
        changes = sheet.changes(keep_total=False) if changes is None else changes
        if changes is None or drawable(changed(problem, changes)):
            return changes
    return None


_TRIES = ((False, 0.0), (False, 1e-5), (True, 0.0), (True, 1e-5))
"""Whether to ask for whole units beside chances within a cap, and how far to stay clear of
the cap, which the solver may overstep by its tolerance."""


def drawable(problem: Problem) -> bool:
    """Whether the plan can be drawn at all."""
    feasibility = Feasibility(problem)
    return feasibility.holds(feasibility.book.rules)


def changed(problem: Problem, changes: Iterable[Change]) -> Problem:
    """The *problem* after the *changes*; a quota without a maximum of its own follows n."""
    new = {(c.kind, c.name): c.new for c in changes}
    counts = tuple(
        new.get((ChangeKind.PLACE, name), count)
        for name, count in zip(problem.names, problem.counts, strict=True)
    )
    n = sum(counts)

    def bounds(cross: Cross) -> Cross:
        exact = new.get((ChangeKind.CROSS, cross.name))
        low = new.get((ChangeKind.CROSS_MIN, cross.name), cross.low) if exact is None else exact
        high = new.get((ChangeKind.CROSS_MAX, cross.name), cross.high) if exact is None else exact
        return replace(cross, low=low, high=n if cross.high >= problem.n else min(high, n))

    return replace(problem, n=n, counts=counts, cross=tuple(map(bounds, problem.cross)))


class _Sheet:
    """A table whose counts may be stepped down and up at a price.

    Unknowns: one or two tables, then (down, up) of each number of the plan in plan order -
    places, then cross quotas -, then (down, up) of the total. Under a cap one table is
    fractional and within the cap; the other, integer one can only matter beside it when
    cross quotas cross (see `feasibility`).
    """

    def __init__(self, problem: Problem, whole: bool, margin: float) -> None:
        self.problem = problem
        self.book = Rulebook(problem)
        crossings = range(len(problem.cross))
        rules = [rule for rule in self.book.rules if rule != CAP]
        rules += [Rule(RuleKind.CROSS_MIN, index) for index in crossings]
        self.model = self.book.model(set(rules))
        capped = problem.cap < 1
        tables = [(self.model.high, True)] if whole else []
        tables += [(self._within_cap(margin), False)] if capped else []
        self.tables = len(tables) * len(self.model.columns)
        self.steps = 2 * len(self.model.rows) + 2
        self.matrix = _stacked(self.model, len(tables), len(problem.counts))
        self.low = np.concatenate([*[self.model.low for _ in tables], [0.0]])
        self.high = np.concatenate([*[high for high, _ in tables], [0.0]])
        self.integral = np.repeat([kind for _, kind in tables] + [True], self._sizes(len(tables)))

    def changes(self, keep_total: bool) -> tuple[Change, ...] | None:
        """The cheapest changes, with the places summing to n as before or not."""
        moved = np.zeros(self.steps)
        moved[-2:] = 1
        least = 0 if keep_total else self._least(moved, [])
        if least is None:
            return None
        bounds = [(moved, least)]
        steps = self._cheapest(1 - moved, bounds)
        if steps is None:
            return None
        bounds.append((1 - moved, int((1 - moved) @ steps)))
        return self._worded(self._settled(steps, bounds))

    def _settled(self, steps: Integers, bounds: list[tuple[Floats, int]]) -> Integers:
        """Among the cheapest, the steps that are smallest number by number in plan order."""
        for number in range(self.steps // 2 - 1):
            down, up = np.eye(self.steps)[2 * number : 2 * number + 2]
            if (down + up) @ steps:
                found = self._cheapest((down + up) * (1 + self.problem.n) + up, bounds)
                steps = steps if found is None else found
            bounds += [(down, int(down @ steps)), (up, int(up @ steps))]
        return steps

    def _least(self, cost: Floats, bounds: list[tuple[Floats, int]]) -> int | None:
        steps = self._cheapest(cost, bounds)
        return None if steps is None else int(cost @ steps)

    def _cheapest(self, cost: Floats, bounds: list[tuple[Floats, int]]) -> Integers | None:
        """The steps that keep weights @ steps <= most for all *bounds*, at the least cost."""
        from scipy.sparse import csr_array, hstack, vstack

        weights = csr_array(np.array([weights for weights, _ in bounds]).reshape(-1, self.steps))
        extra = hstack([csr_array((weights.shape[0], self.tables)), weights])
        found = solve(
            np.append(np.zeros(self.tables), cost),
            vstack([self.matrix, extra]),
            np.append(self.low, np.full(len(bounds), -np.inf)),
            np.append(self.high, [most for _, most in bounds]),
            self.integral,
        )
        return None if found is None else np.rint(found[self.tables :]).astype(np.int64)

    def _worded(self, steps: Integers) -> tuple[Change, ...]:
        """The steps as changes: the total first, then in plan order."""
        plan = self.problem
        n = plan.n + int(steps[-1] - steps[-2])
        found = [Change(ChangeKind.TOTAL, "", plan.n, n)]
        pairs = steps[:-2].reshape(-1, 2).tolist()
        for row, (down, up) in zip(self.model.rows, pairs, strict=True):
            if row.kind is RuleKind.PLACE:
                old = plan.counts[row.index]
                change = Change(ChangeKind.PLACE, plan.names[row.index], old, old - down + up)
                found.append(change)
            else:
                found += _cross_changes(plan.cross[row.index], down, up)
        return tuple(change for change in found if change.old != change.new)

    def _within_cap(self, margin: float) -> Floats:
        count = len(self.model.rows)
        share = np.array([float(self.problem.cap) if g.capped else 1.0 for g in self.model.groups])
        within = np.array(self.model.units) * share * (1 - margin * (share < 1))
        return np.concatenate([self.model.high[:count], within])

    def _sizes(self, tables: int) -> list[int]:
        return [len(self.model.columns)] * tables + [self.steps]


def _stacked(model: Model, tables: int, places: int) -> Any:
    """The rows of each table with the steps of its numbers, and the balance of the total."""
    from scipy.sparse import block_diag, coo_array, csr_array, hstack, vstack

    rows = np.arange(len(model.rows))
    at, to = np.append(rows, rows), np.append(2 * rows, 2 * rows + 1)
    sign = np.repeat([1.0, -1.0], len(rows))
    shape = (model.matrix.shape[0], 2 * len(rows) + 2)
    steps = coo_array((sign, (at, to)), shape=shape).tocsr()
    balance = np.zeros((1, shape[1]))
    balance[0, : 2 * places : 2], balance[0, 1 : 2 * places : 2] = -1.0, 1.0
    balance[0, -2:] = 1.0, -1.0
    size = tables * len(model.columns)
    whole = hstack([block_diag([model.matrix] * tables), vstack([steps] * tables)])
    return vstack([whole, hstack([csr_array((1, size)), csr_array(balance)])], format="csr")


def _cross_changes(cross: Cross, down: int, up: int) -> list[Change]:
    if cross.low == cross.high:
        return [Change(ChangeKind.CROSS, cross.name, cross.low, cross.low - down + up)]
    return [
        Change(ChangeKind.CROSS_MIN, cross.name, cross.low, cross.low - down),
        Change(ChangeKind.CROSS_MAX, cross.name, cross.high, cross.high + up),
    ]
