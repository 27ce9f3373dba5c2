"""Which way the arrows run; the contracts stand in pyproject.toml."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.tree import HOUSE


def test_imports_run_the_way_the_data_runs() -> None:
    status = lint_imports(config_filename=str(HOUSE / "pyproject.toml"), no_cache=True)

    assert status == EXIT_STATUS_SUCCESS
