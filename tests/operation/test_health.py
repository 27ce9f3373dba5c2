"""Alive and ready are two things, and neither tells more than it must."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.database import connect
from tests.web.visits import SMALL
from web.app import create_app
from web.operation import heartbeats, migrating
from web.settings import Settings
from web.views import health


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """A service at work."""
    settings = Settings("s" * 32, SMALL, data_dir=tmp_path)
    engine = connect(settings.database)
    migrating.upgrade(engine)
    engine.dispose()
    heartbeats.beat(tmp_path, "worker-1")()
    app = create_app(settings)
    yield app
    app.extensions["desk"].close()
    app.extensions["engine"].dispose()


def ready(app: Flask) -> dict[str, bool]:
    """What is not as it should be, or all of it."""
    answer = app.test_client().get("/readyz")
    told: dict[str, bool] = answer.get_json()
    assert answer.status_code == (200 if told["ok"] else 503)
    assert told["ok"] == all(told.values())
    return told


def test_a_service_at_work_is_ready(app: Flask) -> None:
    assert ready(app) == dict.fromkeys(["ok", *health.CHECKS], True)


def test_without_a_worker_it_is_not_ready(app: Flask, tmp_path: Path) -> None:
    long_ago = time.time() - heartbeats.SILENT_SECONDS - 1
    os.utime(tmp_path / heartbeats.FOLDER / "worker-1", (long_ago, long_ago))

    assert not ready(app)["worker"]

    heartbeats.beat(tmp_path, "worker-2")()
    assert ready(app)["worker"]
    heartbeats.forget(tmp_path)
    assert not ready(app)["worker"]


def test_with_other_tables_it_is_not_ready(app: Flask) -> None:
    migrating.downgrade(app.extensions["engine"], "0002")

    told = ready(app)

    assert (told["database"], told["migrations"]) == (True, False)


def test_without_its_database_it_is_alive_and_not_ready(tmp_path: Path) -> None:
    nowhere = f"sqlite:///{tmp_path / 'none' / 'a.sqlite'}"
    app = create_app(Settings("s" * 32, SMALL, data_dir=tmp_path, database_url=nowhere))

    assert app.test_client().get("/healthz").status_code == 200
    told = ready(app)
    assert (told["database"], told["migrations"]) == (False, False)
    app.extensions["desk"].close()


def test_with_a_full_disk_it_is_not_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_SPACE", 2**60)

    assert not ready(app)["disk"]
