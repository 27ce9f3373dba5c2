"""Files: kept whole or not at all, under their digest, as long as somebody speaks of them."""

import fcntl
import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core import files, trail
from core.database import unit_of_work
from core.files import Attachment, Blob, FileStore, StoredFile
from core.media import Media
from core.trail import Actor

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
OFFICER = Actor(7, "张三", "inspector")
MANY = 10**6
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def put(store: FileStore, content: bytes) -> Blob:
    return store.put(io.BytesIO(content), MANY)


def age(store: FileStore, sha256: str, moment: datetime) -> None:
    os.utime(store.path(sha256), (moment.timestamp(),) * 2)


def damage(store: FileStore, sha256: str) -> None:
    store.path(sha256).write_bytes(b"something else")


def on_disk(store: FileStore) -> list[Path]:
    return sorted(path for path in store.root.rglob("*") if path.is_file() and path.name != "lock")


# -- bytes -------------------------------------------------------------------------------------


@given(content=st.binary(min_size=1))
def test_what_is_put_can_be_opened_by_its_digest(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    store = FileStore(tmp_path_factory.getbasetemp() / "property")
    blob = put(store, content)

    assert blob.sha256 == hashlib.sha256(content).hexdigest()
    assert blob.size == len(content)
    with store.open(blob.sha256) as file:
        assert file.read() == content


def test_the_same_content_is_kept_once(store: FileStore) -> None:
    assert put(store, b"same") == put(store, b"same")
    assert len(on_disk(store)) == 1


def test_putting_a_file_again_heals_a_damaged_one(store: FileStore) -> None:
    blob = put(store, b"evidence")
    damage(store, blob.sha256)

    put(store, b"evidence")

    assert store.state(blob.sha256) == "whole"


class Broken(io.BytesIO):
    """A visitor whose line breaks in the middle of an upload."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 0:
            raise ConnectionResetError
        return super().read(3)


def test_of_a_broken_upload_nothing_is_left(store: FileStore) -> None:
    with pytest.raises(ConnectionResetError):
        store.put(Broken(b"abcdef"), MANY)

    assert on_disk(store) == []


def test_a_file_may_be_as_large_as_allowed_and_not_one_byte_larger(store: FileStore) -> None:
    store.put(io.BytesIO(b"x" * 100), 100)
    with pytest.raises(files.FileTooLarge) as refused:
        store.put(io.BytesIO(b"y" * 101), 100)

    assert refused.value.params == {"most_bytes": 100}
    assert len(on_disk(store)) == 1


def test_an_empty_file_is_refused(store: FileStore) -> None:
    with pytest.raises(files.FileIsEmpty):
        put(store, b"")


def test_a_programme_that_calls_itself_a_photograph_is_refused(store: FileStore) -> None:
    with pytest.raises(files.KindNotAllowed) as refused:
        store.put(io.BytesIO(b"MZ\x90\0\x03\0\0\0"), MANY, [Media.JPEG, Media.PNG])

    assert refused.value.params["allowed"] == ["image/jpeg", "image/png"]
    assert on_disk(store) == []


@pytest.mark.parametrize("name", ["", "../../secret", "a" * 63, "A" * 64, "/" + "a" * 63])
def test_only_a_digest_opens_a_file(store: FileStore, name: str) -> None:
    put(store, b"x")
    with pytest.raises(files.FileNotFound):
        store.open(name)


def test_nothing_is_acknowledged_before_it_is_on_the_disk(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, b"the folders are there")
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        steps.append(Path(os.readlink(f"/proc/self/fd/{handle}")).parent.name)
        fsync(handle)

    def noted_replace(source: str, goal: str) -> None:
        steps.append("rename")
        replace(source, goal)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    put(store, b"the folders are there")

    assert steps == ["incoming", "rename", store.root.name, store.root.parent.name]


# -- rows --------------------------------------------------------------------------------------


def attach(session: Session, blob: Blob, now: datetime = NOON, visit: int = 12) -> Attachment:
    return files.attach(session, blob, "现场.jpg", "visit", visit, OFFICER, now)


def test_a_noun_speaks_of_its_files_by_the_names_they_were_uploaded_with(
    session: Session, store: FileStore
) -> None:
    blob = put(store, b"photograph")
    first = attach(session, blob)
    attach(session, blob, visit=13)

    assert files.attachments_of(session, "visit", 12) == [first]
    assert (first.name, first.uploaded_by, first.uploaded_at) == ("现场.jpg", 7, NOON)
    assert files.get_attachment(session, first.id or 0) is first


def test_the_trail_tells_the_digest_but_not_the_name(session: Session, store: FileStore) -> None:
    attachment = attach(session, put(store, b"photograph"))
    files.detach(session, attachment, OFFICER, NOON, reason="传错了")

    attached, detached = trail.pending(session)
    facts = {"sha256": attachment.sha256, "noun": "visit", "noun_id": "12"}
    assert (attached.action, attached.after) == ("attached", facts)
    assert (detached.action, detached.before, detached.reason) == ("detached", facts, "传错了")


def test_there_is_no_attachment_without_a_file(session: Session) -> None:
    nothing = Attachment(
        sha256="0" * 64, name="x", noun="visit", noun_id="1", uploaded_at=NOON, uploaded_by=None
    )
    session.add(nothing)

    with pytest.raises(IntegrityError):
        session.flush()


def test_an_attachment_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(files.FileNotFound):
        files.get_attachment(session, 404)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (r"C:\现场\照片.jpg", "照片.jpg"),
        ("../../etc/passwd", "passwd"),
        ("名单\r\n\u202efdp.exe", "名单fdp.exe"),
        ("长" * 300 + ".xlsx", "长" * 195 + ".xlsx"),
        ("  ", "未命名"),
        (".gitignore", ".gitignore"),
    ],
)
def test_names_of_uploads_are_shown_without_folders_and_tricks(name: str, shown: str) -> None:
    assert files.clean_name(name) == shown


@given(st.text())
def test_any_name_of_an_upload_becomes_one_that_fits(name: str) -> None:
    shown = files.clean_name(name)

    assert 0 < len(shown) <= files.LONGEST_NAME
    assert not {"/", "\\", "\0", "\n", "\u202e"} & set(shown)


def test_every_damaged_file_is_named(session: Session, store: FileStore) -> None:
    blobs = [put(store, f"file {number}".encode()) for number in range(5)]
    for blob in blobs:
        attach(session, blob)
    damage(store, blobs[1].sha256)
    store.path(blobs[3].sha256).unlink()

    assert {(bad.sha256, bad.state) for bad in files.verify_all(session, store)} == {
        (blobs[1].sha256, "altered"),
        (blobs[3].sha256, "missing"),
    }


# -- going -------------------------------------------------------------------------------------

LATER = NOON + 3 * files.GRACE


def clean_up(engine: Engine, store: FileStore, now: datetime) -> int:
    with unit_of_work(engine) as session:
        return files.clean_up(session, store, now)


def test_a_file_goes_when_nobody_speaks_of_it_and_not_before(
    engine: Engine, store: FileStore
) -> None:
    blob = put(store, b"evidence")
    age(store, blob.sha256, NOON)
    with unit_of_work(engine) as session:
        attachment = attach(session, blob)
    assert clean_up(engine, store, LATER) == 0

    with unit_of_work(engine) as session:
        files.detach(session, session.merge(attachment), OFFICER, LATER)
    # first its row, in a run that is committed; then its bytes
    assert clean_up(engine, store, LATER) == 1
    assert store.state(blob.sha256) == "whole"
    assert clean_up(engine, store, LATER) == 1
    assert store.state(blob.sha256) == "missing"


def test_a_file_has_time_to_be_spoken_of(engine: Engine, store: FileStore) -> None:
    blob = put(store, b"just uploaded")
    age(store, blob.sha256, NOON)

    assert clean_up(engine, store, NOON + files.GRACE) == 0
    assert clean_up(engine, store, NOON + files.GRACE + SECOND) == 1
    assert store.state(blob.sha256) == "missing"


def test_a_file_that_was_let_go_has_time_to_be_spoken_of_again(
    engine: Engine, store: FileStore
) -> None:
    with unit_of_work(engine) as session:
        files.detach(session, attach(session, put(store, b"evidence")), OFFICER, NOON)

    assert clean_up(engine, store, NOON + files.GRACE) == 0
    assert clean_up(engine, store, NOON + files.GRACE + SECOND) == 1


def test_a_row_that_is_being_spoken_of_at_this_moment_stays(
    engine: Engine, store: FileStore
) -> None:
    blob = put(store, b"evidence")
    with unit_of_work(engine) as session:
        files.detach(session, attach(session, blob), OFFICER, NOON)
    with ThreadPoolExecutor() as pool:
        with unit_of_work(engine) as session:
            attach(session, blob, now=LATER)
            cleaning = pool.submit(clean_up, engine, store, LATER)
            assert not wait([cleaning], 0.2).done
        assert cleaning.result() == 0


def test_uploads_that_were_never_finished_are_swept_up(engine: Engine, store: FileStore) -> None:
    put(store, b"x")
    half = store.root / "incoming" / "half"
    half.write_bytes(b"half")
    os.utime(half, (NOON.timestamp(),) * 2)

    clean_up(engine, store, LATER)

    assert not half.exists()


def test_a_file_that_is_put_again_at_the_last_moment_stays(store: FileStore) -> None:
    blob = put(store, b"evidence")
    age(store, blob.sha256, NOON)

    def uploads_meanwhile(sha256: str) -> bool:
        put(store, b"evidence")
        return False

    assert store.sweep(uploads_meanwhile, NOON + SECOND) == 0
    assert store.state(blob.sha256) == "whole"


def test_an_upload_waits_while_a_file_is_being_deleted(store: FileStore) -> None:
    put(store, b"x")
    with ThreadPoolExecutor() as pool:
        with (store.root / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            upload = pool.submit(put, store, b"y")
            assert not wait([upload], 0.1).done
        assert store.state(upload.result().sha256) == "whole"


def test_a_row_that_is_spoken_of_again_stays(engine: Engine, store: FileStore) -> None:
    blob = put(store, b"evidence")
    with unit_of_work(engine) as session:
        files.detach(session, attach(session, blob), OFFICER, NOON)
    with unit_of_work(engine) as session:
        attach(session, blob, now=LATER)

    clean_up(engine, store, LATER)

    with Session(engine) as session:
        row = session.exec(select(StoredFile).where(col(StoredFile.sha256) == blob.sha256)).one()
    assert (row.first_seen_at, row.last_seen_at) == (NOON, LATER)
    assert store.state(blob.sha256) == "whole"
