"""The list of institutions as a file: at once if it is short, else written by a job."""

import io
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from sqlalchemy import Engine
from sqlmodel import Session

from core import trail
from core.files import FileStore, attach
from core.jobs import Job
from core.roles import Scope, ScopeKind
from core.trail import Actor
from rosters.entries import Noun
from rosters.finding.institution_lines import Facet
from rosters.finding.institution_lists import Filters, Sort
from rosters.institution_sheets import COLUMNS, sheet_rows
from rosters.sheets.export import write_csv, write_xlsx
from web.words.jobs import EXPORT
from web.words.rosters import day_words
from web.worker import Handler, Progress

TITLE = "机构名录"
STEP = "rows"
MOST_AT_ONCE = 2_000
"""Institutions of a file that is made while the browser waits: some two seconds of them."""

LARGEST = 2**30
EVERY = 500
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class Wanted:
    """Which list somebody wants as a file, and what he may see of it."""

    filters: Filters
    sort: Sort
    scopes: Collection[Scope]
    format: str

    def payload(self) -> dict[str, Any]:
        """The same for a job."""
        return {
            "day": self.filters.day.isoformat(),
            "words": self.filters.words,
            "chosen": {facet.value: sorted(of) for facet, of in self.filters.chosen.items()},
            "sort": self.sort.value,
            "scopes": [[scope.kind.value, scope.key] for scope in sorted(self.scopes)],
            "format": self.format,
        }

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Wanted":
        """What a job was asked for."""
        chosen = {Facet(name): frozenset(values) for name, values in payload["chosen"].items()}
        filters = Filters(date.fromisoformat(payload["day"]), payload["words"], chosen)
        scopes = [Scope(ScopeKind(kind), key) for kind, key in payload["scopes"]]
        return cls(filters, Sort(payload["sort"]), scopes, payload["format"])

    @property
    def name(self) -> str:
        """How the file is called."""
        return f"{TITLE}-{self.filters.day:%Y%m%d}.{self.format}"


def write(
    session: Session, wanted: Wanted, stream: IO[bytes], note: str, progress: Progress | None = None
) -> int:
    """Write the list; gives the number of its rows."""
    written = 0

    def counted() -> Any:
        nonlocal written
        for row in sheet_rows(session, wanted.filters, wanted.scopes, wanted.sort):
            written += 1
            if progress and written % EVERY == 0:
                progress(STEP, written, 0)
            yield row

    if wanted.format == "xlsx":
        write_xlsx(COLUMNS, counted(), stream, TITLE, note)
    else:
        write_csv(COLUMNS, counted(), stream)
    return written


def note_of(wanted: Wanted, *, demo: bool) -> str:
    """What the file says of itself."""
    lines = [f"截至 {day_words(wanted.filters.day)}，按现在所知。"]
    lines += ["改好后可以原样导入；不含个人电话和邮箱。"]
    return "\n".join([*lines, *(["演示数据：均为虚构。"] if demo else [])])


def at_once(session: Session, wanted: Wanted, note: str) -> tuple[bytes, int]:
    """A short list as a file, and its rows."""
    stream = io.BytesIO()
    rows = write(session, wanted, stream, note)
    return stream.getvalue(), rows


def record(
    session: Session, actor: Actor, now: datetime, rows: int, wanted: Wanted, sha256: str
) -> None:
    """Leave in the trail that somebody took the list away."""
    names = sorted(facet.value for facet in wanted.filters.chosen)
    facts = {
        "rows": rows,
        "sha256": sha256,
        "search": [*names, *(["q"] * bool(wanted.filters.words))],
    }
    trail.record(session, actor, "roster.exported", Noun.INSTITUTION.value, "", now, after=facts)


def handler(
    engine: Engine, store: FileStore, clock: Callable[[], datetime], *, demo: bool
) -> Handler:
    """Writes a long list; reads beside the database's write lock, keeps the file at the end."""

    def work(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        wanted, number = Wanted.of(job.payload), job.number
        actor = Actor(job.requested_by, job.payload["name"], job.payload["role"])
        session.rollback()
        with tempfile.TemporaryFile() as stream, Session(engine) as reading:
            rows = write(reading, wanted, stream, note_of(wanted, demo=demo), progress)
            stream.seek(0)
            blob = store.put(stream, LARGEST)
        attach(session, blob, wanted.name, EXPORT, number, actor, clock())
        record(session, actor, clock(), rows, wanted, blob.sha256)
        return {"rows": rows, "file": wanted.name, "export": number}

    return work
