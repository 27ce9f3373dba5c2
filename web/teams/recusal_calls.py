"""Who is told that a recusal waits for him, or what became of his own."""

from core.calendar import china_date
from core.memberships import who_may
from core.roles import Permission
from inspections.plans import place_of
from inspections.teams.recusal_lists import RecusalLine, recusal_line
from inspections.teams.recusals import NOUN
from web.auth import now
from web.database import session
from web.letters import tell


def call_deciders(recusal_id: int) -> None:
    """Tell those who may decide; never who has asked."""
    line = _line(recusal_id)
    place = place_of(session(), line.plan)
    found = who_may(session(), (Permission.DRAWS_HOLD,), place, now())
    to = [user.key for user in found if user.key != line.recusal.raised_by]
    _tell(to, "recusal_raised", line, side=line.recusal.side.label)


def answer_recusal(recusal_id: int) -> None:
    """Tell who has asked what was decided: he is to have it in writing."""
    line = _line(recusal_id)
    decision = line.recusal.state.label
    _tell([line.recusal.raised_by], "recusal_decided", line, decision=decision)


def _line(recusal_id: int) -> RecusalLine:
    return recusal_line(session(), recusal_id, china_date(now()))


def _tell(to: list[int], kind: str, line: RecusalLine, **more: str) -> None:
    params = {"plan": line.plan.title, "number": line.visit.task_number, **more}
    tell(to, kind, params=params, noun=NOUN, noun_id=line.recusal.key)
