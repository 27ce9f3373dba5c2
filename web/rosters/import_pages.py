"""What the page of an import shows, wherever the import stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from core.jobs import Job, get_job
from core.roles import Permission
from rosters.entries import Noun
from rosters.imports.cases import open_cases
from rosters.imports.imports import ImportState, Mode, RosterImport, get_import, resting
from rosters.imports.matchings import stored
from rosters.imports.nouns import form_of
from rosters.imports.papers import read_faults
from rosters.imports.plans import Outcome
from rosters.imports.steps import READY
from rosters.sheets.faults import CellFault, Faults, Severity
from rosters.sheets.faults import words as fault_words
from rosters.statements import get_change
from web.auth import me, now
from web.database import session
from web.operation import heartbeats
from web.rosters import import_words
from web.rosters.import_uploads import store
from web.words import jobs as words_jobs
from web.words.rosters import noun_words

FIRST = 3
"""So many faults are shown with the summary."""


@dataclass(frozen=True)
class Kind:
    """A kind of fault, how many there are, and where its list stands."""

    code: str
    label: str
    number: int
    mark: str


@dataclass(frozen=True)
class Figure:
    """A big number of the preview, what it counts, and where the rows are shown."""

    number: int
    label: str
    meaning: str
    sign: str
    href: str


def seen(import_id: int) -> RosterImport:
    """An import of my region.

    Raises
    ------
    ImportNotFound
    """
    return get_import(session(), import_id, me().scopes(Permission.ROSTERS_EDIT))


def back_to(one: RosterImport) -> ResponseReturnValue:
    """To the page of an import, wherever it stands now."""
    return redirect(url_for("imports.show", import_id=one.key), 303)


def standing(one: RosterImport) -> tuple[ImportState, Job | None]:
    """Where an import stands really, and the last job that worked on it."""
    job = get_job(session(), one.job_id) if one.job_id else None
    return resting(session(), one), job


def found_faults(one: RosterImport) -> Faults:
    """The faults of the last preview."""
    return read_faults(store(), one.faults_file) if one.faults_file else Faults()


def by_place(faults: Iterable[CellFault]) -> list[CellFault]:
    """In the order in which the file is gone through."""
    return sorted(faults, key=lambda fault: (fault.sheet, fault.row, fault.column))


def kinds_of(faults: Faults) -> list[Kind]:
    """Errors first, of each severity the most frequent first."""
    order = {Severity.ERROR: 0, Severity.WARNING: 1}
    counts = sorted(faults.counts.items(), key=lambda item: (order[item[0][1]], -item[1]))
    return [
        Kind(code, import_words.FAULT_KINDS[code], number, import_words.SEVERITIES[severity][0])
        for (code, severity), number in counts
    ]


def about(one: RosterImport, state: ImportState, job: Job | None) -> dict[str, Any]:
    """Everything that the pages of one import show."""
    faults = found_faults(one) if state in (*READY, ImportState.APPLIED) else Faults()
    rows: Mapping[str, int] = one.counts.get("rows", {})
    undecided = open_cases(session(), one)
    return {
        "one": one,
        "state": state,
        "job": job,
        "title": form_of(one.noun.value).title,
        "words": import_words,
        "job_words": words_jobs,
        "counts": rows,
        "total": sum(rows.values()),
        "figures": _figures(one, rows, undecided),
        "statements": _statements(one.counts.get("statements", {})),
        "undecided": undecided,
        "decided_since": one.undecided - undecided,
        "faults_found": faults,
        "first_faults": by_place(f for f in faults if f.severity == Severity.ERROR)[:FIRST],
        "kinds": kinds_of(faults),
        "fault_words": fault_words,
        "doubtful_columns": _doubtful_columns(one),
        "blocked": one.mode == Mode.ALL_OR_NOTHING and bool(one.faulty + undecided),
        "trouble": import_words.trouble(one, state, job),
        "difference": _difference(one),
        "progress": import_words.progress_words(job, now()),
        "share": import_words.share(job),
        "change": get_change(session(), one.change_id) if one.change_id else None,
        "heard": heartbeats.heard(current_app.extensions["settings"].data_dir),
    }


def _figures(one: RosterImport, rows: Mapping[str, int], undecided: int) -> list[Figure]:
    pages = {
        Outcome.NEW: url_for(
            "import_reviews.effects", import_id=one.key, outcome=Outcome.NEW.value
        ),
        Outcome.CHANGED: url_for("import_reviews.effects", import_id=one.key),
        Outcome.DOUBTFUL: url_for("import_reviews.cases", import_id=one.key),
        Outcome.FAULTY: url_for("import_reviews.faults", import_id=one.key),
    }
    numbers = {**rows, Outcome.DOUBTFUL.value: undecided}
    return [
        Figure(numbers.get(outcome.value, 0), outcome.label, meaning, sign, pages.get(outcome, ""))
        for outcome, (sign, meaning) in import_words.OUTCOMES.items()
    ]


def _statements(counts: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """For each noun how many entries are new and how many are changed."""
    nouns = dict.fromkeys(key.partition(".")[0] for key in counts)
    return [
        (noun_words(Noun(n)), counts.get(f"{n}.new", 0), counts.get(f"{n}.changed", 0))
        for n in nouns
    ]


def _doubtful_columns(one: RosterImport) -> list[str]:
    return [
        match.head
        for matching in stored(one.matching).values()
        for match in matching.matches
        if match.is_doubtful
    ]


def _difference(one: RosterImport) -> list[tuple[str, int, int]]:
    """What the preview promised before the roster changed, and what it does now."""
    told: Mapping[str, list[int]] = one.counts.get("difference", {})
    return [
        (Outcome(name).label, before, after)
        for name, (before, after) in told.items()
        if before != after
    ]
