"""An import from its upload to its undoing: what is kept of it, and where it stands.

    uploaded ──► previewing ──► previewed ──► applying ──► applied ──► undoing ──► undone
       │  ▲           │          │   ▲  │         │
       │  └─cancelled─┤          │   │  └─────────┘ the roster has changed: look again
       ▼              ▼          │   └── decided, matched anew
    discarded       failed       ▼
                            discarded

The states that end in -ing wait for a job; if it is cancelled or dies, the import is again where
it was before (`resting`).
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.database import enum_column
from core.errors import Conflict, Forbidden, NotFound
from core.files import LONGEST_NAME, Blob, attach, clean_name
from core.jobs import ENDED, Job
from core.roles import Scope, ScopeKind, visible
from core.trail import Actor
from rosters.entries import Noun
from rosters.imports.forms import Bound
from rosters.imports.nouns import form_of
from rosters.imports.plans import Terms
from rosters.statements import get_change

NOUN = "roster_import"
"""Under this noun the trail and the files keep what concerns an import."""

LONGEST_REASON = 200


class ImportState(StrEnum):
    """Where an import stands."""

    UPLOADED = "uploaded"
    PREVIEWING = "previewing"
    PREVIEWED = "previewed"
    FAILED = "failed"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The state's name on a page."""
        return {
            "uploaded": "已上传",
            "previewing": "正在预演",
            "previewed": "待确认",
            "failed": "读不了",
            "applying": "正在导入",
            "applied": "已导入",
            "undoing": "正在撤销",
            "undone": "已撤销",
            "cancelled": "已放弃",
        }[self.value]


BEFORE = {
    ImportState.PREVIEWING: ImportState.UPLOADED,
    ImportState.APPLYING: ImportState.PREVIEWED,
    ImportState.UNDOING: ImportState.APPLIED,
}
"""Where an import is again whose job has come to nothing."""


class Mode(StrEnum):
    """What becomes of the rows without fault when others have faults; chosen beforehand."""

    VALID_ROWS = "valid_rows"
    ALL_OR_NOTHING = "all_or_nothing"

    @property
    def label(self) -> str:
        """The mode's name on a page."""
        return {"valid_rows": "只导入没有错误的行", "all_or_nothing": "有一个错误就全部不导入"}[
            self.value
        ]


class ImportNotFound(NotFound):
    """There is no such import, or it is not in this person's region."""

    code = "roster_import_not_found"


class NotNow(Conflict):
    """The import stands where this cannot be done; *state* says where."""

    code = "roster_import_not_now"


class NationalList(Forbidden):
    """The list holds for the whole nation; a province does not import it."""

    code = "roster_list_is_national"


