"""Looking at one entry: who may, what its facts are in words, and since when they hold."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from core import privacy
from core.errors import NotFound
from core.privacy import mask_email, mask_phone
from core.roles import Permission, Place
from rosters import editing
from rosters.entries import Noun
from rosters.entry_facts import EntryFacts, entry_facts
from rosters.finding.naming import named
from web.auth import me, need, now
from web.database import session
from web.errors import NotPermitted
from web.forms import Problems, text
from web.rosters.days import day_asked
from web.rosters.forms import today
from web.rosters.histories import told_value
from web.words.rosters import fact_words

MASKS = {"phone": mask_phone, "email": mask_email}


@dataclass(frozen=True)
class FactLine:
    """A fact in words; *since* the day since when it has been so, None if it was never else."""

    name: str
    label: str
    value: str
    since: date | None = None


@dataclass(frozen=True)
class Seen:
    """An entry that who asks may see, and what he may do with it.

    Attributes
    ----------
    revealed : personal facts that are shown in clear this once.
    """

    noun: Noun
    entry_id: int
    facts: EntryFacts
    place: Place
    day: date

    @property
    def may_edit(self) -> bool:
        """Whether who asks may change it."""
        return me().may(Permission.ROSTERS_EDIT, self.place)

    @property
    def may_reveal(self) -> bool:
        """Whether who asks may read personal facts in clear, if he says what for."""
        return me().may(Permission.PERSONAL_DATA_READ, self.place)


def seen(
    noun: Noun, entry_id: int, permission: Permission | None = Permission.ROSTERS_READ
) -> Seen:
    """An entry on the day of the address, within reach of who asks.

    Parameters
    ----------
    permission : None if whoever has come in may see all entries of the noun.

    Raises
    ------
    NotFound
        If there is none, or none that is his to see.
    """
    day = day_asked()
    found = entry_facts(session(), noun, entry_id, day)
    # sight goes by what it is today: who has moved away is no longer theirs
    last = entry_facts(session(), noun, entry_id, today()).row
    place = editing.place_of(session(), noun, last.model_dump())
    if permission is not None:
        need(permission, place)
    return Seen(noun, entry_id, found, place, day)


def fact_lines(
    one: Seen, names: Collection[str], revealed: Mapping[str, str] | None = None
) -> list[FactLine]:
    """Facts of an entry in words, in the order of *names*."""
    row, since = one.facts.row, one.facts.since
    first = one.facts.periods[0].since
    values = {name: getattr(row, name) for name in names}
    known = named(session(), [v for n, v in values.items() if n.endswith("_id") and v], one.day)
    clear = revealed or {}
    lines = []
    for name, value in values.items():
        if name in MASKS and value:
            told = clear.get(name) or MASKS[name](value)
        else:
            told = told_value(one.noun, name, value, known)
        changed = since[name] if since[name] != first else None
        lines.append(FactLine(name, fact_words(one.noun, name), told, changed))
    return lines


def reveal(one: Seen, field: str, problems: Problems) -> dict[str, str]:
    """A personal fact in clear, for the reason that was sent; who reads it is in the trail.

    Raises
    ------
    NotPermitted
        If who asks may not read such facts.
    """
    if not one.may_reveal:
        raise NotPermitted
    if field not in MASKS or not hasattr(one.facts.row, field):
        raise NotFound(noun="row")
    clear = str(getattr(one.facts.row, field)) or "—"
    with problems:
        privacy.reveal(
            session(), me().actor, one.noun.value, one.entry_id, field, now(), text("reason")
        )
    return {} if problems.found else {field: clear}
