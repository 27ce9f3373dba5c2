"""Making plans: a first draft, saving what was typed, a plan file, last year's plan again."""

from datetime import date, datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from core import trail
from core.trail import Actor
from inspections.plan_content import FIRST_DAY, LAST_DAY, PlanContent
from inspections.plan_toml import from_toml
from inspections.plans import (
    NOUN,
    WORKING,
    Plan,
    PlanDepartment,
    PlanHeading,
    PlanState,
    PlanVersion,
    get_plan,
    get_version,
    lock_version,
    person,
    versions_of,
    written,
)


def draft_plan(
    session: Session,
    heading: PlanHeading,
    content: PlanContent,
    actor: Actor,
    now: datetime,
    copied_from: int | None = None,
) -> PlanVersion:
    """A new plan with its first version, a draft."""
    who = {"created_by": person(actor), "created_at": now, "copied_from": copied_from}
    plan = Plan.model_validate(heading.model_dump() | who)
    session.add(plan)
    session.flush()
    named = content if content.name else content.changed(name=plan.title)
    version = add_version(session, plan, named, actor, now)
    after = heading.model_dump() | version.facts() | {"copied_from": copied_from}
    trail.record(session, actor, "plan.drafted", NOUN, plan.key, now, after=after)
    return version


def add_version(
    session: Session,
    plan: Plan,
    content: PlanContent,
    actor: Actor,
    now: datetime,
    number: int = 1,
    reason: str = "",
) -> PlanVersion:
    """A draft of a plan, written; the caller has seen that there is no other one."""
    version = PlanVersion(
        plan_id=plan.key,
        number=number,
        body=content.as_json(),
        digest=content.digest,
        reason=reason,
        made_by=person(actor),
        made_at=now,
        saved_at=now,
    )
    session.add(version)
    session.flush()
    _name_departments(session, plan.key, content)
    return version


def save(
    session: Session,
    version_id: int,
    content: PlanContent,
    revision: int,
    actor: Actor,
    now: datetime,
) -> PlanVersion:
    """Keep what somebody has typed, faults and all.

    Parameters
    ----------
    revision : of the version that he had before him.

    Raises
    ------
    PlanNotFound, PlanIsElsewhere, PlanChangedMeanwhile
    """
    version = lock_version(session, version_id, revision)
    before = version.content
    version.put(content, now)
    changed = [name for name, value in content if value != getattr(before, name)]
    if changed:
        _name_departments(session, version.plan_id, content)
        after = version.facts() | {"sections": changed}
        trail.record(session, actor, "plan.saved", NOUN, version.plan_id, now, after=after)
    return written(session, version)


def import_toml(
    session: Session, version_id: int, data: bytes, revision: int, actor: Actor, now: datetime
) -> PlanVersion:
    """Take the quotas of a plan file over; the procedure around them stays.

    Raises
    ------
    PlanFileFaults, PlanNotFound, PlanIsElsewhere, PlanChangedMeanwhile
    """
    content = from_toml(data, get_version(session, version_id).content)
    return save(session, version_id, content, revision, actor, now)


def rename(
    session: Session, plan_id: int, title: str, document_no: str, actor: Actor, now: datetime
) -> Plan:
    """Another title or document number, as long as nothing of the plan is public.

    Raises
    ------
    PlanNotFound, PlanIsElsewhere
    """
    plan = get_plan(session, plan_id, lock=True)
    for version in versions_of(session, plan_id):
        version.must_be(*WORKING, PlanState.WITHDRAWN)
    before = {"title": plan.title, "document_no": plan.document_no}
    sound = PlanHeading.model_validate(plan.model_dump() | {
        "title": title.strip(), "document_no": document_no.strip()
    })  # fmt: skip
    plan.title, plan.document_no = sound.title, sound.document_no
    after = {"title": plan.title, "document_no": plan.document_no}
    if after != before:
        session.add(plan)
        trail.record(session, actor, "plan.renamed", NOUN, plan_id, now, before=before, after=after)
    return plan


def _name_departments(session: Session, plan_id: int, content: PlanContent) -> None:
    session.exec(delete(PlanDepartment).where(col(PlanDepartment.plan_id) == plan_id))
    named = {name for name in (content.lead, *content.departments) if name}
    session.add_all(PlanDepartment(plan_id=plan_id, department=name) for name in sorted(named))
    session.flush()


# -- last year's -------------------------------------------------------------------------------


def copy_plan(
    session: Session, plan_id: int, year: int, actor: Actor, now: datetime
) -> PlanVersion:
    """A draft for another *year* after a plan: its published version, else its newest.

    Days move by whole years. Certain units and exclusions are not taken over: their reasons were
    those of that year.

    Raises
    ------
    PlanNotFound
    """
    plan = get_plan(session, plan_id)
    versions = versions_of(session, plan_id)
    public = [v for v in versions if v.state is PlanState.PUBLISHED]
    content = moved((public or versions)[-1].content, plan.year, year)
    heading = PlanHeading.model_validate(plan.model_dump() | {
        "year": year, "document_no": "", "title": _of_year(plan.title, plan.year, year)
    })  # fmt: skip
    return draft_plan(session, heading, content, actor, now, copied_from=plan_id)


def moved(content: PlanContent, old: int, new: int) -> PlanContent:
    """The same plan for another year, without what was decided about single units."""
    facts = content.model_dump()
    for window in facts["windows"]:
        window |= {name: _shifted(window[name], new - old) for name in ("first", "last")}
    for deadline in facts["deadlines"]:
        deadline["day"] = _shifted(deadline["day"], new - old)
    return content.changed(
        name=_of_year(content.name, old, new),
        windows=facts["windows"],
        deadlines=facts["deadlines"],
        roster_day=_shifted(content.roster_day, new - old),
        certain=(),
        excluded=(),
        exclusion_rules=(),
    )


def _shifted(day: date | None, years: int) -> date | None:
    """A day so many years later; none if that leads out of all bounds."""
    if day is None:
        return None
    leap = (day.month, day.day) == (2, 29)
    later = day.replace(year=day.year + years, day=28 if leap else day.day)
    return later if FIRST_DAY <= later <= LAST_DAY else None


def _of_year(title: str, old: int, new: int) -> str:
    return title.replace(str(old), str(new))
