"""The seed and the coins that come out of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, islice

from sampler.hashing import Hasher, tagged

SEED_TAG = "spotcheck/seed/1"
COIN_TAG = "spotcheck/coin/1"
TICKET_TAG = "spotcheck/ticket/1"
MACHINE_TAG = "spotcheck/machine/1"


@dataclass(frozen=True)
class Contribution:
    """What one source gave; *value* None means that it did not reveal."""

    source: str
    value: str | None


def seed_of(commitment_digest: str, contributions: Iterable[Contribution]) -> str:
    """seed = H("spotcheck/seed/1", commitment digest, name1, value1, ...), 64 hex digits.

    A source that did not reveal counts as the empty value: nothing restarts, so nobody
    can throw a draw away by staying silent.
    """
    pairs = [text for c in contributions for text in (c.source, c.value or "")]
    return tagged(SEED_TAG, commitment_digest, *pairs)


def machine_promise(share: str) -> str:
    """What the commitment says of the machine's share before it is revealed."""
    return tagged(MACHINE_TAG, share)


@dataclass
class Coins:
    """Uniform integers from a seed, one stage of the draw after the other."""

    seed: str
    stage: str
    _blocks: Iterator[bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # H("spotcheck/coin/1", seed, stage, "0"), then "1", "2" and so on
        self._blocks = Hasher(COIN_TAG, self.seed, self.stage).each(map(str, count()))

    def below(self, bound: int) -> int:
        """A uniform integer in [0, bound), bound >= 1, of any size.

        As many 256-bit blocks as exceed the bound's bits are put together; a value in the
        incomplete last stretch is thrown away and the next blocks are taken.
        """
        blocks = bound.bit_length() // 256 + 1
        limit = (1 << 256 * blocks) // bound * bound
        while True:
            value = int.from_bytes(b"".join(islice(self._blocks, blocks)), "big")
            if value < limit:
                return value % bound
