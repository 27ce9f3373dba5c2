"""A request for a trial goes to the process that holds it, and its answer comes back unchanged."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from web.trials.relay import PathTooLong, Relay, check


def application(name: str) -> Callable[..., Iterable[bytes]]:
    """Says who it is and what it was asked."""

    @Request.application
    def answer(request: Request) -> Response:
        told = f"{name} {request.method} {request.full_path} {request.get_data(as_text=True)}"
        response = Response(f"{told} {request.headers.get('X-Mark')}", status=418)
        response.headers.add("Set-Cookie", "a=1")
        response.headers.add("Set-Cookie", "b=2")
        return response

    return answer


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # the name of a test would be too long for a socket
    return tmp_path_factory.mktemp("r")


def ask(relay: Relay, path: str, **more: Any) -> Any:
    # gunicorn says how the address came, before anything was decoded
    return Client(relay).open(path, environ_overrides={"RAW_URI": path}, **more)


def test_the_holder_answers_and_nothing_gets_lost(folder: Path) -> None:
    Relay(application("first"), folder, "aaaaaaaa")
    second = Relay(application("second"), folder, "bbbbbbbb")
    place = "/draws/aaaaaaaa.key/again?x=%E4%B8%AD"

    answer = ask(second, place, method="POST", data=b"body", headers={"X-Mark": "m"})

    assert answer.status_code == 418
    assert answer.text == "first POST /draws/aaaaaaaa.key/again?x=%E4%B8%AD body m"
    assert answer.headers.getlist("Set-Cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize("path", ["/", "/draws/bbbbbbbb.key", "/draws/old-key", "/verify"])
def test_what_is_its_own_or_nobodys_it_answers_itself(folder: Path, path: str) -> None:
    second = Relay(application("second"), folder, "bbbbbbbb")

    assert ask(second, path).text.startswith(f"second GET {path}")


def test_without_its_holder_a_trial_is_answered_by_whoever_is_there(folder: Path) -> None:
    second = Relay(application("second"), folder, "bbbbbbbb")
    (folder / "cccccccc").touch()

    assert ask(second, "/draws/cccccccc.key").text.startswith("second")
    assert ask(second, "/draws/dddddddd.key").text.startswith("second")


def test_a_folder_whose_name_is_too_long_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(PathTooLong, match="TMPDIR"):
        check(tmp_path / ("x" * 100))
