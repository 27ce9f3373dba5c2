"""Papers that have left the service: what they said, kept by version, so that an older one can be
shown again, marked void, after its team or its day has changed.
"""

import io
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session

from core.files import FileStore, attach, attachments_of
from core.trail import Actor
from inspections.draw_papers import LARGEST, read_whole
from inspections.teams.papers import Papers
from inspections.teams.visits import NOUN
from sampler.hashing import canonical, sha256

_READER = TypeAdapter(Papers)
PREFIX, SUFFIX = "papers-", ".json"


def as_bytes(papers: Papers) -> bytes:
    """What papers say, the same bytes for the same papers."""
    return canonical(as_data(papers))


def as_data(papers: Papers) -> dict[str, Any]:
    """The same as plain data."""
    data: dict[str, Any] = _READER.dump_python(papers, mode="json")
    for one in data.values():
        # a set has no order of its own
        one["sheet"]["institution"]["fields"].sort()
    return data


def as_papers(data: bytes) -> Papers:
    """The papers whose bytes these are."""
    return _READER.validate_json(data)


def issue(
    session: Session, files: FileStore, visit_id: int, papers: Papers, actor: Actor, now: datetime
) -> None:
    """Keep what the papers of a visit say now, unless that was the last that was kept."""
    if is_issued(session, visit_id, papers):
        return
    blob = files.put(io.BytesIO(as_bytes(papers)), LARGEST)
    name = f"{PREFIX}{papers.notice.sheet.version}{SUFFIX}"
    attach(session, blob, name, NOUN, visit_id, actor, now, secret=True)


def is_issued(session: Session, visit_id: int, papers: Papers) -> bool:
    """Whether this is what was kept last."""
    known = issued(session, visit_id).get(papers.notice.sheet.version)
    return known == sha256(as_bytes(papers))


def issued(session: Session, visit_id: int) -> dict[int, str]:
    """The SHA-256 of what was kept last, by version."""
    kept = attachments_of(session, NOUN, visit_id)
    return {
        int(one.name.removeprefix(PREFIX).removesuffix(SUFFIX)): one.sha256
        for one in kept
        if one.name.startswith(PREFIX) and one.name.endswith(SUFFIX)
    }


def read_issued(files: FileStore, sha256: str) -> Papers:
    """Papers as they were.

    Raises
    ------
    inspections.draw_papers.DrawIsDamaged
    """
    return as_papers(read_whole(files, sha256, "papers"))
