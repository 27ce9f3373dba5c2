"""The institutions that a doubtful row may speak of, as a person recognises them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from core.roles import Place, Scope
from rosters.certificates import Certificate
from rosters.entries import holds
from rosters.imports.cases import DuplicateCase
from rosters.institutions import Institution
from rosters.statements import chunks


@dataclass(frozen=True)
class Candidate:
    """An institution beside the row.

    Attributes
    ----------
    facts : as it is on the day, or was last.
    former : other names that it bore or will bear.
    over : whether it is not in the roster on the day.
    seen : whether it is within sight of who asks; otherwise only its province may be told.
    """

    facts: Institution
    former: tuple[str, ...]
    certificates: tuple[str, ...]
    over: bool
    seen: bool


def candidates_of(
    session: Session, cases: Iterable[DuplicateCase], day: date, scopes: Collection[Scope]
) -> dict[int, Candidate]:
    """All that some cases name, candidates and others, by entry."""
    entries = sorted({entry for case in cases for entry in (*case.candidates, *case.others)})
    periods: dict[int, list[Institution]] = defaultdict(list)
    held: dict[int, list[str]] = defaultdict(list)
    for chunk in chunks(entries):
        for period in _periods(session, chunk):
            periods[period.entry_id].append(period)
        for certificate in _certificates(session, chunk, day):
            held[certificate.institution_id].append(certificate.number)
    return {entry: _candidate(periods[entry], held[entry], day, scopes) for entry in periods}


def _periods(session: Session, entries: Sequence[int]) -> Iterable[Institution]:
    wanted = select(Institution).where(col(Institution.entry_id).in_(entries))
    return session.exec(wanted.order_by(col(Institution.since)))


def _certificates(session: Session, entries: Sequence[int], day: date) -> Iterable[Certificate]:
    wanted = select(Certificate).where(
        col(Certificate.institution_id).in_(entries), holds(Certificate, day)
    )
    return session.exec(wanted.order_by(col(Certificate.number)))


def _candidate(
    periods: Sequence[Institution], held: Sequence[str], day: date, scopes: Collection[Scope]
) -> Candidate:
    there = [period for period in periods if period.since <= day < period.until]
    facts = there[0] if there else periods[-1]
    former = dict.fromkeys(one.name for one in periods if one.name != facts.name)
    place = Place(region=facts.region, institution=facts.credit_code)
    seen = any(scope.sees(place) for scope in scopes)
    return Candidate(facts, tuple(former), tuple(held), over=not there, seen=seen)
