"""What people do with an import: match, decide, ask for its preview, apply it, undo it, drop it.

Who may see an import is asked before (`imports.get_import`); these act on one that was found.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from core import trail
from core.errors import Conflict
from core.jobs import Job, enqueue
from core.privacy import LONGEST_REASON, ReasonIsMissing
from core.trail import Actor
from rosters.imports.cases import open_cases
from rosters.imports.imports import NOUN, ImportState, Mode, RosterImport, locked
from rosters.imports.matchings import remember, stored
from rosters.withdrawals import ChangedSince, later_changes

PREVIEW, APPLY, UNDO = "roster.preview", "roster.apply", "roster.undo"
"""The kinds of the jobs; their payload names the import."""

READY = (ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.FAILED)


class ImportHasFaults(Conflict):
    """All rows or none were asked for, and *faulty* rows have faults, *undecided* are in doubt."""

    code = "roster_import_has_faults"


class NothingToUndo(Conflict):
    """The import has changed nothing."""

    code = "roster_import_nothing_to_undo"


def ask_preview(session: Session, import_id: int, actor: Actor, now: datetime) -> Job:
    """Let the file be read and planned; nothing is changed by it.

    Raises
    ------
    ImportNotFound, NotNow
    """
    one = locked(session, import_id, READY)
    job = enqueue(session, PREVIEW, {"import": one.key}, actor, now, priority=1)
    one.wait(ImportState.PREVIEWING, job, actor)
    session.add(one)
    return job


def ask_apply(session: Session, import_id: int, actor: Actor, now: datetime) -> Job:
    """Let what the preview has promised be done.

    Raises
    ------
    ImportNotFound, NotNow
    ImportHasFaults
    """
    one = locked(session, import_id, (ImportState.PREVIEWED,))
    check_mode(one, one.faulty, open_cases(session, one))
    job = enqueue(session, APPLY, {"import": one.key}, actor, now, priority=1)
    one.wait(ImportState.APPLYING, job, actor)
    session.add(one)
    return job


def check_mode(one: RosterImport, faulty: int, undecided: int) -> None:
    """Whether the import may be applied with so many rows left out.

    Raises
    ------
    ImportHasFaults
    """
    if one.mode == Mode.ALL_OR_NOTHING and faulty + undecided:
        raise ImportHasFaults(roster_import=one.key, faulty=faulty, undecided=undecided)


def ask_undo(session: Session, import_id: int, actor: Actor, now: datetime, reason: str) -> Job:
    """Let the import be undone as a whole.

    Raises
    ------
    ImportNotFound, NotNow, NothingToUndo, ReasonIsMissing
    ChangedSince
        If later changes stand on it.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ReasonIsMissing(field="reason", most=LONGEST_REASON)
    one = locked(session, import_id, (ImportState.APPLIED,))
    if one.change_id is None:
        raise NothingToUndo(roster_import=one.key)
    # asked again when it is done; but whoever asks should hear it at once
    if later := later_changes(session, one.change_id):
        raise ChangedSince(change=one.change_id, changes=later)
    job = enqueue(session, UNDO, {"import": one.key}, actor, now, priority=1)
    one.undo_reason = reason
    one.wait(ImportState.UNDOING, job, actor)
    session.add(one)
    return job


def discard(session: Session, import_id: int, actor: Actor, now: datetime) -> RosterImport:
    """Give an import up that has not been applied; the file stays with its paper.

    Raises
    ------
    ImportNotFound, NotNow
    """
    one = locked(session, import_id, READY)
    one.move(ImportState.CANCELLED)
    session.add(one)
    trail.record(session, actor, "import.discarded", NOUN, one.key, now)
    return one


def match(
    session: Session,
    import_id: int,
    choices: Mapping[str, Mapping[int, str]],
    left_out: list[str],
    actor: Actor,
    now: datetime,
) -> RosterImport:
    """Settle what the columns mean; remembered for the next file with the same head.

    Parameters
    ----------
    choices : by sheet, by place of the column from 1: the key, or "" to ignore the column.
    left_out : sheets that are not to be read.

    Raises
    ------
    ImportNotFound, NotNow
    """
    one = locked(session, import_id, READY)
    one.choices = {
        sheet: {str(at): key for at, key in chosen.items()} for sheet, chosen in choices.items()
    }
    one.left_out = sorted(left_out)
    for sheet, matching in stored(one.matching).items():
        if sheet not in left_out:
            remember(session, one.noun, matching.choose(choices.get(sheet, {})), actor, now)
    session.add(one)
    facts: dict[str, Any] = {"choices": one.choices, "left_out": one.left_out}
    trail.record(session, actor, "import.matched", NOUN, one.key, now, after=facts)
    return one


def change_terms(
    session: Session,
    import_id: int,
    mode: Mode,
    takes_effect: date,
    clear: bool,
    actor: Actor,
    now: datetime,
) -> RosterImport:
    """Settle anew what the import does; a preview before does not hold for it any more.

    Raises
    ------
    ImportNotFound, NotNow
    """
    one = locked(session, import_id, READY)
    before = {"mode": one.mode, "takes_effect": one.takes_effect, "clear": one.clear}
    one.mode, one.takes_effect, one.clear = mode, takes_effect, clear
    one.move(ImportState.UPLOADED)
    session.add(one)
    after = {"mode": mode, "takes_effect": takes_effect, "clear": clear}
    trail.record(session, actor, "import.settled", NOUN, one.key, now, before=before, after=after)
    return one
