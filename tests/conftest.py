"""What all tests share: repeatable Hypothesis runs, real databases, and one browser."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlmodel import Session

from core.database import writing
from tests import storage
from tests.postgres import Databases
from tests.postgres import server as postgres_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path(sys.prefix, "share", "spotcheck", "browser", "chromium")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""A test browser asks nobody outside for anything."""

# derandomized: the same tree gives the same verdict; no deadline: the machine may be busy
settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "soak", parent=settings.get_profile("house"), derandomize=False, max_examples=2_000
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """One PostgreSQL server for the whole run, started by the first test that needs it."""
    with postgres_server() as address:
        yield Databases(address)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One SQLite file with all tables, to copy from."""
    return storage.sqlite_template(tmp_path_factory.mktemp("storage"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Pages are tested on SQLite; `make soak` tests all of them on PostgreSQL too."""
    parser.addoption("--pages-on", choices=storage.BACKENDS, default="sqlite")


def _database(
    backend: str, request: pytest.FixtureRequest, folder: Path
) -> AbstractContextManager[Engine]:
    if backend == "sqlite":
        return storage.sqlite_database(request.getfixturevalue("sqlite_template"), folder)
    lent: AbstractContextManager[Engine] = request.getfixturevalue("postgres").lent()
    return lent


@pytest.fixture(params=storage.BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A fresh database with all tables, once in SQLite and once in PostgreSQL."""
    with _database(request.param, request, tmp_path) as engine:
        yield engine


@pytest.fixture
def page_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database for a service whose pages are looked at."""
    with _database(request.config.getoption("--pages-on"), request, tmp_path) as engine:
        yield storage.url_of(engine)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that may write, set up as in `core.database.unit_of_work`; what is not
    committed is rolled back.
    """
    with Session(writing(engine), expire_on_commit=False) as session:
        yield session


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The Chromium that `make setup` has made ready, with nothing but our own face of type."""
    # imported late: most runs of single tests need no browser
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.is_file():
        pytest.fail("the browser is not set up; run `make setup`", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A fresh visitor at a desk in China; a script that fails, or is blocked, fails the test."""
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    # an answer of status 4xx is logged as an error too, and is often what a test wants to see
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield page
    context.close()
    assert faults == []
