"""The demo roster and the example plans as files, to look at and to change."""

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from web.auth import Door, door
from web.views import offer

bp = Blueprint("demo", __name__)


@bp.get("/demo/roster.csv")
@door(Door.PUBLIC)
def roster() -> ResponseReturnValue:
    """The demo roster."""
    on_offer = offer().roster or abort(404)
    return _file(on_offer.file, "demo-roster.csv", "text/csv; charset=utf-8")


@bp.get("/demo/plans/<key>.toml")
@door(Door.PUBLIC)
def plan(key: str) -> ResponseReturnValue:
    """An example plan."""
    if key not in offer().plans:
        abort(404)
    return _file(offer().plans[key].text, f"{key}.toml", "application/toml; charset=utf-8")


def _file(data: bytes, name: str, kind: str) -> Response:
    response = Response(data, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
