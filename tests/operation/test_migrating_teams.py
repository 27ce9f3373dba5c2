"""From draws of institutions to draws of two subjects, and back, with rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core.database import connect
from tests import storage
from tests.operation import rows
from web.operation import migrating


@pytest.fixture(params=storage.BACKENDS)
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database at the newest revision with a row in every table."""
    if request.param == "postgres":
        with request.getfixturevalue("postgres").bare() as engine:
            yield _filled(engine)
        return
    engine = connect(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    yield _filled(engine)
    engine.dispose()


def _filled(engine: Engine) -> Engine:
    migrating.upgrade(engine)
    with engine.begin() as connection:
        rows.fill(connection)
        rows.add(connection, "draw", id=2, subject="teams", task_id=1)
        rows.add(connection, "draw_motion", id=2, draw_id=2, kind="stand_in", subject="001/组长 1")
    return engine


def told(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_draws_of_institutions_stay_as_they_are_on_the_way_down_and_up(migrated: Engine) -> None:
    motions = "SELECT id, draw_id, kind FROM draw_motion ORDER BY id"

    migrating.downgrade(migrated, "0005")

    assert told(migrated, "SELECT id, number, state FROM draw") == [(1, 1, "announced")]
    assert told(migrated, motions) == [(1, 1, "substitution")]

    migrating.upgrade(migrated)

    assert told(migrated, "SELECT id, subject, task_id FROM draw") == [(1, "units", None)]
    assert told(migrated, motions) == [(1, 1, "substitution")]
    assert told(migrated, "SELECT count(*) FROM substitution") == [(1,)]
    assert migrating.check(migrated) == []
