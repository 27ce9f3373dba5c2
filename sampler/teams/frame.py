"""The frozen list of inspectors: number and type in the open, all else sealed.

A leaf is one line, as in the frame of the first draw: who holds a row's salt (the inspector
himself, discipline inspection) can check what is sealed, a stranger cannot guess it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sampler.frame import SALT_TAG, SEAL_TAG
from sampler.hashing import Hasher, canonical, tagged
from sampler.merkle import Tree
from sampler.teams.eligibility import Eligibility
from sampler.teams.task import inspector_json

TASK_SALT_TAG = "spotcheck/team-task-salt/1"


def task_salt(salts: Sequence[str]) -> str:
    """The salt of what is told of the frozen task: whoever has all salts has it, nobody else."""
    return tagged(TASK_SALT_TAG, *salts)


@dataclass(frozen=True)
class TeamFrame(Tree):
    """The inspectors of a task, in order of their ids; *salt_key* is secret."""

    eligible: Eligibility
    salt_key: str

    @cached_property
    def inspector_ids(self) -> list[str]:
        """Inspector ids in frame order."""
        return [person.id for person in self.eligible.task.inspectors]

    @property
    def types(self) -> list[int]:
        """Type numbers, from 1, in frame order."""
        return [index + 1 for index in self.eligible.types]

    @cached_property
    def sealed(self) -> list[dict[str, Any]]:
        """What is sealed of each inspector: his attributes, and the bars that name him."""
        bars: dict[str, list[list[str]]] = {name: [] for name in self.inspector_ids}
        for bar in self.eligible.task.bars:
            bars[bar.inspector].append([bar.visit, bar.rule.value])
        rows = [inspector_json(person) for person in self.eligible.task.inspectors]
        return [{**row, "bars": bars[row["id"]]} for row in rows]

    @cached_property
    def salts(self) -> list[str]:
        """One salt per inspector, 64 hexadecimal digits."""
        salts = Hasher(SALT_TAG, self.salt_key).each(self.inspector_ids)
        return [salt.hex() for salt in salts]

    @cached_property
    def lines(self) -> list[bytes]:
        """The canonical line of each inspector, without line ends."""
        seal = Hasher(SEAL_TAG).hex
        rows = zip(self.inspector_ids, self.salts, self.sealed, self.types, strict=True)
        return [
            canonical(
                {
                    "public": {"id": name},
                    "seal": seal(salt, canonical(sealed).decode()),
                    "type": str(number),
                }
            )
            for name, salt, sealed, number in rows
        ]

    def proof(self, inspector: str) -> dict[str, Any]:
        """What an inspector needs to see that his row is under the root, and is his own."""
        index = self.inspector_ids.index(inspector)
        return {
            "line": self.lines[index].decode(),
            "salt": self.salts[index],
            "sealed": self.sealed[index],
            "path": self.path(index),
            "root": self.root,
        }

    def secrets(self) -> Iterator[str]:
        """A line per inspector for the authority alone: id, salt, sealed attributes."""
        for name, salt, sealed in zip(self.inspector_ids, self.salts, self.sealed, strict=True):
            yield canonical({"id": name, "salt": salt, "sealed": sealed}).decode()
