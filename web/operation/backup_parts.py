"""What a backup consists of, the same for SQLite and PostgreSQL.

    manifest.json           what belongs to it, with the SHA-256 of every part
    tables/<name>.jsonl     a line per row: the values as a JSON array, in the order of the key
    files.jsonl             a line per stored file: digest, size, and whether it was whole
    files/ab/cdef…          the stored files themselves

Every part is named by a digest in the manifest, and the manifest by its own, so damage is
found before anything is touched. The digests show accidents: against somebody who writes a
backup of their own, keep the digest of the manifest elsewhere.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Part
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    TableClause,
    Text,
    cast,
    collate,
    select,
)
from sqlalchemy import column as plain_column
from sqlalchemy import table as plain_table
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

FORMAT: Literal["spotcheck-backup/1"] = "spotcheck-backup/1"
MANIFEST, FILES, TABLES = "manifest.json", "files", "tables"
LISTING = "files.jsonl"
CHUNK = 2_000
"""Rows in memory at a time."""

BLOCK = 2**20

Kind = Literal["integer", "real", "text", "boolean", "time", "date", "bytes", "json"]
Digest = Part(pattern="^[0-9a-f]{64}$")
Name = Part(pattern="^[a-z][a-z0-9_]{0,62}$")

TYPES: dict[Kind, TypeEngine[Any]] = {
    "integer": BigInteger(),
    "real": Float(),
    "text": Text(),
    "boolean": Boolean(),
    "time": UTCDateTime(),
    "date": Date(),
    "bytes": LargeBinary(),
    # its text as it stands: what was hashed or signed must not be written anew
    "json": Text(),
}
_WRITTEN: dict[Kind, Callable[[Any], Any]] = {
    "time": lambda value: value.isoformat(timespec="microseconds"),
    "date": lambda value: value.isoformat(),
    "bytes": lambda value: value.hex(),
}
_READ: dict[Kind, Callable[[Any], Any]] = {
    "time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "bytes": bytes.fromhex,
}


class BackupRefused(ValueError):
    """A backup that is not whole, or a place it cannot be restored to; says in words why."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# -- tables ------------------------------------------------------------------------------------


class Field(_Model):
    """A column and what kind of value it holds."""

    name: str = Name
    kind: Kind


class Shape(_Model):
    """What must be known of a table to write its rows and to read them again."""

    name: str = Name
    fields: list[Field]
    key: list[str]

    @property
    def kinds(self) -> dict[str, Kind]:
        """By name of the column."""
        return {field.name: field.kind for field in self.fields}

    def table(self) -> TableClause:
        """The table, as far as a query needs it: the models of today may be others."""
        return plain_table(
            self.name, *(plain_column(name, TYPES[kind]) for name, kind in self.kinds.items())
        )

    def query(self, dialect: str) -> Select[Any]:
        """All rows in the order of the key, which is the same on both databases."""
        table = self.table()
        columns = [
            cast(table.c[name], Text).label(name) if kind == "json" else table.c[name]
            for name, kind in self.kinds.items()
        ]
        byte_by_byte = "C" if dialect == "postgresql" else "BINARY"
        order = [
            collate(table.c[name], byte_by_byte) if self.kinds[name] == "text" else table.c[name]
            for name in self.key
        ]
        return select(*columns).order_by(*order)

    def line(self, values: Any) -> bytes:
        """A row as it stands in a backup."""
        written = [
            value if value is None or kind not in _WRITTEN else _WRITTEN[kind](value)
            for kind, value in zip(self.kinds.values(), values, strict=True)
        ]
        return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def row(self, line: bytes) -> dict[str, Any]:
        """The values of a line by column."""
        return {
            name: value if value is None or kind not in _READ else _READ[kind](value)
            for (name, kind), value in zip(self.kinds.items(), json.loads(line), strict=True)
        }


