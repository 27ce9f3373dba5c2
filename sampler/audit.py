"""Everything the stand-alone verifier checks, and what only the authority can check.

With `sealed.secret` the sealed cells are opened and every row's type is worked out anew
from the plan; with a roster every cell is held against the frame.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sampler import verifier
from sampler.certificate import certificate as certificate_of
from sampler.commitment import digest, type_json
from sampler.draw import hold_draw
from sampler.fairness import Progress
from sampler.faults import BadInput
from sampler.frame import SEAL_TAG
from sampler.hashing import canonical, tagged
from sampler.inputs.plan_text import plan_from_json
from sampler.inputs.roster_table import Roster
from sampler.quotas import Method
from sampler.seeds import Contribution
from sampler.unit_types import typed

MOST_NAMED = 20
"""More differences than this are counted, not named."""

PARTS = 4
"""Parts of an audit whose end is told: alone, made anew, sealed cells, roster."""

DRAWN_AGAIN = "重新抽取"
"""The stand-alone verifier's name for the check that these methods do without."""

NOT_ALONE = (Method.SPS, Method.PARETO, Method.SAMPFORD)
"""Methods that the stand-alone verifier leaves to this file."""


@dataclass(frozen=True)
class Finding:
    """One check and all that is wrong with it; nothing wrong means that it agrees."""

    check: str
    faults: tuple[str, ...]


