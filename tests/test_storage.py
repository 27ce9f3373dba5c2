"""One test's database tells the next one nothing."""

from random import Random

import pytest
from sqlalchemy import func, select, text

from core.database import connect
from core.trail import EVENTS, HEAD
from tests.core.forgers import tell
from tests.postgres import Databases
from tests.storage import url_of


def names(databases: Databases, statement: str) -> tuple[str, str]:
    """The database in which *statement* was executed, and the one lent next."""
    with databases.lent() as engine:
        with engine.begin() as connection:
            connection.execute(text(statement))
        first = engine.url.database
    with databases.lent() as engine:
        return str(first), str(engine.url.database)


def test_rows_and_counters_are_washed_out(postgres: Databases) -> None:
    with postgres.lent() as engine:
        tell(engine, 5, Random(1))
        name = engine.url.database
    with postgres.lent() as engine, engine.connect() as connection:
        assert engine.url.database == name
        assert connection.execute(select(func.count()).select_from(EVENTS)).scalar_one() == 0
        assert connection.execute(select(HEAD.c.number)).scalar_one() == 0


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE beside (a int)",
        "ALTER TABLE event ADD COLUMN beside int",
        "ALTER TABLE event DISABLE TRIGGER USER",
        "ALTER TABLE event DROP CONSTRAINT ck_event_numbered",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN NULL; END $$",
    ],
)
def test_a_database_of_another_shape_is_thrown_away(postgres: Databases, change: str) -> None:
    first, second = names(postgres, change)

    assert first != second


def test_a_worker_left_behind_does_not_hold_up_the_next_test(postgres: Databases) -> None:
    with postgres.lent() as engine:
        worker = connect(url_of(engine))
        left_behind = worker.connect()
        left_behind.execute(text("LOCK TABLE event"))

    with postgres.lent() as other, other.connect() as connection:
        assert connection.execute(select(HEAD.c.number)).scalar_one() == 0
    left_behind.invalidate()
    left_behind.close()
    worker.dispose()
