"""A row for every table of the rosters; what a noun does not have to state has its default."""

from datetime import UTC, date, datetime
from typing import Any

import web.tables  # noqa: F401  # with it every noun has its table
from rosters.entries import TABLES, Noun
from rosters.layout import row_of
from rosters.timeline import FOREVER

AT = datetime(2026, 3, 2, 8, 30, 15, 123456, tzinfo=UTC)
DAY = "2026-03-02"

STATED: dict[Noun, dict[str, Any]] = {
    Noun.INSTITUTION: {"name": "演示甲检测有限公司", "credit_code": "91350100M000100Y43"},
    Noun.CERTIFICATE: {"institution_id": 1, "number": "150001210318", "expires_on": DAY},
    Noun.SITE: {"institution_id": 1, "address": "演示路 1 号"},
    Noun.QI_CENTRE: {"institution_id": 1, "name": "演示中心"},
    Noun.CONTACT: {"institution_id": 1, "name": "演示员", "phone": "000-1"},
    Noun.FLAG: {"institution_id": 1, "kind": "finding", "happened_on": DAY},
    Noun.PROFICIENCY_RESULT: {
        "institution_id": 1,
        "round": "2026-1",
        "item": "演示项目",
        "verdict": "satisfactory",
        "happened_on": DAY,
    },
    Noun.SUCCESSION: {
        "predecessor_id": 1,
        "successor_id": 1,
        "kind": "merger",
        "happened_on": DAY,
    },
    Noun.DEPARTMENT: {"name": "演示局"},
    Noun.INSPECTOR: {"name": "演示员", "staff_no": "演1", "department_id": 1},
    Noun.LEAVE: {"inspector_id": 1, "first_day": DAY, "last_day": DAY},
    Noun.EXPERT: {"name": "演示员", "expert_no": "专1"},
    Noun.RELATION: {"person_id": 1, "institution_id": 1, "kind": "relative"},
    Noun.JOINT_ITEM: {"number": "1", "name": "演示事项"},
    Noun.CHECK_ITEM: {"number": "1", "name": "演示事项"},
    Noun.INDICATOR: {
        "code": "complaint",
        "title": "演示指标",
        "group": "basics",
        "weight": 1,
        "most": 3,
    },
    Noun.FIELD_MAPPING: {
        "source": "certificate",
        "source_term": "食品",
        "target": "spot_check",
        "target_term": "食品检验",
    },
}

ROSTER_SAMPLES: dict[str, dict[str, Any]] = {
    "roster_entry": {"id": 1, "noun": "institution"},
    "roster_change": {
        "id": 1,
        "kind": "edit",
        "at": AT,
        "actor_name": "王小明",
        "reason": "",
        "source": "",
    },
    "roster_statement": {
        "change_id": 1,
        "entry_id": 1,
        "takes_effect": date(2026, 3, 2),
        "facts": {"name": "演示甲检测有限公司 \u2028"},
    },
    "roster_search": {"entry_id": 1, "noun": "institution", "text": "演示", "initials": "ys"},
    "institution_line": {
        "entry_id": 1,
        "since": date(2026, 3, 2),
        "until": FOREVER,
        "facets": 2**40,
        "lapsed": 0,
        "region": "330000",
        "credit_code": "",
        "credit_class": "A",
        "sort_name": "yanshi",
        "centres": 0,
    },
    "saved_view": {
        "user_id": 1,
        "list": "institutions",
        "title": "演示",
        "query": "",
        "created_at": AT,
    },
    "column_matching": {
        "noun": "institution",
        "signature": "ab" * 16,
        "memory": {"名称": "name"},
        "told_by": "王小明",
        "told_at": AT,
    },
    "roster_import": {
        "id": 1,
        "noun": "institution",
        "sha256": "ab" * 32,
        "file_name": "名录.xlsx",
        "scope": "330000",
        "state": "uploaded",
        "mode": "valid_rows",
        "takes_effect": date(2026, 3, 2),
        "clear": False,
        "reason": "",
        "choices": {},
        "left_out": [],
        "matching": {},
        "counts": {},
        "fault_counts": {},
        "digest": "",
        "faults_file": "",
        "effects_file": "",
        "error_params": {},
        "undo_reason": "",
        "asked_by": {},
        "uploader": "王小明",
        "uploaded_at": AT,
    },
    "duplicate_case": {
        "import_id": 1,
        "sheet": "甲",
        "row": 2,
        "name": "演示",
        "grounds": "name_only",
        "candidates": [],
        "others": [],
        "may_be_new": True,
        "said": {},
        "decision": "doubtful",
    },
    "risk_run": {
        "id": 1,
        "day": date(2026, 3, 2),
        "at": AT,
        "actor_name": "王小明",
        "indicators": "[]",
        "digest": "ab" * 32,
        "institutions": 1,
        "proposals": 0,
    },
    "risk_score": {
        "run_id": 1,
        "entry_id": 1,
        "total": 3,
        "was": "A",
        "proposed": "B",
        "contributions": "[]",
    },
    "risk_decision": {
        "run_id": 1,
        "entry_id": 1,
        "verdict": "accepted",
        "at": AT,
        "actor_id": 1,
        "actor_name": "王小明",
        "reason": "核实",
        "change_id": 1,
    },
} | {
    str(TABLES[noun].__tablename__): row_of(TABLES[noun], facts)
    | {"entry_id": 1, "since": date(2026, 3, 2), "until": FOREVER}
    for noun, facts in STATED.items()
}

_DECIDED = {"decided_at": AT, "decided_by": "王小明"}

ROSTER_WITH: dict[tuple[str, str], dict[str, Any]] = {
    ("roster_import", "failed"): {"error_code": "lost"},
    ("roster_import", "previewing"): {"job_id": 1},
    ("roster_import", "previewed"): {"digest": "ab" * 32},
    ("roster_import", "applying"): {"job_id": 1, "digest": "ab" * 32},
    ("roster_import", "applied"): {"applied_at": AT},
    ("roster_import", "undoing"): {"job_id": 1, "applied_at": AT},
    ("roster_import", "undone"): {"applied_at": AT},
    ("risk_decision", "declined"): {"change_id": None},
    ("duplicate_case", "changed"): {"entry_id": 1, **_DECIDED},
    **{("duplicate_case", decision): _DECIDED for decision in ("new", "skipped")},
}
"""What else a row must have, by table and member of an enum."""
