"""The file of one institution: everything known on a day, and how it came to be so."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

import web.tables  # noqa: F401
from core.roles import NATION, Scope, ScopeKind
from rosters.certificates import CertificateStatus
from rosters.changes import Act
from rosters.editing import change, end, enter
from rosters.entries import Noun
from rosters.institution_acts import join_duplicate, merge
from rosters.institution_file import Duty, institution_file, renewal_due
from rosters.institutions import CreditClass, Institution
from rosters.kin import Kin
from rosters.statements import EntryNotFound
from rosters.timeline import FOREVER
from rosters.withdrawals import withdraw
from tests.rosters.test_institution_acts import holding
from tests.rosters.test_institution_lists import counted
from tests.rosters.worlds import NOON, PLANNER, TODAY, act_of, settled

SPRING, SUMMER, AUTUMN = date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)
EVE = SUMMER - timedelta(days=1)


@pytest.fixture
def act(tmp_path: Path) -> Act:
    return act_of(tmp_path, reason="演示")


def founded(session: Session, act: Act, name: str, **facts: Any) -> int:
    return enter(session, act, Noun.INSTITUTION, {"name": name, **facts}, SPRING)[0]


def names_of(kin: Sequence[Kin]) -> list[tuple[str, int]]:
    return [(one.name, one.generation) for one in kin]


def test_all_names_it_ever_bore_stand_there_with_their_days(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲")
    change(session, act, Noun.INSTITUTION, entry, {"region": "330000"}, date(2026, 4, 1))
    change(session, act, Noun.INSTITUTION, entry, {"name": "演示乙"}, SUMMER)

    told = institution_file(session, entry, [NATION], TODAY)

    assert [(one.name, one.since, one.until) for one in told.names] == [
        ("演示甲", SPRING, SUMMER),
        ("演示乙", SUMMER, FOREVER),
    ]


def test_every_class_stands_there_with_its_reason(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲")
    facts = {"credit_class": "D", "class_reason": "严重违法"}
    change(session, act, Noun.INSTITUTION, entry, facts, SUMMER)

    told = institution_file(session, entry, [NATION], TODAY)

    assert [(one.credit_class, one.reason) for one in told.classes] == [
        (CreditClass.UNRATED, ""),
        (CreditClass.D, "严重违法"),
    ]


def test_the_file_of_a_past_day_shows_that_day(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲")
    facts = {"institution_id": entry, "number": "170000000001", "expires_on": date(2026, 8, 15)}
    enter(session, act, Noun.CERTIFICATE, facts, SPRING)
    end(session, act, Noun.INSTITUTION, entry, AUTUMN)

    def status(day: date) -> list[CertificateStatus]:
        return [of for _, of in institution_file(session, entry, [NATION], day).certificates]

    assert status(SPRING) == [CertificateStatus.VALID]
    assert status(SUMMER) == [CertificateStatus.EXPIRING]
    assert status(AUTUMN) == [CertificateStatus.EXPIRED]
    assert institution_file(session, entry, [NATION], AUTUMN).facts is None
    assert institution_file(session, entry, [NATION], AUTUMN).last.name == "演示甲"


def test_contacts_are_masked(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲")
    holding(session, act, entry)

    told = institution_file(session, entry, [NATION], TODAY)

    assert [one.phone for one in told.contacts] == ["138****0000"]
    assert "13800000000" not in repr(told)
    assert told.relations == 1


def test_who_may_not_see_an_institution_is_told_there_is_none(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲", region="330100", credit_code="91350100M000100Y43")

    for scope in (
        Scope(ScopeKind.REGION, "320000"),
        Scope(ScopeKind.INSTITUTION, "914206007570308857"),
    ):
        with pytest.raises(EntryNotFound):
            institution_file(session, entry, [scope], TODAY)
    for scope in (
        Scope(ScopeKind.REGION, "330000"),
        Scope(ScopeKind.INSTITUTION, "91350100M000100Y43"),
    ):
        assert institution_file(session, entry, [scope], TODAY).facts is not None
    with pytest.raises(EntryNotFound):
        institution_file(session, entry + 999, [NATION], TODAY)


def test_the_history_of_predecessors_stands_in_the_file_over_generations(
    session: Session, act: Act
) -> None:
    first, second, third = (founded(session, act, name) for name in ("演示甲", "演示乙", "演示丙"))
    holding(session, act, first)
    join_duplicate(session, act, first, second, SUMMER)
    merge(session, act, [second], third, AUTUMN)

    told = institution_file(session, third, [NATION], TODAY)

    assert [(kin.name, kin.generation) for kin in told.predecessors] == [
        ("演示乙", 1),
        ("演示甲", 2),
    ]
    assert [one.number for one, _ in told.certificates] == [f"17000000{first:04}"]
    assert {first, second, third} <= {one.entry_id for one in told.timeline}
    before = institution_file(session, first, [NATION], TODAY)
    assert [(kin.name, kin.generation) for kin in before.successors] == [
        ("演示乙", 1),
        ("演示丙", 2),
    ]


def test_the_timeline_says_what_was_before_and_what_after(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲")
    change(session, act, Noun.INSTITUTION, entry, {"name": "演示乙"}, AUTUMN)
    late = change(session, act, Noun.INSTITUTION, entry, {"name": "演示丙"}, SUMMER)

    told = institution_file(session, entry, [NATION], TODAY).timeline
    assert [(one.before, one.after) for one in told[:2]] == [
        ({"name": "演示甲"}, {"name": "演示丙"}),
        ({"name": "演示甲"}, {"name": "演示乙"}),
    ]
    assert told[2].before is None
    assert told[0].change.actor_name == PLANNER.name
    assert told[0].change.reason == "演示"

    withdraw(session, late.key, PLANNER, NOON, "登错")
    told = institution_file(session, entry, [NATION], TODAY).timeline
    assert [one.change.withdrawn_at is None for one in told] == [False, True, True]


def test_what_is_due_first_stands_first(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲")
    for number, last in (("2", date(2031, 1, 31)), ("1", date(2028, 5, 31)), ("0", SUMMER)):
        facts = {"institution_id": entry, "number": number, "expires_on": last}
        enter(session, act, Noun.CERTIFICATE, facts, SPRING)
    facts = {
        "institution_id": entry, "kind": "finding", "happened_on": SPRING, "detail": "超范围",
    }  # fmt: skip
    finding, _ = enter(session, act, Noun.FLAG, facts, SPRING)

    told = institution_file(session, entry, [NATION], TODAY).obligations
    assert [(one.duty, one.about, one.due) for one in told] == [
        (Duty.EXPIRED, "0", None),
        (Duty.RECTIFY, "超范围", None),
        (Duty.RENEW, "1", date(2028, 2, 29)),
        (Duty.RENEW, "2", date(2030, 10, 31)),
    ]

    change(session, act, Noun.FLAG, finding, {"ended_on": SUMMER}, SUMMER)
    told = institution_file(session, entry, [NATION], TODAY).obligations
    assert Duty.RECTIFY not in {one.duty for one in told}


def test_renewal_is_due_three_months_before_the_end() -> None:
    assert renewal_due(date(2026, 5, 31)) == date(2026, 2, 28)
    assert renewal_due(date(2026, 2, 10)) == date(2025, 11, 10)


def test_a_file_asks_as_many_questions_however_much_is_known(
    session: Session, tmp_path: Path
) -> None:
    settled(session, tmp_path, 60)
    session.commit()
    found = session.exec(select(Institution.entry_id).order_by(col(Institution.entry_id))).all()
    asked_by = set()
    for entry in found[:20]:
        session.expire_all()
        with counted(session) as asked:
            told = institution_file(session, entry, [NATION], TODAY)
        # names of kin are asked for only where there are any
        asked_by.add(len(asked) - bool(told.predecessors or told.successors))

    assert len(asked_by) <= 2
    assert max(asked_by) <= 12
