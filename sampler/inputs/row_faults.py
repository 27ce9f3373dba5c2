"""The faults of a table, each with its row and column, in the order of reading."""

from collections import Counter
from collections.abc import Iterator

from sampler.faults import BadInput, Fault

LISTED = 200
"""Faults that are listed; a file with more of them is mended at its source."""

HOPELESS = 10_000
"""Faults after which reading on helps nobody."""


class RowFaults:
    """Collects faults; keeps the first of every kind and counts the rest."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, int, Fault]] = []
        self._found: Counter[str] = Counter()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def hopeless(self) -> bool:
        """Whether there are so many that the rest of the file need not be read."""
        return self._count >= HOPELESS

    def add(self, code: str, row: int, message: str, column: str = "", order: int = 0) -> None:
        """Note a fault in *row* (counted from 1 as the user's program shows it).

        *order* is the position of *column*, so that a row's faults read from left to right.
        """
        self._count += 1
        self._found[code] += 1
        if self._found[code] <= LISTED:
            where = f"第 {row} 行 {column} 列" if column else f"第 {row} 行"
            self._kept.append((row, order, Fault(code, where, message)))

    def listed(self) -> Iterator[Fault]:
        """The first faults by row, then one line that counts the others."""
        kept = sorted(self._kept, key=lambda item: item[:2])
        yield from (fault for _, _, fault in kept[:LISTED])
        if others := len(self) - min(len(kept), LISTED):
            least = "至少" if self.hopeless else ""
            yield Fault("more_faults", "", f"另有{least} {others} 处错误未列出，请先改正以上各处")

    def raise_if_any(self) -> None:
        """Raise `BadInput` with what was found, if anything was."""
        if self._kept:
            raise BadInput(self.listed())


def unreadable(code: str, message: str) -> BadInput:
    """The one fault of a file of which no row can be read."""
    return BadInput([Fault(code, "", message)])
