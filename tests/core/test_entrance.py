"""The way in: right and wrong passwords, locks, log-ins, and what must be done first."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from core import attempts, entrance, trail
from core.attempts import SHORTEST_KEEP, Attempt, AttemptRules, Outcome, locked_until
from core.database import connect, unit_of_work
from core.departures import disable_user
from core.entrance import Entered, Refusal, Refused, Step, Visit, log_in, next_step
from core.logins import recognise
from core.passwords import PasswordRefused
from tests.core.people import (
    CLERK,
    DAY,
    ELSEWHERE,
    HOME,
    MINUTE,
    NOW,
    OTHER_PASSWORD,
    PASSWORD,
    RULES,
    entered,
    person,
)
from tests.storage import in_threads, url_of

SECOND = timedelta(seconds=1)


def tries(
    session: Session, name: str, password: str = "wrong", visit: Visit = HOME, at: int = 0
) -> Entered | Refused:
    return log_in(session, name, password, visit, f"{name}{at}{password}", NOW + at * SECOND, RULES)


def why(answer: Entered | Refused) -> Refusal | None:
    return answer.why if isinstance(answer, Refused) else None


# -- brute force -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["zhang", "nobody"])
def test_five_wrong_passwords_lock_a_name_whether_somebody_has_it_or_not(
    session: Session, name: str
) -> None:
    person(session, "zhang")

    answers = [tries(session, name, at=at) for at in range(7)]

    assert [why(answer) for answer in answers] == [Refusal.WRONG] * 4 + [Refusal.LOCKED] * 3
    until = NOW + 4 * SECOND + 15 * MINUTE
    assert [a.until for a in answers if isinstance(a, Refused)] == [None] * 4 + [until] * 3


def test_while_a_name_is_locked_the_right_password_opens_nothing(session: Session) -> None:
    user = person(session, "zhang")
    for at in range(5):
        tries(session, "zhang", at=at)
    end = locked_until(session, "zhang", NOW + 5 * SECOND)
    assert end is not None

    assert (
        why(log_in(session, "zhang", PASSWORD, HOME, "t1", end - SECOND, RULES)) == Refusal.LOCKED
    )
    assert isinstance(log_in(session, "zhang", PASSWORD, HOME, "t2", end, RULES), Entered)
    told = [e.action for e in trail.pending(session) if e.noun_id == str(user.key)]
    assert told.count("login.failed") == 4
    assert told.count("account.locked") == 1


def test_another_spelling_is_no_way_around_the_lock(session: Session) -> None:
    person(session, "zhang")

    spellings = ["zhang", "ZHANG", " Zhang", "ｚｈａｎｇ", "zhANG"]
    answers = [tries(session, name, at=at) for at, name in enumerate(spellings)]

    assert why(answers[-1]) == Refusal.LOCKED


def test_a_success_begins_the_count_anew_and_so_does_an_administrator(session: Session) -> None:
    user = person(session, "zhang")
    for at in range(4):
        tries(session, "zhang", at=at)
    assert isinstance(tries(session, "zhang", PASSWORD, at=4), Entered)
    for at in range(5, 9):
        assert why(tries(session, "zhang", at=at)) == Refusal.WRONG
    assert why(tries(session, "zhang", at=9)) == Refusal.LOCKED

    attempts.unlock(session, user.key, CLERK, NOW + 10 * SECOND)

    assert why(tries(session, "zhang", at=11)) == Refusal.WRONG
    assert isinstance(tries(session, "zhang", PASSWORD, at=12), Entered)


def test_failures_long_ago_do_not_count(session: Session) -> None:
    person(session, "zhang")
    for at in range(12):
        assert why(tries(session, "zhang", at=at * 240)) == Refusal.WRONG


def test_an_address_that_tries_many_names_has_to_wait_and_others_do_not(session: Session) -> None:
    person(session, "zhang")
    for at in range(30):
        tries(session, f"name{at}", visit=ELSEWHERE, at=at)

    assert why(tries(session, "zhang", PASSWORD, ELSEWHERE, 31)) == Refusal.MUST_WAIT
    assert isinstance(tries(session, "zhang", PASSWORD, HOME, 32), Entered)
    later = 30 + 15 * 60
    assert isinstance(tries(session, "zhang", PASSWORD, ELSEWHERE, later), Entered)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["right", "wrong"]), st.integers(0, 400)), min_size=1, max_size=25
    )
)
def test_between_successes_no_more_than_five_passwords_are_compared_in_a_quarter_of_an_hour(
    session: Session, story: list[tuple[str, int]]
) -> None:
    user, now = person(session), NOW
    failures: list[datetime] = []
    for number, (what, seconds) in enumerate(story):
        now += seconds * SECOND
        word = PASSWORD if what == "right" else "wrong"
        token = f"{user.login_name}/{number}"
        answer = log_in(session, user.login_name, word, Visit("203.0.113.9"), token, now, WIDE)
        if isinstance(answer, Entered):
            assert what == "right"
            failures = []
        elif what == "wrong" and not _was_refused(session):
            failures.append(now)
        recent = [at for at in failures if at > now - 15 * MINUTE]
        assert len(recent) <= 5


WIDE = entrance.Rules(attempts=AttemptRules(address_failures=10**6), hasher=RULES.hasher)


def _was_refused(session: Session) -> bool:
    last = session.exec(select(Attempt).order_by(col(Attempt.id).desc()).limit(1)).one()
    return last.outcome == Outcome.REFUSED


def _guess(url: str, number: int) -> str:
    engine = connect(url)
    with unit_of_work(engine) as session:
        visit = Visit(f"203.0.113.{number}")
        answer = log_in(session, "zhang", f"guess {number}", visit, f"t{number}", NOW, RULES)
    engine.dispose()
    return str(why(answer))


def test_twelve_guesses_at_the_same_moment_are_no_better_than_one_after_the_other(
    engine: Engine,
) -> None:
    with unit_of_work(engine) as session:
        person(session, "zhang")

    answers = in_threads(_guess, url_of(engine), 12)

    assert answers.count(Refusal.WRONG) == 4
    assert answers.count(Refusal.LOCKED) == 8
    with Session(engine) as session:
        compared = select(func.count()).where(Attempt.outcome == Outcome.WRONG_PASSWORD)
        assert session.exec(compared).one() == 5


def test_a_password_typed_into_the_wrong_field_is_kept_nowhere(session: Session) -> None:
    tries(session, PASSWORD)
    session.flush()
    kept = session.exec(select(Attempt)).one()

    assert PASSWORD.casefold() not in str(kept.model_dump()).casefold()
    assert trail.pending(session) == []


@pytest.mark.parametrize("name", ["", "nul\0", "\ud800", "x" * 5_000, "'; DROP TABLE account; --"])
def test_whatever_is_typed_as_a_name_is_answered(session: Session, name: str) -> None:
    assert why(tries(session, name)) == Refusal.WRONG


@pytest.mark.parametrize("password", ["", "nul\0", "x" * 100_000, "密码"])
def test_whatever_is_typed_as_a_password_is_answered(session: Session, password: str) -> None:
    person(session, "zhang")

    assert why(tries(session, "zhang", password)) == Refusal.WRONG


def test_a_disabled_account_is_told_so_only_with_its_password(session: Session) -> None:
    user = person(session, "zhang")
    disable_user(session, user.key, CLERK, NOW, "离职")

    assert why(tries(session, "zhang")) == Refusal.WRONG
    assert why(tries(session, "zhang", PASSWORD, at=1)) == Refusal.DISABLED


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_can_be_kept(session: Session, outcome: Outcome) -> None:
    user = person(session)
    attempts.note(session, user.login_name, user, "", outcome, NOW)
    session.expire_all()

    assert [attempt.outcome for attempt in attempts.attempts_of(session, user.key)] == [outcome]
    assert outcome.label


def test_attempts_are_kept_for_half_a_year_whatever_the_rules_say(session: Session) -> None:
    tries(session, "zhang")
    greedy = AttemptRules(keep=DAY)

    assert timedelta(days=184) == SHORTEST_KEEP
    assert attempts.forget_old(session, NOW + SHORTEST_KEEP, greedy) == 0
    assert attempts.forget_old(session, NOW + SHORTEST_KEEP + SECOND, greedy) == 1


# -- changing passwords ------------------------------------------------------------------------


def test_a_new_password_ends_all_other_log_ins(session: Session) -> None:
    user = person(session)
    entered(session, user, "elsewhere")
    login = entered(session, user, "here").login

    entrance.change_password(session, login, PASSWORD, OTHER_PASSWORD, HOME, "next", NOW, RULES)
    session.flush()

    assert recognise(session, "elsewhere", NOW) is None
    assert recognise(session, "next", NOW)
    assert why(tries(session, user.login_name, PASSWORD)) == Refusal.WRONG
    assert isinstance(tries(session, user.login_name, OTHER_PASSWORD, at=1), Entered)


def test_an_open_browser_is_no_way_to_try_out_passwords(session: Session) -> None:
    user = person(session)
    login = entered(session, user, "t").login

    answers = [
        entrance.change_password(
            session, login, f"guess {n}", OTHER_PASSWORD, HOME, "n", NOW, RULES
        )
        for n in range(6)
    ]

    assert [answer and answer.why for answer in answers] == [Refusal.WRONG] * 4 + [
        Refusal.LOCKED
    ] * 2


def test_a_bad_new_password_is_refused_and_the_log_in_stays(session: Session) -> None:
    user = person(session)
    login = entered(session, user, "t").login

    with pytest.raises(PasswordRefused):
        entrance.change_password(session, login, PASSWORD, "bad", HOME, "next", NOW, RULES)

    assert recognise(session, "t", NOW)


def test_a_password_given_by_an_administrator_must_be_changed_before_anything_else(
    session: Session,
) -> None:
    user = person(session)
    entered(session, user, "old")
    entrance.reset_password(session, user.key, OTHER_PASSWORD, CLERK, NOW, RULES)
    session.flush()
    assert recognise(session, "old", NOW) is None

    answer = log_in(session, user.login_name, OTHER_PASSWORD, HOME, "new", NOW, RULES)

    assert isinstance(answer, Entered)
    assert next_step(answer.login, user, False, NOW) == Step.CHANGE_PASSWORD
    entrance.change_password(
        session, answer.login, OTHER_PASSWORD, "Xiyang-9Shan", HOME, "n", NOW, RULES
    )
    assert next_step(answer.login, user, False, NOW) == Step.NOTHING
    assert next_step(answer.login, user, True, NOW) == Step.SET_UP_SECOND_FACTOR


def test_a_password_has_to_be_changed_after_ninety_days(session: Session) -> None:
    user = person(session)
    login = entered(session, user, "t").login

    assert next_step(login, user, False, NOW) == Step.NOTHING
    assert next_step(login, user, False, NOW + 90 * DAY) == Step.CHANGE_PASSWORD
