"""The service as real processes, started by its command as an operator does."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.architecture.tree import HOUSE

SECRET = "x" * 40
PATIENCE_S = 60.0
COMMAND = (sys.executable, "-c", "from web.cli import main; main()")


def until(so: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """What *so* gives as soon as it is something."""
    end = time.monotonic() + seconds
    while not (found := so()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def environment(folder: Path, url: str = "", **more: str) -> dict[str, str]:
    """What an operator has set."""
    ours = {
        "SPOTCHECK_SECRET_KEY": SECRET,
        "SPOTCHECK_DATA_DIR": str(folder / "data"),
        "SPOTCHECK_DATABASE_URL": url,
        "PYTHONPATH": str(HOUSE),
    }
    return {**os.environ, **ours, **more}


@dataclass
class Running:
    """A service that runs."""

    process: subprocess.Popen[str]
    host: str
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of an answer; (0, "") if nobody answers."""
        try:
            with urllib.request.urlopen(f"http://{self.host}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return self.get("/readyz")[0] == 200

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """What the log says, of one kind of event."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if event in ("", line["event"])]

    def child(self, name: str) -> int:
        """The process that bears this name now."""
        return int([x for x in self.lines("process_started") if x["name"] == name][-1]["child"])

    def ask_to_end(self) -> int:
        """SIGTERM; gives the status it ended with."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def running(
    env: Mapping[str, str], folder: Path, *arguments: str, port: int = 0
) -> Iterator[Running]:
    """`spotcheck` with these arguments, on a free port unless told, until the block is left."""
    port, log = port or free_port(), folder / "service.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [*COMMAND, *arguments, "--port", str(port)],
            env=env, stdout=stream, stderr=stream, text=True,
        )  # fmt: skip
    try:
        yield Running(process, f"127.0.0.1:{port}", log)
    finally:
        # asked first: whoever is killed leaves his temporary folder behind
        process.terminate()
        process.wait(PATIENCE_S)
