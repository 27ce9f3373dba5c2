"""What the second draw is about: visits with their slots, and inspectors to fill them.

A `TeamTask` is complete: all rules, days and figures that the draw of teams depends on.
Its order says nothing: two tasks with equal rows are one task, and have one text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sampler.faults import BadInput, Fault
from sampler.hashing import canonical, sha256
from sampler.quotas import ratio_text
from sampler.teams.rules import Rule

FORMAT = "spotcheck/team-task/1"

Period = tuple[date, date]
"""First and last day, both included."""


class SlotKind(StrEnum):
    """Who may sit on a slot: a certified officer, or an expert, who assists."""

    OFFICER = "officer"
    EXPERT = "expert"

    @property
    def label(self) -> str:
        """The kind's name in Chinese."""
        return {"officer": "执法人员", "expert": "专家"}[self.value]


@dataclass(frozen=True)
class Inspector:
    """A person who can be drawn.

    Attributes
    ----------
    id : number in the roster, public; never a name.
    department, region : as the slots name them; empty if unknown.
    officer, expert, leader : what he may sit as.
    fields : fields that he knows.
    certificate_until : last day of his enforcement certificate; None without one.
    away : leave, secondment and the like.
    availability : >= 1, his relative share of the load, e.g. days present.
    capacity, per_window : most visits in all, and in one window; >= 0.
    """

    id: str
    department: str = ""
    region: str = ""
    officer: bool = True
    expert: bool = False
    leader: bool = False
    fields: frozenset[str] = frozenset()
    certificate_until: date | None = None
    away: tuple[Period, ...] = ()
    availability: int = 1
    capacity: int = 1
    per_window: int = 1


@dataclass(frozen=True)
class Visit:
    """A visit to one drawn institution, known here by its task number alone.

    Attributes
    ----------
    id : opaque task number such as 001, never the institution's name.
    window : the stretch of the plan in which it falls; `per_window` counts in it.
    first_day, last_day : of the visit; certificate and leave are judged on these.
    region, fields : of the institution; only affinity looks at them.
    """

    id: str
    window: str
    first_day: date
    last_day: date
    region: str = ""
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Slot:
    """A seat in the team of one visit, to be filled by exactly one person.

    Attributes
    ----------
    id : visit and role, such as 001/组长.
    visit : id of the visit.
    role : on paper, such as 组长.
    kind : officer or expert.
    department, field : asked of the person; empty asks nothing.
    leader : whether he must be able to lead.
    regions : where he may come from; empty means anywhere.
    """

    id: str
    visit: str
    role: str
    kind: SlotKind = SlotKind.OFFICER
    department: str = ""
    leader: bool = False
    field: str = ""
    regions: frozenset[str] = frozenset()


@dataclass(frozen=True, order=True)
class Bar:
    """An individual prohibition: this inspector never on this visit, by this rule."""

    visit: str
    inspector: str
    rule: Rule


@dataclass(frozen=True)
class Affinity:
    """Points for a pair of inspector and visit, whole numbers; the third aim of the draw.

    Attributes
    ----------
    same_region : if both are of one region.
    cooperating : else, if both regions stand in one of *groups*.
    groups : regions that cooperate, such as 京津冀.
    distances : (region, region, points), in both directions; travel, so mostly negative.
    field_held : for each field of the visit that the inspector knows.
    """

    same_region: int = 0
    cooperating: int = 0
    groups: tuple[frozenset[str], ...] = ()
    distances: tuple[tuple[str, str, int], ...] = ()
    field_held: int = 0


@dataclass(frozen=True)
class TeamTask:
    """All that the draw of teams depends on.

    Attributes
    ----------
    pair_cap : most that the chance of one inspector on one slot may be, in (0, 1]; None
        takes the smallest that is feasible.
    alternates : drawn for each slot in the same stroke, >= 0.
    """

    visits: tuple[Visit, ...]
    slots: tuple[Slot, ...]
    inspectors: tuple[Inspector, ...]
    bars: tuple[Bar, ...] = ()
    affinity: Affinity = Affinity()
    pair_cap: Fraction | None = None
    alternates: int = 0

    def in_order(self) -> "TeamTask":
        """The same task in the one order in which it is written and worked on."""
        return replace(
            self,
            visits=tuple(sorted(self.visits, key=lambda visit: visit.id)),
            slots=tuple(sorted(self.slots, key=lambda slot: slot.id)),
            inspectors=tuple(sorted(self.inspectors, key=lambda person: person.id)),
            bars=tuple(sorted(set(self.bars))),
        )


