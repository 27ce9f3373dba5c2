"""The second draw: a pure function of a commitment, the inspectors' types and the reveals.

Chances are never worked out again here: the committed table is rounded, then tickets say
which members of each type go, and in which order the others stand by.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sampler.seeds import Contribution, seed_of
from sampler.teams.assignment import draw_members
from sampler.teams.commitment import cells_of, committed_lots


@dataclass(frozen=True)
class TeamMember:
    """Who was drawn for a slot, and what his chance of it had been."""

    slot: str
    inspector: str
    type: int
    chance: Fraction


@dataclass(frozen=True)
class TeamOutcome:
    """All that came out of one draw, in the order of the slots.

    Attributes
    ----------
    alternates : for each slot those who stand by, in the order in which they step in.
    """

    seed: str
    members: tuple[TeamMember, ...]
    alternates: dict[str, tuple[str, ...]]

    @property
    def loads(self) -> Counter[str]:
        """Slots of each inspector who was drawn."""
        return Counter(member.inspector for member in self.members)


def hold_teams(
    commitment: Mapping[str, Any],
    digest: str,
    inspector_ids: Sequence[str],
    types: Sequence[int],
    contributions: Sequence[Contribution],
) -> TeamOutcome:
    """Draw, once, what *commitment* has fixed.

    Parameters
    ----------
    digest : of the commitment.
    inspector_ids, types : the frame's rows, types from 1; their order does not matter.
    contributions : of every source in committed order, the machine's first.
    """
    seed = seed_of(digest, contributions)
    members: list[list[str]] = [[] for _ in commitment["types"]]
    number_of = dict(zip(inspector_ids, types, strict=True))
    for inspector, number in number_of.items():
        members[number - 1].append(inspector)
    drawn = draw_members(committed_lots(commitment, members), seed, commitment["alternates"])
    slots = [slot["id"] for slot in commitment["slots"]]
    chances = _Chances(commitment)
    return TeamOutcome(
        seed,
        tuple(
            TeamMember(slot, person, number_of[person], chances.of(place, number_of[person]))
            for place, (slot, person) in enumerate(zip(slots, drawn.drawn, strict=True))
        ),
        dict(zip(slots, drawn.alternates, strict=True)),
    )


class _Chances:
    """The committed chances of one member of a type."""

    def __init__(self, commitment: Mapping[str, Any]) -> None:
        self._cells = commitment["chances"]["cells"]
        self._denominator = commitment["chances"]["denominator"]
        self._types = commitment["types"]

    def of(self, slot: int, number: int) -> Fraction:
        """The chance on the slot at a place of the commitment, for a type number."""
        amount = dict(cells_of(self._cells[slot]))[number]
        return Fraction(amount, self._denominator * self._types[number - 1]["members"])
