"""The files of a draw: kept under their digests, read back whole or not at all, and what of them
the public may have on which day.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from core.errors import Conflict
from core.files import FileNotFound, FileStore, attach, attachments_of
from inspections.draws import NOUN, Desk, Draw
from inspections.subjects import Subject
from sampler.bundle import chances_csv, verifier_source
from sampler.hashing import canonical
from sampler.procedure import Committed

LARGEST = 2**31
COMMITMENT, FRAME, CHANCES, VERIFIER = (
    "commitment.json",
    "frame.jsonl",
    "chances.csv",
    "verifier.py",
)
CERTIFICATE, DRAWN_LIST, README = "certificate.json", "drawn.csv", "README.txt"
AT_ONCE = (COMMITMENT, FRAME, CHANCES, VERIFIER)
"""What is published with the commitment; the rest opens with the drawn list."""
FORETELLING = (COMMITMENT, FRAME, CHANCES)
"""What of it names who is certain to be drawn; see `waits_for_the_list`."""


class DrawIsDamaged(Conflict):
    """A file of the draw, or a row about it, is no longer what was committed; *what* says which."""

    code = "draw_is_damaged"


def read_whole(files: FileStore, sha256: str, what: str) -> bytes:
    """The bytes kept under a digest.

    Raises
    ------
    DrawIsDamaged
        If they are gone or are others by now.
    """
    try:
        with files.open(sha256) as file:
            data = file.read()
    except FileNotFound as error:
        raise DrawIsDamaged(what=what) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DrawIsDamaged(what=what)
    return data


def read_commitment(files: FileStore, draw: Draw) -> dict[str, Any]:
    """The commitment of a draw as plain data.

    Raises
    ------
    DrawIsDamaged
    """
    assert draw.commitment_digest is not None, "it has been committed"
    data: dict[str, Any] = json.loads(read_whole(files, draw.commitment_digest, COMMITMENT))
    return data


def read_certificate(files: FileStore, draw: Draw) -> dict[str, Any]:
    """The certificate of a held draw as plain data.

    Raises
    ------
    DrawIsDamaged
    """
    assert draw.certificate_sha256 is not None, "it has been held"
    data: dict[str, Any] = json.loads(read_whole(files, draw.certificate_sha256, CERTIFICATE))
    return data


def commitment_papers(committed: Committed) -> dict[str, bytes]:
    """What is published before the draw."""
    lines = (line + b"\n" for line in committed.frame.lines)
    return {
        COMMITMENT: canonical(committed.data),
        FRAME: b"".join(lines),
        CHANCES: chances_csv(committed.data, committed.frame),
        VERIFIER: verifier_source(),
    }


def keep_papers(
    session: Session, desk: Desk, draw: Draw, papers: Mapping[str, bytes]
) -> dict[str, str]:
    """Keep files of a draw; gives the SHA-256 of each by name.

    The trail is read before a sealed list opens: it has the digests of commitment and certificate,
    which hold secrets, from the steps themselves; whom the other files name could be tried out.
    """
    kept = {}
    for name, data in papers.items():
        blob = desk.files.put(io.BytesIO(data), LARGEST)
        attach(session, blob, name, NOUN, draw.key, desk.actor, desk.now, secret=True)
        kept[name] = blob.sha256
    return kept


def keep_paper(session: Session, desk: Desk, draw: Draw, name: str, data: bytes) -> str:
    """Keep one more file of a draw, an addendum for example; gives its SHA-256."""
    return keep_papers(session, desk, draw, {name: data})[name]


def papers_of(session: Session, draw_id: int) -> dict[str, str]:
    """The SHA-256 of every file of a draw by name."""
    return {paper.name: paper.sha256 for paper in attachments_of(session, NOUN, draw_id)}


def is_open(draw: Draw, today: date) -> bool:
    """Whether everybody may see the drawn list.

    A void draw that was held opens like a published one: what it drew stays visible, on the day
    that had been committed for it. That of teams waits for the list of the institutions too
    (`holding`).
    """
    if draw.seed is None or (draw.opens_on is not None and today < draw.opens_on):
        return False
    if draw.subject is Subject.TEAMS:
        return draw.published_at is not None
    return draw.published_at is not None or draw.voided_at is not None


def waits_for_the_list(files: FileStore, draw: Draw, today: date) -> bool:
    """Whether of the commitment only its digest is public today.

    A chance of 1 says who will be drawn, before anything is drawn: a unit that the plan makes
    certain, or one without whom its field cannot be filled. If the list is sealed for an
    unannounced inspection, what shows such a chance waits with it. The commitment of teams
    always does: it tells on which days inspectors will be out.

    Raises
    ------
    DrawIsDamaged
    """
    if draw.opens_on is None or is_open(draw, today):
        return False
    if draw.subject is Subject.TEAMS:
        return True
    types = read_commitment(files, draw)["types"]
    return any(Fraction(told["chance"]) == 1 for told in types)


def offered(session: Session, files: FileStore, draw: Draw, today: date) -> dict[str, str]:
    """What anybody may download: the SHA-256 of each file by name.

    Raises
    ------
    DrawIsDamaged
    """
    papers = papers_of(session, draw.key)
    if is_open(draw, today) or not papers:
        return papers
    names = set(AT_ONCE)
    if waits_for_the_list(files, draw, today):
        names -= set(FORETELLING)
    return {name: sha256 for name, sha256 in papers.items() if name in names}
