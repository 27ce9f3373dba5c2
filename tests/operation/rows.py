"""A row for every table, for tests that move whole databases; and how to vary its enums."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Enum, Table, insert

from core.trail import START, Actor
from tests.operation.inspection_rows import INSPECTION_SAMPLES, INSPECTION_WITH
from tests.operation.roster_rows import ROSTER_SAMPLES, ROSTER_WITH
from web.tables import metadata

AT = datetime(2026, 3, 2, 8, 30, 15, 123456, tzinfo=UTC)
LATER = datetime(2026, 3, 3, tzinfo=UTC)
DIGEST = "ab" * 32
CLERK = Actor(1, "王小明", "administrator")

SAMPLES: dict[str, dict[str, Any]] = {
    "account": {
        "id": 1,
        "login_name": "wang",
        "display_name": "王小明 \u2028「甲」",
        "phone": "",
        "email": "",
        "state": "active",
        "password_hash": "$argon2id$",
        "password_changed_at": AT,
        "must_change": False,
        "external": False,
        "created_at": AT,
    },
    "stored_file": {
        "sha256": DIGEST,
        "size": 3_000_000_000,
        "media_type": "application/pdf",
        "first_seen_at": AT,
        "last_seen_at": AT,
    },
    "attachment": {
        "sha256": DIGEST,
        "name": "证书.pdf",
        "noun": "plan",
        "noun_id": "7",
        "uploaded_by": None,
        "uploaded_at": AT,
    },
    "job": {
        "kind": "mail",
        "payload": {"message": 1, "乙": ["甲", 1.5, None, True]},
        "state": "queued",
        "priority": 0,
        "run_after": AT,
        "attempts": 0,
        "max_attempts": 3,
        "claims": 0,
        "progress_done": 0,
        "progress_total": 0,
        "progress_step": "",
        "cancel_requested": False,
        "created_at": AT,
    },
    "attempt": {
        "at": AT,
        "name_digest": DIGEST,
        "user_id": 1,
        "address": "192.0.2.1",
        "outcome": "entered",
    },
    "hand_over": {
        "from_id": 1,
        "to_id": 2,
        "reason": "调离",
        "proposed_by": 1,
        "proposed_at": AT,
    },
    "identity": {"user_id": 1, "issuer": "https://id.example", "subject": "1", "created_at": AT},
    "invitation": {
        "token_hash": DIGEST,
        "role": "expert",
        "scope_kind": "region",
        "scope_key": "110000",
        "region": "",
        "email": "",
        "note": "",
        "invited_by": 1,
        "created_at": AT,
        "expires_at": LATER,
    },
    "membership": {
        "id": 1,
        "user_id": 1,
        "role": "reviewer",
        "scope_kind": "region",
        "scope_key": "110000",
        "region": "110000",
        "valid_from": AT,
    },
    "message": {
        "user_id": 1,
        "kind": "invited",
        "params": {},
        "noun": "",
        "noun_id": "",
        "created_at": AT,
    },
    "past_password": {"user_id": 1, "password_hash": "$argon2id$", "set_at": AT},
    "recovery_code": {"user_id": 1, "code_hash": DIGEST},
    "second_factor": {"user_id": 1, "sealed": b"\x00\xff", "salt": b"salt", "created_at": AT},
    "delegation": {
        "membership_id": 1,
        "delegate_id": 2,
        "starts_on": date(2026, 3, 2),
        "ends_on": date(2026, 3, 9),
        "reason": "休假",
        "created_at": AT,
    },
    "login": {
        "user_id": 1,
        "token_hash": DIGEST,
        "method": "password",
        "created_at": AT,
        "last_seen_at": AT,
        "address": "192.0.2.1",
        "agent": "",
        "awaits_code": False,
    },
    "event": {
        "number": 1,
        "at": AT,
        "actor_name": "系统",
        "actor_role": "system",
        "action": "made",
        "noun": "plan",
        "noun_id": "1",
        "reason": "",
        "previous": START,
        "hash": DIGEST,
    },
    "trail_checkpoint": {"number": 1, "published": "{}"},
    **ROSTER_SAMPLES,
    **INSPECTION_SAMPLES,
}
"""By table; the first row of `trail_head` is there from the beginning."""

WITH: dict[tuple[str, str], dict[str, Any]] = {
    ("job", "running"): {
        "worker": "甲",
        "lease_until": LATER,
        "attempts": 1,
        "claims": 1,
        "started_at": AT,
    },
    ("job", "failed"): {"error_code": "lost", "error_params": {}},
    ("job", "dead"): {"error_code": "lost", "error_params": {}, "ended_at": AT},
    ("job", "done"): {"result": {}, "ended_at": AT},
    ("job", "cancelled"): {"cancel_requested": True, "ended_at": AT},
    ("membership", "institution"): {
        "role": "institution",
        "scope_kind": "institution",
        "scope_key": "91110000MA00000001",
    },
    ("membership", "partner_department"): {"scope_kind": "department", "scope_key": "环保"},
    ("membership", "department"): {"role": "partner_department", "scope_key": "环保"},
    ("membership", "nation"): {"scope_key": ""},
    ("invitation", "nation"): {"scope_key": ""},
    **ROSTER_WITH,
    **INSPECTION_WITH,
}
"""What else a row must have, by table and member of an enum."""

for _ending in ("logged_out", "timed_out", "revoked", "password_changed"):
    WITH["login", _ending] = {"ended_at": AT}
for _ending in ("second_factor_changed", "account_disabled", "handed_over"):
    WITH["login", _ending] = {"ended_at": AT}


def tables() -> list[Table]:
    """All tables that a test can add a row to, those first that others refer to."""
    return [table for table in metadata.sorted_tables if table.name != "trail_head"]


def enum_members() -> Iterator[tuple[str, str, str]]:
    """Table, column and value of every member of every enum."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Enum):
                yield from ((table.name, column.name, str(value)) for value in _values(column))


def _values(column: Column[Any]) -> list[str]:
    return [str(value) for value in column.type.enums]  # type: ignore[attr-defined]


def add(connection: Connection, name: str, **changes: Any) -> None:
    """One more row of a table."""
    table, row = metadata.tables[name], SAMPLES[name] | changes
    for column in table.columns:
        if isinstance(column.type, Enum) and row.get(column.name) is not None:
            row[column.name] = column.type.enum_class(row[column.name])  # type: ignore[misc]
    connection.execute(insert(table).values(row))


def fill(connection: Connection, but: Collection[str] = (), until: str = "") -> None:
    """A row in every table, two accounts; *until*: only in those that come before that one."""
    for table in tables():
        if table.name == until:
            return
        if table.name not in but:
            add(connection, table.name)
            if table.name == "account":
                add(connection, "account", id=2, login_name="li", state="disabled")
