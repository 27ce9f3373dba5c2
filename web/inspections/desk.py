"""The desk of whoever acts on draws: the files and keys of this service, and its chance."""

import os
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flask import current_app

from core.files import FileStore
from core.trail import Actor
from inspections.draw_seals import NONCE_BYTES, SHARE_BYTES, Chance, Seal, draw_seal_from
from inspections.draws import Desk
from inspections.frames import FrameKey, frame_key_from
from web.auth import me, now
from web.settings import Settings


def desk() -> Desk:
    """The desk of who asks, in this request."""
    return desk_for(_settings(), me().actor, now())


def desk_for(settings: Settings, actor: Actor, moment: datetime) -> Desk:
    """The desk of a person, also where there is no request."""
    keys = _keys(settings.secret_key)
    return Desk(actor, moment, files_of(settings), keys.seal, keys.frame)


def files() -> FileStore:
    """The files of the running app; for pages that anybody may read."""
    return files_of(_settings())


def files_of(settings: Settings) -> FileStore:
    """The files of a service."""
    return FileStore(settings.data_dir / "files")


def frame_key() -> FrameKey:
    """The key of the frames of the running app."""
    return _keys(_settings().secret_key).frame


def entropy() -> Chance:
    """What one commitment takes from the chance of the operating system, and no other ever."""
    return Chance(os.urandom(SHARE_BYTES), os.urandom(NONCE_BYTES))


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


@dataclass(frozen=True)
class _Keys:
    seal: Seal
    frame: FrameKey


@lru_cache(maxsize=4)
def _keys(secret_key: str) -> _Keys:
    return _Keys(draw_seal_from(secret_key), frame_key_from(secret_key))
