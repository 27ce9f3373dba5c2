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
} | {
    str(TABLES[noun].__tablename__): row_of(TABLES[noun], facts)
    | {"entry_id": 1, "since": date(2026, 3, 2), "until": FOREVER}
    for noun, facts in STATED.items()
}
