"""Faults of the rosters are counted by kind and province, and listed for whoever mends them."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from core.regions import region_of
from core.roles import NATION, Scope, ScopeKind
from rosters.changes import Saying, new_entries, state
from rosters.entries import Noun
from rosters.quality.counts import counts, faulty_entries
from rosters.quality.faults import KINDS, UnknownFault, kind_of
from rosters.timeline import PRESENT
from tests.rosters.worlds import TODAY, act_of, settled

START = date(2024, 1, 1)
CODE = "91350100M000100Y43"
ZHEJIANG = region_of("330000")

Enter = Callable[..., int]


@pytest.fixture
def enter(session: Session, tmp_path: Path) -> Enter:
    """A function that puts an entry into the roster."""

    def put(noun: Noun, **facts: Any) -> int:
        (entry,) = new_entries(session, noun, 1)
        state(session, act_of(tmp_path), [Saying(noun, entry, facts, START)])
        return entry

    return put


def sound(enter: Enter, number: int = 1, **facts: Any) -> int:
    """An institution in Hangzhou to which nothing is wanting, unless *facts* say so."""
    whole = {
        "name": f"演示甲{number}检测有限公司",
        "credit_code": CODE if number == 1 else "",
        "region": "330100",
        "fields": "食品检验",
        "credit_class": "B",
    }
    return enter(Noun.INSTITUTION, **(whole | facts))


def certificate(enter: Enter, institution: int, **facts: Any) -> int:
    whole = {"number": f"演示{institution:06}", "expires_on": TODAY}
    return enter(Noun.CERTIFICATE, institution_id=institution, **(whole | facts))


def contact(enter: Enter, institution: int, phone: str) -> int:
    return enter(Noun.CONTACT, institution_id=institution, name="演示联络人", phone=phone)


def whole(enter: Enter, number: int = 1, **facts: Any) -> int:
    """A sound institution with certificate and contact."""
    entry = sound(enter, number, **facts)
    certificate(enter, entry)
    contact(enter, entry, f"000-{number:08}")
    return entry


def found(session: Session, entry: int, day: date = TODAY) -> set[str]:
    """The kinds of fault that an entry has."""
    return {
        kind.code
        for kind in KINDS
        if entry in {row.entry_id for row in faulty_entries(session, kind, day, [NATION])[0]}
    }


def test_an_institution_to_which_nothing_is_wanting_has_no_fault(
    session: Session, enter: Enter
) -> None:
    assert found(session, whole(enter)) == set()


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"credit_code": ""}, "no_credit_code"),
        ({"credit_code": "", "registration_no": "330000000000001"}, "old_number_only"),
        ({"region": ""}, "no_region"),
        ({"fields": ""}, "no_fields"),
        ({"credit_class": ""}, "unrated"),
    ],
)
def test_what_is_wanting_is_a_fault(
    session: Session, enter: Enter, facts: dict[str, Any], fault: str
) -> None:
    assert found(session, whole(enter, **facts)) == {fault}


def test_a_certificate_is_good_on_its_last_day_and_a_fault_after_it(
    session: Session, enter: Enter
) -> None:
    entry = whole(enter)

    assert found(session, entry, TODAY) == set()
    assert found(session, entry, date(2026, 11, 21)) == {"expired"}


def test_a_valid_certificate_makes_up_for_one_that_was_revoked(
    session: Session, enter: Enter
) -> None:
    entry = whole(enter)
    certificate(enter, entry, number="演示另一张", state="revoked")

    assert found(session, entry) == set()


def test_who_is_no_longer_in_business_needs_no_certificate(session: Session, enter: Enter) -> None:
    entry = sound(enter)
    assert found(session, entry) == {"no_certificate", "no_contact"}

    closed = sound(enter, number=2, credit_code="", standing="closed", registration_no="1")

    assert found(session, closed) == {"old_number_only"}


def test_two_institutions_of_one_name_are_both_looked_at(session: Session, enter: Enter) -> None:
    one = whole(enter, 1, name="演示同名检测站")
    other = whole(enter, 2, name="演示同名检测站", region="320100")

    assert "same_name" in found(session, one)
    assert "same_name" in found(session, other)


def test_a_telephone_is_a_fault_from_the_third_institution_on(
    session: Session, enter: Enter
) -> None:
    entries = [whole(enter, number) for number in (1, 2, 3)]
    for entry in entries[:2]:
        contact(enter, entry, "000-99999999")
    assert "same_phone" not in found(session, entries[0])

    contact(enter, entries[2], "000-99999999")

    assert all("same_phone" in found(session, entry) for entry in entries)


def test_an_officer_on_duty_needs_certificates_that_are_valid(
    session: Session, enter: Enter
) -> None:
    department = enter(Noun.DEPARTMENT, name="演示市场监督管理局")
    good = {"department_id": department, "region": "330100", "fields": "食品检验"}
    expired = {"province_no": "演示001", "province_until": date(2026, 11, 19)}
    one = enter(Noun.INSPECTOR, name="演示甲", staff_no="YS1", **good, **expired)
    left = enter(Noun.INSPECTOR, name="演示乙", staff_no="YS2", duty="left", **good, **expired)
    bare = enter(Noun.INSPECTOR, name="演示丙", staff_no="YS3")

    assert found(session, one) == {"officer_expired"}
    assert found(session, left) == set()
    assert found(session, bare) == {
        "officer_uncertified", "officer_no_fields", "officer_no_department"
    }  # fmt: skip


def test_a_relation_to_an_institution_that_is_gone_is_a_fault(
    session: Session, enter: Enter, tmp_path: Path
) -> None:
    institution = whole(enter)
    person = enter(Noun.EXPERT, name="演示专家", expert_no="YZ1", region="330100")
    relation = enter(Noun.RELATION, person_id=person, institution_id=institution, kind="relative")
    assert found(session, relation) == set()

    gone = Saying(Noun.INSTITUTION, institution, {PRESENT: False}, TODAY)
    state(session, act_of(tmp_path), [gone])

    (row,), _ = faulty_entries(session, kind_of("relation_to_nobody"), TODAY, [NATION])
    assert (row.entry_id, row.owner, row.region) == (relation, person, "330100")
    assert found(session, person) == {"expert_no_employer", "expert_no_fields"}


def test_an_item_without_basis_may_not_be_checked(session: Session, enter: Enter) -> None:
    item = enter(Noun.CHECK_ITEM, number="YS-01", name="演示事项")
    joint = enter(Noun.JOINT_ITEM, number="LH-01", name="演示联合事项", basis="演示依据")

    assert found(session, item) == {"item_no_basis"}
    assert found(session, joint) == set()


def test_the_counts_are_those_of_the_lists_province_by_province(
    session: Session, tmp_path: Path
) -> None:
    settled(session, tmp_path, 250)

    table = counts(session, TODAY, [NATION])

    assert set(table) == {kind.code for kind in KINDS}
    for kind in KINDS:
        rows, many = faulty_entries(session, kind, TODAY, [NATION], most=10_000)
        assert sum(table[kind.code].values()) == many == len(rows)
        digits = Counter(row.region[:2] for row in rows)
        assert {p.code[:2] if p else "": n for p, n in table[kind.code].items()} == digits
        _, nowhere = faulty_entries(session, kind, TODAY, [NATION], nowhere=True)
        assert nowhere == table[kind.code].get(None, 0)
    own, many = faulty_entries(session, kind_of("unrated"), TODAY, [NATION], ZHEJIANG)
    assert many == table["unrated"].get(ZHEJIANG, 0) == len(own)


def test_a_province_counts_its_own_only(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 250)
    scope = Scope(ScopeKind.REGION, ZHEJIANG.code)

    own, nation = counts(session, TODAY, [scope]), counts(session, TODAY, [NATION])

    for kind in KINDS:
        expected = {p: n for p, n in nation[kind.code].items() if p == ZHEJIANG}
        assert own[kind.code] == expected


def test_all_faults_are_counted_in_one_query_for_each_noun(
    engine: Engine, session: Session, tmp_path: Path
) -> None:
    settled(session, tmp_path, 50)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    counts(session, TODAY, [NATION])

    assert len(asked) <= len({kind.noun for kind in KINDS})


def test_pages_of_a_list_follow_each_other(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 250)
    kind = kind_of("expired")
    rows, many = faulty_entries(session, kind, TODAY, [NATION], most=10_000)

    first, _ = faulty_entries(session, kind, TODAY, [NATION], first=0, most=3)
    second, counted = faulty_entries(session, kind, TODAY, [NATION], first=3, most=3)

    assert first + second == rows[:6]
    assert counted == many > 6


def test_every_kind_says_what_it_means_and_how_it_is_mended() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert all(kind.label and kind.meaning and kind.mending for kind in KINDS)
    with pytest.raises(UnknownFault):
        kind_of("none")
