"""Chance is kept apart from the disk, the clock and every other source of chance."""

import sys
from pathlib import Path

import pytest

from tests.architecture.tree import HOUSE, called_by, imported_by

SAMPLER = HOUSE / "sampler"
OUTSIDE = {"os", "pathlib", "tempfile", "shutil", "time", "socket", "subprocess", "sampler.files"}
ASKING_OUTSIDE = {"open", "print", "input", ".now", ".today", ".utcnow"}
CHANCE = {"random", "secrets", "numpy.random", "uuid", "os.urandom"}
AT_THE_DOOR = ("files.py", "__main__.py", "verifier.py")
"""These may touch the disk; the verifier, because it is a programme of its own."""

PURE = [path for path in sorted(SAMPLER.rglob("*.py")) if path.name not in AT_THE_DOOR]


@pytest.mark.parametrize("source", PURE, ids=lambda path: path.stem)
def test_the_middle_of_the_sampler_is_pure(source: Path) -> None:
    assert imported_by(source) & (OUTSIDE | CHANCE) == set()
    assert called_by(source) & ASKING_OUTSIDE == set()


@pytest.mark.parametrize("source", sorted(SAMPLER.rglob("*.py")), ids=lambda path: path.stem)
def test_only_a_draw_on_a_machine_asks_for_entropy(source: Path) -> None:
    allowed = {"secrets"} if source.name in ("files.py", "__main__.py") else set()

    assert imported_by(source) & CHANCE <= allowed


def test_a_sceptic_can_read_the_verifier_with_nothing_installed() -> None:
    verifier = SAMPLER / "verifier.py"
    roots = {name.partition(".")[0] for name in imported_by(verifier)}

    assert roots <= sys.stdlib_module_names
    assert len(verifier.read_text(encoding="utf-8").splitlines()) < 300
