"""The command `spotcheck`: starts the service, and hands everything else on."""

import io
import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rosters.demo.rows import demo_roster, write_demo_roster
from web.cli import main


def spotcheck(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_the_demo_roster_is_written_as_announced(tmp_path: Path) -> None:
    out, expected = tmp_path / "r.csv", io.BytesIO()
    write_demo_roster(demo_roster(2_500, 250, 3), expected)

    done = spotcheck(
        "demo", "roster", "--units", "2500", "--national", "250", "--seed", "3", "--out", str(out)
    )

    assert done.exit_code == 0
    assert "2,500 家" in done.output
    assert out.read_bytes() == expected.getvalue()


def test_an_impossible_demo_roster_writes_nothing(tmp_path: Path) -> None:
    done = spotcheck(
        "demo", "roster", "--units", "10", "--national", "20", "--out", str(tmp_path / "r")
    )

    assert done.exit_code == 2
    assert "国家级机构数" in done.output
    assert list(tmp_path.iterdir()) == []


def test_the_sampler_gets_every_argument_and_gives_its_exit_code(tmp_path: Path) -> None:
    absent = str(tmp_path / "none")

    done = spotcheck("sampler", "check", "--plan", absent, "--roster", absent, "--json")

    assert done.exit_code == 2
    assert json.loads(done.output)["ok"] is False


def test_the_sampler_explains_itself_under_this_name(capsys: pytest.CaptureFixture[str]) -> None:
    done = spotcheck("sampler", "--help")

    assert done.exit_code == 0
    assert "spotcheck sampler" in done.output


def test_a_port_that_is_taken_is_said_in_plain_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = spotcheck("run", "--port", str(taken.getsockname()[1]))

    assert done.exit_code == 1
    assert "请用 --port 换一个" in done.output
