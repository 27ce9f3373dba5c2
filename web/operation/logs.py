"""Logs for machines: one JSON object per line, with ids and codes, and nothing about people.

No names, telephone numbers, tokens or addresses of pages get here: of a request its route, not
its path; of an error its type and where it was, not its message, which may quote a row; of a
line by somebody else's library its pattern, not what was filled in. What somebody did stands
in the trail, under the number that the log names.
"""

import json
import logging
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from flask import Flask, Response, g, request
from gunicorn.glogging import Logger as ServerLogger

OURS = "spotcheck"
PATTERNED = ("gunicorn", "web", "flask", "werkzeug")
"""Libraries whose lines are patterns with the particulars apart."""

DEEPEST = 12
"""Places of an error that are told, the innermost last."""

log = logging.getLogger(f"{OURS}.web")


class Lines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what may concern a person is left out."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = {
            "at": at,
            "level": record.levelname.lower(),
            "process": record.process,
        }
        told |= _said(record)
        if record.exc_info and record.exc_info[1] is not None:
            told |= _error(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False, default=str)


def _said(record: logging.LogRecord) -> dict[str, Any]:
    if record.name.split(".")[0] == OURS:
        return _facts(record.getMessage())
    said = {"event": "library", "logger": record.name, "line": f"{record.module}:{record.lineno}"}
    if record.name.split(".")[0] in PATTERNED:
        said["pattern"] = str(record.msg)
    return said


def _facts(message: str) -> dict[str, Any]:
    """What our own lines say: they are JSON objects, or else a word."""
    try:
        facts = json.loads(message)
    except ValueError:
        return {"event": message}
    return facts if isinstance(facts, dict) else {"event": message}


def _error(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    causes = [type(error).__name__]
    while (error := error.__cause__ or error.__context__) is not None:  # type: ignore[assignment]
        causes.append(type(error).__name__)
    return {"error": causes, "where": places}


def begin(level: int = logging.INFO, stream: IO[str] | None = None) -> None:
    """Let every logger of this process write its lines to *stream*, by default standard error."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger(OURS).setLevel(level)


def say(event: str, **facts: object) -> None:
    """One line: what happened, and the ids it happened to."""
    log.info("%s", json.dumps({"event": event} | facts, default=str))


class QuietServer(ServerLogger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's own lines go where all others go."""

    def setup(self, cfg: Any) -> None:
        """Keep gunicorn from setting up anything."""
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)
        self.access_log.propagate = False


# -- requests ----------------------------------------------------------------------------------


def install(app: Flask) -> None:
    """Number every request, and write a line when all is done and committed."""
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    # what is registered first runs last
    app.after_request_funcs.setdefault(None, []).insert(0, _end)


def _begin() -> None:
    # never a number from outside: it would be a way to write into the log
    g.request_id = secrets.token_hex(8)
    g.began = time.monotonic()


def _end(response: Response) -> Response:
    if "request_id" not in g:
        return response
    response.headers["X-Request-Id"] = g.request_id
    me = g.get("me")
    say(
        "request",
        request=g.request_id,
        method=request.method if request.url_rule else "",
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        milliseconds=round(1000 * (time.monotonic() - g.began)),
        user=me.user.id if me else None,
    )
    return response
