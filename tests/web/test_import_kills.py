"""A worker dies in the middle of an import: all of it is there or nothing, and it is resumed."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from core.files import FileStore, verify_all
from core.jobs import JobState
from rosters.imports.imports import ImportState
from tests.storage import url_of
from tests.web.import_office import ROWS, ask, hand_in, import_work, look, roster
from tests.web.office import is_over, processes, read, until

Counts = tuple[int, int, int, int]


def whole(imports: int) -> Counts:
    """What stands in the rosters after so many imports."""
    return imports * ROWS, imports * ROWS, imports, 2 * imports * ROWS


def survive(engine: Engine, folder: Path, kills: int, seed: int) -> Counter[bool]:
    """Kill a worker once in every import; gives how often the import was applied by then."""
    chance = random.Random(seed)
    url, root = url_of(engine), folder / "files"
    found = Counter[bool]()
    with processes() as start:
        worker = start(import_work, url, root, "0")
        longest = 0.5
        for number in range(kills):
            key = hand_in(engine, root, number)
            until(lambda: look(engine, key).state == ImportState.PREVIEWED)  # noqa: B023
            began = time.monotonic()
            job = ask(engine, key)
            time.sleep(chance.uniform(0, longest))
            worker.kill()
            worker.join()

            applied = look(engine, key).state == ImportState.APPLIED
            assert roster(engine) == whole(number + applied)
            assert (read(engine, job).state == JobState.DONE) == applied
            found[applied] += 1

            worker = start(import_work, url, root, str(number + 1))
            until(lambda: is_over(engine, job))  # noqa: B023
            assert look(engine, key).state == ImportState.APPLIED
            assert roster(engine) == whole(number + 1)
            if applied:
                longest = max(0.1, (time.monotonic() - began) / 2)
            else:
                longest *= 1.1
    with Session(engine) as session:
        assert list(verify_all(session, FileStore(root))) == []
    return found


def test_an_import_survives_kills_at_random_moments(engine: Engine, tmp_path: Path) -> None:
    assert survive(engine, tmp_path, kills=3, seed=1).total() == 3


@pytest.mark.soak
def test_an_import_survives_fifty_kills(engine: Engine, tmp_path: Path) -> None:
    found = survive(engine, tmp_path, kills=50, seed=2)

    # neither always too early nor always too late
    assert min(found[True], found[False]) >= 5


def test_an_undoing_that_is_killed_is_resumed(engine: Engine, tmp_path: Path) -> None:
    root = tmp_path / "files"
    with processes() as start:
        worker = start(import_work, url_of(engine), root, "甲")
        key = hand_in(engine, root, 0)
        until(lambda: look(engine, key).state == ImportState.PREVIEWED)
        ask(engine, key)
        until(lambda: look(engine, key).state == ImportState.APPLIED)
        job = ask(engine, key, undo=True)
        until(lambda: read(engine, job).state != JobState.QUEUED)
        worker.kill()

        assert roster(engine)[0] in (0, ROWS)
        start(import_work, url_of(engine), root, "乙")
        until(lambda: is_over(engine, job))

    assert look(engine, key).state == ImportState.UNDONE
    assert roster(engine)[:2] == (0, 0)
