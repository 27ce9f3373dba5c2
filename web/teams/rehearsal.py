"""What a frozen task would bring: chances and loads before anything is drawn, or who is missing.

It follows from the task alone, so it is worked out once, by a worker, and kept beside the task.
Nobody is named in it: neither who could be drawn nor who is barred.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.regions import is_region, region_of
from rosters.departments import Trade
from sampler.quotas import ratio_text
from sampler.teams import procedure
from sampler.teams.explanation import TeamsNotFeasible
from sampler.teams.problem import Progress
from sampler.teams.task import Inspector, TeamTask
from sampler.teams.worked import WorkedTeams

REHEARSAL_FILE = "试算.json"


@dataclass(frozen=True)
class LoadGroup:
    """The people of a group who could be drawn, and how many slots they are to expect together."""

    name: str
    people: int
    expected: Fraction

    @property
    def each(self) -> Fraction:
        """Slots to expect for one of them."""
        return self.expected / self.people


@dataclass(frozen=True)
class Rehearsal:
    """What came out.

    Attributes
    ----------
    lines : why no teams can be drawn, in words; empty if they can.
    cap : largest chance of one person at one slot, but for *above* slots with too few people.
    people : who could be drawn at least once.
    by_department, by_province : their loads.
    by_load : how many people expect how many slots, rounded to tenths.
    """

    lines: tuple[str, ...]
    slots: int = 0
    cap: Fraction = Fraction(0)
    above: int = 0
    people: int = 0
    by_department: tuple[LoadGroup, ...] = ()
    by_province: tuple[LoadGroup, ...] = ()
    by_load: tuple[tuple[str, int], ...] = ()

    @property
    def is_feasible(self) -> bool:
        """Whether teams can be drawn."""
        return not self.lines

    def as_json(self) -> dict[str, Any]:
        """Plain data; chances and loads are exact fractions."""
        return {
            "lines": list(self.lines),
            "slots": self.slots,
            "cap": ratio_text(self.cap),
            "above": self.above,
            "people": self.people,
            "by_department": [_as_list(group) for group in self.by_department],
            "by_province": [_as_list(group) for group in self.by_province],
            "by_load": [list(pair) for pair in self.by_load],
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Rehearsal":
        """What `as_json` wrote."""
        return cls(
            lines=tuple(told["lines"]),
            slots=told["slots"],
            cap=Fraction(told["cap"]),
            above=told["above"],
            people=told["people"],
            by_department=tuple(_as_group(one) for one in told["by_department"]),
            by_province=tuple(_as_group(one) for one in told["by_province"]),
            by_load=tuple((label, people) for label, people in told["by_load"]),
        )


def _as_list(group: LoadGroup) -> list[Any]:
    return [group.name, group.people, ratio_text(group.expected)]


def _as_group(told: list[Any]) -> LoadGroup:
    return LoadGroup(told[0], told[1], Fraction(told[2]))


def rehearse(task: TeamTask, progress: Progress | None = None) -> Rehearsal:
    """Work the chances of a task out; that there are none is an answer too."""
    try:
        worked = procedure.chances(procedure.prepare(task), progress)
    except TeamsNotFeasible as hindered:
        return Rehearsal(tuple(hindered.explanation.lines()), len(task.slots))
    return _told(worked, task)


def _told(worked: WorkedTeams, task: TeamTask) -> Rehearsal:
    loads = [(one, load) for one in task.inspectors if (load := worked.load(one.id))]
    tenths: dict[int, int] = defaultdict(int)
    for _, load in loads:
        tenths[round(load * 10)] += 1
    return Rehearsal(
        lines=(),
        slots=len(task.slots),
        cap=worked.cap,
        above=len(worked.above_cap),
        people=len(loads),
        by_department=_grouped((_department(one), load) for one, load in loads),
        by_province=_grouped((_province(one), load) for one, load in loads),
        by_load=tuple((f"{at / 10:.1f}", tenths[at]) for at in sorted(tenths)),
    )


def _department(one: Inspector) -> str:
    if not one.officer:
        return "专家"
    return Trade(one.department).label if one.department in set(Trade) else "未登记部门"


def _province(one: Inspector) -> str:
    return region_of(one.region).province.name if is_region(one.region) else "未登记地区"


def _grouped(loads: Iterable[tuple[str, Fraction]]) -> tuple[LoadGroup, ...]:
    found: dict[str, LoadGroup] = {}
    for name, load in loads:
        before = found.get(name, LoadGroup(name, 0, Fraction(0)))
        found[name] = LoadGroup(name, before.people + 1, before.expected + load)
    return tuple(sorted(found.values(), key=lambda group: (-group.expected, group.name)))
