"""Addenda to a draw of teams: who stepped out, who stepped in, and who was passed over and why.

An addendum names the SHA-256 of what stands before it (the certificate, or the last addendum).
A stranger needs the certificate and the addenda to check that only drawn people were replaced,
each by the first of the alternates of his slot who was not passed over by a rule. Whether the
rule held he cannot see, nor which it was: leaves and relations are nobody's business but the
authority's.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from inspections.addenda import first_wrong, must_follow
from inspections.teams.stand_ins import StandInReason
from sampler.hashing import canonical, sha256
from sampler.teams.rules import Rule

FORMAT = "spotcheck/team-addendum/1"
LEFT = "left"
"""Why somebody was passed over who does not serve any more; otherwise a `Rule`."""

WHY = {LEFT: "已离岗、借调或者移出名录", **{rule.value: rule.label for rule in Rule}}
"""What each of these codes says."""

UNFIT = "unfit"
"""All that an addendum says of whom his own circumstances keep out."""

COUNTED = frozenset({Rule.ONE_SLOT_PER_VISIT, Rule.CAPACITY, Rule.WINDOW})
"""Rules that follow from the teams, which are public as well."""


def public_why(why: str) -> str:
    """What an addendum says of a code of `WHY`."""
    return why if why in COUNTED else UNFIT


@dataclass
class TeamStanding:
    """Who is in the teams of a certificate, and who still waits, in their order.

    Attributes
    ----------
    members : inspector by slot; a slot that nobody could take over is not in it.
    waiting : for each slot the alternates who have not stepped in.
    last, number : SHA-256 of what an addendum has to name, and how many there are.
    """

    members: dict[str, str]
    waiting: dict[str, list[str]]
    last: str
    number: int = 0

    @classmethod
    def of(cls, certificate: Mapping[str, Any], digest: str) -> "TeamStanding":
        """As the draw left it; *digest* is the SHA-256 of certificate.json."""
        return cls(
            {row["slot"]: row["inspector"] for row in certificate["members"]},
            {row["slot"]: list(row["inspectors"]) for row in certificate["alternates"]},
            digest,
        )

    def addendum(
        self, slot: str, reason: StandInReason, passed: Mapping[str, str], day: date
    ) -> dict[str, Any]:
        """Let somebody step out and write it down; the next addendum follows from this one.

        Parameters
        ----------
        passed : why an alternate cannot step in, by inspector, as `public_why` says it.

        Raises
        ------
        KeyError
            If nobody sits there.
        ValueError
            If somebody is passed over for no known reason.
        """
        out = self.members.pop(slot)
        over, chosen = self._next(slot, passed)
        if chosen is not None:
            self.waiting[slot].remove(chosen)
            self.members[slot] = chosen
        self.number += 1
        told = {
            "format": FORMAT,
            "number": self.number,
            "previous": self.last,
            "reason": reason.value,
            "signed_on": day.isoformat(),
            "slot": slot,
            "out": out,
            "passed": [[one, passed[one]] for one in over],
            "in": chosen,
        }
        self.last = sha256(canonical(told))
        return told

    def _next(self, slot: str, passed: Mapping[str, str]) -> tuple[list[str], str | None]:
        """Those passed over, and the first of the others."""
        over: list[str] = []
        for one in self.waiting[slot]:
            if one not in passed:
                return over, one
            if passed[one] not in {UNFIT, *COUNTED}:
                raise ValueError("nobody is passed over for that")
            over.append(one)
        return over, None

    def follow(self, text: bytes) -> None:
        """Take an addendum over that somebody else has written.

        Raises
        ------
        ValueError
            If it does not follow from the certificate and the addenda before it.
        """
        must_follow(text, self._again)

    def _again(self, given: Mapping[str, Any]) -> dict[str, Any]:
        day, reason = date.fromisoformat(given["signed_on"]), StandInReason(given["reason"])
        return self.addendum(given["slot"], reason, dict(given["passed"]), day)


def check_team_addenda(certificate: bytes, addenda: Sequence[bytes]) -> Iterator[str]:
    """What is wrong with the addenda of a certificate of teams, in words."""
    state = TeamStanding.of(json.loads(certificate), sha256(certificate))
    if (number := first_wrong(state, addenda)) is not None:
        yield f"附录第 {number} 号与证书和前面的附录接不上，或者没有按替补次序递补"
