"""The one hashing rule, and the one way to write a thing down (docs/draw.md, section 7).

Everything that is committed, signed or compared goes through this file, so that a
stranger can repeat it with any SHA-256.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

HASH_NAME = "sha256"


def normal(text: str) -> str:
    """*text* in Unicode NFC, the only form that is hashed or compared."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _framed(text: str) -> bytes:
    data = text.encode() if text.isascii() else normal(text).encode()
    return len(data).to_bytes(4, "big") + data


class Hasher:
    """H(tag, field, ...) with a prefix that is hashed once and used many times."""

    def __init__(self, tag: str, *fields: str) -> None:
        self._start = hashlib.sha256(b"".join(map(_framed, (tag, *fields))))

    def digest(self, *fields: str) -> bytes:
        """The 32 bytes of H(prefix ..., *fields)."""
        state = self._start.copy()
        state.update(b"".join(map(_framed, fields)))
        return state.digest()

    def each(self, texts: Iterable[str]) -> Iterator[bytes]:
        """The digest of H(prefix ..., text) for text after text, at half the cost."""
        copy = self._start.copy
        for text in texts:
            state = copy()
            state.update(_framed(text))
            yield state.digest()

    def hex(self, *fields: str) -> str:
        """The same in 64 lower-case hexadecimal digits."""
        return self.digest(*fields).hex()


def tagged(tag: str, *fields: str) -> str:
    """H(tag, field, ...): SHA-256 over tag and fields, each UTF-8 NFC preceded by its
    byte length as 4 big-endian bytes; 64 hexadecimal digits."""
    return Hasher(tag, *fields).hex()


def sha256(data: bytes) -> str:
    """Plain SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """The RFC 8785 (JCS) bytes of a value without floating-point numbers.

    Raises
    ------
    TypeError
        If the value holds a float: numbers that are not small integers are written
        as text, because JSON readers disagree about them.
    """
    return json.dumps(
        _ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def _ordered(value: Any) -> Any:
    match value:
        case dict():
            # RFC 8785, 3.2.3: keys are sorted by UTF-16 code units, not by code points
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
            return {key: _ordered(value[key]) for key in keys}
        case list() | tuple():
            return [_ordered(item) for item in value]
        case None | bool() | str():
            return value
        case int() if abs(value) < 2**53:
            return value
    raise TypeError(f"cannot be written canonically: {type(value).__name__} {value!r:.60}")
