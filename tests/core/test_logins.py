"""Log-ins: tokens, their limits in time, lists and revoking."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from core import entrance, logins
from core.accounts import UserState
from core.attempts import SHORTEST_KEEP
from core.departures import disable_user, enable_user
from core.errors import NotFound
from core.logins import Ending, Login, LoginRules, Method, recognise
from tests.core.people import (
    CLERK,
    DAY,
    HOME,
    MINUTE,
    NOW,
    OTHER_PASSWORD,
    PASSWORD,
    RULES,
    actor,
    entered,
    person,
    tokens,
)

SECOND = timedelta(seconds=1)


def test_a_token_opens_the_log_in_it_was_given_for_and_only_its_digest_is_kept(
    session: Session,
) -> None:
    user = person(session)
    login = entered(session, user, "the token").login

    assert recognise(session, "the token", NOW) == (login, user)
    assert "the token" not in str(login.model_dump())
    assert recognise(session, login.token_hash, NOW) is None


def test_a_token_planted_before_the_log_in_opens_nothing_after_it(session: Session) -> None:
    user, fresh = person(session), tokens()
    planted = "planted by somebody else"
    entered(session, user, next(fresh))

    assert recognise(session, planted, NOW) is None


def test_a_token_known_before_the_rights_grew_is_worth_nothing_afterwards(
    session: Session,
) -> None:
    user = person(session)
    login = entered(session, user, "before").login

    done = entrance.change_password(
        session, login, PASSWORD, OTHER_PASSWORD, HOME, "after", NOW, RULES
    )
    session.flush()

    assert done is None
    assert recognise(session, "before", NOW) is None
    assert recognise(session, "after", NOW) == (login, user)


@pytest.mark.parametrize(
    ("minutes", "is_open"), [([0, 29, 58], True), ([29, 59], False), ([30], False)]
)
def test_a_log_in_without_use_for_half_an_hour_is_over(
    session: Session, minutes: list[int], is_open: bool
) -> None:
    user = person(session)
    login = entered(session, user, "t").login
    for minute in minutes[:-1]:
        now = NOW + minute * MINUTE
        assert recognise(session, "t", now)
        if minute != 29 or len(minutes) == 3:
            logins.touch(session, login.key, now)
    assert bool(recognise(session, "t", NOW + minutes[-1] * MINUTE)) is is_open


def test_a_log_in_is_over_after_twelve_hours_however_busy(session: Session) -> None:
    user = person(session)
    login = entered(session, user, "t").login
    for quarter in range(1, 48):
        logins.touch(session, login.key, NOW + quarter * 15 * MINUTE)

    assert recognise(session, "t", NOW + timedelta(hours=12) - SECOND)
    assert recognise(session, "t", NOW + timedelta(hours=12)) is None


def test_use_is_written_down_once_a_minute_and_never_wakes_what_has_ended(
    session: Session,
) -> None:
    login = entered(session, person(session), "t").login

    assert not logins.needs_touch(login, NOW + 59 * SECOND)
    assert logins.needs_touch(login, NOW + 60 * SECOND)
    logins.log_out(session, login, CLERK, NOW + MINUTE)
    session.flush()
    logins.touch(session, login.key, NOW + 2 * MINUTE)
    session.refresh(login)
    assert login.last_seen_at == NOW
    assert login.ending == Ending.LOGGED_OUT


def test_somebody_sees_where_he_is_logged_in_and_ends_one_or_all_others(session: Session) -> None:
    user, other = person(session), person(session)
    mine = [entered(session, user, f"mine{n}", NOW + n * MINUTE).login.key for n in range(3)]
    foreign = entered(session, other, "foreign").login.key
    now = NOW + 5 * MINUTE

    assert [login.key for login in logins.open_logins(session, user.key, now)] == mine[::-1]
    logins.revoke(session, user.key, mine[0], actor(user), now)
    with pytest.raises(NotFound):
        logins.revoke(session, user.key, foreign, actor(user), now)
    assert logins.end_all(session, user.key, Ending.REVOKED, actor(user), now, but=mine[2]) == 1
    session.flush()

    assert recognise(session, "mine0", now) is None
    assert recognise(session, "mine1", now) is None
    assert recognise(session, "mine2", now)
    assert recognise(session, "foreign", now)


def test_a_disabled_account_is_out_at_once_and_its_old_log_ins_stay_ended(
    session: Session,
) -> None:
    user = person(session)
    entered(session, user, "t")
    disable_user(session, user.key, CLERK, NOW, "离职")
    session.flush()
    assert recognise(session, "t", NOW) is None

    enable_user(session, user.key, CLERK, NOW, "返聘")
    session.flush()

    assert user.state == UserState.ACTIVE
    assert recognise(session, "t", NOW) is None


def test_what_has_timed_out_is_marked_and_forgotten_after_half_a_year(session: Session) -> None:
    user = person(session)
    old = entered(session, user, "old").login
    entered(session, user, "new", NOW + 40 * MINUTE)

    assert logins.end_timed_out(session, NOW + 45 * MINUTE) == 1
    session.refresh(old)
    assert old.ending == Ending.TIMED_OUT
    assert logins.forget_old(session, NOW + SHORTEST_KEEP, DAY) == 0
    assert logins.forget_old(session, NOW + SHORTEST_KEEP + DAY, DAY) == 1
    assert recognise(session, "new", NOW + 45 * MINUTE)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(idle=st.integers(0, 40), awaits=st.booleans(), age=st.integers(0, 800))
def test_the_list_and_the_door_agree_on_what_is_open(
    session: Session, idle: int, awaits: bool, age: int
) -> None:
    user = person(session)
    login = logins.start(
        session, user, Method.PASSWORD, user.login_name, NOW,
        address="", agent="", awaits_code=awaits,
    )  # fmt: skip
    logins.touch(session, login.key, NOW + max(0, age - idle) * MINUTE)
    session.expire_all()
    now = NOW + age * MINUTE

    listed = logins.open_logins(session, user.key, now)

    assert bool(listed) == (recognise(session, user.login_name, now) is not None)


@pytest.mark.parametrize("ending", list(Ending))
@pytest.mark.parametrize("method", list(Method))
def test_every_method_and_every_ending_can_be_kept(
    session: Session, method: Method, ending: Ending
) -> None:
    login = logins.start(session, person(session), method, "t", NOW, address="", agent="a\0b" * 99)
    login.end(ending, NOW)
    session.add(login)
    session.flush()
    session.expire_all()

    kept = session.exec(select(Login)).one()
    assert (kept.method, kept.ending) == (method, ending)
    assert ending.label


def test_rules_of_other_offices_can_be_set(session: Session) -> None:
    login = entered(session, person(session), "t").login
    strict = LoginRules(idle=5 * MINUTE)

    assert login.is_open(NOW + 5 * MINUTE)
    assert not login.is_open(NOW + 5 * MINUTE, strict)
