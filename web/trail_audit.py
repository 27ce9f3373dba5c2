"""The check of the whole trail as a job: it may take half a minute and must not hold up anybody."""

from collections.abc import Collection
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine
from sqlmodel import Session

from core.checkpoints import audit
from core.jobs import Job
from core.trail_check import verify
from web.worker import Handler, Progress

STEP = "events"
MOST_TOLD = 100
"""Breaks that a result tells one by one; the first is what matters."""


def handler(engine: Engine, keys: Collection[Ed25519PublicKey] = ()) -> Handler:
    """Check the trail; with the *keys* that sign its checkpoints, these too.

    Parameters
    ----------
    engine : to read from: whoever reads so long must not hold SQLite's write lock.
    """

    def check(session: Session, _job: Job, progress: Progress) -> dict[str, Any]:
        session.rollback()
        done = 0

        def tell(checked: int, of: int) -> None:
            nonlocal done
            done = checked
            progress(STEP, checked, of)

        with Session(engine) as reading:
            if keys:
                found = audit(reading, keys, progress=tell)
                breaks, forged, vouched = found.breaks, found.forged, found.vouched
            else:
                breaks, forged, vouched = verify(reading, tell), [], 0
        return {
            "events": done,
            "breaks": len(breaks),
            "vouched": vouched,
            "first_breaks": [[b.fault.value, b.first, b.last] for b in breaks[:MOST_TOLD]],
            "forged": forged[:MOST_TOLD],
        }

    return check
