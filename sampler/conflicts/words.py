"""A conflict in a planner's words: one Chinese sentence with the counts that prove it."""

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction

from sampler.conflicts.feasibility import Feasibility
from sampler.conflicts.rules import CAP, MOST_GROUPS, Rule, RuleKind
from sampler.quotas import LONGEST_TERM, SINGLE_PLACE, Kind, UnitType, ratio_text

Rules = tuple[Rule, ...]

_WHY_NOT = {
    Kind.EXCLUDED: "已列入排除",
    Kind.ORDINARY: "权重为 0",
    Kind.OUTSIDE: "不在抽查范围",
}


class Speaker:
    """Puts irreducible sets of rules of one problem into words."""

    def __init__(self, feasibility: Feasibility) -> None:
        self.feasibility = feasibility
        self.book = feasibility.book
        self.plan = feasibility.book.problem

    def sentence(self, rules: Rules) -> str:
        """Why the *rules* cannot hold together."""
        if CAP in rules:
            return self._cap(rules)
        kinds = Counter(rule.kind for rule in rules)
        crosses = kinds[RuleKind.CROSS_MIN] + kinds[RuleKind.CROSS_MAX]
        seats = kinds[RuleKind.PLACE] + kinds[RuleKind.TOTAL]
        if crosses == 0:
            return self._certain_seats(rules) if kinds[RuleKind.CERTAIN] else self._seats(rules)
        if crosses == 1 and not kinds[RuleKind.CERTAIN]:
            return self._cross(rules)
        if crosses == 1 and not seats and kinds[RuleKind.CROSS_MAX]:
            return self._certain_cross(rules)
        return self._general(rules)

    def _seats(self, rules: Rules) -> str:
        """Places alone: the units that can fill any of them are too few (Hall's condition)."""
        wanted = self._count(rules)
        holders = self._holders(rules)
        if len(rules) > 1:
            can = f"能占用它们的机构合计只有 {holders} 家"
            return f"{self._sum(rules)}，{can}，还差 {wanted - holders} 家。"
        can = f"符合条件的只有 {holders} 家，还差 {wanted - holders} 家"
        asked = self._seat(rules[0], "要抽")
        return f"{asked}，但名单中{can}{self._lost(self._holds(rules[0]))}。"

    def _certain_seats(self, rules: Rules) -> str:
        """Certain units that must share places with fewer seats, or have none at all."""
        certain = [rule for rule in rules if rule.kind is RuleKind.CERTAIN]
        places = tuple(rule for rule in rules if rule.kind is not RuleKind.CERTAIN)
        units = sum(self.book.certain[rule.index].units for rule in certain)
        if not places:
            return f"有 {units} 家必查单位没有可以占用的领域。"
        if places[0].kind is RuleKind.TOTAL or self._single(places[0]):
            return f"必查单位有 {units} 家，而总共只抽 {self.plan.n} 家。"
        names = self._names(places)
        return f"必查单位中有 {units} 家只能占用{names}，而{names}共只抽 {self._count(places)} 家。"

    def _cross(self, rules: Rules) -> str:
        """One bound of a cross quota against the seats it has to be met in."""
        cross, *rest = sorted(rules, key=lambda rule: rule.kind in _SEATS)
        needs = cross.kind is RuleKind.CROSS_MIN
        bound, best = self._bound(cross), self.feasibility.best(rest, cross, largest=needs)
        name = self.plan.cross[cross.index].name
        asked = f"“{name}”要求{self._amount(cross)}"
        if not rest:
            short = f"名单中符合条件的只有 {best} 家，还差 {bound - best} 家"
            lost = self._lost(lambda t: bool(t.cross) and t.cross[cross.index])
            return f"{asked}，但{short}{lost}。"
        reach = f"最多只能抽到 {best} 家" if needs else f"至少会抽到 {best} 家"
        return f"{asked}，但在{self._list(rest)}的前提下，{reach}。"

    def _certain_cross(self, rules: Rules) -> str:
        cross, *certain = sorted(rules, key=lambda rule: rule.kind is RuleKind.CERTAIN)
        units = sum(self.book.certain[rule.index].units for rule in certain)
        name = self.plan.cross[cross.index].name
        return f"“{name}”要求{self._amount(cross)}，但属于“{name}”的必查单位已有 {units} 家。"

    def _cap(self, rules: Rules) -> str:
        smallest = self.feasibility.smallest_cap(rules)
        rest = [rule for rule in rules if rule != CAP]
        if smallest is None:
            raise ValueError("a conflict with a cap can hold under another cap")
        cap = f"{percent(self.plan.cap)} ".replace("） ", "）")
        least = f"至少要 {percent(smallest)}"
        return f"概率上限 {cap}太低：要满足{self._list(rest)}，{least}。"

    def _general(self, rules: Rules) -> str:
        words = self._demands(rules)
        groups = [rule for rule in rules if rule.kind is RuleKind.CERTAIN]
        reached: dict[str, list[str]] = {}
        for rule in rules:
            if rule in groups and len(groups) > MOST_GROUPS:
                continue
            reached.setdefault(self._subject(rule), []).append(self._reach(rule, rules))
        reach = "；".join(f"{name}{'或'.join(texts)}" for name, texts in reached.items())
        head = f"以下 {len(words)} 项不能同时满足，去掉任何一项其余即可满足：{'、'.join(words)}。"
        return f"{head}其余各项满足时，{reach}。"

    def _demands(self, rules: Iterable[Rule]) -> list[str]:
        """What the rules ask for, each once; an exact quota is one demand, not two bounds."""
        rules = list(rules)
        texts = [self._demand(rule) for rule in rules if rule.kind is not RuleKind.CERTAIN]
        certain = [f"{name}全部 {units} 家" for name, units in self.book.certain_named(rules)]
        return list(dict.fromkeys(texts + certain))

    def _demand(self, rule: Rule) -> str:
        if rule.kind in (RuleKind.CROSS_MIN, RuleKind.CROSS_MAX):
            return f"“{self.plan.cross[rule.index].name}”{self._amount(rule)}"
        return self._seat(rule)

    def _reach(self, rule: Rule, rules: Rules) -> str:
        """How near the others let one rule come to what it asks for."""
        rest, bound = [other for other in rules if other != rule], self._bound(rule)
        most = self.feasibility.best(rest, rule, largest=True)
        if most < bound:
            return f"最多 {most} 家"
        least = self.feasibility.best(rest, rule, largest=False)
        return f"至少 {least} 家" if least > bound else f"不能恰好 {bound} 家"

    def _subject(self, rule: Rule) -> str:
        if rule.kind is RuleKind.CERTAIN:
            return self.book.certain_name(self.book.certain[rule.index])
        if rule.kind is RuleKind.TOTAL or self._single(rule):
            return "总数"
        names = (
            self.plan.names if rule.kind is RuleKind.PLACE else [c.name for c in self.plan.cross]
        )
        return f"“{names[rule.index]}”"

    def _amount(self, rule: Rule) -> str:
        cross = self.plan.cross[rule.index]
        if cross.low == cross.high:
            return f"恰好 {cross.low} 家"
        needs = rule.kind is RuleKind.CROSS_MIN
        return f"至少 {cross.low} 家" if needs else f"最多 {cross.high} 家"

    def _bound(self, rule: Rule) -> int:
        match rule.kind:
            case RuleKind.CROSS_MIN:
                return self.plan.cross[rule.index].low
            case RuleKind.CROSS_MAX:
                return self.plan.cross[rule.index].high
            case RuleKind.CERTAIN:
                return self.book.certain[rule.index].units
            case _:
                return self._count([rule])

    def _seat(self, rule: Rule, verb: str = "抽") -> str:
        if rule.kind is RuleKind.TOTAL or self._single(rule):
            return f"共{verb} {self.plan.n} 家"
        return f"“{self.plan.names[rule.index]}”{verb} {self.plan.counts[rule.index]} 家"

    def _sum(self, rules: Rules) -> str:
        return f"{self._names(rules)} {len(rules)} 个领域共要抽 {self._count(rules)} 家"

    def _list(self, rules: Iterable[Rule]) -> str:
        return "、".join(self._demands(rules))

    def _names(self, rules: Iterable[Rule]) -> str:
        return "".join(f"“{self.plan.names[rule.index]}”" for rule in rules)

    def _single(self, rule: Rule) -> bool:
        return rule.kind is RuleKind.PLACE and self.plan.names == (SINGLE_PLACE,)

    def _count(self, rules: Iterable[Rule]) -> int:
        plan = self.plan
        return sum(plan.n if r.kind is RuleKind.TOTAL else plan.counts[r.index] for r in rules)

    def _holders(self, rules: Rules) -> int:
        """Units that can be drawn for any of the places."""
        fits = [self._holds(rule) for rule in rules]
        return sum(t.units for t in self.plan.drawable if any(fit(t) for fit in fits))

    def _holds(self, rule: Rule) -> Callable[[UnitType], bool]:
        if rule.kind is RuleKind.TOTAL:
            return lambda t: bool(t.places)
        return lambda t: rule.index in t.places

    def _lost(self, fits: Callable[[UnitType], bool]) -> str:
        """The units that would do and cannot be drawn, with the reason."""
        lost: Counter[Kind] = Counter()
        for t in self.plan.types:
            if self.plan.upper(t) == 0 and fits(t):
                lost[t.kind] += t.units
        reasons = [f"{lost[kind]} 家{why}" for kind, why in _WHY_NOT.items() if lost[kind]]
        return f"（另有 {'、'.join(reasons)}）" if reasons else ""


_SEATS = (RuleKind.PLACE, RuleKind.TOTAL)


def percent(share: Fraction) -> str:
    """A chance as a fraction and in percent, never rounded down: 7/1200（约 0.5834%）.

    Without the fraction where it would be long.
    """
    millionths = share * 1_000_000
    shown = -(-millionths.numerator // millionths.denominator)
    text = f"{shown // 10_000}.{shown % 10_000:04d}".rstrip("0").rstrip(".") + "%"
    if shown == millionths:
        return text
    long = max(share.numerator, share.denominator) >= LONGEST_TERM
    return f"约 {text}" if long else f"{ratio_text(share)}（约 {text}）"
