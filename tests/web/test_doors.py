"""Every route has a door, or the service does not start."""

from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from web.app import PUBLIC_ROOMS
from web.auth import Door, RouteWithoutDoor, close_doors, door, door_of


def test_every_route_of_the_service_has_a_door(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert None not in {door_of(app, endpoint) for endpoint in endpoints}


@pytest.mark.parametrize("room", PUBLIC_ROOMS, ids=lambda room: room.bp.name)
def test_trials_and_verification_need_no_account(app: Flask, room: Any) -> None:
    pages = [e for e in app.view_functions if e.partition(".")[0] == room.bp.name]

    assert {door_of(app, page) for page in pages} == {Door.PUBLIC}


def test_a_route_without_a_door_keeps_the_service_from_starting() -> None:
    app = Flask("house")
    app.add_url_rule("/open", "open", door(Door.PUBLIC)(lambda: "open"))
    app.add_url_rule("/forgotten", "forgotten", lambda: "forgotten")

    with pytest.raises(RouteWithoutDoor) as refused:
        close_doors(app)

    assert refused.value.endpoints == ["forgotten"]


def test_static_files_of_somebody_else_need_a_door_too() -> None:
    app = Flask("house")
    app.register_blueprint(Blueprint("guest", "guest", static_folder="x", url_prefix="/guest"))

    with pytest.raises(RouteWithoutDoor) as refused:
        close_doors(app)

    assert refused.value.endpoints == ["guest.static"]


def test_a_form_on_another_site_cannot_use_the_service(client: FlaskClient) -> None:
    refused = client.post("/draws", headers={"Sec-Fetch-Site": "cross-site"})

    assert refused.status_code == 403
    assert "没有受理" in refused.text
