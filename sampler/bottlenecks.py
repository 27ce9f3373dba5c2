"""Why nobody can be promised more: each level of the chances in one plain sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sampler.cuts import Cut, Level
from sampler.fairness import Fair
from sampler.pools import Pool, Tree
from sampler.quotas import LONGEST_TERM, Kind, Problem, UnitType, ratio_text

MOST_NAMES = 3
"""More names than this are counted instead of listed."""


def percent(value: Fraction) -> str:
    """*value* as a percentage with four decimals, rounded half up."""
    millionths = (value * 1_000_000 + Fraction(1, 2)).__floor__()
    return f"{millionths // 10_000}.{millionths % 10_000:04d}%"


@dataclass(frozen=True)
class Bottleneck:
    """A level of the chances: its types, the bound that holds them down, and the sentence.

    The bound is a sum of the plan's own: `times_n` times n, plus each cross quota's bound
    times its factor (the upper one if positive, the lower one if negative), less the
    counts of *places*. Without `cut` it is the cap on a single chance.
    """

    level: Level
    sentence: str
    places: tuple[int, ...] = ()
    times_n: int = 0
    times_cross: tuple[tuple[int, int], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The bottleneck as it is committed."""
        return {
            "value": ratio_text(self.level.value),
            "types": list(self.level.types),
            "cut": self.level.cut is not None,
            "places": list(self.places),
            "n": self.times_n,
            "cross": [list(pair) for pair in self.times_cross],
            "sentence": self.sentence,
        }


def bottlenecks(problem: Problem, fair: Fair) -> list[Bottleneck]:
    """One bottleneck for each group of types that is fixed together, lowest level first."""
    if fair.tree is None:
        return []
    tree = fair.tree
    return [_summed(tree, level, _sentence(problem, tree, fair, level)) for level in fair.levels]


def _summed(tree: Tree, level: Level, sentence: str) -> Bottleneck:
    """The cut of a level as a sum of the plan's bounds (linear-programming duality)."""
    if level.cut is None:
        return Bottleneck(level, sentence)
    held = set(level.cut.pools)
    times_n, times_cross = int(0 in held), {}
    for v, pool in enumerate(tree.pools):
        if pool.cross is not None and (v in held) != (pool.parent in held):
            # what enters counts with its upper bound, what leaves with its lower one;
            # a complement's bound is n less the other bound of the quota itself
            sign = 1 if v in held else -1
            times_cross[pool.cross] = -sign if pool.complement else sign
            times_n += sign if pool.complement else 0
    places = tuple(i for i in range(level.cut.places.bit_length()) if level.cut.places >> i & 1)
    return Bottleneck(level, sentence, places, times_n, tuple(sorted(times_cross.items())))


def inside(problem: Problem, tree: Tree, cut: Cut) -> list[UnitType]:
    """The types whose demand the cut holds in: in its pools, and filling none of its places."""
    return [
        t for t in problem.drawable if tree.home[t.number] in cut.pools and not t.mask & cut.places
    ]


def _sentence(problem: Problem, tree: Tree, fair: Fair, level: Level) -> str:
    if level.cut is None:
        return _cap_sentence(problem, level)
    held = inside(problem, tree, level.cut)
    weight = {t.number: t.weight for t in held}
    now = [t for t in held if t.kind is Kind.ORDINARY and _at(fair, t, weight) == level.value]
    before = [t for t in held if t not in now]
    room = sum((fair.chances[t.number] * t.units for t in held), Fraction(0))
    taken = sum((fair.chances[t.number] * t.units for t in before), Fraction(0))
    who = f"{_pools(problem, tree.pools, level.cut)}有 {_count(now)} 家机构"
    left = _room(problem, level.cut, room)
    if before:
        left += f"，其中 {_count(before)} 家机会更低或必查的机构已占 {_number(taken)} 个"
        left += f"，余 {_number(room - taken)} 个"
    return f"{who}{left}，所以{_promise(problem, level.value, now)}。"


def _at(fair: Fair, t: UnitType, weight: dict[int, int]) -> Fraction:
    return fair.chances[t.number] / weight[t.number]


def _cap_sentence(problem: Problem, level: Level) -> str:
    types = [t for t in problem.types if t.number in level.types]
    if problem.cap == 1:
        return f"有 {_count(types)} 家机构的机会已到 100%，不能再多。"
    return f"有 {_count(types)} 家机构的机会已到计划规定的上限 {percent(problem.cap)}。"


def _count(types: Sequence[UnitType]) -> str:
    return f"{sum(t.units for t in types):,}"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.4f}"


def _promise(problem: Problem, value: Fraction, types: Sequence[UnitType]) -> str:
    if problem.by_ratio:
        return f"每家至多得到公布比例的 {percent(value * problem.scale)}"
    if len({t.weight for t in types}) > 1:
        return f"每份权重至多 {_told(value)}"
    return f"每家至多 {_told(value * types[0].weight)}"


def _told(chance: Fraction) -> str:
    """A chance in percent, after the exact fraction where that is short."""
    if max(chance.numerator, chance.denominator) >= LONGEST_TERM:
        return percent(chance)
    return f"{ratio_text(chance)}，即 {percent(chance)}"


def _pools(problem: Problem, pools: Sequence[Pool], cut: Cut) -> str:
    """Which part of the frame the cut speaks of: `范围` words, or nothing for all of it."""
    chosen = [pools[v] for v in cut.pools]
    tops = [p for v, p in zip(cut.pools, chosen, strict=True) if v and p.parent not in cut.pools]
    without = [p for v, p in enumerate(pools) if v and p.parent in cut.pools and v not in cut.pools]
    parts = []
    if 0 not in cut.pools and tops:
        parts.append(_listed([_side(problem, p, within=True) for p in tops]))
    if without:
        parts.append(_listed([_side(problem, p, within=False) for p in without]))
    return "，".join(parts)


def _side(problem: Problem, pool: Pool, *, within: bool) -> str:
    """In or out of a pool, said of its cross quota: `“国家质检中心”范围内`."""
    name = problem.cross[pool.cross].name if pool.cross is not None else "全部"
    return f"“{name}”{'范围内' if within != pool.complement else '之外'}"


def _listed(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMES:
        return "、".join(names)
    return "、".join(names[:MOST_NAMES]) + f"等 {len(names)} 项"


def _room(problem: Problem, cut: Cut, room: Fraction) -> str:
    """What the types of the cut may fill, and how much of it the other quotas leave them."""
    open_places = [i for i in range(len(problem.counts)) if not cut.places >> i & 1]
    seats = sum(problem.counts[i] for i in open_places)
    if not cut.places:
        whole = f"；名额一共 {seats} 个"
        return whole if room == seats else f"；按各项要求，这里至多有 {_number(room)} 个名额"
    names = _listed([f"“{problem.names[i]}”" for i in open_places])
    only = f"只能占用{names}的 {seats} 个名额"
    return only if room == seats else f"{only}；按其他各项要求，至多有 {_number(room)} 个"
