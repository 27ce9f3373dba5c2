"""The trail: who did what to which thing, when and why; and whether it is whole.

Everybody reads what he did himself; all of it is open to those who supervise. Reading changes
nothing; taking a file of it away leaves an event, so it is a form and not a link.
"""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import checkpoints, jobs, trail
from core.calendar import start_of
from core.errors import NotFound
from core.jobs import Job, JobState
from core.roles import Permission
from core.trail import Search
from web import lists
from web.auth import Door, door, me, now
from web.database import session
from web.errors import NotPermitted
from web.words import trail as words_trail
from web.words.jobs import VERIFY_TRAIL

bp = Blueprint("trail", __name__)

ONE_DAY = timedelta(days=1)


@bp.get("/trail")
@door(Door.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The newest events of a search."""
    found = trail.page(session(), _search(), lists.number("below"), lists.SIZE + 1)
    shown = found[: lists.SIZE]
    return render_template(
        "trail/index.html",
        events=shown,
        older=lists.here(below=shown[-1].number) if len(found) > lists.SIZE else "",
        newest=lists.here(below=None) if lists.number("below") else "",
        words=words_trail,
        chips=list(_chips()),
        reads_all=_reads_all(),
        may_export=_may_export(),
        export_to=lists.address("trail.export", **_filters()),
        state=_state() if _reads_all() else None,
        args=request.args,
    )


@bp.get("/trail/<int:number>")
@door(Door.SIGNED_IN)
def show(number: int) -> ResponseReturnValue:
    """One event, with what was before and after it side by side."""
    found = trail.page(session(), _own(Search()), number + 1, 1)
    if not found or found[0].number != number:
        raise NotFound(noun="event", id=number)
    event = found[0]
    return render_template(
        "trail/show.html",
        event=event,
        lines=words_trail.lines(event),
        words=words_trail,
        reads_all=_reads_all(),
    )


@bp.post("/trail/export")
@door(Door.SIGNED_IN)
def export() -> ResponseReturnValue:
    """The events of a search as a file; that somebody took it is an event itself."""
    if not _may_export():
        raise NotPermitted
    search = _search()
    with closing(trail.export(session(), search)) as rows:
        events = list(islice(rows, lists.MOST_EXPORTED + 1))
    if len(events) > lists.MOST_EXPORTED:
        return render_template(
            "trail/too_many.html", most=lists.MOST_EXPORTED, filters=_filters()
        ), 422
    answer = lists.csv_file(
        f"trail-{lists.stamp(now())}.csv", words_trail.HEAD, map(words_trail.row, events)
    )
    _record_export(answer, len(events))
    return answer


@bp.post("/trail/verify")
@door(Permission.TRAIL_READ)
def verify() -> ResponseReturnValue:
    """Have the whole chain checked; one check at a time is enough."""
    job = _running() or jobs.enqueue(session(), VERIFY_TRAIL, {}, me().actor, now())
    return redirect(url_for("jobs.show", job_id=job.number), 303)


def _record_export(answer: Response, events: int) -> None:
    filters = _filters()
    facts = {
        "events": events,
        "sha256": hashlib.sha256(answer.get_data()).hexdigest(),
        # the names of the filters only: what somebody typed may be about a person
        "search": sorted(filters),
    }
    trail.record(session(), me().actor, "trail.exported", "trail", "", now(), after=facts)


def _reads_all() -> bool:
    return me().may(Permission.TRAIL_READ)


def _may_export() -> bool:
    return me().may(Permission.TRAIL_EXPORT) or not _reads_all()


def _search() -> Search:
    since, until = lists.day("since"), lists.day("until")
    return _own(
        Search(
            noun=lists.one_of("noun", words_trail.NOUNS) or None,
            noun_id=lists.text("noun_id") or None,
            actor_id=lists.number("actor"),
            actor_name=lists.text("name") or None,
            action=lists.one_of("action", words_trail.ACTIONS) or None,
            since=start_of(since) if since else None,
            until=start_of(until + ONE_DAY) if until else None,
        )
    )


def _own(search: Search) -> Search:
    return search if _reads_all() else replace(search, actor_id=me().user.key)


def _filters() -> dict[str, str]:
    names = ("noun", "noun_id", "actor", "name", "action", "since", "until")
    return {name: told for name in names if (told := lists.text(name))}


def _chips() -> Iterator[tuple[str, str]]:
    labels = {
        "noun": "对象", "noun_id": "对象编号", "actor": "操作人编号", "name": "操作人",
        "action": "操作", "since": "从", "until": "到",
    }  # fmt: skip
    tables = {"noun": words_trail.NOUNS, "action": words_trail.ACTIONS}
    for name, told in _filters().items():
        words = tables.get(name, {}).get(told, told)
        yield f"{labels[name]}：{words}", lists.here(**{name: None, "below": None})


def _state() -> dict[str, Any]:
    """What is known about the wholeness of the trail."""
    newest = next(iter(trail.page(session(), Search(), size=1)), None)
    signed = checkpoints.latest(session())
    return {
        "newest": newest,
        "checkpoint": signed,
        "signed_at": checkpoints.read(signed.published).at if signed else None,
        "since": (newest.number if newest else 0) - (signed.number if signed else 0),
        "checked": _last_check(),
        "running": _running(),
    }


def _last_check() -> Job | None:
    done = jobs.page_of_jobs(session(), None, [JobState.DONE], size=1, kind=VERIFY_TRAIL).jobs
    return done[0] if done else None


def _running() -> Job | None:
    states = (*jobs.WAITING, JobState.RUNNING)
    found = jobs.page_of_jobs(session(), None, states, size=1, kind=VERIFY_TRAIL).jobs
    return found[0] if found else None
