"""The rules by which a plan sends its teams: shape, authority, territory, limits, aims.

They belong to a version of the plan and are set after it, since the second draw is thought of
later; each change is another row with its reason and author, and the newest one counts. The task
that is drawn names the rules by which it was made.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field as Column
from sqlmodel import Session, SQLModel, col, select

from core import trail
from core.append_only import append_only
from core.errors import Conflict, Invalid, NotFound
from core.trail import Actor, CanonicalJson
from inspections.draws import DrawState, standing_draw
from inspections.plan_content import Line, Share
from inspections.plans import NOUN, lock_version, person
from inspections.subjects import Subject
from inspections.teams.cooperation import COOPERATION
from rosters.departments import Trade
from rosters.inspectors import OfficerLevel
from sampler.hashing import canonical, sha256

FORMAT: Literal[1] = 1
MOST_SEATS, MOST_POINTS, LONGEST_REASON = 20, 10_000, 500


class Territory(StrEnum):
    """Where the inspectors of a visit come from, seen from the institution."""

    LOCAL = "local"
    AWAY = "away"
    MIXED = "mixed"

    @property
    def label(self) -> str:
        """The rule's name on a page."""
        return {
            "local": "属地检查",
            "away": "异地交叉检查",
            "mixed": "异地组长、属地成员",
        }[self.value]


class ExecutionBy(StrEnum):
    """By what the executing authority of a visit is settled."""

    ONE = "one"
    LEVEL = "level"
    FIELD = "field"
    SHARE = "share"

    @property
    def label(self) -> str:
        """The rule's name on a page."""
        return {
            "one": "由同一级执行",
            "level": "国家级资质认定由总局执行，其余由省级执行",
            "field": "按领域确定",
            "share": "按比例分配",
        }[self.value]


def _known_groups(groups: tuple[str, ...]) -> tuple[str, ...]:
    if set(groups) - set(COOPERATION):
        raise ValueError("unknown_cooperation")
    return groups


