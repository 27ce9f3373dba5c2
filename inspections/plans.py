"""Plans and their versions: what they are, which states they have, and how one is reached.

    draft ──submit──► submitted ──approve──► approved ──publish──► published ──► superseded
      ▲ ▲                │  └───────return──────┘                     (by the next version)
      │ └──save──► returned
      └──────────withdraw──────────► withdrawn

`plan_drafts` writes them, `plan_reviews` says who takes which step. A published version is never
edited: whatever changes afterwards is another version with its reason, and all of them stay.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import model_validator
from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, Session, SQLModel, col, select

from core.database import enum_column
from core.errors import Conflict, Invalid, NotFound
from core.roles import NATION, Place, Scope, ScopeKind
from core.trail import Actor, CanonicalJson
from inspections.plan_content import PlanContent
from rosters.institutions import RegionCode

NOUN = "plan"
"""Under this noun the trail keeps everything about a plan and its versions."""

FIRST_YEAR, LAST_YEAR = 2015, 2100
"""国办发〔2015〕58号 began the random checks."""


class PlanKind(StrEnum):
    """Whose plan it is."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    JOINT = "joint"

    @property
    def label(self) -> str:
        """The kind's name on a page."""
        return {"national": "国家级", "provincial": "省级", "joint": "部门联合"}[self.value]


class PlanState(StrEnum):
    """Where a version of a plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state's name on a page."""
        return {
            "draft": "草稿",
            "submitted": "待审批",
            "approved": "已批准",
            "published": "已公布",
            "returned": "已退回",
            "superseded": "已被新版本代替",
            "withdrawn": "已撤回",
        }[self.value]


WORKING = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.APPROVED, PlanState.RETURNED)
"""States of a version on its way; a plan has one such version at most."""

PUBLIC = (PlanState.PUBLISHED, PlanState.SUPERSEDED)
"""States in which everybody may read a version."""


class PlanNotFound(NotFound):
    """There is no such plan or version, or not for this person."""

    code = "plan_not_found"


class PlanIsElsewhere(Conflict):
    """The version is in another *state* than this step needs."""

    code = "plan_is_elsewhere"


class PlanChangedMeanwhile(Conflict):
    """Somebody else has saved the version, or taken a step with it, since it was looked at."""

    code = "plan_changed_meanwhile"


class PlanHeading(SQLModel):
    """What a plan is called; the same for all its versions.

    Attributes
    ----------
    region : six digits of the province; empty for a national plan. Decides who may see it, and
        whose institutions are in its frame.
    document_no : of the notice that announces it; often known only when it is published.
    """

    kind: PlanKind = Field(sa_type=enum_column(PlanKind))
    region: RegionCode = Field(default="", max_length=6)
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    title: str = Field(min_length=1, max_length=200)
    document_no: str = Field(default="", max_length=100)

    @model_validator(mode="after")
    def _has_its_region(self) -> Self:
        if self.kind is PlanKind.NATIONAL and self.region:
            raise ValueError("national_has_no_region")
        if self.kind is PlanKind.PROVINCIAL and not self.region:
            raise ValueError("provincial_has_region")
        return self


class Plan(PlanHeading, table=True):
    """A plan, through all its versions."""

    __table_args__ = (
        CheckConstraint(f"year BETWEEN {FIRST_YEAR} AND {LAST_YEAR}", name="year"),
        CheckConstraint("kind <> 'national' OR region = ''", name="national_has_no_region"),
        CheckConstraint("kind <> 'provincial' OR region <> ''", name="provincial_has_region"),
        Index(None, "year", "region"),
    )
    id: int | None = Field(default=None, primary_key=True)
    created_by: int = Field(foreign_key="account.id")
    created_at: datetime
    copied_from: int | None = Field(default=None, foreign_key="plan.id")

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    @property
    def scope(self) -> Scope:
        """Whose institutions it draws from."""
        return Scope(ScopeKind.REGION, self.region) if self.region else NATION


class PlanDepartment(SQLModel, table=True):
    """A department that leads a plan or takes part in it, after what was saved last."""

    __tablename__ = "plan_department"

    plan_id: int = Field(primary_key=True, foreign_key="plan.id")
    department: str = Field(primary_key=True, max_length=300)


_PUBLISHED = text("state = 'published'")
_WORKING = text("state IN ('draft', 'submitted', 'approved', 'returned')")
_APPROVED = "state IN ('approved', 'published', 'superseded')"
_SUBMITTED = "state IN ('submitted', 'approved', 'published', 'superseded', 'returned')"


