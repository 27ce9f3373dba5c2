"""The roster as at a day in plain rows, from which a draw starts."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

import web.tables  # noqa: F401
from core.roles import NATION, Scope, ScopeKind
from rosters.changes import Act
from rosters.demo.rows import DemoRow
from rosters.editing import change, end, enter
from rosters.entries import Noun
from rosters.plain_rows import COLUMNS, plain_rows, write_plain_rows
from tests.rosters.worlds import TODAY, act_of, settled

CODE, OTHER = "91350100M000100Y43", "914206007570308857"


@pytest.fixture
def act(tmp_path: Path) -> Act:
    return act_of(tmp_path)


def founded(session: Session, act: Act, name: str, **facts: Any) -> int:
    return enter(session, act, Noun.INSTITUTION, {"name": name, **facts}, date(2024, 1, 1))[0]


def rows(session: Session, day: date = TODAY, scope: Scope = NATION) -> list[dict[str, str]]:
    return list(plain_rows(session, day, [scope]))


def test_the_columns_are_those_of_the_roster_that_a_plan_reads() -> None:
    assert COLUMNS[: len(DemoRow._fields)] == DemoRow._fields


def test_every_cell_is_text_and_rows_stand_in_order_of_their_unit(
    session: Session, tmp_path: Path
) -> None:
    settled(session, tmp_path, 80)
    told = rows(session)

    assert len(told) == 80
    assert [row["unit_id"] for row in told] == sorted({row["unit_id"] for row in told})
    assert all(tuple(row) == COLUMNS for row in told)
    assert all(isinstance(cell, str) for row in told for cell in row.values())


def test_a_unit_is_named_by_its_code_else_its_old_number_else_its_entry(
    session: Session, act: Act
) -> None:
    founded(session, act, "演示甲", credit_code=CODE, registration_no="350100000000001")
    founded(session, act, "演示乙", registration_no="350100000000002")
    third = founded(session, act, "演示丙")
    fourth = founded(session, act, "演示丁", registration_no="350100000000002")

    named = {row["name"]: row["unit_id"] for row in rows(session)}

    assert named == {
        "演示甲": CODE, "演示乙": "350100000000002",
        "演示丙": f"名录{third}", "演示丁": f"名录{fourth}",
    }  # fmt: skip


def test_who_has_no_valid_certificate_is_there_and_says_so(session: Session, act: Act) -> None:
    founded(session, act, "演示甲", credit_code=CODE)
    expired = founded(session, act, "演示乙", credit_code=OTHER)
    for number, last in (("2", date(2025, 1, 1)), ("1", date(2024, 6, 1))):
        facts = {"institution_id": expired, "number": number, "expires_on": last}
        enter(session, act, Noun.CERTIFICATE, facts, date(2024, 1, 1))

    told = {
        row["name"]: (row["certificate_status"], row["certificate_no"]) for row in rows(session)
    }

    assert told == {"演示甲": ("无证书", ""), "演示乙": ("过期", "1|2")}


def test_complaints_and_checks_count_for_twelve_months(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲")
    for kind, days in (("complaint", 1), ("complaint", 365), ("complaint", 366), ("checked", 400)):
        happened = TODAY - timedelta(days=days)
        facts = {"institution_id": entry, "kind": kind, "happened_on": happened}
        enter(session, act, Noun.FLAG, facts, happened)

    (row,) = rows(session)
    assert (row["complaints"], row["checked_last_year"]) == ("2", "0")
    (row,) = rows(session, TODAY - timedelta(days=60))
    assert row["checked_last_year"] == "1"


def test_the_roster_of_a_past_day_is_that_of_the_day(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲", credit_code=CODE, region="330100")
    change(session, act, Noun.INSTITUTION, entry, {"name": "演示乙"}, date(2025, 1, 1))
    end(session, act, Noun.INSTITUTION, entry, date(2026, 1, 1))

    (row,) = rows(session, date(2024, 12, 31))
    assert (row["name"], row["province"]) == ("演示甲", "浙江省")
    assert [row["name"] for row in rows(session, date(2025, 12, 31))] == ["演示乙"]
    assert rows(session) == []


def test_a_province_draws_from_its_own_institutions_only(session: Session, act: Act) -> None:
    founded(session, act, "演示甲", region="330100")
    founded(session, act, "演示乙", region="320000")

    own = rows(session, scope=Scope(ScopeKind.REGION, "330000"))

    assert [row["name"] for row in own] == ["演示甲"]


def test_the_file_has_a_mark_and_a_row_for_each_unit(session: Session, act: Act) -> None:
    founded(session, act, '演示"甲",检测', credit_code=CODE)
    file = BytesIO()

    write_plain_rows(rows(session), file)

    text = file.getvalue()
    assert text.startswith("\ufeffunit_id,name,".encode())
    assert '"演示""甲"",检测"'.encode() in text
    assert text.count(b"\r\n") == 2
