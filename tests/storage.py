"""What tests of storage share: SQLite files made from a template, and workers at once.

PostgreSQL stands in `tests/postgres.py`, the fixtures `engine` and `session` in
`tests/conftest.py`.
"""

import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import Engine, event

from core.database import connect

T = TypeVar("T")

BACKENDS = ("sqlite", "postgres")
PATIENCE_S = 60
"""How long workers wait at the start line for each other."""


def url_of(engine: Engine) -> str:
    """The address under which another thread or process reaches the same database."""
    return engine.url.render_as_string(hide_password=False)


# -- SQLite ------------------------------------------------------------------------------------


def sqlite_template(folder: Path) -> Path:
    """A SQLite file with all tables, empty but for the first rows of the house."""
    # imported late: tests of the sampler need no tables
    from web.tables import metadata

    path = folder / "template.sqlite"
    engine = connect(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    return path


@contextmanager
def sqlite_database(template: Path, folder: Path) -> Iterator[Engine]:
    """A copy of the template in *folder*."""
    path = folder / "test.sqlite"
    shutil.copyfile(template, path)
    engine = connect(f"sqlite:///{path}")
    # a test database need not survive a power cut; `connect` has its say first
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    yield engine
    engine.dispose()


# -- several at once ---------------------------------------------------------------------------


def in_threads(work: Callable[[str, int], T], url: str, workers: int) -> list[T]:
    """`work(url, number)` for each number from 0, all begun at the same moment, in threads.

    What one of them raises is raised here.
    """
    line = Barrier(workers)

    def begin(number: int) -> T:
        line.wait(PATIENCE_S)
        return work(url, number)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(begin, range(workers)))


def in_processes(work: Callable[[str, int], T], url: str, workers: int) -> list[T]:
    """The same in processes of their own; *work* must stand at the top of its module."""
    # never forked from here: a child would share the connections and the browser of the tests
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["hypothesis", "pytest", "web.tables"])
    line = context.Barrier(workers)
    with ProcessPoolExecutor(workers, context, _stand_at, (line,)) as pool:
        return list(pool.map(_begin, [work] * workers, [url] * workers, range(workers)))


_line: Any = None


def _stand_at(line: Any) -> None:
    global _line
    _line = line


def _begin(work: Callable[[str, int], T], url: str, number: int) -> T:
    _line.wait(PATIENCE_S)
    return work(url, number)
