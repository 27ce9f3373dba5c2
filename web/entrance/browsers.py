"""What a browser keeps of a log-in: one cookie with a token that says nothing by itself."""

import secrets
from typing import TypeVar

from flask import Flask, Request, current_app, session
from werkzeug.wrappers import Response

TOKEN_BYTES = 32
SECURE, PLAIN = "__Host-spotcheck", "spotcheck"
SECURE_FORMS, PLAIN_FORMS = "__Host-spotcheck-forms", "spotcheck-forms"
"""The second cookie is Flask's own, signed: the token of the forms, and a single sign-on on its
way. Nobody is logged in by it."""

Answer = TypeVar("Answer", bound=Response)


def install(app: Flask, *, secure: bool) -> None:
    """Set how the cookies are sent; `__Host-` binds them to this host and to https."""
    app.config |= {
        "LOGIN_COOKIE": SECURE if secure else PLAIN,
        "SESSION_COOKIE_NAME": SECURE_FORMS if secure else PLAIN_FORMS,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
    }


def fresh_token() -> str:
    """256 random bits; for a log-in or a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_of(request: Request) -> str:
    """The token that the browser shows, or nothing."""
    return request.cookies.get(current_app.config["LOGIN_COOKIE"], "")


def keep(answer: Answer, token: str) -> Answer:
    """Have the browser keep the token until it is closed; what it kept for forms is void."""
    session.clear()
    answer.set_cookie(
        current_app.config["LOGIN_COOKIE"],
        token,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return answer


def forget(answer: Answer) -> Answer:
    """Have the browser forget everything."""
    session.clear()
    answer.delete_cookie(
        current_app.config["LOGIN_COOKIE"],
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return answer
