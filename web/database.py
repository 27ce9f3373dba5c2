"""The database of the service: one session per request, one commit at its end.

This is one of the three places that commit. A request that changes nothing reads; every
other one takes the right to write when its transaction begins (`core.database.writing`),
so that two of them wait for each other instead of failing half-way.
"""

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine
from sqlmodel import Session

from core.database import connect, writing

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask, url: str) -> None:
    """Connect *app* to its database; nothing is opened before a request asks for it."""
    app.extensions["engine"] = connect(url)
    # first registered, so run last: what other hooks write is committed too
    app.after_request_funcs.setdefault(None, []).insert(0, _commit)
    app.teardown_request(_close)


def engine() -> Engine:
    """The engine of the running app."""
    found: Engine = current_app.extensions["engine"]
    return found


def session() -> Session:
    """The session of this request, begun when first asked for."""
    if "session" not in g:
        bound = engine() if request.method in READING else writing(engine())
        g.session = Session(bound, expire_on_commit=False)
    found: Session = g.session
    return found


def _commit(response: Response) -> Response:
    """Keep what the request did if its answer says so; else nothing of it."""
    if "session" in g:
        if response.status_code < 400:
            g.session.commit()
        else:
            g.session.rollback()
    return response


def _close(_error: BaseException | None) -> None:
    # an answer that was never made has committed nothing
    if "session" in g:
        g.pop("session").close()
