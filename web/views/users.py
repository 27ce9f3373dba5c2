"""Accounts of others: find, open, unlock, disable; each administrator sees his own region only."""

import csv
import io
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from core import attempts, departures, entrance, identities, logins, privacy
from core import second_factor as factor
from core.accounts import NOUN, AccountDraft, User, UserState, create_user, get_user
from core.errors import NotFound
from core.grants import grant
from core.memberships import Membership, may_manage, memberships_of, users_in
from core.roles import Permission, Role
from core.trail import Actor
from web.auth import door, me, now, rules
from web.database import session
from web.entrance.seats import SEAT_FIELDS, may_change, need_to_give, seat_asked_for
from web.entrance.temporary import temporary_password
from web.errors import NotPermitted
from web.forms import UNPROCESSABLE, FormFault, Problems, text
from web.letters import tell

bp = Blueprint("users", __name__)

Change = Callable[[Session, int, Actor, datetime, str], User]
"""Disables or enables an account, for a reason."""

PAGE = 50
EXPORT_BATCH = 500
REVEALED = {"phone", "email"}
FILTERS = ("q", "role", "state")


# -- whose account -----------------------------------------------------------------------------


def seen(user_id: int) -> tuple[User, list[Membership]]:
    """An account within reach of who asks, with those of its memberships that are.

    Raises
    ------
    NotFound
        If none of its memberships is: that there is such an account is told to nobody else.
    """
    held = memberships_of(session(), user_id, now())
    within = [membership for membership in held if may_change(membership)]
    if not within and not manages(held):
        raise NotFound(noun=NOUN, id=user_id)
    return get_user(session(), user_id), within


def manages(held: list[Membership]) -> bool:
    """Whether all that somebody holds is within reach: only then may his account be changed."""
    standing = me().standing
    return standing is not None and may_manage([standing.held], held)


def managed(user_id: int) -> User:
    """An account that who asks may change as a whole.

    Raises
    ------
    NotFound
        If it is not his, or partly another's.
    """
    if not manages(memberships_of(session(), user_id, now())):
        raise NotFound(noun=NOUN, id=user_id)
    return get_user(session(), user_id)


# -- the list ----------------------------------------------------------------------------------


def _asked(after: str, most: int) -> list[User]:
    role, state = request.args.get("role", ""), request.args.get("state", "")
    return users_in(
        session(),
        me().scopes(Permission.USERS_MANAGE),
        now(),
        words=request.args.get("q", "")[:60],
        role=Role(role) if role in set(Role) else None,
        state=UserState(state) if state in set(UserState) else None,
        after=after,
        most=most,
    )


@bp.get("/users")
@door(Permission.USERS_MANAGE)
def index() -> ResponseReturnValue:
    """Accounts within reach, by login name; filters stay in the address."""
    found = _asked(request.args.get("after", "")[:64], PAGE + 1)
    shown = found[:PAGE]
    filters = {name: told for name in FILTERS if (told := request.args.get(name))}
    return render_template(
        "users/index.html",
        rows=[(user, _within(user.key)) for user in shown],
        filters=filters,
        roles=[(role.value, role.label) for role in Role],
        states=[(state.value, state.label) for state in UserState],
        further=shown[-1].login_name if len(found) > PAGE else "",
        over=len(departures.open_hand_overs(session())),
    )


def _within(user_id: int) -> list[Membership]:
    return [m for m in memberships_of(session(), user_id, now()) if may_change(m)]


@bp.get("/users/export.csv")
@door(Permission.USERS_MANAGE)
def export() -> ResponseReturnValue:
    """The list as a table, with masked personal data."""
    table = io.StringIO()
    # a mark of byte order, or Excel takes the Chinese for another encoding
    table.write("\ufeff")
    writer = csv.writer(table)
    writer.writerow(("登录名", "姓名", "电话", "状态", "身份"))
    writer.writerows(_rows())
    answer = Response(table.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename="users.csv")
    return answer


def _rows() -> Iterator[tuple[str, ...]]:
    after = ""
    while batch := _asked(after, EXPORT_BATCH):
        after = batch[-1].login_name
        for user in batch:
            roles = "、".join(membership.role.label for membership in _within(user.key))
            phone = privacy.mask_phone(user.phone)
            cells = (user.login_name, user.display_name, phone, user.state.label, roles)
            yield tuple(map(_plain, cells))


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t")) else cell


# -- a new account -----------------------------------------------------------------------------


def _form(faults: dict[str, str] | None = None) -> str:
    names = ("login_name", "display_name", "phone", "email", *SEAT_FIELDS)
    return render_template(
        "users/new.html",
        faults=faults or {},
        typed={name: text(name) for name in names},
        roles=[(role.value, role.label) for role in Role],
    )


@bp.get("/users/new")
@door(Permission.USERS_MANAGE)
def new() -> ResponseReturnValue:
    """The form for a new account."""
    return _form()


