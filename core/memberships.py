"""Memberships: in which roles and scopes a person acts. How they are given: `core.grants`.

One account may hold several memberships (a clerk who works for three institutions), and several
accounts one and the same (three clerks of one institution). What a membership allows is said in
`core.roles`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, or_
from sqlmodel import Field, Session, SQLModel, col, select

from core.accounts import User, UserState, fold
from core.database import enum_column
from core.errors import Conflict, Invalid, NotFound
from core.regions import is_region
from core.roles import (
    NATION,
    SCOPES_OF,
    Permission,
    Place,
    Role,
    Scope,
    ScopeKind,
    kept_apart,
    may,
    permitted,
    visible,
)


class Membership(SQLModel, table=True):
    """A role with a scope, held by a person for a time."""

    __table_args__ = (
        CheckConstraint("(scope_kind = 'nation') = (scope_key = '')", name="scope_has_key"),
        CheckConstraint(
            "(role = 'institution') = (scope_kind = 'institution')", name="institution_scope"
        ),
        CheckConstraint(
            "(role = 'partner_department') = (scope_kind = 'department')", name="department_scope"
        ),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="ends_later"),
        Index(None, "scope_kind", "scope_key"),
    )
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="account.id", index=True)
    role: Role = Field(sa_type=enum_column(Role))
    scope_kind: ScopeKind = Field(sa_type=enum_column(ScopeKind))
    scope_key: str = Field(default="", max_length=100)
    region: str = Field(default="", max_length=6)  # where its holder sits, if that is known
    valid_from: datetime
    valid_until: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        if self.id is None:
            raise LookupError("this membership has not been written yet")
        return self.id

    @property
    def scope(self) -> Scope:
        """Whose rows it is about."""
        return Scope(self.scope_kind, self.scope_key)

    @property
    def held(self) -> tuple[Role, Scope]:
        """As the rules of `core.roles` take it."""
        return self.role, self.scope

    @property
    def place(self) -> Place:
        """Where the membership itself belongs: whoever administers that place may change it."""
        return place_of(self.scope, self.region)

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.valid_from <= now and (self.valid_until is None or now < self.valid_until)

    def facts(self) -> dict[str, object]:
        """What the trail keeps of it."""
        return {
            "membership": self.id,
            "role": self.role.value,
            "scope": self.scope_kind.value,
            "key": self.scope_key,
            "until": self.valid_until.isoformat() if self.valid_until else None,
        }


@dataclass(frozen=True)
class Seat:
    """What a membership will be once somebody takes it."""

    role: Role
    scope: Scope
    region: str = ""
    until: datetime | None = None

    @property
    def held(self) -> tuple[Role, Scope]:
        """As the rules of `core.roles` take it."""
        return self.role, self.scope

    def taken_by(self, user_id: int, now: datetime) -> Membership:
        """The membership that begins now."""
        in_region = self.scope.kind == ScopeKind.REGION
        return Membership(
            user_id=user_id,
            role=self.role,
            scope_kind=self.scope.kind,
            scope_key=self.scope.key,
            region=self.scope.key if in_region else self.region,
            valid_from=now,
            valid_until=self.until,
        )


def place_of(scope: Scope, region: str = "") -> Place:
    """The place of a membership with this scope, or of an invitation to it."""
    return Place(
        region=scope.key if scope.kind == ScopeKind.REGION else region,
        departments=frozenset({scope.key} if scope.kind == ScopeKind.DEPARTMENT else ()),
        institution=scope.key if scope.kind == ScopeKind.INSTITUTION else "",
    )


# -- facts -------------------------------------------------------------------------------------


class RolesKeptApart(Conflict):
    """One person may not hold both roles at a time."""

    code = "roles_kept_apart"


class ScopeDoesNotFit(Invalid):
    """The role cannot be given with this kind of scope, or there is no such region."""

    code = "scope_does_not_fit"


class PeriodDoesNotFit(Invalid):
    """It ends before it begins or has ended already, or lasts too long."""

    code = "period_does_not_fit"


# -- rules -------------------------------------------------------------------------------------


def check_scope(role: Role, scope: Scope, region: str = "") -> None:
    """That *scope* suits *role* and names something.

    Raises
    ------
    ScopeDoesNotFit
        If it does not.
    """
    fits = scope.kind in SCOPES_OF[role] and (scope.kind == ScopeKind.NATION) == (scope.key == "")
    known = scope.kind != ScopeKind.REGION or is_region(scope.key)
    if not (fits and known and (not region or is_region(region))):
        raise ScopeDoesNotFit(role=role, scope=scope.kind, key=scope.key)


def check_kept_apart(role: Role, others: Iterable[Role]) -> None:
    """That *role* can be held beside *others*.

    Raises
    ------
    RolesKeptApart
        Naming the first that cannot.
    """
    for other in others:
        if kept_apart(role, other):
            raise RolesKeptApart(role=role, other=other)


def may_manage(held: Iterable[tuple[Role, Scope]], memberships: Iterable[Membership]) -> bool:
    """Whether the holder of *held* may administer a person with these memberships.

    All of them must be within his scope; somebody without any belongs to the whole nation.
    """
    places = [membership.place for membership in memberships] or [Place()]
    held = list(held)
    return all(
        any(may(role, scope, Permission.USERS_MANAGE, place) for role, scope in held)
        for place in places
    )


def in_force(now: datetime) -> ColumnElement[bool]:
    """Memberships that hold now, as a condition of a query."""
    return and_(
        col(Membership.valid_from) <= now,
        or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) > now),
    )


# -- queries -----------------------------------------------------------------------------------


def memberships_of(session: Session, user_id: int, now: datetime) -> list[Membership]:
    """What a person holds now, the oldest first."""
    mine = select(Membership).where(Membership.user_id == user_id, in_force(now))
    return list(session.exec(mine.order_by(col(Membership.id))))


def get_membership(session: Session, membership_id: int) -> Membership:
    """The membership, in force or not.

    Raises
    ------
    NotFound
        If there is none.
    """
    if (membership := session.get(Membership, membership_id)) is None:
        raise NotFound(noun="membership", id=membership_id)
    return membership


def users_in(
    session: Session,
    scopes: Iterable[Scope],
    now: datetime,
    *,
    words: str = "",
    role: Role | None = None,
    state: UserState | None = None,
    after: str = "",
    most: int = 50,
) -> list[User]:
    """Accounts with a membership within *scopes*, by login name; *after* continues a page.

    A scope over the nation also sees accounts without any membership.

    Parameters
    ----------
    words : part of a login name or a display name.
    """
    scopes = list(scopes)
    held = select(Membership.user_id).where(in_force(now))
    if role is not None:
        held = held.where(Membership.role == role)
    if NATION not in scopes or role is not None:
        held = held.where(_seen_memberships(scopes))
        found = select(User).where(col(User.id).in_(held))
    else:
        found = select(User)
    if state is not None:
        found = found.where(User.state == state)
    if words := words.strip():
        found = found.where(
            or_(
                col(User.login_name).contains(fold(words), autoescape=True),
                col(User.display_name).icontains(words, autoescape=True),
            )
        )
    page = found.where(col(User.login_name) > after).order_by(User.login_name).limit(most)
    return list(session.exec(page))


def who_may(
    session: Session, permissions: Iterable[Permission], place: Place, now: datetime
) -> list[User]:
    """Active accounts that may do one of these to a row at *place* in a role of their own."""
    asked = list(permissions)
    roles = {role for role in Role for one in asked if permitted(role, one)}
    held = (
        select(User, Membership)
        .join(Membership, col(Membership.user_id) == User.id)
        .where(in_force(now), User.state == UserState.ACTIVE, col(Membership.role).in_(roles))
        .order_by(col(User.id))
    )
    found = {user.key: user for user, mine in session.exec(held) if mine.scope.sees(place)}
    return list(found.values())


def _seen_memberships(scopes: list[Scope]) -> ColumnElement[bool]:
    return or_(
        visible(scopes, region=col(Membership.region)),
        *(
            and_(col(Membership.scope_kind) == scope.kind, col(Membership.scope_key) == scope.key)
            for scope in scopes
        ),
    )
