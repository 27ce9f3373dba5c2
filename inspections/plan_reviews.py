"""The way of a version from draft to publication, by two persons, and what replaces it.

Nobody approves what he has made or submitted himself; the database holds it too. A version to
which a draw was committed stays in force: whoever wants another plan has to void the draw first.
"""

from datetime import datetime

from sqlmodel import Session

from core import trail
from core.calendar import china_date
from core.errors import Conflict, Forbidden, Invalid
from core.trail import Actor
from inspections.plan_drafts import add_version
from inspections.plan_faults import PlanFault, PlanHasFaults, faults
from inspections.plan_items import list_faults
from inspections.plans import (
    NOUN,
    WORKING,
    PlanNotFound,
    PlanState,
    PlanVersion,
    get_plan,
    lock_version,
    person,
    published_version,
    versions_of,
    written,
)

LONGEST_REASON = 500


class SecondPersonNeeded(Forbidden):
    """Somebody else than who made or submitted the version has to decide on it."""

    code = "plan_second_person_needed"


class PlanReasonMissing(Invalid):
    """A return, and a change after publication, need a reason of at most 500 characters."""

    code = "plan_reason_missing"


class VersionUnderWay(Conflict):
    """The plan has a version on its way already: *version* is its number."""

    code = "plan_version_under_way"


class PlanIsDrawn(Conflict):
    """A draw is committed to the version in force: it stays."""

    code = "plan_is_drawn"


def faults_of(session: Session, version: PlanVersion, now: datetime) -> list[PlanFault]:
    """What keeps a version from being submitted now."""
    plan, content = get_plan(session, version.plan_id), version.content
    today = china_date(now)
    return [*faults(content, plan.kind.value, today), *list_faults(session, content, today)]


def submit(
    session: Session, version_id: int, revision: int, actor: Actor, now: datetime
) -> PlanVersion:
    """Ask for approval.

    Raises
    ------
    PlanHasFaults, PlanNotFound, PlanIsElsewhere, PlanChangedMeanwhile
    """
    version = lock_version(session, version_id, revision)
    version.must_be(PlanState.DRAFT, PlanState.RETURNED)
    if found := faults_of(session, version, now):
        raise PlanHasFaults(found)
    before = version.facts()
    version.state, version.return_reason = PlanState.SUBMITTED, ""
    version.submitted_by, version.submitted_at = person(actor), now
    return _told(session, version, "plan.submitted", before, actor, now)


def approve(
    session: Session, version_id: int, revision: int, actor: Actor, now: datetime
) -> PlanVersion:
    """Approve exactly what was seen.

    Raises
    ------
    SecondPersonNeeded, PlanNotFound, PlanIsElsewhere, PlanChangedMeanwhile
    """
    version = _to_decide(session, version_id, revision, actor, PlanState.SUBMITTED)
    before = version.facts()
    version.state = PlanState.APPROVED
    version.approved_by, version.approved_at = person(actor), now
    return _told(session, version, "plan.approved", before, actor, now)


def send_back(
    session: Session, version_id: int, revision: int, reason: str, actor: Actor, now: datetime
) -> PlanVersion:
    """Return a version to those who made it, also one that was approved but not published.

    Raises
    ------
    PlanReasonMissing, SecondPersonNeeded, PlanNotFound, PlanIsElsewhere, PlanChangedMeanwhile
    """
    why = _reason(reason)
    states = (PlanState.SUBMITTED, PlanState.APPROVED)
    version = _to_decide(session, version_id, revision, actor, *states)
    before = version.facts()
    version.state, version.return_reason = PlanState.RETURNED, why
    version.approved_by = version.approved_at = None
    return _told(session, version, "plan.returned", before, actor, now, why)


def publish(
    session: Session,
    version_id: int,
    revision: int,
    actor: Actor,
    now: datetime,
    document_no: str = "",
) -> PlanVersion:
    """Put an approved version in force; the one before it is superseded and stays readable.

    Parameters
    ----------
    document_no : of the notice, if it is known only now.

    Raises
    ------
    PlanIsDrawn, PlanNotFound, PlanIsElsewhere, PlanChangedMeanwhile
    """
    version = lock_version(session, version_id, revision)
    version.must_be(PlanState.APPROVED)
    _supersede(session, version.plan_id, actor, now)
    if document_no.strip():
        plan = get_plan(session, version.plan_id, lock=True)
        plan.document_no = document_no.strip()[:100]
        session.add(plan)
    before = version.facts()
    version.state = PlanState.PUBLISHED
    version.published_by, version.published_at = person(actor), now
    return _told(session, version, "plan.published", before, actor, now)


