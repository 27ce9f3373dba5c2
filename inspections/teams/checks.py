"""A held draw of teams checked again: by a stranger, from what is public, and by the house."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from inspections.draw_check import ceremony_faults, source_faults, trail_faults
from inspections.draw_papers import CERTIFICATE, FRAME, DrawIsDamaged, papers_of, read_whole
from inspections.draws import Desk, Draw, get_draw
from inspections.subjects import Subject
from inspections.substitutions import addendum_name
from inspections.teams.addenda import check_team_addenda
from inspections.teams.matter import TeamMatter, team_matter
from inspections.teams.seats import entry_of, seats_of
from inspections.teams.stand_ins import stand_ins_of
from inspections.teams.tasks import read_task, task_bytes
from sampler.teams.audit import audit
from sampler.teams.frame import TeamFrame
from sampler.teams.procedure import prepare
from sampler.teams.verifier import verify


def public_team_faults(
    published_digest: str, certificate: bytes, frame: bytes, addenda: Sequence[bytes] = ()
) -> Iterator[str]:
    """What anybody finds wrong with a published draw of teams, in words; nothing if all agrees.

    Parameters
    ----------
    published_digest : of the commitment, as it was noted down before the draw.
    certificate, frame : the bytes of `certificate.json` and `frame.jsonl`.
    addenda : the bytes of the addenda, the first one first.
    """
    for check, faults in verify(certificate, frame):
        yield from (f"{check}：{fault}" for fault in faults)
    yield from ceremony_faults(published_digest, certificate, addenda, check_team_addenda)


def inner_team_faults(session: Session, desk: Desk, draw_id: int) -> Iterator[str]:
    """Everything that does not agree about a held draw of teams: files, task, rows.

    The chances are solved anew from the frozen task, which may take a while.

    Raises
    ------
    DrawNotFound, TaskNotFound
    """
    draw = get_draw(session, draw_id)
    draw.must_draw(Subject.TEAMS)
    assert draw.certificate_sha256 is not None, "it has been held"
    matter = team_matter(session, draw)
    try:
        certificate = read_whole(desk.files, draw.certificate_sha256, CERTIFICATE)
        frame = read_whole(desk.files, papers_of(session, draw_id)[FRAME], FRAME)
        task = task_bytes(desk.files, matter.frozen)
        secrets = _secrets(desk, matter)
        steps = stand_ins_of(session, draw_id)
        addenda = [
            read_whole(desk.files, one.addendum_sha256, addendum_name(one.number)) for one in steps
        ]
    except DrawIsDamaged as damage:
        yield f"文件已损坏：{damage.params}"
        return
    for finding in audit(certificate, frame, secrets, task):
        yield from (f"{finding.check}：{fault}" for fault in finding.faults)
    digest = draw.commitment_digest or ""
    yield from ceremony_faults(digest, certificate, addenda, check_team_addenda)
    told = json.loads(certificate)
    yield from source_faults(session, draw, told)
    yield from _seat_faults(session, draw, told)
    yield from trail_faults(session, draw)


def _secrets(desk: Desk, matter: TeamMatter) -> bytes:
    """Salts and sealed cells; made anew, since they lie nowhere in clear."""
    task = read_task(desk.files, matter.frozen)
    frame = TeamFrame(prepare(task).eligible, matter.salt_key(desk))
    return "".join(f"{line}\n" for line in frame.secrets()).encode()


def _seat_faults(session: Session, draw: Draw, told: Mapping[str, Any]) -> Iterator[str]:
    rows = {(seat.slot, seat.rank, seat.person_id) for seat in seats_of(session, draw.key)}
    listed = {(row["slot"], 0, entry_of(row["inspector"])) for row in told["members"]}
    listed |= {
        (row["slot"], rank, entry_of(one))
        for row in told["alternates"]
        for rank, one in enumerate(row["inspectors"], start=1)
    }
    yield from (f"数据库中的检查人员与证书不符：{row[0]}" for row in sorted(rows ^ listed))
