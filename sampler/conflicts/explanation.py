"""Why a plan cannot be drawn: what cannot hold together, and the nearest change.

A conflict is an irreducible set of rules: together they cannot hold on this roster, and
without any one of them the rest of the set can. A conflict that is found is set aside and
the search goes on among the remaining rules, until these can hold.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sampler.conflicts.feasibility import Feasibility
from sampler.conflicts.remedies import Change, ChangeKind, drawable, nearest_change, total_change
from sampler.conflicts.rules import CAP, TOTAL, Rule, Rulebook, RuleKind
from sampler.conflicts.words import Speaker, percent
from sampler.quotas import SINGLE_PLACE, Problem, ratio_text

Rules = tuple[Rule, ...]
Question = Callable[[Collection[Rule]], bool]


@dataclass(frozen=True)
class Member:
    """One rule of a conflict: its kind, whose it is, and the number that it asks for."""

    kind: str
    name: str
    bound: int | Fraction

    def as_json(self) -> dict[str, str | int]:
        """The member as plain values; the cap as `num/den`."""
        bound = ratio_text(self.bound) if isinstance(self.bound, Fraction) else self.bound
        return {"kind": self.kind, "name": self.name, "bound": bound}


@dataclass(frozen=True)
class Conflict:
    """Members that cannot hold together, any one of them removed they can; and the proof."""

    members: tuple[Member, ...]
    message: str


@dataclass(frozen=True)
class Explanation:
    """Why a plan cannot be drawn, and what would mend it.

    Attributes
    ----------
    conflicts : disjoint, in the order found.
    changes : the nearest change of counts, empty if no change of counts helps.
    smallest_cap : what the cap would have to be, all else unchanged; None if the cap is
        not what is wrong, or not alone.
    """

    conflicts: tuple[Conflict, ...]
    changes: tuple[Change, ...]
    smallest_cap: Fraction | None

    def as_json(self) -> dict[str, Any]:
        """The explanation as plain values."""
        return {
            "conflicts": [
                {"members": [m.as_json() for m in c.members], "message": c.message}
                for c in self.conflicts
            ],
            "changes": [change.as_json() for change in self.changes],
            "smallest_cap": None if self.smallest_cap is None else ratio_text(self.smallest_cap),
        }

    def lines(self) -> list[str]:
        """The explanation for the planner, a sentence to a line, in Chinese."""
        found = [f"{i}. {c.message}" for i, c in enumerate(self.conflicts, start=1)]
        head = f"方案无法抽取：在本名单上有 {len(found)} 处要求不能同时满足。"
        return [head, *found, *self._remedies()]

    def _remedies(self) -> list[str]:
        lines = []
        if self.smallest_cap is not None:
            lines.append(f"其他数目不变时，概率上限至少应为 {percent(self.smallest_cap)}。")
        if not self.changes:
            return [*lines, "只改动数目不能解决，请调整名单、必查单位或符合条件的范围。"]
        either = "或者概率上限不变，" if lines else ""
        first = self.changes[0]
        if first.kind is ChangeKind.TOTAL:
            side = "最多只能" if first.new < first.old else "至少须"
            lines.append(f"{either}抽取总数不能保持 {first.old} 家，{side}抽 {first.new} 家。")
            either = ""
        words = "；".join(change_text(c) for c in self.changes if c.name != SINGLE_PLACE)
        size = total_change(self.changes)
        return [*lines, f"{either}最小的改动（各数目增减合计 {size}）：{words}。"]


def change_text(change: Change) -> str:
    """A change in words, e.g. “其他领域”由 35 家改为 37 家."""
    old, new = f"{change.old} 家", f"{change.new} 家"
    match change.kind:
        case ChangeKind.TOTAL:
            return f"抽取总数由 {old}改为 {new}"
        case ChangeKind.CROSS:
            return f"“{change.name}”由恰好 {old}改为恰好 {new}"
        case ChangeKind.CROSS_MIN:
            return f"“{change.name}”的下限由 {old}改为 {new}"
        case ChangeKind.CROSS_MAX:
            return f"“{change.name}”的上限由 {old}改为 {new}"
        case ChangeKind.PLACE:
            return f"“{change.name}”由 {old}改为 {new}"


def feasible(problem: Problem) -> bool:
    """Whether some draw keeps every quota, the certain units and the cap of *problem*.

    Exact but for one case: a cap on cross quotas that cross each other, see `feasibility`.
    """
    return drawable(problem)


def explain(problem: Problem) -> Explanation | None:
    """All conflicts of the plan one after another, and the nearest change; None if feasible."""
    feasibility = Feasibility(problem)
    rules = feasibility.book.rules
    if feasibility.holds(rules):
        return None
    speaker = Speaker(feasibility)
    conflicts = tuple(
        Conflict(_members(feasibility.book, found), speaker.sentence(found))
        for found in _conflicts(feasibility)
    )
    cap = None
    if CAP in rules and feasibility.holds(set(rules) - {CAP}):
        cap = feasibility.smallest_cap(rules)
    return Explanation(conflicts, nearest_change(problem) or (), cap)


def irreducible(rules: Sequence[Rule], holds: Question) -> Rules:
    """An irreducible set among *rules* that do not hold together, in the order given.

    Early rules are preferred: the last rule of the result is as early as can be.
    QuickXplain (Junker, AAAI 2004), about k log(r/k) questions for k among r rules.
    """

    def narrow(kept: Rules, added: Rules, open_rules: Rules) -> Rules:
        if added and not holds(kept):
            return ()
        if len(open_rules) == 1:
            return open_rules
        first, second = open_rules[: len(open_rules) // 2], open_rules[len(open_rules) // 2 :]
        late = narrow(kept + first, first, second)
        return narrow(kept + late, late, first) + late

    found = set(narrow((), (), tuple(rules)))
    return tuple(rule for rule in rules if rule in found)


def _conflicts(feasibility: Feasibility) -> list[Rules]:
    found: list[Rules] = []
    remaining = feasibility.book.rules
    while not feasibility.holds(remaining):
        # from both ends of the plan, for the shorter of two explanations is the better one
        early = irreducible(remaining, feasibility.holds)
        late = irreducible(remaining[::-1], feasibility.holds)[::-1]
        shorter = late if len(late) < len(early) else early
        remaining = tuple(rule for rule in remaining if rule not in shorter)
        found.append(_summed(shorter, feasibility))
    return found


def _summed(rules: Rules, feasibility: Feasibility) -> Rules:
    """The total in place of all places together, where it proves the same."""
    names = feasibility.book.problem.names
    places = [rule for rule in rules if rule.kind is RuleKind.PLACE]
    if len(places) < len(names) or (len(names) == 1 and names[0] != SINGLE_PLACE):
        return rules
    short = (TOTAL, *(rule for rule in rules if rule.kind is not RuleKind.PLACE))
    needed = all(feasibility.holds(set(short) - {rule}) for rule in short)
    return short if needed and not feasibility.holds(short) else rules


def _members(book: Rulebook, rules: Rules) -> tuple[Member, ...]:
    """The rules as members, in plan order."""
    plan = book.problem
    members = []
    for rule in rules:
        kind = rule.kind.value
        match rule.kind:
            case RuleKind.PLACE:
                members.append(Member(kind, plan.names[rule.index], plan.counts[rule.index]))
            case RuleKind.CROSS_MIN:
                cross = plan.cross[rule.index]
                members.append(Member(kind, cross.name, cross.low))
            case RuleKind.CROSS_MAX:
                cross = plan.cross[rule.index]
                members.append(Member(kind, cross.name, cross.high))
            case RuleKind.TOTAL:
                members.append(Member(kind, "", plan.n))
    certain = [Member(RuleKind.CERTAIN.value, *named) for named in book.certain_named(rules)]
    cap = [Member(RuleKind.CAP.value, "", plan.cap)] if CAP in rules else []
    return (*members, *certain, *cap)
