"""Who came from whom, over any number of generations: mergers, splits, joined duplicates."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from rosters.entries import holds
from rosters.institutions import Institution
from rosters.successions import Succession, SuccessionKind

Edges = Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class Kin:
    """An institution that another came from or went into.

    Attributes
    ----------
    name : the last it bore.
    generation : 1 for the nearest.
    """

    entry_id: int
    name: str
    kind: SuccessionKind
    happened_on: date
    note: str
    generation: int


@dataclass(frozen=True)
class Lineage:
    """All that an institution came from and went into, the nearest first."""

    predecessors: Sequence[Kin]
    successors: Sequence[Kin]


def lineage(session: Session, entry_id: int, day: date) -> Lineage:
    """The kin of an institution as told by the successions in the roster on a *day*."""
    # all of them: there are few in a country, and any of them may be a generation of this one
    successions = session.exec(select(Succession).where(holds(Succession, day))).all()
    backward = _steps(entry_id, successions, "successor_id", "predecessor_id")
    forward = _steps(entry_id, successions, "predecessor_id", "successor_id")
    names = _names(session, [kin for kin, *_ in backward + forward])
    return Lineage(_kin(backward, names), _kin(forward, names))


def ancestors(session: Session) -> dict[int, set[int]]:
    """For every institution that came from others, all of these."""
    wanted: Any = select(col(Succession.successor_id), col(Succession.predecessor_id))
    edges: dict[int, list[int]] = defaultdict(list)
    for successor, predecessor in session.connection().execute(wanted):
        edges[successor].append(predecessor)
    return {entry: reached(entry, edges) for entry in edges}


def reached(start: int, edges: Edges) -> set[int]:
    """Every institution to which the *edges* lead from *start*, which is not among them."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        fresh = set(edges.get(waiting.pop(), ())) - found - {start}
        found |= fresh
        waiting.extend(fresh)
    return found


_Step = tuple[int, Succession, int]


def _steps(start: int, successions: Iterable[Succession], at: str, towards: str) -> list[_Step]:
    """Each institution reached, once, with the succession and the generation that led there."""
    leading: dict[int, list[Succession]] = defaultdict(list)
    for one in successions:
        leading[getattr(one, at)].append(one)
    found: list[_Step] = []
    known, generation, here = {start}, 0, [start]
    while here:
        generation += 1
        new: list[_Step] = []
        for entry in here:
            for one in leading[entry]:
                if (kin := getattr(one, towards)) not in known:
                    known.add(kin)
                    new.append((kin, one, generation))
        found += new
        here = [kin for kin, *_ in new]
    return found


def _names(session: Session, entries: Sequence[int]) -> dict[int, str]:
    wanted: Any = (
        select(col(Institution.entry_id), col(Institution.name))
        .where(col(Institution.entry_id).in_(entries))
        .order_by(col(Institution.since))
    )
    return dict(session.exec(wanted).all())


def _kin(steps: Iterable[_Step], names: Mapping[int, str]) -> list[Kin]:
    return [
        Kin(kin, names.get(kin, ""), one.kind, one.happened_on, one.note, generation)
        for kin, one, generation in steps
    ]
