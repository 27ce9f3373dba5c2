"""The second factor: setting up, codes that count once, recovery codes."""

from datetime import datetime, timedelta
from random import Random

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from core import entrance, trail
from core.accounts import User, find_user
from core.database import connect, unit_of_work
from core.entrance import Entered, Refusal, Refused, Step, give_code, next_step
from core.logins import recognise
from core.roles import Role
from core.second_factor import (
    RECOVERY_CODES,
    AlreadySetUp,
    RecoveryCode,
    SecondFactor,
    SecretIsSealed,
    WrongCode,
    begin,
    confirm,
    is_recovery_code,
    is_required,
    is_set_up,
    new_recovery_codes,
    new_secret,
    recovery_codes_left,
    replace_recovery_codes,
    seal_from,
    secret_in_progress,
    use_code,
    use_recovery_code,
)
from tests.core.people import (
    CLERK,
    DAY,
    HOME,
    MINUTE,
    NOW,
    PASSWORD,
    RULES,
    SEAL,
    actor,
    entered,
    entropy,
    person,
)
from tests.storage import in_threads, url_of

STEP = timedelta(seconds=30)
FEW = 3
"""Recovery codes are hashed slowly; three show as much as ten."""


def code_at(secret: str, now: datetime) -> str:
    return pyotp.TOTP(secret).at(now)


def set_up(session: Session, user: User) -> tuple[str, list[str]]:
    """The secret in the app and the recovery codes of somebody who set up a day ago."""
    secret = begin(session, user.key, SEAL, entropy, NOW - DAY)
    codes = new_recovery_codes(entropy)[:FEW]
    confirm(session, user.key, code_at(secret, NOW - DAY), SEAL, codes, actor(user), NOW - DAY)
    return secret, codes


# -- setting up --------------------------------------------------------------------------------


def test_a_second_factor_counts_only_once_a_code_has_shown_that_the_app_knows_it(
    session: Session,
) -> None:
    user = person(session)
    secret = begin(session, user.key, SEAL, entropy, NOW)

    assert not is_set_up(session, user.key)
    assert secret_in_progress(session, user.key, SEAL) == secret
    assert not use_code(session, user.key, code_at(secret, NOW), SEAL, NOW)
    with pytest.raises(WrongCode):
        confirm(session, user.key, "000000", SEAL, [], CLERK, NOW)

    confirm(session, user.key, code_at(secret, NOW), SEAL, [], CLERK, NOW)

    assert is_set_up(session, user.key)
    assert secret_in_progress(session, user.key, SEAL) is None


def test_beginning_again_makes_the_first_secret_worthless(session: Session) -> None:
    user = person(session)
    first = begin(session, user.key, SEAL, entropy, NOW)
    second = begin(session, user.key, SEAL, entropy, NOW)

    assert first != second
    with pytest.raises(WrongCode):
        confirm(session, user.key, code_at(first, NOW), SEAL, [], CLERK, NOW)


def test_a_second_factor_in_use_is_not_set_up_over(session: Session) -> None:
    user = person(session)
    secret, _ = set_up(session, user)

    with pytest.raises(AlreadySetUp):
        begin(session, user.key, SEAL, entropy, NOW)
    with pytest.raises(AlreadySetUp):
        confirm(session, user.key, code_at(secret, NOW), SEAL, [], CLERK, NOW)


def test_nothing_is_confirmed_that_was_not_begun(session: Session) -> None:
    user = person(session)

    with pytest.raises(WrongCode):
        confirm(session, user.key, "123456", SEAL, [], CLERK, NOW)
    with pytest.raises(WrongCode):
        replace_recovery_codes(session, user.key, [], CLERK, NOW)
    assert not use_recovery_code(session, user.key, "ABCDE-FGHJK", NOW)


def test_neither_secret_nor_codes_stand_in_the_database_or_the_trail(session: Session) -> None:
    user = person(session)
    secret, codes = set_up(session, user)
    session.flush()
    kept = str([row.model_dump() for row in session.exec(select(RecoveryCode))])
    kept += str(session.exec(select(SecondFactor)).one().model_dump())
    kept += str([event.model_dump() for event in trail.pending(session)])

    assert not any(word in kept for word in [secret, *codes])


