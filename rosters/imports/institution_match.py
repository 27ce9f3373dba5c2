"""Which institution a row speaks of: by code, then certificate, then name; in doubt a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from rosters.finding.names import folded
from rosters.imports.known import Holdings, Institutions
from rosters.imports.plans import Doubt, Grounds

ALIKE = 0.5
"""Two names with a smaller share of common signs are far apart."""

Found = tuple[int | None, Doubt | None]
"""The entry that a row speaks of, None for a new one; and what is doubtful about it."""


@dataclass(frozen=True)
class Matcher:
    """Finds institutions among those that are known.

    Attributes
    ----------
    scope : the region whose institutions may be found by their mere names; empty: the nation.
    """

    known: Institutions
    holdings: Holdings
    scope: str

    def find(self, said: Mapping[str, Any], certificates: tuple[str, ...]) -> Found:
        """The institution that bears what is *said* and holds *certificates*."""
        code = said.get("credit_code") or ""
        name = folded(said.get("name") or "")
        owners = {owner for one in certificates if (owner := self.holdings.owner(one)) is not None}
        if code in self.known.codes:
            return self._by_code(self.known.codes[code], name, owners)
        if code in self.known.old_codes:
            return self._ended(self.known.old_codes[code])
        if registered := self.known.registrations.get(said.get("registration_no") or "-"):
            return self._by_number(registered | owners, name)
        if owners:
            return self._by_certificate(owners, code, name)
        return self._by_name(code, name)

    def _by_code(self, entry: int, name: str, owners: set[int]) -> Found:
        if others := owners - {entry}:
            grounds = Grounds.CERTIFICATE_ELSEWHERE
            return entry, Doubt(grounds, (entry,), tuple(sorted(others)), may_be_new=False)
        if self._is_far(entry, name):
            return entry, Doubt(Grounds.NAME_FAR, (entry,), may_be_new=False)
        return entry, None

    def _ended(self, entry: int) -> Found:
        """The code of a body that is over, or that bears another code now."""
        there = self.known.heirs(entry) | ({entry} & self.known.book.standing.keys())
        return None, Doubt(Grounds.ENDED, tuple(sorted(there)), (entry,))

    def _by_number(self, entries: set[int], name: str) -> Found:
        candidates = tuple(sorted(entries))
        if len(candidates) > 1 or self.known.code(candidates[0]):
            return None, Doubt(Grounds.OLD_NUMBER, candidates)
        return self._unless_far(candidates[0], name)

    def _by_certificate(self, owners: set[int], code: str, name: str) -> Found:
        candidates = tuple(sorted(owners))
        if len(candidates) > 1:
            return None, Doubt(Grounds.CERTIFICATE_ELSEWHERE, candidates)
        if code and self.known.code(candidates[0]):
            return None, Doubt(Grounds.CODE_DIFFERS, candidates)
        return self._unless_far(candidates[0], name)

    def _by_name(self, code: str, name: str) -> Found:
        named = self.known.names.get(name, ())
        candidates = tuple(sorted(self.known.visible(named, self.scope)))
        if not candidates:
            return None, None
        if code and all(self.known.code(entry) for entry in candidates):
            return None, Doubt(Grounds.CODE_DIFFERS, candidates)
        return None, Doubt(Grounds.NAME_ONLY, candidates)

    def _unless_far(self, entry: int, name: str) -> Found:
        if self._is_far(entry, name):
            return None, Doubt(Grounds.NAME_FAR, (entry,))
        return entry, None

    def _is_far(self, entry: int, name: str) -> bool:
        borne = self.known.borne[entry]
        if not name or name in borne:
            return False
        return all(SequenceMatcher(None, name, other).ratio() < ALIKE for other in borne)
