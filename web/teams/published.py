"""What the public may know of a draw of teams today; what is not open is not gathered at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from inspections.draw_papers import is_open, offered
from inspections.draws import Draw, DrawNotFound, draws_of, find_draw
from inspections.plans import Plan, get_plan
from inspections.sources import DrawSource, sources_of
from inspections.subjects import Subject
from inspections.teams.boards import VisitLine, lines_of
from inspections.teams.figures import fairness_of
from inspections.teams.tasks import FrozenTask, get_task, listed_draw
from inspections.teams.visits import visits_of
from web.inspections.desk import files
from web.inspections.published import today, typists
from web.teams.fairness import FairnessTold, told


@dataclass(frozen=True)
class PublicTeams:
    """A draw of teams with a commitment, and as much of its outcome as is open today.

    Attributes
    ----------
    listed : the draw of the institutions.
    lines, report : empty while the list is sealed.
    """

    plan: Plan
    draw: Draw
    task: FrozenTask
    listed: Draw
    sources: Sequence[DrawSource]
    typists: Mapping[str, str]
    offered: Mapping[str, str]
    open: bool
    lines: Sequence[VisitLine] = ()
    report: FairnessTold | None = None


def public_teams(session: Session, plan_id: int, number: int) -> PublicTeams:
    """A draw of teams under its public number.

    Raises
    ------
    DrawNotFound
        Also if nothing of it is public yet.
    DrawIsDamaged
    """
    draw = find_draw(session, plan_id, number, Subject.TEAMS)
    if draw.commitment_digest is None:
        raise DrawNotFound(plan=plan_id, number=number)
    task = get_task(session, draw.task_id)
    listed, opened = listed_draw(session, task), is_open(draw, today())
    visits = visits_of(session, listed.key) if opened else []
    return PublicTeams(
        plan=get_plan(session, plan_id),
        draw=draw,
        task=task,
        listed=listed,
        sources=sources_of(session, draw.key),
        typists=typists(session, draw),
        offered=offered(session, files(), draw, today()),
        open=opened,
        lines=lines_of(session, visits, draw, today()),
        report=told(fairness_of(session, files(), draw)) if opened else None,
    )


def public_teams_of(session: Session, listed: Draw) -> list[Draw]:
    """The draws of teams of a plan that everybody may see, for the page of its institutions."""
    found = draws_of(session, listed.plan_id, Subject.TEAMS)
    return [one for one in found if one.commitment_digest is not None]
