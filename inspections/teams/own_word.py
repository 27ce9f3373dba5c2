"""Whether it would be one person alone who changes a team, or in his own favour.

What the rosters prove lets somebody step out by one signature. Whoever keeps the rosters, or agrees
on the days, could make that proof himself: somebody for whom a leave is registered goes, and so
would the alternates, one after the other, until the one comes who is wanted.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from core.accounts import get_user
from core.errors import Forbidden
from core.trail import Actor, Search, page
from inspections.plans import person
from inspections.teams.visits import NOUN, Visit
from rosters.entries import Entry, Noun
from rosters.finding.naming import own_entry
from rosters.inspectors import Leave
from rosters.relations import Relation
from rosters.statements import Change, Statement

ABOUT_PEOPLE = (Noun.INSPECTOR, Noun.EXPERT, Noun.LEAVE, Noun.RELATION)


class StandInOnOwnWord(Forbidden):
    """Who signs has himself registered, since the draw, what would decide who goes and comes."""

    code = "stand_in_on_own_word"


class StandInForOneself(Forbidden):
    """Who signs would step in himself."""

    code = "stand_in_for_oneself"


def person_of(session: Session, actor: Actor, day: date) -> int | None:
    """The entry of who acts among inspectors and experts, if he has one on that day."""
    login = get_user(session, person(actor)).login_name
    own = own_entry(session, login, day)
    return own.entry_id if own else None


def must_be_of_others(
    session: Session, actor: Actor, visit: Visit, people: Iterable[int], since: datetime
) -> None:
    """Guard of a change of a team by one signature.

    Parameters
    ----------
    people : entries of who would go, and of the alternates who might come.
    since : when the team was drawn.

    Raises
    ------
    StandInOnOwnWord
    """
    if _moved(session, actor, visit, since) or _registered(session, actor, set(people), since):
        raise StandInOnOwnWord(visit=visit.task_number)


def _moved(session: Session, actor: Actor, visit: Visit, since: datetime) -> bool:
    """Whether he has set other days for the visit."""
    search = Search(
        noun=NOUN, noun_id=str(visit.key), action="visit.appointed", actor_id=actor.user_id
    )
    return any(event.at > since for event in page(session, search, size=1))


def _registered(session: Session, actor: Actor, people: set[int], since: datetime) -> bool:
    """Whether he has stated, or withdrawn, anything about one of these people."""
    # of who withdrew a change the rosters keep the name
    done = or_(
        and_(col(Change.actor_id) == actor.user_id, col(Change.at) > since),
        and_(col(Change.withdrawn_by) == actor.name, col(Change.withdrawn_at) > since),
    )
    wanted: Any = (
        select(col(Statement.entry_id), col(Statement.facts))
        .join(Change, col(Change.id) == col(Statement.change_id))
        .join(Entry, col(Entry.id) == col(Statement.entry_id))
        .where(done, col(Entry.noun).in_(ABOUT_PEOPLE))
    )
    own = people | _papers_of(session, people)
    return any(
        entry in own or {facts.get("inspector_id"), facts.get("person_id")} & people
        for entry, facts in session.execute(wanted)
    )


def _papers_of(session: Session, people: set[int]) -> set[int]:
    """The leaves and relations of people: a change of one need not say whose it is."""
    leaves = select(Leave.entry_id).where(col(Leave.inspector_id).in_(people))
    relations = select(Relation.entry_id).where(col(Relation.person_id).in_(people))
    return {*session.exec(leaves), *session.exec(relations)}
