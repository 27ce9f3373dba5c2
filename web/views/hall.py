"""The screen in the hall: large, calm, and the same for whoever opens it."""

from datetime import datetime

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from core.calendar import CHINA, china_date
from core.roles import Permission
from inspections.drawn_units import units_of
from inspections.draws import Draw, DrawState
from inspections.teams.boards import lines_of
from inspections.teams.tasks import listed_draw
from inspections.teams.visits import visits_of
from web.auth import door, now
from web.database import session
from web.entrance.qr import qr_code
from web.inspections.ceremony_sight import Sight, sight_of
from web.inspections.hall_stage import (
    Shown,
    may_show_names,
    names_at,
    steps,
    teams_to_show,
    units_to_show,
)
from web.inspections.public_place import public_page_of

bp = Blueprint("hall", __name__)


@bp.get("/hall/<int:draw_id>")
@door(Permission.PLANS_READ)
def show(draw_id: int) -> ResponseReturnValue:
    """Where the ceremony stands; the page asks for itself again and again."""
    sight = sight_of(draw_id)
    draw, moment = sight.draw, now()
    names = None
    if may_show_names(draw, moment):
        names = names_at(draw, _ordered(sight), moment)
    public = public_page_of(draw)
    return render_template(
        "hall/show.html",
        sight=sight,
        draw=draw,
        state=draw.state.value,
        steps=steps(draw, sight.frozen, sight.sources, moment),
        names=names,
        public=public,
        code=qr_code(public),
        clock=f"{moment.astimezone(CHINA):%H:%M}",
        left=_seconds_left(draw, moment),
        back=url_for("ceremonies.show", draw_id=draw_id),
    )


def _ordered(sight: Sight) -> list[Shown]:
    """Who was drawn, in the order in which the hall is told."""
    draw = sight.draw
    if sight.task is None:
        return units_to_show(draw, units_of(session(), draw.key, reserves=False))
    visits = visits_of(session(), listed_draw(session(), sight.task).key)
    return teams_to_show(draw, lines_of(session(), visits, draw, china_date(now())))


def _seconds_left(draw: Draw, moment: datetime) -> int | None:
    """Until the deadline of the reveals; None while nothing is being revealed."""
    if draw.state is not DrawState.REVEALING or draw.deadline is None:
        return None
    return max(0, int((draw.deadline - moment).total_seconds()))
