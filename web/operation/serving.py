"""The processes of the service: gunicorn with its workers, and the workers that do jobs."""

import os
import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from core.database import connect
from web.app import create_app
from web.auth import clock
from web.handlers import handlers
from web.operation import heartbeats, logs
from web.operation.supervising import Supervisor
from web.settings import Settings
from web.trials import relay
from web.worker import run_worker, stop_on_signals

THREADS = 16
GRACE_SECONDS, DEMO_GRACE_SECONDS = 30, 3
"""How long a request may go on after the service was told to end."""

Ready = Callable[[], None]


def serve(
    settings: Settings, listener: socket.socket, ready: Ready, **more: Callable[[], None]
) -> None:
    """Answer on *listener* and do jobs until the process is told to end.

    Parameters
    ----------
    ready : called in every process that answers, once it does.
    more : works that get a process of their own, by name.
    """
    heartbeats.forget(settings.data_dir)
    works: dict[str, Callable[[], None]] = {
        f"worker-{number}": partial(do_jobs, settings, f"worker-{number}")
        for number in range(1, settings.job_processes + 1)
    }
    with TemporaryDirectory(prefix="spotcheck-") as neighbours:
        relay.check(Path(neighbours))
        answering = Service(settings, listener, ready, Path(neighbours)).run
        Supervisor.of({"web": answering} | works | more).run()


def do_jobs(settings: Settings, name: str) -> None:
    """Be a worker until the process is told to end."""
    stop = threading.Event()
    stop_on_signals(stop)
    engine = connect(settings.database)
    shown = f"{socket.gethostname()[:80]}/{name}/{os.getpid()}"
    alive = heartbeats.beat(settings.data_dir, name)
    run_worker(engine, handlers(settings, engine), clock, stop, shown, alive=alive)
    engine.dispose()


class Service(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Our application and the few settings of the server that matter."""

    def __init__(
        self, settings: Settings, listener: socket.socket, ready: Ready, neighbours: Path
    ) -> None:
        self._settings, self._listener, self._ready = settings, listener, ready
        self._neighbours = neighbours
        super().__init__()

    def load_config(self) -> None:
        """Tell the server what it needs to know."""
        demo = self._settings.demo is not None
        options: dict[str, Any] = {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": self._settings.web_processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": DEMO_GRACE_SECONDS if demo else GRACE_SECONDS,
            "logger_class": logs.QuietServer,
            # it would lie in the home folder of whoever starts the service
            "control_socket_disable": True,
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
        if self._settings.web_processes > 1:
            slot = relay.new_slot()
            app.extensions["desk"].prefix = f"{slot}."
            app.wsgi_app = relay.Relay(  # type: ignore[method-assign]
                app.wsgi_app, self._neighbours, slot
            )
        return app
