"""The certificate: what was committed, what was revealed, what was drawn.

`certificate.json` is exactly its RFC 8785 bytes. `parts` holds a digest for each part, so
that a change is named; `whole_digest`, the last key, is over all the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sampler.commitment import FILLS_PLACES
from sampler.draw import Outcome, Pick
from sampler.frame import Frame
from sampler.hashing import HASH_NAME, canonical, sha256
from sampler.quotas import SINGLE_PLACE, Kind
from sampler.seeds import Contribution

FORMAT = "spotcheck/certificate/1"

KIND_REASONS = {
    Kind.OUTSIDE.value: "不在抽取范围内",
    Kind.EXCLUDED.value: "列入排除名单",
    Kind.CERTAIN.value: "列入必查名单",
}


def certificate(
    commitment: Mapping[str, Any], contributions: Sequence[Contribution], outcome: Outcome
) -> dict[str, Any]:
    """The certificate of one draw as plain data."""
    parts: dict[str, Any] = {
        "commitment": dict(commitment),
        "contributions": contributions_json(contributions),
        "drawn": [_pick_json(commitment, pick) for pick in outcome.picks if not pick.reserve],
        "reserves": [_pick_json(commitment, pick) for pick in outcome.picks if pick.reserve],
        "reserve_shortfalls": [
            {
                "field": place_names(commitment)[s.place],
                "signature": signature_text(commitment, s.signature),
                "wanted": s.wanted,
                "found": s.found,
            }
            for s in outcome.shortfalls
        ],
        "seed": outcome.seed,
    }
    return with_digests(FORMAT, parts)


def contributions_json(contributions: Sequence[Contribution]) -> list[dict[str, Any]]:
    """What every source gave, and whether it gave anything."""
    return [
        {"source": c.source, "revealed": bool(c.value), "value": c.value or ""}
        for c in contributions
    ]


def with_digests(form: str, parts: Mapping[str, Any]) -> dict[str, Any]:
    """A certificate of the format *form* made of its parts, among them the commitment."""
    digests = {name: sha256(canonical(part)) for name, part in parts.items()}
    data = {
        **parts,
        "commitment_digest": digests["commitment"],
        "format": form,
        "hash": HASH_NAME,
        "parts": digests,
        "rehearsal": parts["commitment"]["rehearsal"],
    }
    return {**data, "whole_digest": sha256(canonical(data))}


def place_names(commitment: Mapping[str, Any]) -> list[str]:
    """Names of the places in the order of their indices."""
    chances, plan = commitment["chances"], commitment["plan"]
    if plan["fields"] and chances["path"] in FILLS_PLACES:
        return [name for name, _ in plan["fields"]]
    return [SINGLE_PLACE]


def signature_text(commitment: Mapping[str, Any], signature: Sequence[int]) -> str:
    """Names of the cross quotas that hold, joined by `|`; empty if none does."""
    return "|".join(commitment["plan"]["cross"][i]["name"] for i in signature)


def _pick_json(commitment: Mapping[str, Any], pick: Pick) -> dict[str, Any]:
    t = commitment["types"][pick.type - 1]
    return {
        "unit_id": pick.unit_id,
        "field": place_names(commitment)[pick.place],
        "rank": pick.rank,
        "type": pick.type,
        "signature": signature_text(commitment, t["cross"]),
    }


def drawn_rows(
    commitment: Mapping[str, Any], frame: Frame, outcome: Outcome
) -> Iterator[tuple[str, str, str, int, int, str, str]]:
    """Rows of `drawn.csv`: unit_id, name, field, rank, is_reserve, signature, chance."""
    name_of = dict(zip(frame.unit_ids, frame.column("name"), strict=True))
    for pick in outcome.picks:
        row = _pick_json(commitment, pick)
        yield (
            pick.unit_id,
            name_of[pick.unit_id],
            row["field"],
            pick.rank,
            int(pick.reserve),
            row["signature"],
            commitment["types"][pick.type - 1]["chance"],
        )


def chance_rows(
    commitment: Mapping[str, Any], frame: Frame
) -> Iterator[tuple[str, str, int, str, str, str]]:
    """Rows of `chances.csv` for every unit of the frame: unit_id, name, type, chance,
    chance_decimal (ten decimals), reason (why it is 0 or 1)."""
    plan = commitment["plan"]
    said = {e["unit_id"]: e["reason"] for e in [*plan["certain"], *plan["excluded"]]}
    per_type = {
        t["number"]: (t["chance"], decimal(Fraction(t["chance"])), reason_of(t))
        for t in commitment["types"]
    }
    for unit_id, name, number in zip(
        frame.unit_ids, frame.column("name"), frame.types, strict=True
    ):
        chance, rounded, reason = per_type[number]
        if unit_id in said:
            reason = f"{reason}：{said[unit_id]}"
        yield unit_id, name, number, chance, rounded, reason


def decimal(value: Fraction, places: int = 10) -> str:
    """*value* in [0, 1] with so many decimals, rounded half up."""
    scaled = (value * 10**places + Fraction(1, 2)).__floor__()
    return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"


def reason_of(t: Mapping[str, Any]) -> str:
    """Why a type's chance is 0 or 1, or nothing."""
    if t["kind"] in KIND_REASONS:
        return KIND_REASONS[t["kind"]]
    if not t["places"]:
        return "没有可以占用的领域名额"
    if t["weight"] == "0":
        return "权重为 0"
    if t["chance"] == "1/1":
        return "名额恰好用尽，必然抽中"
    return "可占用的名额已被必须满足的要求用尽" if t["chance"].startswith("0/") else ""
