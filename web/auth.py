"""Doors: who may come in where. A route without a door keeps the service from starting.

    @bp.get("/users")
    @door(Permission.USERS_MANAGE)
    def users() -> ResponseReturnValue:
        found = users_in(session(), me().scopes(Permission.USERS_MANAGE), now())

`door(Door.PUBLIC)` lets everybody in, `door(Door.SIGNED_IN)` whoever has logged in and done what
comes first (code, new password, second factor), `door(Permission.X)` whoever may do X in the
standing in which he works. A permission opens the door of a list; whether it reaches one row is
asked in the view: `me().may(Permission.X, place)`, or `need(Permission.X, place)`, which answers
for a row that is not his as if there were none.

`me()` is who asks (`Me`), `visitor()` the same or None on public pages, `now()` the moment of the
request, `web.database.session()` its transaction.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from core import delegations, logins, second_factor
from core.accounts import User
from core.delegations import Standing
from core.entrance import RULES, Rules, Step, Visit, actor_of, next_step
from core.errors import NotFound
from core.logins import Login
from core.roles import Permission, Place, Scope, may, permitted, scopes_for
from core.trail import Actor
from web.database import apart, session, writes
from web.entrance.browsers import token_of
from web.errors import NotAllowed, NotPermitted, SignedOut

View = TypeVar("View", bound=Callable[..., Any])
Clock = Callable[[], datetime]


class Door(StrEnum):
    """Who may come in, as far as no permission is needed."""

    PUBLIC = "public"  # everybody; no account
    SIGNED_IN = "signed_in"


DOORS_OF_OTHERS = {"static": Door.PUBLIC}
"""Doors of routes that are not ours to mark, by endpoint."""

STEPS = {
    Step.GIVE_CODE: ("login.code", "login.give_code"),
    Step.CHANGE_PASSWORD: ("account.password", "account.change_password"),
    Step.SET_UP_SECOND_FACTOR: (
        "account.second_factor",
        "account.begin_second_factor",
        "account.confirm_second_factor",
    ),
}
"""The only endpoints that open while a step is to be taken, the page of the step first."""

ALWAYS_OPEN = frozenset({"login.log_out"})

_doors: WeakKeyDictionary[Callable[..., Any], Door | Permission] = WeakKeyDictionary()


class RouteWithoutDoor(RuntimeError):
    """Somebody added a page and did not say who may see it."""

    def __init__(self, endpoints: list[str]) -> None:
        self.endpoints = endpoints
        super().__init__(f"routes without a door: {', '.join(endpoints)}")


@dataclass(frozen=True)
class Me:
    """Who asks, and in which of his standings.

    Attributes
    ----------
    standings : all that he can act as now, his own first.
    standing : the one he has chosen; rights come from this one alone. None without any role.
    step : what he has to do before anything else.
    """

    user: User
    login: Login
    standings: tuple[Standing, ...]
    standing: Standing | None
    step: Step

    @property
    def actor(self) -> Actor:
        """As the trail names him."""
        return actor_as(self.user, self.standing)

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that his role can do, to some row or other; for navigation."""
        return frozenset(p for p in Permission if self.may(p))

    def may(self, permission: Permission, place: Place | None = None) -> bool:
        """Whether he may do this to a row at *place*; without a place, to any row at all."""
        if self.standing is None:
            return False
        if place is None:
            return permitted(self.standing.role, permission)
        return may(*self.standing.held, permission, place)

    def scopes(self, permission: Permission) -> frozenset[Scope]:
        """Where he may do it, for the query of a list; empty: nowhere."""
        held = [self.standing.held] if self.standing else []
        return scopes_for(held, permission)


def actor_as(user: User, standing: Standing | None) -> Actor:
    """A person in a standing, or for himself."""
    return delegations.actor_as(user, standing) if standing else actor_of(user)


# -- doors -------------------------------------------------------------------------------------


def door(kind: Door | Permission) -> Callable[[View], View]:
    """Mark a view with the door through which it is reached."""

    def mark(view: View) -> View:
        _doors[view] = kind
        return view

    return mark


def door_of(app: Flask, endpoint: str) -> Door | Permission | None:
    """The door of an endpoint, or None if nobody has given it one."""
    # a limit of requests wraps the view that bears the mark
    view = inspect.unwrap(app.view_functions[endpoint])
    return DOORS_OF_OTHERS.get(endpoint) or _doors.get(view)


