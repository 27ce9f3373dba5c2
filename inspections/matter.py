"""What a ceremony needs to know of its subject, and nothing about ceremonies.

Announcing, promising, revealing, signing are the same for institutions and for teams; what is
worked out, committed, drawn and kept is not. `matters` says which matter a draw is about.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from sqlmodel import Session

from core.errors import Conflict
from core.files import FileStore
from inspections.draws import Desk, Draw
from sampler.fairness import Progress


class DrawCannotBeCompleted(Conflict):
    """The method of the plan ran out of units; the draw can only be made void."""

    code = "draw_cannot_be_completed"


class Seeded(Protocol):
    """What came out of a draw."""

    @property
    def seed(self) -> str:
        """64 hexadecimal digits."""


class Held(Protocol):
    """A draw that was worked out."""

    @property
    def certificate(self) -> dict[str, Any]:
        """Plain data."""

    @property
    def outcome(self) -> Seeded:
        """What was drawn."""


ReadyT = TypeVar("ReadyT")
HeldT = TypeVar("HeldT", bound=Held)


@dataclass(frozen=True)
class Fixed:
    """A commitment with all that is published with it.

    Attributes
    ----------
    basis : the digest of what was frozen before and is committed now (`Matter.basis`).
    papers : the bytes of each file by name.
    """

    digest: str
    root: str
    basis: str
    papers: Mapping[str, bytes]


class Matter(ABC, Generic[ReadyT, HeldT]):
    """The matter of one draw: what was frozen for it, and what is done with that."""

    @property
    @abstractmethod
    def basis(self) -> str:
        """The digest under which it was frozen."""

    @abstractmethod
    def must_stand(self, session: Session) -> None:
        """Guard of the commitment: what it rests on is still as it was when it was frozen."""

    @abstractmethod
    def make_ready(self, files: FileStore, progress: Progress | None) -> ReadyT:
        """Work the chances out."""

    @abstractmethod
    def fix(self, desk: Desk, ready: ReadyT, ceremony: Mapping[str, Any], share: str) -> Fixed:
        """Commit to what was worked out; *ceremony* becomes a part of the commitment."""

    @abstractmethod
    def work_out(
        self, desk: Desk, data: dict[str, Any], share: str, given: Mapping[str, str]
    ) -> HeldT:
        """The draw that follows from a commitment and the values given, by source.

        Raises
        ------
        DrawIsDamaged, DrawCannotBeCompleted
        """

    @abstractmethod
    def outcome_papers(self, drawn: HeldT) -> dict[str, bytes]:
        """The files that open with the drawn list, `certificate.json` among them."""

    @abstractmethod
    def keep_rows(self, session: Session, draw: Draw, drawn: HeldT) -> int:
        """Write down who was drawn; gives how many rows."""


def with_ceremony(data: Mapping[str, Any], ceremony: Mapping[str, Any]) -> dict[str, Any]:
    """A commitment that tells of its ceremony too: so one digest fixes the promises as well, and
    the seed depends on them."""
    return {**data, "ceremony": dict(ceremony)}
