"""Institutions that change, merge, split, or turn out to be two."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from core.roles import NATION
from rosters.certificates import Certificate
from rosters.changes import Act
from rosters.editing import ClassReasonMissing, change, enter, row_on
from rosters.entries import TABLES, Noun, holds
from rosters.finding.institution_lines import LINES
from rosters.institution_acts import (
    CARRIED_ON,
    OwnSuccessor,
    join_duplicate,
    merge,
    split,
)
from rosters.institution_file import institution_file
from rosters.institutions import CreditClass
from rosters.statements import EntryNotFound
from rosters.successions import SuccessionKind
from rosters.withdrawals import withdraw
from tests.rosters.worlds import NOON, PLANNER, act_of
from web.tables import metadata

SPRING, SUMMER, AUTUMN = date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)
EVE = SUMMER - timedelta(days=1)


@pytest.fixture
def act(tmp_path: Path) -> Act:
    return act_of(tmp_path, reason="演示")


def founded(session: Session, act: Act, name: str, **facts: Any) -> int:
    return enter(session, act, Noun.INSTITUTION, {"name": name, **facts}, SPRING)[0]


def holding(session: Session, act: Act, institution: int) -> None:
    """One entry of everything that an institution can hold."""
    person = {"name": "演示检查员", "staff_no": f"YS{institution}"}
    inspector, _ = enter(session, act, Noun.INSPECTOR, person, SPRING)
    belongings: dict[Noun, dict[str, Any]] = {
        Noun.CERTIFICATE: {"number": f"17000000{institution:04}"},
        Noun.SITE: {"address": "演示路1号"},
        Noun.QI_CENTRE: {"name": "国家演示中心"},
        Noun.CONTACT: {"name": "演示人", "phone": "13800000000"},
        Noun.FLAG: {"kind": "finding", "happened_on": SPRING},
        Noun.PROFICIENCY_RESULT: {
            "round": "演示1", "item": "铅", "verdict": "satisfactory", "happened_on": SPRING,
        },
        Noun.RELATION: {"person_id": inspector, "kind": "relative"},
    }  # fmt: skip
    for noun, facts in belongings.items():
        enter(session, act, noun, facts | {"institution_id": institution}, SPRING)


def owners(session: Session, day: date) -> set[tuple[Noun, int]]:
    return {
        (noun, row.institution_id)
        for noun, table in CARRIED_ON.items()
        for row in session.exec(select(table).where(holds(table, day)))
    }


def dump(session: Session) -> dict[str, list[Any]]:
    """All rows of the dated tables, and of those that follow from them."""
    tables = {table.__name__: table.__table__ for table in TABLES.values()}  # type: ignore[attr-defined]
    tables |= {"search": metadata.tables["roster_search"], "lines": LINES}
    return {
        name: sorted(session.connection().execute(table.select()).all(), key=repr)
        for name, table in tables.items()
    }


def test_everything_that_belongs_to_an_institution_follows_it() -> None:
    belonging = {n for n, table in TABLES.items() if "institution_id" in table.model_fields}

    assert belonging == set(CARRIED_ON)


def test_a_class_never_changes_without_a_reason(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲")

    with pytest.raises(ClassReasonMissing):
        change(session, act, Noun.INSTITUTION, entry, {"credit_class": "C"}, SUMMER)
    with pytest.raises(ClassReasonMissing):
        change(
            session, act, Noun.INSTITUTION, entry, {"cma_class": "B", "class_reason": " "}, SUMMER
        )
    change(
        session,
        act,
        Noun.INSTITUTION,
        entry,
        {"credit_class": "C", "class_reason": "投诉查实"},
        SUMMER,
    )

    assert row_on(session, Noun.INSTITUTION, entry, EVE).credit_class == CreditClass.UNRATED
    assert row_on(session, Noun.INSTITUTION, entry, SUMMER).credit_class == CreditClass.C


def test_a_move_to_another_province_keeps_the_days_before(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲", region="330000")

    change(session, act, Noun.INSTITUTION, entry, {"region": "320000"}, SUMMER)

    assert row_on(session, Noun.INSTITUTION, entry, EVE).region == "330000"
    assert row_on(session, Noun.INSTITUTION, entry, SUMMER).region == "320000"


def test_all_that_merged_institutions_hold_is_the_successors_from_that_day(
    session: Session, act: Act
) -> None:
    one, other, third = (founded(session, act, name) for name in ("演示甲", "演示乙", "演示丙"))
    for entry in (one, other):
        holding(session, act, entry)

    merge(session, act, [one, other], third, SUMMER, "批准文件1号")

    assert owners(session, EVE) == {(noun, of) for noun in CARRIED_ON for of in (one, other)}
    assert owners(session, SUMMER) == {(noun, third) for noun in CARRIED_ON}
    for gone in (one, other):
        with pytest.raises(EntryNotFound):
            row_on(session, Noun.INSTITUTION, gone, SUMMER)


def test_a_merger_that_is_withdrawn_leaves_nothing(session: Session, act: Act) -> None:
    one, other = founded(session, act, "演示甲"), founded(session, act, "演示乙")
    holding(session, act, one)
    before = dump(session)

    merged = merge(session, act, [one], other, SUMMER)
    withdraw(session, merged.key, PLANNER, NOON, "误操作")

    assert dump(session) == before


def test_what_will_be_held_later_is_carried_on_too(session: Session, act: Act) -> None:
    one, other = founded(session, act, "演示甲"), founded(session, act, "演示乙")
    facts = {"institution_id": one, "number": "170000000001"}
    enter(session, act, Noun.CERTIFICATE, facts, AUTUMN)

    join_duplicate(session, act, one, other, SUMMER)

    rows = session.exec(select(Certificate)).all()
    assert [(row.since, row.institution_id) for row in rows] == [(AUTUMN, other)]


@pytest.mark.parametrize("ends", [True, False])
def test_an_institution_that_splits_ends_or_goes_on(session: Session, act: Act, ends: bool) -> None:
    whole, part = founded(session, act, "演示甲"), founded(session, act, "演示甲分")

    split(session, act, whole, [part], SUMMER, ends=ends)

    told = institution_file(session, part, [NATION], SUMMER)
    assert [(kin.entry_id, kin.kind) for kin in told.predecessors] == [
        (whole, SuccessionKind.SPLIT)
    ]
    assert (institution_file(session, whole, [NATION], SUMMER).facts is None) == ends


def test_nobody_goes_into_himself(session: Session, act: Act) -> None:
    one, other = founded(session, act, "演示甲"), founded(session, act, "演示乙")

    with pytest.raises(OwnSuccessor):
        merge(session, act, [one, other], one, SUMMER)
    with pytest.raises(OwnSuccessor):
        split(session, act, one, [one], SUMMER, ends=False)


def test_who_is_not_in_the_roster_that_day_cannot_merge(session: Session, act: Act) -> None:
    one, other = founded(session, act, "演示甲"), founded(session, act, "演示乙")

    with pytest.raises(EntryNotFound):
        merge(session, act, [one], other, SPRING - timedelta(days=1))
