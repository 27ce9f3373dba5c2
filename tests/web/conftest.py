"""A demo service with a small country, for all tests of the pages."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.dispatch import dispatch, unannounced  # noqa: F401
from tests.web.people import service  # noqa: F401
from tests.web.persons import House, open_house
from tests.web.visits import SMALL
from web.app import create_app
from web.settings import Settings, demo_settings

Opened = Callable[..., Flask]


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    """One service for all visitors of the run."""
    app = create_app(demo_settings(SMALL))
    yield app
    app.extensions["desk"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor."""
    return app.test_client()


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Services with settings of their own."""
    with ExitStack() as stack:

        def open_service(**changes: Any) -> Flask:
            app = create_app(Settings("s" * 32, SMALL, **changes))
            stack.callback(app.extensions["desk"].close)
            return app

        yield open_service


@pytest.fixture
def house(page_database: str, tmp_path: Path) -> Iterator[House]:
    """A service with real rules, a database of its own and a clock that is moved by hand."""
    house = open_house(page_database, tmp_path)
    yield house
    house.close()
