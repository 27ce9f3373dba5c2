"""What a draw of teams once gave it must always give, to the last byte.

The golden certificate is renewed on purpose only, after a change of the rules or formats that
is named in the changelog: `python -m tests.sampler.teams.test_golden_teams`. It carries the
commitment from which it is drawn again, so the solver's table is never asked for anew.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sampler.hashing import canonical, sha256
from sampler.procedure import contributions
from sampler.teams.audit import audit
from sampler.teams.bundle import TASK
from sampler.teams.procedure import DrawnTeams, draw, reopen
from tests.sampler.golden import path_of
from tests.sampler.teams.draws import COUNTRY, SALT_KEY, SHARE, files_of, held
from tests.sampler.teams.tasks import shuffled

GOLDEN = path_of("teams")


def golden() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(GOLDEN.read_bytes())
    return data


def again(turn: int = 0) -> DrawnTeams:
    fixed = reopen(golden()["commitment"], shuffled(COUNTRY, turn), SALT_KEY)
    return draw(fixed, contributions(fixed.data, SHARE, {"彩票": "03 17 22"}))


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_a_commitment_is_drawn_as_it_was_whatever_the_order_of_the_task(turn: int) -> None:
    assert canonical(again(turn).certificate) == GOLDEN.read_bytes()


def test_cap_loads_and_score_come_out_as_they_were() -> None:
    files = files_of(again())
    kept = files["sealed.secret"], files[TASK]

    findings = audit(GOLDEN.read_bytes(), files["frame.jsonl"], *kept)

    assert [finding for finding in findings if finding.faults] == []


@pytest.mark.parametrize("hash_seed", ["0", "random"])
def test_another_process_with_another_hash_seed_gives_the_same_bytes(hash_seed: str) -> None:
    code = (
        "from tests.sampler.teams.test_golden_teams import *; "
        "print(sha256(canonical(again(1).certificate)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert done.stdout.strip() == sha256(GOLDEN.read_bytes())


if __name__ == "__main__":
    GOLDEN.write_bytes(canonical(held(COUNTRY).certificate))
