"""A measured process is counted by itself, not with whoever started it."""

import pytest

from bench.metered import measured
from bench.tables import Table, shown


def test_the_memory_of_the_bench_is_not_counted() -> None:
    ballast = bytearray(120_000_000)
    ballast[::4096] = b"1" * len(ballast[::4096])

    assert measured(["-c", "pass"]).peak < 60


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(RuntimeError, match="boom"):
        measured(["-c", "raise SystemExit('boom')"])


def test_a_table_shows_what_is_missing_as_a_dash() -> None:
    table = Table("Which?", ("name", "figure"), [("one", 1234), ("two", None), ("three", 0.25)])

    assert "| one | 1,234 |" in table.markdown()
    assert "| two | — |" in table.markdown()
    assert shown(0) == "0"
