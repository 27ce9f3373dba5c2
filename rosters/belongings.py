"""Whose things they are: the institutions concerned when what belongs to them has changed."""

from collections.abc import Collection, Mapping

from sqlmodel import Session, col, select

from rosters.entries import Noun
from rosters.statements import Statement, chunks

OWNER = "institution_id"
"""The fact by which a certificate, a site, a flag and so on names its institution."""

OWNED = (
    *((noun, OWNER, Noun.INSTITUTION) for noun in (
        Noun.CERTIFICATE, Noun.SITE, Noun.QI_CENTRE, Noun.CONTACT, Noun.FLAG,
        Noun.PROFICIENCY_RESULT,
    )),
    (Noun.SUCCESSION, "successor_id", Noun.INSTITUTION),
    (Noun.SUCCESSION, "predecessor_id", Noun.INSTITUTION),
    (Noun.LEAVE, "inspector_id", Noun.INSPECTOR),
    (Noun.RELATION, "person_id", Noun.INSPECTOR),
    (Noun.RELATION, "person_id", Noun.EXPERT),
)  # fmt: skip
"""Which noun belongs to which other, by which fact."""

_NAMED = (OWNER, "successor_id")


def institutions_concerned(session: Session, changed: Mapping[Noun, Collection[int]]) -> set[int]:
    """The institutions among *changed*, and those that anything else there ever belonged to.

    Former owners too, also by statements that no longer count: what they lost has to go from
    their rows.
    """
    found = set(changed.get(Noun.INSTITUTION, ()))
    for noun, entries in changed.items():
        if noun != Noun.INSTITUTION:
            found |= _owners(session, entries)
    return found


def _owners(session: Session, entries: Collection[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(sorted(entries)):
        wanted = select(Statement.facts).where(col(Statement.entry_id).in_(chunk))
        for facts in session.exec(wanted):
            found.update(facts[name] for name in _NAMED if name in facts)
    return found
