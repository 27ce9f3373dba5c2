"""Attempts to log in: what is counted, when a name is locked, when an address has to wait.

GB/T 22239-2019 (等保三级) 8.1.4.1 b) asks for a limit on failed log-ins. A lock is not kept on the
account: it follows from the attempts, holds for names that nobody has as well (so that nobody
learns which names exist), and passes by itself. Attempts keep a digest of the name only, because
people type their passwords into the wrong field.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, delete, func
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.accounts import NOUN, User, fold, lock_user
from core.database import enum_column

SHORTEST_KEEP = timedelta(days=184)
"""网络安全法 (2017) 第二十一条第三项, since 2026 第二十三条: logs for six months at least."""


@dataclass(frozen=True)
class AttemptRules:
    """When log-ins are refused for a while.

    Attributes
    ----------
    failures : wrong passwords or codes within *window* that lock a name.
    lock : how long.
    address_failures : the same for an address; higher, because an office shares one.
    keep : how long attempts and ended log-ins are kept, never shorter than the law asks.
    """

    failures: int = 5
    window: timedelta = timedelta(minutes=15)
    lock: timedelta = timedelta(minutes=15)
    address_failures: int = 30
    keep: timedelta = timedelta(days=400)


RULES = AttemptRules()


class Outcome(StrEnum):
    """How an attempt went."""

    ENTERED = "entered"
    WRONG_PASSWORD = "wrong_password"  # or no such account
    WRONG_CODE = "wrong_code"
    REFUSED = "refused"  # locked, or from an address that has to wait; nothing was compared
    DISABLED = "disabled"
    UNLOCKED = "unlocked"  # no attempt: an administrator lets the name in again

    @property
    def label(self) -> str:
        """The outcome's name on a page."""
        return _LABELS[self]


_LABELS = {
    Outcome.ENTERED: "登录成功",
    Outcome.WRONG_PASSWORD: "密码错误",
    Outcome.WRONG_CODE: "验证码错误",
    Outcome.REFUSED: "锁定期内被拒绝",
    Outcome.DISABLED: "账号已停用",
    Outcome.UNLOCKED: "管理员解锁",
}
_FAILURES = (Outcome.WRONG_PASSWORD, Outcome.WRONG_CODE)
_FRESH_STARTS = (Outcome.ENTERED, Outcome.UNLOCKED)


class Attempt(SQLModel, table=True):
    """One attempt to log in."""

    __table_args__ = (
        CheckConstraint("length(name_digest) = 64", name="digest"),
        CheckConstraint(
            "locks_until IS NULL OR outcome IN ('wrong_password', 'wrong_code')",
            name="failures_lock",
        ),
        Index(None, "name_digest", "id"),
        Index(None, "address", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    name_digest: str = Field(max_length=64)
    user_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    address: str = Field(max_length=64)
    outcome: Outcome = Field(sa_type=enum_column(Outcome))
    locks_until: datetime | None = None


def digest_of(login_name: str) -> str:
    """Under this an attempt is counted, whatever spelling was typed."""
    return hashlib.sha256(fold(login_name).encode("utf-8", "replace")).hexdigest()


def locked_until(session: Session, login_name: str, now: datetime) -> datetime | None:
    """Until when log-ins under a name are refused, or None."""
    name = digest_of(login_name)
    lasting = select(func.max(Attempt.locks_until)).where(
        Attempt.name_digest == name, col(Attempt.id) > _fresh_start(session, name)
    )
    until = session.exec(lasting).one()
    return until if until is not None and until > now else None


def _fresh_start(session: Session, name: str) -> int:
    """The last attempt after which counting begins anew, by a success or an administrator."""
    last = select(func.max(Attempt.id)).where(
        Attempt.name_digest == name, col(Attempt.outcome).in_(_FRESH_STARTS)
    )
    return session.exec(last).one() or 0


def must_wait(session: Session, address: str, now: datetime, rules: AttemptRules = RULES) -> bool:
    """Whether so many attempts from an address have failed that it is not heard for now."""
    failed = select(func.count()).where(
        Attempt.address == address,
        col(Attempt.at) > now - rules.window,
        col(Attempt.outcome).in_(_FAILURES),
    )
    return session.exec(failed).one() >= rules.address_failures


def note(
    session: Session,
    login_name: str,
    user: User | None,
    address: str,
    outcome: Outcome,
    now: datetime,
    rules: AttemptRules = RULES,
) -> Attempt:
    """Write down an attempt; one failure too many locks the name.

    For an existing account the caller holds its row (`lock_user`): attempts made at the same
    time count one after the other.
    """
    attempt = Attempt(
        at=now,
        name_digest=digest_of(login_name),
        user_id=user.key if user else None,
        address=address,
        outcome=outcome,
    )
    session.add(attempt)
    session.flush()
    if outcome in _FAILURES and _failures(session, attempt, rules) >= rules.failures:
        attempt.locks_until = now + rules.lock
        session.flush()
    return attempt


def _failures(session: Session, attempt: Attempt, rules: AttemptRules) -> int:
    """Failures in a row under one name, since the last success, unlocking or lock."""
    name = attempt.name_digest
    locks = select(func.max(Attempt.id)).where(
        Attempt.name_digest == name, col(Attempt.locks_until).is_not(None)
    )
    since = max(_fresh_start(session, name), session.exec(locks).one() or 0)
    failed = select(func.count()).where(
        Attempt.name_digest == name,
        col(Attempt.id) > since,
        col(Attempt.at) > attempt.at - rules.window,
        col(Attempt.outcome).in_(_FAILURES),
    )
    return session.exec(failed).one()


def unlock(session: Session, user_id: int, actor: trail.Actor, now: datetime) -> None:
    """Let a person try again at once; for an administrator."""
    user = lock_user(session, user_id)
    note(session, user.login_name, user, "", Outcome.UNLOCKED, now)
    trail.record(session, actor, "account.unlocked", NOUN, user_id, now)


def attempts_of(session: Session, user_id: int, most: int = 20) -> list[Attempt]:
    """The last attempts to enter as this person, the newest first."""
    theirs = select(Attempt).where(Attempt.user_id == user_id)
    return list(session.exec(theirs.order_by(col(Attempt.id).desc()).limit(most)))


def forget_old(session: Session, now: datetime, rules: AttemptRules = RULES) -> int:
    """Delete attempts that have been kept long enough; says how many."""
    before = now - max(rules.keep, SHORTEST_KEEP)
    return session.exec(delete(Attempt).where(col(Attempt.at) < before)).rowcount
