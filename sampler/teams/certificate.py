"""The certificate of the second draw: what was committed, what was revealed, who was drawn.

Its bytes are RFC 8785, its digests those of the first draw's. Persons stand in it by their
number alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sampler.certificate import contributions_json, decimal, with_digests
from sampler.quotas import ratio_text
from sampler.seeds import Contribution
from sampler.teams.commitment import cells_of
from sampler.teams.holding import TeamOutcome

FORMAT = "spotcheck/team-certificate/1"


def certificate(
    commitment: Mapping[str, Any], contributions: Sequence[Contribution], outcome: TeamOutcome
) -> dict[str, Any]:
    """The certificate of one draw of teams as plain data."""
    wanted = commitment["alternates"]
    parts = {
        "commitment": dict(commitment),
        "contributions": contributions_json(contributions),
        "members": [
            {
                "slot": member.slot,
                "inspector": member.inspector,
                "type": member.type,
                "chance": ratio_text(member.chance),
            }
            for member in outcome.members
        ],
        "alternates": [
            {"slot": slot, "inspectors": list(found)} for slot, found in outcome.alternates.items()
        ],
        "alternate_shortfalls": [
            {"slot": slot, "wanted": wanted, "found": len(found)}
            for slot, found in outcome.alternates.items()
            if len(found) < wanted
        ],
        "seed": outcome.seed,
    }
    return with_digests(FORMAT, parts)


def member_rows(outcome: TeamOutcome) -> Iterator[tuple[str, str, int, str, str]]:
    """Rows of `members.csv`: slot, inspector, rank (0 drawn, then the alternates in order),
    chance and chance_decimal of who was drawn."""
    for member in outcome.members:
        chance = ratio_text(member.chance)
        yield member.slot, member.inspector, 0, chance, decimal(member.chance)
        for rank, inspector in enumerate(outcome.alternates[member.slot], start=1):
            yield member.slot, inspector, rank, "", ""


def chance_rows(commitment: Mapping[str, Any]) -> Iterator[tuple[str, int, int, str, str]]:
    """Rows of `chances.csv`: slot, type, members of the type, chance of each of them,
    chance_decimal; types without a chance on the slot are left out."""
    members = {t["number"]: t["members"] for t in commitment["types"]}
    chances = commitment["chances"]
    for slot, cells in zip(commitment["slots"], chances["cells"], strict=True):
        for number, amount in cells_of(cells):
            chance = Fraction(amount, chances["denominator"] * members[number])
            yield slot["id"], number, members[number], ratio_text(chance), decimal(chance)


def load_rows(
    commitment: Mapping[str, Any],
    inspectors: Sequence[str],
    types: Sequence[int],
    outcome: TeamOutcome,
) -> Iterator[tuple[str, int, str, str, int]]:
    """Rows of `loads.csv` for every inspector: inspector, type, expected slots as a ratio
    and with ten decimals, slots drawn."""
    expected = {t["number"]: Fraction(t["load"]) for t in commitment["types"]}
    drawn = outcome.loads
    for inspector, number in zip(inspectors, types, strict=True):
        load = expected[number]
        yield inspector, number, ratio_text(load), decimal(load), drawn[inspector]
