"""Inclusion proofs from a published frame: no secret is needed, so everybody may ask for one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.files import FileStore
from inspections.draw_papers import FRAME, read_whole
from sampler import merkle

MOST_FOUND = 20
"""Institutions that a search shows; whoever means another one types more of its name."""

FRAMES_IN_MEMORY = 2
"""A frame of the country holds some 20 MB."""


@dataclass(frozen=True)
class Line:
    """A row of a public frame as everybody sees it."""

    index: int
    public: Mapping[str, str]
    type: int


@dataclass(frozen=True)
class PublicFrame:
    """The lines of a published frame with their leaves."""

    lines: Sequence[bytes]
    leaves: Sequence[bytes]

    def find(self, words: str) -> list[Line]:
        """Rows whose unit id is *words*, else whose name holds them; `MOST_FOUND` at most."""
        wanted = json.dumps(words, ensure_ascii=False)[1:-1].encode()
        near = [at for at, line in enumerate(self.lines) if wanted in line]
        rows = [self.row(at) for at in near[: 50 * MOST_FOUND]]
        exact = [row for row in rows if row.public["unit_id"] == words]
        return exact or [row for row in rows if words in row.public.get("name", "")][:MOST_FOUND]

    def row(self, index: int) -> Line:
        """One row."""
        data = json.loads(self.lines[index])
        return Line(index, data["public"], int(data["type"]))

    def proof(self, index: int) -> dict[str, Any]:
        """The line of a row, its leaf, the path from there, and the root it leads to."""
        path = merkle.proof(self.leaves, index)
        line = self.lines[index]
        return {
            "line": line.decode(),
            "leaf": self.leaves[index].hex(),
            "path": [list(step) for step in path],
            "root": merkle.root_from_proof(line, path),
        }


def public_frame(files: FileStore, sha256: str) -> PublicFrame:
    """The frame that is published under a digest.

    Raises
    ------
    inspections.draw_papers.DrawIsDamaged
    """
    return _read(files.root, sha256)


@lru_cache(maxsize=FRAMES_IN_MEMORY)
def _read(root: Path, sha256: str) -> PublicFrame:
    data = read_whole(FileStore(root), sha256, FRAME)
    lines = data.removesuffix(b"\n").split(b"\n")
    return PublicFrame(lines, [merkle.leaf_hash(line) for line in lines])
