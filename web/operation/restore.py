"""Restoring a backup: first every digest, then all or nothing.

The rows are loaded at the revision the backup was made at, compared with it by digest, and
only then brought to the revision of this program; all of it is one transaction. So an old
backup can be restored by a newer program, into either kind of database.
"""

import hashlib
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    Insert,
    Text,
    bindparam,
    cast,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy import table as plain_table
from sqlalchemy.exc import SQLAlchemyError

from core.files import FileStore
from web.operation import migrating
from web.operation.backup_parts import (
    CHUNK,
    LISTING,
    MANIFEST,
    TYPES,
    BackupRefused,
    Manifest,
    Shape,
    StoredPart,
    TablePart,
    blob_file,
    digest_of,
    read_manifest,
    rows,
    table_file,
)

USED = {"trail_head": "number > 0"}
"""How the first rows of the house change when somebody begins to work."""


# -- is it whole? ------------------------------------------------------------------------------


def verify(folder: Path, digest: str = "") -> Manifest:
    """The manifest of a backup that is whole: nothing damaged, cut off, or added.

    *digest*, if given, is the manifest's as it was noted elsewhere.

    Raises
    ------
    BackupRefused
        With the name of the part that is not as it was written.
    """
    manifest = read_manifest(folder)
    if digest and digest != manifest.digest:
        raise BackupRefused("这份备份的总摘要与给出的不同，不是同一份备份。")
    _verify_lines(folder / LISTING, manifest.files.sha256, manifest.files.count)
    for part in manifest.tables:
        _verify_lines(table_file(folder, part.name), part.sha256, part.rows)
    kept = [stored for stored in listed(folder) if stored.state == "whole"]
    _verify_names(folder, manifest, kept)
    for stored in kept:
        path = blob_file(folder, stored.sha256)
        if path.stat().st_size != stored.size or digest_of(path) != stored.sha256:
            raise BackupRefused(f"备份损坏：文件 {stored.sha256} 与写入时不同。")
    return manifest


def listed(folder: Path) -> Iterator[StoredPart]:
    """The stored files of a backup."""
    with (folder / LISTING).open("rb") as file:
        for line in file:
            try:
                yield StoredPart.model_validate_json(line)
            except ValidationError:
                raise BackupRefused(f"备份损坏：{LISTING} 无法辨认。") from None


def _verify_lines(path: Path, sha256: str, lines: int) -> None:
    name = path.name
    if not path.is_file() or path.is_symlink():
        raise BackupRefused(f"备份不完整：缺少 {name}。")
    if digest_of(path) != sha256:
        raise BackupRefused(f"备份损坏：{name} 与写入时不同（应有 {lines:,} 行）。")
    with path.open("rb") as file:
        if sum(1 for _ in file) != lines:
            raise BackupRefused(f"备份损坏：{name} 的行数与 {MANIFEST} 不符。")


def _verify_names(folder: Path, manifest: Manifest, kept: list[StoredPart]) -> None:
    expected = {
        Path(MANIFEST),
        Path(LISTING),
        *(table_file(Path(), part.name) for part in manifest.tables),
        *(blob_file(Path(), stored.sha256) for stored in kept),
    }
    found = set(_names(folder))
    for missing in sorted(expected - found):
        raise BackupRefused(f"备份不完整：缺少 {missing}。")
    for extra in sorted(found - expected):
        raise BackupRefused(f"备份中多出 {extra}，它不属于这份备份。")


