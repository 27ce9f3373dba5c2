"""Tasks: all that the draw of teams depends on, frozen as one file under its digest.

A task is made for one drawn list, which it names by its certificate. Freezing again on unchanged
rosters, rules and appointments gives the same file. It says who may inspect and what bars whom,
so neither the file nor its rows are published; the commitment tells their root and their counts.
"""

import io
import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.append_only import append_only
from core.errors import Conflict, NotFound
from core.files import FileStore, attach
from core.trail import Actor
from inspections.draw_papers import LARGEST, read_whole
from inspections.draws import Draw, DrawNotFound
from inspections.plans import person
from sampler.hashing import canonical
from sampler.teams.task import TeamTask, task_digest, task_from_json, task_to_json

NOUN = "team_task"
"""Under this noun the trail keeps the tasks, and their files hang on it."""

TASK_FILE = "选派任务.json"


class TaskNotFound(NotFound):
    """There is no such task."""

    code = "team_task_not_found"


class TaskIsOld(Conflict):
    """The task was made for another list, or for other visits, than those that stand now."""

    code = "team_task_is_old"


class FrozenTask(SQLModel, table=True):
    """A frozen task; a row never changes.

    Attributes
    ----------
    list_certificate : SHA-256 of certificate.json of the drawn list whose institutions are
        visited.
    rules_id : the rules of the plan by which it was made.
    roster_day : the rosters of inspectors, leaves and relations are those of this day.
    visits_mark : digest of what the visits were like (`visits.visits_mark`).
    """

    __tablename__ = "team_task"
    __table_args__ = (
        Index(
            "uq_team_task_content",
            "plan_version_id", "list_certificate", "visits_mark", "task_sha256",
            unique=True,
        ),
        CheckConstraint(
            "visits > 0 AND slots > 0 AND inspectors > 0 AND bars >= 0", name="counted"
        ),
        CheckConstraint(
            "length(list_certificate) = 64 AND length(task_sha256) = 64"
            " AND length(visits_mark) = 64",
            name="digests",
        ),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    plan_version_id: int = Field(foreign_key="plan_version.id")
    list_certificate: str = Field(max_length=64)
    rules_id: int = Field(foreign_key="team_rules.id")
    roster_day: date
    visits_mark: str = Field(max_length=64)
    task_sha256: str = Field(max_length=64)
    visits: int
    slots: int
    inspectors: int
    bars: int
    made_by: int = Field(foreign_key="account.id")
    made_at: datetime

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    def facts(self) -> dict[str, object]:
        """What the trail keeps of it; no digest, by which leaves could be tried out."""
        return {
            "plan_version": self.plan_version_id,
            "roster_day": self.roster_day,
            "visits": self.visits,
            "slots": self.slots,
            "inspectors": self.inspectors,
            "bars": self.bars,
        }

    def must_be_for(self, listed: Draw, visits_mark: str) -> None:
        """Guard of the second ceremony.

        Raises
        ------
        TaskIsOld
            If *listed* is not the draw whose institutions are visited, or its visits have
            changed since.
        """
        told = (listed.certificate_sha256, visits_mark)
        if told != (self.list_certificate, self.visits_mark):
            raise TaskIsOld(task=self.id)


append_only(SQLModel.metadata.tables["team_task"])


@dataclass(frozen=True)
class TaskGround:
    """For which list and visits, by which rules and as at which day a task is made."""

    plan_version_id: int
    list_certificate: str
    rules_id: int
    roster_day: date
    visits_mark: str


def keep_task(
    session: Session,
    files: FileStore,
    task: TeamTask,
    ground: TaskGround,
    actor: Actor,
    now: datetime,
) -> FrozenTask:
    """Write a task down; the one that is there already if nothing has changed since.

    Raises
    ------
    inspections.plans.NoPerson
    """
    digest = task_digest(task)
    if (known := _task_like(session, ground, digest)) is not None:
        return known
    # bytes first: a row without them would be damage
    blob = files.put(io.BytesIO(canonical(task_to_json(task))), LARGEST)
    row = FrozenTask(
        **vars(ground),
        task_sha256=digest,
        visits=len(task.visits),
        slots=len(task.slots),
        inspectors=len(task.inspectors),
        bars=len(task.bars),
        made_by=person(actor),
        made_at=now,
    )
    session.add(row)
    session.flush()
    attach(session, blob, TASK_FILE, NOUN, row.key, actor, now, secret=True)
    trail.record(session, actor, "team_task.frozen", NOUN, row.key, now, after=row.facts())
    return row


def _task_like(session: Session, ground: TaskGround, digest: str) -> FrozenTask | None:
    wanted = select(FrozenTask).where(
        FrozenTask.plan_version_id == ground.plan_version_id,
        FrozenTask.list_certificate == ground.list_certificate,
        FrozenTask.visits_mark == ground.visits_mark,
        FrozenTask.task_sha256 == digest,
    )
    return session.exec(wanted).first()


def get_task(session: Session, task_id: int | None) -> FrozenTask:
    """One frozen task.

    Raises
    ------
    TaskNotFound
    """
    if task_id is None or (task := session.get(FrozenTask, task_id)) is None:
        raise TaskNotFound(task=task_id)
    return task


def listed_draw(session: Session, task: FrozenTask) -> Draw:
    """The draw whose institutions are visited, void or not.

    Raises
    ------
    DrawNotFound
    """
    wanted = select(Draw).where(Draw.certificate_sha256 == task.list_certificate)
    if (draw := session.exec(wanted).first()) is None:
        raise DrawNotFound(certificate=task.list_certificate)
    return draw


def tasks_of(session: Session, version_id: int) -> list[FrozenTask]:
    """The tasks of a version of a plan, the newest first."""
    wanted = select(FrozenTask).where(FrozenTask.plan_version_id == version_id)
    return list(session.exec(wanted.order_by(col(FrozenTask.id).desc())))


def task_bytes(files: FileStore, frozen: FrozenTask) -> bytes:
    """The file that was frozen; a secret.

    Raises
    ------
    DrawIsDamaged
        If it is gone or is another by now.
    """
    return read_whole(files, frozen.task_sha256, TASK_FILE)


def read_task(files: FileStore, frozen: FrozenTask) -> TeamTask:
    """What was frozen.

    Raises
    ------
    DrawIsDamaged
    """
    return task_from_json(json.loads(task_bytes(files, frozen)))
