"""Sending the notices of visits: a job when something has changed, and one every morning.

The morning job asks for the next one, until the last visit of the draw is over; an order that
was replaced by another lets its own chain end.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from core.calendar import china_date, start_of
from core.jobs import Job, enqueue
from core.trail import SYSTEM
from inspections.draws import Draw, draws_of, get_draw
from inspections.subjects import Subject
from inspections.substitutions import HELD
from inspections.teams.notices import NoticeOrder, order_of
from inspections.teams.sending import send_due
from inspections.teams.tasks import get_task, listed_draw
from inspections.teams.visits import visits_of
from web.auth import now
from web.database import session
from web.letters import outbox_of
from web.settings import Settings
from web.words.jobs import NOTICES
from web.worker import Handler, Progress

Clock = Callable[[], datetime]

MORNING = timedelta(hours=8)
"""When institutions begin their day; the same for all of China."""


def renew_notices(draw_id: int) -> None:
    """Let those hear who are concerned by a change; nothing if no notices have been ordered.

    Parameters
    ----------
    draw_id : any draw of the plan.
    """
    for teams in draws_of(session(), get_draw(session(), draw_id).plan_id, Subject.TEAMS):
        if order_of(session(), teams.key) is not None:
            ask_to_send(teams.key)


def ask_to_send(teams_id: int, chain: int = 0) -> Job:
    """Let a worker send what is due; with the number of an order also every morning from then."""
    return _ask(session(), teams_id, chain, now(), now())


def _ask(session: Session, teams_id: int, chain: int, now: datetime, after: datetime) -> Job:
    told = {"draw": teams_id, "chain": chain}
    return enqueue(session, NOTICES, told, SYSTEM, now, run_after=after)


def handlers(settings: Settings, clock: Clock) -> dict[str, Handler]:
    """What workers know to do about notices."""

    def send(session: Session, job: Job, progress: Progress) -> dict[str, Any]:
        teams, moment = get_draw(session, int(job.payload["draw"])), clock()
        sent = send_due(session, teams, moment, outbox_of(settings, SYSTEM, moment))
        chain = int(job.payload["chain"])
        if sent.more:
            _ask(session, teams.key, chain, moment, moment)
        elif chain and _goes_on(session, teams, order_of(session, teams.key), chain, moment):
            _ask(session, teams.key, chain, moment, _next_morning(moment))
        return sent.facts()

    return {NOTICES: send}


def _goes_on(
    session: Session, teams: Draw, order: NoticeOrder | None, chain: int, moment: datetime
) -> bool:
    """Whether there will be something to tell on another day, and no other chain tells it."""
    if teams.state not in HELD or order is None or order.number != chain:
        return False
    listed = listed_draw(session, get_task(session, teams.task_id))
    today = china_date(moment)
    return any(visit.last_day > today for visit in visits_of(session, listed.key))


def _next_morning(moment: datetime) -> datetime:
    return start_of(china_date(moment) + timedelta(days=1)) + MORNING
