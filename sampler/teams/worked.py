"""The chances of a task, as whoever knows its slots and inspectors asks for them."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from sampler.teams.eligibility import Eligibility
from sampler.teams.problem import ChanceTable, SlotCell, Solved, TeamProblem, TypeRow
from sampler.teams.task import TeamTask


def problem_of(eligible: Eligibility) -> TeamProblem:
    """The task as the solver sees it: numbers from 0 in the order of the task."""
    task = eligible.task
    visits, windows = visit_numbers(task)
    types = [
        TypeRow(number, len(members), person.availability, person.capacity, person.per_window)
        for number, (members, person) in enumerate(
            zip(eligible.members, eligible.examples, strict=True)
        )
    ]
    slots = []
    for number, (slot, able) in enumerate(zip(task.slots, eligible.eligible, strict=True)):
        visit = visits[slot.visit]
        points = eligible.points(task.visits[visit])[able]
        slots.append(SlotCell(number, visit, windows[visit], able, points))
    return TeamProblem(tuple(types), tuple(slots))


def visit_numbers(task: TeamTask) -> tuple[dict[str, int], list[int]]:
    """The number of each visit, and that of each visit's window, by first appearance."""
    known: dict[str, int] = {}
    windows = [known.setdefault(visit.window, len(known)) for visit in task.visits]
    numbers = {visit.id: number for number, visit in enumerate(task.visits)}
    return numbers, windows


@dataclass(frozen=True)
class WorkedTeams:
    """Chances of a task, slot by slot and inspector by inspector."""

    eligible: Eligibility
    problem: TeamProblem
    solved: Solved

    @property
    def cap(self) -> Fraction:
        """The most that one inspector's chance on one slot is, but for `above_cap`."""
        return self.solved.cap

    @property
    def above_cap(self) -> tuple[str, ...]:
        """Slots with so few who may take them that equal shares are more than the cap."""
        return tuple(self.eligible.task.slots[number].id for number in self.solved.above)

    @property
    def score(self) -> Fraction:
        """Expected points of affinity of all slots together."""
        return self.solved.score

    def chance(self, slot_id: str, inspector_id: str) -> Fraction:
        """The chance that the inspector takes the slot.

        Raises
        ------
        KeyError
            If there is no such slot or inspector.
        """
        number = self._types[inspector_id]
        amount = self._amounts.get((self._slots[slot_id], number), 0)
        return Fraction(amount, self._denominators[number])

    def load(self, inspector_id: str) -> Fraction:
        """How many slots the inspector is expected to take."""
        number = self._types[inspector_id]
        return Fraction(self._loads[number], self._denominators[number])

    @cached_property
    def _types(self) -> dict[str, int]:
        ids = (person.id for person in self.eligible.task.inspectors)
        return dict(zip(ids, self.eligible.types, strict=True))

    @cached_property
    def _slots(self) -> dict[str, int]:
        return {slot.id: number for number, slot in enumerate(self.eligible.task.slots)}

    @cached_property
    def _amounts(self) -> dict[tuple[int, int], int]:
        return {(slot, number): amount for slot, number, amount in self.solved.table.cells}

    @cached_property
    def _loads(self) -> list[int]:
        return loads(self.solved.table, len(self.problem.types))

    @cached_property
    def _denominators(self) -> list[int]:
        return [self.solved.table.denominator * t.members for t in self.problem.types]


def loads(table: ChanceTable, types: int) -> list[int]:
    """Expected slots of all members of each type, in units of 1 / denominator."""
    sums = np.zeros(types, dtype=np.int64)
    np.add.at(sums, table.types, table.amounts)
    totals: list[int] = sums.tolist()
    return totals
