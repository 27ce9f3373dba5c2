"""A damaged backup, or one in the wrong place, is refused with words and touches nothing."""

import hashlib
import random
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect

from core import trail
from core.database import unit_of_work
from core.files import FileStore
from tests.operation.inspection_rows import INSPECTION_SAMPLES
from tests.operation.offices import MOST, NOW, digests
from tests.operation.roster_rows import ROSTER_SAMPLES
from web.operation import migrating
from web.operation.backup import back_up
from web.operation.backup_parts import MANIFEST, BackupRefused, Manifest, read_manifest
from web.operation.restore import restore, verify

# -- a damaged backup --------------------------------------------------------------------------

Damage = Callable[[Path, random.Random], str]
"""Damages a backup and gives what the refusal must name."""


def parts(backup: Path) -> list[Path]:
    return sorted(path for path in backup.rglob("*") if path.is_file())


def named(path: Path, backup: Path) -> str:
    """What a refusal calls a part, whichever way it is damaged."""
    inside = path.relative_to(backup)
    return "".join(inside.parts[-2:]) if inside.parts[0] == "files" else path.name


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(content))


def cut(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def extend(path: Path, chance: random.Random) -> None:
    with path.open("ab") as file:
        file.write(chance.choice([b"\n", b" ", b"\0", path.read_bytes()]))


def drop_a_line(path: Path, chance: random.Random) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    lines.pop(chance.randrange(len(lines)))
    path.write_bytes(b"".join(lines))


def remove(path: Path, _chance: random.Random) -> None:
    path.unlink()


def turn_into_a_link(path: Path, _chance: random.Random) -> None:
    hidden = path.parent.parent / "hidden"
    path.rename(hidden)
    path.symlink_to(hidden)


@pytest.mark.parametrize("damage", [flip, cut, extend, drop_a_line, remove, turn_into_a_link])
def test_damage_to_any_part_is_found_and_named(
    whole: Path, tmp_path: Path, damage: Callable[[Path, random.Random], None]
) -> None:
    chance, copy = random.Random(damage.__name__), tmp_path / "copy"
    for part in parts(whole):
        if not part.stat().st_size:
            continue
        for _ in range(3 if damage is flip else 1):
            shutil.copytree(whole, copy)
            damage(copy / part.relative_to(whole), chance)
            with pytest.raises(BackupRefused, match=r"损坏|不完整|没有|多出") as refused:
                verify(copy)
            assert named(part, whole) in str(refused.value).replace("/", "")
            shutil.rmtree(copy)


def test_any_changed_byte_of_the_manifest_is_found(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "copy")
    manifest, chance = tmp_path / "copy" / MANIFEST, random.Random(3)
    text_ = manifest.read_bytes()
    for place in chance.sample(range(len(text_)), 300):
        changed = bytearray(text_)
        changed[place] = (changed[place] + chance.randrange(1, 256)) % 256
        manifest.write_bytes(bytes(changed))
        with pytest.raises(BackupRefused, match=MANIFEST):
            verify(tmp_path / "copy")


@pytest.mark.parametrize("stray", ["note.txt", "tables/more.jsonl", "files/ab/" + "0" * 62])
def test_what_does_not_belong_to_a_backup_is_named(whole: Path, tmp_path: Path, stray: str) -> None:
    shutil.copytree(whole, tmp_path / "copy")
    path = tmp_path / "copy" / stray
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")

    with pytest.raises(BackupRefused, match=stray):
        verify(tmp_path / "copy")


def test_a_backup_of_somebody_else_is_told_by_its_digest(whole: Path) -> None:
    known = read_manifest(whole).digest

    assert verify(whole, known).digest == known
    with pytest.raises(BackupRefused, match="总摘要"):
        verify(whole, "0" * 64)


def test_a_damaged_backup_touches_nothing(whole: Path, elsewhere: Engine, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "copy")
    flip(parts(tmp_path / "copy")[-1], random.Random(1))
    other = FileStore(tmp_path / "other")

    with pytest.raises(BackupRefused):
        restore(tmp_path / "copy", elsewhere, other)

    assert inspect(elsewhere).get_table_names() == []
    assert not other.root.exists()


# -- where it cannot go ------------------------------------------------------------------------


def test_a_database_with_rows_is_not_overwritten(
    backup: Path, office: Engine, store: FileStore
) -> None:
    with pytest.raises(BackupRefused, match="不是空的"):
        restore(backup, office, store)


def test_a_used_trail_alone_is_enough_to_refuse(
    whole: Path, elsewhere: Engine, tmp_path: Path
) -> None:
    migrating.upgrade(elsewhere)
    with unit_of_work(elsewhere) as session:
        trail.record(session, trail.SYSTEM, "made", "plan", 1, NOW)

    with pytest.raises(BackupRefused, match="event"):
        restore(whole, elsewhere, FileStore(tmp_path / "other"))


@pytest.mark.parametrize("revision", ["0001", "head"])
def test_an_empty_database_that_is_migrated_already_will_do(
    whole: Path, elsewhere: Engine, tmp_path: Path, revision: str
) -> None:
    migrating.upgrade(elsewhere, revision)

    restore(whole, elsewhere, FileStore(tmp_path / "other"))

    assert migrating.check(elsewhere) == []


def test_a_backup_of_an_older_program_is_brought_up_to_date(
    whole: Path, elsewhere: Engine, tmp_path: Path
) -> None:
    shutil.copytree(whole, tmp_path / "older")
    entrance = {"attempt", "identity", "login", "past_password", "recovery_code", "second_factor"}
    later = entrance | ROSTER_SAMPLES.keys() | INSPECTION_SAMPLES.keys()
    for name in later:
        (tmp_path / "older" / "tables" / f"{name}.jsonl").unlink()
    manifest = read_manifest(whole)
    kept = [part for part in manifest.tables if part.name not in later]
    older = manifest.model_copy(update={"revision": "0002", "tables": kept})
    seal(tmp_path / "older", older)
    other = FileStore(tmp_path / "other")

    restore(tmp_path / "older", elsewhere, other)

    assert migrating.check(elsewhere) == []
    again = digests(back_up(elsewhere, other, tmp_path / "again", NOW, "0.1.0"))
    assert {name: again[name] for name in digests(older)} == digests(older)
    assert all(again[name][0] == 0 for name in later)


def test_files_of_others_are_not_mixed_with_a_backup(
    whole: Path, elsewhere: Engine, tmp_path: Path
) -> None:
    other = FileStore(tmp_path / "other")
    stranger = other.put(BytesIO(b"stranger"), MOST)

    with pytest.raises(BackupRefused, match=stranger.sha256):
        restore(whole, elsewhere, other)
    assert inspect(elsewhere).get_table_names() == []


FORGERIES = [
    (b'"reviewer"', b'"emperor"', "不接受"),
    (b'"reviewer"', b"reviewer", "不接受"),
    (b"T08:30:15.123456+00:00", b"T08:30:15.123456", "不接受"),
    (b"T08:30:15.123456+00:00", b"T16:30:15.123456+08:00", "membership 与备份不同"),
]


def test_rows_that_do_not_fit_undo_everything(
    whole: Path, elsewhere: Engine, tmp_path: Path
) -> None:
    for number, (old, new, words) in enumerate(FORGERIES):
        forged = tmp_path / f"forged {number}"
        shutil.copytree(whole, forged)
        forge(forged, "membership", old, new)

        with pytest.raises(BackupRefused, match=words):
            restore(forged, elsewhere, FileStore(tmp_path / "other"))

        assert inspect(elsewhere).get_table_names() == []


def test_a_backup_of_a_newer_program_is_refused(
    whole: Path, elsewhere: Engine, tmp_path: Path
) -> None:
    shutil.copytree(whole, tmp_path / "newer")
    seal(tmp_path / "newer", read_manifest(whole).model_copy(update={"revision": "9999"}))

    with pytest.raises(BackupRefused, match="升级程序"):
        restore(tmp_path / "newer", elsewhere, FileStore(tmp_path / "other"))


def forge(folder: Path, table: str, old: bytes, new: bytes) -> None:
    """Change rows and make the digests fit, as only somebody with intent does."""
    path = folder / "tables" / f"{table}.jsonl"
    path.write_bytes(path.read_bytes().replace(old, new))
    manifest, digest = read_manifest(folder), hashlib.sha256(path.read_bytes()).hexdigest()
    tables = [
        part.model_copy(update={"sha256": digest}) if part.name == table else part
        for part in manifest.tables
    ]
    seal(folder, manifest.model_copy(update={"tables": tables}))


def seal(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_bytes(manifest.sealed().text())
