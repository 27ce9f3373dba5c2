"""What happens to institutions: several merge, one splits, two entries turn out to be one.

New ones are entered, and each changed, as any other entry (`rosters.editing`). A move to another
province is a plain change of its region. What an institution holds follows it into the one that
carries it on, from the day on; the days before stay as they were.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from core.errors import Invalid
from rosters.certificates import Certificate
from rosters.changes import Act, Saying, new_entries, state
from rosters.editing import row_on
from rosters.entries import Dated, Noun
from rosters.flags import Flag, ProficiencyResult
from rosters.premises import Contact, QICentre, Site
from rosters.relations import Relation
from rosters.statements import Change
from rosters.successions import SuccessionKind
from rosters.timeline import PRESENT

CARRIED_ON: Mapping[Noun, Any] = {
    Noun.CERTIFICATE: Certificate,
    Noun.SITE: Site,
    Noun.QI_CENTRE: QICentre,
    Noun.CONTACT: Contact,
    Noun.FLAG: Flag,
    Noun.PROFICIENCY_RESULT: ProficiencyResult,
    Noun.RELATION: Relation,
}
"""What follows an institution into another: its record too, or a merger would wash it clean."""


class OwnSuccessor(Invalid):
    """An institution cannot go into itself."""

    code = "own_successor"


# -- several -----------------------------------------------------------------------------------


def merge(
    session: Session,
    act: Act,
    predecessors: Sequence[int],
    successor: int,
    day: date,
    note: str = "",
) -> Change:
    """Let institutions end on a *day* and go into another, with all they hold.

    Raises
    ------
    OwnSuccessor, EntryNotFound
    """
    return _go_into(session, act, predecessors, successor, SuccessionKind.MERGER, day, note)


def join_duplicate(
    session: Session, act: Act, duplicate: int, kept: int, day: date, note: str = ""
) -> Change:
    """Join two entries of the same body: one ends on a *day*, all it holds is the other's.

    Its name and numbers still find the other, and its history stands in the file of it.

    Raises
    ------
    OwnSuccessor, EntryNotFound
    """
    return _go_into(session, act, [duplicate], kept, SuccessionKind.DUPLICATE, day, note)


def split(
    session: Session,
    act: Act,
    predecessor: int,
    successors: Sequence[int],
    day: date,
    *,
    ends: bool,
    note: str = "",
) -> Change:
    """Say that institutions came from another on a *day*; it *ends* then, or goes on.

    What each of them takes along is stated of the certificates, sites and centres themselves.

    Raises
    ------
    OwnSuccessor, EntryNotFound
    """
    _check_kin([predecessor], successors)
    for one in (predecessor, *successors):
        row_on(session, Noun.INSTITUTION, one, day)
    pairs = [(predecessor, one) for one in successors]
    sayings = _successions(session, pairs, SuccessionKind.SPLIT, day, note)
    if ends:
        sayings.append(_end(Noun.INSTITUTION, predecessor, day))
    return state(session, act, sayings)


def _go_into(
    session: Session,
    act: Act,
    predecessors: Sequence[int],
    successor: int,
    kind: SuccessionKind,
    day: date,
    note: str,
) -> Change:
    _check_kin(predecessors, [successor])
    for one in (*predecessors, successor):
        row_on(session, Noun.INSTITUTION, one, day)
    sayings = _successions(session, [(one, successor) for one in predecessors], kind, day, note)
    sayings += [_end(Noun.INSTITUTION, one, day) for one in predecessors]
    sayings += _carried_on(session, predecessors, successor, day)
    return state(session, act, sayings)


def _check_kin(predecessors: Iterable[int], successors: Iterable[int]) -> None:
    if both := set(predecessors) & set(successors):
        raise OwnSuccessor(entry=min(both))


def _successions(
    session: Session,
    pairs: Sequence[tuple[int, int]],
    kind: SuccessionKind,
    day: date,
    note: str,
) -> list[Saying]:
    entries = new_entries(session, Noun.SUCCESSION, len(pairs))
    return [
        Saying(
            Noun.SUCCESSION,
            entry,
            {
                "predecessor_id": predecessor,
                "successor_id": successor,
                "kind": kind,
                "happened_on": day,
                "note": note,
            },
            day,
        )
        for entry, (predecessor, successor) in zip(entries, pairs, strict=True)
    ]


def _end(noun: Noun, entry_id: int, day: date) -> Saying:
    return Saying(noun, entry_id, {PRESENT: False}, day)


def _carried_on(
    session: Session, predecessors: Sequence[int], successor: int, day: date
) -> Iterator[Saying]:
    """That all the predecessors hold on a *day*, or will hold later, is the successor's."""
    for noun, table in CARRIED_ON.items():
        wanted = (
            select(table)
            .where(col(table.institution_id).in_(predecessors), col(table.until) > day)
            .order_by(col(table.entry_id), col(table.since).desc())
        )
        rows: Iterable[Dated] = session.exec(wanted)
        begins = {row.entry_id: max(row.since, day) for row in rows}
        for entry, since in begins.items():
            yield Saying(noun, entry, {"institution_id": successor}, since)
