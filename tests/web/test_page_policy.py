"""Strict pages: nothing inline, nothing from outside, nothing left with the visitor."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.visits import begin

WEB = Path(__file__).parents[2] / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SENT = [*TEMPLATES, *sorted((WEB / "static").rglob("*.*"))]

INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\bstyle=|\bon[a-z]+=|javascript:", re.I)
OUTSIDE = re.compile(r"""(?:src|href|url\()\s*=?\s*["'(]?(?:https?:)?//""", re.I)


@pytest.mark.parametrize("address", ["/", "/verify", "/nowhere", "/static/css/site.css"])
def test_every_answer_forbids_all_but_our_own_files(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        policy = answer.headers["Content-Security-Policy"]

        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_no_page_sets_a_cookie_or_lets_itself_be_kept(client: FlaskClient) -> None:
    trial = begin(client)

    for answer in (client.get("/"), trial, client.get(trial.location)):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_holds_styles_or_scripts(template: Path) -> None:
    assert INLINE.search(template.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("file", SENT, ids=lambda path: path.name)
def test_nothing_is_fetched_from_outside(file: Path) -> None:
    assert OUTSIDE.search(file.read_text(encoding="utf-8")) is None
