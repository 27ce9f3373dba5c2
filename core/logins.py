"""Log-ins: a row for every session of a browser, so that it can be listed, limited and revoked.

The browser holds a random token, the row its SHA-256: who reads the database cannot come in.
The token is new after every step that gives more rights (OWASP ASVS 3.2.1), so that one planted
before is worth nothing. Limits in time are those of GB/T 22239-2019 8.1.4.1 b) (a log-in
without use ends by itself) and ASVS 3.3.2 (30 minutes idle, 12 hours at the most).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, and_, delete, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.accounts import NOUN, User, UserState
from core.attempts import SHORTEST_KEEP
from core.database import enum_column
from core.errors import NotFound


@dataclass(frozen=True)
class LoginRules:
    """How long a log-in lasts.

    Attributes
    ----------
    idle : without use.
    longest : in all.
    code_within : from the password to the code of the second factor.
    touch_every : how exactly the last use is kept; spares a write per page.
    """

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    code_within: timedelta = timedelta(minutes=5)
    touch_every: timedelta = timedelta(minutes=1)


RULES = LoginRules()


class Method(StrEnum):
    """By what somebody has shown who he is."""

    PASSWORD = "password"
    SINGLE_SIGN_ON = "single_sign_on"


class Ending(StrEnum):
    """Why a log-in ended."""

    LOGGED_OUT = "logged_out"
    TIMED_OUT = "timed_out"
    REVOKED = "revoked"
    PASSWORD_CHANGED = "password_changed"
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    ACCOUNT_DISABLED = "account_disabled"
    HANDED_OVER = "handed_over"

    @property
    def label(self) -> str:
        """The reason in words."""
        return _LABELS[self]


_LABELS = {
    Ending.LOGGED_OUT: "已退出",
    Ending.TIMED_OUT: "超时",
    Ending.REVOKED: "已下线",
    Ending.PASSWORD_CHANGED: "密码已修改",
    Ending.SECOND_FACTOR_CHANGED: "双因素认证已变更",
    Ending.ACCOUNT_DISABLED: "账号已停用",
    Ending.HANDED_OVER: "工作已移交",
}


class Login(SQLModel, table=True):
    """A browser in which somebody has logged in."""

    __table_args__ = (
        CheckConstraint("length(token_hash) = 64", name="token_is_hashed"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ending_has_time"),
        CheckConstraint("NOT (awaits_code AND code_at IS NOT NULL)", name="code_came"),
        CheckConstraint("delegation_id IS NULL OR membership_id IS NOT NULL", name="delegated"),
    )
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    method: Method = Field(sa_type=enum_column(Method))
    created_at: datetime
    last_seen_at: datetime
    address: str = Field(max_length=64)
    agent: str = Field(max_length=200)
    awaits_code: bool = False
    code_at: datetime | None = None
    # in which role he works just now; None: the first that he holds
    membership_id: int | None = Field(default=None, foreign_key="membership.id")
    delegation_id: int | None = Field(default=None, foreign_key="delegation.id")
    ended_at: datetime | None = None
    ending: Ending | None = Field(default=None, sa_type=enum_column(Ending))

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        if self.id is None:
            raise LookupError("this log-in has not been written yet")
        return self.id

    def is_open(self, now: datetime, rules: LoginRules = RULES) -> bool:
        """Whether it still counts, ended or not yet marked as ended."""
        if self.ended_at is not None or now >= self.created_at + rules.longest:
            return False
        if self.awaits_code:
            return now < self.created_at + rules.code_within
        return now < self.last_seen_at + rules.idle

    def end(self, ending: Ending, now: datetime) -> None:
        """Close it for good; the first reason stays."""
        if self.ended_at is None:
            self.ended_at, self.ending = now, ending


def token_hash(token: str) -> str:
    """What the row keeps of a token; a random token of 256 bits needs no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


# -- in and out --------------------------------------------------------------------------------


def start(
    session: Session,
    user: User,
    method: Method,
    token: str,
    now: datetime,
    *,
    address: str,
    agent: str,
    awaits_code: bool = False,
) -> Login:
    """A new log-in; *token* must never have been shown to anybody before."""
    login = Login(
        user_id=user.key,
        token_hash=token_hash(token),
        method=method,
        created_at=now,
        last_seen_at=now,
        address=address[:64],
        agent=_printable(agent)[:200],
        awaits_code=awaits_code,
    )
    session.add(login)
    session.flush()
    return login


