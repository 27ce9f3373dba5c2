"""Passwords: what they must be, how they are kept."""

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from core import trail
from core.accounts import AccountDraft, UserState, create_user
from core.passwords import (
    HASHER,
    LONGEST,
    PasswordRefused,
    PasswordRules,
    faults,
    is_common,
    is_due,
    matches,
    normal,
    set_password,
    verify,
)
from tests.core.people import CLERK, DAY, FAST, NOW, OTHER_PASSWORD, PASSWORD, person

texts = st.text(st.characters(codec="utf-8"), max_size=40)


def kinds(password: str) -> int:
    ascii_ = [sign for sign in password if sign.isascii()]
    return sum(
        (
            any(sign.islower() for sign in ascii_),
            any(sign.isupper() for sign in ascii_),
            any(sign.isdecimal() for sign in password),
            any(not ((sign.isascii() and sign.isalpha()) or sign.isdecimal()) for sign in password),
        )
    )


@given(st.text("abcXYZ019!?·密码", max_size=16))
def test_a_password_without_faults_is_long_mixed_and_does_not_hold_the_name(text: str) -> None:
    if not faults(text, "someone"):
        assert 10 <= len(text) <= LONGEST
        assert kinds(text) >= 3
        assert "someone" not in text


@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("Ab1!xyzq", ["too_short"]),
        ("qingfenglouyin", ["too_few_kinds"]),
        ("Zhang.Wei-1985x", ["contains_login_name"]),
        ("ＺＨＡＮＧ.wei-1985x", ["contains_login_name"]),
        ("Password123!", ["common"]),
        ("P@ssw0rd2024", ["common"]),
        ("Admin@123456", ["common"]),
        ("Qwerty12345!", ["common"]),
        ("Shuangsuiji2026!", ["common"]),
        ("Aa1!Aa1!Aa1!", ["common"]),
        ("x", ["too_short", "too_few_kinds", "common"]),
        ("Ab1!" * 40, ["too_long", "common"]),
        ("Qingfeng-7Lou", []),
        ("山高水长-Feng42", []),
    ],
)
def test_every_broken_rule_is_named(password: str, broken: list[str]) -> None:
    assert faults(password, "zhang.wei") == broken


@given(texts)
def test_any_text_can_be_judged(text: str) -> None:
    assert isinstance(is_common(text), bool)
    assert isinstance(faults(text, "a"), list)


def test_passwords_are_kept_with_the_parameters_of_owasp() -> None:
    kept = HASHER.hash(PASSWORD)

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches(kept, PASSWORD)
    assert not matches(kept, OTHER_PASSWORD)
    assert not matches("", "")


@given(st.text("ABCabc012！＠１ａ", min_size=1, max_size=12))
def test_a_password_is_the_same_from_every_keyboard(text: str) -> None:
    full_width = "".join(chr(ord(s) + 0xFEE0) if "!" <= s <= "~" else s for s in text)

    assert matches(FAST.hash(normal(text)), full_width, FAST)


def test_what_is_no_hash_lets_nobody_in() -> None:
    assert not matches("not a hash", PASSWORD, FAST)


def test_a_name_that_nobody_has_costs_as_much_as_one_that_somebody_has() -> None:
    class Counting(PasswordHasher):
        worked = 0

        def hash(self, *given: Any, **named: Any) -> str:
            self.worked += 1
            return super().hash(*given, **named)

        def verify(self, *given: Any, **named: Any) -> Any:
            self.worked += 1
            return super().verify(*given, **named)

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)

    assert not verify(None, PASSWORD, hasher)
    assert hasher.worked == 1


def test_a_hash_with_old_parameters_is_replaced_when_its_owner_comes(session: Session) -> None:
    user = person(session)
    old = user.password_hash
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)

    assert not verify(user, OTHER_PASSWORD, stronger)
    assert user.password_hash == old
    assert verify(user, PASSWORD, stronger)
    assert "m=16,t=2" in user.password_hash
    assert verify(user, PASSWORD, stronger)


def test_the_first_password_makes_an_invited_account_active(session: Session) -> None:
    user = create_user(session, AccountDraft(login_name="new", display_name="N"), CLERK, NOW)
    invited = user.state

    set_password(session, user, PASSWORD, CLERK, NOW, hasher=FAST)

    assert (invited, user.state) == (UserState.INVITED, UserState.ACTIVE)
    assert user.password_changed_at == NOW
    assert [event.action for event in trail.pending(session)][-1] == "password.set"
    assert PASSWORD not in str([event.model_dump() for event in trail.pending(session)])


def test_none_of_the_last_five_passwords_comes_back(session: Session) -> None:
    user = person(session)
    for number in range(4):
        set_password(session, user, f"{OTHER_PASSWORD}{number}", CLERK, NOW, hasher=FAST)

    with pytest.raises(PasswordRefused) as refused:
        set_password(session, user, PASSWORD, CLERK, NOW, hasher=FAST)
    assert refused.value.params["faults"] == ["used_before"]

    set_password(session, user, f"{OTHER_PASSWORD}-", CLERK, NOW, hasher=FAST)
    set_password(session, user, PASSWORD, CLERK, NOW, hasher=FAST)


def test_a_refused_password_changes_nothing(session: Session) -> None:
    user = person(session)
    before = user.password_hash

    with pytest.raises(PasswordRefused):
        set_password(session, user, "short", CLERK, NOW, hasher=FAST)

    assert user.password_hash == before


def test_a_password_is_due_after_ninety_days_or_when_somebody_else_gave_it(
    session: Session,
) -> None:
    user = person(session)
    set_password(session, user, OTHER_PASSWORD, CLERK, NOW, hasher=FAST)

    assert not is_due(user, NOW + 90 * DAY - timedelta(seconds=1))
    assert is_due(user, NOW + 90 * DAY)
    assert not is_due(user, NOW + 90 * DAY, PasswordRules(max_age=180 * DAY))
    set_password(session, user, f"{PASSWORD}2", CLERK, NOW, must_change=True, hasher=FAST)
    assert is_due(user, NOW)
