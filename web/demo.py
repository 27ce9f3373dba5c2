"""What a demo service offers: a made-up roster, a world around it, and the example plans."""

import io
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.resources import files as package_files

from sqlmodel import Session

from core.calendar import china_date
from core.files import FileStore
from core.roles import Role
from core.trail import Actor
from rosters.changes import Act
from rosters.demo.figures import LABEL
from rosters.demo.rows import demo_roster, write_demo_roster
from rosters.demo.world import Told, demo_world, give_accounts, settle, some_institution
from rosters.statements import ChangeKind
from sampler.inputs.plan_text import read_plan
from sampler.inputs.roster_table import Roster, read_roster
from sampler.quotas import Plan
from web.entrance.demo_accounts import (
    INSTITUTION,
    PROVINCE,
    DemoAccount,
    demo_accounts,
    login_name,
)
from web.settings import DemoSize
from web.words.draws import plan_summary

FIRST_PLAN = "2023-national"

WORLD_UNITS = 2_000
"""Institutions of the world that a demo service starts with, so that it starts at once."""


@dataclass(frozen=True)
class ExamplePlan:
    """One of `sampler/plans`, ready to be taken or to be changed."""

    key: str
    text: bytes
    plan: Plan

    @property
    def summary(self) -> str:
        """What it asks, in one line."""
        return plan_summary(self.plan)


def example_plans() -> dict[str, ExamplePlan]:
    """The example plans by name, the plan of 2023 first."""
    folder = package_files("sampler").joinpath("plans")
    texts = {
        file.name.removesuffix(".toml"): file.read_bytes()
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }
    keys = sorted(texts, key=lambda key: (key != FIRST_PLAN, key))
    return {key: ExamplePlan(key, texts[key], read_plan(texts[key])) for key in keys}


@dataclass(frozen=True)
class DemoRoster:
    """The roster of a demo service; made when it is first asked for, then kept."""

    size: DemoSize

    @cached_property
    def file(self) -> bytes:
        """The roster as a file that a visitor can keep."""
        stream = io.BytesIO()
        rows = demo_roster(self.size.units, self.size.national, self.size.seed)
        write_demo_roster(rows, stream)
        return stream.getvalue()

    @cached_property
    def roster(self) -> Roster:
        """The roster as the sampler reads it."""
        return read_roster(self.file)


def is_demo(roster: Roster) -> bool:
    """Whether every row says of itself that it is made up."""
    return set(roster.cells.get("remark", ("",))) == {LABEL}


@dataclass(frozen=True)
class DemoWorld:
    """The institutions and inspectors of a demo service, with all that is known of them."""

    units: int
    seed: int

    def settle(
        self,
        session: Session,
        actor: Actor,
        files: FileStore,
        now: datetime,
        told: Told | None = None,
    ) -> int:
        """Fill the empty rosters; the number of statements.

        Raises
        ------
        RosterIsNotEmpty
        """
        act = Act(actor, now, files, kind=ChangeKind.IMPORT, source=LABEL)
        return settle(session, act, demo_world(self.units, self.seed, china_date(now)), told)


def open_accounts(
    session: Session, actor: Actor, files: FileStore, now: datetime
) -> list[DemoAccount]:
    """The demo accounts; those of an institution, an inspector and an expert are of the world."""
    today = china_date(now)
    act = Act(actor, now, files, "演示账号", source=LABEL)
    logins = login_name(Role.INSPECTOR), login_name(Role.EXPERT)
    give_accounts(session, act, today, PROVINCE, *logins)
    institution = some_institution(session, today, PROVINCE) or INSTITUTION
    return demo_accounts(session, now, institution=institution)
