"""Is the service alive, and can it work? For whoever watches over it; tells no particulars."""

import shutil
from collections.abc import Callable

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from web.auth import Door, door
from web.database import engine
from web.operation import heartbeats, migrating
from web.settings import MEGABYTE, Settings

bp = Blueprint("health", __name__)

LEAST_SPACE = 512 * MEGABYTE
"""Free on the disk; with less, uploads and the database itself begin to fail."""


@bp.get("/healthz")
@door(Door.PUBLIC)
def alive() -> ResponseReturnValue:
    """This process answers; asks nothing else, so that a slow database restarts nobody."""
    return jsonify(ok=True)


@bp.get("/readyz")
@door(Door.PUBLIC)
def ready() -> ResponseReturnValue:
    """Database, tables, disk and worker are as they should be."""
    found = {name: check() for name, check in CHECKS.items()}
    return jsonify(ok=all(found.values()), **found), 200 if all(found.values()) else 503


def _database() -> bool:
    try:
        with engine().connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError:
        return False
    return True


def _migrations() -> bool:
    try:
        return migrating.revision_of(engine()) == migrating.newest()
    except SQLAlchemyError:
        return False


def _space() -> bool:
    folder = _settings().data_dir
    return folder.is_dir() and shutil.disk_usage(folder).free >= LEAST_SPACE


def _worker() -> bool:
    return heartbeats.heard(_settings().data_dir)


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "disk": _space,
    "worker": _worker,
}
