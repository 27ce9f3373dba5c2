"""Files kept under their SHA-256: written whole or not at all, and never changed afterwards.

The disk holds the bytes (`FileStore`), the database what they are and who speaks of them
(`StoredFile`, `Attachment`). Bytes come first and their rows after them, in a transaction:
bytes without a row are swept up later, a row without bytes is damage, and named by `verify_all`.
"""

import fcntl
import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, Literal

from sqlalchemy import BigInteger, CheckConstraint, Index, case, delete, exists
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select

import core.database  # noqa: F401  # its naming convention comes before any table
from core import trail
from core.errors import Invalid, NotFound
from core.media import media_type
from core.trail import Actor

CHUNK = 2**20
GRACE = timedelta(days=1)
"""How long bytes may wait for their row; far longer than any request lasts."""

LONGEST_NAME = 200

_DIGEST = re.compile(r"[0-9a-f]{64}")
_INCOMING, _LOCK = "incoming", "lock"


class FileTooLarge(Invalid):
    """More bytes than are allowed; nothing is kept."""

    code = "file_too_large"


class FileIsEmpty(Invalid):
    """Not a single byte."""

    code = "file_is_empty"


class KindNotAllowed(Invalid):
    """The content is of another kind than what is asked for, whatever its name says."""

    code = "file_kind_not_allowed"


class FileNotFound(NotFound):
    """There is no such file."""

    code = "file_not_found"


# -- the bytes on the disk ---------------------------------------------------------------------


@dataclass(frozen=True)
class Blob:
    """Bytes that are on the disk: their digest, how many they are, and of which kind."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True)
class FileStore:
    """A folder of blobs, `ab/cdef…` for the digest `abcdef…`."""

    root: Path

    def put(self, stream: IO[bytes], most_bytes: int, allowed: Collection[str] = ()) -> Blob:
        """Keep what *stream* holds; when this returns, a power cut cannot take it away.

        Parameters
        ----------
        stream : read once, from where it stands, in chunks.
        most_bytes : more is refused.
        allowed : media types; empty for a file of our own, which may be of any kind.

        Raises
        ------
        FileIsEmpty, FileTooLarge, KindNotAllowed
            Then nothing is kept.
        """
        with _incoming(_folder(self.root / _INCOMING)) as (file, path):
            sha256, size = _copy(stream, file, most_bytes)
            kind = media_type(file)
            if allowed and kind not in allowed:
                raise KindNotAllowed(found=kind, allowed=sorted(allowed))
            file.flush()
            os.fsync(file.fileno())
            self._keep(path, sha256)
        return Blob(sha256, size, kind)

    def _keep(self, path: Path, sha256: str) -> None:
        goal = self.path(sha256)
        _folder(goal.parent)
        with self._locked(fcntl.LOCK_SH):
            # also over an equal blob: it heals a damaged one, and makes it young for `sweep`
            path.replace(goal)
        # the root too: another process may have made the folder and not yet got that far
        _sync_folder(goal.parent)
        _sync_folder(self.root)

    def path(self, sha256: str) -> Path:
        """Where the blob lies, if it is there.

        Raises
        ------
        FileNotFound
            If this is no digest at all; so no name from outside ever leads out of the folder.
        """
        if not _DIGEST.fullmatch(sha256):
            raise FileNotFound(sha256=sha256)
        return self.root / sha256[:2] / sha256[2:]

    def open(self, sha256: str) -> BufferedReader:
        """The blob, to be read in chunks and closed; it stays readable even if it is deleted.

        Raises
        ------
        FileNotFound
            If it is not there.
        """
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise FileNotFound(sha256=sha256) from error

    def state(self, sha256: str) -> Literal["whole", "altered", "missing"]:
        """Whether the blob is there and still has its digest; reads all of it."""
        try:
            with self.open(sha256) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFound:
            return "missing"
        return "whole" if digest == sha256 else "altered"

    def digests(self) -> Iterator[str]:
        """Of all blobs on the disk, in order."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            yield from (folder.name + name for name in sorted(os.listdir(folder)))

    def sweep(self, wanted: Callable[[str], bool], before: datetime) -> int:
        """Delete what nobody wants and what was never finished, if written before a moment.

        A blob put again meanwhile is young and stays: its age is looked at under a lock that
        `put` shares.
        """
        swept = 0
        for path in (self.root / _INCOMING).glob("*"):
            swept += _delete_old(path, before)
        for sha256 in self.digests():
            if not wanted(sha256):
                with self._locked(fcntl.LOCK_EX):
                    swept += _delete_old(self.path(sha256), before)
        return swept

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        with (self.root / _LOCK).open("ab") as file:
            fcntl.flock(file, how)
            yield


@contextmanager
def _incoming(folder: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A new file in the folder, gone at the end unless it was renamed by then."""
    handle, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _copy(stream: IO[bytes], file: IO[bytes], most_bytes: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > most_bytes:
            raise FileTooLarge(most_bytes=most_bytes)
        digest.update(chunk)
        file.write(chunk)
    if not size:
        raise FileIsEmpty
    return digest.hexdigest(), size


def _folder(path: Path) -> Path:
    """The folder, made if it is missing, with its name on the disk."""
    if not path.is_dir():
        _folder(path.parent)
        path.mkdir(exist_ok=True)
        _sync_folder(path.parent)
    return path


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _delete_old(path: Path, before: datetime) -> bool:
    try:
        old = path.stat().st_mtime < before.timestamp()
        if old:
            path.unlink()
    except FileNotFoundError:
        return False
    return old


# -- what they are, and who speaks of them -----------------------------------------------------


class StoredFile(SQLModel, table=True):
    """What the house knows about a blob."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256_is_a_digest"),
        CheckConstraint("size > 0", name="size_is_positive"),
        CheckConstraint("first_seen_at <= last_seen_at", name="first_comes_before_last"),
    )
    sha256: str = Field(primary_key=True, max_length=64)
    size: int = Field(sa_type=BigInteger)
    media_type: str = Field(max_length=100)
    first_seen_at: datetime
    last_seen_at: datetime


