"""Backups of database and files, consistent while everybody goes on working.

All tables are read in one transaction that sees one state of the database: in SQLite a
reading one (WAL: writers go on), in PostgreSQL REPEATABLE READ READ ONLY. The files come
after it: the bytes of a row are on the disk before the row, and stay for at least a day
after it is gone (`core.files`).
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256 as sha256_of
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine

from core.files import FileNotFound, FileStore, StoredFile
from web.operation import migrating
from web.operation.backup_parts import (
    BLOCK,
    FILES,
    LISTING,
    MANIFEST,
    TABLES,
    BackupRefused,
    FilesPart,
    Manifest,
    Shape,
    StoredPart,
    TablePart,
    Written,
    blob_file,
    rows,
    shape_of,
    table_file,
    writing_lines,
)
from web.tables import metadata


def back_up(
    engine: Engine, store: FileStore, target: Path, now: datetime, version: str
) -> Manifest:
    """Write a backup to the folder *target*: whole under that name, or not at all.

    Raises
    ------
    BackupRefused
        If there is something already, or the database is of another version.
    """
    if target.exists():
        raise BackupRefused(f"{target} 已经存在，请换一个名字。")
    # also keeps everybody else out: a backup holds what no page shows
    unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    with ExitStack() as unless_finished:
        unless_finished.callback(shutil.rmtree, unfinished)
        manifest = _written(engine, store, unfinished, now, version)
        _on_the_disk(unfinished)
        unfinished.rename(target)
        unless_finished.pop_all()
    _sync(target.parent)
    return manifest


def _written(
    engine: Engine, store: FileStore, folder: Path, now: datetime, version: str
) -> Manifest:
    with snapshot(engine) as connection:
        revision = migrating.current(connection)
        if revision != migrating.newest():
            raise BackupRefused("数据库的版本与程序不一致，请先运行 spotcheck db upgrade。")
        tables = write_tables(connection, folder)
        files = _write_files(connection, store, folder)
        manifest = Manifest(
            version=version,
            revision=revision,
            database="postgresql" if connection.dialect.name == "postgresql" else "sqlite",
            made_at=now.isoformat(timespec="seconds"),
            tables=tables,
            files=files,
        ).sealed()
    (folder / MANIFEST).write_bytes(manifest.text())
    return manifest


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database however long it takes."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


# -- tables ------------------------------------------------------------------------------------


def write_tables(connection: Connection, folder: Path) -> list[TablePart]:
    """All tables, those first that others refer to."""
    (folder / TABLES).mkdir()
    return [_table(connection, shape_of(table), folder) for table in metadata.sorted_tables]


def _table(connection: Connection, shape: Shape, folder: Path) -> TablePart:
    with writing_lines(table_file(folder, shape.name)) as part:
        for line in rows(connection, shape):
            part.add(line)
    return TablePart(**dict(shape), rows=part.lines, sha256=part.sha256)


# -- files -------------------------------------------------------------------------------------


@dataclass
class _Copying:
    """Stored files on their way into a backup."""

    store: FileStore
    folder: Path
    listing: Written
    damaged: int = 0

    def add(self, sha256: str, size: int) -> None:
        # one file that has rotted must not keep all the others from being saved
        state = self._copy(sha256)
        self.damaged += state != "whole"
        entry = StoredPart(sha256=sha256, size=size, state=state)
        self.listing.add(entry.model_dump_json().encode() + b"\n")

    def _copy(self, sha256: str) -> Literal["whole", "altered", "missing"]:
        goal, digest = blob_file(self.folder, sha256), sha256_of()
        goal.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self.store.open(sha256) as source, goal.open("xb") as copy:
                while block := source.read(BLOCK):
                    digest.update(block)
                    copy.write(block)
        except FileNotFound:
            return "missing"
        if digest.hexdigest() == sha256:
            return "whole"
        goal.unlink()
        return "altered"


def _write_files(connection: Connection, store: FileStore, folder: Path) -> FilesPart:
    (folder / FILES).mkdir()
    known = StoredFile.__table__.c  # type: ignore[attr-defined]  # SQLModel does not tell
    shape = shape_of(known.sha256.table)
    with writing_lines(folder / LISTING) as listing:
        copying = _Copying(store, folder, listing)
        for line in rows(connection, shape):
            row = shape.row(line)
            copying.add(row["sha256"], row["size"])
    _drop_empty_folders(folder / FILES)
    return FilesPart(count=listing.lines, damaged=copying.damaged, sha256=listing.sha256)


def _drop_empty_folders(folder: Path) -> None:
    for inner in folder.iterdir():
        if not any(inner.iterdir()):
            inner.rmdir()


# -- the disk ----------------------------------------------------------------------------------


def _on_the_disk(folder: Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(Path(place, name))
        _sync(Path(place))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