def close_doors(app: Flask) -> None:
    """Check that every route has a door, and guard it from now on.

    Raises
    ------
    RouteWithoutDoor
        With every endpoint that has none.
    """
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    if without := sorted(e for e in endpoints if door_of(app, e) is None):
        raise RouteWithoutDoor(without)
    # before all others: whoever may not come in learns nothing about his form either
    app.before_request_funcs.setdefault(None, []).insert(0, _guard)


def _guard() -> ResponseReturnValue | None:
    # forms of other sites have no business here; browsers say where a request comes from
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise NotAllowed
    if request.endpoint is None:
        return None  # no such page
    kind = door_of(current_app, request.endpoint)
    if kind is Door.PUBLIC:
        return None
    if (mine := visitor()) is None:
        return _to_login()
    if mine.step is not Step.NOTHING and request.endpoint not in ALWAYS_OPEN:
        return _first(mine.step)
    if isinstance(kind, Permission) and not mine.may(kind):
        raise NotPermitted
    return None


def _to_login() -> ResponseReturnValue:
    """To the page of the log-in and back; a script is told instead."""
    if request.headers.get("Sec-Fetch-Dest", "document") == "empty":
        raise SignedOut
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("login.page", next=wanted), 303)


def _first(step: Step) -> ResponseReturnValue | None:
    endpoints = STEPS[step]
    return None if request.endpoint in endpoints else redirect(url_for(endpoints[0]), 303)


def need(permission: Permission, place: Place) -> None:
    """That the row at *place* is within reach of who asks.

    Raises
    ------
    NotFound
        If it is not: that there is such a row is told to nobody else.
    """
    if not me().may(permission, place):
        raise NotFound(noun="row")


# -- who asks, and when ------------------------------------------------------------------------


def me() -> Me:
    """Who asks.

    Raises
    ------
    SignedOut
        On a public page, if nobody has logged in.
    """
    if (found := visitor()) is None:
        raise SignedOut
    return found


def visitor() -> Me | None:
    """Who asks, if he has logged in; looks into the database only for a browser with a token."""
    if "me" not in g:
        g.me = _recognised()
    found: Me | None = g.me
    return found


def forget_visitor() -> None:
    """Look again: the log-in has just been changed."""
    g.pop("me", None)


def _recognised() -> Me | None:
    token = token_of(request)
    found = logins.recognise(session(), token, now(), rules().logins) if token else None
    if found is None:
        return None
    login, user = found
    _touch(login)
    theirs = delegations.standings(session(), user.key, now())
    chosen = delegations.chosen(login, theirs)
    missing = lacks_second_factor(session(), user.key, theirs)
    step = next_step(login, user, missing, now(), rules())
    return Me(user, login, tuple(theirs), chosen, step)


def lacks_second_factor(session: Session, user_id: int, theirs: Iterable[Standing]) -> bool:
    """Whether one is required of a person and not set up; never required in a demo service."""
    if current_app.config["SECOND_FACTOR_IS_FREE"]:
        return False
    required = second_factor.is_required(standing.role for standing in theirs)
    return required and not second_factor.is_set_up(session, user_id)


def _touch(login: Login) -> None:
    """Write down that the log-in is in use."""
    if not logins.needs_touch(login, now(), rules().logins):
        return
    if not writes():
        apart(lambda own: logins.touch(own, login.key, now()))
    else:
        # this request holds the right to write already
        logins.touch(session(), login.key, now())


def now() -> datetime:
    """The moment of this request; the same however often it is asked."""
    if "now" not in g:
        g.now = current_app.extensions["clock"]()
    moment: datetime = g.now
    return moment


def rules() -> Rules:
    """The rules of the entrance."""
    found: Rules = current_app.extensions["rules"]
    return found


def visit() -> Visit:
    """Where the request comes from."""
    return Visit(request.remote_addr or "", request.user_agent.string)


def clock() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)


def install(app: Flask, clock: Clock = clock, rules: Rules = RULES, *, free: bool = False) -> None:
    """Give the app its clock and its rules.

    Parameters
    ----------
    free : whether nobody needs a second factor; only for a demo service.
    """
    app.extensions["clock"], app.extensions["rules"] = clock, rules
    app.config["SECOND_FACTOR_IS_FREE"] = free
