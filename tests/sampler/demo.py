"""The demo roster of the country and the example plans, read once for all tests."""

from functools import cache
from io import BytesIO
from pathlib import Path

from rosters.demo.rows import demo_roster, write_demo_roster
from sampler.inputs.plan_text import read_plan
from sampler.inputs.roster_table import Roster, read_roster
from sampler.quotas import Plan

PLANS = Path(__file__).parents[2] / "sampler" / "plans"
PLAN_NAMES = sorted(path.stem for path in PLANS.glob("*.toml"))


@cache
def demo_file(units: int, national: int, seed: int = 7) -> bytes:
    """The demo roster as its command writes it."""
    stream = BytesIO()
    write_demo_roster(demo_roster(units, national, seed), stream)
    return stream.getvalue()


@cache
def country(units: int, national: int, seed: int = 7) -> Roster:
    """The demo roster as the sampler reads it."""
    return read_roster(demo_file(units, national, seed))


def example_plan(name: str) -> Plan:
    """One of the example plans."""
    return read_plan((PLANS / f"{name}.toml").read_bytes())
