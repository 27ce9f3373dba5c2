"""A clerk with a file: uploads it, has it previewed, decides, applies and undoes it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select as plain_select
from sqlmodel import Session, SQLModel, col, select

from core.files import FileStore
from core.trail import Actor
from rosters.changes import Act, Saying, new_entries, state
from rosters.entries import TABLES, Noun, holds
from rosters.identifiers import compose_credit_code
from rosters.imports import results, steps
from rosters.imports.cases import DuplicateCase, cases, decide
from rosters.imports.imports import Mode, RosterImport, Upload, upload
from rosters.imports.papers import read_faults
from rosters.imports.plans import Decision
from rosters.imports.results import Papers
from rosters.imports.working import plan_rows, read_file
from rosters.sheets.faults import Faults

CLERK = Actor(7, "名录管理员", "national_planner")
NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
DAY = date(2026, 3, 1)

Row = dict[str, str]


def code(number: int) -> str:
    """A valid credit code that nobody bears."""
    return compose_credit_code("91", "330099", f"Y{number:07}")


def silent(_step: str, _done: int, _total: int) -> None:
    """Nobody listens to the progress."""


def text_file(rows: Sequence[Row], encoding: str = "utf-8-sig") -> bytes:
    """Rows as a csv file, with the columns of the first."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode(encoding)


@dataclass
class Desk:
    """One person's imports in one database."""

    session: Session
    folder: Path
    scope: str = ""
    mode: Mode = Mode.VALID_ROWS
    clear: bool = False
    noun: Noun = Noun.INSTITUTION
    day: date = DAY
    store: FileStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = FileStore(self.folder / "files")

    def act(self) -> Act:
        return Act(CLERK, NOW, self.store)

    def enter(self, noun: Noun, day: date = DAY, /, **facts: Any) -> int:
        """Put an entry into the roster by hand."""
        (entry,) = new_entries(self.session, noun, 1)
        state(self.session, self.act(), [Saying(noun, entry, facts, day)])
        return entry

    def change(self, noun: Noun, entry: int, day: date = DAY, /, **facts: Any) -> None:
        state(self.session, self.act(), [Saying(noun, entry, facts, day)])

    def hand_in(self, content: bytes | Sequence[Row], name: str = "名录.csv") -> int:
        """Upload a file; gives the number of the import."""
        data = content if isinstance(content, bytes) else text_file(content)
        blob = self.store.put(io.BytesIO(data), 2**26)
        handed = Upload(self.noun, name, self.mode, self.day, "年度核对", self.clear)
        return upload(self.session, blob, handed, self.scope, CLERK, NOW).key

    def preview(self, number: int) -> RosterImport:
        """Have it previewed, as a worker would."""
        steps.ask_preview(self.session, number, CLERK, NOW)
        task = results.task_of(self.session, number, NOW)
        with self.store.open(task.sha256) as file:
            read = read_file(task, file, silent)
        plan = plan_rows(self.session, task, read, silent)
        papers = Papers(self.store, plan)
        results.keep_preview(self.session, task, read, plan, papers, NOW)
        return self.one(number)

    def apply(self, number: int) -> RosterImport:
        """Have it applied, as a worker would."""
        steps.ask_apply(self.session, number, CLERK, NOW)
        task = results.task_of(self.session, number, NOW)
        with self.store.open(task.sha256) as file:
            read = read_file(task, file, silent)
        plan = plan_rows(self.session, task, read, silent)
        if results.apply(self.session, task, plan, self.store, NOW) is None:
            papers = Papers(self.store, plan)
            results.keep_difference(self.session, task, read, plan, papers, NOW)
        return self.one(number)

    def undo(self, number: int) -> RosterImport:
        """Have it undone, as a worker would."""
        steps.ask_undo(self.session, number, CLERK, NOW, "导错文件")
        results.undo(self.session, number, NOW)
        return self.one(number)

    def bring(self, content: bytes | Sequence[Row], name: str = "名录.csv") -> RosterImport:
        """Upload, preview and apply."""
        number = self.hand_in(content, name)
        self.preview(number)
        return self.apply(number)

    def look(self, content: bytes | Sequence[Row], name: str = "名录.csv") -> RosterImport:
        """Upload and preview."""
        return self.preview(self.hand_in(content, name))

    def decide(self, number: int, row: int, decision: Decision) -> None:
        case = self.case(number, row)
        assert case.id is not None
        decide(self.session, number, [case.id], decision, CLERK, NOW)

    def case(self, number: int, row: int) -> DuplicateCase:
        (found,) = (case for case in self.cases(number) if case.row == row)
        return found

    def cases(self, number: int) -> list[DuplicateCase]:
        return cases(self.session, number, size=1_000).cases

    def one(self, number: int) -> RosterImport:
        found = self.session.get(RosterImport, number)
        assert found is not None
        return found

    def faults(self, one: RosterImport) -> Faults:
        return read_faults(self.store, one.faults_file)

    def told(self, one: RosterImport) -> list[tuple[int, str]]:
        """Row and code of every fault."""
        return [(fault.row, fault.code) for fault in self.faults(one)]

    # -- what the roster says --------------------------------------------------------------

    def all(self, noun: Noun, day: date = DAY) -> list[Any]:
        table: Any = TABLES[noun]
        wanted = select(table).where(holds(table, day)).order_by(col(table.entry_id))
        return list(self.session.exec(wanted))

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that stands in the dated tables and in those that follow from them."""
        names = [str(table.__tablename__) for table in TABLES.values()]
        followed = [n for n in ("roster_search", "institution_line") if n in TABLES_OF_ALL]
        return {
            name: sorted(
                map(tuple, self.session.connection().execute(plain_select(table))), key=repr
            )
            for name in (*names, *followed)
            if (table := TABLES_OF_ALL[name]) is not None
        }


TABLES_OF_ALL = SQLModel.metadata.tables


def rows_of(one: RosterImport) -> dict[str, int]:
    """How many rows had which outcome; those that none had are left out."""
    rows: dict[str, int] = one.counts["rows"]
    return {outcome: number for outcome, number in rows.items() if number}
