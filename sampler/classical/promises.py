"""What a classical design promises: the chance of one unit of each type.

Exact where the design allows it; by virtual draws for field after field, whose chances
have no closed form; nominal for the order methods, and said to be so.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import sqrt

from sampler.classical.design import Design, Step
from sampler.classical.taking import RanOut
from sampler.lottery import CoinSource
from sampler.quotas import Method, Problem

ROUNDS = 2_000
"""Virtual draws from which the chances of a draw field after field are estimated."""

EXACT = "精确"
NOMINAL = "近似：所列为名义概率，实际概率与之略有出入"

Progress = Callable[[int, int], None]
"""Told how many rounds of how many are done."""


def chances(
    problem: Problem,
    design: Design,
    coins: CoinSource | None = None,
    rounds: int = ROUNDS,
    progress: Progress | None = None,
) -> tuple[dict[int, Fraction], str]:
    """Chance of one unit of each type, by type number, and how good these figures are.

    Parameters
    ----------
    coins : source of the virtual draws; needed only when `needs_replay(problem, design)`.
    rounds : virtual draws, >= 2.

    Returns
    -------
    The chances of every type of the frame, 0 <= p <= 1, and 「精确」 or 「近似：…」. Virtual
    draws that ran out are left out of the chances and counted in the note.

    Raises
    ------
    RanOut
        If the draw can never be completed (or no virtual draw was).
    ValueError
        If virtual draws are needed and there are no *coins*.
    """
    known = {t.number: Fraction(0) for t in problem.types}
    exact = _exact(problem, design.steps)
    if exact is None:
        if coins is None:
            raise ValueError("a draw field after field needs coins for its virtual draws")
        estimated, note = _replayed(problem, design.steps, coins, rounds, progress)
        return known | estimated, note
    known |= exact
    known |= {number: group.chance for group in design.groups for number in group.types}
    # with one chance for all, order sampling is simple random sampling
    nominal = design.method in (Method.SPS, Method.PARETO) and len(design.groups) > 1
    return known, NOMINAL if nominal else EXACT


def needs_replay(problem: Problem, design: Design) -> bool:
    """Whether the chances have to be estimated from virtual draws."""
    return _exact(problem, design.steps) is None


def _exact(problem: Problem, steps: Iterable[Step]) -> dict[int, Fraction] | None:
    """Chances by multiplication, or None where chance decides how full a later pool is.

    As long as each step's types contain those of an earlier step entirely or not at all,
    the number of units left among them is fixed, and the expectation of every later step
    is linear in what each type has left.
    """
    units = {t.number: t.units for t in problem.types}
    missed: dict[int, Fraction] = {}
    room = list(problem.counts)
    done: list[frozenset[int]] = []
    for step in steps:
        types = frozenset(step.types)
        if step.place is None or any(types & d and not d <= types for d in done):
            return None
        done.append(types)
        wanted = room[step.place] if step.count is None else step.count
        left = sum(units[number] * missed.get(number, Fraction(1)) for number in types)
        if left < wanted:
            raise RanOut(problem, step.place, int(wanted - left))
        room[step.place] -= wanted
        for number in types if left else ():
            missed[number] = missed.get(number, Fraction(1)) * (1 - wanted / Fraction(left))
    return {number: 1 - chance for number, chance in missed.items()}


@dataclass(frozen=True)
class _Role:
    """Types that every step treats alike, and whose units share one chance."""

    types: tuple[int, ...]
    places: tuple[int, ...]
    units: int


def _roles(problem: Problem, steps: tuple[Step, ...]) -> tuple[list[_Role], list[list[int]]]:
    """The roles, and the indices of those that take part in each step."""
    members: dict[tuple[tuple[int, ...], tuple[int, ...]], list[int]] = {}
    units = {t.number: t.units for t in problem.types}
    pools = [frozenset(step.types) for step in steps]
    for t in problem.drawable:
        taking_part = tuple(i for i, pool in enumerate(pools) if t.number in pool)
        members.setdefault((taking_part, t.places), []).append(t.number)
    roles = [
        _Role(tuple(types), places, sum(units[number] for number in types))
        for (_, places), types in members.items()
    ]
    parts: list[list[int]] = [[] for _ in steps]
    for role, (taking_part, _) in enumerate(members):
        for step in taking_part:
            parts[step].append(role)
    return roles, parts


def _replayed(
    problem: Problem,
    steps: tuple[Step, ...],
    coins: CoinSource,
    rounds: int,
    progress: Progress | None,
) -> tuple[dict[int, Fraction], str]:
    roles, parts = _roles(problem, steps)
    sums, squares = Counter[int](), Counter[int]()
    failed: list[RanOut] = []
    for done in range(rounds):
        if progress:
            progress(done, rounds)
        try:
            drawn = _virtual_draw(problem, steps, roles, parts, coins)
        except RanOut as ran_out:
            failed.append(ran_out)
            continue
        sums.update(drawn)
        squares.update({role: count * count for role, count in drawn.items()})
    kept = rounds - len(failed)
    if not kept:
        raise failed[0]
    estimated = {
        number: Fraction(sums[index], kept * role.units)
        for index, role in enumerate(roles)
        for number in role.types
    }
    error = max(
        _standard_error(sums[index], squares[index], kept) / role.units
        for index, role in enumerate(roles)
    )
    return estimated, _note(rounds, len(failed), error)


def _standard_error(total: int, squares: int, rounds: int) -> float:
    """Of the mean of *rounds* counts with this sum and sum of squares."""
    if rounds == 1:
        return float("inf")
    return sqrt((squares - total * total / rounds) / (rounds - 1) / rounds)


def _note(rounds: int, failed: int, error: float) -> str:
    note = f"近似：按 {rounds} 次模拟抽取估计，最大标准误 {error:.2g}"
    return note + (f"；其中 {failed} 次未能抽满，未计入" if failed else "")


def _virtual_draw(
    problem: Problem,
    steps: tuple[Step, ...],
    roles: list[_Role],
    parts: list[list[int]],
    coins: CoinSource,
) -> Counter[int]:
    """How many units of each role one draw takes.

    Units of a role are interchangeable, so picking one unit after the other at random
    from the counts has the same chances as giving each a ticket, without hashing them all.
    """
    left = [role.units for role in roles]
    room = list(problem.counts)
    drawn: Counter[int] = Counter()
    for step, part in zip(steps, parts, strict=True):
        if step.place is None:
            taken = _spread(problem, step, roles, part, left, room, coins)
        else:
            wanted = room[step.place] if step.count is None else step.count
            if (short := wanted - sum(left[role] for role in part)) > 0:
                raise RanOut(problem, step.place, short)
            taken = _pick(part, left, wanted, coins)
            room[step.place] -= wanted
        for role in taken:
            left[role] -= 1
        drawn.update(taken)
    return drawn


def _pick(part: list[int], left: list[int], wanted: int, coins: CoinSource) -> list[int]:
    """The roles of *wanted* different units, each equally likely (Fisher-Yates on a
    table that holds only the entries that moved).
    """
    ends = list(accumulate(left[role] for role in part))
    moved: dict[int, int] = {}
    picked = []
    for first in range(wanted):
        chosen = first + coins.below(ends[-1] - first)
        picked.append(part[bisect_right(ends, moved.get(chosen, chosen))])
        moved[chosen] = moved.get(first, first)
    return picked


def _spread(
    problem: Problem,
    step: Step,
    roles: list[_Role],
    part: list[int],
    left: list[int],
    room: list[int],
    coins: CoinSource,
) -> list[int]:
    """The roles of the units spread over the places; lowers *room*."""
    free = {role: left[role] for role in part}
    taken: list[int] = []
    assert step.count is not None, "how many to spread is always said"
    while len(taken) < step.count:
        # a unit that fits nowhere now never will: leaving it out early changes no chance
        fitting = [r for r in part if free[r] and any(room[p] for p in roles[r].places)]
        if not fitting:
            raise RanOut(problem, None, step.count - len(taken))
        ends = list(accumulate(free[role] for role in fitting))
        role = fitting[bisect_right(ends, coins.below(ends[-1]))]
        room[next(p for p in roles[role].places if room[p])] -= 1
        free[role] -= 1
        taken.append(role)
    return taken
