"""Doors: who may come in where. A route without a door keeps the service from starting."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from flask import Flask, request

from web.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., Any])


class Door(StrEnum):
    """Who may come in."""

    PUBLIC = "public"  # everybody; no account


DOORS_OF_OTHERS = {"static": Door.PUBLIC}
"""Doors of routes that are not ours to mark, by endpoint."""

_doors: WeakKeyDictionary[Callable[..., Any], Door] = WeakKeyDictionary()


class RouteWithoutDoor(RuntimeError):
    """Somebody added a page and did not say who may see it."""

    def __init__(self, endpoints: list[str]) -> None:
        self.endpoints = endpoints
        super().__init__(f"routes without a door: {', '.join(endpoints)}")


def door(kind: Door) -> Callable[[View], View]:
    """Mark a view with the door through which it is reached."""

    def mark(view: View) -> View:
        _doors[view] = kind
        return view

    return mark


def door_of(app: Flask, endpoint: str) -> Door | None:
    """The door of an endpoint, or None if nobody has given it one."""
    return DOORS_OF_OTHERS.get(endpoint) or _doors.get(app.view_functions[endpoint])


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
    app.before_request(_guard)


def _guard() -> None:
    # forms of other sites have no business here; browsers say where a request comes from
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise NotAllowed
