"""A backup is consistent while everybody works, and a restored one equals it by digest."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from core import jobs, trail
from core.append_only import missing_guards
from core.database import connect
from core.files import Attachment, FileStore, verify_all
from core.trail_check import verify as verify_trail
from tests import storage
from tests.operation.offices import NOW, digests, work_in
from web.operation import migrating
from web.operation.backup import back_up
from web.operation.backup_parts import BackupRefused
from web.operation.restore import listed, restore
from web.tables import metadata

# -- there and back ----------------------------------------------------------------------------


def test_a_restored_backup_equals_it_by_digest(
    backup: Path, elsewhere: Engine, tmp_path: Path
) -> None:
    other = FileStore(tmp_path / "other")

    made = restore(backup, elsewhere, other)

    again = back_up(elsewhere, other, tmp_path / "again", NOW, "0.1.0")
    assert digests(again) == digests(made)
    assert all(part.rows for part in made.tables)
    assert again.files == made.files
    assert migrating.check(elsewhere) == []
    with Session(elsewhere) as session:
        assert verify_trail(session) == []
        assert list(verify_all(session, other)) == []


def test_work_goes_on_after_a_restore(whole: Path, elsewhere: Engine, tmp_path: Path) -> None:
    other = FileStore(tmp_path / "other")
    restore(whole, elsewhere, other)

    work_in(elsewhere, other, 2, times=2)

    with Session(elsewhere) as session:
        assert verify_trail(session) == []
        assert list(verify_all(session, other)) == []


def test_a_restored_trail_is_guarded_again(whole: Path, elsewhere: Engine, tmp_path: Path) -> None:
    restore(whole, elsewhere, FileStore(tmp_path / "other"))

    with elsewhere.connect() as connection:
        assert missing_guards(connection, metadata) == []


def test_an_empty_service_can_be_saved_too(
    office: Engine, opposite: Engine, store: FileStore, tmp_path: Path
) -> None:
    made = back_up(office, store, tmp_path / "backup", NOW, "0.1.0")

    restore(tmp_path / "backup", opposite, FileStore(tmp_path / "other"))

    assert made.files.count == 0
    assert sum(part.rows for part in made.tables) == 1
    assert migrating.check(opposite) == []


# -- while everybody works ---------------------------------------------------------------------


@contextmanager
def writers(engine: Engine, store: FileStore, number: int) -> Iterator[None]:
    """Threads that write without a pause."""
    enough, chance = threading.Event(), random.Random(5)

    def write() -> None:
        own = connect(storage.url_of(engine))
        while not enough.is_set():
            work_in(own, store, chance.randrange(2**30))
        own.dispose()

    with ThreadPoolExecutor(number) as pool:
        writing = [pool.submit(write) for _ in range(number)]
        try:
            yield
        finally:
            enough.set()
        for one in writing:
            one.result()


def test_a_backup_under_load_is_one_state_of_the_house(
    office: Engine, opposite: Engine, store: FileStore, tmp_path: Path
) -> None:
    work_in(office, store, 1, times=50)
    made = []
    with writers(office, store, 3):
        for number in range(3):
            made.append(back_up(office, store, tmp_path / f"backup {number}", NOW, "0.1.0"))

    events = [digests(manifest)["event"][0] for manifest in made]
    assert events == sorted(set(events)), "somebody has worked meanwhile"
    other = FileStore(tmp_path / "other")
    restore(tmp_path / "backup 2", opposite, other)
    again = back_up(opposite, other, tmp_path / "again", NOW, "0.1.0")
    assert digests(again) == digests(made[2])
    with Session(opposite) as session:
        assert verify_trail(session) == []
        assert list(verify_all(session, other)) == []
        # a job comes with its attachment in one transaction, and so it is saved
        attached = session.exec(select(Attachment)).all()
        assert len(attached) == len(session.exec(select(jobs.Job)).all())
        assert len(trail.page(session, trail.Search(), size=10_000)) == 2 * len(attached)


# -- making one --------------------------------------------------------------------------------


def test_a_backup_never_replaces_anything(office: Engine, store: FileStore, tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("already here")

    with pytest.raises(BackupRefused, match="已经存在"):
        back_up(office, store, tmp_path / "backup", NOW, "0.1.0")


def test_a_backup_that_fails_leaves_nothing_behind(
    office: Engine, store: FileStore, tmp_path: Path
) -> None:
    migrating.downgrade(office, "0002")
    before = sorted(tmp_path.iterdir())

    with pytest.raises(BackupRefused, match="db upgrade"):
        back_up(office, store, tmp_path / "backup", NOW, "0.1.0")

    assert sorted(tmp_path.iterdir()) == before


def test_nobody_else_can_read_a_backup(backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0


def test_a_rotten_file_does_not_keep_the_others_from_being_saved(
    office: Engine, opposite: Engine, store: FileStore, tmp_path: Path
) -> None:
    work_in(office, store, 1, times=4)
    rotten, missing, *fine = store.digests()
    store.path(rotten).write_bytes(b"rotten")
    store.path(missing).unlink()

    made = back_up(office, store, tmp_path / "backup", NOW, "0.1.0")

    assert made.files.damaged == 2
    states = {part.sha256: part.state for part in listed(tmp_path / "backup")}
    assert states == {rotten: "altered", missing: "missing"} | dict.fromkeys(fine, "whole")
    restore(tmp_path / "backup", opposite, FileStore(tmp_path / "other"))
    assert list(FileStore(tmp_path / "other").digests()) == fine


def test_texts_that_were_hashed_are_restored_to_the_letter(
    office: Engine, opposite: Engine, store: FileStore, tmp_path: Path
) -> None:
    wild = '{"b": 1,  "a": [1.50, "\\u4e2d"]}'
    work_in(office, store, 1)
    with office.begin() as connection:
        told = "CAST(:wild AS JSON)" if office.dialect.name == "postgresql" else ":wild"
        connection.execute(text(f"UPDATE job SET payload = {told}"), {"wild": wild})
    back_up(office, store, tmp_path / "backup", NOW, "0.1.0")

    restore(tmp_path / "backup", opposite, FileStore(tmp_path / "other"))

    with opposite.connect() as connection:
        found = connection.execute(text("SELECT CAST(payload AS TEXT) FROM job")).scalar_one()
    assert found == wild
