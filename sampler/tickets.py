"""Tickets: each unit's place in the queue. The smallest go first, ties by unit id.

The smallest k tickets of a group are a simple random sample of it, whatever the order of
the rows, the engine or the partition (Rivest, arXiv:1808.10016).
"""

from collections.abc import Sequence

from sampler.hashing import Hasher
from sampler.seeds import TICKET_TAG

DRAW = "draw"
"""The stage of the first draw; the second draw (teams) has its own."""


def tickets(seed: str, unit_ids: Sequence[str], stage: str = DRAW) -> dict[str, bytes]:
    """The 256-bit ticket of each unit: H("spotcheck/ticket/1", seed, stage, unit id)."""
    drawn = Hasher(TICKET_TAG, seed, stage).each(unit_ids)
    return dict(zip(unit_ids, drawn, strict=True))


def in_order(drawn: dict[str, bytes]) -> list[str]:
    """Unit ids, smallest ticket first."""
    return sorted(drawn, key=lambda unit_id: (drawn[unit_id], unit_id))
