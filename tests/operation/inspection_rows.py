"""A row for every table of the inspections: a plan, its frame, a draw and what hangs on it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

AT = datetime(2026, 3, 2, 8, 30, 15, 123456, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
DIGEST, SEED, CERTIFICATE = "ab" * 32, "cd" * 32, "ef" * 32

INSPECTION_SAMPLES: dict[str, dict[str, Any]] = {
    "plan": {
        "id": 1,
        "kind": "joint",
        "region": "330000",
        "year": 2026,
        "title": "演示计划",
        "document_no": "演监〔2026〕1号",
        "created_by": 1,
        "created_at": AT,
    },
    "plan_department": {"plan_id": 1, "department": "演示局"},
    "plan_version": {
        "id": 1,
        "plan_id": 1,
        "number": 1,
        "state": "draft",
        "body": {"format": 1},
        "digest": DIGEST,
        "reason": "",
        "revision": 1,
        "made_by": 1,
        "made_at": AT,
        "saved_at": AT,
        "return_reason": "",
    },
    "draw_frame": {
        "id": 1,
        "plan_version_id": 1,
        "roster_day": date(2026, 3, 2),
        "rows_sha256": DIGEST,
        "rows": 3,
        "eligible": 2,
        "excluded_sha256": DIGEST,
        "excluded": 1,
        "root": DIGEST,
        "made_by": 1,
        "made_at": AT,
    },
    "draw": {
        "id": 1,
        "plan_id": 1,
        "plan_version_id": 1,
        "frame_id": 1,
        "number": 1,
        "state": "announced",
        "announced_by": 1,
        "announced_at": AT,
    },
    "draw_motion": {
        "id": 1,
        "draw_id": 1,
        "kind": "substitution",
        "subject": "91350100M000100Y43",
        "reason": "closed",
        "note": "核实",
        "moved_by": 1,
        "moved_at": AT,
    },
    "draw_source": {
        "draw_id": 1,
        "position": 1,
        "name": "骰子",
        "kind": "dice",
        "address": "",
        "refused": 0,
        "without_reason": "",
    },
    "drawn_unit": {
        "id": 1,
        "draw_id": 1,
        "entry_id": 1,
        "unit_id": "91350100M000100Y43",
        "name": "演示甲检测有限公司",
        "field": "食品检验",
        "rank": 1,
        "is_reserve": False,
        "signature": "",
        "chance": "1/3",
    },
    "substitution": {
        "draw_id": 1,
        "number": 1,
        "motion_id": 1,
        "out_unit_id": 1,
        "in_unit_id": None,
        "reason": "closed",
        "addendum_sha256": DIGEST,
        "at": AT,
    },
}

_SUBMITTED = {"submitted_by": 1, "submitted_at": AT}
_APPROVED = _SUBMITTED | {"approved_by": 2, "approved_at": AT}
_PUBLISHED = _APPROVED | {"published_by": 1, "published_at": AT}
_COMMITTED = {
    "commitment_digest": DIGEST,
    "sealed_share": b"\x00\xff",
    "deadline": LATER,
    "committed_by": 1,
    "committed_at": AT,
}
_REVEALING = _COMMITTED | {"opened_at": AT}
_DRAWN = _REVEALING | {
    "seed": SEED,
    "certificate_sha256": CERTIFICATE,
    "drawn_by": 1,
    "drawn_at": LATER,
}
_VOID = {"state": "void", "void_reason": "ordered", "voided_at": LATER}
_REASONS = ("roster_wrong", "plan_wrong", "procedure_broken", "cannot_be_held", "ordered")

INSPECTION_WITH: dict[tuple[str, str], dict[str, Any]] = {
    ("plan", "national"): {"region": ""},
    ("plan_version", "submitted"): _SUBMITTED,
    ("plan_version", "returned"): _SUBMITTED | {"return_reason": "请补充依据"},
    ("plan_version", "approved"): _APPROVED,
    ("plan_version", "published"): _PUBLISHED,
    ("plan_version", "superseded"): _PUBLISHED,
    ("draw", "committed"): _COMMITTED,
    ("draw", "revealing"): _REVEALING,
    ("draw", "drawn"): _DRAWN,
    ("draw", "published"): _DRAWN | {"published_by": 1, "published_at": LATER},
    ("draw", "void"): _VOID,
    **{
        ("draw", reason): _VOID | {"void_reason": reason, "redraw_reason": reason}
        for reason in _REASONS
    },
    ("draw_motion", "void"): {"subject": ""},
    ("draw_source", "witness"): {"token_hash": DIGEST},
    ("draw_source", "beacon"): {"address": "https://beacon.example"},
}
"""What else a row must have, by table and member of an enum."""
