"""What the service is told from outside; the only reader of the environment."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

MEGABYTE = 2**20
SECRET_KEY = "SPOTCHECK_SECRET_KEY"
SHORTEST_SECRET = 32

UNITS, NATIONAL, SEED = 53_834, 5_200, 7
"""The demo roster: as many institutions as the national statistics of 2022 count."""


class SecretIsMissing(ValueError):
    """A service with real data is never started with a secret that others could know."""


@dataclass(frozen=True)
class DemoSize:
    """The demo roster that a demo service offers (`rosters.demo.demo_roster`)."""

    units: int = UNITS
    national: int = NATIONAL
    seed: int = SEED


@dataclass(frozen=True)
class Settings:
    """Settings of one service.

    Attributes
    ----------
    secret_key : signs what a visitor gets to keep; never printed.
    demo : the demo roster on offer; None for a service with real data.
    most_upload_bytes : of one request, all its files together.
    keep_seconds : after its last use, when the data of a trial are deleted.
    most_cells : of all rosters held in memory; beyond it the oldest trial has to go.
    most_trials : kept at a time, for the same reason.
    workers, most_waiting : long works at a time, and how many may queue for them.
    audit_seconds : after which an audit of files from anybody is broken off.
    patience_seconds : how long an answer waits for its work before it shows the progress.
    """

    secret_key: str = field(repr=False)
    demo: DemoSize | None = None
    most_upload_bytes: int = 64 * MEGABYTE
    keep_seconds: float = 30 * 60
    most_cells: int = 10_000_000
    most_trials: int = 100
    workers: int = 2
    most_waiting: int = 20
    audit_seconds: int = 120
    patience_seconds: float = 1.5


def demo_settings(size: DemoSize | None = None) -> Settings:
    """A demo service: made-up data, and a secret of its own for every start."""
    return Settings(secrets.token_hex(SHORTEST_SECRET), size or DemoSize())


def from_environment(environment: Mapping[str, str]) -> Settings:
    """A service with real data.

    Raises
    ------
    SecretIsMissing
        If there is no secret, or one that is too short.
    """
    secret = environment.get(SECRET_KEY, "")
    if len(secret) < SHORTEST_SECRET:
        raise SecretIsMissing(
            f"请用环境变量 {SECRET_KEY} 给出至少 {SHORTEST_SECRET} 个字符的密钥。"
        )
    return Settings(secret)
