"""Whoever has the two public files of a draw can have it repeated here."""

import time

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from sampler.bundle import verifier_source
from web.auth import Door, door
from web.trials.verdict import explained
from web.views import auditors

bp = Blueprint("verify", __name__)

FILES = {"certificate": "抽取证书 certificate.json", "frame": "公开名单 frame.jsonl"}


@bp.get("/verify")
@door(Door.PUBLIC)
def ask() -> ResponseReturnValue:
    """The form."""
    return render_template("verify/page.html", missing=[], verdict=None)


@bp.post("/verify")
@door(Door.PUBLIC)
def answer() -> ResponseReturnValue:
    """Every check of the two files; nothing of them is kept."""
    files = {key: _content(request.files.get(key)) for key in FILES}
    if missing := [FILES[key] for key, data in files.items() if data is None]:
        return render_template("verify/page.html", missing=missing, verdict=None), 422
    began = time.monotonic()
    certificate, frame = (data or b"" for data in files.values())
    findings = auditors().audit(certificate, frame)
    verdict = explained(certificate, findings, time.monotonic() - began)
    return render_template("verify/page.html", missing=[], verdict=verdict)


@bp.get("/verifier.py")
@door(Door.PUBLIC)
def programme() -> ResponseReturnValue:
    """The stand-alone verifier, the same file that lies in every bundle."""
    response = Response(verifier_source(), content_type="text/x-python; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="verifier.py")
    return response


def _content(file: FileStorage | None) -> bytes | None:
    return file.read() if file and file.filename else None
