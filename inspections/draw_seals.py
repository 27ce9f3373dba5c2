"""The machine share of a draw, sealed with a key from outside between commitment and draw.

Whoever reads the database, or a copy of it, must not learn it: with it a witness who reveals last
could work out the seed before he decides, and a sealed list could be read before its day.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import Conflict

NONCE_BYTES = 12
SHARE_BYTES = 32
_PURPOSE = b"spotcheck/draw/1"


class DrawKeyIsLost(Conflict):
    """The sealed share cannot be opened: the service has another key, or the row was changed."""

    code = "draw_key_is_lost"


@dataclass(frozen=True)
class Chance:
    """What the service takes from chance for one commitment, and never uses again.

    Attributes
    ----------
    share : the machine share, 32 bytes.
    nonce : for its seal, 12 bytes.
    """

    share: bytes
    nonce: bytes

    def __post_init__(self) -> None:
        """A short share could be guessed, a nonce of another length would be hashed first."""
        if (len(self.share), len(self.nonce)) != (SHARE_BYTES, NONCE_BYTES):
            raise ValueError(f"{SHARE_BYTES} and {NONCE_BYTES} random bytes are needed")


@dataclass(frozen=True)
class Seal:
    """AES-256-GCM; a sealed share is bound to its draw and to its commitment."""

    key: bytes

    def close(self, draw_id: int, digest: str, chance: Chance) -> bytes:
        """The nonce and the sealed share."""
        return chance.nonce + AESGCM(self.key).encrypt(
            chance.nonce, chance.share, _bound_to(draw_id, digest)
        )

    def open(self, draw_id: int, digest: str, sealed: bytes) -> str:
        """The machine share, 64 hexadecimal digits.

        Raises
        ------
        DrawKeyIsLost
            If it is another draw's, was changed, or the key is not the one.
        """
        nonce, closed = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            share = AESGCM(self.key).decrypt(nonce, closed, _bound_to(draw_id, digest))
        except (InvalidTag, ValueError) as error:
            raise DrawKeyIsLost(draw=draw_id) from error
        return share.hex()


def _bound_to(draw_id: int, digest: str) -> bytes:
    return _PURPOSE + f"\n{draw_id}\n{digest}".encode()


def draw_seal_from(secret_key: str) -> Seal:
    """The seal that belongs to the secret key of a service (HKDF-SHA-256, RFC 5869)."""
    derive = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE)
    return Seal(derive.derive(secret_key.encode()))
