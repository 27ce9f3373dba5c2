"""Who is to step out of a team, as a motion names him."""

from dataclasses import dataclass

from core.calendar import china_date
from inspections.motions import Motion
from inspections.teams.members import cards_on
from inspections.teams.seats import entry_of
from web.auth import now
from web.database import session


@dataclass(frozen=True)
class Leaving:
    """Task number, role and name."""

    visit: str
    role: str
    name: str


def leaving_of(motion: Motion) -> Leaving:
    """Whom a motion about a team is about; its subject is the slot and the person's number."""
    slot, _, number = motion.subject.rpartition(" ")
    visit, _, role = slot.partition("/")
    entry = entry_of(number)
    card = cards_on(session(), [entry], china_date(now()))[entry]
    return Leaving(visit, role, card.name)
