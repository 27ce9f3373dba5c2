"""The commitment: all that decides the draw, written down before any seed exists.

Frame root, plan, types, the integer chance table (or the panels), the sources in order
and the promise of the machine's share: one canonical text, one digest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sampler.bottlenecks import bottlenecks
from sampler.classical.design import design
from sampler.classical.promises import chances as design_chances
from sampler.fairness import Fair, Progress, fair_chances
from sampler.frame import Frame
from sampler.hashing import HASH_NAME, canonical, sha256
from sampler.quotas import SINGLE_PLACE, Kind, Method, Plan, Problem, UnitType, ratio_text
from sampler.seeds import Coins

FORMAT = "spotcheck/commitment/1"
RULES = "spotcheck/draw/1"
MACHINE = "machine"
"""The name under which the machine's share is mixed in, before all other sources."""

FEWEST_SOURCES = 2

FILLS_PLACES = ("cuts", "panels", Method.SEQUENTIAL.value)
"""Paths that honour the places of the plan; the others draw from one pool."""


@dataclass(frozen=True)
class Worked:
    """Chances under a method, and their committed form."""

    chances: dict[int, Fraction]
    data: dict[str, Any]
    fair: Fair | None = None
    note: str = ""


def work_out(problem: Problem, method: Method, progress: Progress | None = None) -> Worked:
    """Chances of every type under *method*.

    Raises
    ------
    Infeasible
        If the quotas cannot hold together on this frame.
    """
    if method is Method.FAIR:
        fair = fair_chances(problem, progress)
        return Worked(fair.chances, _fair_json(problem, fair), fair)
    plan = design(problem, method)
    # virtual draws need coins, and must give every planner the same figures
    coins = Coins("", "virtual draws")
    told = (lambda done, total: progress("virtual draws", done, total)) if progress else None
    chances, note = design_chances(problem, plan, coins, progress=told)
    return Worked(
        chances, {"path": method.value, "design": plan.as_json(), "note": note}, note=note
    )


def _fair_json(problem: Problem, fair: Fair) -> dict[str, Any]:
    """Cells are (type, place, amount over the denominator); with panels they are shares,
    to be multiplied by a panel's counts of (group, place)."""
    if fair.panels is not None:
        lottery = fair.panels.lottery
        return {
            "path": fair.path.value,
            "pools": [],
            "denominator": str(lottery.denominator),
            "cells": _cells_json(lottery.shares),
            "panels": [[list(entry) for entry in panel] for panel in lottery.panels],
            "weights": list(lottery.weights),
            "optimum": f"{fair.panels.optimum:.12e}",
            "gap": f"{fair.panels.gap:.3e}",
            "loss": f"{fair.panels.loss:.3e}",
        }
    assert fair.tree is not None
    assert fair.table is not None  # the two parts of the other path
    return {
        "path": fair.path.value,
        "pools": [
            {
                "cross": pool.cross,
                "complement": pool.complement,
                "parent": pool.parent,
                "low": pool.low,
                "high": pool.high,
            }
            for pool in fair.tree.pools
        ],
        "denominator": str(fair.table.denominator),
        "cells": _cells_json(fair.table.cells),
        "levels": [bottleneck.as_json() for bottleneck in bottlenecks(problem, fair)],
    }


def _cells_json(cells: Iterable[tuple[int, int, int]]) -> list[list[Any]]:
    return [[number, place, str(value)] for number, place, value in cells]


def _groups(fair: Fair | None) -> Mapping[int, int]:
    """The deepest pool of each drawable type, or its cell of the lottery."""
    if fair is None:
        return {}
    if fair.panels is not None:
        return fair.panels.lottery.cell_of
    return fair.tree.home if fair.tree is not None else {}


def commitment(
    plan: Plan,
    frame: Frame,
    worked: Worked,
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
        "plan": plan.as_json(),
        "frame": {
            "root": frame.root,
            "rows": len(frame.unit_ids),
            "public": sorted(frame.public),
            "sealed": sorted(frame.sealed),
        },
        "types": types_json(frame.typed.problem, worked),
        "chances": worked.data,
        "sources": list(sources),
        "machine": promise,
        "versions": {"rules": RULES, "spotcheck": version},
    }


def types_json(problem: Problem, worked: Worked) -> list[dict[str, Any]]:
    """Every type as it is committed: its number, what it may fill, its chance."""
    groups = _groups(worked.fair)
    return [
        {
            **type_json(t),
            "group": groups.get(t.number),
            "chance": ratio_text(worked.chances[t.number]),
        }
        for t in problem.types
    ]


def type_json(t: UnitType) -> dict[str, Any]:
    """A type as plan and frame make it: all that is committed of it but group and chance."""
    return {
        "number": t.number,
        "kind": t.kind.value,
        "units": t.units,
        "places": list(t.places),
        "cross": [i for i, truth in enumerate(t.cross) if truth],
        "weight": str(t.weight),
    }


def committed_problem(data: Mapping[str, Any], plan: Plan) -> Problem:
    """The problem as the commitment wrote it down, with *plan* read back from it."""
    path = data["chances"]["path"]
    places = plan.places if path in FILLS_PLACES else ((SINGLE_PLACE, plan.n),)
    return Problem(
        n=plan.n,
        names=tuple(name for name, _ in places),
        counts=tuple(count for _, count in places),
        cross=plan.cross,
        types=tuple(
            UnitType(
                number=t["number"],
                kind=Kind(t["kind"]),
                units=t["units"],
                places=tuple(t["places"]),
                cross=tuple(i in t["cross"] for i in range(len(plan.cross))),
                weight=int(t["weight"]),
            )
            for t in data["types"]
        ),
        cap=plan.cap,
    )


def digest(data: dict[str, Any]) -> str:
    """The digest of a commitment: SHA-256 over its RFC 8785 bytes."""
    return sha256(canonical(data))


def revealing_columns(plan: Plan) -> list[str]:
    """Sealed columns that the published types and chances give away, because the plan's
    quotas or weights read them: whether that is lawful is for the planner to say."""
    return sorted(plan.columns - set(plan.publish))
