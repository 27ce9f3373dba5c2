"""The matter of the second draw: inspectors, on the frozen task of their visits."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from core.files import FileStore
from inspections.draw_papers import AT_ONCE, CHANCES, COMMITMENT, FRAME, VERIFIER, DrawIsDamaged
from inspections.draws import Desk, Draw
from inspections.matter import Fixed, Matter, with_ceremony
from inspections.teams.seats import entry_of, keep_seats
from inspections.teams.tasks import FrozenTask, get_task, listed_draw, read_task
from inspections.teams.visits import Visit, visits_mark, visits_of
from sampler.bundle import SEALED, csv_text
from sampler.fairness import Progress
from sampler.faults import BadInput
from sampler.hashing import canonical
from sampler.procedure import contributions
from sampler.quotas import ratio_text
from sampler.teams import procedure
from sampler.teams.bundle import CHANCE_HEADER, TASK, team_bundle, verifier_source
from sampler.teams.certificate import chance_rows
from sampler.teams.procedure import CommittedTeams, DrawnTeams, PreparedTeams
from sampler.teams.procedure import commit as commit_to
from sampler.teams.task import task_digest
from sampler.teams.worked import WorkedTeams


@dataclass(frozen=True)
class TeamsReady:
    """A task with the chances worked out, before anything is locked."""

    prepared: PreparedTeams
    worked: WorkedTeams


@dataclass(frozen=True)
class TeamMatter(Matter[TeamsReady, DrawnTeams]):
    """The task that was frozen for a draw of teams."""

    frozen: FrozenTask

    @property
    def basis(self) -> str:
        """The digest of the frozen task."""
        return self.frozen.task_sha256

    def salt_key(self, desk: Desk) -> str:
        """Nobody can guess what is sealed about an inspector without it; a secret."""
        return desk.frame_key.salt_key(self.frozen.plan_version_id, self.frozen.task_sha256)

    def must_stand(self, session: Session) -> None:
        """The visits are those for which the task was made.

        Raises
        ------
        TaskIsOld
        """
        listed = listed_draw(session, self.frozen)
        self.frozen.must_be_for(listed, visits_mark(session, listed))

    def make_ready(self, files: FileStore, progress: Progress | None) -> TeamsReady:
        """Work the chances out.

        Raises
        ------
        DrawIsDamaged
        sampler.teams.explanation.TeamsNotFeasible
            With the slots that stay empty and the rules to blame.
        """
        prepared = procedure.prepare(read_task(files, self.frozen))
        told = (lambda step: progress(step, 0, 0)) if progress else None
        return TeamsReady(prepared, procedure.chances(prepared, told))

    def fix(self, desk: Desk, ready: TeamsReady, ceremony: Mapping[str, Any], share: str) -> Fixed:
        """Commit to the chances of the task."""
        committed = commit_to(
            ready.prepared,
            ready.worked,
            [source["name"] for source in ceremony["sources"]],
            salt_key=self.salt_key(desk),
            machine_share=share,
        )
        basis = task_digest(ready.prepared.task)
        committed = replace(committed, data=with_ceremony(committed.data, ceremony))
        return Fixed(committed.digest, committed.frame.root, basis, _commitment_papers(committed))

    def work_out(
        self, desk: Desk, data: dict[str, Any], share: str, given: Mapping[str, str]
    ) -> DrawnTeams:
        """The draw that follows; it cannot run out of anybody.

        Raises
        ------
        DrawIsDamaged
        """
        try:
            committed = procedure.reopen(
                data, read_task(desk.files, self.frozen), self.salt_key(desk)
            )
            return procedure.draw(committed, contributions(data, share, given))
        except BadInput as bad:
            raise DrawIsDamaged(what=bad.faults[0].code) from bad

    def outcome_papers(self, drawn: DrawnTeams) -> dict[str, bytes]:
        """What opens with the list; what is sealed is not among it, nor needs to lie in clear."""
        made = team_bundle(drawn.certificate, drawn.frame, drawn.outcome)
        return {name: made[name] for name in sorted(made.keys() - {SEALED, TASK, *AT_ONCE})}

    def keep_rows(self, session: Session, draw: Draw, drawn: DrawnTeams) -> int:
        """Write the teams and their alternates down."""
        going = visits_of(session, listed_draw(session, self.frozen).key)
        if draw.number > 1:
            _reword(session, going, draw)
        visits = {visit.task_number: visit.key for visit in going}
        shared: dict[str, dict[str, object]] = {
            slot.id: {
                "draw_id": draw.key, "visit_id": visits[slot.visit], "slot": slot.id,
                "role": slot.role, "kind": slot.kind,
            }
            for slot in drawn.frame.eligible.task.slots
        }  # fmt: skip
        return keep_seats(
            session, ({**shared[str(row["slot"])], **row} for row in rows_of_outcome(drawn))
        )


def _reword(session: Session, visits: Iterable[Visit], draw: Draw) -> None:
    """Teams that are drawn again leave with papers of another version."""
    assert draw.drawn_by is not None, "it is held"
    assert draw.drawn_at is not None, "it is held"
    for visit in visits:
        visit.change(draw.drawn_by, draw.drawn_at)
        session.add(visit)


def rows_of_outcome(drawn: DrawnTeams) -> Iterator[dict[str, object]]:
    """Slot, rank, person and chance of everybody drawn, and of the alternates."""
    for member in drawn.outcome.members:
        slot, chance = member.slot, ratio_text(member.chance)
        yield {"slot": slot, "rank": 0, "person_id": entry_of(member.inspector), "chance": chance}
        for rank, number in enumerate(drawn.outcome.alternates[slot], start=1):
            yield {"slot": slot, "rank": rank, "person_id": entry_of(number), "chance": ""}


def _commitment_papers(committed: CommittedTeams) -> dict[str, bytes]:
    return {
        COMMITMENT: canonical(committed.data),
        FRAME: b"".join(line + b"\n" for line in committed.frame.lines),
        CHANCES: csv_text(CHANCE_HEADER, chance_rows(committed.data)).encode(),
        VERIFIER: verifier_source(),
    }


def team_matter(session: Session, draw: Draw) -> TeamMatter:
    """The frozen task of a draw of teams.

    Raises
    ------
    TaskNotFound
    """
    return TeamMatter(get_task(session, draw.task_id))
