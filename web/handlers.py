"""What the workers of this service know how to do, by kind of job."""

from collections.abc import Mapping

from sqlalchemy import Engine

from web import letters, trail_audit
from web.settings import Settings
from web.words_jobs import VERIFY_TRAIL
from web.worker import Handler


def handlers(settings: Settings, engine: Engine) -> Mapping[str, Handler]:
    """The handlers of a service with these settings."""
    return {VERIFY_TRAIL: trail_audit.handler(engine), **letters.handlers(settings)}
