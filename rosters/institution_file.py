"""Everything known about one institution on a day, on one page; and how it came to be so.

The number of queries does not grow with what is known. Telephone numbers and addresses are
masked; who may read them asks `core.privacy.reveal` first.
"""

from calendar import monthrange
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.privacy import mask_email, mask_phone
from core.roles import Place, Scope
from rosters.certificates import (
    RENEWAL_MONTHS,
    Certificate,
    CertificateStatus,
    status_on,
)
from rosters.entries import Dated, holds
from rosters.flags import Flag, FlagKind, ProficiencyResult
from rosters.happenings import Happening, happenings
from rosters.institutions import CreditClass, Institution
from rosters.kin import Kin, lineage
from rosters.premises import Contact, ContactRole, QICentre, Site
from rosters.relations import Relation
from rosters.statements import EntryNotFound

Told = TypeVar("Told")

BELONGINGS: tuple[Any, ...] = (Certificate, Site, QICentre, Contact, Flag, ProficiencyResult)
"""The nouns whose entries belong to an institution and are shown in its file."""


@dataclass(frozen=True)
class Borne:
    """A name, and the days on which it was borne: from *since* until the day before *until*."""

    name: str
    since: date
    until: date


@dataclass(frozen=True)
class Rated:
    """The classes of an institution over a period, and why."""

    credit_class: CreditClass
    cma_class: CreditClass
    reason: str
    since: date
    until: date


class Duty(StrEnum):
    """What an institution has to do next."""

    RENEW = "renew"
    EXPIRED = "expired"
    RECTIFY = "rectify"

    @property
    def label(self) -> str:
        """The duty's name on a page."""
        return {
            "renew": "申请证书延续",
            "expired": "证书已过期，不得出具检验检测报告",
            "rectify": "完成整改",
        }[self.value]


@dataclass(frozen=True)
class Obligation:
    """What an institution has to do, about what, and by when; None: at once."""

    duty: Duty
    about: str
    due: date | None


@dataclass(frozen=True)
class InstitutionFile:
    """Everything known about one institution on a *day*.

    Attributes
    ----------
    facts : None if it is not in the roster on that day.
    last : the facts of that day, or of the last day before on which it was there, or the first.
    relations : how many people have to recuse themselves; who they are is asked elsewhere.
    """

    entry_id: int
    day: date
    facts: Institution | None
    last: Institution
    names: Sequence[Borne]
    classes: Sequence[Rated]
    certificates: Sequence[tuple[Certificate, CertificateStatus]]
    sites: Sequence[Site]
    centres: Sequence[QICentre]
    contacts: Sequence[Contact]
    flags: Sequence[Flag]
    proficiency: Sequence[ProficiencyResult]
    relations: int
    predecessors: Sequence[Kin]
    successors: Sequence[Kin]
    timeline: Sequence[Happening]
    obligations: Sequence[Obligation]


def institution_file(
    session: Session, entry_id: int, scopes: Collection[Scope], day: date
) -> InstitutionFile:
    """Everything known about an institution on a *day*, its history and its predecessors'.

    Raises
    ------
    EntryNotFound
        If there is none, or none that somebody with these scopes may see.
    """
    periods = _periods(session, entry_id)
    last = _last(periods, day)
    if last is None or not _seen(last, scopes):
        raise EntryNotFound(entry=entry_id)
    family = lineage(session, entry_id, day)
    owners = [entry_id, *(kin.entry_id for kin in family.predecessors)]
    held = {table: _held(session, table, owners) for table in BELONGINGS}
    on_day = {
        table: [one for one in rows if one.institution_id == entry_id and _covers(one, day)]
        for table, rows in held.items()
    }
    certificates = _with_status(on_day[Certificate], day)
    flags = sorted(on_day[Flag], key=lambda one: (one.happened_on, one.entry_id), reverse=True)
    return InstitutionFile(
        entry_id=entry_id,
        day=day,
        facts=last if _covers(last, day) else None,
        last=last,
        names=[Borne(*stretch) for stretch in _stretches(periods, _name)],
        classes=[Rated(*told, *days) for told, *days in _stretches(periods, _rating)],
        certificates=certificates,
        sites=sorted(on_day[Site], key=lambda one: (not one.main, one.entry_id)),
        centres=sorted(on_day[QICentre], key=lambda one: one.entry_id),
        contacts=[_masked_contact(one) for one in _by_role(on_day[Contact])],
        flags=flags,
        proficiency=sorted(
            on_day[ProficiencyResult], key=lambda one: (one.happened_on, one.entry_id), reverse=True
        ),
        relations=_relations(session, entry_id, day),
        predecessors=family.predecessors,
        successors=family.successors,
        timeline=happenings(
            session, {*owners, *(one.entry_id for rows in held.values() for one in rows)}
        ),
        obligations=list(_obligations(certificates, flags, day)),
    )


