"""Logs say what happened by ids and codes; nothing about people gets into them."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from core.accounts import User
from core.database import connect
from tests.web.visits import SMALL
from web.app import create_app
from web.operation import logs, migrating
from web.settings import Settings

NAME, PHONE, TOKEN = "欧阳小明", "13912345678", "tokentokentoken0123456789"
PRIVATE = (NAME, PHONE, TOKEN, "geheim")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What all loggers write while the test runs."""
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    before = root.handlers[:], root.level, ours.level
    written = io.StringIO()
    logs.begin(stream=written)
    yield written
    root.handlers[:], level, our_level = before
    root.setLevel(level)
    ours.setLevel(our_level)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    settings = Settings("s" * 32, SMALL, data_dir=tmp_path)
    engine = connect(settings.database)
    migrating.upgrade(engine)
    engine.dispose()
    app = create_app(settings)
    yield app
    app.extensions["desk"].close()
    app.extensions["engine"].dispose()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


# -- requests ----------------------------------------------------------------------------------


def test_every_request_leaves_one_line_with_its_number(app: Flask, stream: io.StringIO) -> None:
    answers = [app.test_client().get(path) for path in ("/healthz", "/verify", "/none")]

    told = lines(stream)
    assert [line["status"] for line in told] == [200, 200, 404]
    assert [line["route"] for line in told] == ["/healthz", "/verify", None]
    assert [line["request"] for line in told] == [a.headers["X-Request-Id"] for a in answers]
    assert len({line["request"] for line in told}) == 3


def test_nothing_that_a_visitor_sends_gets_into_the_log(app: Flask, stream: io.StringIO) -> None:
    visitor = app.test_client()
    marks = {"X-Request-Id": TOKEN, "User-Agent": NAME, "Cookie": f"a={TOKEN}", "Referer": TOKEN}
    for path in (
        f"/login?next=/{TOKEN}",
        f"/draws/{TOKEN}",
        f"/invitations/links/{TOKEN}",
        f"/{PHONE}",
    ):
        visitor.get(path, headers=marks)
    visitor.post("/login", data={"login_name": NAME, "password": "geheim"}, headers=marks)
    visitor.open(f"/{TOKEN}", method=TOKEN.upper(), headers=marks)

    assert len(lines(stream)) == 6
    assert not any(private.lower() in stream.getvalue().lower() for private in PRIVATE)


# -- errors ------------------------------------------------------------------------------------


def fault(tmp_path: Path) -> Exception:
    """What a database says quotes the row."""
    engine = connect(f"sqlite:///{tmp_path / 'a.sqlite'}")
    migrating.upgrade(engine)
    row = {
        "login_name": TOKEN,
        "display_name": NAME,
        "phone": PHONE,
        "email": "",
        "must_change": False,
        "password_hash": "",
        "external": False,
        "created_at": datetime(2026, 3, 2, tzinfo=UTC),
    }
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(insert(User).values(row), [row, row])
    engine.dispose()
    return caught.value


def test_an_error_is_told_by_its_type_and_place(tmp_path: Path, stream: io.StringIO) -> None:
    error = fault(tmp_path)
    assert PHONE in str(error)

    # as Flask tells it
    logging.getLogger("web.app").error("Exception on %s [%s]", f"/{TOKEN}", "GET", exc_info=error)

    (line,) = lines(stream)
    assert line["error"][0] == "IntegrityError"
    assert any("test_logs.py" in place for place in line["where"])
    assert not any(private in stream.getvalue() for private in PRIVATE)


def test_lines_of_libraries_are_told_without_their_particulars(stream: io.StringIO) -> None:
    logging.getLogger("gunicorn.error").warning("Invalid request from ip=%s", TOKEN)
    logging.getLogger("some.library").warning(f"could not write to {NAME}")

    first, second = lines(stream)
    assert first["pattern"] == "Invalid request from ip=%s"
    assert second["line"].startswith("test_logs:")
    assert not any(private in stream.getvalue() for private in PRIVATE)


@given(st.text())
def test_whatever_is_said_stays_one_line(text: str) -> None:
    record = logging.LogRecord("spotcheck.web", logging.INFO, "", 1, "%s", (text,), None)

    line = logs.Lines().format(record)

    assert "\n" not in line
    assert isinstance(json.loads(line), dict)


def test_the_words_of_the_worker_are_kept_as_they_are(stream: io.StringIO) -> None:
    logging.getLogger("spotcheck.worker").info("%s", json.dumps({"event": "job_done", "job": 7}))

    (line,) = lines(stream)
    assert (line["event"], line["job"], line["level"]) == ("job_done", 7, "info")
