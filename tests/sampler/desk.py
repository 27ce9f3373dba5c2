"""A desk with a plan and a roster, at which commands are typed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sampler.__main__ import main
from tests.sampler.builders import csv_of, roster_of, row

PLAN = """
name = "小计划"
n = 5
[fields]
"食品" = 3
"环境" = 2
[[cross]]
name = "质检中心"
where = { qi_centre = 1 }
min = 1
max = 2
[weights]
by = "credit_class"
A = 1
D = 4
[reserves]
per_field = 1
"""

ROSTER = roster_of(
    row(
        f"u{i:02d}",
        ("食品", "环境")[i % 2],
        qi_centre="01"[i % 3 == 0],
        credit_class="AD"[i % 4 == 0],
    )
    for i in range(20)
)


@dataclass
class Desk:
    """A folder with a plan and a roster, and a visitor who types commands."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def path(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.path(name)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run(self, command: str) -> tuple[int, str, str]:
        """Exit code, what was said, what was complained of; names with a dot are files."""
        words = [
            str(self.path(word[1:])) if word.startswith("@") else word for word in command.split()
        ]
        code = main(words)
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def json(self, command: str) -> tuple[int, dict[str, Any]]:
        code, said, complained = self.run(f"{command} --json")
        assert complained == ""
        return code, json.loads(said)

    def codes(self, command: str) -> list[str]:
        """The codes of the faults of a command that fails."""
        before = self.files()
        code, answer = self.json(command)
        assert (code, answer["ok"]) == (2, False)
        assert self.files() == before, "a command that fails writes nothing"
        return [fault["code"] for fault in answer["faults"]]

    def files(self) -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in self.folder.rglob("*") if p.is_file()}


def desk_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A desk with the small plan and its roster."""
    made = Desk(tmp_path, capsys)
    made.write("plan.toml", PLAN)
    made.write("roster.csv", csv_of(ROSTER))
    return made


BOTH = "--plan @plan.toml --roster @roster.csv"
COMMIT = f"commit {BOTH} --source 公证处 --source 彩票 --out @c"
DRAW = "draw --commitment @c/commitment.json --roster @roster.csv --machine @c/machine.secret"


def committed(desk: Desk) -> Desk:
    assert desk.run(COMMIT)[0] == 0
    return desk
