"""Why teams cannot be drawn: the slots that stay empty, the rules to blame, what would help.

A shortage is an irreducible set of slots: together they cannot be filled, without any one
of them the others can. A shortage that is found is set aside and the search goes on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

from sampler.conflicts.words import percent
from sampler.faults import Infeasible
from sampler.quotas import ratio_text
from sampler.teams.eligibility import Eligibility, eligibility
from sampler.teams.problem import GRID
from sampler.teams.rules import COUNTING, INDIVIDUAL, OPEN_TO_THE_PLAN, STRUCTURAL, Rule
from sampler.teams.rulings import Rulings, lifted
from sampler.teams.staffing import Bounds, Staffing

MOST_NAMED = 8
"""More slots, or rules, than these are counted and not named."""

MOST_TOLD = 20
"""Of more shortages the planner reads the number, but the first of them in words."""

MOST_PAIRS = 2_000_000
"""Whether a rule can be dropped is not tried with more pairs of slot and type: without its
regions a whole country takes gigabytes."""


class ChangeKind(StrEnum):
    """What could be changed so that all slots can be filled."""

    PEOPLE = "people"
    CAPACITY = "capacity"
    WINDOW = "window"
    BOTH = "both"
    LIFT = "lift"


@dataclass(frozen=True)
class Change:
    """One change that alone is enough.

    Attributes
    ----------
    kind : what is changed.
    amount : by how much: persons (at least so many), or visits more for everybody.
    rule : the rule that is lifted, with `LIFT`.
    """

    kind: ChangeKind
    amount: int = 0
    rule: Rule | None = None

    @property
    def text(self) -> str:
        """The change in Chinese."""
        match self.kind:
            case ChangeKind.PEOPLE:
                return f"至少增加 {self.amount} 名符合条件的人员"
            case ChangeKind.CAPACITY:
                return f"每人检查次数上限增加 {self.amount} 次"
            case ChangeKind.WINDOW:
                return f"每人同一时段检查次数上限增加 {self.amount} 次"
            case ChangeKind.BOTH:
                return f"每人检查次数上限和同一时段检查次数上限各增加 {self.amount} 次"
            case _:
                return f"放宽规则“{self.rule.label if self.rule else ''}”"


@dataclass(frozen=True)
class Blocked:
    """How many inspectors a rule keeps from all slots of a shortage, and alone does so."""

    rule: Rule
    total: int
    alone: int


@dataclass(frozen=True)
class Shortage:
    """Slots that cannot all be filled.

    Attributes
    ----------
    slots, visits : ids; any one slot less and the others can be filled, unless *alike*.
    alike : every one of the slots is a shortage by itself, for the same reasons.
    eligible : inspectors who may take at least one of the slots.
    seats : most of the slots that can be filled at once.
    rules : the smallest set of rules to blame.
    blocked : what each individual or structural rule does, the rules to blame first.
    """

    slots: tuple[str, ...]
    visits: tuple[str, ...]
    alike: bool
    eligible: int
    seats: int
    rules: tuple[Rule, ...]
    blocked: tuple[Blocked, ...]

    @property
    def message(self) -> str:
        """The shortage in one Chinese sentence, with the counts that prove it."""
        return f"{_slots_text(self)}{_lack_text(self)}{_blame_text(self)}。"

    def as_json(self) -> dict[str, Any]:
        """The shortage as plain values."""
        return {
            "slots": list(self.slots),
            "visits": list(self.visits),
            "alike": self.alike,
            "eligible": self.eligible,
            "seats": self.seats,
            "rules": [rule.value for rule in self.rules],
            "blocked": [[b.rule.value, b.total, b.alone] for b in self.blocked],
            "message": self.message,
        }


@dataclass(frozen=True)
class TeamExplanation:
    """Why no teams can be drawn, and what would mend it.

    Attributes
    ----------
    shortages : with no slot in common, in the order found; empty if only the cap is wrong.
    changes : each alone is enough to fill all slots, beside more people.
    smallest_cap : what the pair cap would have to be, where only that is wrong.
    """

    shortages: tuple[Shortage, ...]
    changes: tuple[Change, ...] = ()
    pair_cap: Fraction | None = None
    smallest_cap: Fraction | None = None

    def as_json(self) -> dict[str, Any]:
        """The explanation as plain values."""
        return {
            "shortages": [shortage.as_json() for shortage in self.shortages],
            "changes": [
                {"kind": c.kind.value, "amount": c.amount, "rule": c.rule and c.rule.value}
                for c in self.changes
            ],
            "smallest_cap": None if self.smallest_cap is None else ratio_text(self.smallest_cap),
        }

    def lines(self) -> list[str]:
        """The explanation for the planner, a sentence to a line, in Chinese."""
        if self.pair_cap is not None and self.smallest_cap is not None:
            given, least = percent(self.pair_cap), percent(self.smallest_cap)
            # the cap counts in whole units of the grid, and is never rounded up
            grid = "" if GRID % self.pair_cap.denominator == 0 else f"，按 1/{GRID} 向下取整后"
            told = f"单人单席位概率上限定为 {given}{grid}，太低"
            return [f"{told}：要坐满所有席位，至少须为 {least}。"]
        first = self.shortages[:MOST_TOLD]
        found = [f"{i}. {s.message}" for i, s in enumerate(first, start=1)]
        if more := len(self.shortages) - len(first):
            found.append(f"另有 {more} 处，此处从略。")
        remedies = "；".join(change.text for change in self.changes)
        choice = "（任选其一）" if len(self.changes) > 1 else ""
        head = f"无法组队：有 {len(self.shortages)} 处席位派不出人。"
        return [head, *found, f"可行的最小调整{choice}：{remedies}。"]


class TeamsNotFeasible(Infeasible):
    """No teams keep all rules of the task, and why."""

    def __init__(self, explanation: TeamExplanation) -> None:
        self.explanation = explanation
        super().__init__("\n".join(explanation.lines()))


def explain(eligible: Eligibility) -> TeamExplanation | None:
    """All shortages of a task one after another, and what would help; None if there is none."""
    found = tuple(_shortages(eligible))
    if not found:
        return None
    return TeamExplanation(found, _changes(eligible, found))


def _shortages(eligible: Eligibility) -> Iterable[Shortage]:
    every = range(len(eligible.task.slots))
    empty = [slot for slot in every if not len(eligible.eligible[slot])]
    rest = tuple(slot for slot in every if len(eligible.eligible[slot]))
    rulings = Rulings(eligible)
    yield from _alone(rulings, empty)
    while conflicts := (staffing := Staffing(eligible, rest)).conflicts():
        yield from (_shortage(rulings, conflict) for conflict in conflicts)
        told = set(chain.from_iterable(conflicts))
        rest = tuple(slot for slot in staffing.contested() if slot not in told)


def _alone(rulings: Rulings, empty: Iterable[int]) -> Iterable[Shortage]:
    """Slots that nobody may take, told together where the reasons and counts are the same."""
    alike: dict[tuple[Any, ...], list[Shortage]] = {}
    for slot in empty:
        shortage = _shortage(rulings, (slot,))
        alike.setdefault((shortage.rules, shortage.blocked), []).append(shortage)
    for group in alike.values():
        slots = tuple(slot for shortage in group for slot in shortage.slots)
        visits = tuple(dict.fromkeys(visit for shortage in group for visit in shortage.visits))
        first = group[0]
        yield Shortage(slots, visits, True, 0, 0, first.rules, first.blocked)


def _shortage(rulings: Rulings, slots: Sequence[int]) -> Shortage:
    rows = [rulings.eligible.task.slots[slot] for slot in slots]
    verdict = rulings.of(slots)
    counting = _counting_blame(rulings.eligible, slots) if verdict.able else ()
    blocked = [Blocked(r, verdict.total[r], verdict.alone[r]) for r in (*STRUCTURAL, *INDIVIDUAL)]
    blocked.sort(key=lambda b: (b.rule not in verdict.blame, -b.total))
    return Shortage(
        slots=tuple(row.id for row in rows),
        visits=tuple(dict.fromkeys(row.visit for row in rows)),
        alike=False,
        eligible=verdict.able,
        seats=len(slots) - 1,
        rules=(*verdict.blame, *counting),
        blocked=tuple(b for b in blocked if b.total or b.alone),
    )


def _counting_blame(eligible: Eligibility, slots: Sequence[int]) -> tuple[Rule, ...]:
    """The fewest counting rules without which the slots could be filled."""
    for size in range(1, len(COUNTING)):
        for few in combinations(COUNTING, size):
            if _all_filled(eligible, slots, Bounds(lifted=frozenset(few))):
                return few
    return COUNTING


def _changes(eligible: Eligibility, found: Sequence[Shortage]) -> tuple[Change, ...]:
    """Single changes after which every slot can be filled; both bounds only together."""
    every = range(len(eligible.task.slots))
    lack = len(every) - Staffing(eligible, every).filled

    def least(kind: ChangeKind) -> Change | None:
        return _least(eligible, kind, lack)

    # where nobody may serve at all, serving more often helps nobody
    able = all(shortage.eligible for shortage in found)
    more = [least(kind) for kind in (ChangeKind.CAPACITY, ChangeKind.WINDOW) if able]
    if able and not any(more):
        more.append(least(ChangeKind.BOTH))
    changes = (least(ChangeKind.PEOPLE), *more, *_lifts(eligible, found))
    return tuple(change for change in changes if change)


def _least(eligible: Eligibility, kind: ChangeKind, lack: int) -> Change | None:
    """The least of one kind of change, if it can help, where *lack* slots stay empty.

    What is filled is concave in the amount (it is the value of a linear programme). So the
    last gain per unit leads to an amount that is never more than the least, and being enough
    it is the least.
    """
    every = range(len(eligible.task.slots))
    amount, step = 0, 1
    while lack:
        amount += step
        before = lack
        lack = len(every) - Staffing(eligible, every, _CHANGED[kind](amount)).filled
        if lack == before:
            return None
        step = -(-lack * step // (before - lack))
    return Change(kind, amount)


_CHANGED: dict[ChangeKind, Callable[[int], Bounds]] = {
    ChangeKind.PEOPLE: lambda n: Bounds(people=n),
    ChangeKind.CAPACITY: lambda n: Bounds(more=n),
    ChangeKind.WINDOW: lambda n: Bounds(more_per_window=n),
    ChangeKind.BOTH: lambda n: Bounds(more=n, more_per_window=n),
}


def _lifts(eligible: Eligibility, found: Sequence[Shortage]) -> Iterable[Change]:
    """Rules of the plan that are enough to drop, as far as memory lets us try."""
    for rule in OPEN_TO_THE_PLAN:
        if any(rule in shortage.rules for shortage in found):
            without = eligibility(lifted(eligible.task, rule))
            small = sum(map(len, without.pools)) <= MOST_PAIRS
            if small and _all_filled(without, range(len(without.task.slots))):
                yield Change(ChangeKind.LIFT, rule=rule)


def _all_filled(eligible: Eligibility, slots: Sequence[int], bounds: Bounds | None = None) -> bool:
    return Staffing(eligible, slots, bounds).filled == len(slots)


def _slots_text(shortage: Shortage) -> str:
    named = "、".join(shortage.slots[:MOST_NAMED])
    if len(shortage.slots) == 1:
        return f"席位 {named}"
    more = " 等" if len(shortage.slots) > MOST_NAMED else ""
    return f"席位 {named}{more} 共 {len(shortage.slots)} 个"


def _lack_text(shortage: Shortage) -> str:
    if not shortage.eligible:
        return "均无人可派" if len(shortage.slots) > 1 else "无人可派"
    lack = len(shortage.slots) - shortage.seats
    return f"，可派的只有 {shortage.eligible} 人，最多坐满 {shortage.seats} 个，还差 {lack} 个"


def _blame_text(shortage: Shortage) -> str:
    if not shortage.rules:
        return "：检查人员名单是空的"
    said = {b.rule: b for b in shortage.blocked}
    words = [_rule_text(rule, said.get(rule)) for rule in shortage.rules[:MOST_NAMED]]
    return f"。起决定作用的规则：{'；'.join(words)}"


def _rule_text(rule: Rule, blocked: Blocked | None) -> str:
    if blocked is None:
        return f"“{rule.label}”"
    return f"“{rule.label}”挡住 {blocked.total} 人，其中 {blocked.alone} 人仅因此项"
