"""Addenda: what happened to a drawn list afterwards, chained to its certificate.

An addendum names the SHA-256 of what stands before it (the certificate, or the last addendum),
so none can be left out, changed or put elsewhere without its successors telling. A stranger
needs the certificate and the addenda to check that only drawn units were replaced, each by the
next reserve of its own field and signature, and to say which units stand now.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from sampler.hashing import canonical, sha256

FORMAT = "spotcheck/addendum/1"


class SubstitutionReason(StrEnum):
    """Why a drawn unit cannot be inspected; no other reason lets a reserve step in."""

    DEREGISTERED = "deregistered"
    MOVED = "moved"
    CLOSED = "closed"
    ALREADY_INSPECTED = "already_inspected"
    FORCE_MAJEURE = "force_majeure"

    @property
    def label(self) -> str:
        """The reason's name on a page."""
        return _LABELS[self]


_LABELS = {
    SubstitutionReason.DEREGISTERED: "注销",
    SubstitutionReason.MOVED: "迁出",
    SubstitutionReason.CLOSED: "停业",
    SubstitutionReason.ALREADY_INSPECTED: "已被检查",
    SubstitutionReason.FORCE_MAJEURE: "不可抗力",
}

Row = Mapping[str, Any]
"""A unit as a certificate lists it: unit_id, field, rank, type, signature."""


@dataclass
class Standing:
    """Which units of a certificate stand, and which reserves still wait, in their order.

    Attributes
    ----------
    standing : drawn units and reserves that have stepped in, by unit id.
    waiting : reserves that have not been used.
    last, number : SHA-256 of what an addendum has to name, and how many there are.
    """

    standing: dict[str, Row]
    waiting: list[Row]
    last: str
    number: int = 0

    @classmethod
    def of(cls, certificate: Mapping[str, Any], digest: str) -> "Standing":
        """As the draw left it; *digest* is the SHA-256 of certificate.json."""
        drawn = {row["unit_id"]: row for row in certificate["drawn"]}
        return cls(drawn, list(certificate["reserves"]), digest)

    def next_reserve(self, out: Row) -> Row | None:
        """Who steps in for *out*: the waiting reserve of its field and signature with the lowest
        rank; None if there is none left."""
        fitting = [
            row
            for row in self.waiting
            if (row["field"], row["signature"]) == (out["field"], out["signature"])
        ]
        return min(fitting, key=lambda row: int(row["rank"]), default=None)

    def replace(self, out_id: str) -> Row | None:
        """Take a standing unit out and let the next reserve step in; gives the reserve.

        Raises
        ------
        KeyError
            If the unit does not stand.
        """
        out = self.standing.pop(out_id)
        reserve = self.next_reserve(out)
        if reserve is not None:
            self.waiting.remove(reserve)
            self.standing[reserve["unit_id"]] = reserve
        return reserve

    def addendum(self, out_id: str, reason: SubstitutionReason, day: date) -> dict[str, Any]:
        """Replace a unit and write it down; the next addendum follows from this one.

        Raises
        ------
        KeyError
            If the unit does not stand.
        """
        out = self.standing[out_id]
        reserve = self.replace(out_id)
        self.number += 1
        told = {
            "format": FORMAT,
            "number": self.number,
            "previous": self.last,
            "reason": reason.value,
            "signed_on": day.isoformat(),
            "out": _unit(out),
            "in": None if reserve is None else _unit(reserve),
        }
        self.last = sha256(canonical(told))
        return told

    def follow(self, text: bytes) -> None:
        """Take an addendum over that somebody else has written.

        Raises
        ------
        ValueError
            If it does not follow from the certificate and the addenda before it.
        """
        must_follow(text, self._again)

    def _again(self, given: Row) -> Row:
        day = date.fromisoformat(given["signed_on"])
        return self.addendum(given["out"]["unit_id"], SubstitutionReason(given["reason"]), day)


def _unit(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("unit_id", "field", "rank", "signature")}


def must_follow(text: bytes, again: Callable[[Row], Row]) -> None:
    """Guard of an addendum that somebody else has written: made *again* from what it says, it must
    come out the same to the byte.

    Raises
    ------
    ValueError
    """
    try:
        made = again(json.loads(text))
    except (KeyError, TypeError) as error:
        raise ValueError("no addendum of this certificate") from error
    if canonical(made) != text:
        raise ValueError("another addendum follows here")


class Followed(Protocol):
    """What stands after a certificate and some addenda."""

    def follow(self, text: bytes) -> None:
        """Take the next one over; raises ValueError if it does not follow."""


def first_wrong(state: Followed, addenda: Sequence[bytes]) -> int | None:
    """The number of the first addendum that does not follow; what comes after a wrong one cannot
    be judged."""
    for number, text in enumerate(addenda, start=1):
        try:
            state.follow(text)
        except ValueError:
            return number
    return None


def check_addenda(certificate: bytes, addenda: Sequence[bytes]) -> Iterator[str]:
    """What is wrong with the addenda of a certificate, in words; nothing if all is well.

    Each addendum is made again from the certificate and those before it, and compared byte by
    byte.
    """
    state = Standing.of(json.loads(certificate), sha256(certificate))
    if (number := first_wrong(state, addenda)) is not None:
        yield f"附录第 {number} 号与证书和前面的附录接不上，或者没有按规定的理由和次序递补"
