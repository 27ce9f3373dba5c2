"""What follows when a visit or its team has changed: whoever was told is told anew."""

from inspections.draws import get_draw, standing_draw
from inspections.subjects import Subject
from inspections.teams.notices import order_of
from web.database import session
from web.teams.notifying import ask_to_send


def tell_of_changes(draw_id: int) -> None:
    """Let a worker send what is due by now, if notices are ordered for the teams of the plan.

    Parameters
    ----------
    draw_id : any draw of the plan.
    """
    plan_id = get_draw(session(), draw_id).plan_id
    teams = standing_draw(session(), plan_id, Subject.TEAMS)
    if teams is not None and order_of(session(), teams.key) is not None:
        ask_to_send(teams.key)