class _Part(BaseModel):
    """A part of the rules; an unknown name is refused, so that no rule quietly vanishes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Shape(_Part):
    """Who a team consists of.

    Attributes
    ----------
    officers : of the lead department, the leader among them; two at least
        (《行政处罚法》 article 42).
    field_holder : whether one of them must know the field for which the unit was drawn.
    lead : the trade of the department that leads.
    partners : one officer of each of these, whom that department draws from its own.
    experts : fixed beforehand (国办发〔2024〕54号); they assist, and never count as officers.
    """

    officers: Annotated[int, Field(ge=2, le=MOST_SEATS)] = 2
    field_holder: bool = True
    lead: Trade = Trade.MARKET
    partners: tuple[Trade, ...] = ()
    experts: Annotated[int, Field(ge=0, le=MOST_SEATS)] = 0


class Execution(_Part):
    """Which authority executes a visit: the nation draws and sets the scale, execution is layered
    (14th five-year plan: 检查任务由总局和地方分级实施).

    Attributes
    ----------
    otherwise : who executes where nothing else is said; the only one with `ONE`.
    fields : with `FIELD`, the authority of each field.
    national, province : with `SHARE`, which parts of the visits they execute, in the order of
        the task numbers, which follows from the seed of the first draw.
    """

    by: ExecutionBy = ExecutionBy.LEVEL
    otherwise: OfficerLevel = OfficerLevel.PROVINCE
    fields: tuple[tuple[Line, OfficerLevel], ...] = ()
    national: Share = Decimal(0)
    province: Share = Decimal(0)

    @property
    def keeps_the_level(self) -> bool:
        """Whether a reserve is executed by the level of whom it replaces: shares are counted by
        numbers, which it takes over."""
        return self.by is ExecutionBy.SHARE


class Points(_Part):
    """Whole points for a pair of inspector and visit: the third aim, after cap and loads.

    Attributes
    ----------
    distances : points for a pair of provinces, by their codes, in both directions; travel, so
        mostly below zero.
    """

    same_region: Annotated[int, Field(ge=-MOST_POINTS, le=MOST_POINTS)] = 10
    cooperating: Annotated[int, Field(ge=-MOST_POINTS, le=MOST_POINTS)] = 4
    field_held: Annotated[int, Field(ge=-MOST_POINTS, le=MOST_POINTS)] = 2
    distances: Annotated[tuple[tuple[str, str, int], ...], Field(max_length=600)] = ()


class TeamRules(_Part):
    """All that a plan says about its teams.

    Attributes
    ----------
    cooperation : regions whose provinces exchange inspectors (`COOPERATION`); with `AWAY` an
        institution in one of them is visited from the others of its region.
    rotation : nobody visits the same institution twice running (国办发〔2015〕58号 asks for
        random officers; a fixed pair is none).
    recusal_years : for how long a former employer, or an institution advised, bars somebody.
    capacity, per_window : most visits of one person in all, and in one window.
    window_days : the windows of the plan are cut into stretches of so many days.
    visit_days : working days that a visit takes.
    alternates : for each slot, drawn in the same stroke.
    pair_cap : largest chance of one person at one slot; None takes the smallest feasible one.
    """

    format: Literal[1] = FORMAT
    shape: Shape = Shape()
    execution: Execution = Execution()
    territory: Territory = Territory.LOCAL
    cooperation: Annotated[tuple[str, ...], AfterValidator(_known_groups)] = ()
    rotation: bool = True
    recusal_years: Annotated[int, Field(ge=0, le=50)] = 3
    capacity: Annotated[int, Field(ge=1, le=366)] = 6
    per_window: Annotated[int, Field(ge=1, le=31)] = 2
    window_days: Annotated[int, Field(ge=1, le=366)] = 7
    visit_days: Annotated[int, Field(ge=1, le=31)] = 2
    alternates: Annotated[int, Field(ge=0, le=20)] = 3
    pair_cap: Annotated[Decimal, Field(gt=0, le=1, decimal_places=9)] | None = None
    points: Points = Points()

    def as_json(self) -> dict[str, Any]:
        """Plain data without floating-point numbers; decimals are texts."""
        return self.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """SHA-256 over the RFC 8785 bytes of `as_json`."""
        return sha256(canonical(self.as_json()))


# -- the table ---------------------------------------------------------------------------------


class TeamRulesReasonMissing(Invalid):
    """Rules that change need a reason of at most 500 characters."""

    code = "team_rules_reason_missing"


class TeamsAreCommitted(Conflict):
    """A draw of teams is committed, or held: what it rests on stays as it is."""

    code = "teams_are_committed"


class NoTeamRules(NotFound):
    """The plan does not say yet how its teams are formed."""

    code = "no_team_rules"


class RulesRow(SQLModel, table=True):
    """The rules of a version of a plan, as somebody set them; a row never changes."""

    __tablename__ = "team_rules"
    __table_args__ = (
        UniqueConstraint("plan_version_id", "number"),
        CheckConstraint("number >= 1", name="counted"),
        CheckConstraint("number = 1 OR reason <> ''", name="change_has_reason"),
        CheckConstraint("length(digest) = 64", name="digest"),
    )
    id: int | None = Column(default=None, primary_key=True)
    plan_version_id: int = Column(foreign_key="plan_version.id")
    number: int
    body: dict[str, Any] = Column(sa_type=CanonicalJson)
    digest: str = Column(max_length=64)
    reason: str = Column(default="", max_length=LONGEST_REASON)
    made_by: int = Column(foreign_key="account.id")
    made_at: datetime

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    @property
    def content(self) -> TeamRules:
        """What it says."""
        return TeamRules.model_validate(self.body)


append_only(SQLModel.metadata.tables["team_rules"])


def set_rules(
    session: Session, version_id: int, rules: TeamRules, reason: str, actor: Actor, now: datetime
) -> RulesRow:
    """Say how the teams of a plan are formed; the same again changes nothing.

    Raises
    ------
    PlanNotFound, TeamRulesReasonMissing, TeamsAreCommitted
    """
    # the drafts are counted: of two who set them at once the other waits here
    version = lock_version(session, version_id)
    must_be_uncommitted(session, version.plan_id)
    before = rules_history(session, version_id)
    if before and before[-1].digest == rules.digest:
        return before[-1]
    why = reason.strip()
    if (before and not why) or len(why) > LONGEST_REASON:
        raise TeamRulesReasonMissing(most=LONGEST_REASON)
    row = RulesRow(
        plan_version_id=version_id, number=len(before) + 1, body=rules.as_json(),
        digest=rules.digest, reason=why, made_by=person(actor), made_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    told = {"version": version.number, "rules": row.number, "rules_digest": row.digest}
    trail.record(
        session, actor, "team_rules.set", NOUN, version.plan_id, now, after=told, reason=why
    )
    return row


def must_be_uncommitted(session: Session, plan_id: int) -> None:
    """Guard of all that a task is made from.

    Raises
    ------
    TeamsAreCommitted
    """
    teams = standing_draw(session, plan_id, Subject.TEAMS)
    if teams is not None and teams.state is not DrawState.ANNOUNCED:
        raise TeamsAreCommitted(plan=plan_id)


def rules_history(session: Session, version_id: int) -> list[RulesRow]:
    """All rules that a version ever had, the newest last."""
    wanted = select(RulesRow).where(RulesRow.plan_version_id == version_id)
    return list(session.exec(wanted.order_by(col(RulesRow.number))))


def rules_of(session: Session, version_id: int) -> RulesRow:
    """The rules that count.

    Raises
    ------
    NoTeamRules
    """
    if not (found := rules_history(session, version_id)):
        raise NoTeamRules(version=version_id)
    return found[-1]