def task_digest(task: TeamTask) -> str:
    """SHA-256 over the canonical bytes of the task: what its frozen file is known by."""
    return sha256(canonical(task_to_json(task)))


def task_to_json(task: TeamTask) -> dict[str, Any]:
    """The task as plain data, equal for equal tasks whatever the order of their rows."""
    task = task.in_order()
    return {
        "format": FORMAT,
        "visits": [_visit_json(visit) for visit in task.visits],
        "slots": [_slot_json(slot) for slot in task.slots],
        "inspectors": [inspector_json(person) for person in task.inspectors],
        "bars": [[bar.visit, bar.inspector, bar.rule.value] for bar in task.bars],
        "affinity": _affinity_json(task.affinity),
        "pair_cap": None if task.pair_cap is None else ratio_text(task.pair_cap),
        "alternates": task.alternates,
    }


def task_from_json(data: Mapping[str, Any]) -> TeamTask:
    """A task read back from what `task_to_json` wrote.

    Raises
    ------
    BadInput
        If *data* is not such a task.
    """
    try:
        return _task(data)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        message = f"不是组队任务文件，或内容残缺：{error!r:.80}"
        raise BadInput([Fault("not_a_task", "", message)]) from None


def _task(data: Mapping[str, Any]) -> TeamTask:
    if data["format"] != FORMAT:
        raise ValueError(data["format"])
    cap = data["pair_cap"]
    return TeamTask(
        visits=tuple(_visit(row) for row in data["visits"]),
        slots=tuple(_slot(row) for row in data["slots"]),
        inspectors=tuple(_inspector(row) for row in data["inspectors"]),
        bars=tuple(Bar(visit, person, Rule(rule)) for visit, person, rule in data["bars"]),
        affinity=_affinity(data["affinity"]),
        pair_cap=None if cap is None else Fraction(cap),
        alternates=data["alternates"],
    )


def _visit_json(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "window": visit.window,
        "first_day": visit.first_day.isoformat(),
        "last_day": visit.last_day.isoformat(),
        "region": visit.region,
        "fields": sorted(visit.fields),
    }


def _visit(row: Mapping[str, Any]) -> Visit:
    return Visit(
        id=row["id"],
        window=row["window"],
        first_day=date.fromisoformat(row["first_day"]),
        last_day=date.fromisoformat(row["last_day"]),
        region=row["region"],
        fields=frozenset(row["fields"]),
    )


def _slot_json(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.id,
        "visit": slot.visit,
        "role": slot.role,
        "kind": slot.kind.value,
        "department": slot.department,
        "leader": slot.leader,
        "field": slot.field,
        "regions": sorted(slot.regions),
    }


def _slot(row: Mapping[str, Any]) -> Slot:
    sets = {"kind": SlotKind(row["kind"]), "regions": frozenset(row["regions"])}
    return Slot(**{**row, **sets})


def inspector_json(person: Inspector) -> dict[str, Any]:
    """An inspector as plain data; all of it but the id is sealed in the frame."""
    until = person.certificate_until
    return {
        "id": person.id,
        "department": person.department,
        "region": person.region,
        "officer": person.officer,
        "expert": person.expert,
        "leader": person.leader,
        "fields": sorted(person.fields),
        "certificate_until": None if until is None else until.isoformat(),
        "away": sorted([first.isoformat(), last.isoformat()] for first, last in person.away),
        "availability": person.availability,
        "capacity": person.capacity,
        "per_window": person.per_window,
    }


def _inspector(row: Mapping[str, Any]) -> Inspector:
    until = row["certificate_until"]
    away = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in row["away"]]
    sets = {
        "fields": frozenset(row["fields"]),
        "certificate_until": None if until is None else date.fromisoformat(until),
        "away": tuple(away),
    }
    return Inspector(**{**row, **sets})


def _affinity_json(affinity: Affinity) -> dict[str, Any]:
    return {
        "same_region": affinity.same_region,
        "cooperating": affinity.cooperating,
        "groups": sorted(sorted(group) for group in affinity.groups),
        "distances": sorted([*sorted((a, b)), points] for a, b, points in affinity.distances),
        "field_held": affinity.field_held,
    }


def _affinity(data: Mapping[str, Any]) -> Affinity:
    return Affinity(
        same_region=data["same_region"],
        cooperating=data["cooperating"],
        groups=tuple(frozenset(group) for group in data["groups"]),
        distances=tuple((a, b, points) for a, b, points in data["distances"]),
        field_held=data["field_held"],
    )