def test_a_sealed_secret_opens_only_for_its_owner_and_its_key() -> None:
    sealed = SEAL.close(1, "SECRET", entropy(12))

    assert SEAL.open(1, sealed) == "SECRET"
    for key, user_id, bytes_ in (
        (SEAL, 2, sealed),
        (seal_from("another secret of another service"), 1, sealed),
        (SEAL, 1, sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ):
        with pytest.raises(SecretIsSealed):
            key.open(user_id, bytes_)


@given(st.integers())
def test_secrets_and_codes_are_written_in_their_alphabets(seed: int) -> None:
    draw = Random(seed).randbytes

    assert len(pyotp.TOTP(new_secret(draw)).byte_secret()) == 20
    codes = new_recovery_codes(draw)
    assert len(codes) == RECOVERY_CODES == len(set(codes))
    for code in codes:
        assert len(code) == 11
        assert is_recovery_code(code)
        assert not set("01ILOU") & set(code)


def test_who_decides_must_have_a_second_factor() -> None:
    assert is_required([Role.EXPERT, Role.REVIEWER])
    assert not is_required([Role.EXPERT, Role.INSTITUTION])
    assert not is_required([])


# -- codes of the app --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(session: Session, steps: int, passes: bool) -> None:
    user = person(session)
    secret, _ = set_up(session, user)

    assert use_code(session, user.key, code_at(secret, NOW + steps * STEP), SEAL, NOW) is passes


def test_a_code_that_was_used_is_worth_nothing_and_neither_are_earlier_ones(
    session: Session,
) -> None:
    user = person(session)
    secret, _ = set_up(session, user)
    code = code_at(secret, NOW)

    assert use_code(session, user.key, code, SEAL, NOW)
    assert not use_code(session, user.key, code, SEAL, NOW)
    assert not use_code(session, user.key, code, SEAL, NOW + STEP)
    assert not use_code(session, user.key, code_at(secret, NOW - STEP), SEAL, NOW)
    assert use_code(session, user.key, code_at(secret, NOW + STEP), SEAL, NOW + STEP)


def test_the_code_that_confirmed_the_setting_up_does_not_open_the_door(session: Session) -> None:
    user = person(session)
    secret = begin(session, user.key, SEAL, entropy, NOW)
    code = code_at(secret, NOW)
    confirm(session, user.key, code, SEAL, [], CLERK, NOW)

    assert not use_code(session, user.key, code, SEAL, NOW)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\0"])
def test_what_is_no_code_is_refused(session: Session, code: str) -> None:
    user = person(session)
    set_up(session, user)

    assert not use_code(session, user.key, code, SEAL, NOW)


def _replay(url: str, number: int) -> bool:
    engine = connect(url)
    with unit_of_work(engine) as session:
        user = find_user(session, "zhang")
        assert user is not None
        sealed = session.exec(select(SecondFactor)).one().sealed
        code = code_at(SEAL.open(user.key, sealed), NOW)
        passed = use_code(session, user.key, code, SEAL, NOW)
    engine.dispose()
    return passed


def test_one_code_used_by_four_at_the_same_moment_lets_one_in(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        set_up(session, person(session, "zhang"))

    assert sorted(in_threads(_replay, url_of(engine), 4)) == [False] * 3 + [True]


# -- recovery codes ----------------------------------------------------------------------------


def test_a_recovery_code_lets_its_owner_in_once(session: Session) -> None:
    user, other = person(session), person(session)
    _, codes = set_up(session, user)
    set_up(session, other)

    assert not use_recovery_code(session, other.key, codes[0], NOW)
    assert use_recovery_code(session, user.key, codes[0].lower().replace("-", " "), NOW)
    assert not use_recovery_code(session, user.key, codes[0], NOW)
    assert recovery_codes_left(session, user.key) == FEW - 1


def test_new_recovery_codes_make_stolen_ones_worthless(session: Session) -> None:
    user = person(session)
    _, stolen = set_up(session, user)
    fresh = new_recovery_codes(entropy)[:FEW]
    replace_recovery_codes(session, user.key, fresh, actor(user), NOW)

    assert not any(use_recovery_code(session, user.key, code, NOW) for code in stolen)
    assert use_recovery_code(session, user.key, fresh[0], NOW)


_SHARED = "HJKMN-PQRST"


def _recover(url: str, _: int) -> bool:
    engine = connect(url)
    with unit_of_work(engine) as session:
        user = find_user(session, "zhang")
        assert user is not None
        passed = use_recovery_code(session, user.key, _SHARED, NOW)
    engine.dispose()
    return passed


def test_one_recovery_code_used_by_four_at_the_same_moment_lets_one_in(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        user = person(session, "zhang")
        set_up(session, user)
        replace_recovery_codes(session, user.key, [_SHARED], CLERK, NOW)

    assert sorted(in_threads(_recover, url_of(engine), 4)) == [False] * 3 + [True]


# -- at the door -------------------------------------------------------------------------------


def test_the_password_alone_opens_nothing_and_the_code_brings_a_new_token(
    session: Session,
) -> None:
    user = person(session)
    secret, _ = set_up(session, user)
    first = entered(session, user, "first")
    assert next_step(first.login, user, False, NOW) == Step.GIVE_CODE

    answer = give_code(session, first.login, code_at(secret, NOW), SEAL, HOME, "second", NOW, RULES)
    session.flush()

    assert isinstance(answer, Entered)
    assert next_step(answer.login, user, False, NOW) == Step.NOTHING
    assert recognise(session, "first", NOW) is None
    assert recognise(session, "second", NOW) == (answer.login, user)


def test_wrong_codes_lock_like_wrong_passwords_and_the_password_does_not_reset_them(
    session: Session,
) -> None:
    user = person(session)
    secret, _ = set_up(session, user)
    answers = []
    for number in range(6):
        # a thief with the password begins anew before every guess
        again = entrance.log_in(session, user.login_name, PASSWORD, HOME, f"t{number}", NOW, RULES)
        if isinstance(again, Refused):
            answers.append(again.why)
            continue
        wrong = f"{(int(code_at(secret, NOW)) + 5 + number) % 10**6:06}"
        guess = give_code(session, again.login, wrong, SEAL, HOME, f"n{number}", NOW, RULES)
        assert isinstance(guess, Refused)
        answers.append(guess.why)

    assert answers == [Refusal.WRONG] * 4 + [Refusal.LOCKED] * 2


def test_a_code_that_comes_after_five_minutes_is_too_late(session: Session) -> None:
    user = person(session)
    secret, _ = set_up(session, user)
    login, late = entered(session, user, "t").login, NOW + 5 * MINUTE

    answer = give_code(session, login, code_at(secret, late), SEAL, HOME, "n", late, RULES)

    assert answer == Refused(Refusal.TOO_LATE)


def test_a_recovery_code_at_the_door_is_told_in_the_trail(session: Session) -> None:
    user = person(session)
    _, codes = set_up(session, user)
    login = entered(session, user, "t").login

    answer = give_code(session, login, codes[2], SEAL, HOME, "n", NOW, RULES)

    assert isinstance(answer, Entered)
    told = {event.action: event for event in trail.pending(session)}
    assert told["recovery_code.used"].after == {"left": FEW - 1}


def test_an_administrator_takes_a_lost_second_factor_away_and_all_log_ins_end(
    session: Session,
) -> None:
    user = person(session)
    secret, _ = set_up(session, user)
    login = entered(session, user, "t").login
    give_code(session, login, code_at(secret, NOW), SEAL, HOME, "inside", NOW, RULES)

    entrance.remove_second_factor(session, user.key, CLERK, NOW)
    session.flush()

    assert recognise(session, "inside", NOW) is None
    assert not is_set_up(session, user.key)
    assert recovery_codes_left(session, user.key) == 0
    again = entered(session, user, "again")
    assert not again.login.awaits_code


def test_the_code_of_one_person_lets_no_other_in(session: Session) -> None:
    user, other = person(session), person(session)
    secret, _ = set_up(session, user)
    set_up(session, other)

    assert not use_code(session, other.key, code_at(secret, NOW), SEAL, NOW)
