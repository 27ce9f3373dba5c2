"""What somebody may do: memberships given, ended, replaced; identities of single sign-on."""

from flask import Blueprint, abort, current_app
from flask.typing import ResponseReturnValue

from core import identities
from core.errors import NotFound
from core.grants import end_membership, grant, replace_membership
from core.memberships import Membership, get_membership
from core.privacy import ReasonIsMissing
from core.roles import Permission
from web.auth import door, me, now
from web.database import session
from web.entrance.seats import may_change, need_to_give, seat_asked_for
from web.forms import UNPROCESSABLE, FormFault, Problems, text
from web.letters import tell
from web.views.users import back, managed, page, seen

bp = Blueprint("memberships", __name__)


def _reason() -> str:
    if not (reason := text("reason")):
        raise ReasonIsMissing()
    return reason


def _changeable(user_id: int, membership_id: int) -> Membership:
    """A membership of this person within reach of who asks.

    Raises
    ------
    NotFound
        If it is another's or elsewhere.
    """
    membership = get_membership(session(), membership_id)
    if membership.user_id != user_id or not may_change(membership):
        raise NotFound(noun="membership", id=membership_id)
    return membership


def _tell(user_id: int, kind: str, role: str) -> None:
    tell([user_id], kind, params={"role": role}, noun="account", noun_id=user_id)


@bp.post("/users/<int:user_id>/memberships")
@door(Permission.USERS_MANAGE)
def give(user_id: int) -> ResponseReturnValue:
    """Give somebody within reach a role."""
    seen(user_id)
    with Problems() as problems:
        seat = seat_asked_for()
        need_to_give(seat, Permission.USERS_MANAGE)
        grant(
            session(), user_id, seat.role, seat.scope, me().actor, now(),
            region=seat.region, reason=_reason(),
        )  # fmt: skip
        _tell(user_id, "role_granted", seat.role.value)
    if problems.found:
        return page(user_id, problems.found), UNPROCESSABLE
    return back(user_id, f"已授予“{seat.role.label}”身份。")


@bp.post("/users/<int:user_id>/memberships/<int:membership_id>/end")
@door(Permission.USERS_MANAGE)
def end(user_id: int, membership_id: int) -> ResponseReturnValue:
    """Take a role from somebody, from now on."""
    membership = _changeable(user_id, membership_id)
    with Problems() as problems:
        end_membership(session(), membership_id, me().actor, now(), _reason())
        _tell(user_id, "role_ended", membership.role.value)
    if problems.found:
        return page(user_id, problems.found), UNPROCESSABLE
    return back(user_id, f"已收回“{membership.role.label}”身份，立即生效。")


@bp.post("/users/<int:user_id>/memberships/<int:membership_id>/replace")
@door(Permission.USERS_MANAGE)
def replace(user_id: int, membership_id: int) -> ResponseReturnValue:
    """Give somebody another role instead of one he has: both or neither."""
    _changeable(user_id, membership_id)
    with Problems() as problems:
        seat = seat_asked_for()
        need_to_give(seat, Permission.USERS_MANAGE)
        replace_membership(
            session(), membership_id, seat.role, seat.scope, me().actor, now(),
            region=seat.region, reason=_reason(),
        )  # fmt: skip
        _tell(user_id, "role_granted", seat.role.value)
    if problems.found:
        return page(user_id, problems.found), UNPROCESSABLE
    return back(user_id, f"身份已更换为“{seat.role.label}”。")


@bp.post("/users/<int:user_id>/identities")
@door(Permission.USERS_MANAGE)
def tie_identity(user_id: int) -> ResponseReturnValue:
    """Let a person of the provider enter this account."""
    oidc = current_app.extensions["settings"].oidc or abort(404)
    managed(user_id)
    with Problems() as problems:
        if user_id == me().user.key:
            raise FormFault(field="subject", words="自己的账号请在“我的账号”中关联。")
        if not (subject := text("subject", 255)):
            raise FormFault(field="subject", words="请填写统一身份认证的用户标识（sub）。")
        identities.tie(session(), user_id, oidc.issuer, subject, me().actor, now())
    if problems.found:
        return page(user_id, problems.found), UNPROCESSABLE
    return back(user_id, "已关联单点登录。")


@bp.post("/users/<int:user_id>/identities/<int:identity_id>/untie")
@door(Permission.USERS_MANAGE)
def untie_identity(user_id: int, identity_id: int) -> ResponseReturnValue:
    """Take an identity of single sign-on away."""
    identities.untie(session(), managed(user_id).key, identity_id, me().actor, now())
    return back(user_id, "已取消关联。")