def _printable(text: str) -> str:
    # a browser may call itself anything, and PostgreSQL stores no NUL
    return "".join(sign for sign in text if sign.isprintable())


def recognise(
    session: Session, token: str, now: datetime, rules: LoginRules = RULES
) -> tuple[Login, User] | None:
    """The log-in and the person a token belongs to, or None. Writes nothing."""
    both = (
        select(Login, User)
        .join(User, col(User.id) == Login.user_id)
        .where(Login.token_hash == token_hash(token), User.state == UserState.ACTIVE)
    )
    found = session.exec(both).first()
    return (found[0], found[1]) if found and found[0].is_open(now, rules) else None


def needs_touch(login: Login, now: datetime, rules: LoginRules = RULES) -> bool:
    """Whether its last use is worth writing down."""
    return now >= login.last_seen_at + rules.touch_every


def touch(session: Session, login_id: int, now: datetime) -> None:
    """Write down that it is in use; one that has ended meanwhile stays ended."""
    used = update(Login).where(
        col(Login.id) == login_id, col(Login.ended_at).is_(None), col(Login.last_seen_at) < now
    )
    session.exec(used.values(last_seen_at=now))


def renew(login: Login, token: str, now: datetime) -> None:
    """Replace the token: the old one is worth nothing from now on."""
    login.token_hash, login.last_seen_at = token_hash(token), now


def log_out(session: Session, login: Login, actor: trail.Actor, now: datetime) -> None:
    """Close the log-in in which somebody works."""
    login.end(Ending.LOGGED_OUT, now)
    session.add(login)
    trail.record(session, actor, "login.ended", NOUN, login.user_id, now, after=_facts(login))


# -- lists and revoking ------------------------------------------------------------------------


def _still_open(now: datetime, rules: LoginRules) -> ColumnElement[bool]:
    return and_(
        col(Login.ended_at).is_(None),
        col(Login.created_at) > now - rules.longest,
        or_(
            and_(~col(Login.awaits_code), col(Login.last_seen_at) > now - rules.idle),
            and_(col(Login.awaits_code), col(Login.created_at) > now - rules.code_within),
        ),
    )


def open_logins(
    session: Session, user_id: int, now: datetime, rules: LoginRules = RULES
) -> list[Login]:
    """Where a person is logged in, the latest use first."""
    theirs = select(Login).where(Login.user_id == user_id, _still_open(now, rules))
    return list(session.exec(theirs.order_by(col(Login.last_seen_at).desc(), col(Login.id).desc())))


def revoke(
    session: Session, user_id: int, login_id: int, actor: trail.Actor, now: datetime
) -> None:
    """End one log-in of a person.

    Raises
    ------
    NotFound
        If this person has no such log-in.
    """
    login = session.get(Login, login_id)
    if login is None or login.user_id != user_id:
        raise NotFound(noun="login", id=login_id)
    login.end(Ending.REVOKED, now)
    session.add(login)
    trail.record(session, actor, "login.ended", NOUN, user_id, now, after=_facts(login))


def end_all(
    session: Session,
    user_id: int,
    ending: Ending,
    actor: trail.Actor,
    now: datetime,
    *,
    but: int | None = None,
) -> int:
    """End all log-ins of a person, but one if told; says how many were open."""
    theirs = select(Login).where(
        Login.user_id == user_id, col(Login.ended_at).is_(None), col(Login.id) != (but or 0)
    )
    ended = list(session.exec(theirs.with_for_update()))
    for login in ended:
        login.end(ending, now)
        session.add(login)
    if ended:
        facts = {"logins": [login.key for login in ended], "ending": ending}
        trail.record(session, actor, "logins.ended", NOUN, user_id, now, after=facts)
    return len(ended)


def _facts(login: Login) -> dict[str, object]:
    return {"login": login.key, "address": login.address, "ending": login.ending}


def end_timed_out(session: Session, now: datetime, rules: LoginRules = RULES) -> int:
    """Mark what has run out; it has not counted since. For the worker, says how many."""
    over = update(Login).where(col(Login.ended_at).is_(None), ~_still_open(now, rules))
    # no event: nobody did anything, and the row tells all there is to tell
    return session.exec(over.values(ended_at=now, ending=Ending.TIMED_OUT)).rowcount


def forget_old(session: Session, now: datetime, keep: timedelta = SHORTEST_KEEP) -> int:
    """Delete log-ins that ended long ago, never sooner than the law allows; says how many."""
    before = now - max(keep, SHORTEST_KEEP)
    return session.exec(delete(Login).where(col(Login.ended_at) < before)).rowcount
