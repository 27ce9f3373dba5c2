"""What becomes of an import when the work on it is done: written last, in one transaction."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from core import trail
from core.calendar import china_date
from core.files import Blob, FileStore, attach, attachments_of, detach
from core.trail import SYSTEM
from rosters.changes import Act, NothingChanges, new_entries, state
from rosters.entries import Noun
from rosters.imports.cases import decisions, renew_cases
from rosters.imports.imports import NOUN, ImportState, RosterImport, locked
from rosters.imports.matchings import remembered, told
from rosters.imports.nouns import form_of
from rosters.imports.papers import write_effects, write_faults
from rosters.imports.plans import Plan
from rosters.imports.steps import check_mode
from rosters.imports.working import FileRead, Task
from rosters.sheets.read import Unreadable
from rosters.statements import Change, ChangeKind, Statement, chunks, counts
from rosters.withdrawals import withdraw

Result = dict[str, Any]
"""What the job tells: codes and numbers."""

FAULTS, EFFECTS = "问题清单.jsonl", "变更预览.jsonl"
"""The papers of a preview, by the names under which they are attached."""


def task_of(session: Session, import_id: int, now: datetime) -> Task:
    """What the work on an import needs.

    Raises
    ------
    ImportNotFound
    """
    one = locked(session, import_id)
    return Task(
        import_id=one.key,
        form=form_of(one.noun.value),
        terms=one.terms,
        sha256=one.sha256,
        file_name=one.file_name,
        today=china_date(now),
        choices={s: {int(at): key for at, key in c.items()} for s, c in one.choices.items()},
        left_out=frozenset(one.left_out),
        memory=remembered(session, one.noun),
        decisions=decisions(session, one.key),
    )


def _working(session: Session, import_id: int, state_: ImportState) -> RosterImport:
    return locked(session, import_id, (state_,))


# -- preview -----------------------------------------------------------------------------------


class Papers:
    """The files of a preview, put into the store before anything is locked."""

    def __init__(self, store: FileStore, plan: Plan) -> None:
        self.faults: Blob = write_faults(store, plan.faults)
        self.effects: Blob = write_effects(store, plan)


def keep_preview(
    session: Session, task: Task, read: FileRead, plan: Plan, papers: Papers, now: datetime
) -> Result:
    """Write down what the file says and what it would do.

    Raises
    ------
    ImportNotFound, NotNow
    """
    one = _working(session, task.import_id, ImportState.PREVIEWING)
    _write_preview(session, one, read, plan, papers, now)
    return {"import": one.key, **plan.counts(), "faults": len(plan.faults)}


def _write_preview(
    session: Session,
    one: RosterImport,
    read: FileRead,
    plan: Plan,
    papers: Papers,
    now: datetime,
) -> None:
    one.matching = told(read.matchings)
    one.counts = {
        "rows": plan.counts(),
        "statements": plan.statements(),
        "skipped": len(read.reading.skipped),
    }
    one.fault_counts = _fault_counts(plan)
    one.digest = plan.digest()
    one.faults_file, one.effects_file = papers.faults.sha256, papers.effects.sha256
    one.move(ImportState.PREVIEWED)
    session.add(one)
    session.flush()
    _replace_papers(session, one, papers, now)
    renew_cases(session, one.key, plan.rows)
    trail.record(session, SYSTEM, "import.previewed", NOUN, one.key, now, after=plan.counts())


def _fault_counts(plan: Plan) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (code, _), number in plan.faults.counts.items():
        found[code] += number
    return dict(sorted(found.items()))


def _replace_papers(session: Session, one: RosterImport, papers: Papers, now: datetime) -> None:
    for old in attachments_of(session, NOUN, one.key):
        if old.name in (FAULTS, EFFECTS):
            detach(session, old, SYSTEM, now)
    for name, blob in ((FAULTS, papers.faults), (EFFECTS, papers.effects)):
        attach(session, blob, name, NOUN, one.key, SYSTEM, now)


def keep_refusal(session: Session, task: Task, why: Unreadable, now: datetime) -> Result:
    """Write down that the file cannot be read at all.

    Raises
    ------
    ImportNotFound, NotNow
    """
    one = _working(session, task.import_id, ImportState.PREVIEWING)
    one.fail(why.code, dict(why.params))
    session.add(one)
    after = {"why": str(why.params.get("why", ""))}
    trail.record(session, SYSTEM, "import.refused", NOUN, one.key, now, after=after)
    return {"import": one.key, "unreadable": True}


# -- apply -------------------------------------------------------------------------------------


def revision(session: Session) -> tuple[int, int]:
    """Changes when the rosters do: the last change, and how many have been withdrawn."""
    wanted = select(func.coalesce(func.max(Change.id), 0), func.count(col(Change.withdrawn_at)))
    last, withdrawn = session.exec(wanted).one()
    return last or 0, withdrawn


def keep_difference(
    session: Session, task: Task, read: FileRead, plan: Plan, papers: Papers, now: datetime
) -> Result:
    """Apply nothing: the roster has changed since the preview, which is written anew.

    Raises
    ------
    ImportNotFound, NotNow
    """
    one = _working(session, task.import_id, ImportState.APPLYING)
    before = dict(one.counts.get("rows", {}))
    _write_preview(session, one, read, plan, papers, now)
    after = plan.counts()
    difference = {key: [before.get(key, 0), after[key]] for key in after}
    one.counts = {**one.counts, "difference": difference}
    session.add(one)
    return {"import": one.key, "applied": False, "roster_changed": True}


def apply(
    session: Session, task: Task, plan: Plan, store: FileStore, now: datetime
) -> Result | None:
    """Do what the plan says as one change, and empty the plan.

    None, and the plan as it was, if the preview has promised something else.

    Raises
    ------
    ImportNotFound, NotNow, ImportHasFaults
    ChangedMeanwhile, KeyTaken
        If somebody else was faster since the plan was made.
    """
    one = _working(session, task.import_id, ImportState.APPLYING)
    if plan.digest() != one.digest:
        return None
    rows, statements = plan.counts(), plan.statements()
    check_mode(one, rows["faulty"], rows["doubtful"])
    change = _stated(session, one, plan, store, now)
    one.change_id = change.key if change else None
    one.applied_at = now
    one.counts = {"rows": rows, "statements": statements, "skipped": one.counts["skipped"]}
    one.move(ImportState.APPLIED)
    session.add(one)
    session.flush()
    after = {**rows, "change": one.change_id}
    trail.record(session, one.asker, "import.applied", NOUN, one.key, now, after=after)
    return {"import": one.key, "applied": True, "nothing_changed": change is None, **rows}


def _stated(
    session: Session, one: RosterImport, plan: Plan, store: FileStore, now: datetime
) -> Change | None:
    act = Act(one.asker, now, store, one.reason, ChangeKind.IMPORT, one.file_name)
    made = _made(session, plan)
    sayings = list(plan.sayings(made, _last(session, plan)))
    # a plan of national size fills 100 MB, which are needed for writing it
    plan.rows.clear()
    try:
        return state(session, act, sayings)
    except NothingChanges:
        return None


def _made(session: Session, plan: Plan) -> dict[int, int]:
    """Ids for the entries that are new, by their negative numbers."""
    wanted: dict[Noun, list[int]] = {}
    for wish in plan.wishes:
        if wish.entry < 0:
            wanted.setdefault(wish.noun, []).append(wish.entry)
    return {
        number: key
        for noun, numbers in wanted.items()
        for number, key in zip(numbers, new_entries(session, noun, len(numbers)), strict=True)
    }


def _last(session: Session, plan: Plan) -> dict[int, int]:
    """The last statement about each entry that would be changed."""
    entries = sorted({wish.entry for wish in plan.wishes if wish.entry > 0})
    last: dict[int, int] = {}
    for chunk in chunks(entries):
        wanted = (
            select(Statement.entry_id, func.max(Statement.id))
            .join(Change, col(Change.id) == col(Statement.change_id))
            .where(col(Statement.entry_id).in_(chunk), counts())
            .group_by(col(Statement.entry_id))
        )
        last.update({entry: number or 0 for entry, number in session.exec(wanted)})
    return last


# -- undo --------------------------------------------------------------------------------------


def undo(session: Session, import_id: int, now: datetime) -> Result:
    """Undo the import as a whole: the rosters are again what they would be without it.

    Raises
    ------
    ImportNotFound, NotNow, ChangedSince, AlreadyWithdrawn
    """
    one = _working(session, import_id, ImportState.UNDOING)
    assert one.change_id is not None
    withdraw(session, one.change_id, one.asker, now, one.undo_reason)
    one.move(ImportState.UNDONE)
    session.add(one)
    session.flush()
    trail.record(session, one.asker, "import.undone", NOUN, one.key, now, reason=one.undo_reason)
    return {"import": one.key, "undone": True}
