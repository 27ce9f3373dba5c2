"""Finished papers, each under the digest of what it says: made once, the same bytes ever after.

A signature is another one each time it is made, so a paper that somebody has filed could not be
compared with the one on the public page if it were signed anew for every visitor.
"""

import contextlib
import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.files import FileNotFound, FileStore

LARGEST = 2**28
NAMED = "named"


@dataclass(frozen=True)
class Shelf:
    """A folder of papers; several processes may put and take at the same time."""

    root: Path

    def find(self, key: str) -> bytes | None:
        """The paper kept under a key; nothing if there is none, or none that is whole."""
        try:
            sha256 = os.readlink(self._name(key))
            with self._store().open(sha256) as file:
                data = file.read()
        except (FileNotFoundError, FileNotFound):
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def take(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The paper kept under a key, made now if there is none; who comes first decides."""
        kept = self.find(key)
        if kept is not None:
            return kept
        made = make()
        blob = self._store().put(io.BytesIO(made), LARGEST)
        return made if self._first(key, blob.sha256) else self.find(key) or made

    def _first(self, key: str, sha256: str) -> bool:
        """Give the paper its name, unless another process has been quicker."""
        name = self._name(key)
        name.parent.mkdir(parents=True, exist_ok=True)
        if name.is_symlink() and self.find(key) is None:
            # what lay there is damaged
            name.unlink(missing_ok=True)
        with contextlib.suppress(FileExistsError):
            # a link appears whole or not at all, and never over another
            name.symlink_to(sha256)
            return True
        return False

    def _name(self, key: str) -> Path:
        return self.root / NAMED / key

    def _store(self) -> FileStore:
        return FileStore(self.root)
