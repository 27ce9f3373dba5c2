"""Who may do what, and to whose rows: one table of permissions, one rule of sight; no database.

A person holds *memberships*: a role together with a scope. A role says what its holder may do
(`PERMISSIONS`), a scope whose rows it may be done to (`Scope.sees`); both must say yes (`may`).
Administration, supervision and planning are kept apart: GB/T 22239-2019 8.1.4.2 d) wants the
rights of those who manage a system separated (管理用户的权限分离).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from core.regions import significant, within


class Role(StrEnum):
    """What a person is in the work of spot checks."""

    NATIONAL_PLANNER = "national_planner"
    PROVINCIAL_PLANNER = "provincial_planner"
    REVIEWER = "reviewer"
    INSPECTOR = "inspector"
    EXPERT = "expert"
    PARTNER_DEPARTMENT = "partner_department"
    INSTITUTION = "institution"
    DISCIPLINE = "discipline"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role's name on a page."""
        return _LABELS[self]


_LABELS = {
    Role.NATIONAL_PLANNER: "总局计划员",
    Role.PROVINCIAL_PLANNER: "省级计划员",
    Role.REVIEWER: "审核员",
    Role.INSPECTOR: "检查人员",
    Role.EXPERT: "专家",
    Role.PARTNER_DEPARTMENT: "合作部门",
    Role.INSTITUTION: "机构",
    Role.DISCIPLINE: "纪检监督",
    Role.ADMINISTRATOR: "系统管理员",
}


class Permission(StrEnum):
    """Something that can be done; the doors of `web` ask for one of these."""

    USERS_MANAGE = "users.manage"  # accounts, memberships, unlocking, hand-over
    STAFF_INVITE = "staff.invite"
    INSTITUTIONS_INVITE = "institutions.invite"
    LOGINS_READ_ALL = "logins.read_all"
    TRAIL_READ = "trail.read"  # all of it; everybody may read what he did himself
    TRAIL_EXPORT = "trail.export"
    JOBS_READ_ALL = "jobs.read_all"  # everybody may see the jobs he started himself
    SETTINGS_READ = "settings.read"
    PERSONAL_DATA_READ = "personal_data.read"  # unmasked; each reading leaves a trail event
    ROSTERS_READ = "rosters.read"
    ROSTERS_EDIT = "rosters.edit"
    PLANS_READ = "plans.read"
    PLANS_EDIT = "plans.edit"
    PLANS_APPROVE = "plans.approve"
    DRAWS_HOLD = "draws.hold"
    DRAWS_WITNESS = "draws.witness"
    VISITS_READ = "visits.read"
    VISITS_RECORD = "visits.record"
    FINDINGS_REVIEW = "findings.review"
    RESULTS_PUBLISH = "results.publish"
    OWN_PAPERS_FILE = "own_papers.file"  # self-checks, statements, yearly reports of an institution
    STATISTICS_READ = "statistics.read"


_NATIONAL, _PROVINCIAL = Role.NATIONAL_PLANNER, Role.PROVINCIAL_PLANNER
_PLANNERS = frozenset({_NATIONAL, _PROVINCIAL})
_STAFF = _PLANNERS | {Role.REVIEWER, Role.INSPECTOR}
_WATCHED = _STAFF | {Role.PARTNER_DEPARTMENT, Role.DISCIPLINE}

PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.USERS_MANAGE: frozenset({Role.ADMINISTRATOR}),
    Permission.STAFF_INVITE: frozenset({Role.ADMINISTRATOR}),
    Permission.INSTITUTIONS_INVITE: _PLANNERS | {Role.ADMINISTRATOR},
    Permission.LOGINS_READ_ALL: frozenset({Role.ADMINISTRATOR, Role.DISCIPLINE}),
    # whoever administers the service is watched by it, and does not watch
    Permission.TRAIL_READ: frozenset({Role.DISCIPLINE}),
    Permission.TRAIL_EXPORT: frozenset({Role.DISCIPLINE}),
    Permission.JOBS_READ_ALL: frozenset({Role.ADMINISTRATOR}),
    Permission.SETTINGS_READ: frozenset({Role.ADMINISTRATOR, Role.DISCIPLINE}),
    Permission.PERSONAL_DATA_READ: _STAFF | {Role.ADMINISTRATOR},
    Permission.ROSTERS_READ: _WATCHED | {Role.INSTITUTION},
    Permission.ROSTERS_EDIT: _PLANNERS,
    Permission.PLANS_READ: _WATCHED,
    Permission.PLANS_EDIT: _PLANNERS,
    Permission.PLANS_APPROVE: frozenset({Role.REVIEWER}),
    Permission.DRAWS_HOLD: _PLANNERS,
    Permission.DRAWS_WITNESS: frozenset(
        {Role.REVIEWER, Role.PARTNER_DEPARTMENT, Role.DISCIPLINE, Role.EXPERT}
    ),
    Permission.VISITS_READ: _WATCHED | {Role.EXPERT},
    Permission.VISITS_RECORD: frozenset({Role.INSPECTOR, Role.EXPERT}),
    Permission.FINDINGS_REVIEW: frozenset({Role.REVIEWER}),
    Permission.RESULTS_PUBLISH: _PLANNERS,
    Permission.OWN_PAPERS_FILE: frozenset({Role.INSTITUTION}),
    Permission.STATISTICS_READ: _WATCHED,
}
"""The whole table: permission x roles. What is not here, nobody may do."""

