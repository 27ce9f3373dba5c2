"""The pages of a witness, on a device of his own: his code opens them, he needs no account."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.calendar import china_date
from inspections.draw_papers import is_open
from inspections.draws import Draw, DrawState, get_draw
from inspections.plans import get_plan
from inspections.reveals import reveal
from inspections.sources import (
    PROMISE_TAG,
    Answer,
    DrawSource,
    promise,
    sources_of,
    witness_by_link,
)
from web.auth import Door, door, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, text
from web.inspections.public_place import public_page_of
from web.inspections.witness_codes import CODE_LENGTH, as_typed, in_groups

bp = Blueprint("witnesses", __name__)

VALUE_SIGNS = 32
"""Hexadecimal digits of a value that a device makes: 128 bits."""


@bp.get("/witness")
@door(Door.PUBLIC)
def ask() -> ResponseReturnValue:
    """Where a code is typed that stands on paper."""
    return render_template("witnesses/ask.html", faults={}, typed="")


@bp.post("/witness")
@door(Door.PUBLIC)
def find() -> ResponseReturnValue:
    """To the page of a code that was typed."""
    typed = text("code", 60)
    code = as_typed(typed)
    with Problems() as problems:
        if len(code) != CODE_LENGTH:
            words = f"见证码是 {CODE_LENGTH} 位字母和数字，请照纸上的写全。"
            raise FormFault(field="code", words=words)
    if problems.found:
        page = render_template("witnesses/ask.html", faults=problems.found, typed=typed)
        return page, UNPROCESSABLE
    return redirect(url_for("witnesses.show", code=code), 303)


@bp.get("/witness/<code>")
@door(Door.PUBLIC)
def show(code: str) -> ResponseReturnValue:
    """What the witness has to do now, and what has happened."""
    return _page(code, {})


def _page(code: str, faults: dict[str, str]) -> str:
    source, draw = _opened(code)
    return render_template(
        "witnesses/show.html",
        refused=request.args.get("refused") == "1",
        code=as_typed(code),
        source=source,
        draw=draw,
        state=draw.state.value,
        plan=get_plan(session(), draw.plan_id),
        sources=sources_of(session(), draw.key),
        over=draw.reveals_are_over(now()),
        is_open=is_open(draw, china_date(now())),
        public=public_page_of(draw) if draw.commitment_digest else "",
        sealed=promised_bytes(source.name),
        faults=faults,
        typed={"promise": text("promise", 80), "value": text("value", 300)},
        printed=in_groups(as_typed(code)),
        waits=_waits(source, draw),
    )


def _waits(source: DrawSource, draw: Draw) -> bool:
    """Whether there is nothing to type, so that the page may look for news by itself."""
    if draw.state is DrawState.ANNOUNCED:
        return source.promise is not None
    if draw.state is DrawState.REVEALING:
        return source.value is not None or draw.reveals_are_over(now())
    return draw.state is DrawState.COMMITTED


def _opened(code: str) -> tuple[DrawSource, Draw]:
    source = witness_by_link(session(), as_typed(code))
    return source, get_draw(session(), source.draw_id)


def promised_bytes(name: str) -> str:
    """What stands before the value when a promise is made by hand, as `printf` writes it."""
    value_length = VALUE_SIGNS.to_bytes(4, "big")
    framed = b"".join(_framed(part) for part in (PROMISE_TAG, name))
    return "".join(_sign(byte) for byte in framed + value_length)


def _framed(part: str) -> bytes:
    data = part.encode()
    return len(data).to_bytes(4, "big") + data


def _sign(byte: int) -> str:
    """Letters and figures as they are, all others as `printf` writes them in octal."""
    return chr(byte) if chr(byte).isascii() and chr(byte).isalpha() else f"\\{byte:03o}"


@bp.post("/witness/<code>/promise")
@door(Door.PUBLIC)
def seal(code: str) -> ResponseReturnValue:
    """Take the promise of a witness."""
    source, _ = _opened(code)
    with Problems() as problems:
        promise(session(), source.key, text("promise", 80).lower(), now())
    return _done(code, problems)


@bp.post("/witness/<code>/value")
@door(Door.PUBLIC)
def show_value(code: str) -> ResponseReturnValue:
    """Take the value of a witness; one that does not fit his promise is refused, and counted."""
    source, _ = _opened(code)
    with Problems() as problems:
        answer = reveal(session(), source.key, text("value", 300), now())
    if not problems.found and answer is Answer.DOES_NOT_FIT:
        # no error by its status: that it was tried is a fact, which must not be undone
        return redirect(url_for("witnesses.show", code=as_typed(code), refused="1"), 303)
    return _done(code, problems)


def _done(code: str, problems: Problems) -> ResponseReturnValue:
    if problems.found:
        return _page(code, problems.found), UNPROCESSABLE
    return redirect(url_for("witnesses.show", code=as_typed(code)), 303)
