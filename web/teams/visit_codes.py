"""Codes on the papers of a visit: each opens the public proof of one visit, in one version.

A code follows from the secret key of the service, so nothing has to be kept, a paper can be
printed again, and nobody guesses one. With another key the codes on printed papers are unknown.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

ADDRESS = "/onsite/"
"""Where a code is opened; the code follows."""

SIGNS = 20
"""Signs of base 32: 100 bits, which nobody guesses."""

_SHAPE = re.compile(rf"([1-9]\d{{0,8}})-([1-9]\d{{0,3}})-([1-9]\d{{0,5}})-([A-Z2-7]{{{SIGNS}}})")


@dataclass(frozen=True)
class PaperMark:
    """What a paper is about.

    Attributes
    ----------
    visit : id of the visit.
    draw : which draw of teams of its plan sent the team, from 1.
    version : of the visit at which the paper was made.
    """

    visit: int
    draw: int
    version: int


def code_from(secret_key: str, mark: PaperMark) -> str:
    """The code of a paper."""
    place = f"{mark.visit}-{mark.draw}-{mark.version}"
    told = f"spotcheck/visit/1\n{place}"
    digest = hmac.new(secret_key.encode(), told.encode(), sha256).digest()
    return f"{place}-{base64.b32encode(digest)[:SIGNS].decode()}"


def mark_of(secret_key: str, code: str) -> PaperMark | None:
    """What a code was made for; None if we did not make it."""
    if (found := _SHAPE.fullmatch(code.upper())) is None:
        return None
    mark = PaperMark(*(int(one) for one in found.groups()[:3]))
    return mark if hmac.compare_digest(code_from(secret_key, mark), code.upper()) else None
