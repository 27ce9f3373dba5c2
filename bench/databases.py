"""The two databases to measure on, each fresh, with all tables, and gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from core.database import connect
from web.tables import metadata

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@contextmanager
def lent(name: str) -> Iterator[Engine]:
    """A database of this name; PostgreSQL comes with the packages of the tests."""
    if name == POSTGRESQL:
        from tests.postgres import Databases, server

        with server() as address, Databases(address).lent() as engine:
            yield engine
        return
    with TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{Path(folder, 'bench.sqlite')}")
        metadata.create_all(engine)
        yield engine
        engine.dispose()
