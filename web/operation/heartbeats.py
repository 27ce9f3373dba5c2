"""Signs of life of the workers: a file each, as old as its last turn.

A file, not a row: a worker must not write into the database every second to say that it has
nothing to do.
"""

import time
from collections.abc import Callable
from pathlib import Path

FOLDER = "heartbeats"
SILENT_SECONDS = 60.0
"""Without a sign for so long, a worker does not count; it gives one every second."""


def beat(data_dir: Path, name: str) -> Callable[[], None]:
    """What the worker of that name calls in every turn."""
    path = data_dir / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.touch


def heard(data_dir: Path, within: float = SILENT_SECONDS) -> bool:
    """Whether any worker has given a sign of life lately."""
    since = time.time() - within
    return any(path.stat().st_mtime >= since for path in (data_dir / FOLDER).glob("*"))


def forget(data_dir: Path) -> None:
    """Let nobody count that lived before this start of the service."""
    for path in (data_dir / FOLDER).glob("*"):
        path.unlink(missing_ok=True)
