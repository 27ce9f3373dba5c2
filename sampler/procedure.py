"""The procedure of a draw from files to bundle, one step after the other.

prepare -> chances -> commit -> draw -> bundle. Who calls (command line, web) brings the
entropy and the disk; nothing here does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sampler import __version__
from sampler.certificate import certificate
from sampler.commitment import FEWEST_SOURCES, MACHINE, Worked, commitment, digest, work_out
from sampler.conflicts.explanation import Explanation, explain
from sampler.draw import Outcome, hold_draw
from sampler.fairness import Progress
from sampler.faults import BadInput, Fault, Infeasible
from sampler.frame import Frame, freeze, rehearsal_key
from sampler.hashing import canonical, normal
from sampler.inputs.plan_check import check_against, notes_on
from sampler.inputs.plan_text import plan_from_json
from sampler.inputs.roster_table import Roster
from sampler.quotas import Plan
from sampler.seeds import Contribution, machine_promise
from sampler.unit_types import Typed, typed


class NotFeasible(Infeasible):
    """The plan cannot be drawn on this roster, and why; *notes* name what may be misspelt."""

    def __init__(self, explanation: Explanation, notes: Sequence[Fault] = ()) -> None:
        self.explanation = explanation
        self.notes = tuple(notes)
        super().__init__("\n".join(explanation.lines()))


@dataclass(frozen=True)
class Prepared:
    """A plan that fits its roster in form; whether it can be drawn is the next question."""

    plan: Plan
    roster: Roster
    typed: Typed


@dataclass(frozen=True)
class Committed:
    """A commitment with the frame that it speaks of."""

    data: dict[str, Any]
    frame: Frame

    @property
    def digest(self) -> str:
        """SHA-256 over the commitment's canonical bytes."""
        return digest(self.data)


@dataclass(frozen=True)
class Drawn:
    """A held draw: its certificate, its frame and its outcome."""

    certificate: dict[str, Any]
    frame: Frame
    outcome: Outcome


def prepare(plan: Plan, roster: Roster) -> Prepared:
    """Hold a plan against a roster.

    Raises
    ------
    BadInput
        With every fault that needs both files to be seen.
    """
    if faults := check_against(plan, roster):
        raise BadInput(faults)
    return Prepared(plan, roster, typed(plan, roster))


def chances(prepared: Prepared, progress: Progress | None = None) -> Worked:
    """Chances of every type under the plan's method.

    Raises
    ------
    NotFeasible
        With the conflicts and the nearest change.
    """
    try:
        return work_out(prepared.typed.problem, prepared.plan.method, progress)
    except Infeasible as error:
        explanation = explain(prepared.typed.problem)
        if explanation is None:
            raise error
        notes = notes_on(prepared.plan, prepared.roster)
        raise NotFeasible(explanation, notes) from None


def commit(
    prepared: Prepared,
    worked: Worked,
    sources: Sequence[str],
    *,
    salt_key: str,
    machine_share: str | None,
) -> Committed:
    """Freeze the frame and write the commitment; without a machine share a rehearsal.

    Raises
    ------
    BadInput
        If there are fewer than two sources, or two of one name.
    """
    names = source_names(sources)
    frame = freeze(prepared.plan, prepared.roster, prepared.typed, salt_key)
    promise = None if machine_share is None else machine_promise(machine_share)
    data = commitment(prepared.plan, frame, worked, names, promise, __version__)
    return Committed(data, frame)


def source_names(sources: Sequence[str]) -> list[str]:
    """The names of the sources as they are committed.

    Raises
    ------
    BadInput
        If there are fewer than two sources, or two of one name.
    """
    names = [normal(name) for name in sources]
    if faults := _source_faults(names):
        raise BadInput(faults)
    return names


def _source_faults(names: Sequence[str]) -> list[Fault]:
    faults = []
    if len(names) < FEWEST_SOURCES:
        message = f"至少要有 {FEWEST_SOURCES} 个来源，现有 {len(names)} 个"
        faults.append(Fault("too_few_sources", "--source", message))
    for index, name in enumerate(names):
        if not name.strip() or name == MACHINE or "=" in name:
            message = f"“{name}”不能用作来源的名称：不得为空、不得含“=”、不得为“{MACHINE}”"
            faults.append(Fault("source_name", "--source", message))
        elif name in names[:index]:
            faults.append(Fault("source_twice", "--source", f"来源“{name}”重复"))
    return faults


def reopen(data: dict[str, Any], roster: Roster, salt_key: str) -> Committed:
    """A commitment read back, with its frame made anew from the roster.

    Raises
    ------
    BadInput
        If the roster is not the one that was committed, to the last cell.
    """
    plan = plan_from_json(data["plan"])
    prepared = prepare(plan, roster)
    frame = freeze(plan, roster, prepared.typed, salt_key)
    if frame.root != data["frame"]["root"]:
        message = "名单与承诺时的名单不一致（根摘要不符），不能据此抽取"
        raise BadInput([Fault("other_roster", "--roster", message)])
    return Committed(data, frame)


def draw(committed: Committed, contributions: Sequence[Contribution]) -> Drawn:
    """Hold the draw: a pure function of the commitment and the contributions."""
    outcome = hold_draw(
        committed.data,
        committed.digest,
        committed.frame.unit_ids,
        committed.frame.types,
        contributions,
    )
    return Drawn(certificate(committed.data, contributions, outcome), committed.frame, outcome)


def contributions(
    data: Mapping[str, Any], machine_share: str, revealed: Mapping[str, str]
) -> list[Contribution]:
    """What every source gave, in committed order; who is not in *revealed* did not reveal.

    Raises
    ------
    BadInput
        If the machine share is not the promised one, somebody reveals who was not named in
        the commitment, or the commitment names fewer than two sources.
    """
    faults = _source_faults(data["sources"])
    faults += [
        Fault("unknown_source", "--reveal", f"承诺中没有来源“{name}”")
        for name in revealed
        if name not in data["sources"]
    ]
    if machine_promise(machine_share) != data["machine"]:
        message = "机器份额与承诺不符，请使用承诺时生成的 machine.secret"
        faults.append(Fault("other_machine", "--machine", message))
    if faults:
        raise BadInput(faults)
    given = [Contribution(name, revealed.get(name)) for name in data["sources"]]
    return [Contribution(MACHINE, machine_share), *given]


def rehearse(prepared: Prepared, worked: Worked, seeds: Sequence[str]) -> Drawn:
    """A rehearsal (试抽): commitment and draw in one stroke, without a machine share.

    Raises
    ------
    BadInput
        If there are fewer than two seeds.
    """
    if len(seeds) < FEWEST_SOURCES:
        message = f"试抽至少要有 {FEWEST_SOURCES} 个种子，现有 {len(seeds)} 个"
        raise BadInput([Fault("too_few_seeds", "--seed", message)])
    values = [normal(seed) for seed in seeds]
    names = [f"种子{number}" for number in range(1, len(values) + 1)]
    key = rehearsal_key(prepared.roster, values)
    committed = commit(prepared, worked, names, salt_key=key, machine_share=None)
    pairs = zip(names, values, strict=True)
    return draw(committed, [Contribution(name, value) for name, value in pairs])


def is_canonical(text: bytes, data: Any) -> bool:
    """Whether *text* is exactly the RFC 8785 bytes of *data*."""
    try:
        return canonical(data) == text
    except TypeError:
        return False
