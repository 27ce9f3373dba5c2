"""Results that are too large for memory, in a temporary file without a name.

A nameless file cannot be opened by anybody else and is gone with the process, however it
ends; nothing has to be swept up afterwards.
"""

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from web.errors import TrialGone

CHUNK = 2**18


@dataclass(frozen=True)
class Part:
    """Where one of the files stands in the nameless file."""

    start: int
    size: int


class Stored:
    """Several files, one after the other in a nameless one: open files are scarce."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.parts: dict[str, Part] = {}
        self._lock = threading.Lock()
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `delete`
        for name, data in files.items():
            self.parts[name] = Part(self._file.tell(), len(data))
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]

    def open(self, name: str) -> "Reading":
        """A reader of its own, which goes on reading even if all is deleted meanwhile.

        Raises
        ------
        KeyError
            If there is no such file.
        TrialGone
            If it has been deleted.
        """
        part = self.parts[name]
        with self._lock:
            if self._file.closed:
                raise TrialGone
            return Reading(os.dup(self._file.fileno()), part)

    def read(self, name: str) -> bytes:
        """All of one file."""
        reading = self.open(name)
        try:
            return b"".join(reading)
        finally:
            reading.close()

    def delete(self) -> None:
        """Let go of the file; the disk forgets it when the last reader is done."""
        with self._lock:
            self._file.close()


class Reading:
    """An iterable of chunks, in the form that a server sends and closes."""

    def __init__(self, handle: int, part: Part) -> None:
        self._handle, self._at, self._end = handle, part.start, part.start + part.size

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        # readers share the position of the file, so each keeps its own
        chunk = os.pread(self._handle, min(CHUNK, self._end - self._at), self._at)
        if not chunk:
            raise StopIteration
        self._at += len(chunk)
        return chunk

    def close(self) -> None:
        """Let go of the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
