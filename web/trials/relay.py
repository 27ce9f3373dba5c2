"""Trials with several web processes: each lives in the memory of one, the others pass requests on.

The key of a trial begins with the *slot* of the process that holds it. Whoever else gets a
request for it hands it over a socket in a folder of our own, and gives back the answer. When
the holder has died its trials are gone, and the answer says so as it always does.
"""

import re
import secrets
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from errno import ENAMETOOLONG
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PLACE = re.compile(r"/draws/([0-9a-f]{8})\.")
BLOCK = 2**16
PATIENCE_SECONDS = 60.0
LONGEST_PATH = 100
"""Of a socket's name, in bytes (`sockaddr_un` holds 108 on Linux and 104 elsewhere)."""

OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "date", "server"}


def new_slot() -> str:
    """A name for a process that nobody can guess and no other has had."""
    return secrets.token_hex(4)


class PathTooLong(OSError):
    """The system allows a socket no name as long as that."""


def check(folder: Path) -> None:
    """Whether processes can find each other in *folder*.

    Raises
    ------
    PathTooLong
    """
    if len(str(folder / new_slot()).encode()) > LONGEST_PATH:
        raise PathTooLong(
            ENAMETOOLONG, "临时文件夹的路径太长，请把 TMPDIR 设为较短的路径", str(folder)
        )


class Relay:
    """An application that answers for its own trials, and passes on what is another's."""

    def __init__(self, app: "WSGIApplication", folder: Path, slot: str) -> None:
        self._app, self._folder, self._slot = app, folder, slot
        server = make_server(f"unix://{folder / slot}", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True, name="relay").start()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer, or let the holder answer."""
        found = PLACE.match(environ.get("PATH_INFO", ""))
        if found and found[1] != self._slot:
            try:
                answer = _ask(self._folder / found[1], environ)
            except (OSError, HTTPException):
                # nobody holds it any more: our own answer says that it is gone
                return self._app(environ, start_response)
            headers = [(k, v) for k, v in answer.getheaders() if k.lower() not in OF_ONE_HOP]
            start_response(f"{answer.status} {answer.reason}", headers)
            return _blocks(answer)
        return self._app(environ, start_response)


class _Neighbour(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(str(self._path))
        except OSError:
            self.close()
            raise


def _ask(path: Path, environ: "WSGIEnvironment") -> HTTPResponse:
    neighbour = _Neighbour(path)
    neighbour.connect()
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else None
    neighbour.request(environ["REQUEST_METHOD"], _target(environ), body, _headers(environ))
    return neighbour.getresponse()


def _target(environ: "WSGIEnvironment") -> str:
    # as it came, before anything was decoded
    return str(environ["RAW_URI"])


def _headers(environ: "WSGIEnvironment") -> dict[str, Any]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith("HTTP_") and name != "HTTP_CONNECTION"
    }
    if kind := environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = kind
    return headers | {"Connection": "close"}


def _blocks(answer: HTTPResponse) -> Iterator[bytes]:
    with closing(answer):
        while block := answer.read(BLOCK):
            yield block
