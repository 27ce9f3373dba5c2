"""The database: SQLite embedded, PostgreSQL in an office; one way to connect to both.

Import this module before any table is defined: it sets the naming convention by which
constraints get the same names in models and in migrations.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from sqlite3 import OperationalError
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy import Enum as EnumType
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

WRITES = "spotcheck_writes"
"""Execution option of connections that will write."""

PATIENCE_MS = 45_000
"""How long a SQLite writer waits for another one; a national import writes for some 25 seconds."""


def enum_column(members: type[Enum], name: str = "") -> Any:
    """A column type that stores the *values* of an enum, held by a named CHECK.

    By default SQLAlchemy stores the names of the members, which no report can read, and
    PostgreSQL a type of its own, which no migration can change easily. The CHECK is called
    after the enum; a table with a second column of the same enum tells another *name* for it.
    """
    return EnumType(
        members,
        values_callable=lambda kind: [member.value for member in kind],
        native_enum=False,
        create_constraint=True,
        length=max(len(str(member.value)) for member in members),
        name=name or members.__name__.lower(),
    )


def connect(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`.

    SQLite runs in WAL mode with foreign keys enforced and every commit on the disk; an
    engine from `writing` takes the write lock when a transaction begins, so that two
    writers wait for each other instead of failing half-way.
    """
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    engine = create_engine(address, connect_args={"timeout": PATIENCE_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def writing(engine: Engine) -> Engine:
    """The same database for work that will write."""
    return engine.execution_options(**{WRITES: True})


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy, not the driver, decides when a transaction begins
    connection.isolation_level = None
    # the file remembers WAL; of several processes that find a new file one sets it, and the
    # others are told that it is locked while it does
    with suppress(OperationalError):
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """A session that is committed at the end, and rolled back if anything fails.

    For the command line and the worker; a web request has its own (`web/database.py`).
    """
    with Session(writing(engine), expire_on_commit=False) as session, session.begin():
        yield session
