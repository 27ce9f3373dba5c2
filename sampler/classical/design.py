"""The classical methods under their names: what is committed before the seed is known.

A `Design` is data: *steps* ("the smallest tickets not yet taken among these types, for
this place") and, for the methods with unequal chances, *groups* of types that share one
chance. `taking` carries it out, `promises` says what it is worth to each unit.
Certain units come first in every method and use one of the n; weight 0 is never drawn.

Sources: W. G. Cochran, Sampling Techniques, 3rd ed. 1977 (simple, proportional);
E. Ohlsson, Sequential Poisson sampling, J. Official Statistics 14 (1998); B. Rosén, On
sampling with probability proportional to size, J. Stat. Planning and Inference 62
(1997), and P. Saavedra, ASA Survey Research Methods (1995) (Pareto); M. R. Sampford, On
sampling without replacement with unequal probabilities, Biometrika 54 (1967).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sampler.faults import BadInput, Fault
from sampler.quotas import Kind, Method, Plan, Problem, UnitType, ratio_text


@dataclass(frozen=True)
class Step:
    """Take the *count* smallest tickets not yet taken among *types*, for *place*.

    In a draw field after field every step draws its own lots instead of the tickets.
    *count* None means as many as the place still has room for. *place* None spreads the
    units over the places: each takes the first place in plan order that it may fill and
    that has room; a unit that fits nowhere is skipped.
    """

    place: int | None
    types: tuple[int, ...]
    count: int | None


@dataclass(frozen=True)
class Group:
    """Types whose units share one *chance*, 0 < chance < 1 (nominal for sps and pareto)."""

    chance: Fraction
    types: tuple[int, ...]


@dataclass(frozen=True)
class Design:
    """A method on a problem: first *steps*, then *count* units from *groups*."""

    method: Method
    steps: tuple[Step, ...]
    count: int = 0
    groups: tuple[Group, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The design as committed: only text, small integers, lists and objects."""
        return {
            "method": self.method.value,
            "steps": [
                {"place": s.place, "types": list(s.types), "count": s.count} for s in self.steps
            ],
            "count": self.count,
            "groups": [
                {"chance": ratio_text(g.chance), "types": list(g.types)} for g in self.groups
            ],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Design":
        """The design that `as_json` wrote down."""
        return cls(
            method=Method(value["method"]),
            steps=tuple(Step(s["place"], tuple(s["types"]), s["count"]) for s in value["steps"]),
            count=value["count"],
            groups=tuple(Group(Fraction(g["chance"]), tuple(g["types"])) for g in value["groups"]),
        )


def design(
    problem: Problem, method: Method, strata: Sequence[Sequence[int]] | None = None
) -> Design:
    """The design of a classical *method*.

    Parameters
    ----------
    problem : one place, except for `Method.SEQUENTIAL`, which fills the places in order.
    strata : for `Method.PROPORTIONAL`, the type numbers of each stratum in plan order;
        by default units of equal weight form a stratum.

    Raises
    ------
    BadInput
        If the method cannot be carried out on this problem, with every reason.
    ValueError
        If the method is `FAIR`, or does not know places and is given several.
    """
    if method is Method.FAIR:
        raise ValueError("the fair draw is not a classical method")
    if not method.fills_places and len(problem.names) != 1:
        raise ValueError(f"{method} knows no places")
    if faults := list(_faults(problem, method)):
        raise BadInput(faults)
    ordinary = [t for t in problem.drawable if t.kind is Kind.ORDINARY]
    certain = _certain_steps(problem)
    left = problem.n - sum(step.count or 0 for step in certain)
    match method:
        case Method.SIMPLE:
            steps = _one_step(ordinary, left)
        case Method.PROPORTIONAL:
            steps = _proportional(ordinary, left, strata)
        case Method.SEQUENTIAL:
            steps = _field_after_field(problem, ordinary)
        case _:
            by_size = _by_size(method, ordinary, left)
            return replace(by_size, steps=(*certain, *by_size.steps))
    return Design(method, (*certain, *steps))


def not_kept(plan: Plan, method: Method) -> list[str]:
    """What *plan* asks and a draw by *method* does not promise, in Chinese sentences."""
    if method is Method.FAIR:
        return []
    sequential = method is Method.SEQUENTIAL
    by_hand = sequential and len(plan.cross) == 1 and plan.cross[0].low == plan.cross[0].high
    weighted = plan.weights or plan.ratios or plan.factors
    said = []
    if plan.fields and not sequential:
        said.append("此方法不分领域抽取，不保证各领域的数量")
    if plan.cross and not by_hand:
        said.append("此方法不保证以下交叉数量：" + "、".join(c.name for c in plan.cross))
    if plan.cap < 1:
        said.append("此方法不保证单家机构的概率上限")
    if weighted and method in (Method.SIMPLE, Method.SEQUENTIAL):
        said.append("此方法不使用权重，只不抽权重为 0 的机构")
    return said


def _faults(problem: Problem, method: Method) -> Iterable[Fault]:
    units = sum(t.units for t in problem.drawable)
    certain = [t for t in problem.drawable if t.kind is Kind.CERTAIN]
    must = sum(t.units for t in certain)
    if units < problem.n:
        message = f"可抽机构只有 {units} 家，少于应抽的 {problem.n} 家"
        yield Fault("too_few_units", "n", message)
    if must > problem.n:
        yield Fault(
            "too_many_certain", "certain", f"必查机构有 {must} 家，多于应抽的 {problem.n} 家"
        )
    elif sum(map(len, _seats(problem))) < must:
        yield Fault("certain_without_place", "certain", "必查机构无法全部安排到各自可代表的领域")
    if method is Method.SEQUENTIAL and problem.cross:
        yield from _cross_faults(problem, certain)


def _cross_faults(problem: Problem, certain: list[UnitType]) -> Iterable[Fault]:
    cross = problem.cross[0]
    if len(problem.cross) > 1 or cross.low != cross.high:
        message = "逐领域抽取最多只能有一条交叉数量，且须为确定数（min 等于 max）"
        yield Fault("cross_not_by_hand", "cross", message)
    elif (must := sum(t.units for t in certain if t.cross[0])) > cross.low:
        message = f"必查机构中已有 {must} 家属于此类，多于规定的 {cross.low} 家"
        yield Fault("too_many_certain", cross.name, message)


def _seats(problem: Problem) -> list[list[int]]:
    """Type numbers of the certain units in each place, as many units as can be seated."""
    places = {t.number: t.places for t in problem.drawable if t.kind is Kind.CERTAIN}
    seated: list[list[int]] = [[] for _ in problem.counts]

    def seat(number: int, tried: set[int]) -> bool:
        for place in places[number]:
            if place in tried:
                continue
            tried.add(place)
            if len(seated[place]) < problem.counts[place]:
                seated[place].append(number)
                return True
            # augmenting path (Kuhn 1955): somebody seated here may move elsewhere
            for chair, other in enumerate(seated[place]):
                if seat(other, tried):
                    seated[place][chair] = number
                    return True
        return False

    for t in problem.drawable:
        if t.number in places:
            for _ in range(t.units):
                seat(t.number, set())
    return seated


def _certain_steps(problem: Problem) -> list[Step]:
    return [
        Step(place, (number,), numbers.count(number))
        for place, numbers in enumerate(_seats(problem))
        for number in sorted(set(numbers))
    ]


def _one_step(types: Sequence[UnitType], count: int) -> list[Step]:
    return [Step(0, tuple(t.number for t in types), count)] if count else []


def _field_after_field(problem: Problem, ordinary: list[UnitType]) -> list[Step]:
    """As done by hand: the units of the cross quota first, then one place after another."""
    special = [t for t in ordinary if any(t.cross)]
    rest = [t for t in ordinary if not any(t.cross)]
    steps = []
    if problem.cross:
        certain = [t for t in problem.drawable if t.kind is Kind.CERTAIN and t.cross[0]]
        wanted = problem.cross[0].low - sum(t.units for t in certain)
        steps = [Step(None, tuple(t.number for t in special), wanted)] if wanted else []
    for place, count in enumerate(problem.counts):
        if count:
            steps.append(Step(place, tuple(t.number for t in rest if place in t.places), None))
    return steps


def _proportional(
    ordinary: list[UnitType], count: int, strata: Sequence[Sequence[int]] | None
) -> list[Step]:
    by_number = {t.number: t for t in ordinary}
    if strata is None:
        members = [list(types) for types in _by_weight(ordinary)]
    else:
        members = [[by_number[k] for k in numbers if k in by_number] for numbers in strata]
    sizes = [sum(t.units for t in types) for types in members]
    masses = [sum(t.units * t.weight for t in types) for types in members]
    shares = allocate(count, sizes, masses)
    return [
        step
        for types, share in zip(members, shares, strict=True)
        for step in _one_step(types, share)
    ]


def allocate(count: int, sizes: Sequence[int], masses: Sequence[int]) -> list[int]:
    """Share *count* among strata in proportion to their *masses*, by largest remainders.

    A stratum never gets more than its size; what it cannot take goes to the others in
    proportion. Ties go to the earlier stratum. `0 <= count <= sum(sizes)`; a stratum
    without mass gets nothing.
    """
    full, left, mass = _settle(count, sizes, masses)
    shares = [sizes[h] if h in full else 0 for h in range(len(sizes))]
    remainders = []
    for h in range(len(sizes)):
        if h not in full and left:
            shares[h], remainder = divmod(left * masses[h], mass)
            remainders.append((-remainder, h))
    short = count - sum(shares)
    for _, h in sorted(remainders)[:short]:
        shares[h] += 1
    return shares


def _settle(count: int, sizes: Sequence[int], masses: Sequence[int]) -> tuple[set[int], int, int]:
    """The strata taken whole because their share reaches their size, then what is left
    of *count* and of the mass for the others.
    """
    full: set[int] = set()
    while True:
        others = [h for h in range(len(sizes)) if h not in full]
        left = count - sum(sizes[h] for h in full)
        mass = sum(masses[h] for h in others)
        more = {h for h in others if masses[h] and left * masses[h] >= sizes[h] * mass}
        if not more:
            return full, left, mass
        full |= more


def _by_weight(ordinary: list[UnitType]) -> list[list[UnitType]]:
    """Types of equal weight together, in the order of their first type."""
    classes: dict[int, list[UnitType]] = {}
    for t in ordinary:
        classes.setdefault(t.weight, []).append(t)
    return list(classes.values())


def _by_size(method: Method, ordinary: list[UnitType], count: int) -> Design:
    """Chance n w / sum of w for each unit; where that reaches 1 the unit is certain and
    the others are computed again.
    """
    classes = _by_weight(ordinary)
    sizes = [sum(t.units for t in types) for types in classes]
    masses = [size * types[0].weight for size, types in zip(sizes, classes, strict=True)]
    full, left, mass = _settle(count, sizes, masses)
    steps: list[Step] = []
    groups: list[Group] = []
    for h, types in enumerate(classes):
        if h in full:
            steps += _one_step(types, sizes[h])
        elif left:
            chance = Fraction(left * types[0].weight, mass)
            groups.append(Group(chance, tuple(t.number for t in types)))
    return Design(method, tuple(steps), left, tuple(groups))
