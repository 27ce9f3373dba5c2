"""A held draw checked again: by a stranger, from what is public, and by the house, from all.

`public_faults` needs the published files and the published digest, nothing else. `inner_faults`
also opens what is sealed, and holds every row of the database against the files.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from core.trail import Search, page
from inspections.addenda import check_addenda
from inspections.draw_papers import (
    CERTIFICATE,
    FRAME,
    DrawIsDamaged,
    papers_of,
    read_commitment,
    read_whole,
)
from inspections.drawn_units import DrawnUnit, units_of
from inspections.draws import NOUN, Desk, Draw, get_draw
from inspections.frames import FrameIsDamaged, get_frame, rows_of
from inspections.grounds import roster_from
from inspections.sources import promise_of, sources_of
from inspections.subjects import Subject
from inspections.substitutions import addendum_name, substitutions_of
from sampler.audit import audit
from sampler.faults import BadInput
from sampler.procedure import reopen
from sampler.verifier import verify


def public_faults(
    published_digest: str, certificate: bytes, frame: bytes, addenda: Sequence[bytes] = ()
) -> Iterator[str]:
    """What anybody finds wrong with a published draw, in words; nothing if all agrees.

    Parameters
    ----------
    published_digest : of the commitment, as it was noted down before the draw.
    certificate, frame : the bytes of `certificate.json` and `frame.jsonl`.
    addenda : the bytes of the addenda, the first one first.
    """
    for check, faults in verify(certificate, frame):
        yield from (f"{check}：{fault}" for fault in faults)
    yield from ceremony_faults(published_digest, certificate, addenda, check_addenda)


def ceremony_faults(
    published_digest: str,
    certificate: bytes,
    addenda: Sequence[bytes],
    checked: Callable[[bytes, Sequence[bytes]], Iterator[str]],
) -> Iterator[str]:
    """What goes beyond the draw itself: the digest published before, promises, addenda.

    Parameters
    ----------
    checked : what is wrong with the addenda of a certificate of this kind.
    """
    try:
        told = json.loads(certificate)
        if told["commitment_digest"] != published_digest:
            yield "承诺：与抽取前公布的承诺摘要不符"
        yield from promise_faults(told)
        yield from checked(certificate, addenda)
    except (KeyError, TypeError, ValueError):
        yield "证书：内容残缺或者被改动，无法读取"


def promise_faults(certificate: Mapping[str, Any]) -> Iterator[str]:
    """Values of witnesses that are not what was promised before the commitment."""
    ceremony = certificate["commitment"]["ceremony"]
    if [s["name"] for s in ceremony["sources"]] != certificate["commitment"]["sources"]:
        yield "来源：承诺中两处所列的来源不一致"
    promised = {s["name"]: s["promise"] for s in ceremony["sources"] if s["kind"] == "witness"}
    for given in certificate["contributions"]:
        name = given["source"]
        shown = name in promised and given["value"]
        if shown and promise_of(name, given["value"]) != promised[name]:
            yield f"来源：见证人“{name}”揭示的值与其事先的封存不符"


# -- by the house ------------------------------------------------------------------------------


def inner_faults(session: Session, desk: Desk, draw_id: int) -> Iterator[str]:
    """Everything that does not agree about a held draw: files, sealed cells, rows.

    Raises
    ------
    DrawNotFound
    """
    draw = get_draw(session, draw_id)
    draw.must_draw(Subject.UNITS)
    assert draw.certificate_sha256 is not None, "it has been held"
    try:
        papers = papers_of(session, draw_id)
        certificate = read_whole(desk.files, draw.certificate_sha256, CERTIFICATE)
        frame = read_whole(desk.files, papers[FRAME], FRAME)
        addenda = _addenda(session, desk, draw)
        yield from public_faults(draw.commitment_digest or "", certificate, frame, addenda)
        yield from _sealed_faults(session, desk, draw, certificate, frame)
    except (DrawIsDamaged, FrameIsDamaged) as damage:
        yield f"文件或者密封数据已损坏：{damage.params}"
        return
    yield from _row_faults(session, draw, json.loads(certificate))
    yield from trail_faults(session, draw)


def _addenda(session: Session, desk: Desk, draw: Draw) -> list[bytes]:
    return [
        read_whole(desk.files, one.addendum_sha256, addendum_name(one.number))
        for one in substitutions_of(session, draw.key)
    ]


def _sealed_faults(
    session: Session, desk: Desk, draw: Draw, certificate: bytes, frame: bytes
) -> Iterator[str]:
    frozen = get_frame(session, draw.frame_id)
    roster = roster_from(rows_of(desk.files, frozen))
    data = read_commitment(desk.files, draw)
    try:
        opened = reopen(data, roster, desk.frame_key.of(frozen))
    except BadInput as bad:
        yield from (f"底册：{fault}" for fault in bad.faults)
        return
    secrets = "".join(f"{line}\n" for line in opened.frame.secrets()).encode()
    for finding in audit(certificate, frame, secrets, roster):
        yield from (f"{finding.check}：{fault}" for fault in finding.faults)


def _row_faults(session: Session, draw: Draw, told: Mapping[str, Any]) -> Iterator[str]:
    yield from source_faults(session, draw, told)
    rows = [_as_certified(unit) for unit in units_of(session, draw.key)]
    listed = [_listed(row, False) for row in told["drawn"]]
    listed += [_listed(row, True) for row in told["reserves"]]
    yield from (f"数据库中的名单与证书不符：{row[0]}" for row in sorted({*rows} ^ {*listed}))


def source_faults(session: Session, draw: Draw, told: Mapping[str, Any]) -> Iterator[str]:
    """Where the rows of a draw and of its sources differ from its certificate."""
    if draw.seed != told["seed"]:
        yield "数据库中的种子与证书不符"
    values = {c["source"]: c["value"] for c in told["contributions"]}
    promised = told["commitment"]["ceremony"]["sources"]
    sources = sources_of(session, draw.key)
    if [source.as_committed() for source in sources] != promised:
        yield "数据库中的来源与承诺不符"
    yield from (
        f"数据库中来源“{source.name}”的值与证书不符"
        for source in sources
        if (source.value or "") != values.get(source.name)
    )


def trail_faults(session: Session, draw: Draw) -> Iterator[str]:
    """The trail has its checkpoints published: what it says of a draw cannot be made up anew."""
    steps = {
        "draw.committed": ("commitment", draw.commitment_digest),
        "draw.held": ("certificate", draw.certificate_sha256),
    }
    for action, (name, known) in steps.items():
        search = Search(noun=NOUN, noun_id=str(draw.key), action=action)
        told = [(event.after or {}).get(name) for event in page(session, search)]
        if told != [known]:
            yield f"操作日志记载的摘要与现在的不一致（{name}）"


Listed = tuple[str, str, int, bool, str]
"""Unit, field, rank, whether it is a reserve, signature."""


def _as_certified(unit: DrawnUnit) -> Listed:
    return unit.unit_id, unit.field, unit.rank, unit.is_reserve, unit.signature


def _listed(row: Mapping[str, Any], is_reserve: bool) -> Listed:
    return row["unit_id"], row["field"], row["rank"], is_reserve, row["signature"]
