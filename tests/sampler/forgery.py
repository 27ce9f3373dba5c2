"""A skilled forger: changes a certificate and mends every digest that would tell of it."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

from sampler import merkle, procedure, verifier
from sampler.certificate import certificate as certificate_of
from sampler.commitment import digest
from sampler.draw import hold_draw
from sampler.hashing import canonical, sha256
from sampler.procedure import Drawn
from sampler.quotas import Certain, Cross, Excluded, Method, Plan
from sampler.seeds import Contribution
from tests.sampler.builders import (
    CLASSES,
    MACHINE_SHARE,
    PROVINCES,
    QI,
    Case,
    crossing_case,
    files_of,
    roster_of,
    row,
    weights,
    where,
)

Data = dict[str, Any]


def signed(certificate: Data) -> bytes:
    """The certificate with all its digests made to fit."""
    forged = deepcopy(certificate)
    forged["commitment_digest"] = digest(forged["commitment"])
    forged["parts"] = {name: sha256(canonical(forged[name])) for name in forged["parts"]}
    del forged["whole_digest"]
    return canonical({**forged, "whole_digest": sha256(canonical(forged))})


def touched(drawn: Drawn, change: Callable[[Data], object]) -> bytes:
    """A certificate that was changed after the draw, and signed again."""
    forged = deepcopy(drawn.certificate)
    change(forged)
    return signed(forged)


def drawn_from(
    drawn: Drawn, change: Callable[[Data], object], types: list[int] | None = None
) -> bytes:
    """An honest draw from a forged commitment: seed, drawn units and digests all fit it."""
    commitment = deepcopy(drawn.certificate["commitment"])
    change(commitment)
    given = [
        Contribution(c["source"], c["value"] if c["revealed"] else None)
        for c in drawn.certificate["contributions"]
    ]
    outcome = hold_draw(
        commitment, digest(commitment), drawn.frame.unit_ids, types or drawn.frame.types, given
    )
    return canonical(certificate_of(commitment, given, outcome))


def frame_of(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def root_of(lines: list[bytes]) -> str:
    return merkle.root([merkle.leaf_hash(line) for line in lines])


# -- draws to be forged


@cache
def small() -> Case:
    """Forty units; QI centres and a class within them counted; everything else in the plan."""
    rows = [
        row(
            f"u{i:02d}",
            ("食品", "环境", "食品|环境", "建材")[i % 4],
            qi_centre="01"[i % 5 == 0],
            credit_class=CLASSES[i % 3],
            province=PROVINCES[i % 2],
            level="国家级" if i % 7 else "省级",
        )
        for i in range(40)
    ]
    plan = Plan(
        "小计划",
        8,
        fields=(("食品", 3), ("环境", 3), ("其他", 2)),
        other="其他",
        eligible=where(level="国家级"),
        cross=(
            Cross("质检中心", QI, 2, 2),
            Cross("质检中心甲省", where(qi_centre="1", province="甲省"), 0, 1),
        ),
        weights=weights(A=1, B=2, C=4),
        certain=(Certain("u09", "回头看"),),
        excluded=(Excluded("u08", "证书注销"),),
        reserves=1,
        cap=Fraction(9, 10),
    )
    return Case(plan, roster_of(rows))


def classical(method: Method) -> Case:
    cross = (Cross("质检中心", QI, 2, 2),) if method is Method.SEQUENTIAL else ()
    return Case(replace(small().plan, method=method, cross=cross), small().roster)


def held(case: Case) -> Drawn:
    committed = case.commitment()
    return procedure.draw(
        committed, procedure.contributions(committed.data, MACHINE_SHARE, {"彩票": "7"})
    )


@cache
def by_cuts() -> Drawn:
    return held(small())


@cache
def by_panels() -> Drawn:
    return held(crossing_case(3))


def found_in(certificate: bytes, frame: bytes) -> set[str]:
    return {check for check, faults in verifier.verify(certificate, frame) if faults}


def found_after(drawn: Drawn, change: Callable[[Data], object]) -> set[str]:
    """Checks that fail when the certificate is changed after the draw."""
    return found_in(touched(drawn, change), files_of(drawn)["frame.jsonl"])


def found_if_committed(drawn: Drawn, change: Callable[[Data], object]) -> set[str]:
    """Checks that fail when the commitment is changed and all that follows is honest."""
    return found_in(drawn_from(drawn, change), files_of(drawn)["frame.jsonl"])


def published(drawn: Drawn) -> tuple[bytes, bytes]:
    files = files_of(drawn)
    return files["certificate.json"], files["frame.jsonl"]
