"""The second factor: codes from an app (TOTP, RFC 6238), and ten recovery codes for a lost phone.

GB/T 22239-2019 (等保三级) 8.1.4.1 d) asks for two factors, one of them cryptographic; who must have
it: `core.roles.NEEDS_SECOND_FACTOR`. Secrets are sealed with a key that the database does not hold.
A code counts once: the step of the last one used is kept and only ever grows (RFC 6238 5.2).
"""

import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint, delete, func, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.accounts import NOUN, User, lock_user
from core.errors import Conflict, Invalid
from core.roles import NEEDS_SECOND_FACTOR, Role

RECOVERY_CODES = 10
NONCE_BYTES = 12
SALT_BYTES = 16
DRIFT_STEPS = 1
"""A clock may be one step of 30 s off (RFC 6238 5.2)."""

_CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 10
Entropy = Callable[[int], bytes]
"""So many random bytes; `os.urandom` in the service."""


class AlreadySetUp(Conflict):
    """There is a second factor already; it has to be removed first."""

    code = "second_factor_already_set_up"


class WrongCode(Invalid):
    """The code does not fit the secret that was shown, or nothing was begun."""

    code = "wrong_code"


class SecretIsSealed(Exception):
    """The secret cannot be opened: the key is another one, or the row was changed."""


class SecondFactor(SQLModel, table=True):
    """The app of one person. Without `confirmed_at` it is only being set up."""

    __tablename__ = "second_factor"
    __table_args__ = (
        CheckConstraint("confirmed_at IS NULL OR last_step IS NOT NULL", name="confirmed_by_code"),
    )
    user_id: int = Field(foreign_key="account.id", primary_key=True)
    sealed: bytes
    salt: bytes
    created_at: datetime
    confirmed_at: datetime | None = None
    last_step: int | None = Field(default=None, sa_type=BigInteger)


class RecoveryCode(SQLModel, table=True):
    """A code that lets its owner in once without the app."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="account.id")
    code_hash: str = Field(max_length=64)
    used_at: datetime | None = None


# -- secrets -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seal:
    """AES-256-GCM with a key from outside the database; what is sealed is bound to its owner."""

    key: bytes

    def close(self, user_id: int, secret: str, nonce: bytes) -> bytes:
        """The nonce (12 bytes, never used before) and the sealed secret."""
        return nonce + AESGCM(self.key).encrypt(nonce, secret.encode(), _owner(user_id))

    def open(self, user_id: int, sealed: bytes) -> str:
        """The secret.

        Raises
        ------
        SecretIsSealed
            If it is another person's, was changed, or the key is not the one.
        """
        nonce, closed = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self.key).decrypt(nonce, closed, _owner(user_id)).decode()
        except InvalidTag as error:
            raise SecretIsSealed(user_id) from error


def _owner(user_id: int) -> bytes:
    return f"spotcheck/second-factor/1\n{user_id}".encode()


def seal_from(secret_key: str) -> Seal:
    """The seal that belongs to the secret key of a service (HKDF-SHA-256, RFC 5869)."""
    derive = HKDF(SHA256(), length=32, salt=None, info=b"spotcheck/second-factor/1")
    return Seal(derive.derive(secret_key.encode()))


def provisioning_uri(secret: str, login_name: str, service: str) -> str:
    """What the QR code for the app says."""
    return pyotp.TOTP(secret).provisioning_uri(name=login_name, issuer_name=service)


def new_secret(entropy: Entropy) -> str:
    """160 random bits in base32, as RFC 4226 4 recommends."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "".join(alphabet[byte % 32] for byte in entropy(32))


def new_recovery_codes(entropy: Entropy) -> list[str]:
    """Ten codes of ten signs (49 bits each) in two groups, without signs that look alike."""
    return [_recovery_code(entropy) for _ in range(RECOVERY_CODES)]


def _recovery_code(entropy: Entropy) -> str:
    # 240 is the largest multiple of 30 below 256: above it the first signs would be favoured
    fair = [byte for byte in entropy(8 * _CODE_LENGTH) if byte < 240][:_CODE_LENGTH]
    signs = "".join(_CODE_SIGNS[byte % len(_CODE_SIGNS)] for byte in fair)
    return f"{signs[:5]}-{signs[5:]}"


def is_recovery_code(text: str) -> bool:
    """Whether a text is written like a recovery code, not like a code of the app."""
    return len(_plain(text)) == _CODE_LENGTH


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).upper()


def _hashed(code: str, salt: bytes) -> str:
    """Slow and salted: 49 bits could be tried out from a stolen database (ASVS 2.6.2)."""
    raw = hash_secret_raw(
        _plain(code).encode(), salt, time_cost=2, memory_cost=19 * 1024, parallelism=1,
        hash_len=32, type=Type.ID,
    )  # fmt: skip
    return raw.hex()


# -- setting up --------------------------------------------------------------------------------


def is_set_up(session: Session, user_id: int) -> bool:
    """Whether this person has to give a code."""
    factor = session.get(SecondFactor, user_id)
    return factor is not None and factor.confirmed_at is not None


