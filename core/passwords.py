"""Passwords: how they are kept, and what they must be.

Kept as Argon2id with the parameters that the OWASP Password Storage Cheat Sheet gives as a minimum.
GB/T 22239-2019 (等保三级) 8.1.4.1 a) asks for complexity and for regular change; assessors read
that as the numbers in `PasswordRules`. NIST and OWASP ASVS advise against both; here the national
standard decides (docs/adr/0009-accounts.md).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.accounts import NOUN, User, UserState, fold
from core.errors import Invalid

HASHER = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
"""Argon2id, 19 MiB, 2 passes, 1 lane."""

LONGEST = 128
"""ASVS 2.1.2: more than 128 characters may be refused; hashing them would cost the service."""


@dataclass(frozen=True)
class PasswordRules:
    """What a password must be; the defaults follow 等保三级 8.1.4.1 as it is assessed.

    Attributes
    ----------
    shortest : characters; the usual reading of the standard is 8.
    kinds : of the four (small letters, capitals, digits, other signs), how many at least.
    remembered : so many of the last passwords may not come back.
    max_age : after which it has to be changed.
    """

    shortest: int = 10
    kinds: int = 3
    remembered: int = 5
    max_age: timedelta = timedelta(days=90)


RULES = PasswordRules()


class PasswordRefused(Invalid):
    """The password breaks rules; *faults* are their codes, all of them."""

    code = "password_refused"


class PastPassword(SQLModel, table=True):
    """Hash of a password that somebody had, so that it does not come back."""

    __tablename__ = "past_password"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="account.id", index=True)
    password_hash: str = Field(max_length=200)
    set_at: datetime


_KINDS = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"\d"), re.compile(r"[^a-zA-Z\d]"))

_LOOKS_LIKE = str.maketrans("@4$5013!|7", "aassoleiit")
"""Signs that stand for a letter in p@$$w0rd."""

_COMMON_WORDS = """
    password passwort passwd pass letmein welcome login admin administrator root user guest test
    tester testing demo default changeme secret master manager server system oracle mysql qwerty
    qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qwer asdf zxcv qaz wsx edc 1qaz 2wsx 3edc iloveyou
    love monkey dragon sunshine princess football baseball superman batman shadow hello abc abcd
    abcde abcdef abcdefg abcdefgh aaa 123 1234 12345 123456 1234567 12345678 123456789 1234567890
    0123456789 321 4321 54321 654321 987654321 000 111 222 333 444 555 666 777 888 999 520 1314
    woaini woaiwojia mima wodemima caonima nihao zhongguo beijing shanghai guanliyuan yonghu
    xitong jiancha choucha shuangsuiji jianceju shichang jianguan shichangjianguan jianyan jiance
    jigou zongju shengju samr cnca spotcheck inspector inspection huawei tencent alibaba baidu
    taobao lenovo windows computer internet spring summer autumn winter monday friday january
    december 2023 2024 2025 2026 2027
"""
"""Our own short list: what guessers try first, words of this trade among them. It is not a list
of leaked passwords; whoever has one may check against it besides (ASVS 2.1.7)."""

_COMMON = re.compile("|".join(sorted(_COMMON_WORDS.split(), key=len, reverse=True)))
_FEWEST_OWN = 6
"""So many signs of a password must not belong to a common word."""


def normal(password: str) -> str:
    """One spelling for one password, whatever keyboard it comes from (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", password)


def faults(password: str, login_name: str, rules: PasswordRules = RULES) -> list[str]:
    """Codes of all rules that a password breaks, without looking at earlier ones.

    Among `too_short`, `too_long`, `too_few_kinds`, `contains_login_name`, `common`.
    """
    password = normal(password)
    broken = {
        "too_short": len(password) < rules.shortest,
        "too_long": len(password) > LONGEST,
        "too_few_kinds": sum(bool(kind.search(password)) for kind in _KINDS) < rules.kinds,
        "contains_login_name": fold(login_name) in fold(password),
        "common": is_common(password),
    }
    return [code for code, is_broken in broken.items() if is_broken]


def is_common(password: str) -> bool:
    """Whether little is left of a password without common words: P@ssw0rd2024 is one."""
    plain = normal(password).casefold()
    views = (plain, plain.translate(_LOOKS_LIKE))
    return min(len(set(_COMMON.sub("", view))) for view in views) < _FEWEST_OWN


def matches(password_hash: str, password: str, hasher: PasswordHasher = HASHER) -> bool:
    """Whether the password is the one; with an empty hash no, after the same time."""
    if not password_hash:
        # whoever measures must not learn that there is nobody: hash all the same
        hasher.hash(normal(password))
        return False
    try:
        return hasher.verify(password_hash, normal(password))
    except (VerificationError, InvalidHashError):
        return False


def verify(user: User | None, password: str, hasher: PasswordHasher = HASHER) -> bool:
    """Whether a person's password is right; takes as long when there is no such person.

    A hash with older parameters is replaced by a fresh one.
    """
    kept = user.password_hash if user else ""
    # nobody who may enter has set a longer one; hashing it would only cost time
    if not matches(kept, password[: LONGEST + 1], hasher) or user is None:
        return False
    if hasher.check_needs_rehash(kept):
        user.password_hash = hasher.hash(normal(password))
    return True


def is_due(user: User, now: datetime, rules: PasswordRules = RULES) -> bool:
    """Whether the password has to be changed: given by somebody else, or too old."""
    if user.password_changed_at is None:
        return user.must_change
    return user.must_change or user.password_changed_at + rules.max_age <= now


def set_password(
    session: Session,
    user: User,
    password: str,
    actor: trail.Actor,
    now: datetime,
    *,
    must_change: bool = False,
    rules: PasswordRules = RULES,
    hasher: PasswordHasher = HASHER,
) -> None:
    """Give an account a password; an invited one becomes active.

    Ends no log-ins: `core.entrance` does that, and is what web calls.

    Raises
    ------
    PasswordRefused
        With all rules that are broken; `used_before` is among them.
    """
    broken = faults(password, user.login_name, rules)
    if not broken and _used_before(session, user, password, rules, hasher):
        broken = ["used_before"]
    if broken:
        raise PasswordRefused(faults=broken, shortest=rules.shortest, kinds=rules.kinds)
    user.password_hash = hasher.hash(normal(password))
    user.password_changed_at = now
    user.must_change = must_change
    if user.state == UserState.INVITED:
        user.state = UserState.ACTIVE
    past = PastPassword(user_id=user.key, password_hash=user.password_hash, set_at=now)
    session.add_all((user, past))
    trail.record(session, actor, "password.set", NOUN, user.key, now)


def _used_before(
    session: Session, user: User, password: str, rules: PasswordRules, hasher: PasswordHasher
) -> bool:
    past = select(PastPassword.password_hash).where(PastPassword.user_id == user.id)
    last = past.order_by(col(PastPassword.id).desc()).limit(rules.remembered)
    return any(matches(kept, password, hasher) for kept in session.exec(last))
