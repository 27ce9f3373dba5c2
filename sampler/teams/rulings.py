"""Which rules keep whom from which slots, and the smallest set of rules to blame.

A set of rules is a whole number, one bit for each rule, so that all inspectors are judged at
once.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from sampler.teams.eligibility import DEMANDS, Bools, Eligibility, Ints, Unmet, structural_rules
from sampler.teams.rules import INDIVIDUAL, STRUCTURAL, Rule
from sampler.teams.task import Inspector, Slot, TeamTask

BITS = {rule: 1 << place for place, rule in enumerate((*STRUCTURAL, *INDIVIDUAL))}


@dataclass(frozen=True)
class Verdict:
    """What the rules say of some slots.

    Attributes
    ----------
    able : inspectors who may take at least one of the slots.
    kept : the sets of rules that keep the others out, each by bits. Where anybody is of the
        right kind, those of the wrong kind are left out: that an expert is no officer
        explains nothing while there are officers.
    total : inspectors whom a rule keeps from every one of the slots, alone or with others.
    alone : inspectors who could take one of the slots but for the rule.
    """

    able: int
    kept: frozenset[int]
    total: Mapping[Rule, int]
    alone: Mapping[Rule, int]

    @cached_property
    def blame(self) -> tuple[Rule, ...]:
        """The smallest set of rules that alone keeps all of them out, in order of the law."""
        known = [rule for rule in Rule if any(BITS.get(rule, 0) & rules for rules in self.kept)]
        for size in range(len(known)):
            for few in combinations(known, size):
                bits = sum(BITS[rule] for rule in few)
                if all(rules & bits for rules in self.kept):
                    return few
        return tuple(known)


class Rulings:
    """The rules of one task against its inspectors."""

    def __init__(self, eligible: Eligibility) -> None:
        self.eligible = eligible
        self._unmet = Unmet(eligible.task.inspectors)

    def against(self, slot: Slot, person: Inspector) -> frozenset[Rule]:
        """Every rule by which *person* cannot take *slot*."""
        barred = self._bars.get(slot.visit, {}).get(person.id, 0)
        individual = (rule for rule in INDIVIDUAL if BITS[rule] & barred)
        visit = self.eligible.visits[slot.visit]
        return structural_rules(slot, visit, person).union(individual)

    def of(self, slots: Sequence[int]) -> Verdict:
        """What the rules say of *slots*, by their places in the task."""
        rows = [self.eligible.task.slots[slot] for slot in slots]
        able = np.zeros(len(self._places), dtype=np.bool_)
        fit = able.copy()
        for who, rules in self._against_all(rows):
            able[who[rules == 0]] = True
            fit[who[rules & BITS[Rule.KIND] == 0]] = True
        return self._verdict(rows, able, Rule.KIND if fit.any() else None)

    def _verdict(self, rows: Sequence[Slot], able: Bools, passed: Rule | None) -> Verdict:
        """Count what is against those not *able*; sets with the rule *passed* do not count."""
        always = np.full(len(able), -1, dtype=np.int64)
        single = np.zeros(len(able), dtype=np.int64)
        known = np.zeros(1 << len(BITS), dtype=np.bool_)
        for everybody, sets in self._against_all(rows):
            counts = ~able[everybody] & (sets & (BITS[passed] if passed else 0) == 0)
            who, rules = everybody[counts], sets[counts]
            known[rules] = True
            np.bitwise_and.at(always, who, rules)
            alone = rules & (rules - 1) == 0
            np.bitwise_or.at(single, who[alone], rules[alone])
        always[always == -1] = 0
        return Verdict(
            int(able.sum()),
            frozenset(np.flatnonzero(known).tolist()),
            {rule: int(np.count_nonzero(always & bit)) for rule, bit in BITS.items()},
            {rule: int(np.count_nonzero(single & bit)) for rule, bit in BITS.items()},
        )

    def _against_all(self, rows: Iterable[Slot]) -> Iterable[tuple[Ints, Ints]]:
        """Inspectors, by place, and the sets of rules by which they cannot take one of the
        slots; each set that an inspector has is given once at least."""
        alike: dict[tuple[Hashable, ...], list[Slot]] = defaultdict(list)
        for row in rows:
            alike[self._asked(row)].append(row)
        for asked, same in alike.items():
            structural = self._structural(asked)
            barred = [item for row in same for item in self._bars.get(row.visit, {}).items()]
            who = np.array([self._places[person] for person, _ in barred], dtype=np.int64)
            times = np.bincount(who, minlength=len(self._places))
            free = np.flatnonzero(times < len(same))
            yield free, structural[free]
            bars = np.array([bits for _, bits in barred], dtype=np.int64)
            yield who, structural[who] | bars

    def _asked(self, slot: Slot) -> tuple[Hashable, ...]:
        visit = self.eligible.visits[slot.visit]
        return tuple(demand.asked(slot, visit) for demand in DEMANDS)

    def _structural(self, asked: Iterable[Hashable]) -> Ints:
        found = np.zeros(len(self._places), dtype=np.int64)
        for demand, what in zip(DEMANDS, asked, strict=True):
            found[self._unmet.of(demand, what)] |= BITS[demand.rule]
        return found

    @cached_property
    def _places(self) -> dict[str, int]:
        return {person.id: n for n, person in enumerate(self.eligible.task.inspectors)}

    @cached_property
    def _bars(self) -> dict[str, dict[str, int]]:
        """For each visit the rules of the bars against each inspector."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for bar in self.eligible.task.bars:
            of_visit = found[bar.visit]
            of_visit[bar.inspector] = of_visit.get(bar.inspector, 0) | BITS[bar.rule]
        return found


def lifted(task: TeamTask, rule: Rule) -> TeamTask:
    """The task without one of the rules that a plan may drop."""
    match rule:
        case Rule.REGION:
            return replace(task, slots=tuple(replace(s, regions=frozenset()) for s in task.slots))
        case Rule.FIELD:
            return replace(task, slots=tuple(replace(s, field="") for s in task.slots))
        case _:
            return replace(task, bars=tuple(bar for bar in task.bars if bar.rule is not rule))
