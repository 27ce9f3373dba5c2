"""The commitment of the second draw: all that decides it, written down before its seed.

Visits and slots stand in it by task number, inspectors by type. It shows whom the rules
leave for a slot, never by which rule: leave and every kind of bar are told as one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sampler.hashing import HASH_NAME, canonical, sha256
from sampler.quotas import ratio_text
from sampler.teams.assignment import Lots, Seat
from sampler.teams.eligibility import Eligibility
from sampler.teams.frame import TeamFrame
from sampler.teams.problem import TypeRow
from sampler.teams.task import TeamTask, task_digest, task_to_json
from sampler.teams.worked import WorkedTeams, loads, visit_numbers

FORMAT = "spotcheck/team-commitment/1"
RULES = "spotcheck/teams/1"

TASK_PARTS = ("visits", "slots", "inspectors", "bars", "affinity")
"""Parts of the frozen task that have a digest of their own."""


def commitment(
    frame: TeamFrame,
    worked: WorkedTeams,
    sources: Sequence[str],
    promise: str | None,
    version: str,
) -> dict[str, Any]:
    """The commitment as plain data; its canonical bytes are what is published.

    Parameters
    ----------
    sources : names of the sources besides the machine, in the order of the seed.
    promise : hash of the machine's share; None marks a rehearsal (试抽).
    version : of this software, for the record.
    """
    return {
        "format": FORMAT,
        "hash": HASH_NAME,
        "rehearsal": promise is None,
        **made_from(worked.eligible),
        "types": types_json(worked),
        "chances": chances_json(worked),
        "frame": {"root": frame.root, "rows": len(frame.inspector_ids)},
        "sources": list(sources),
        "machine": promise,
        "versions": {"rules": RULES, "spotcheck": version},
    }


def made_from(eligible: Eligibility) -> dict[str, Any]:
    """The parts of a commitment that follow from the task alone."""
    task = eligible.task
    pools, places = _pools(eligible)
    return {
        "task": _task_json(task),
        "alternates": task.alternates,
        "visits": _visits_json(eligible),
        "slots": [
            {"id": slot.id, "visit": slot.visit, "pool": pool}
            for slot, pool in zip(task.slots, places, strict=True)
        ],
        "pools": pools,
        "bars": _bars_json(task),
    }


def _task_json(task: TeamTask) -> dict[str, Any]:
    """Digests by which the frozen task, and which part of it was changed, can be told."""
    data = task_to_json(task)
    parts = {name: sha256(canonical(data[name])) for name in TASK_PARTS}
    return {"digest": task_digest(task), "parts": parts}


def _visits_json(eligible: Eligibility) -> list[dict[str, Any]]:
    """Visits with the number of their window, and the types barred by leave or by a bar."""
    barred: dict[str, list[int]] = {visit.id: [] for visit in eligible.task.visits}
    for index, ids in enumerate(eligible.barred):
        for visit_id in ids:
            barred[visit_id].append(index + 1)
    _, windows = visit_numbers(eligible.task)
    return [
        {"id": visit.id, "window": window + 1, "barred": barred[visit.id]}
        for visit, window in zip(eligible.task.visits, windows, strict=True)
    ]


def _pools(eligible: Eligibility) -> tuple[list[list[int]], list[int]]:
    """The distinct pools as type numbers, and which of them each slot has."""
    index: dict[bytes, int] = {}
    pools: list[list[int]] = []
    for pool in eligible.pools:
        if pool.tobytes() not in index:
            index[pool.tobytes()] = len(pools)
            pools.append((pool + 1).tolist())
    return pools, [index[pool.tobytes()] for pool in eligible.pools]


def types_json(worked: WorkedTeams) -> list[dict[str, Any]]:
    """Every type with its bounds and what one of its members is expected to serve."""
    table = worked.solved.table
    totals = loads(table, len(worked.problem.types))
    return [
        {
            "number": t.number + 1,
            "members": t.members,
            "availability": t.availability,
            "capacity": t.capacity,
            "per_window": t.per_window,
            "load": ratio_text(Fraction(total, table.denominator * t.members)),
        }
        for t, total in zip(worked.problem.types, totals, strict=True)
    ]


def _bars_json(task: TeamTask) -> list[list[Any]]:
    """How many individual prohibitions there are by each rule; never whose."""
    counts = Counter(bar.rule.value for bar in task.bars)
    return [[rule, counts[rule]] for rule in sorted(counts)]


def chances_json(worked: WorkedTeams) -> dict[str, Any]:
    """Cells are (type, amount over the denominator), slot by slot in the order of `slots`."""
    cells: list[list[list[int]]] = [[] for _ in worked.problem.slots]
    for slot, number, amount in worked.solved.table.cells:
        cells[slot].append([number + 1, amount])
    return {
        "cap": ratio_text(worked.cap),
        "above": list(worked.above_cap),
        "denominator": worked.solved.table.denominator,
        "cells": cells,
        "score": ratio_text(worked.score),
    }


def committed_lots(data: Mapping[str, Any], members: Sequence[Sequence[str]]) -> Lots:
    """What the commitment fixes for the draw, with the *members* of each type."""
    chances = data["chances"]
    visits = {visit["id"]: visit for visit in data["visits"]}
    return Lots(
        denominator=chances["denominator"],
        cells=[
            (slot, number - 1, amount)
            for slot, cells in enumerate(chances["cells"])
            for number, amount in cells
        ],
        seats=[_seat(slot, visits[slot["visit"]], data["pools"]) for slot in data["slots"]],
        types=[
            TypeRow(
                t["number"] - 1, t["members"], t["availability"], t["capacity"], t["per_window"]
            )
            for t in data["types"]
        ],
        members=members,
    )


def _seat(
    slot: Mapping[str, Any], visit: Mapping[str, Any], pools: Sequence[Sequence[int]]
) -> Seat:
    able = set(pools[slot["pool"]]).difference(visit["barred"])
    types = frozenset(number - 1 for number in able)
    return Seat(slot["id"], visit["id"], str(visit["window"]), types)
