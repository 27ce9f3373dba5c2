"""Codes of witnesses: each opens the page of one source of one draw, and stands on his paper.

A code follows from the secret key of the service and the place of the witness, so the paper can be
printed again as long as the ceremony lasts, and the database holds only its hash.
"""

import base64
import hmac
from datetime import datetime
from hashlib import sha256

from flask import current_app, request, url_for

from core.logins import token_hash
from inspections.draws import Draw
from inspections.sources import DrawSource

CODE_LENGTH = 20
"""Signs of base 32: 100 bits, which nobody guesses and a person can still type."""

GROUP = 4
_MISREAD = str.maketrans("018", "OIB")
"""Base 32 (RFC 4648) has none of these figures; whoever reads them means the letters."""


def code_from(secret_key: str, plan_id: int, number: int, position: int, at: datetime) -> str:
    """The code of the witness at *position* of the draw *number* of a plan announced *at*."""
    told = f"spotcheck/witness/1\n{plan_id}\n{number}\n{position}\n{int(at.timestamp())}"
    digest = hmac.new(secret_key.encode(), told.encode(), sha256).digest()
    return base64.b32encode(digest)[:CODE_LENGTH].decode()


def code_of(draw: Draw, source: DrawSource) -> str:
    """The code of a witness; empty if the service has another key by now, or he is none."""
    key = _secret_key()
    code = code_from(key, draw.plan_id, draw.number, source.position, draw.announced_at)
    return code if token_hash(code) == source.token_hash else ""


def code_for(plan_id: int, number: int, position: int, at: datetime) -> str:
    """The code of a witness who is being announced."""
    return code_from(_secret_key(), plan_id, number, position, at)


def _secret_key() -> str:
    found: str = current_app.extensions["settings"].secret_key
    return found


def as_typed(text: str) -> str:
    """A code as it is meant, however it was typed."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    return signs.translate(_MISREAD)[:CODE_LENGTH]


def in_groups(code: str) -> str:
    """A code as it is printed: ABCD-EFGH-…"""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def link_of(code: str) -> str:
    """The address that a telephone opens."""
    return public_address(url_for("witnesses.show", code=code))


def public_address(path: str) -> str:
    """An address of ours as others reach it."""
    public: str = current_app.extensions["settings"].public_url or request.host_url.rstrip("/")
    return public + path
