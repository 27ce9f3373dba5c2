"""Equal commitment and contributions give equal bytes, on any machine, in any order."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sampler.audit import audit
from sampler.hashing import sha256
from sampler.procedure import reopen
from tests.sampler.builders import SALT_KEY
from tests.sampler.golden import PLANS, again, anew, path_of, roster

NAMES = pytest.mark.parametrize("name", PLANS)
EXACT = [name for name in PLANS if name != "panels"]
"""Plans whose chances come from integers alone."""


def golden(name: str) -> bytes:
    return path_of(name).read_bytes()


def commitment(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(golden(name))["commitment"]
    return data


@NAMES
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_a_commitment_is_drawn_as_it_was_whatever_the_order_of_the_roster(
    name: str, turn: int
) -> None:
    assert again(commitment(name), turn) == golden(name)


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("turn", [0, 1])
def test_the_commitment_itself_comes_out_as_it_was(name: str, turn: int) -> None:
    made, known = json.loads(anew(name, turn))["commitment"], commitment(name)
    # the number of the release is for the record and may go on
    made["versions"]["spotcheck"] = known["versions"]["spotcheck"]

    assert made == known


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_another_process_with_another_hash_seed_gives_the_same_bytes(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.sampler.golden", "digests", "3"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert done.stdout.splitlines() == [f"{name} {sha256(golden(name))}" for name in PLANS]


@NAMES
def test_a_golden_certificate_verifies(name: str) -> None:
    frame = reopen(commitment(name), roster(), SALT_KEY).frame
    lines = b"".join(line + b"\n" for line in frame.lines)
    secrets = "".join(f"{line}\n" for line in frame.secrets()).encode()

    assert [f for f in audit(golden(name), lines, secrets, roster()) if f.faults] == []


def test_the_golden_certificates_show_every_path() -> None:
    paths = {name: commitment(name)["chances"]["path"] for name in PLANS}

    assert paths == {
        "cuts": "cuts",
        "everything": "cuts",
        "panels": "panels",
        "sequential": "sequential",
    }
    assert all(len(golden(name)) < 60_000 for name in PLANS)
