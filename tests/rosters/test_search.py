"""Finding institutions and people by any fragment of what they are or ever were called."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

import web.tables  # noqa: F401
from rosters.changes import Act
from rosters.editing import change, end, enter
from rosters.entries import Entry, Noun
from rosters.finding.former_names import names_carried_on
from rosters.finding.names import folded, initials, person_syllables, syllables
from rosters.finding.search import condition, fragments
from rosters.institution_acts import join_duplicate
from rosters.withdrawals import withdraw
from tests.rosters.worlds import NOON, PLANNER, act_of

SPRING, SUMMER, AUTUMN = date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)


@pytest.fixture
def act(tmp_path: Path) -> Act:
    return act_of(tmp_path)


def found(session: Session, words: str, noun: Noun = Noun.INSTITUTION) -> list[int | None]:
    wanted = select(Entry.id).where(Entry.noun == noun, condition(words, noun, col(Entry.id)))
    return list(session.exec(wanted.order_by(col(Entry.id))))


def founded(session: Session, act: Act, name: str, **facts: Any) -> int:
    return enter(session, act, Noun.INSTITUTION, {"name": name, **facts}, SPRING)[0]


def certified(session: Session, act: Act, institution: int, number: str) -> int:
    facts = {"institution_id": institution, "number": number}
    return enter(session, act, Noun.CERTIFICATE, facts, SPRING)[0]


# -- what is compared --------------------------------------------------------------------------

signs = st.text("演示甲Ａｂ1２（）()【】 ·　", max_size=12)


@given(signs)
def test_a_folded_text_stays_as_it_is_when_folded_again(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(signs, signs)
def test_a_fragment_of_a_name_is_a_fragment_of_the_folded_name(one: str, other: str) -> None:
    assert all(part in folded(one + other) for part in fragments(other))


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("重庆重型机械检测", "cqzxjxjc"),
        ("长沙银行", "csyh"),
        ("SGS检测3D打印", "sgsjc3ddy"),
        ("厦门（集美）质量检验", "xmjmzljy"),
    ],
)
def test_initials_follow_the_words_of_a_name(name: str, letters: str) -> None:
    assert initials(syllables(name)) == letters


@pytest.mark.parametrize(
    ("name", "letters"), [("单明", "sm"), ("仇英", "qy"), ("曾国", "zg"), ("尉迟恭", "ycg")]
)
def test_a_surname_has_its_own_sound(name: str, letters: str) -> None:
    assert initials(person_syllables(name)) == letters


# -- what is found -----------------------------------------------------------------------------


def test_a_renamed_institution_is_found_by_its_old_name(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示青松环境检测有限公司")
    change(session, act, Noun.INSTITUTION, entry, {"name": "演示白石检验中心"}, SUMMER)

    for words in ("青松环境", "白石", "演示 检验 白", "qshj", "BSJY"):
        assert found(session, words) == [entry], words
    assert found(session, "青松 乌有") == []


def test_width_case_brackets_and_blanks_do_not_matter(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示ＡＢ检测（杭州）有限公司", registration_no="330100000012345")

    for words in ("ab检测(杭州)", "检测杭州", "【杭州】", "３３０１００００００１２３４５"):
        assert found(session, words) == [entry], words


def test_signs_that_mean_something_to_a_database_mean_only_themselves(
    session: Session, act: Act
) -> None:
    founded(session, act, "演示甲检测")
    percent = founded(session, act, "演示100%检测_乙")

    assert found(session, "100%") == [percent]
    assert found(session, "%") == [percent]
    assert found(session, "_") == [percent]
    assert found(session, "\\") == []


def test_one_letter_is_no_initial(session: Session, act: Act) -> None:
    founded(session, act, "演示甲检测")

    assert found(session, "y") == []
    assert len(found(session, "ys")) == 1


def test_an_institution_is_found_by_code_certificate_and_centre(session: Session, act: Act) -> None:
    entry = founded(session, act, "演示甲检测", credit_code="91350100M000100Y43")
    certified(session, act, entry, "（2017）（陕）质监认字002号")
    centre = {"institution_id": entry, "name": "国家演示罐体质量检验检测中心"}
    enter(session, act, Noun.QI_CENTRE, centre, SPRING)

    for words in ("m000100y43", "陕质监认字002", "罐体质量", "gjysgt"):
        assert found(session, words) == [entry], words


def test_a_certificate_that_was_given_to_the_wrong_one_finds_both_until_it_is_withdrawn(
    session: Session, act: Act
) -> None:
    one, other = founded(session, act, "演示甲"), founded(session, act, "演示乙")
    paper = certified(session, act, one, "170000000017")
    moved = change(session, act, Noun.CERTIFICATE, paper, {"institution_id": other}, SUMMER)

    assert found(session, "170000000017") == [one, other]

    withdraw(session, moved.key, PLANNER, NOON, "登错")
    assert found(session, "170000000017") == [one]


def test_who_carries_on_another_is_found_by_its_name_and_numbers(
    session: Session, act: Act
) -> None:
    kept = founded(session, act, "演示甲检测")
    double = founded(session, act, "演示丙旧名检测")
    certified(session, act, double, "170000000099")

    joined = join_duplicate(session, act, double, kept, SUMMER)

    assert found(session, "丙旧名") == [kept, double]
    assert found(session, "170000000099") == [kept, double]
    assert names_carried_on(session, [kept, double], SUMMER) == {kept: ["演示丙旧名检测"]}
    assert names_carried_on(session, [kept], SPRING) == {}

    withdraw(session, joined.key, PLANNER, NOON, "并错")
    assert found(session, "丙旧名") == [double]


def test_a_name_that_is_corrected_in_a_predecessor_finds_the_heir(
    session: Session, act: Act
) -> None:
    kept, double = founded(session, act, "演示甲检测"), founded(session, act, "演示乙检测")
    join_duplicate(session, act, double, kept, AUTUMN)

    change(session, act, Noun.INSTITUTION, double, {"name": "演示更正名"}, SUMMER)

    assert found(session, "更正名") == [kept, double]


def test_people_are_found_by_name_number_and_initials(session: Session, act: Act) -> None:
    facts = {"name": "单演示", "staff_no": "YS-017", "province_no": "浙演00123"}
    inspector, _ = enter(session, act, Noun.INSPECTOR, facts, SPRING)
    facts = {"name": "演示专家", "expert_no": "ZJ-3", "employer": "演示大学"}
    expert, _ = enter(session, act, Noun.EXPERT, facts, SPRING)

    for words in ("单演", "ys-017", "浙演00123", "sys"):
        assert found(session, words, Noun.INSPECTOR) == [inspector], words
    assert found(session, "演示大学", Noun.EXPERT) == [expert]
    assert found(session, "演示大学") == []


def test_who_has_left_the_roster_is_still_found_for_the_days_before(
    session: Session, act: Act
) -> None:
    entry = founded(session, act, "演示甲检测")
    end(session, act, Noun.INSTITUTION, entry, SUMMER)

    assert found(session, "演示甲") == [entry]
