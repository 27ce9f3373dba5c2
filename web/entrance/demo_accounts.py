"""Demo accounts: one per role, with passwords that are new for every start.

A demo service has made-up data only; there, and nowhere else, nobody needs a second factor
(`auth.install`, *free*), and the login page says so.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from stdnum.cn import uscc

from core.accounts import AccountDraft, User, create_user, find_user
from core.grants import grant
from core.memberships import memberships_of
from core.passwords import RULES, set_password
from core.roles import NATION, Role, Scope, ScopeKind
from core.trail import SYSTEM
from web.entrance.temporary import temporary_password

_NOBODY = "91990000000000001"
INSTITUTION = _NOBODY + uscc.calc_check_digit(_NOBODY)
"""A social credit code of nobody: 990000 is no region."""

PROVINCE = "330000"
_PROVINCE = Scope(ScopeKind.REGION, PROVINCE)
SEATS = {
    Role.NATIONAL_PLANNER: NATION,
    Role.PROVINCIAL_PLANNER: _PROVINCE,
    Role.REVIEWER: NATION,
    Role.INSPECTOR: _PROVINCE,
    Role.EXPERT: _PROVINCE,
    Role.PARTNER_DEPARTMENT: Scope(ScopeKind.DEPARTMENT, "生态环境部"),
    Role.INSTITUTION: Scope(ScopeKind.INSTITUTION, INSTITUTION),
    Role.DISCIPLINE: NATION,
    Role.ADMINISTRATOR: NATION,
}


@dataclass(frozen=True)
class DemoAccount:
    """What is printed at the start."""

    role: Role
    login_name: str
    password: str


def login_name(role: Role) -> str:
    """Under which the demo account of a role logs in."""
    return f"demo-{role.value.replace('_', '-')}"


def demo_accounts(
    session: Session,
    now: datetime,
    choice: Callable[[str], str] = secrets.choice,
    institution: str = INSTITUTION,
) -> list[DemoAccount]:
    """Open an account for each role, or give those of an earlier start fresh passwords.

    Only for a demo service: whoever reads the window in which it was started can log in.

    Parameters
    ----------
    institution : the credit code of the institution whose account it is.
    """
    seats = SEATS | {Role.INSTITUTION: Scope(ScopeKind.INSTITUTION, institution)}
    return [_account(session, role, scope, now, choice) for role, scope in seats.items()]


def _account(
    session: Session, role: Role, scope: Scope, now: datetime, choice: Callable[[str], str]
) -> DemoAccount:
    name = login_name(role)
    user = find_user(session, name) or _new(session, name, role, now)
    if not memberships_of(session, user.key, now):
        region = _PROVINCE.key if role is Role.INSTITUTION else ""
        grant(session, user.key, role, scope, SYSTEM, now, region=region, reason="演示")
    password = temporary_password(name, RULES, choice)
    set_password(session, user, password, SYSTEM, now)
    return DemoAccount(role, name, password)


def _new(session: Session, name: str, role: Role, now: datetime) -> User:
    draft = AccountDraft(login_name=name, display_name=f"演示{role.label}")
    return create_user(session, draft, SYSTEM, now)
