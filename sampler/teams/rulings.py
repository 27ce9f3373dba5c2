"""Which rules keep whom from which slots, and the smallest set of rules to blame."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from sampler.teams.eligibility import Eligibility, structural_rules
from sampler.teams.rules import Rule
from sampler.teams.task import Inspector, Slot, TeamTask

RuleSet = frozenset[Rule]
Pattern = frozenset[RuleSet]
"""For one inspector, the rules that keep him from each of some slots."""


@dataclass(frozen=True)
class Verdict:
    """What the rules say of some slots.

    Attributes
    ----------
    able : inspectors who may take at least one of the slots.
    kept : how many are kept from all of them, by pattern. Where anybody is of the right
        kind, those of the wrong kind are left out: that an expert is no officer explains
        nothing while there are officers.
    """

    able: int
    kept: Mapping[Pattern, int]

    @cached_property
    def blame(self) -> tuple[Rule, ...]:
        """The smallest set of rules that alone keeps all of them out, in order of the law."""
        sets = {rules for pattern in self.kept for rules in pattern}
        known = [rule for rule in Rule if any(rule in rules for rules in sets)]
        for size in range(len(known)):
            for few in combinations(known, size):
                if all(rules.intersection(few) for rules in sets):
                    return few
        return tuple(known)

    def total(self, rule: Rule) -> int:
        """Inspectors whom *rule* keeps from every one of the slots, alone or with others."""
        return sum(n for pattern, n in self.kept.items() if all(rule in s for s in pattern))

    def alone(self, rule: Rule) -> int:
        """Inspectors who could take one of the slots but for *rule*."""
        return sum(n for pattern, n in self.kept.items() if frozenset({rule}) in pattern)


class Rulings:
    """The rules of one task against its inspectors, person by person."""

    def __init__(self, eligible: Eligibility) -> None:
        self.eligible = eligible
        self._bars: dict[tuple[str, str], set[Rule]] = defaultdict(set)
        for bar in eligible.task.bars:
            self._bars[bar.visit, bar.inspector].add(bar.rule)

    def against(self, slot: Slot, person: Inspector) -> RuleSet:
        """Every rule by which *person* cannot take *slot*."""
        barred = self._bars.get((slot.visit, person.id), ())
        return structural_rules(slot, self.eligible.visits[slot.visit], person).union(barred)

    def of(self, slots: Sequence[int]) -> Verdict:
        """What the rules say of *slots*, by their places in the task."""
        rows = [self.eligible.task.slots[slot] for slot in slots]
        found = Counter(
            frozenset(self.against(row, person) for row in rows)
            for person in self.eligible.task.inspectors
        )
        able = sum(n for pattern, n in found.items() if frozenset() in pattern)
        outside = {pattern: n for pattern, n in found.items() if frozenset() not in pattern}
        fit: Counter[Pattern] = Counter()
        for pattern, n in outside.items():
            if right := frozenset(rules for rules in pattern if Rule.KIND not in rules):
                fit[right] += n
        return Verdict(able, fit if fit or able else outside)


def lifted(task: TeamTask, rule: Rule) -> TeamTask:
    """The task without one of the rules that a plan may drop."""
    match rule:
        case Rule.REGION:
            return replace(task, slots=tuple(replace(s, regions=frozenset()) for s in task.slots))
        case Rule.FIELD:
            return replace(task, slots=tuple(replace(s, field="") for s in task.slots))
        case _:
            return replace(task, bars=tuple(bar for bar in task.bars if bar.rule is not rule))
