"""All papers of all visits of a list, bound into volumes to be printed: made by a job, and kept
under a mark of the visits and the digest of what they say, so that nothing is set twice.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from core.errors import NotFound
from core.files import Attachment, Blob, FileStore, attach, attachments_of
from core.jobs import Job, enqueue
from core.trail import Actor
from inspections.draw_papers import LARGEST
from inspections.draws import Draw, get_draw
from inspections.teams.boards import teams_draw_of
from inspections.teams.papers import Papers, papers_of
from inspections.teams.visits import Visit, VisitNotFound, VisitState, visits_mark, visits_of
from sampler.hashing import canonical, sha256
from web.inspections.desk import desk_for, files_of
from web.inspections.draw_jobs import asked
from web.papers.visit_papers.bundle import in_one_file
from web.settings import Settings
from web.teams.issued import as_data, issue
from web.teams.press import Press, press
from web.words.jobs import BIND
from web.worker import Handler, Progress

Clock = Callable[[], datetime]

SIZE = 200
"""Visits in a volume: 20 seconds of setting, 450 MB of memory and 18 MB of file (measured)."""

STEP = "papers.setting"
SHOWN = 16
"""Hexadecimal digits of mark and digest in a file name."""


@dataclass(frozen=True)
class Volume:
    """One kept volume: its number, from 1, and the file."""

    number: int
    kept: Attachment


def ask_to_bind(session: Session, list_id: int, actor: Actor, now: datetime) -> Job:
    """Let the papers of all visits of a list be bound."""
    # a worker is asked under no address
    payload = {"list": list_id, "role": actor.role, "base": press().base}
    return enqueue(session, BIND, payload, actor, now)


def volumes_of(session: Session, listed: Draw, teams: Draw) -> list[Volume]:
    """The volumes that were bound last; empty if none was, or a visit has changed since."""
    mark = mark_of_visits(session, listed, teams)
    kept = [one for one in attachments_of(session, BIND, listed.key) if one.name.startswith(mark)]
    if not kept:
        return []
    last = kept[-1].name.rpartition("-")[0]
    mine = {_number(one): one for one in kept if one.name.startswith(f"{last}-")}
    return [Volume(number, one) for number, one in sorted(mine.items())]


def was_bound(session: Session, listed: Draw) -> bool:
    """Whether volumes have ever been bound, current or not."""
    return bool(attachments_of(session, BIND, listed.key))


def volume_of(session: Session, listed: Draw, teams: Draw, number: int) -> Volume:
    """One of them.

    Raises
    ------
    core.errors.NotFound
    """
    found = next((v for v in volumes_of(session, listed, teams) if v.number == number), None)
    if found is None:
        raise NotFound(noun="volume", id=number)
    return found


def mark_of_visits(session: Session, listed: Draw, teams: Draw) -> str:
    """What names of current volumes begin with; changes with any visit or team."""
    return sha256(canonical([visits_mark(session, listed), teams.key]))[:SHOWN]


def _number(kept: Attachment) -> int:
    return int(kept.name.rpartition("-")[2].removesuffix(".pdf"))


# -- the job -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Copy:
    """What is to be bound, read in one go, and whether that is what was bound last."""

    name: str
    teams: Draw
    told: list[tuple[Visit, Papers]]
    is_bound: bool

    def volumes(self) -> list[Sequence[tuple[Visit, Papers]]]:
        return [self.told[at : at + SIZE] for at in range(0, len(self.told), SIZE)]


def handlers(settings: Settings, engine: Engine, clock: Clock) -> dict[str, Handler]:
    """What workers know to do about papers of visits.

    Parameters
    ----------
    engine : to read from, beside the database's write lock.
    """

    def bind(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        list_id, actor = int(job.payload["list"]), asked(session, job)
        printer = Press(settings.secret_key, job.payload["base"], settings.demo is not None)
        now, files = clock(), files_of(settings)
        session.rollback()
        with Session(engine, expire_on_commit=False) as reading:
            copy = _read(reading, settings, list_id, printer, actor, now)
        blobs = [] if copy.is_bound else _set(copy, printer, files, progress)
        for number, blob in enumerate(blobs, start=1):
            name = f"{copy.name}-{number}.pdf"
            attach(session, blob, name, BIND, list_id, actor, now, secret=True)
        _issue(session, files, copy, actor, now)
        return {"list": list_id, "visits": len(copy.told)}

    return {BIND: bind}


def _read(
    session: Session, settings: Settings, list_id: int, printer: Press, actor: Actor, now: datetime
) -> _Copy:
    listed = get_draw(session, list_id)
    visits = [v for v in visits_of(session, list_id) if v.state is VisitState.PLANNED]
    teams = teams_draw_of(session, visits[0]) if visits else None
    if teams is None or not teams.is_held:
        raise VisitNotFound(visit=list_id)
    papers = papers_of(session, desk_for(settings, actor, now), teams, visits)
    said = canonical([printer.base, printer.demo, [as_data(one) for one in papers]])
    name = f"{mark_of_visits(session, listed, teams)}-{sha256(said)[:SHOWN]}"
    bound = volumes_of(session, listed, teams)
    told = list(zip(visits, papers, strict=True))
    return _Copy(name, teams, told, any(one.kept.name.startswith(name) for one in bound))


def _set(copy: _Copy, printer: Press, files: FileStore, progress: Progress) -> list[Blob]:
    """Set the volumes; each is put away before the next is begun."""
    blobs, before = [], 0
    for told in copy.volumes():

        def reached(done: int, before: int = before) -> None:
            progress(STEP, before + done, len(copy.told))

        facts = [printer.facts(papers, visit, copy.teams) for visit, papers in told]
        blobs.append(files.put(io.BytesIO(in_one_file(facts, reached)), LARGEST))
        before += len(told)
    return blobs


def _issue(session: Session, files: FileStore, copy: _Copy, actor: Actor, now: datetime) -> None:
    for visit, papers in copy.told:
        issue(session, files, visit.key, papers, actor, now)