class Attachment(SQLModel, table=True):
    """A file as somebody uploaded it, and the noun it belongs to."""

    __table_args__ = (Index(None, "noun", "noun_id"),)
    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(foreign_key="stored_file.sha256", max_length=64, index=True)
    name: str = Field(max_length=LONGEST_NAME)
    noun: str = Field(max_length=60)
    noun_id: str = Field(max_length=64)
    uploaded_by: int | None = None
    uploaded_at: datetime


def clean_name(name: str) -> str:
    """The name of an upload without its folders and without marks that no page should show."""
    last = re.split(r"[/\\]", name)[-1]
    # Cc: control characters; Cf: among them the one that turns the direction of reading round
    shown = "".join(mark for mark in last if unicodedata.category(mark) not in ("Cc", "Cf", "Cs"))
    stem, dot, suffix = shown.strip().rpartition(".")
    tail = dot + suffix if stem and len(suffix) < 10 else ""
    return shown.strip().removesuffix(tail)[: LONGEST_NAME - len(tail)] + tail or "未命名"


def attach(
    session: Session,
    blob: Blob,
    name: str,
    noun: str,
    noun_id: str | int,
    actor: Actor,
    now: datetime,
    *,
    secret: bool = False,
) -> Attachment:
    """Let a noun speak of a blob that has been put; the same blob may be spoken of many times.

    Parameters
    ----------
    secret : whether the trail keeps quiet about its digest: who can guess what a file may say
        finds by its digest what it does say.
    """
    session.exec(_seen(session, blob, now))
    attachment = Attachment(
        sha256=blob.sha256,
        name=clean_name(name),
        noun=noun,
        noun_id=str(noun_id),
        uploaded_by=actor.user_id,
        uploaded_at=now,
    )
    session.add(attachment)
    session.flush()
    # no name: it may hold the name of a person
    facts = {"noun": noun, "noun_id": str(noun_id)}
    facts |= {} if secret else {"sha256": blob.sha256}
    trail.record(session, actor, "attached", "attachment", _id(attachment), now, after=facts)
    return attachment


def _seen(session: Session, blob: Blob, now: datetime) -> Any:
    """Insert the blob's row, or lock it and make it young, so that `clean_up` leaves it alone."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = {**asdict(blob), "first_seen_at": now, "last_seen_at": now}
    statement = dialect.insert(StoredFile).values(row)
    younger = case(
        (col(StoredFile.last_seen_at) > now, col(StoredFile.last_seen_at)),
        else_=statement.excluded.last_seen_at,
    )
    return statement.on_conflict_do_update(
        index_elements=["sha256"], set_={"last_seen_at": younger}
    )


def get_attachment(session: Session, attachment_id: int) -> Attachment:
    """One attachment; whether this person may see it is asked of the noun it belongs to.

    Raises
    ------
    FileNotFound
        If there is none.
    """
    attachment = session.get(Attachment, attachment_id)
    if attachment is None:
        raise FileNotFound(attachment=attachment_id)
    return attachment


def attachments_of(session: Session, noun: str, noun_id: str | int) -> list[Attachment]:
    """In the order of their upload."""
    wanted = select(Attachment).where(Attachment.noun == noun, Attachment.noun_id == str(noun_id))
    return list(session.exec(wanted.order_by(col(Attachment.id))))


def detach(
    session: Session, attachment: Attachment, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Let a noun no longer speak of a file; the bytes go later, if nobody else speaks of them."""
    facts = {
        "sha256": attachment.sha256,
        "noun": attachment.noun,
        "noun_id": attachment.noun_id,
    }
    trail.record(
        session,
        actor,
        "detached",
        "attachment",
        _id(attachment),
        now,
        before=facts,
        reason=reason,
    )
    session.delete(attachment)


def _id(attachment: Attachment) -> int:
    assert attachment.id is not None
    return attachment.id


@dataclass(frozen=True)
class Damage:
    """A blob that should be there, and what is wrong with it."""

    sha256: str
    state: Literal["altered", "missing"]


def verify_all(session: Session, store: FileStore) -> Iterator[Damage]:
    """Read every file that the database knows, and name those that are not whole."""
    for sha256 in session.exec(select(StoredFile.sha256).order_by(StoredFile.sha256)).all():
        state = store.state(sha256)
        if state != "whole":
            yield Damage(sha256, state)


def clean_up(session: Session, store: FileStore, now: datetime, grace: timedelta = GRACE) -> int:
    """Delete what nobody speaks of any more; gives the number of rows and files deleted.

    Bytes go only when their row has been gone since an earlier, committed run: so a run that
    is rolled back has not deleted anything that a row still knows.
    """
    known = set(session.exec(select(StoredFile.sha256)).all())
    swept = store.sweep(known.__contains__, now - grace)
    forgotten = session.exec(_unreferenced(now - grace)).all()
    for (sha256,) in forgotten:
        trail.record(session, trail.SYSTEM, "forgotten", "file", sha256, now)
    return swept + len(forgotten)


def _unreferenced(before: datetime) -> Any:
    spoken_of = exists().where(col(Attachment.sha256) == col(StoredFile.sha256))
    old = col(StoredFile.last_seen_at) < before
    return delete(StoredFile).where(old, ~spoken_of).returning(col(StoredFile.sha256))
