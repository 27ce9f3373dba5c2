"""Which matter a draw is about."""

from typing import Any

from sqlmodel import Session

from inspections.draws import Draw
from inspections.matter import Matter
from inspections.subjects import Subject
from inspections.teams.matter import team_matter
from inspections.unit_matter import unit_matter


def matter_of(session: Session, draw: Draw) -> Matter[Any, Any]:
    """What was frozen for a draw, whatever is drawn.

    Raises
    ------
    FrameNotFound, TaskNotFound, PlanNotFound
    """
    if draw.subject is Subject.TEAMS:
        return team_matter(session, draw)
    return unit_matter(session, draw)
