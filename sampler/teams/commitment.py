"""The commitment of the second draw: all that decides it, written down before its seed.

Visits and slots stand in it by task number, inspectors by type. It shows whom the rules
leave for a slot, never by which rule: leave and every kind of bar are told as one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from sampler.hashing import HASH_NAME, canonical, tagged
from sampler.quotas import ratio_text
from sampler.teams.assignment import Lots, Seat
from sampler.teams.eligibility import Eligibility
from sampler.teams.frame import TeamFrame, task_salt
from sampler.teams.problem import TypeRow
from sampler.teams.task import TeamTask, task_to_json
from sampler.teams.worked import WorkedTeams, loads, visit_numbers

FORMAT = "spotcheck/team-commitment/1"
RULES = "spotcheck/teams/1"
TASK_TAG = "spotcheck/team-task-part/1"

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
        **made_from(worked.eligible, task_salt(frame.salts)),
        "types": types_json(worked),
        "chances": chances_json(worked),
        "frame": {"root": frame.root, "rows": len(frame.inspector_ids)},
        "sources": list(sources),
        "machine": promise,
        "versions": {"rules": RULES, "spotcheck": version},
    }


def made_from(eligible: Eligibility, salt: str) -> dict[str, Any]:
    """The parts of a commitment that follow from the task and its *salt* alone."""
    task = eligible.task
    pools, places = _pools(eligible)
    return {
        "task": task_seals(task, salt),
        "alternates": task.alternates,
        "visits": _visits_json(eligible),
        "slots": [
            {"id": slot.id, "visit": slot.visit, "pool": pool}
            for slot, pool in zip(task.slots, places, strict=True)
        ],
        "pools": pools,
        "bars": _bars_json(task),
    }


def task_seals(task: TeamTask, salt: str) -> dict[str, Any]:
    """Digests by which the frozen task, and which part of it was changed, can be told.

    Salted, since a part may hold little: whom a single recusal keeps from where would be found
    by trying all inspectors and visits.
    """
    data = task_to_json(task)
    parts = {name: _seal(salt, name, data[name]) for name in TASK_PARTS}
    return {"digest": task_seal(task, salt), "parts": parts}


def task_seal(task: TeamTask, salt: str) -> str:
    """The salted digest of the whole task."""
    return _seal(salt, "", task_to_json(task))


def _seal(salt: str, name: str, part: Any) -> str:
    return tagged(TASK_TAG, salt, name, canonical(part).decode())


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
    """Cells slot by slot, in the order of `slots`, as `cells_text` writes them."""
    table = worked.solved.table
    ends = np.searchsorted(table.slots, np.arange(1, len(worked.problem.slots)))
    numbers, amounts = np.split(table.types + 1, ends), np.split(table.amounts, ends)
    return {
        "cap": ratio_text(worked.cap),
        "above": list(worked.above_cap),
        "denominator": worked.solved.table.denominator,
        "cells": [
            cells_text(zip(types.tolist(), values.tolist(), strict=True))
            for types, values in zip(numbers, amounts, strict=True)
        ],
        "score": ratio_text(worked.score),
    }


def cells_text(cells: Iterable[tuple[int, int]]) -> str:
    """The cells of one slot, "type:amount" each, as one text: hundreds of thousands of them
    as numbers of JSON would take most of the memory of a draw."""
    return " ".join(f"{number}:{amount}" for number, amount in cells)


def cells_of(text: str) -> Iterator[tuple[int, int]]:
    """(type number, amount over the denominator) of every cell that `cells_text` wrote."""
    for cell in text.split():
        number, amount = cell.split(":")
        yield int(number), int(amount)


def committed_lots(data: Mapping[str, Any], members: Sequence[Sequence[str]]) -> Lots:
    """What the commitment fixes for the draw, with the *members* of each type."""
    chances = data["chances"]
    visits = {visit["id"]: visit for visit in data["visits"]}
    return Lots(
        denominator=chances["denominator"],
        cells=[
            (slot, number - 1, amount)
            for slot, cells in enumerate(chances["cells"])
            for number, amount in cells_of(cells)
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
