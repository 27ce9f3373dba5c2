"""The way in: name and password, the code of the second factor, and what must be done first.

A refused attempt is an answer, not an error: it must be written down, and `web` commits only
what it answers with success (house.md). So `log_in` and `give_code` return, and never raise for
a wrong secret; whoever asks answers with a redirect.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from argon2 import PasswordHasher
from sqlmodel import Session

from core import attempts, logins, passwords, second_factor, trail
from core.accounts import NOUN, User, UserState, find_user, get_user, lock_user
from core.attempts import AttemptRules, Outcome
from core.logins import Ending, Login, LoginRules, Method
from core.passwords import HASHER, PasswordRules
from core.second_factor import Seal

VISITOR = trail.Actor(None, "未登录者", "visitor")
"""Who acts while nobody is known to have come in."""


@dataclass(frozen=True)
class Rules:
    """All rules of the entrance."""

    passwords: PasswordRules = field(default_factory=PasswordRules)
    attempts: AttemptRules = field(default_factory=AttemptRules)
    logins: LoginRules = field(default_factory=LoginRules)
    hasher: PasswordHasher = HASHER


RULES = Rules()


@dataclass(frozen=True)
class Visit:
    """Where a request comes from."""

    address: str
    agent: str = ""


class Refusal(StrEnum):
    """Why somebody does not come in; a wrong name and a wrong password are the same."""

    WRONG = "wrong"
    LOCKED = "locked"
    MUST_WAIT = "must_wait"  # the address has failed too often
    DISABLED = "disabled"  # said only to whoever knows the password
    TOO_LATE = "too_late"  # the code came after its time; begin again


@dataclass(frozen=True)
class Refused:
    """The answer to an attempt that failed; *until* if it is known when to try again."""

    why: Refusal
    until: datetime | None = None


@dataclass(frozen=True)
class Entered:
    """The answer to an attempt that led on."""

    login: Login
    user: User


class Step(StrEnum):
    """What somebody with a log-in has to do before anything else."""

    GIVE_CODE = "give_code"
    CHANGE_PASSWORD = "change_password"
    SET_UP_SECOND_FACTOR = "set_up_second_factor"
    NOTHING = "nothing"


def actor_of(user: User) -> trail.Actor:
    """A person who acts for himself, in none of his roles."""
    return trail.Actor(user.key, user.display_name, "")


def next_step(
    login: Login, user: User, needs_second_factor: bool, now: datetime, rules: Rules = RULES
) -> Step:
    """What comes first; only with `NOTHING` do the other pages open.

    Parameters
    ----------
    needs_second_factor : whether one is required of his roles and none is set up.
    """
    if login.awaits_code:
        return Step.GIVE_CODE
    if login.method == Method.PASSWORD and passwords.is_due(user, now, rules.passwords):
        return Step.CHANGE_PASSWORD
    return Step.SET_UP_SECOND_FACTOR if needs_second_factor else Step.NOTHING


# -- coming in ---------------------------------------------------------------------------------


def log_in(
    session: Session,
    login_name: str,
    password: str,
    visit: Visit,
    token: str,
    now: datetime,
    rules: Rules = RULES,
) -> Entered | Refused:
    """Try to enter with name and password; commit whatever comes back.

    Parameters
    ----------
    token : fresh and random; the browser gets it if somebody enters.
    """
    user = find_user(session, login_name)
    if user is not None:
        user = lock_user(session, user.key)
    if refused := _closed(session, login_name, user, visit, now, rules):
        return refused
    if not passwords.verify(user, password, rules.hasher) or user is None:
        return _failed(session, login_name, user, visit, Outcome.WRONG_PASSWORD, now, rules)
    if user.state != UserState.ACTIVE:
        attempts.note(session, login_name, user, visit.address, Outcome.DISABLED, now)
        return Refused(Refusal.DISABLED)
    return _open(session, user, Method.PASSWORD, visit, token, now)


def log_in_external(
    session: Session, user_id: int, visit: Visit, token: str, now: datetime
) -> Entered | Refused:
    """Enter by single sign-on: the provider has already said who it is (`core.identities`)."""
    user = lock_user(session, user_id)
    if user.state != UserState.ACTIVE:
        attempts.note(session, user.login_name, user, visit.address, Outcome.DISABLED, now)
        return Refused(Refusal.DISABLED)
    return _open(session, user, Method.SINGLE_SIGN_ON, visit, token, now)


def give_code(
    session: Session,
    login: Login,
    code: str,
    seal: Seal,
    visit: Visit,
    token: str,
    now: datetime,
    rules: Rules = RULES,
) -> Entered | Refused:
    """Pass the second factor with a code of the app or a recovery code; commit what comes back.

    The log-in gets *token* in place of its old one. Wrong codes count like wrong passwords.
    """
    user = lock_user(session, login.user_id)
    if refused := _closed(session, user.login_name, user, visit, now, rules):
        return refused
    session.refresh(login)
    if not login.awaits_code or not login.is_open(now, rules.logins):
        return Refused(Refusal.TOO_LATE)
    if not _passes(session, user, code, seal, now):
        return _failed(session, user.login_name, user, visit, Outcome.WRONG_CODE, now, rules)
    login.awaits_code, login.code_at = False, now
    logins.renew(login, token, now)
    session.add(login)
    return _entered(session, login, user, visit, now)


def _passes(session: Session, user: User, code: str, seal: Seal, now: datetime) -> bool:
    if not second_factor.is_recovery_code(code):
        return second_factor.use_code(session, user.key, code, seal, now)
    if not second_factor.use_recovery_code(session, user.key, code, now):
        return False
    left = {"left": second_factor.recovery_codes_left(session, user.key)}
    trail.record(session, actor_of(user), "recovery_code.used", NOUN, user.key, now, after=left)
    return True


def _closed(
    session: Session, login_name: str, user: User | None, visit: Visit, now: datetime, rules: Rules
) -> Refused | None:
    """The refusal before anything is compared, if the name is locked or the address must wait."""
    until = attempts.locked_until(session, login_name, now)
    if until is None and not attempts.must_wait(session, visit.address, now, rules.attempts):
        return None
    attempts.note(session, login_name, user, visit.address, Outcome.REFUSED, now)
    return Refused(Refusal.LOCKED if until else Refusal.MUST_WAIT, until)


def _failed(
    session: Session,
    login_name: str,
    user: User | None,
    visit: Visit,
    outcome: Outcome,
    now: datetime,
    rules: Rules,
) -> Refused:
    attempt = attempts.note(session, login_name, user, visit.address, outcome, now, rules.attempts)
    if user is not None:
        # names that nobody has leave no event: anybody could fill the trail with them
        facts: dict[str, object] = {"outcome": outcome, "address": visit.address}
        action = "account.locked" if attempt.locks_until else "login.failed"
        trail.record(session, VISITOR, action, NOUN, user.key, now, after=facts)
    why = Refusal.LOCKED if attempt.locks_until else Refusal.WRONG
    return Refused(why, attempt.locks_until)


def _open(
    session: Session, user: User, method: Method, visit: Visit, token: str, now: datetime
) -> Entered:
    awaits = second_factor.is_set_up(session, user.key)
    login = logins.start(
        session, user, method, token, now,
        address=visit.address, agent=visit.agent, awaits_code=awaits,
    )  # fmt: skip
    session.add(user)
    # with a password alone nobody has entered: the count of failures goes on
    return Entered(login, user) if awaits else _entered(session, login, user, visit, now)


def _entered(session: Session, login: Login, user: User, visit: Visit, now: datetime) -> Entered:
    attempts.note(session, user.login_name, user, visit.address, Outcome.ENTERED, now)
    facts: dict[str, object] = {
        "login": login.key,
        "method": login.method,
        "address": visit.address,
        "second_factor": login.code_at is not None,
    }
    trail.record(session, actor_of(user), "login.succeeded", NOUN, user.key, now, after=facts)
    return Entered(login, user)


# -- changing the locks ------------------------------------------------------------------------


def prove(
    session: Session,
    login: Login,
    password: str,
    visit: Visit,
    now: datetime,
    rules: Rules = RULES,
) -> Refused | None:
    """Have somebody who is in show once more that it is he; None if he has.

    A wrong password counts like one at the door: a browser left open is no way to try out
    passwords. Commit whatever comes back.
    """
    user = lock_user(session, login.user_id)
    if refused := _closed(session, user.login_name, user, visit, now, rules):
        return refused
    if not passwords.verify(user, password, rules.hasher):
        return _failed(session, user.login_name, user, visit, Outcome.WRONG_PASSWORD, now, rules)
    return None


def change_password(
    session: Session,
    login: Login,
    present: str,
    fresh: str,
    visit: Visit,
    token: str,
    now: datetime,
    rules: Rules = RULES,
) -> Refused | None:
    """Change one's own password: this log-in gets *token*, all others end; None if it is done.

    Whoever asks has to `prove` himself first. Commit whatever comes back.

    Raises
    ------
    PasswordRefused
        If *fresh* breaks rules.
    """
    if refused := prove(session, login, present, visit, now, rules):
        return refused
    user = get_user(session, login.user_id)
    actor = actor_of(user)
    passwords.set_password(
        session, user, fresh, actor, now, rules=rules.passwords, hasher=rules.hasher
    )
    logins.renew(login, token, now)
    session.add(login)
    logins.end_all(session, user.key, Ending.PASSWORD_CHANGED, actor, now, but=login.key)
    return None


def reset_password(
    session: Session,
    user_id: int,
    temporary: str,
    actor: trail.Actor,
    now: datetime,
    rules: Rules = RULES,
) -> User:
    """Give somebody a temporary password, to be changed at the first log-in; all log-ins end."""
    user = lock_user(session, user_id)
    passwords.set_password(
        session, user, temporary, actor, now,
        must_change=True, rules=rules.passwords, hasher=rules.hasher,
    )  # fmt: skip
    logins.end_all(session, user_id, Ending.PASSWORD_CHANGED, actor, now)
    return user


def remove_second_factor(
    session: Session, user_id: int, actor: trail.Actor, now: datetime, *, but: int | None = None
) -> None:
    """Take a second factor away - for a lost phone, by an administrator - and end all log-ins.

    Parameters
    ----------
    but : id of the log-in that stays, when somebody changes his own.
    """
    second_factor.remove(session, get_user(session, user_id), actor, now)
    logins.end_all(session, user_id, Ending.SECOND_FACTOR_CHANGED, actor, now, but=but)
