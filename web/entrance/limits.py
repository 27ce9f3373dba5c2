"""How often somebody may knock: the first fence, in front of the one in the database.

Counted by address in the memory of each process, so several workers let several times as many
through. It keeps floods from the password hash and from the disk; who is locked out, and for how
long, is decided by `core.attempts`, which all workers share.
"""

from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

API = (
    "api.addenda", "api.downloads", "api.draw", "api.drawn", "api.draws", "api.draws_of_plan",
    "api.frames", "api.plan", "api.plans", "api.reserves",
)  # fmt: skip

LIMITS = {
    "login.enter": "20 per minute",
    "login.give_code": "20 per minute",
    "login.single_sign_on": "20 per minute",
    "invitations.take_new": "20 per minute",
    "invitations.take_own": "20 per minute",
    "account.change_password": "20 per minute",
    "draws.begin": "30 per minute",
    "verify.answer": "30 per minute",
    "witnesses.find": "30 per minute",
    "witnesses.seal": "30 per minute",
    "witnesses.show_value": "30 per minute",
    "visit_proof.show": "60 per minute",
    # a programme that reads whole lists stays below with pages of reasonable size
    **dict.fromkeys(API, "300 per minute"),
    "api.certificate": "60 per minute",
    "api.commitment": "60 per minute",
    "api.proof": "60 per minute",
}
"""By endpoint; an office of some hundred people stays far below."""


def install(app: Flask, *, enabled: bool) -> None:
    """Limit the requests of one address to the endpoints that cost something or guard something."""
    if not enabled:
        return
    limiter = Limiter(
        get_remote_address, app=app, storage_uri="memory://", strategy="moving-window"
    )
    for endpoint in LIMITS.keys() & app.view_functions.keys():
        limited: Any = limiter.limit(LIMITS[endpoint])(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited
