"""The work on an import that writes nothing: the file is read, its rows are planned."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import IO

from sqlmodel import Session

from rosters.entries import Noun
from rosters.imports.entry_plan import EntryPlanner
from rosters.imports.forms import Form
from rosters.imports.institution_plan import InstitutionPlanner
from rosters.imports.known import Book, Holdings, Institutions
from rosters.imports.plans import Decision, Place, Plan, Sorter, Terms
from rosters.imports.references import References
from rosters.sheets.columns import Matching, find_matching
from rosters.sheets.drafts import Reading, read_drafts
from rosters.sheets.faults import Faults
from rosters.sheets.read import Sheet, read_sheets

READING, COMPARING, WRITING = "roster.reading", "roster.comparing", "roster.writing"
"""The steps that are told while it works."""

TOLD_EVERY = 1_000

Progress = Callable[[str, int, int], None]
"""Step, done, total; whatever it raises ends the work."""


@dataclass(frozen=True)
class Task:
    """Everything that the work on an import needs, away from the database.

    Attributes
    ----------
    choices : by sheet, by place of the column from 1: the key, or "" to ignore the column.
    memory : what is remembered of this noun, by the signature of the head.
    """

    import_id: int
    form: Form
    terms: Terms
    sha256: str
    file_name: str
    today: date
    choices: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    memory: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    decisions: Mapping[Place, Decision] = field(default_factory=dict)


@dataclass
class FileRead:
    """What the file of an import says, and how its columns were read."""

    matchings: dict[str, Matching]
    reading: Reading


def read_file(task: Task, stream: IO[bytes], progress: Progress) -> FileRead:
    """Read the whole file.

    Raises
    ------
    Unreadable
        If no table can be read from it.
    """
    progress(READING, 0, 0)
    sheets = [s for s in read_sheets(stream, task.file_name) if s.name not in task.left_out]
    matchings = {sheet.name: found for sheet in sheets if (found := _matching(task, sheet))}
    telling = partial(progress, READING)
    reading = read_drafts(sheets, task.form.columns, matchings, task.today, telling)
    return FileRead(matchings, reading)


def _matching(task: Task, sheet: Sheet) -> Matching | None:
    if not sheet.rows:
        return None
    found = find_matching(sheet, task.form.columns)
    if found and (memory := task.memory.get(found.signature)):
        found = find_matching(sheet, task.form.columns, memory) or found
    return found and found.choose(task.choices.get(sheet.name, {}))


def plan_rows(session: Session, task: Task, read: FileRead, progress: Progress) -> Plan:
    """What the rows would do to the roster as it is now."""
    progress(COMPARING, 0, 0)
    plan = Plan(task.terms.day, _copied(read.reading.faults))
    sorter = Sorter(plan, _places(read.matchings))
    drafts = read.reading.rows
    for done in _planner(session, task, sorter).take(drafts):
        if done % TOLD_EVERY == 0 or done == len(drafts):
            progress(COMPARING, done, len(drafts))
    return plan


def _copied(faults: Faults) -> Faults:
    copy = Faults()
    copy.kept, copy.counts = list(faults.kept), faults.counts.copy()
    return copy


def _planner(session: Session, task: Task, sorter: Sorter) -> InstitutionPlanner | EntryPlanner:
    form, terms = task.form, task.terms
    if form.noun == Noun.INSTITUTION:
        known = Institutions.load(session, terms.day)
        holdings = Holdings.load(session, terms.day)
        return InstitutionPlanner(form, sorter, known, holdings, terms, task.decisions)
    references = References.load(session, form.noun, terms.day)
    return EntryPlanner(form, sorter, Book.load(session, form.noun, terms.day), references, terms)


def _places(matchings: Mapping[str, Matching]) -> dict[str, dict[str, tuple[int, str]]]:
    """Where each column of the noun stands in each sheet, and what it is called there."""
    return {
        sheet: {
            match.key: (match.column, match.head)
            for match in matching.matches
            if match.column in matching.keys
        }
        for sheet, matching in matchings.items()
    }
