"""What is wrong with an input, said so that its author can mend it; all faults at once."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault: a stable *code*, *where* it is, and a *message* in plain Chinese."""

    code: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}：{self.message}" if self.where else self.message


class BadInput(ValueError):
    """An input that cannot be used, with every fault that was found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Infeasible(ValueError):
    """No draw meets all quotas of the plan on this frame (`conflicts.explanation` says why)."""
