"""What the measures of risk count, read for all institutions at once."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from rosters.certificates import Certificate
from rosters.entries import holds
from rosters.flags import Flag, ProficiencyResult
from rosters.institutions import CreditClass, Institution
from rosters.premises import QICentre, Site
from rosters.risk.measures import Event, HeldCertificate, Record, RoundResult


def records_on(session: Session, day: date) -> tuple[dict[int, Record], dict[int, CreditClass]]:
    """The records of every institution in the roster on a *day*, and the class it had."""
    records, classes = _institutions(session, day)
    for record, *facts in _held(session, records, Certificate, day, _CERTIFICATE):
        held = HeldCertificate(*facts)
        record.certificates.append(held)
        # it was certified before the roster began to be kept
        record.first_seen = min(record.first_seen, held.issued_on or record.first_seen)
    for record, *facts in _held(session, records, Flag, day, _FLAG):
        record.events.append(Event(*facts))
    for record, *facts in _held(session, records, ProficiencyResult, day, _RESULT):
        record.tests.append(RoundResult(*facts))
    for record, main in _held(session, records, Site, day, [col(Site.main)]):
        record.sites += not main
    for record, _ in _held(session, records, QICentre, day, [col(QICentre.name)]):
        record.qi_centres += 1
    return records, classes


_CERTIFICATE = [col(Certificate.state), col(Certificate.issued_on), col(Certificate.expires_on)]
_FLAG = [col(Flag.kind), col(Flag.happened_on), col(Flag.ended_on)]
_RESULT = [col(ProficiencyResult.verdict), col(ProficiencyResult.happened_on)]


def _institutions(session: Session, day: date) -> tuple[dict[int, Record], dict[int, CreditClass]]:
    firsts = select(col(Institution.entry_id), func.min(Institution.since))
    found = session.execute(firsts.group_by(col(Institution.entry_id)))
    seen = dict(row for row in found)
    wanted: Any = select(
        col(Institution.entry_id),
        col(Institution.credit_class),
        col(Institution.standing),
        col(Institution.credit_code),
        col(Institution.region),
        col(Institution.fields),
    ).where(holds(Institution, day))
    records, classes = {}, {}
    for key, credit, standing, *needed in session.execute(wanted.order_by("entry_id")):
        missing = sum(not fact for fact in needed)
        records[key] = Record(standing, missing=missing, first_seen=seen[key])
        classes[key] = credit
    return records, classes


def _held(
    session: Session, records: dict[int, Record], table: Any, day: date, columns: list[Any]
) -> Iterator[Any]:
    """What the institutions hold, each row after the record it belongs to."""
    wanted = select(table.institution_id, *columns).where(holds(table, day))
    for owner, *facts in session.execute(wanted.order_by(table.entry_id)):
        if (record := records.get(owner)) is not None:
            yield record, *facts
