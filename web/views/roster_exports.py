"""The list of institutions as a file to take away; a long one is written by a job."""

import hashlib
import io
from pathlib import Path
from typing import IO

from flask import Blueprint, Response, current_app, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from core import jobs
from core.errors import NotFound
from core.files import FileStore, attachments_of
from core.jobs import JobState
from core.roles import Permission
from rosters.finding.institution_lists import page
from web.auth import door, me, now
from web.database import session
from web.forms import text
from web.rosters import institution_filters
from web.rosters.days import day_asked
from web.rosters.institution_files import (
    MOST_AT_ONCE,
    TYPES,
    Wanted,
    at_once,
    note_of,
    record,
)
from web.words.jobs import EXPORT

bp = Blueprint("roster_exports", __name__)

SEES = Permission.STATISTICS_READ
"""The file has the classes and the remarks of the authority: not for an institution."""


@bp.post("/institutions/export")
@door(SEES)
def start() -> ResponseReturnValue:
    """The list of the address as a file: at once, or as a job if it is long."""
    wanted = _wanted()
    found = page(session(), wanted.filters, wanted.scopes, size=1)
    if found.total > MOST_AT_ONCE:
        payload = wanted.payload() | {"name": me().actor.name, "role": me().actor.role}
        job = jobs.enqueue(session(), EXPORT, payload, me().actor, now())
        return redirect(url_for("jobs.show", job_id=job.number), 303)
    content, rows = at_once(session(), wanted, note_of(wanted, demo=_is_demo()))
    record(session(), me().actor, now(), rows, wanted, hashlib.sha256(content).hexdigest())
    return _file(io.BytesIO(content), wanted.name)


def _wanted() -> Wanted:
    scopes = me().scopes(Permission.ROSTERS_READ)
    form = text("format") if text("format") in TYPES else "xlsx"
    return Wanted(
        institution_filters.asked(day_asked()), institution_filters.sort(), tuple(scopes), form
    )


def _is_demo() -> bool:
    return current_app.extensions["settings"].demo is not None


@bp.get("/institutions/exports/<int:job_id>")
@door(SEES)
def download(job_id: int) -> ResponseReturnValue:
    """The file that a job of mine has written."""
    job = jobs.get_job(session(), job_id, me().user.key)
    kept = attachments_of(session(), EXPORT, job_id)
    if job.kind != EXPORT or job.state is not JobState.DONE or not kept:
        raise NotFound(noun=EXPORT, id=job_id)
    store = FileStore(current_app.extensions["settings"].data_dir / "files")
    return _file(store.path(kept[-1].sha256), kept[-1].name)


def _file(content: Path | IO[bytes], name: str) -> Response:
    kind = TYPES[name.rpartition(".")[2]]
    return send_file(content, kind, as_attachment=True, download_name=name)
