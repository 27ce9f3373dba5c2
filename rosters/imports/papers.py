"""What a preview writes down beside its counts: all faults, and what would change; as files.

One line of JSON each, in `core.files`: fifty thousand faults are no rows of a database.
"""

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO, Any

from core.files import Blob, FileStore
from core.trail import canonical
from rosters.changes import masked
from rosters.imports.plans import Outcome, Plan, RowPlan, Wish
from rosters.sheets.faults import CellFault, Faults, Severity

MOST_EFFECTS = 1_000
"""Rows of each outcome that are shown with what they would state; the others are counted."""

MOST_BYTES = 2**28

SHOWN = (Outcome.NEW, Outcome.CHANGED)


def write_faults(store: FileStore, faults: Faults) -> Blob:
    """Keep the faults of a file: their counts first, then each with its place."""
    counts = [[code, severity.value, n] for (code, severity), n in sorted(faults.counts.items())]
    lines: list[Any] = [{"counts": counts}]
    lines += [
        [f.sheet, f.row, f.column, f.label, f.value, f.code, dict(f.params), f.severity.value]
        for f in faults
    ]
    return _put(store, lines)


def read_faults(store: FileStore, sha256: str) -> Faults:
    """The faults that `write_faults` was given.

    Raises
    ------
    FileNotFound
    """
    faults = Faults()
    with store.open(sha256) as file:
        lines = map(json.loads, file)
        for code, severity, number in next(lines)["counts"]:
            faults.counts[code, Severity(severity)] = number
        for sheet, row, column, label, value, code, params, severity in lines:
            faults.kept.append(
                CellFault(sheet, row, column, label, value, code, params, Severity(severity))
            )
    return faults


def write_effects(store: FileStore, plan: Plan) -> Blob:
    """Keep what a plan would state: the first `MOST_EFFECTS` rows of each outcome."""
    return _put(store, [{"shown": MOST_EFFECTS}, *map(_effect, _first(plan.rows))])


def read_effects(store: FileStore, sha256: str) -> Iterator[dict[str, Any]]:
    """The rows that `write_effects` kept: sheet, row, name, outcome, entry, and what is stated.

    Raises
    ------
    FileNotFound
    """
    with store.open(sha256) as file:
        lines = map(json.loads, file)
        next(lines)
        yield from lines


def _first(rows: Iterable[RowPlan]) -> Iterator[RowPlan]:
    seen: Counter[Outcome] = Counter()
    for row in rows:
        if row.outcome in SHOWN and not row.follows and seen[row.outcome] < MOST_EFFECTS:
            seen[row.outcome] += 1
            yield row


def _effect(row: RowPlan) -> dict[str, Any]:
    return {
        "sheet": row.sheet,
        "row": row.row,
        "name": row.name,
        "outcome": row.outcome,
        "entry": row.entry if row.entry and row.entry > 0 else None,
        "wishes": [_told(wish) for wish in row.wishes],
    }


def _told(wish: Wish) -> dict[str, Any]:
    return {
        "noun": wish.noun,
        "entry": wish.entry if wish.entry > 0 else None,
        "before": masked(wish.before),
        "after": masked(wish.facts),
    }


def _put(store: FileStore, lines: Iterable[Any]) -> Blob:
    stream: IO[bytes] = io.BytesIO(b"".join(canonical(line).encode() + b"\n" for line in lines))
    return store.put(stream, MOST_BYTES)
