"""Databases for whole operations: worked in, empty, and of the other kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.files import FileStore
from tests import storage
from tests.operation.offices import NOW, database, fill, sqlite
from web.operation import migrating
from web.operation.backup import back_up


@pytest.fixture(params=storage.BACKENDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated database, in which somebody has worked."""
    with database(request, request.param, tmp_path / "office.sqlite") as engine:
        migrating.upgrade(engine)
        yield engine


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture(params=storage.BACKENDS)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Another database, without a single table."""
    with database(request, request.param, tmp_path / "elsewhere.sqlite") as engine:
        yield engine


@pytest.fixture
def opposite(request: pytest.FixtureRequest, office: Engine, tmp_path: Path) -> Iterator[Engine]:
    """Another database of the other kind."""
    kind = "postgres" if office.dialect.name == "sqlite" else "sqlite"
    with database(request, kind, tmp_path / "opposite.sqlite") as engine:
        yield engine


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole backup; tests damage copies of it."""
    folder = tmp_path_factory.mktemp("whole")
    with sqlite(folder / "office.sqlite") as engine:
        migrating.upgrade(engine)
        fill(engine, FileStore(folder / "files"))
        back_up(engine, FileStore(folder / "files"), folder / "backup", NOW, "0.1.0")
    return folder / "backup"


@pytest.fixture
def backup(office: Engine, store: FileStore, tmp_path: Path) -> Path:
    fill(office, store)
    back_up(office, store, tmp_path / "backup", NOW, "0.1.0")
    return tmp_path / "backup"
