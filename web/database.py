"""The database of the service: one session per request, one commit at its end.

This is one of the three places that commit. A request that changes nothing reads; every
other one takes the right to write when its transaction begins (`core.database.writing`),
so that two of them wait for each other instead of failing half-way.
"""

from collections.abc import Callable

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine
from sqlmodel import Session

from core.database import connect, unit_of_work, writing

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
        g.writes = request.method not in READING
        bound = writing(engine()) if g.writes else engine()
        g.session = Session(bound, expire_on_commit=False)
    found: Session = g.session
    return found


def begin_writing() -> None:
    """Take the right to write in a request that only reads by its method: back from single
    sign-on, where the browser comes along a link. Before anything else is asked.
    """
    if "session" in g:
        raise RuntimeError("the transaction of this request has begun")
    g.writes = True
    g.session = Session(writing(engine()), expire_on_commit=False)


def writes() -> bool:
    """Whether the transaction of this request, if it has begun, has the right to write."""
    return bool(g.get("writes", False))


def give_up() -> None:
    """Undo what the request has done so far; a page that tells why reads anew."""
    if "session" in g:
        g.session.rollback()


def apart(work: Callable[[Session], None]) -> None:
    """Do something small in a transaction of its own, in a request that otherwise reads."""
    with unit_of_work(engine()) as own:
        work(own)


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