def is_required(roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles must have a second factor."""
    return not NEEDS_SECOND_FACTOR.isdisjoint(roles)


def begin(session: Session, user_id: int, seal: Seal, entropy: Entropy, now: datetime) -> str:
    """Begin to set up, or begin again: the secret to show once, as a QR code and as text.

    Raises
    ------
    AlreadySetUp
        If a second factor is in use.
    """
    lock_user(session, user_id)
    factor = session.get(SecondFactor, user_id)
    if factor is not None and factor.confirmed_at is not None:
        raise AlreadySetUp(id=user_id)
    secret = new_secret(entropy)
    sealed = seal.close(user_id, secret, entropy(NONCE_BYTES))
    fresh = factor or SecondFactor(user_id=user_id, sealed=b"", salt=b"", created_at=now)
    fresh.sealed, fresh.salt, fresh.created_at = sealed, entropy(SALT_BYTES), now
    session.add(fresh)
    session.flush()
    return secret


def secret_in_progress(session: Session, user_id: int, seal: Seal) -> str | None:
    """The secret that is being set up, to show its page again; None once it is in use."""
    factor = session.get(SecondFactor, user_id)
    if factor is None or factor.confirmed_at is not None:
        return None
    return seal.open(user_id, factor.sealed)


def confirm(
    session: Session,
    user_id: int,
    code: str,
    seal: Seal,
    codes: Sequence[str],
    actor: trail.Actor,
    now: datetime,
) -> None:
    """Put the second factor to use, once a code shows that the app knows the secret.

    Parameters
    ----------
    codes : from `new_recovery_codes`; shown to the person once, kept as hashes.

    Raises
    ------
    WrongCode, AlreadySetUp
    """
    lock_user(session, user_id)
    factor = session.get(SecondFactor, user_id, populate_existing=True)
    if factor is None:
        raise WrongCode(id=user_id)
    if factor.confirmed_at is not None:
        raise AlreadySetUp(id=user_id)
    step = _step_of(seal.open(user_id, factor.sealed), code, now)
    if step is None:
        raise WrongCode(id=user_id)
    factor.confirmed_at, factor.last_step = now, step
    session.add(factor)
    _keep(session, factor, codes)
    trail.record(session, actor, "second_factor.set_up", NOUN, user_id, now)


def _keep(session: Session, factor: SecondFactor, codes: Sequence[str]) -> None:
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == factor.user_id))
    session.add_all(
        RecoveryCode(user_id=factor.user_id, code_hash=_hashed(code, factor.salt)) for code in codes
    )
    session.flush()


def replace_recovery_codes(
    session: Session, user_id: int, codes: Sequence[str], actor: trail.Actor, now: datetime
) -> None:
    """New recovery codes; the old ones are worth nothing from now on.

    Raises
    ------
    WrongCode
        If there is no second factor that they could stand in for.
    """
    lock_user(session, user_id)
    factor = session.get(SecondFactor, user_id)
    if factor is None or factor.confirmed_at is None:
        raise WrongCode(id=user_id)
    _keep(session, factor, codes)
    trail.record(session, actor, "recovery_codes.replaced", NOUN, user_id, now)


def recovery_codes_left(session: Session, user_id: int) -> int:
    """How many have not been used."""
    left = select(func.count()).where(
        RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None)
    )
    return session.exec(left).one()


def remove(session: Session, user: User, actor: trail.Actor, now: datetime) -> None:
    """Take the second factor away. `core.entrance` ends the log-ins too, and is what web calls."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.key))
    session.exec(delete(SecondFactor).where(col(SecondFactor.user_id) == user.key))
    trail.record(session, actor, "second_factor.removed", NOUN, user.key, now)


# -- passing -----------------------------------------------------------------------------------


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step for which an app with this secret shows *code*, close to *now*; or None."""
    totp = pyotp.TOTP(secret)
    current, given = totp.timecode(now), _plain(code).encode()
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given):
            return step
    return None


def use_code(session: Session, user_id: int, code: str, seal: Seal, now: datetime) -> bool:
    """Whether *code* is right and new; it is used up by asking, also by two at the same time."""
    factor = session.get(SecondFactor, user_id)
    if factor is None or factor.confirmed_at is None:
        return False
    step = _step_of(seal.open(user_id, factor.sealed), code, now)
    if step is None:
        return False
    newer = or_(col(SecondFactor.last_step).is_(None), col(SecondFactor.last_step) < step)
    used = update(SecondFactor).where(col(SecondFactor.user_id) == user_id, newer)
    return session.exec(used.values(last_step=step)).rowcount == 1


def use_recovery_code(session: Session, user_id: int, code: str, now: datetime) -> bool:
    """Whether *code* is one of this person's that has not been used; it is used up by asking."""
    factor = session.get(SecondFactor, user_id)
    if factor is None or factor.confirmed_at is None:
        return False
    used = update(RecoveryCode).where(
        col(RecoveryCode.user_id) == user_id,
        col(RecoveryCode.code_hash) == _hashed(code, factor.salt),
        col(RecoveryCode.used_at).is_(None),
    )
    return session.exec(used.values(used_at=now)).rowcount == 1