# -- the institution itself --------------------------------------------------------------------


def _periods(session: Session, entry_id: int) -> list[Institution]:
    wanted = select(Institution).where(Institution.entry_id == entry_id)
    return list(session.exec(wanted.order_by(col(Institution.since))))


def _last(periods: Sequence[Institution], day: date) -> Institution | None:
    begun = [one for one in periods if one.since <= day]
    return begun[-1] if begun else next(iter(periods), None)


def _seen(facts: Institution, scopes: Collection[Scope]) -> bool:
    place = Place(region=facts.region, institution=facts.credit_code)
    return any(scope.sees(place) for scope in scopes)


def _covers(row: Dated, day: date) -> bool:
    return row.since <= day < row.until


def _stretches(
    periods: Sequence[Institution], told: Callable[[Institution], Told]
) -> Iterator[tuple[Told, date, date]]:
    """The unbroken times in which what is *told* of an institution stayed the same."""
    last: tuple[Told, date, date] | None = None
    for one in periods:
        if last and (last[0], last[2]) == (told(one), one.since):
            last = (last[0], last[1], one.until)
            continue
        if last:
            yield last
        last = (told(one), one.since, one.until)
    if last:
        yield last


def _name(one: Institution) -> str:
    return one.name


def _rating(one: Institution) -> tuple[CreditClass, CreditClass, str]:
    return one.credit_class, one.cma_class, one.class_reason


# -- what it holds -----------------------------------------------------------------------------


def _held(session: Session, table: Any, owners: Sequence[int]) -> list[Any]:
    """All periods of what belonged to institutions on any day."""
    wanted = select(table).where(col(table.institution_id).in_(owners))
    return list(session.exec(wanted))


def _with_status(
    certificates: Sequence[Certificate], day: date
) -> list[tuple[Certificate, CertificateStatus]]:
    best = list(CertificateStatus)
    told = [(one, status_on(one.state, one.expires_on, day)) for one in certificates]
    return sorted(told, key=lambda pair: (best.index(pair[1]), pair[0].number))


def _by_role(contacts: Sequence[Contact]) -> list[Contact]:
    order = list(ContactRole)
    return sorted(contacts, key=lambda one: (order.index(one.role), one.entry_id))


def _masked_contact(contact: Contact) -> Contact:
    """A copy that no session knows, with its personal data starred."""
    told = contact.model_dump()
    return Contact(
        **told | {"phone": mask_phone(contact.phone), "email": mask_email(contact.email)}
    )


def _relations(session: Session, entry_id: int, day: date) -> int:
    people = func.count(func.distinct(Relation.person_id))
    wanted = select(people).where(Relation.institution_id == entry_id, holds(Relation, day))
    return session.exec(wanted).one()


# -- what it has to do -------------------------------------------------------------------------


def renewal_due(expires_on: date) -> date:
    """The last day on which to apply for renewal: three months before the end (article 13)."""
    year, month = divmod(expires_on.year * 12 + expires_on.month - 1 - RENEWAL_MONTHS, 12)
    return date(year, month + 1, min(expires_on.day, monthrange(year, month + 1)[1]))


def _obligations(
    certificates: Sequence[tuple[Certificate, CertificateStatus]],
    flags: Sequence[Flag],
    day: date,
) -> Iterator[Obligation]:
    """What is to be done, that which is due first at the top."""
    found = [*_by_certificates(certificates), *_by_findings(flags, day)]
    yield from sorted(found, key=lambda one: (one.due is not None, one.due or day, one.about))


def _by_certificates(
    certificates: Sequence[tuple[Certificate, CertificateStatus]],
) -> Iterator[Obligation]:
    for one, status in certificates:
        if status in (CertificateStatus.VALID, CertificateStatus.EXPIRING) and one.expires_on:
            yield Obligation(Duty.RENEW, one.number, renewal_due(one.expires_on))
        elif status == CertificateStatus.EXPIRED:
            yield Obligation(Duty.EXPIRED, one.number, None)


def _by_findings(flags: Sequence[Flag], day: date) -> Iterator[Obligation]:
    for flag in flags:
        open_ = flag.ended_on is None or flag.ended_on > day
        if flag.kind == FlagKind.FINDING and flag.happened_on <= day and open_:
            yield Obligation(Duty.RECTIFY, flag.detail or flag.source, None)
