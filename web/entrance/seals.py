"""The seal of this service: opens the secrets of second factors, and is in no database."""

from functools import lru_cache

from flask import current_app

from core.second_factor import Seal, seal_from


def seal() -> Seal:
    """The seal that belongs to the secret key of the running app."""
    return _seal(current_app.extensions["settings"].secret_key)


@lru_cache(maxsize=4)
def _seal(secret_key: str) -> Seal:
    return seal_from(secret_key)