class RosterImport(SQLModel, table=True):
    """A file that somebody wants in the rosters.

    Attributes
    ----------
    scope : region of whoever uploaded it; empty for the nation. Rows outside are refused.
    takes_effect : the day from which its rows hold.
    clear : whether empty cells take away what is known.
    choices : what the person chose for columns: by sheet, by place from 1, the key or "".
    left_out : sheets that are not to be read.
    matching : how the columns were read at last: by sheet, `matchings.told`.
    counts : rows by outcome, statements by noun; `difference` if the roster had changed.
    fault_counts : by code of the fault.
    digest : stands for what the preview promised (`plans.Plan.digest`).
    asked_by : who asked for what a job does now, and answers for it (`asker`).
    faults_file, effects_file : digests of the papers written by the preview (`papers`).
    """

    __tablename__ = "roster_import"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('applied', 'undoing', 'undone')) = (applied_at IS NOT NULL)",
            name="applied_has_time",
        ),
        CheckConstraint("(state = 'failed') = (error_code IS NOT NULL)", name="failed_has_reason"),
        CheckConstraint(
            "state NOT IN ('previewing', 'applying', 'undoing') OR job_id IS NOT NULL",
            name="working_has_job",
        ),
        CheckConstraint(
            "state NOT IN ('previewed', 'applying') OR digest <> ''", name="previewed_has_digest"
        ),
        Index(None, "scope", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    noun: Noun = Field(sa_type=enum_column(Noun))
    sha256: str = Field(max_length=64)
    file_name: str = Field(max_length=LONGEST_NAME)
    scope: str = Field(default="", max_length=6)
    state: ImportState = Field(default=ImportState.UPLOADED, sa_type=enum_column(ImportState))
    mode: Mode = Field(sa_type=enum_column(Mode))
    takes_effect: date
    clear: bool = False
    reason: str = Field(default="", max_length=LONGEST_REASON)
    choices: dict[str, dict[str, str]] = Field(default_factory=dict, sa_type=JSON)
    left_out: list[str] = Field(default_factory=list, sa_type=JSON)
    matching: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    fault_counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    digest: str = Field(default="", max_length=64)
    faults_file: str = Field(default="", max_length=64)
    effects_file: str = Field(default="", max_length=64)
    error_code: str | None = Field(default=None, max_length=60)
    error_params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    job_id: int | None = None
    change_id: int | None = Field(default=None, foreign_key="roster_change.id")
    undo_reason: str = Field(default="", max_length=LONGEST_REASON)
    asked_by: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    uploaded_by: int | None = None
    uploader: str = Field(max_length=100)
    uploaded_at: datetime
    applied_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    @property
    def terms(self) -> Terms:
        """What was settled beforehand."""
        return Terms(self.takes_effect, self.scope, self.clear)

    @property
    def undecided(self) -> int:
        """Doubtful rows of the last preview."""
        return int(self.counts.get("rows", {}).get("doubtful", 0))

    @property
    def faulty(self) -> int:
        """Rows kept out by the last preview."""
        return int(self.counts.get("rows", {}).get("faulty", 0))

    def fail(self, code: str, params: dict[str, Any]) -> None:
        """The file cannot be read at all."""
        self.state, self.error_code, self.error_params = ImportState.FAILED, code, params

    @property
    def asker(self) -> Actor:
        """Who answers for what the worker does for him."""
        return Actor(**self.asked_by)

    def move(self, state: ImportState) -> None:
        """Go to another state; what was wrong with the file is over."""
        self.state, self.error_code, self.error_params = state, None, {}

    def wait(self, state: ImportState, job: Job, actor: Actor) -> None:
        """Leave it to a job that somebody has asked for."""
        self.move(state)
        self.job_id, self.asked_by = job.number, asdict(actor)


@dataclass(frozen=True)
class Upload:
    """What a person hands in.

    Attributes
    ----------
    reason : stands with every change in the histories of the entries.
    """

    noun: Noun
    name: str
    mode: Mode
    takes_effect: date
    reason: str = ""
    clear: bool = False


def upload(
    session: Session, blob: Blob, handed: Upload, scope: str, actor: Actor, now: datetime
) -> RosterImport:
    """Begin an import with a file that has been put into the store.

    Parameters
    ----------
    scope : region of the standing in which the person works; empty for the nation.

    Raises
    ------
    NoSuchForm, NationalList
    """
    form = form_of(handed.noun.value)
    if scope and form.bound == Bound.NATION:
        raise NationalList(noun=handed.noun.value)
    one = RosterImport(
        noun=handed.noun,
        sha256=blob.sha256,
        file_name=clean_name(handed.name),
        scope=scope,
        mode=handed.mode,
        takes_effect=handed.takes_effect,
        clear=handed.clear,
        reason=handed.reason[:LONGEST_REASON],
        uploaded_by=actor.user_id,
        uploader=actor.name,
        uploaded_at=now,
    )
    session.add(one)
    session.flush()
    attach(session, blob, handed.name, NOUN, one.key, actor, now)
    facts = {"noun": one.noun, "mode": one.mode, "takes_effect": one.takes_effect}
    trail.record(
        session, actor, "import.uploaded", NOUN, one.key, now, after=facts, reason=one.reason
    )
    return one


# -- reading -----------------------------------------------------------------------------------


def get_import(session: Session, import_id: int, scopes: Collection[Scope]) -> RosterImport:
    """One import, if it belongs to the person's region.

    Raises
    ------
    ImportNotFound
    """
    wanted = select(RosterImport).where(RosterImport.id == import_id, _seen_by(scopes))
    one = session.exec(wanted).first()
    if one is None:
        raise ImportNotFound(roster_import=import_id)
    return one


@dataclass(frozen=True)
class ImportPage:
    """A page of imports, the newest first, and how many there are on all pages."""

    imports: list[RosterImport]
    total: int


def imports(
    session: Session,
    scopes: Collection[Scope],
    page: int = 1,
    size: int = 20,
    *,
    noun: Noun | None = None,
    states: Collection[ImportState] = (),
) -> ImportPage:
    """The imports of a person's region, all or those of a noun and in some states."""
    which = [_seen_by(scopes)]
    if noun is not None:
        which.append(col(RosterImport.noun) == noun)
    if states:
        which.append(col(RosterImport.state).in_(states))
    wanted = select(RosterImport).where(*which).order_by(col(RosterImport.id).desc())
    found = session.exec(wanted.offset((page - 1) * size).limit(size)).all()
    total = session.exec(select(func.count()).select_from(RosterImport).where(*which)).one()
    return ImportPage(list(found), total)


def _seen_by(scopes: Collection[Scope]) -> Any:
    return visible(scopes, region=col(RosterImport.scope))


def scope_of(scopes: Collection[Scope]) -> str:
    """The region in which somebody imports: empty for the nation.

    Raises
    ------
    Forbidden
        If he has no scope over a region.
    """
    if any(scope.kind == ScopeKind.NATION for scope in scopes):
        return ""
    regions = sorted(scope.key for scope in scopes if scope.kind == ScopeKind.REGION)
    if not regions:
        raise Forbidden(what="roster_import")
    return regions[0]


def resting(session: Session, one: RosterImport) -> ImportState:
    """Where an import stands really: its job may have come to nothing, or its change have been
    withdrawn by somebody else.
    """
    if one.state == ImportState.APPLIED and one.change_id is not None:
        withdrawn = get_change(session, one.change_id).withdrawn_at is not None
        return ImportState.UNDONE if withdrawn else one.state
    if one.state not in BEFORE:
        return one.state
    job = session.get(Job, one.job_id)
    # a job that has done its work has moved the import itself
    return BEFORE[one.state] if job is None or job.state in ENDED else one.state


def locked(session: Session, import_id: int, states: Collection[ImportState] = ()) -> RosterImport:
    """The import as it stands now, which nobody else changes meanwhile.

    Raises
    ------
    ImportNotFound
    NotNow
        If *states* are named and it stands in none of them.
    """
    one = session.get(RosterImport, import_id, with_for_update=True, populate_existing=True)
    if one is None:
        raise ImportNotFound(roster_import=import_id)
    if states and resting(session, one) not in states:
        raise NotNow(roster_import=import_id, state=one.state.value)
    return one
