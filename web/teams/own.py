"""Whose visits somebody may see as his own: a member of the teams, or who is visited."""

from dataclasses import dataclass

from sqlmodel import col

from core.calendar import china_date
from core.errors import NotFound
from inspections.draws import Draw, get_draw
from inspections.plans import Plan, get_plan
from inspections.teams.boards import OwnVisit, teams_draw_of, visits_of_person
from inspections.teams.notices import (
    NoticeNotFound,
    NoticeState,
    VisitNotice,
    get_notice,
    notices_to,
)
from inspections.teams.recusal_lists import RecusalLine, recusal_lines
from inspections.teams.recusals import Recusal, RecusalSide
from inspections.teams.visits import Visit, VisitState, get_visit
from rosters.experts import Expert
from rosters.finding.naming import own_entry
from rosters.inspectors import Inspector
from web.auth import me, now
from web.database import session
from web.rosters.institution_pages import own_entry as own_institution

# -- who goes ----------------------------------------------------------------------------------


def own_person() -> Inspector | Expert | None:
    """Who asks, as the rosters of today know him."""
    return own_entry(session(), me().user.login_name, china_date(now()))


def own_visits() -> list[OwnVisit]:
    """The visits to which who asks is sent, the next one first."""
    person = own_person()
    return visits_of_person(session(), person.entry_id, china_date(now())) if person else []


def own_visit(visit_id: int) -> OwnVisit:
    """One of them.

    Raises
    ------
    core.errors.NotFound
    """
    found = next((one for one in own_visits() if one.line.visit.key == visit_id), None)
    if found is None:
        raise NotFound(noun="visit", id=visit_id)
    return found


def notice_to_me(own: OwnVisit) -> VisitNotice | None:
    """The newest notice of this visit to who asks."""
    found = notices_to(session(), person_id=own.me.card.entry_id)
    visit, draw = own.line.visit.key, own.draw.key
    return next((one for one in found if (one.visit_id, one.draw_id) == (visit, draw)), None)


# -- who is visited ----------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnNotice:
    """A notice to the institution for which who asks works."""

    notice: VisitNotice
    visit: Visit
    draw: Draw
    plan: Plan

    @property
    def is_off(self) -> bool:
        """Whether nobody comes any more, though it may not have been told yet."""
        gone = self.visit.state is VisitState.CANCELLED or self.notice.called_off_at is not None
        standing = teams_draw_of(session(), self.visit)
        return gone or standing is None or standing.key != self.draw.key

    @property
    def state(self) -> NoticeState:
        """Where it stands."""
        if self.is_off:
            return NoticeState.CALLED_OFF
        return self.notice.state_beside(self.notice)


def own_notices() -> list[OwnNotice]:
    """The newest notice of each visit to the institution of who asks, the latest first."""
    entry = own_institution()
    found = notices_to(session(), institution_id=entry) if entry is not None else []
    return [_own(one) for one in found]


def own_notice(notice_id: int) -> OwnNotice:
    """The newest notice of the visit of which one was told.

    Raises
    ------
    NoticeNotFound
        Also if it is another's.
    """
    told = get_notice(session(), notice_id)
    for own in own_notices():
        if (own.visit.key, own.draw.key) == (told.visit_id, told.draw_id):
            return own
    raise NoticeNotFound(notice=notice_id)


def _own(notice: VisitNotice) -> OwnNotice:
    draw = get_draw(session(), notice.draw_id)
    visit = get_visit(session(), notice.visit_id)
    return OwnNotice(notice, visit, draw, get_plan(session(), draw.plan_id))


# -- what they have asked for ------------------------------------------------------------------


def own_recusals(visit: Visit, draw: Draw, side: RecusalSide) -> list[RecusalLine]:
    """What was asked for from one side at a visit, the open ones first."""
    conditions = [
        col(Recusal.visit_id) == visit.key,
        col(Recusal.draw_id) == draw.key,
        col(Recusal.side) == side,
    ]
    return recusal_lines(session(), china_date(now()), conditions)