NEEDS_SECOND_FACTOR = _PLANNERS | {Role.REVIEWER, Role.ADMINISTRATOR, Role.DISCIPLINE}
"""GB/T 22239-2019 8.1.4.1 d) asks for two factors; these decide, administer or supervise."""

KEPT_APART: tuple[tuple[frozenset[Role], frozenset[Role]], ...] = (
    (frozenset({Role.ADMINISTRATOR}), frozenset(Role) - {Role.ADMINISTRATOR}),
    (frozenset({Role.DISCIPLINE}), frozenset(Role) - {Role.DISCIPLINE}),
    # the inspected and those who inspect; an expert employed by an institution has two accounts
    (frozenset({Role.INSTITUTION}), frozenset(Role) - {Role.INSTITUTION}),
)
"""Roles that one person may not hold at the same time."""


def kept_apart(one: Role, other: Role) -> bool:
    """Whether nobody may hold both roles at the same time."""
    return any(
        (one in these and other in those) or (other in these and one in those)
        for these, those in KEPT_APART
    )


class ScopeKind(StrEnum):
    """By what a scope is bounded."""

    NATION = "nation"
    REGION = "region"
    DEPARTMENT = "department"
    INSTITUTION = "institution"

    @property
    def label(self) -> str:
        """The kind's name on a page."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    ScopeKind.NATION: "全国",
    ScopeKind.REGION: "地区",
    ScopeKind.DEPARTMENT: "部门",
    ScopeKind.INSTITUTION: "机构",
}

_NATION_OR_REGION = frozenset({ScopeKind.NATION, ScopeKind.REGION})

SCOPES_OF: dict[Role, frozenset[ScopeKind]] = {
    Role.NATIONAL_PLANNER: frozenset({ScopeKind.NATION}),
    Role.PROVINCIAL_PLANNER: frozenset({ScopeKind.REGION}),
    Role.REVIEWER: _NATION_OR_REGION,
    Role.INSPECTOR: _NATION_OR_REGION,
    Role.EXPERT: _NATION_OR_REGION,
    Role.PARTNER_DEPARTMENT: frozenset({ScopeKind.DEPARTMENT}),
    Role.INSTITUTION: frozenset({ScopeKind.INSTITUTION}),
    # the events of the trail have no region: whoever supervises, supervises all
    Role.DISCIPLINE: frozenset({ScopeKind.NATION}),
    Role.ADMINISTRATOR: _NATION_OR_REGION,
}
"""Which kinds of scope a role can be given."""


@dataclass(frozen=True)
class Place:
    """Where a row belongs; what a table does not know stays empty.

    Attributes
    ----------
    region : code of its region; empty for a matter of the whole nation.
    departments : of those that take part in it.
    institution : social credit code of the institution it is about.
    """

    region: str = ""
    departments: frozenset[str] = frozenset()
    institution: str = ""


NATIONWIDE = Place()
"""The place of what belongs to nobody in particular: only a scope over the nation sees it."""


@dataclass(frozen=True, order=True)
class Scope:
    """Whose rows a membership is about.

    Attributes
    ----------
    key : region code, department or social credit code; empty for the nation.
    """

    kind: ScopeKind
    key: str = ""

    def sees(self, place: Place) -> bool:
        """Whether a row at *place* is within this scope; never one of another's scope."""
        if self.kind == ScopeKind.NATION:
            return True
        if not self.key:
            return False
        if self.kind == ScopeKind.REGION:
            return within(place.region, self.key)
        if self.kind == ScopeKind.DEPARTMENT:
            return self.key in place.departments
        return place.institution == self.key


NATION = Scope(ScopeKind.NATION)


def permitted(role: Role, permission: Permission) -> bool:
    """Whether the role may do this to any row at all; enough for the door of a list."""
    return role in PERMISSIONS[permission]


def may(role: Role, scope: Scope, permission: Permission, row: Place) -> bool:
    """Whether somebody with this role and scope may do this to a row at this place."""
    return permitted(role, permission) and scope.sees(row)


def scopes_for(held: Iterable[tuple[Role, Scope]], permission: Permission) -> frozenset[Scope]:
    """The scopes in which somebody may do this, from all that he holds; empty: nowhere."""
    return frozenset(scope for role, scope in held if permitted(role, permission))


def visible(
    scopes: Collection[Scope],
    *,
    region: ColumnElement[str] | Any = None,
    department: ColumnElement[str] | Any = None,
    institution: ColumnElement[str] | Any = None,
) -> ColumnElement[bool]:
    """The same rule as `Scope.sees`, as a condition of a query over the columns a table has.

    A kind of scope for which no column is given sees nothing; only the nation sees all.
    """
    columns = {
        ScopeKind.REGION: region,
        ScopeKind.DEPARTMENT: department,
        ScopeKind.INSTITUTION: institution,
    }
    return or_(false(), *(_condition(scope, columns.get(scope.kind)) for scope in scopes))


def _condition(scope: Scope, column: ColumnElement[str] | Any) -> ColumnElement[bool]:
    if scope.kind == ScopeKind.NATION:
        return true()
    if column is None or not scope.key:
        return false()
    if scope.kind != ScopeKind.REGION:
        return and_(column == scope.key)
    digits = significant(scope.key)
    # a range, not LIKE: an index on the column serves it on both databases
    return and_(column >= digits.ljust(6, "0"), column <= digits.ljust(6, "9"))
