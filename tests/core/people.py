"""Made-up people for the tests of accounts: fast password hashes, and a clock that is given."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from argon2 import PasswordHasher
from sqlmodel import Session
from stdnum.cn import uscc

from core import entrance, passwords, second_factor
from core.accounts import AccountDraft, User, create_user
from core.entrance import Entered, Visit
from core.grants import grant
from core.memberships import Membership
from core.roles import NATION, Role, Scope, ScopeKind
from core.trail import Actor

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday morning in China."""

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CLERK = Actor(None, "测试办事员", "system")
PASSWORD, OTHER_PASSWORD = "Qingfeng-7Lou", "Mingyue_83Hao"
HOME, ELSEWHERE = Visit("192.0.2.1", "browser"), Visit("198.51.100.7", "another")

# real parameters would make the tests of counting ten times slower
FAST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
RULES = entrance.Rules(hasher=FAST)

ZHEJIANG, HANGZHOU, GUANGDONG = (
    Scope(ScopeKind.REGION, code) for code in ("330000", "330100", "440000")
)
SEAL = second_factor.seal_from("a secret of the tests, 32 signs or more")

_numbers = count(1)


def made_up_code(number: int) -> str:
    """A valid social credit code of nobody: 990000 is no region."""
    body = f"91990000{number:09d}"
    return body + str(uscc.calc_check_digit(body))


def tokens() -> Iterator[str]:
    """As many different tokens as a test needs."""
    return (f"token-{n}" for n in count(1))


def entropy(size: int) -> bytes:
    """Bytes that differ from call to call and repeat from run to run."""
    state = next(_numbers)
    return bytes((state * 31 + place * 97 + place * place) % 251 for place in range(size))


def person(session: Session, name: str = "", *, email: str = "") -> User:
    """Somebody with a password and no role."""
    name = name or f"user{next(_numbers)}"
    draft = AccountDraft(login_name=name, display_name=name.title(), email=email)
    user = create_user(session, draft, CLERK, NOW - DAY)
    passwords.set_password(session, user, PASSWORD, CLERK, NOW - DAY, hasher=FAST)
    session.flush()
    return user


def seated(
    session: Session, role: Role, scope: Scope = NATION, name: str = ""
) -> tuple[User, Membership]:
    """Somebody in a role."""
    user = person(session, name)
    return user, grant(session, user.key, role, scope, CLERK, NOW - DAY)


def entered(session: Session, user: User, token: str, now: datetime = NOW) -> Entered:
    """Somebody who has given the right password."""
    answer = entrance.log_in(session, user.login_name, PASSWORD, HOME, token, now, RULES)
    assert isinstance(answer, Entered)
    return answer


def actor(user: User, role: str = "") -> Actor:
    """The person as the trail names him."""
    return replace(entrance.actor_of(user), role=role)