class PlanVersion(SQLModel, table=True):
    """One version of a plan; what a state must have, the database holds.

    Attributes
    ----------
    revision : counts every write; whoever acts says which one he has seen.
    frozen_at : since a draw was committed to it; then no other version takes its place.
    """

    __tablename__ = "plan_version"
    __table_args__ = (
        Index("uq_plan_version_number", "plan_id", "number", unique=True),
        Index(
            "uq_plan_version_published", "plan_id", unique=True,
            sqlite_where=_PUBLISHED, postgresql_where=_PUBLISHED,
        ),
        Index(
            "uq_plan_version_working", "plan_id", unique=True,
            sqlite_where=_WORKING, postgresql_where=_WORKING,
        ),
        CheckConstraint("number >= 1 AND revision >= 1", name="counted"),
        CheckConstraint("number = 1 OR reason <> ''", name="change_has_reason"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint(
            "approved_by IS NULL OR (approved_by <> submitted_by AND approved_by <> made_by)",
            name="second_person",
        ),
        CheckConstraint(
            "(submitted_by IS NULL) = (submitted_at IS NULL)"
            " AND (approved_by IS NULL) = (approved_at IS NULL)"
            " AND (published_by IS NULL) = (published_at IS NULL)",
            name="steps_are_whole",
        ),
        CheckConstraint(f"NOT ({_SUBMITTED}) OR submitted_by IS NOT NULL", name="submitted"),
        CheckConstraint(f"({_APPROVED}) = (approved_by IS NOT NULL)", name="approved"),
        CheckConstraint(
            "(state IN ('published', 'superseded')) = (published_by IS NOT NULL)", name="published"
        ),
        CheckConstraint("state <> 'returned' OR return_reason <> ''", name="return_has_reason"),
        CheckConstraint("frozen_at IS NULL OR state = 'published'", name="frozen_is_published"),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id")
    number: int = 1
    state: PlanState = Field(default=PlanState.DRAFT, sa_type=enum_column(PlanState))
    body: dict[str, Any] = Field(sa_type=CanonicalJson)
    digest: str = Field(max_length=64)
    reason: str = Field(default="", max_length=500)
    revision: int = 1
    made_by: int = Field(foreign_key="account.id")
    made_at: datetime
    saved_at: datetime
    submitted_by: int | None = Field(default=None, foreign_key="account.id")
    submitted_at: datetime | None = None
    approved_by: int | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = None
    published_by: int | None = Field(default=None, foreign_key="account.id")
    published_at: datetime | None = None
    return_reason: str = Field(default="", max_length=500)
    frozen_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    @property
    def content(self) -> PlanContent:
        """What it says."""
        return PlanContent.model_validate(self.body)

    @property
    def is_whole(self) -> bool:
        """Whether what it says still has the digest that was approved and published."""
        return self.content.digest == self.digest

    def must_be(self, *states: PlanState) -> None:
        """Guard of every step.

        Raises
        ------
        PlanIsElsewhere
        """
        if self.state not in states:
            raise PlanIsElsewhere(version=self.number, state=self.state)

    def put(self, content: PlanContent, now: datetime) -> None:
        """Say something else; only a draft, or what was returned to be mended.

        Raises
        ------
        PlanIsElsewhere
        """
        self.must_be(PlanState.DRAFT, PlanState.RETURNED)
        self.state, self.saved_at = PlanState.DRAFT, now
        self.body, self.digest = content.as_json(), content.digest

    def facts(self) -> dict[str, object]:
        """What the trail keeps of it; the content itself stays in its row for good."""
        return {"version": self.number, "plan_state": self.state, "content_digest": self.digest}


# -- finding -----------------------------------------------------------------------------------


def get_plan(session: Session, plan_id: int, *, lock: bool = False) -> Plan:
    """One plan; kept from others until the transaction ends if *lock* is set.

    Raises
    ------
    PlanNotFound
    """
    wanted = select(Plan).where(Plan.id == plan_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    if (plan := session.exec(wanted).first()) is None:
        raise PlanNotFound(plan=plan_id)
    return plan


def get_version(session: Session, version_id: int) -> PlanVersion:
    """One version.

    Raises
    ------
    PlanNotFound
    """
    if (version := session.get(PlanVersion, version_id)) is None:
        raise PlanNotFound(version=version_id)
    return version


def lock_version(session: Session, version_id: int, revision: int | None = None) -> PlanVersion:
    """A version as it is now, kept from others until the transaction ends.

    Raises
    ------
    PlanNotFound
    PlanChangedMeanwhile
        If it is at another *revision*.
    """
    wanted = select(PlanVersion).where(PlanVersion.id == version_id).with_for_update()
    version = session.exec(wanted.execution_options(populate_existing=True)).first()
    if version is None:
        raise PlanNotFound(version=version_id)
    if revision is not None and version.revision != revision:
        raise PlanChangedMeanwhile(version=version.number)
    return version


def written(session: Session, version: PlanVersion) -> PlanVersion:
    """A locked version that has been changed, under its next revision."""
    version.revision += 1
    session.add(version)
    session.flush()
    return version


def versions_of(session: Session, plan_id: int) -> list[PlanVersion]:
    """All versions of a plan, the oldest first."""
    wanted = select(PlanVersion).where(PlanVersion.plan_id == plan_id)
    return list(session.exec(wanted.order_by(col(PlanVersion.number))))


def published_version(session: Session, plan_id: int) -> PlanVersion:
    """The version that is in force.

    Raises
    ------
    PlanNotFound
    """
    wanted = select(PlanVersion).where(PlanVersion.plan_id == plan_id)
    found = session.exec(wanted.where(PlanVersion.state == PlanState.PUBLISHED)).first()
    if found is None:
        raise PlanNotFound(plan=plan_id)
    return found


def place_of(session: Session, plan: Plan) -> Place:
    """Where a plan belongs: who may edit and approve it."""
    wanted = select(PlanDepartment.department).where(PlanDepartment.plan_id == plan.key)
    return Place(region=plan.region, departments=frozenset(session.exec(wanted)))


class NoPerson(Invalid):
    """Plans are made by persons, not by the system."""

    code = "no_person"


def person(actor: Actor) -> int:
    """The account of who acts.

    Raises
    ------
    NoPerson
    """
    if actor.user_id is None:
        raise NoPerson
    return actor.user_id
