"""The seat that a form asks for: role, and where; and that who asks may give it."""

from core.invitations import credit_code
from core.memberships import Membership, Seat, place_of
from core.regions import find, is_region
from core.roles import SCOPES_OF, Permission, Role, Scope, ScopeKind
from web.auth import me
from web.forms import FormFault, text

SEAT_FIELDS = ("role", "region", "department", "credit_code")


def role_of(name: str = "role") -> Role:
    """The role that was chosen."""
    try:
        return Role(text(name))
    except ValueError:
        raise FormFault(field=name, words="请选择一个身份。") from None


def region_code(typed: str) -> str:
    """The code of a region that was typed by name or by code; empty for none."""
    if not typed or is_region(typed):
        return typed
    if (region := find(typed)) is None:
        raise FormFault(field="region", words=f"没有“{typed}”这个地区，请填省（市）名或 6 位代码。")
    return region.code


def seat_asked_for() -> Seat:
    """The seat of the form; that the role fits the scope is seen to by core."""
    role, region = role_of(), region_code(text("region", 40))
    kinds = SCOPES_OF[role]
    if ScopeKind.INSTITUTION in kinds:
        return Seat(
            role, Scope(ScopeKind.INSTITUTION, credit_code(text("credit_code", 40))), region
        )
    if ScopeKind.DEPARTMENT in kinds:
        return Seat(role, Scope(ScopeKind.DEPARTMENT, _department()), region)
    kind = ScopeKind.REGION if region else ScopeKind.NATION
    return Seat(role, Scope(kind, region))


def _department() -> str:
    if not (name := text("department", 100)):
        raise FormFault(field="department", words="请填写部门名称，如“生态环境部”。")
    return name


def need_to_give(seat: Seat, permission: Permission) -> None:
    """That who asks may give this seat.

    Raises
    ------
    FormFault
        If it is outside his scope.
    """
    if not me().may(permission, place_of(seat.scope, seat.region)):
        raise FormFault(field="region", words="超出了您的管辖范围：请填写您管辖的地区。")


def may_change(membership: Membership) -> bool:
    """Whether who asks may end or replace a membership."""
    return me().may(Permission.USERS_MANAGE, membership.place)