def audit(
    certificate: bytes,
    frame: bytes,
    secrets: bytes | None = None,
    roster: Roster | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Check a bundle.

    Parameters
    ----------
    certificate, frame : the bytes of `certificate.json` and `frame.jsonl`.
    secrets : the bytes of `sealed.secret`; without them sealed cells are not judged.
    roster : the roster from which the frame is said to have been made.
    progress : told of (step, done, total) after each part.
    """
    told = partial(progress or _unheard, "checks")
    findings = [
        Finding(check, tuple(faults)) for check, faults in verifier.verify(certificate, frame)
    ]
    told(1, PARTS)
    try:
        given = json.loads(certificate)
        if given["commitment"]["chances"]["path"] in NOT_ALONE:
            findings = [finding for finding in findings if finding.check != DRAWN_AGAIN]
        public = [json.loads(line) for line in frame.splitlines()]
        sealed = None if secrets is None else _opened(secrets)
        findings.append(_made_anew(given, public))
        told(2, PARTS)
        findings.append(
            Finding("名单的写法和栏目", tuple(_form_faults(given, frame, public, sealed)))
        )
        if sealed is not None:
            findings += _sealed_findings(given, public, sealed)
            told(3, PARTS)
        if roster is not None:
            differences = _differences(public, sealed, roster)
            findings.append(Finding("名单文件与公开名单逐格比较", shortened(differences)))
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        findings.append(Finding("封存栏与名单文件", (f"内容残缺或被改动，无法读取：{error!r}",)))
    return findings


def _unheard(step: str, done: int, total: int) -> None:
    """Progress that nobody asked for."""


def _made_anew(given: dict[str, Any], public: Sequence[Any]) -> Finding:
    """The whole certificate made again by the sampler itself, from commitment and reveals.

    The stand-alone verifier repeats what decides a draw; this also holds the rest: marks
    of a rehearsal, signatures, shortfalls, who revealed.
    """
    sources = [Contribution(c["source"], c["value"] or None) for c in given["contributions"]]
    outcome = hold_draw(
        given["commitment"],
        digest(given["commitment"]),
        [row["public"]["unit_id"] for row in public],
        [int(row["type"]) for row in public],
        sources,
    )
    again = certificate_of(given["commitment"], sources, outcome)
    names = sorted(again.keys() | given.keys())
    faults = [
        f"重做的结果与证书不符（{name}）" for name in names if again.get(name) != given.get(name)
    ]
    if given["commitment"]["rehearsal"] != (given["commitment"]["machine"] is None):
        faults.append("试抽没有机器份额，正式抽取须有机器份额；承诺中的标记（rehearsal）不符")
    return Finding("整份证书由承诺和揭示重做", tuple(faults))


def _form_faults(
    given: dict[str, Any], frame: bytes, public: Sequence[Any], sealed: dict[str, Any] | None
) -> Iterator[str]:
    """Line ends and columns, which no draw depends on."""
    if frame != b"".join(line + b"\n" for line in frame.splitlines()):
        yield "公开名单（frame.jsonl）的换行被改动"
    told = given["commitment"]["frame"]
    if told["rows"] != len(public):
        yield f"承诺写明名单有 {told['rows']} 家，公开名单有 {len(public)} 家"
    if any(sorted(row["public"]) != told["public"] for row in public):
        yield "公开栏与承诺所列不符"
    if sealed is not None and any(
        sorted(row["sealed"]) != told["sealed"] for row in sealed.values()
    ):
        yield "封存栏与承诺所列不符"


def _opened(secrets: bytes) -> dict[str, Any]:
    rows = (json.loads(line) for line in secrets.splitlines())
    return {row["unit_id"]: row for row in rows}


def _sealed_findings(
    certificate: dict[str, Any], public: Sequence[Any], sealed: dict[str, Any]
) -> Iterator[Finding]:
    broken = (
        f"{row['public']['unit_id']} 的封存值（seal）与盐值、封存栏不符"
        for row in public
        if row["seal"] != _seal(sealed.get(row["public"]["unit_id"]))
    )
    faults = shortened(broken)
    yield Finding("封存栏与封存值", faults)
    if not faults:
        yield Finding(
            "每家机构的类别（含封存栏）", shortened(_misfits(certificate, public, sealed))
        )


def _seal(secret: Any) -> str | None:
    if secret is None:
        return None
    return tagged(SEAL_TAG, secret["salt"], canonical(secret["sealed"]).decode())


def _misfits(
    certificate: dict[str, Any], public: Sequence[Any], sealed: dict[str, Any]
) -> Iterator[str]:
    """Rows whose type is not what the plan makes of all their cells."""
    rows = [{**row["public"], **sealed[row["public"]["unit_id"]]["sealed"]} for row in public]
    columns = tuple(rows[0]) if rows else ("unit_id",)
    roster = Roster(columns, {name: [row[name] for row in rows] for name in columns})
    try:
        plan = plan_from_json(certificate["commitment"]["plan"])
        anew = typed(plan, roster)
    except BadInput as bad:
        yield from map(str, bad.faults)
        return
    for row, number in zip(public, anew.numbers.tolist(), strict=True):
        if row["type"] != str(number):
            unit_id = row["public"]["unit_id"]
            yield f"{unit_id} 应属第 {number} 类，公开名单写的是第 {row['type']} 类"
    told = [{name: t[name] for name in _TYPE_KEYS} for t in certificate["commitment"]["types"]]
    made = [type_json(t) for t in anew.problem.types]
    if len(told) != len(made):
        yield f"按计划应有 {len(made)} 类，承诺写的是 {len(told)} 类"
    yield from (
        f"第 {t['number']} 类的权重、可占名额、交叉情形或家数与计划不符"
        for t, other in zip(made, told, strict=False)
        if t != other
    )


_TYPE_KEYS = ("number", "kind", "units", "places", "cross", "weight")


def _differences(
    public: Sequence[Any], sealed: dict[str, Any] | None, roster: Roster
) -> Iterator[str]:
    rows = {row["public"]["unit_id"]: row["public"] for row in public}
    position = {unit_id: i for i, unit_id in enumerate(roster.cells["unit_id"])}
    for unit_id in rows:
        if unit_id not in position:
            yield f"名单文件中没有 {unit_id}（unit_id）"
    for unit_id, i in position.items():
        if unit_id not in rows:
            yield f"公开名单中没有 {unit_id}（unit_id）"
            continue
        known = {**rows[unit_id], **(sealed[unit_id]["sealed"] if sealed is not None else {})}
        for name in roster.columns:
            cell = roster.cells[name][i]
            if name in known and known[name] != cell:
                yield f"{unit_id} 的“{name}”栏：名单文件为“{cell}”，抽取时为“{known[name]}”"
    yield from _column_differences(rows, sealed, roster)


def _column_differences(
    rows: dict[str, Any], sealed: dict[str, Any] | None, roster: Roster
) -> Iterator[str]:
    columns = set(next(iter(rows.values()), {}))
    if sealed is not None:
        columns |= set(next(iter(sealed.values()), {"sealed": {}})["sealed"])
        yield from (f"抽取时没有“{name}”栏" for name in roster.columns if name not in columns)
    yield from (f"名单文件缺少“{name}”栏" for name in sorted(columns.difference(roster.columns)))


def shortened(faults: Iterable[str]) -> tuple[str, ...]:
    """The first of many faults, and how many more there are."""
    found = list(faults)
    if len(found) <= MOST_NAMED:
        return tuple(found)
    return (*found[:MOST_NAMED], f"另有 {len(found) - MOST_NAMED} 处，未逐一列出")
