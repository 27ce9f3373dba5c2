"""Migrations lead from nothing to the models and back, on both databases, and keep the rows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import Session

from core import jobs, trail
from core.database import connect, unit_of_work
from core.trail_check import verify
from tests import storage
from tests.operation import rows
from web.operation import migrating

GROUND = ["event", "trail_checkpoint", "job", "stored_file", "attachment"]


@pytest.fixture(params=storage.BACKENDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without a single table."""
    if request.param == "postgres":
        with request.getfixturevalue("postgres").bare() as engine:
            yield engine
        return
    engine = connect(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture
def migrated(empty: Engine) -> Engine:
    """A database at the newest revision."""
    migrating.upgrade(empty)
    return empty


def contents(engine: Engine, names: list[str] | None = None) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in rows.tables()
            if names is None or table.name in names
        }


# -- up and down -------------------------------------------------------------------------------


def test_a_migrated_database_is_what_the_models_say(migrated: Engine) -> None:
    assert migrating.check(migrated) == []
    assert migrating.revision_of(migrated) == migrating.newest()


def test_migrating_twice_changes_nothing(migrated: Engine) -> None:
    with migrated.begin() as connection:
        rows.fill(connection)
    before = contents(migrated)

    migrating.upgrade(migrated)

    assert contents(migrated) == before
    assert migrating.check(migrated) == []


def test_the_way_leads_up_down_and_up_again_with_rows_in_every_table(migrated: Engine) -> None:
    for _ in range(2):
        with migrated.begin() as connection:
            rows.fill(connection)
        migrating.downgrade(migrated)
        assert set(inspect(migrated).get_table_names()) <= {migrating.VERSIONS}
        migrating.upgrade(migrated)
        assert not any(contents(migrated).values())

    assert migrating.check(migrated) == []


def test_nothing_of_ours_stays_behind_on_the_way_down(migrated: Engine) -> None:
    migrating.downgrade(migrated)

    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE name NOT LIKE '%alembic%'",
        "postgresql": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    }
    with migrated.connect() as connection:
        assert connection.execute(text(names[migrated.dialect.name])).all() == []


def test_rows_survive_each_step_up_and_back(empty: Engine) -> None:
    migrating.upgrade(empty, "0001")
    now = rows.AT
    for number in range(3):
        with unit_of_work(empty) as session:
            jobs.enqueue(session, "mail", {"message": number}, trail.SYSTEM, now)
            now += timedelta(seconds=1)
    before = contents(empty, GROUND)

    for step, there_and_back in [("0002", True), ("0003", True), ("head", False)]:
        migrating.upgrade(empty, step)
        assert contents(empty, GROUND) == before
        if there_and_back:
            migrating.downgrade(empty, "0001")
            assert contents(empty, GROUND) == before

    assert migrating.check(empty) == []
    with Session(empty) as session:
        assert verify(session) == []


def _break_off(connection: Connection) -> None:
    migrating.upgrade_within(connection)
    raise ZeroDivisionError


def test_a_migration_that_is_broken_off_leaves_the_database_as_it_was(empty: Engine) -> None:
    migrating.upgrade(empty, "0001")

    with pytest.raises(ZeroDivisionError), migrating.changing(empty) as connection:
        _break_off(connection)

    assert migrating.revision_of(empty) == "0001"
    assert not inspect(empty).has_table("account")


def test_a_migration_that_tears_references_apart_is_undone(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'torn.sqlite'}")
    migrating.upgrade(engine)
    with engine.begin() as connection:
        rows.fill(connection)

    with pytest.raises(migrating.NotMigrated, match="attachment"), migrating.changing(engine) as c:
        c.execute(text("DELETE FROM stored_file"))

    assert len(contents(engine)["stored_file"]) == 1
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    engine.dispose()


