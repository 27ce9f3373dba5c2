"""The matter of the first draw: institutions, on the frozen frame of their plan."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from core.files import FileStore
from inspections.draw_papers import AT_ONCE, DrawIsDamaged, commitment_papers
from inspections.drawn_units import keep_units
from inspections.draws import Desk, Draw
from inspections.frames import DrawFrame, get_frame, prepared_of, rows_of
from inspections.grounds import roster_from
from inspections.matter import DrawCannotBeCompleted, Fixed, Matter, with_ceremony
from inspections.plan_content import PlanContent
from inspections.plans import get_plan, get_version
from rosters.plain_rows import unit_ids
from sampler import procedure
from sampler.bundle import SEALED, contents
from sampler.commitment import Worked
from sampler.fairness import Progress
from sampler.faults import BadInput
from sampler.procedure import Drawn, Prepared
from sampler.procedure import commit as commit_to


@dataclass(frozen=True)
class Ready:
    """A plan on its frame with the chances worked out, before anything is locked."""

    prepared: Prepared
    worked: Worked


@dataclass(frozen=True)
class UnitMatter(Matter[Ready, Drawn]):
    """What a plan says, and the frame that was frozen for it."""

    frame: DrawFrame
    content: PlanContent

    @property
    def basis(self) -> str:
        """The root of the frozen frame."""
        return self.frame.root

    def must_stand(self, session: Session) -> None:
        """A frame stands by itself: what changes in the rosters afterwards is without effect."""

    def make_ready(self, files: FileStore, progress: Progress | None) -> Ready:
        """Work the chances out.

        Raises
        ------
        FrameIsDamaged
        sampler.procedure.NotFeasible
            If the quotas cannot hold together on this frame.
        """
        prepared = prepared_of(files, self.frame, self.content)
        return Ready(prepared, procedure.chances(prepared, progress))

    def fix(self, desk: Desk, ready: Ready, ceremony: Mapping[str, Any], share: str) -> Fixed:
        """Commit to the chances on the frame."""
        committed = commit_to(
            ready.prepared,
            ready.worked,
            [source["name"] for source in ceremony["sources"]],
            salt_key=desk.frame_key.of(self.frame),
            machine_share=share,
        )
        committed = replace(committed, data=with_ceremony(committed.data, ceremony))
        root = committed.frame.root
        return Fixed(committed.digest, root, root, commitment_papers(committed))

    def work_out(
        self, desk: Desk, data: dict[str, Any], share: str, given: Mapping[str, str]
    ) -> Drawn:
        """The draw that follows.

        Raises
        ------
        DrawIsDamaged, FrameIsDamaged, DrawCannotBeCompleted
        """
        roster = roster_from(rows_of(desk.files, self.frame))
        try:
            committed = procedure.reopen(data, roster, desk.frame_key.of(self.frame))
            contributions = procedure.contributions(data, share, given)
        except BadInput as bad:
            raise DrawIsDamaged(what=bad.faults[0].code) from bad
        try:
            return procedure.draw(committed, contributions)
        except BadInput as bad:
            raise DrawCannotBeCompleted(why=str(bad)) from bad

    def outcome_papers(self, drawn: Drawn) -> dict[str, bytes]:
        """What opens with the list.

        `sealed.secret` is not among it: it can be made again from the sealed key and the roster,
        and need not lie anywhere in clear.
        """
        made = contents(drawn.certificate, drawn.frame, drawn.outcome)
        names = made.keys() - {SEALED, *AT_ONCE}
        return {name: b"".join(made[name]) for name in sorted(names)}

    def keep_rows(self, session: Session, draw: Draw, drawn: Drawn) -> int:
        """Write the drawn units and the reserves down."""
        scope = get_plan(session, draw.plan_id).scope
        units = unit_ids(session, self.frame.roster_day, [scope])
        entries = {unit: entry for entry, unit in units.items()}
        return keep_units(session, draw.key, drawn, entries)


def unit_matter(session: Session, draw: Draw) -> UnitMatter:
    """The frozen frame of a draw of institutions.

    Raises
    ------
    FrameNotFound, PlanNotFound
    """
    content = get_version(session, draw.plan_version_id).content
    return UnitMatter(get_frame(session, draw.frame_id), content)