@bp.post("/users")
@door(Permission.USERS_MANAGE)
def create() -> ResponseReturnValue:
    """Open an account with one membership; its first password is shown this once."""
    with Problems() as problems:
        names = ("login_name", "display_name", "phone", "email")
        draft = AccountDraft.model_validate({name: text(name) for name in names})
        seat = seat_asked_for()
        need_to_give(seat, Permission.USERS_MANAGE)
        actor, reason = me().actor, text("reason")
        user = create_user(session(), draft, actor, now())
        grant(
            session(), user.key, seat.role, seat.scope, actor, now(),
            region=seat.region, reason=reason,
        )  # fmt: skip
        password = temporary_password(user.login_name, rules().passwords, secrets.choice)
        entrance.reset_password(session(), user.key, password, actor, now(), rules())
    if problems.found:
        return _form(problems.found), UNPROCESSABLE
    return render_template("users/password.html", user=user, password=password, fresh=True)


# -- one account -------------------------------------------------------------------------------


def page(
    user_id: int,
    faults: dict[str, str] | None = None,
    revealed: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The page of an account, for this and the other rooms that change it."""
    user, within = seen(user_id)
    return render_template(
        "users/show.html",
        user=user,
        me=me(),
        memberships=within,
        manages=manages(memberships_of(session(), user_id, now())),
        locked_until=attempts.locked_until(session(), user.login_name, now()),
        logins=logins.open_logins(session(), user_id, now(), rules().logins),
        attempts=attempts.attempts_of(session(), user_id, 10),
        has_factor=factor.is_set_up(session(), user_id),
        identities=identities.identities_of(session(), user_id),
        roles=[(role.value, role.label) for role in Role],
        faults=faults or {},
        typed={name: text(name) for name in (*SEAT_FIELDS, "reason", "to")},
        phone=revealed.get("phone", privacy.mask_phone(user.phone)),
        email=revealed.get("email", privacy.mask_email(user.email)),
    )


@bp.get("/users/<int:user_id>")
@door(Permission.USERS_MANAGE)
def show(user_id: int) -> ResponseReturnValue:
    """Everything about an account; personal data are masked."""
    return page(user_id)


def back(user_id: int, words: str) -> ResponseReturnValue:
    """To the page of the account, with what has been done."""
    flash(words, "ok")
    return redirect(url_for("users.show", user_id=user_id), 303)


@bp.post("/users/<int:user_id>/reveal")
@door(Permission.USERS_MANAGE)
def reveal(user_id: int) -> ResponseReturnValue:
    """Show a phone number or an address in full; who reads it is in the trail, with his reason."""
    user, _ = seen(user_id)
    if not me().may(Permission.PERSONAL_DATA_READ):
        raise NotPermitted
    field = text("field")
    with Problems() as problems:
        if field not in REVEALED:
            raise FormFault(field="form", words="没有这一项。")
        privacy.reveal(session(), me().actor, NOUN, user_id, field, now(), text("reason"))
    if problems.found:
        return page(user_id, problems.found), UNPROCESSABLE
    return page(user_id, revealed={field: str(getattr(user, field)) or "—"})


@bp.post("/users/<int:user_id>/unlock")
@door(Permission.USERS_MANAGE)
def unlock(user_id: int) -> ResponseReturnValue:
    """Let somebody try again at once after too many wrong passwords."""
    attempts.unlock(session(), managed(user_id).key, me().actor, now())
    return back(user_id, "已解锁。")


@bp.post("/users/<int:user_id>/password")
@door(Permission.USERS_MANAGE)
def reset_password(user_id: int) -> ResponseReturnValue:
    """A temporary password, shown this once, to be changed at the first log-in."""
    user = managed(user_id)
    _not_own(user)
    password = temporary_password(user.login_name, rules().passwords, secrets.choice)
    entrance.reset_password(session(), user_id, password, me().actor, now(), rules())
    tell([user_id], "password_reset")
    return render_template("users/password.html", user=user, password=password, fresh=False)


def _not_own(user: User) -> None:
    if user.key == me().user.key:
        raise NotFound(noun=NOUN, id=user.key)


@bp.post("/users/<int:user_id>/second-factor/remove")
@door(Permission.USERS_MANAGE)
def remove_second_factor(user_id: int) -> ResponseReturnValue:
    """For a lost phone: take the second factor away, end all log-ins."""
    user = managed(user_id)
    _not_own(user)
    entrance.remove_second_factor(session(), user.key, me().actor, now())
    tell([user_id], "second_factor_removed")
    return back(user_id, "已移除双因素认证；对方下次登录时重新设置。")


@bp.post("/users/<int:user_id>/disable")
@door(Permission.USERS_MANAGE)
def disable(user_id: int) -> ResponseReturnValue:
    """Close an account; its log-ins end at once."""
    return _with_reason(user_id, departures.disable_user, "账号已停用，登录已全部下线。")


@bp.post("/users/<int:user_id>/enable")
@door(Permission.USERS_MANAGE)
def enable(user_id: int) -> ResponseReturnValue:
    """Open a disabled account again."""
    return _with_reason(user_id, departures.enable_user, "账号已启用。")


def _with_reason(user_id: int, change: Change, done: str) -> ResponseReturnValue:
    managed(user_id)
    with Problems() as problems:
        change(session(), user_id, me().actor, now(), text("reason"))
    if problems.found:
        return page(user_id, problems.found), UNPROCESSABLE
    return back(user_id, done)


@bp.post("/users/<int:user_id>/logins/<int:login_id>/end")
@door(Permission.USERS_MANAGE)
def end_login(user_id: int, login_id: int) -> ResponseReturnValue:
    """Log one browser of somebody out."""
    logins.revoke(session(), managed(user_id).key, login_id, me().actor, now())
    return back(user_id, "这个登录已下线。")
