"""Everything the stand-alone verifier checks of a draw of teams, and what only the authority can.

With `sealed.secret` the sealed cells are opened. With the frozen task all that the commitment
says is made anew from it, and its chances are solved again: cap, loads and score must agree.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sampler.audit import Finding, shortened
from sampler.commitment import digest
from sampler.frame import SEAL_TAG
from sampler.hashing import canonical, tagged
from sampler.seeds import Contribution
from sampler.teams import verifier
from sampler.teams.certificate import FORMAT
from sampler.teams.certificate import certificate as certificate_of
from sampler.teams.commitment import chances_json, made_from, types_json
from sampler.teams.frame import TeamFrame, task_salt
from sampler.teams.holding import hold_teams
from sampler.teams.procedure import chances, prepare
from sampler.teams.task import TeamTask, task_from_json

Rows = Sequence[Mapping[str, Any]]

TOLERANCE = Fraction(1, 10**6)
"""Loads and points that differ by less are equal: tables are rounded to a grid."""


def is_of_teams(certificate: bytes) -> bool:
    """Whether a certificate says that it is one of the second draw."""
    try:
        return bool(json.loads(certificate)["format"] == FORMAT)
    except (LookupError, TypeError, ValueError):
        return False


def audit(
    certificate: bytes,
    frame: bytes,
    secrets: bytes | None = None,
    task: bytes | None = None,
) -> list[Finding]:
    """Check a bundle.

    Parameters
    ----------
    certificate, frame : the bytes of `certificate.json` and `frame.jsonl`.
    secrets : the bytes of `sealed.secret`; without them neither sealed cells are judged, nor the
        seals of the task, which their salts salt.
    task : the bytes of `task.secret`, the frozen task from which the commitment is said to
        have been made.
    """
    checks = verifier.verify(certificate, frame)
    findings = [Finding(check, tuple(faults)) for check, faults in checks]
    try:
        given = json.loads(certificate)
        rows = [json.loads(line) for line in frame.splitlines()]
        findings.append(Finding("整份证书由承诺和揭示重做", tuple(_made_anew(given, rows))))
        if secrets is not None:
            findings.append(Finding("封存栏与封存值", shortened(_broken_seals(rows, secrets))))
        if task is not None:
            frozen = task_from_json(json.loads(task))
            findings += _against_task(given["commitment"], rows, secrets, frozen)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        findings.append(Finding("封存栏与组队任务", (f"内容残缺或被改动，无法读取：{error!r}",)))
    return findings


def _made_anew(given: Mapping[str, Any], rows: Rows) -> Iterator[str]:
    """The whole certificate made again by the sampler itself, from commitment and reveals."""
    commitment = given["commitment"]
    sources = [Contribution(c["source"], c["value"] or None) for c in given["contributions"]]
    ids = [row["public"]["id"] for row in rows]
    types = [int(row["type"]) for row in rows]
    outcome = hold_teams(commitment, digest(commitment), ids, types, sources)
    again = certificate_of(commitment, sources, outcome)
    for name in sorted(again.keys() | given.keys()):
        if again.get(name) != given.get(name):
            yield f"重做的结果与证书不符（{name}）"


def _opened(secrets: bytes) -> dict[str, dict[str, Any]]:
    rows = (json.loads(line) for line in secrets.splitlines())
    return {row["id"]: row for row in rows}


def _broken_seals(rows: Rows, secrets: bytes) -> Iterator[str]:
    opened = _opened(secrets)
    for row in rows:
        name = row["public"]["id"]
        secret = opened.get(name, {"salt": "", "sealed": {}})
        cells = canonical(secret["sealed"]).decode()
        if row["seal"] != tagged(SEAL_TAG, secret["salt"], cells):
            yield f"{name} 的封存值（seal）与盐值、封存栏不符"


def _against_task(
    commitment: dict[str, Any], rows: Rows, secrets: bytes | None, task: TeamTask
) -> Iterator[Finding]:
    """What follows from the frozen task, against what was committed and listed."""
    prepared = prepare(task)
    made = made_from(prepared.eligible, _salt_of(rows, secrets))
    if secrets is None:
        del made["task"]
    other = tuple(f"按冻结的任务应另写（{n}）" for n, part in made.items() if commitment[n] != part)
    yield Finding("承诺由冻结的任务重做", other)
    frame = TeamFrame(prepared.eligible, "")
    yield Finding("人员名单与冻结的任务", shortened(_other_rows(rows, secrets, frame)))
    if not other:
        yield Finding("概率重新求解", tuple(_other_chances(commitment, task)))


def _salt_of(rows: Rows, secrets: bytes | None) -> str:
    """The salt of the task; empty if the salts are not at hand."""
    if secrets is None:
        return ""
    opened = _opened(secrets)
    return task_salt([opened[row["public"]["id"]]["salt"] for row in rows])


def _other_rows(rows: Rows, secrets: bytes | None, frame: TeamFrame) -> Iterator[str]:
    told = [(row["public"]["id"], int(row["type"])) for row in rows]
    if told != list(zip(frame.inspector_ids, frame.types, strict=True)):
        yield "人员编号或类别号与冻结的任务不符"
    if secrets is None:
        return
    opened = _opened(secrets)
    for name, cells in zip(frame.inspector_ids, frame.sealed, strict=True):
        if opened.get(name, {"sealed": None})["sealed"] != cells:
            yield f"{name} 的封存栏与冻结的任务不符"


def _other_chances(commitment: Mapping[str, Any], task: TeamTask) -> Iterator[str]:
    """Aims that the committed table misses: its cells may differ where equals are many."""
    worked = chances(prepare(task))
    told, made = commitment["chances"], chances_json(worked)
    if (told["cap"], told["above"]) != (made["cap"], made["above"]):
        yield f"机会上限应为 {made['cap']}，承诺写的是 {told['cap']}"
    for t, other in zip(commitment["types"], types_json(worked), strict=True):
        if _apart(t["load"], other["load"]) or {**t, "load": ""} != {**other, "load": ""}:
            yield f"第 {t['number']} 类的人数、上限或预期次数与重新求解的不符"
    if _apart(told["score"], made["score"]):
        yield f"适配分应为 {made['score']}，承诺写的是 {told['score']}"


def _apart(one: str, other: str) -> bool:
    return abs(Fraction(one) - Fraction(other)) > TOLERANCE