def shape_of(table: Table) -> Shape:
    """The shape of a table of the models."""
    fields = [Field(name=column.name, kind=_kind(column)) for column in table.columns]
    return Shape(name=table.name, fields=fields, key=list(table.primary_key.columns.keys()))


def _kind(column: Column[Any]) -> Kind:
    type_: Any = column.type
    if isinstance(type_, UTCDateTime):
        return "time"
    if isinstance(type_, TypeDecorator):
        type_ = type_.impl_instance
    for python, kind in _KINDS.items():
        if isinstance(type_, python):
            return kind
    raise TypeError(f"{column} is of no kind that a backup knows")


_KINDS: dict[type[TypeEngine[Any]], Kind] = {
    JSON: "json",
    Enum: "text",
    String: "text",
    Boolean: "boolean",
    Integer: "integer",
    Float: "real",
    Date: "date",
    LargeBinary: "bytes",
}


def rows(connection: Connection, shape: Shape) -> Iterator[bytes]:
    """The lines of a table as it stands in *connection*'s transaction."""
    query = shape.query(connection.dialect.name)
    found = connection.execute(query, execution_options={"yield_per": CHUNK})
    for part in found.partitions():
        yield from map(shape.line, part)


# -- the manifest ------------------------------------------------------------------------------


class TablePart(Shape):
    """A table of the backup."""

    rows: int = Part(ge=0)
    sha256: str = Digest


class FilesPart(_Model):
    """The list of stored files."""

    count: int = Part(ge=0)
    damaged: int = Part(ge=0)
    sha256: str = Digest


class StoredPart(_Model):
    """A stored file; only a whole one is in the backup."""

    sha256: str = Digest
    size: int = Part(ge=1)
    state: Literal["whole", "altered", "missing"]


class Manifest(_Model):
    """What belongs to a backup."""

    format: Literal["spotcheck-backup/1"] = FORMAT
    version: str
    revision: str = Part(pattern="^[0-9a-z_]{1,32}$")
    database: Literal["sqlite", "postgresql"]
    made_at: str
    tables: list[TablePart]
    files: FilesPart
    digest: str = Part(default="", pattern="^([0-9a-f]{64})?$")

    def sealed(self) -> "Manifest":
        """The same with the digest over all the rest."""
        digest = hashlib.sha256(_canonical(self.model_dump(exclude={"digest"}))).hexdigest()
        return self.model_copy(update={"digest": digest})

    def text(self) -> bytes:
        """The one way to write it."""
        return _canonical(self.model_dump())


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises
    ------
    BackupRefused
        If there is none, or a single byte of it is not as it was written.
    """
    try:
        text = (folder / MANIFEST).read_bytes()
    except OSError:
        raise BackupRefused(f"{folder} 中没有 {MANIFEST}，不是完整的备份。") from None
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError:
        raise BackupRefused(f"备份损坏：{MANIFEST} 无法辨认，或不是本程序写的备份。") from None
    if manifest.sealed() != manifest or manifest.text() != text:
        raise BackupRefused(f"备份损坏：{MANIFEST} 与写入时不同。")
    return manifest


def table_file(folder: Path, name: str) -> Path:
    """Where the rows of a table stand."""
    return folder / TABLES / f"{name}.jsonl"


def blob_file(folder: Path, sha256: str) -> Path:
    """Where a stored file stands, as in `core.files.FileStore`."""
    return folder / FILES / sha256[:2] / sha256[2:]


# -- writing and hashing -----------------------------------------------------------------------


@dataclass
class Written:
    """A part that is being written: its digest and its lines so far."""

    file: IO[bytes]
    lines: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, line: bytes) -> None:
        """Write a line."""
        self.file.write(line)
        self._hash.update(line)
        self.lines += 1

    @property
    def sha256(self) -> str:
        """Of all lines so far."""
        return str(self._hash.hexdigest())


@contextmanager
def writing_lines(path: Path) -> Iterator[Written]:
    """A new part."""
    with path.open("xb") as file:
        yield Written(file)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
