"""Changing the rosters: state what is so from a day on; who states it, and why, is kept.

A change of few entries leaves an event for each in the trail; a large one leaves a single event
with the digest of its change file: one line for each statement, with what was before and after.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from core import trail
from core.errors import Conflict, Invalid
from core.files import FileStore, attach
from core.privacy import mask_email, mask_id_number, mask_phone
from core.trail import Actor, canonical
from rosters.entries import TABLES, Noun
from rosters.layout import defaults, lay_out, required
from rosters.statements import (
    NOUN,
    STATEMENTS,
    Change,
    ChangeKind,
    EntryNotFound,
    chunks,
    locked,
    stated,
)
from rosters.timeline import PRESENT, Facts, Stated, told_by

FEW = 20
"""With more statements a change is one event with a change file, not one for each of them."""

LARGEST_CHANGE_FILE = 2**30
PERSONAL: Mapping[str, Callable[[str], str]] = {
    "phone": mask_phone,
    "email": mask_email,
    "id_number": mask_id_number,
}
"""Facts that reach the trail masked only: nothing is ever removed from it."""


class ChangedMeanwhile(Conflict):
    """Somebody else has changed the entry since it was looked at; *entry* is its id."""

    code = "entry_changed_meanwhile"


class EntryNotThere(Invalid):
    """Before its first day only all of an entry can be stated; *missing* was left out."""

    code = "entry_not_there"


class NothingChanges(Invalid):
    """All that was stated is so already."""

    code = "nothing_changes"


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody wants to state of an entry; facts that are so already are left out of it.

    Attributes
    ----------
    facts : some or all facts of the noun, as plain values or as its input model gives them.
    expected : the number of its last statement when it was looked at (`last_statement`); None
        if it does not matter who else changed it.
    """

    noun: Noun
    entry_id: int
    facts: Facts
    takes_effect: date
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a saying has changed: the facts that differ, before and after."""

    noun: Noun
    entry_id: int
    takes_effect: date
    before: dict[str, Any] | None
    after: dict[str, Any]


@dataclass(frozen=True)
class Act:
    """Who changes, when and why; what every change needs besides its sayings.

    Attributes
    ----------
    files : where the change file of a large change is kept.
    """

    actor: Actor
    now: datetime
    files: FileStore
    reason: str = ""
    kind: ChangeKind = ChangeKind.EDIT
    source: str = ""


def new_entries(session: Session, noun: Noun, count: int) -> list[int]:
    """Ids for *count* entries that are about to be stated in the same transaction."""
    rows = [{"noun": noun} for _ in range(count)]
    entry = SQLModel.metadata.tables["roster_entry"]
    made = insert(entry).returning(entry.c.id, sort_by_parameter_order=True)
    return list(session.connection().execute(made, rows).scalars()) if rows else []


def state(session: Session, act: Act, sayings: Sequence[Saying]) -> Change:
    """Make one change of all *sayings*, and bring the tables of their nouns up to date.

    An entry may be spoken of several times; ids of new entries come from `new_entries`. The
    caller has validated the facts with the input model of their noun.

    Raises
    ------
    NothingChanges
        If all of it is so already; nothing is written.
    EntryNotFound, EntryNotThere, ChangedMeanwhile, KeyTaken
    """
    known = _locked(session, sayings)
    said = [one for one in _differences(map(_plain, sayings), known) if one.after]
    if not said:
        raise NothingChanges
    change = Change(
        kind=act.kind,
        at=act.now,
        actor_id=act.actor.user_id,
        actor_name=act.actor.name,
        reason=act.reason,
        source=act.source,
    )
    session.add(change)
    session.flush()
    _write(session, change, said, known)
    _record(session, act, change, said)
    return change


def _plain(saying: Saying) -> Saying:
    """The facts as the table of statements will give them back: texts, numbers, yes and no."""
    facts = {name: _value(value) for name, value in saying.facts.items()}
    return Saying(saying.noun, saying.entry_id, facts, saying.takes_effect)


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def _locked(session: Session, sayings: Sequence[Saying]) -> dict[int, list[Stated]]:
    """What has been stated of the entries so far, which nobody else changes meanwhile."""
    nouns = {saying.entry_id: saying.noun for saying in sayings}
    found = locked(session, nouns)
    if missing := [key for key, noun in nouns.items() if found.get(key) != noun]:
        raise EntryNotFound(entry=min(missing))
    known = stated(session, nouns)
    for saying in sayings:
        last = max((one.order for one in known.get(saying.entry_id, ())), default=0)
        if saying.expected is not None and saying.expected != last:
            raise ChangedMeanwhile(entry=saying.entry_id, noun=saying.noun.value)
    return known


def _differences(sayings: Iterable[Saying], known: dict[int, list[Stated]]) -> Iterator[Said]:
    """What each saying adds to what is known by then; *known* grows by it."""
    # numbers that no statement bears yet; only their order matters here
    order = 1 + max((one.order for told in known.values() for one in told), default=0)
    for saying in sayings:
        told = known.setdefault(saying.entry_id, [])
        was = told_by(told, saying.takes_effect)
        so_far = defaults(TABLES[saying.noun]) | was
        after = _changed(so_far, {PRESENT: True, **saying.facts})
        if missing := required(TABLES[saying.noun]) - so_far.keys() - after.keys():
            raise EntryNotThere(
                noun=saying.noun.value,
                entry=saying.entry_id,
                day=saying.takes_effect.isoformat(),
                missing=sorted(missing),
            )
        if after:
            told.append(Stated(saying.takes_effect, order, after))
            order += 1
        before = {name: was[name] for name in after if name in was} if was[PRESENT] else None
        yield Said(saying.noun, saying.entry_id, saying.takes_effect, before, after)


def _changed(was: Facts, now: Facts) -> dict[str, Any]:
    """The facts of *now* that are not so in *was*."""
    return {name: value for name, value in now.items() if was.get(name) != value}


def _write(
    session: Session, change: Change, said: Sequence[Said], known: dict[int, list[Stated]]
) -> None:
    for part in chunks(said):
        rows = [
            {
                "change_id": change.key,
                "entry_id": one.entry_id,
                "takes_effect": one.takes_effect,
                "facts": one.after,
            }
            for one in part
        ]
        session.connection().execute(insert(STATEMENTS), rows)
    touched: dict[Noun, dict[int, list[Stated]]] = defaultdict(dict)
    for one in said:
        touched[one.noun][one.entry_id] = known[one.entry_id]
    lay_out(session, touched)


def _record(session: Session, act: Act, change: Change, said: Sequence[Said]) -> None:
    if len(said) > FEW:
        _record_file(session, act, change, said)
        return
    for one in said:
        trail.record(
            session, act.actor, _action(one), one.noun.value, one.entry_id, act.now,
            before=masked(one.before), reason=act.reason,
            after={
                "change": change.key,
                "takes_effect": one.takes_effect.isoformat(),
                **masked(one.after),
            },
        )  # fmt: skip


def _action(said: Said) -> str:
    if said.before is None:
        return "entered"
    return "changed" if said.after.get(PRESENT, True) else "ended"


def _record_file(session: Session, act: Act, change: Change, said: Sequence[Said]) -> None:
    with TemporaryFile() as lines:
        lines.writelines(map(_line, said))
        lines.seek(0)
        blob = act.files.put(lines, LARGEST_CHANGE_FILE)
    attach(session, blob, f"变更清单-{change.key}.jsonl", NOUN, change.key, act.actor, act.now)
    trail.record(
        session, act.actor, "stated", NOUN, change.key, act.now,
        after={"kind": change.kind.value, "statements": len(said)},
        reason=act.reason, change_digest=blob.sha256,
    )  # fmt: skip


def _line(said: Said) -> bytes:
    told = {
        "noun": said.noun.value,
        "entry": said.entry_id,
        "takes_effect": said.takes_effect,
        "before": masked(said.before),
        "after": masked(said.after),
    }
    return canonical(told).encode() + b"\n"


def masked(facts: Facts | None) -> Any:
    """The facts as they may stand where nothing is ever removed."""
    if facts is None:
        return None
    return {
        name: PERSONAL[name](value) if name in PERSONAL and value else value
        for name, value in facts.items()
    }
