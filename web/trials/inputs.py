"""What a visitor hands in: a plan and a roster, checked, or all that is wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from werkzeug.datastructures import FileStorage

from sampler.faults import BadInput, Fault
from sampler.inputs.plan_text import read_plan
from sampler.inputs.roster_table import Roster, read_roster
from sampler.procedure import Prepared, prepare
from sampler.quotas import Plan
from web.demo import DemoRoster, ExamplePlan, is_demo

Read = TypeVar("Read")

UPLOAD = "upload"
DEMO = "demo"


@dataclass(frozen=True)
class FileFault:
    """A fault and the file in which it is; none if it takes both to see it."""

    file: str
    fault: Fault


@dataclass(frozen=True)
class Inputs:
    """A plan and a roster that fit each other, or the faults."""

    plan_name: str
    roster_name: str
    prepared: Prepared | None
    faults: tuple[FileFault, ...] = ()
    demo: bool = False
    shared: bool = False

    @property
    def cells(self) -> int:
        """Cells that are kept for this visitor alone."""
        if self.prepared is None or self.shared:
            return 0
        return len(self.prepared.roster) * len(self.prepared.roster.columns)


@dataclass(frozen=True)
class Offer:
    """What a visitor may take instead of a file of his own."""

    roster: DemoRoster | None
    plans: Mapping[str, ExamplePlan]


def take_in(form: Mapping[str, str], uploads: Mapping[str, FileStorage], offer: Offer) -> Inputs:
    """Read both files, so that a visitor sees the faults of both together."""
    faults: list[FileFault] = []
    plan_name, roster_name = _plan_name(form, uploads, offer), _roster_name(form, uploads)
    plan = _collect(plan_name, faults, lambda: _plan(form, uploads, offer))
    roster = _collect(roster_name, faults, lambda: _roster(form, uploads, offer))
    prepared = None
    if plan is not None and roster is not None:
        prepared = _collect("", faults, lambda: prepare(plan, roster))
    return Inputs(
        plan_name,
        roster_name,
        prepared,
        tuple(faults),
        demo=roster is not None and is_demo(roster),
        shared=form.get("roster") == DEMO,
    )


def _collect(file: str, faults: list[FileFault], read: Callable[[], Read]) -> Read | None:
    try:
        return read()
    except BadInput as bad:
        faults.extend(FileFault(file, fault) for fault in bad.faults)
        return None


def _uploaded(uploads: Mapping[str, FileStorage], key: str, what: str) -> bytes:
    file = uploads.get(key)
    if file is None or not file.filename:
        message = f"没有选择{what}；请选择文件，或改用现成的"
        raise BadInput([Fault("no_file", "", message)])
    data: bytes = file.read()
    return data


def _plan(form: Mapping[str, str], uploads: Mapping[str, FileStorage], offer: Offer) -> Plan:
    if form.get("plan") in offer.plans:
        return offer.plans[form["plan"]].plan
    return read_plan(_uploaded(uploads, "plan_file", "计划文件"))


def _roster(form: Mapping[str, str], uploads: Mapping[str, FileStorage], offer: Offer) -> Roster:
    if form.get("roster") == DEMO and offer.roster:
        return offer.roster.roster
    return read_roster(_uploaded(uploads, "roster_file", "名单文件"))


def _plan_name(form: Mapping[str, str], uploads: Mapping[str, FileStorage], offer: Offer) -> str:
    if form.get("plan") in offer.plans:
        return f"{form['plan']}.toml"
    return _file_name(uploads, "plan_file") or "计划文件"


def _roster_name(form: Mapping[str, str], uploads: Mapping[str, FileStorage]) -> str:
    if form.get("roster") == DEMO:
        return "演示名录"
    return _file_name(uploads, "roster_file") or "名单文件"


def _file_name(uploads: Mapping[str, FileStorage], key: str) -> str:
    file = uploads.get(key)
    return (file.filename or "").replace("\\", "/").rpartition("/")[2][:80] if file else ""