def test_migrations_at_the_same_moment_wait_for_each_other(empty: Engine) -> None:
    def work(url: str, _number: int) -> None:
        engine = connect(url)
        migrating.upgrade(engine)
        engine.dispose()

    # SQLite has no patience for several who turn a new file to WAL at the same moment
    empty.connect().close()
    storage.in_threads(work, storage.url_of(empty), 3)

    assert migrating.check(empty) == []


# -- what the check sees -----------------------------------------------------------------------


def test_an_empty_database_is_told_to_be_behind(empty: Engine) -> None:
    (difference,) = migrating.check(empty)

    assert migrating.newest() in difference


def replace_check(connection: Connection, table: str, name: str, old: str, new: str) -> None:
    """Change a constraint behind everybody's back."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA writable_schema=ON")
        connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = ?", (old, new, table)
        )
        connection.exec_driver_sql("PRAGMA writable_schema=RESET")
    else:
        constraint = f"CONSTRAINT ck_{table}_{name}"
        connection.execute(text(f"ALTER TABLE {table} DROP {constraint}"))
        connection.execute(text(f"ALTER TABLE {table} ADD {constraint} CHECK ({new})"))


def test_a_changed_check_is_a_difference(migrated: Engine) -> None:
    with migrated.begin() as connection:
        replace_check(connection, "stored_file", "size_is_positive", "size > 0", "size > 1")

    (difference,) = migrating.check(migrated)

    assert "ck_stored_file_size_is_positive" in difference


def test_an_enum_with_another_member_is_a_difference(migrated: Engine) -> None:
    with migrated.begin() as connection:
        present = "state IN ('invited', 'active', 'disabled')"
        replace_check(connection, "account", "userstate", present, "state IN ('invited', 'active')")

    (difference,) = migrating.check(migrated)

    assert "ck_account_userstate" in difference


BEHIND_OUR_BACK = {
    "ix_event_at": "DROP INDEX ix_event_at",
    "login": "DROP TABLE login",
    "colour": "ALTER TABLE job ADD COLUMN colour VARCHAR(3)",
    "noun_id": "ALTER TABLE message DROP COLUMN noun_id",
    "stray": "CREATE TABLE stray (id INTEGER)",
}
"""What somebody does to the tables, by what the check has to name."""


def test_what_is_too_much_or_missing_is_a_difference(migrated: Engine) -> None:
    for named, order in BEHIND_OUR_BACK.items():
        assert not any(named in difference for difference in migrating.check(migrated))
        with migrated.begin() as connection:
            connection.execute(text(order))

        assert any(named in difference for difference in migrating.check(migrated))


def test_a_missing_guard_is_a_difference(migrated: Engine) -> None:
    on = " ON event" if migrated.dialect.name == "postgresql" else ""
    with migrated.begin() as connection:
        connection.execute(text(f"DROP TRIGGER event_never_changed{on}"))

    assert migrating.check(migrated) == ["guard event_never_changed is missing"]


def test_checking_leaves_no_table_behind(migrated: Engine) -> None:
    before = inspect(migrated).get_table_names()

    migrating.check(migrated)

    assert inspect(migrated).get_table_names() == before
    assert inspect(migrated).get_temp_table_names() == []


# -- enums -------------------------------------------------------------------------------------


def test_every_member_of_every_enum_can_be_stored(migrated: Engine) -> None:
    with migrated.begin() as connection:
        for table, column, value in rows.enum_members():
            with connection.begin_nested() as passing:
                rows.fill(connection, until=table)
                rows.add(connection, table, **{column: value} | rows.WITH.get((table, value), {}))
                stored = connection.execute(
                    text(f'SELECT "{column}" FROM {table} ORDER BY 1 DESC')
                ).scalars()
                assert value in set(stored)
                passing.rollback()


def test_what_is_no_member_is_refused(migrated: Engine) -> None:
    for table, column in {(table, column) for table, column, _ in rows.enum_members()}:
        with migrated.connect() as connection:
            rows.fill(connection)
            with pytest.raises(Exception, match=r"(?i)check|violates|never changed"):
                connection.execute(text(f"UPDATE {table} SET \"{column}\" = 'x'"))
