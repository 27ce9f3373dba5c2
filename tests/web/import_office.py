"""A worker that does imports, and can be killed; and what stands in the rosters afterwards."""

import io
import logging
import threading
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, func
from sqlmodel import Session, select

from core.database import connect, unit_of_work
from core.files import FileStore
from rosters.certificates import Certificate
from rosters.entries import Noun
from rosters.imports import steps
from rosters.imports.imports import Mode, RosterImport, Upload, upload
from rosters.institutions import Institution
from rosters.statements import Change, Statement
from tests.rosters.imports.desk import CLERK, code, text_file
from tests.web.office import QUICK, clock
from web.roster_imports import handlers
from web.worker import run_worker, stop_on_signals

ROWS = 150


def import_work(url: str, root: Path, name: str) -> None:
    """A worker process."""
    logging.disable()
    stop = threading.Event()
    stop_on_signals(stop)
    engine = connect(url)
    run_worker(engine, handlers(engine, FileStore(root), clock), clock, stop, name, QUICK)


def hand_in(engine: Engine, root: Path, number: int) -> int:
    """Upload a file of institutions that nobody has seen before, and ask for its preview."""
    first = number * ROWS
    rows = [
        {
            "机构名称": f"演示第{n}检测有限公司",
            "统一社会信用代码": code(n),
            "证书编号": f"{210000000000 + n}",
            "有效期至": "2028-05-01",
            "备注": "演示数据",
        }
        for n in range(first, first + ROWS)
    ]
    blob = FileStore(root).put(io.BytesIO(text_file(rows)), 2**24)
    handed = Upload(Noun.INSTITUTION, f"名录{number}.csv", Mode.ALL_OR_NOTHING, date(2026, 3, 1))
    with unit_of_work(engine) as session:
        key = upload(session, blob, handed, "", CLERK, clock()).key
        steps.ask_preview(session, key, CLERK, clock())
    return key


def ask(engine: Engine, key: int, *, undo: bool = False) -> int:
    """Ask for an import to be applied, or undone; gives the job."""
    with unit_of_work(engine) as session:
        if undo:
            return steps.ask_undo(session, key, CLERK, clock(), "导错文件").number
        return steps.ask_apply(session, key, CLERK, clock()).number


def look(engine: Engine, key: int) -> RosterImport:
    """The import as it stands now."""
    with Session(engine) as session:
        one = session.get(RosterImport, key)
        assert one is not None
        return one


def roster(engine: Engine) -> tuple[int, int, int, int]:
    """How many institutions, certificates, changes and statements there are."""
    with Session(engine) as session:
        counted = [
            session.exec(select(func.count()).select_from(table)).one()
            for table in (Institution, Certificate, Change, Statement)
        ]
    return counted[0], counted[1], counted[2], counted[3]
