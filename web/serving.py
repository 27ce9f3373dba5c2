"""One process with threads behind gunicorn: trials live in the memory of that process."""

import socket
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from web.app import create_app
from web.settings import Settings

THREADS = 16
GRACE_SECONDS = 3


def serve(settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer on *listener* until the process is told to end; *ready* is called once all is."""
    Service(settings, listener, ready).run()


class Service(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Our application and the few settings of the server that matter."""

    def __init__(
        self, settings: Settings, listener: socket.socket, ready: Callable[[], None]
    ) -> None:
        self._settings, self._listener, self._ready = settings, listener, ready
        super().__init__()

    def load_config(self) -> None:
        """Tell the server what it needs to know."""
        options: dict[str, Any] = {
            "bind": f"fd://{self._listener.fileno()}",
            # more than one process would each have its own trials
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": GRACE_SECONDS,
            "loglevel": "warning",
            "post_worker_init": lambda _: self._ready(),
            "worker_exit": lambda _, worker: worker.app.callable.extensions["desk"].close(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, and the demo roster before the first visitor asks for it."""
        app = create_app(self._settings)
        if (roster := app.extensions["offer"].roster) is not None:
            len(roster.roster)
        return app
