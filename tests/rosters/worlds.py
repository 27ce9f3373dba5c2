"""A small made-up world for tests, and who acts in it."""

from datetime import UTC, date, datetime
from pathlib import Path

from sqlmodel import Session

from core.files import FileStore
from core.trail import Actor
from rosters.changes import Act
from rosters.demo.world import demo_world, settle

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
PLANNER = Actor(1, "演示计划员", "national_planner")
MACHINE = Actor(None, "运维（命令行）", "system")


def act_of(folder: Path, actor: Actor = PLANNER, reason: str = "") -> Act:
    """What every change needs besides its sayings."""
    return Act(actor, NOON, FileStore(folder), reason)


def settled(session: Session, folder: Path, units: int, seed: int = 7) -> int:
    """Fill the database with a world; the number of statements."""
    return settle(session, act_of(folder, MACHINE), demo_world(units, seed, TODAY))
