"""The procedure of a draw of teams, one step after the other.

prepare -> chances -> commit -> draw -> bundle, as for the first draw. What every source
gave is put in order by `sampler.procedure.contributions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sampler import __version__
from sampler.commitment import digest
from sampler.faults import BadInput, Fault, Infeasible
from sampler.procedure import source_names
from sampler.seeds import Contribution, machine_promise
from sampler.teams.certificate import certificate
from sampler.teams.commitment import commitment, task_seal
from sampler.teams.eligibility import Eligibility, eligibility
from sampler.teams.explanation import TeamExplanation, TeamsNotFeasible, explain
from sampler.teams.frame import TeamFrame, task_salt
from sampler.teams.holding import TeamOutcome, hold_teams
from sampler.teams.problem import Progress, TeamProblem
from sampler.teams.solver import solve
from sampler.teams.task import TeamTask
from sampler.teams.task_check import faults_of
from sampler.teams.worked import WorkedTeams, problem_of


@dataclass(frozen=True)
class PreparedTeams:
    """A task without fault; whether teams can be drawn is the next question."""

    eligible: Eligibility

    @property
    def task(self) -> TeamTask:
        """The task, in its order."""
        return self.eligible.task


@dataclass(frozen=True)
class CommittedTeams:
    """A commitment with the frame that it speaks of."""

    data: dict[str, Any]
    frame: TeamFrame

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the commitment's canonical bytes."""
        return digest(self.data)


@dataclass(frozen=True)
class DrawnTeams:
    """A held draw: its certificate, its frame and its outcome."""

    certificate: dict[str, Any]
    frame: TeamFrame
    outcome: TeamOutcome


def prepare(task: TeamTask) -> PreparedTeams:
    """Look through a task.

    Raises
    ------
    BadInput
        With every fault of it.
    """
    if faults := faults_of(task):
        raise BadInput(faults)
    return PreparedTeams(eligibility(task))


def chances(prepared: PreparedTeams, progress: Progress | None = None) -> WorkedTeams:
    """Chances of every inspector on every slot.

    Raises
    ------
    TeamsNotFeasible
        With the slots that stay empty and the rules to blame, or the smallest pair cap.
    """
    eligible = prepared.eligible
    problem = problem_of(eligible)
    if not all(map(len, eligible.eligible)):
        raise TeamsNotFeasible(_explanation(eligible, problem))
    try:
        return WorkedTeams(eligible, problem, solve(problem, eligible.task.pair_cap, progress))
    except Infeasible:
        raise TeamsNotFeasible(_explanation(eligible, problem)) from None


def _explanation(eligible: Eligibility, problem: TeamProblem) -> TeamExplanation:
    """The slots that stay empty; if none need, then it is the pair cap that is too low."""
    found = explain(eligible)
    if found is not None:
        return found
    cap = eligible.task.pair_cap
    return TeamExplanation((), pair_cap=cap, smallest_cap=solve(problem).cap)


def commit(
    prepared: PreparedTeams,
    worked: WorkedTeams,
    sources: Sequence[str],
    *,
    salt_key: str,
    machine_share: str | None,
) -> CommittedTeams:
    """Freeze the frame and write the commitment; without a machine share a rehearsal.

    Raises
    ------
    BadInput
        If there are fewer than two sources, or two of one name.
    """
    names = source_names(sources)
    frame = TeamFrame(prepared.eligible, salt_key)
    promise = None if machine_share is None else machine_promise(machine_share)
    return CommittedTeams(commitment(frame, worked, names, promise, __version__), frame)


def reopen(data: dict[str, Any], task: TeamTask, salt_key: str) -> CommittedTeams:
    """A commitment read back, with its frame made anew from the frozen task.

    Raises
    ------
    BadInput
        If the task is not the one that was committed.
    """
    frame = TeamFrame(prepare(task).eligible, salt_key)
    told = data["task"]["digest"], data["frame"]["root"]
    if (task_seal(task, task_salt(frame.salts)), frame.root) != told:
        message = "组队任务与承诺时的不一致（摘要不符），不能据此抽取"
        raise BadInput([Fault("other_task", "", message)])
    return CommittedTeams(data, frame)


def draw(committed: CommittedTeams, contributions: Sequence[Contribution]) -> DrawnTeams:
    """Hold the draw: a pure function of the commitment and the contributions."""
    frame = committed.frame
    outcome = hold_teams(
        committed.data, committed.digest, frame.inspector_ids, frame.types, contributions
    )
    return DrawnTeams(certificate(committed.data, contributions, outcome), frame, outcome)
