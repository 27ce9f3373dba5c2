"""Editing one entry: check what somebody typed, state it, and say where the entry belongs.

The input model of a noun checks all facts of a day together, those that stay included, so a
change of one date cannot put two of them in the wrong order.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from core.errors import Conflict, Invalid
from core.roles import NATIONWIDE, Place
from rosters.certificates import CertificateFacts
from rosters.changes import Act, Saying, new_entries, state
from rosters.departments import DepartmentFacts
from rosters.entries import TABLES, Noun, holds
from rosters.experts import ExpertFacts
from rosters.flags import FlagFacts, ProficiencyResultFacts
from rosters.inspectors import InspectorFacts, LeaveFacts
from rosters.institutions import Institution, InstitutionFacts
from rosters.items import CheckItemFacts, JointItemFacts
from rosters.premises import ContactFacts, QICentreFacts, SiteFacts
from rosters.relations import Relation, RelationFacts
from rosters.risk.indicators import IndicatorFacts
from rosters.statements import Change, EntryNotFound, noun_of, stated
from rosters.successions import SuccessionFacts
from rosters.timeline import PRESENT, facts_at
from rosters.vocabularies import FieldMappingFacts

INPUTS: dict[Noun, type[SQLModel]] = {
    Noun.INSTITUTION: InstitutionFacts,
    Noun.CERTIFICATE: CertificateFacts,
    Noun.SITE: SiteFacts,
    Noun.QI_CENTRE: QICentreFacts,
    Noun.CONTACT: ContactFacts,
    Noun.FLAG: FlagFacts,
    Noun.PROFICIENCY_RESULT: ProficiencyResultFacts,
    Noun.SUCCESSION: SuccessionFacts,
    Noun.DEPARTMENT: DepartmentFacts,
    Noun.INSPECTOR: InspectorFacts,
    Noun.LEAVE: LeaveFacts,
    Noun.EXPERT: ExpertFacts,
    Noun.RELATION: RelationFacts,
    Noun.JOINT_ITEM: JointItemFacts,
    Noun.CHECK_ITEM: CheckItemFacts,
    Noun.FIELD_MAPPING: FieldMappingFacts,
    Noun.INDICATOR: IndicatorFacts,
}
"""What checks the facts of each noun before they are stated."""


CLASSES = ("credit_class", "cma_class")
"""Facts of an institution that never change without `class_reason`."""


class ClassReasonMissing(Invalid):
    """A class that changes without a reason would be a secret score."""

    code = "class_reason_missing"


class RelationKnown(Conflict):
    """The same relation of the same person to the same institution is on record."""

    code = "relation_known"


def checked(noun: Noun, facts: Mapping[str, Any]) -> dict[str, Any]:
    """All facts of a noun, checked and in one spelling.

    Raises
    ------
    pydantic.ValidationError
        With every fault, each at its field.
    """
    return INPUTS[noun].model_validate(dict(facts)).model_dump()


def enter(
    session: Session, act: Act, noun: Noun, facts: Mapping[str, Any], day: date
) -> tuple[int, Change]:
    """Put a new entry into the rosters from a *day* on; gives its id.

    Raises
    ------
    pydantic.ValidationError, KeyTaken
    RelationKnown
        If the same relation of the same person stands already.
    """
    sound = checked(noun, facts)
    if noun == Noun.RELATION:
        _need_new_relation(session, sound, day)
    (entry_id,) = new_entries(session, noun, 1)
    return entry_id, state(session, act, [Saying(noun, entry_id, sound, day)])


def _need_new_relation(session: Session, facts: Mapping[str, Any], day: date) -> None:
    same = (getattr(Relation, name) == facts[name] for name in _WHICH_RELATION)
    wanted = select(Relation.entry_id).where(*same, holds(Relation, day))
    if session.exec(wanted).first() is not None:
        raise RelationKnown


_WHICH_RELATION = ("person_id", "institution_id", "kind", "first_day")


def change(
    session: Session,
    act: Act,
    noun: Noun,
    entry_id: int,
    facts: Mapping[str, Any],
    day: date,
    expected: int | None = None,
) -> Change:
    """State new *facts* of an entry from a *day* on; those not named stay.

    Raises
    ------
    pydantic.ValidationError, NothingChanges, EntryNotFound, ChangedMeanwhile, KeyTaken
    ClassReasonMissing
        If a class of an institution changes and `class_reason` does not say why.
    """
    was = facts_on(session, entry_id, day)
    sound = checked(noun, was | dict(facts))
    said = {name: sound[name] for name in facts if name in sound}
    if noun == Noun.INSTITUTION:
        _need_class_reason(was, said)
    return state(session, act, [Saying(noun, entry_id, said, day, expected)])


def _need_class_reason(was: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    rated = any(name in said and said[name] != was.get(name, "") for name in CLASSES)
    if rated and not str(said.get("class_reason", "")).strip():
        raise ClassReasonMissing(field="class_reason")


def end(
    session: Session, act: Act, noun: Noun, entry_id: int, day: date, expected: int | None = None
) -> Change:
    """Take an entry out of the rosters from a *day* on; its past stays.

    Raises
    ------
    NothingChanges, EntryNotFound, ChangedMeanwhile
    """
    return state(session, act, [Saying(noun, entry_id, {PRESENT: False}, day, expected)])


def facts_on(session: Session, entry_id: int, day: date) -> dict[str, Any]:
    """What is stated of an entry on a *day*; empty if it is not in the rosters then."""
    return facts_at(stated(session, [entry_id])[entry_id], day) or {}


def row_on(session: Session, noun: Noun, entry_id: int, day: date) -> Any:
    """An entry on a *day*.

    Raises
    ------
    EntryNotFound
        If there is none of this noun, or it is not in the rosters then.
    """
    table = TABLES[noun]
    wanted = select(table).where(col(table.entry_id) == entry_id, holds(table, day))
    found = session.exec(wanted).first()
    if found is None:
        raise EntryNotFound(entry=entry_id)
    return found


def place_of(session: Session, noun: Noun, facts: Mapping[str, Any]) -> Place:
    """Where an entry belongs: whose scope covers that may see and edit it.

    What belongs to an institution or a person is where that one is; lists that hold for the
    whole nation belong to nobody in particular. *facts* may be those of an entry to be.

    Raises
    ------
    EntryNotFound
        If what it belongs to was never in the rosters.
    """
    if (owner := _OWNERS.get(noun)) is not None:
        owning = noun_of(session, facts[owner])
        return place_of(session, owning, _last_known(session, owning, facts[owner]))
    if "region" not in TABLES[noun].model_fields:
        return NATIONWIDE
    code = facts.get("credit_code", "") if noun == Noun.INSTITUTION else ""
    return Place(region=facts.get("region", ""), institution=code)


_OWNERS = dict.fromkeys(
    (
        Noun.CERTIFICATE, Noun.SITE, Noun.QI_CENTRE, Noun.CONTACT, Noun.FLAG,
        Noun.PROFICIENCY_RESULT,
    ),
    "institution_id",
) | {Noun.LEAVE: "inspector_id", Noun.RELATION: "person_id"}  # fmt: skip
"""By which fact an entry belongs to another."""


def _last_known(session: Session, noun: Noun, entry_id: int) -> dict[str, Any]:
    """An owner may have left the rosters; what belongs to it stays where it was."""
    table = TABLES[noun]
    wanted = select(table).where(col(table.entry_id) == entry_id)
    found = session.exec(wanted.order_by(col(table.since).desc())).first()
    if found is None:
        raise EntryNotFound(entry=entry_id)
    return found.model_dump()


def institution_by_code(session: Session, code: str, day: date) -> Institution:
    """The institution that bears a credit code on a *day*.

    Raises
    ------
    EntryNotFound
    """
    wanted = select(Institution).where(Institution.credit_code == code, holds(Institution, day))
    found = session.exec(wanted).first()
    if found is None:
        raise EntryNotFound(code=code)
    return found
