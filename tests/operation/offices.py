"""Offices in which somebody has worked, and what their backups say."""

import random
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core import files, jobs, trail
from core.database import connect, unit_of_work
from core.files import FileStore
from tests.operation import rows
from tests.postgres import Databases
from web.operation.backup_parts import Manifest

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MOST = 2**20


def database(
    request: pytest.FixtureRequest, kind: str, path: Path
) -> AbstractContextManager[Engine]:
    if kind == "sqlite":
        return sqlite(path)
    lender: Databases = request.getfixturevalue("postgres")
    return lender.bare()


@contextmanager
def sqlite(path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def work_in(engine: Engine, store: FileStore, seed: int, times: int = 1) -> None:
    """Jobs and files with their events, as they come in a day."""
    chance = random.Random(seed)
    for _ in range(times):
        blob = store.put(BytesIO(chance.randbytes(chance.randrange(1, 3_000))), MOST)
        with unit_of_work(engine) as session:
            now = datetime.now(UTC)
            job = jobs.enqueue(session, "mail", {"message": 1, "乙": "甲"}, trail.SYSTEM, now)
            files.attach(session, blob, "附件.bin", "job", job.number, trail.SYSTEM, now)


def fill(engine: Engine, store: FileStore) -> None:
    """Work, and besides a row in every table that work leaves empty."""
    work_in(engine, store, 1, times=3)
    with engine.begin() as connection:
        rows.fill(connection, but=("event", "job", "attachment", "stored_file"))


def digests(manifest: Manifest) -> dict[str, tuple[int, str]]:
    return {part.name: (part.rows, part.sha256) for part in manifest.tables}
