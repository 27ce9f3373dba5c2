"""Codes of witnesses: each opens the page of one source of one draw, and stands on his paper.

A code follows from the secret key of the service and the place of the witness, so the paper can be
printed again as long as the ceremony lasts, and the database holds only its hash.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask import current_app, request, url_for

from core.logins import token_hash
from inspections.draws import Draw
from inspections.sources import DrawSource
from inspections.subjects import Subject

CODE_LENGTH = 20
"""Signs of base 32: 100 bits, which nobody guesses and a person can still type."""

GROUP = 4
_MISREAD = str.maketrans("018", "OIB")
"""Base 32 (RFC 4648) has none of these figures; whoever reads them means the letters."""


@dataclass(frozen=True)
class Ceremony:
    """Which draw of which plan, announced when."""

    plan_id: int
    subject: Subject
    number: int
    at: datetime

    @classmethod
    def of(cls, draw: Draw) -> "Ceremony":
        """That of a draw."""
        return cls(draw.plan_id, draw.subject, draw.number, draw.announced_at)


def code_from(secret_key: str, ceremony: Ceremony, position: int) -> str:
    """The code of the witness at a *position* of a ceremony."""
    moment = int(ceremony.at.timestamp())
    place = f"{ceremony.plan_id}\n{ceremony.subject.value}\n{ceremony.number}\n{position}"
    told = f"spotcheck/witness/2\n{place}\n{moment}"
    digest = hmac.new(secret_key.encode(), told.encode(), sha256).digest()
    return base64.b32encode(digest)[:CODE_LENGTH].decode()


def code_of(draw: Draw, source: DrawSource) -> str:
    """The code of a witness; empty if the service has another key by now, or he is none."""
    code = code_for(Ceremony.of(draw), source.position)
    return code if token_hash(code) == source.token_hash else ""


def code_for(ceremony: Ceremony, position: int) -> str:
    """The code of a witness who is being announced."""
    return code_from(_secret_key(), ceremony, position)


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
