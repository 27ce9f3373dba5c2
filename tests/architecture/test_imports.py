"""Which way the arrows run; the contracts stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import HOUSE

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def test_imports_run_the_way_the_data_runs() -> None:
    # a process of its own: import-linter switches off every logger that exists already
    done = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=HOUSE, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
