"""Sampford's design, drawn group by group: coins say how many of each, tickets say who.

A sample s of m units has probability proportional to the sum of (1 - chance) over s times
the product of chance / (1 - chance) over s; then every unit is drawn with exactly its
chance (M. R. Sampford, Biometrika 54, 1967, 499-513). The usual way to draw from it,
rejecting until m different units come up, may practically never end when chances are
large. Units of equal chance are exchangeable, so the number from each group is drawn
instead, with integer weights from a table filled from the last group to the first.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import comb, lcm

from sampler.lottery import CoinSource


class Sampford:
    """The table of a design: *sizes* units in each group, *chances* of one of them.

    `0 < chance < 1`, and the sum of sizes times chances is the *count* of drawn units.
    """

    def __init__(self, sizes: Sequence[int], chances: Sequence[Fraction], count: int) -> None:
        self.sizes = tuple(sizes)
        self.count = count
        # common factors of all odds, or of all complements, change no probability
        self.odds = _whole([chance / (1 - chance) for chance in chances])
        self.rest = _whole([1 - chance for chance in chances])
        none = [0] * (count + 1)
        # for each group the table of all totals from the groups behind it
        self._behind = [([1, *none[1:]], none)]
        for group in range(len(self.sizes) - 1, 0, -1):
            self._behind.append(self._joined(group, *self._behind[-1]))
        self._behind.reverse()

    def _joined(
        self, group: int, products: list[int], sums: list[int]
    ) -> tuple[list[int], list[int]]:
        """The table behind *group* with the group itself.

        For every total 0..count the sum of products of odds over all samples of that size,
        and the same with each product times its sample's sum of complements.
        """
        ways, rest = self._ways(group), self.rest[group]
        rested = [j * rest * way for j, way in enumerate(ways)]
        joined = []
        for total in range(self.count + 1):
            few = self._from(group, total)
            product = sum(ways[j] * products[total - j] for j in few)
            spread = sum(rested[j] * products[total - j] + ways[j] * sums[total - j] for j in few)
            joined.append((product, spread))
        return [product for product, _ in joined], [spread for _, spread in joined]

    def _ways(self, group: int) -> list[int]:
        size, odds = self.sizes[group], self.odds[group]
        return [comb(size, j) * odds**j for j in range(min(size, self.count) + 1)]

    def _from(self, group: int, left: int) -> range:
        """How many the group can give when *left* are still wanted."""
        return range(min(self.sizes[group], left) + 1)

    def weights(self, group: int, left: int, before: int) -> list[int]:
        """Weight of taking 0, 1, 2 ... units from *group*.

        *left* units are still to be drawn; *before* is the sum of complements (in units of
        `rest`) over those drawn from earlier groups.
        """
        ways, rest = self._ways(group), self.rest[group]
        products, sums = self._behind[group]
        return [
            ways[j] * ((before + j * rest) * products[left - j] + sums[left - j])
            for j in self._from(group, left)
        ]

    def counts(self, coins: CoinSource) -> list[int]:
        """How many units each group gives; one coin per group. They sum to *count*."""
        drawn: list[int] = []
        before = 0
        for group in range(len(self.sizes)):
            weights = self.weights(group, self.count - sum(drawn), before)
            j = _pick(weights, coins.below(sum(weights)))
            before += j * self.rest[group]
            drawn.append(j)
        return drawn


def _whole(values: Sequence[Fraction]) -> list[int]:
    common = lcm(*(value.denominator for value in values))
    return [int(value * common) for value in values]


def _pick(weights: Sequence[int], coin: int) -> int:
    for index, weight in enumerate(weights):
        if coin < weight:
            return index
        coin -= weight
    raise ValueError("the coin is not below the sum of the weights")