def _names(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in (*names, *links):
            path = Path(place, name)
            # a link leads to bytes that are not part of the backup
            shown = path.with_name(f"{name} →") if path.is_symlink() else path
            yield shown.relative_to(folder)


# -- all or nothing ----------------------------------------------------------------------------


def restore(folder: Path, engine: Engine, store: FileStore, digest: str = "") -> Manifest:
    """Bring a backup into an empty database and an empty file store.

    Raises
    ------
    BackupRefused
        If it is not whole, made by a newer program, or the place is not empty; then the
        place is as it was, but for files that no row speaks of.
    """
    manifest = verify(folder, digest)
    if not migrating.is_known(manifest.revision):
        raise BackupRefused(f"备份来自更新的程序版本（{manifest.version}），请先升级程序。")
    with engine.connect() as connection:
        _refuse_unless_empty(connection)
    _restore_files(folder, store)
    with migrating.changing(engine) as connection:
        _refuse_unless_empty(connection)
        _bring_to(connection, manifest.revision)
        try:
            _load(connection, folder, manifest)
        except BackupRefused:
            raise
        except (SQLAlchemyError, ValueError) as error:
            # its message may quote a row
            kind = type(error).__name__
            raise BackupRefused(f"数据库不接受备份中的数据（{kind}），已全部撤销。") from None
        migrating.upgrade_within(connection)
    return manifest


def _refuse_unless_empty(connection: Connection) -> None:
    inspector = inspect(connection)
    for name in sorted({*inspector.get_table_names()} - {migrating.VERSIONS}):
        found = select(func.count()).select_from(plain_table(name))
        if name in USED:
            found = found.where(text(USED[name]))
        if connection.execute(found).scalar_one():
            raise BackupRefused(f"目标数据库不是空的：表 {name} 中已有数据。")


def _bring_to(connection: Connection, revision: str) -> None:
    present = migrating.current(connection)
    if present not in (None, revision):
        migrating.downgrade_within(connection)
    migrating.upgrade_within(connection, revision)


def _restore_files(folder: Path, store: FileStore) -> None:
    kept = {part.sha256: part.size for part in listed(folder) if part.state == "whole"}
    for sha256 in store.digests():
        if sha256 not in kept:
            raise BackupRefused(f"目标文件库不是空的：已有文件 {sha256}。")
    for sha256, size in kept.items():
        with blob_file(folder, sha256).open("rb") as file:
            if store.put(file, most_bytes=size).sha256 != sha256:
                raise BackupRefused(f"备份损坏：文件 {sha256} 在恢复过程中被改动。")


# -- rows --------------------------------------------------------------------------------------


def _load(connection: Connection, folder: Path, manifest: Manifest) -> None:
    standing = {*inspect(connection).get_table_names()}
    for part in manifest.tables:
        if part.name not in standing:
            raise BackupRefused(f"备份中的表 {part.name} 不属于版本 {manifest.revision}。")
        _load_table(connection, folder, part)
        if connection.dialect.name == "postgresql":
            _continue_numbers(connection, part)
    for part in manifest.tables:
        _compare(connection, part)


def _load_table(connection: Connection, folder: Path, part: TablePart) -> None:
    adding = _adding(part, connection.dialect.name)
    with table_file(folder, part.name).open("rb") as file:
        if part.name in USED:
            for line in file:
                _replace_first_row(connection, part, part.row(line))
            return
        while lines := list(islice(file, CHUNK)):
            found = [
                {f"_{name}": value for name, value in part.row(line).items()} for line in lines
            ]
            connection.execute(adding, found)


def _adding(shape: Shape, dialect: str) -> Insert:
    # PostgreSQL takes text for JSON only if told so; SQLite keeps it as text anyway
    told = dialect == "postgresql"
    return insert(shape.table()).values(
        {
            name: cast(bindparam(f"_{name}", type_=Text()), JSON)
            if kind == "json" and told
            else bindparam(f"_{name}", type_=TYPES[kind])
            for name, kind in shape.kinds.items()
        }
    )


def _replace_first_row(connection: Connection, shape: Shape, row: dict[str, Any]) -> None:
    table = shape.table()
    here = [table.c[name] == row[name] for name in shape.key]
    standing = connection.execute(select(table).where(*here)).mappings().one()
    # the guard lets the head of the trail only go forward
    if dict(standing) != row:
        connection.execute(update(table).where(*here).values(row))


def _continue_numbers(connection: Connection, shape: Shape) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers."""
    for name in (key for key in shape.key if shape.kinds[key] == "integer"):
        last = select(func.max(shape.table().c[name])).scalar_subquery()
        counter = func.pg_get_serial_sequence(shape.name, name)
        # both are strict: without a counter, or without rows, nothing happens
        connection.execute(select(func.setval(counter, last)))


def _compare(connection: Connection, part: TablePart) -> None:
    digest, count = _digest(connection, part)
    if (digest, count) != (part.sha256, part.rows):
        raise BackupRefused(f"恢复后的表 {part.name} 与备份不同，已全部撤销。")


def _digest(connection: Connection, shape: Shape) -> tuple[str, int]:
    digest, count = hashlib.sha256(), 0
    for line in rows(connection, shape):
        digest.update(line)
        count += 1
    return digest.hexdigest(), count