def withdraw(
    session: Session, version_id: int, revision: int, actor: Actor, now: datetime
) -> PlanVersion:
    """Give a version up before it is published; it stays in the list of versions.

    Raises
    ------
    PlanNotFound, PlanIsElsewhere, PlanChangedMeanwhile
    """
    version = lock_version(session, version_id, revision)
    version.must_be(*WORKING)
    before = version.facts()
    version.state = PlanState.WITHDRAWN
    version.approved_by = version.approved_at = None
    return _told(session, version, "plan.withdrawn", before, actor, now)


def new_version(
    session: Session, plan_id: int, reason: str, actor: Actor, now: datetime
) -> PlanVersion:
    """A draft that begins with what the plan says now, and the reason for changing it.

    Raises
    ------
    PlanReasonMissing, VersionUnderWay, PlanIsDrawn, PlanNotFound
    """
    why = _reason(reason)
    # two at once wait here for each other
    plan = get_plan(session, plan_id, lock=True)
    versions = versions_of(session, plan_id)
    if under_way := [v.number for v in versions if v.state in WORKING]:
        raise VersionUnderWay(version=under_way[0])
    public = [v for v in versions if v.state is PlanState.PUBLISHED]
    if public and public[0].frozen_at is not None:
        raise PlanIsDrawn(version=public[0].number)
    start, number = (public or versions)[-1], versions[-1].number + 1
    version = add_version(session, plan, start.content, actor, now, number, why)
    trail.record(
        session, actor, "plan.version_begun", NOUN, plan_id, now, after=version.facts(), reason=why
    )
    return version


# -- what draws ask for ------------------------------------------------------------------------


def freeze_version(session: Session, version_id: int, actor: Actor, now: datetime) -> PlanVersion:
    """A draw is being committed to this version: from now on no other takes its place.

    Raises
    ------
    PlanNotFound, PlanIsElsewhere
        Only the version in force can be drawn.
    """
    version = lock_version(session, version_id)
    version.must_be(PlanState.PUBLISHED)
    if version.frozen_at is not None:
        return version
    version.frozen_at = now
    return _told(session, version, "plan.frozen", None, actor, now)


def release_version(session: Session, version_id: int, actor: Actor, now: datetime) -> PlanVersion:
    """The draw is void: the plan may be changed again.

    Raises
    ------
    PlanNotFound
    """
    version = lock_version(session, version_id)
    if version.frozen_at is None:
        return version
    version.frozen_at = None
    return _told(session, version, "plan.released", None, actor, now)


# -- shared ------------------------------------------------------------------------------------


def _to_decide(
    session: Session, version_id: int, revision: int, actor: Actor, *states: PlanState
) -> PlanVersion:
    """The version on which a second person decides."""
    version = lock_version(session, version_id, revision)
    version.must_be(*states)
    if person(actor) in (version.submitted_by, version.made_by):
        raise SecondPersonNeeded(version=version.number)
    return version


def _supersede(session: Session, plan_id: int, actor: Actor, now: datetime) -> None:
    try:
        found = published_version(session, plan_id)
    except PlanNotFound:
        return
    old = lock_version(session, found.key)
    if old.frozen_at is not None:
        raise PlanIsDrawn(version=old.number)
    before = old.facts()
    old.state = PlanState.SUPERSEDED
    _told(session, old, "plan.superseded", before, actor, now)


def _told(
    session: Session,
    version: PlanVersion,
    action: str,
    before: dict[str, object] | None,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> PlanVersion:
    trail.record(
        session, actor, action, NOUN, version.plan_id, now,
        before=before, after=version.facts(), reason=reason,
    )  # fmt: skip
    return written(session, version)


def _reason(text: str) -> str:
    why = text.strip()
    if not why or len(why) > LONGEST_REASON:
        raise PlanReasonMissing(most=LONGEST_REASON)
    return why
