"""Links of invitations: their tokens follow from a nonce and the secret key of the service.

So a letter can be written by the worker from the number of the invitation and the nonce, and
neither the queue of the jobs nor any other row of the database holds what opens the link.
"""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256

from flask import current_app

from core.jobs import enqueue
from core.trail import Actor
from web.database import session

LETTER = "invitation_letter"
"""Kind of the jobs that send a link; their payload is {"invitation": id, "nonce": …}."""

NONCE_BYTES = 16


def nonce() -> str:
    """Random, used for one link."""
    return secrets.token_urlsafe(NONCE_BYTES)


def token_from(secret_key: str, nonce: str) -> str:
    """The token of a link: 256 bits, HMAC-SHA-256 (RFC 2104) over the nonce."""
    said = f"spotcheck/invitation/1\n{nonce}".encode()
    return hmac.new(secret_key.encode(), said, sha256).hexdigest()


def link_token(nonce: str) -> str:
    """The same with the key of the running app."""
    return token_from(current_app.extensions["settings"].secret_key, nonce)


def post_letter(invitation_id: int, nonce: str, actor: Actor, now: datetime) -> bool:
    """Have the link sent by e-mail after the commit; says whether letters are sent at all."""
    if current_app.extensions["settings"].smtp is None:
        return False
    enqueue(session(), LETTER, {"invitation": invitation_id, "nonce": nonce}, actor, now)
    return True
