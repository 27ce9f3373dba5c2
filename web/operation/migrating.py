"""Migrations without a configuration file: bring a database up to date, and say what differs.

The whole way from one revision to another is one transaction, on SQLite as well: whoever is
interrupted finds the database as it was.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files as package_files
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.schema import CreateTable

from core.append_only import missing_guards
from core.database import connect, writing
from web.tables import metadata

ONE_AT_A_TIME = 7_046_029_254
"""The number of the lock that keeps two migrations of one PostgreSQL database apart."""

VERSIONS = "alembic_version"


class NotMigrated(RuntimeError):
    """The tables are of another version than the program."""


def newest() -> str:
    """The revision this program works with."""
    (head,) = _scripts().get_heads()
    return head


def is_known(revision: str) -> bool:
    """Whether this program knows the way from and to *revision*."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def current(connection: Connection) -> str | None:
    """The revision the database is at; None for one that was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def revision_of(engine: Engine) -> str | None:
    """The same, over a connection of its own."""
    with engine.connect() as connection:
        return current(connection)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a later revision, by default the newest; rows stay."""
    with changing(engine) as connection:
        upgrade_within(connection, revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the database back; what the earlier revision has no place for is lost."""
    with changing(engine) as connection:
        downgrade_within(connection, revision)


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """The same as `upgrade`, as a part of a greater transaction (`changing`)."""
    command.upgrade(_config(connection), revision)


def downgrade_within(connection: Connection, revision: str = "base") -> None:
    """The same as `downgrade`, as a part of a greater transaction."""
    command.downgrade(_config(connection), revision)


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may change tables and that nobody else's crosses."""
    if engine.dialect.name == "sqlite":
        with writing(engine).connect() as connection:
            yield from _without_foreign_keys(connection)
    else:
        with engine.begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
            yield connection


def _without_foreign_keys(connection: Connection) -> Iterator[Connection]:
    # a table that alembic copies is dropped meanwhile, and its rows with all that refer to
    # them; SQLite lets the enforcement be switched only outside a transaction
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            yield connection
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise NotMigrated(f"rows refer to nothing: {sorted({row[0] for row in broken})}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    folder = str(package_files("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


# -- are the tables what the program takes them for? -------------------------------------------


def check(engine: Engine) -> list[str]:
    """What differs between the database and the models; empty if nothing does.

    Alembic compares tables, columns, indexes and foreign keys; it does not see a changed
    CHECK (so neither a new member of an enum), a primary key, or a missing trigger.
    """
    with engine.connect() as connection:
        found = current(connection)
        if found != newest():
            return [f"revision {found or 'none'}, expected {newest()}"]
        return [
            *_compared(connection),
            *_constraints_that_differ(connection),
            *(f"guard {name} is missing" for name in missing_guards(connection, metadata)),
        ]


def _compared(connection: Connection) -> list[str]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "target_metadata": metadata}
    )
    return [_told(difference) for difference in compare_metadata(context, metadata)]


def _told(difference: Any) -> str:
    # changes of one column come as a list of one
    parts = difference[0] if isinstance(difference, list) else difference
    return " ".join(str(part) for part in parts if part is not None)


def _constraints_that_differ(connection: Connection) -> Iterator[str]:
    on_postgres = connection.dialect.name == "postgresql"
    standing, expected = (_postgres if on_postgres else _sqlite)(connection)
    for name in sorted({*standing, *expected}):
        if standing.get(name) != expected.get(name):
            yield f"constraint {name}: {standing.get(name)}, expected {expected.get(name)}"


Constraints = dict[str, str]
"""By table and name, the text of a CHECK or primary key as the database itself tells it."""


def _sqlite(connection: Connection) -> tuple[Constraints, Constraints]:
    reference = connect("sqlite://")
    try:
        with reference.connect() as models:
            metadata.create_all(models)
            return _told_by_sqlite(connection), _told_by_sqlite(models)
    finally:
        reference.dispose()


def _told_by_sqlite(connection: Connection) -> Constraints:
    told, inspector = {}, inspect(connection)
    for table in filter(inspector.has_table, _tables()):
        for found in inspector.get_check_constraints(table):
            told[f"{table}.{found['name']}"] = re.sub(r"\s+", " ", found["sqltext"]).strip()
        key = inspector.get_pk_constraint(table)
        told[f"{table}.{key['name']}"] = ", ".join(key["constrained_columns"])
    return told


def _postgres(connection: Connection) -> tuple[Constraints, Constraints]:
    """PostgreSQL writes every CHECK anew, so the models' are put to it as well: in temporary
    tables, which need no right to create anything and are gone with the transaction.
    """
    standing = _told_by_postgres(connection, "current_schema()::regnamespace")
    path = connection.execute(text("SHOW search_path")).scalar_one()
    with connection.begin_nested() as passing:
        connection.execute(text(f"SET LOCAL search_path TO pg_temp, {path}"))
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table))
        expected = _told_by_postgres(connection, "pg_my_temp_schema()::regnamespace")
        passing.rollback()
    return standing, expected


def _told_by_postgres(connection: Connection, schema: str) -> Constraints:
    rows = connection.execute(text(_CONSTRAINTS.format(schema=schema)), {"tables": _tables()})
    return {row[0]: row[1] for row in rows}


_CONSTRAINTS = """
    SELECT relname || '.' || conname, pg_get_constraintdef(pg_constraint.oid)
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype IN ('c', 'p') AND relnamespace = {schema} AND relname = ANY(:tables)
"""


def _tables() -> list[str]:
    return [table.name for table in metadata.sorted_tables]


def told(differences: Iterable[str]) -> str:
    """All differences, a line each."""
    return "\n".join(f"- {difference}" for difference in differences)
