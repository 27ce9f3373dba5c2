"""The page of one institution, for whoever keeps the rosters and for the institution itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from flask import render_template

from core.roles import Permission, Place, Role
from rosters.belongings import OWNER
from rosters.certificates import CertificateStatus
from rosters.entries import Noun
from rosters.entry_facts import entry_facts
from rosters.finding.naming import Named, institutions_meant, named
from rosters.flags import Flag, FlagKind
from rosters.institution_file import InstitutionFile, Obligation, institution_file
from rosters.institutions import InstitutionFacts
from rosters.statements import Change, EntryNotFound
from web.auth import me, need, now
from web.database import session
from web.rosters.class_chart import class_chart
from web.rosters.days import day_asked
from web.rosters.entry_pages import FactLine
from web.rosters.forms import may_edit, today
from web.rosters.histories import HistoryLine, in_words
from web.words import rosters as words
from web.words.times import deadline

MARKS = {
    CertificateStatus.VALID: "ok",
    CertificateStatus.EXPIRING: "warn",
    CertificateStatus.SUSPENDED: "warn",
}
"""The mark of a certificate's status (`.tag`); all others are bad."""

STANDING_MARKS = {"active": "ok", "suspended": "warn"}
ALWAYS_TOLD = frozenset({"credit_code", "region", "address", "fields", "jurisdiction"})
"""Facts whose absence says something."""

LATEST = 12
"""Changes that are in sight; the others are unfolded."""

SECRET_FROM_ITSELF = frozenset(
    {"credit_class", "cma_class", "class_reason", "remark", "jurisdiction"}
)
"""What the authority notes for itself; an institution does not read it in its own file."""


@dataclass(frozen=True)
class FlagTable:
    """How often each kind of record stands there for each year."""

    years: Sequence[int]
    rows: Sequence[tuple[FlagKind, Sequence[int]]]


@dataclass(frozen=True)
class Chapter:
    """A change, with all that it said of the institution and of what belongs to it."""

    change: Change
    told: Sequence[HistoryLine]


# -- which institution -------------------------------------------------------------------------


def institution_named(entry_id: int) -> Named:
    """What an institution is called, or was last.

    Raises
    ------
    EntryNotFound
        If there is no such institution.
    """
    found = named(session(), [entry_id], today()).get(entry_id)
    if found is None or found.noun is not Noun.INSTITUTION:
        raise EntryNotFound(entry=entry_id)
    return found


def editable(entry_id: int) -> Named:
    """The same, for whoever may change it.

    Raises
    ------
    NotFound
        If it is not his to change.
    """
    found = institution_named(entry_id)
    need(Permission.ROSTERS_EDIT, place(found))
    return found


def place(of: Named) -> Place:
    """Where an institution belongs."""
    return Place(region=of.region, institution=of.number)


def works_for_institution() -> bool:
    """Whether who asks does so as an institution."""
    standing = me().standing
    return standing is not None and standing.role is Role.INSTITUTION


def own_entry() -> int | None:
    """The institution that who asks works for; None if the roster of today does not know it."""
    standing = me().standing
    code = standing.scope.key if standing else ""
    found = institutions_meant(session(), code, today())
    return next((one.entry_id for one in found if one.number == code), None)


# -- its page ----------------------------------------------------------------------------------


def file_page(
    entry_id: int,
    faults: Mapping[str, str] = MappingProxyType({}),
    revealed: Mapping[tuple[int, str], str] = MappingProxyType({}),
) -> str:
    """The page with everything known about an institution, on the day of the address.

    Parameters
    ----------
    revealed : what is shown in clear, by contact and field.
    """
    day = day_asked()
    sight = me().scopes(Permission.ROSTERS_READ)
    file = institution_file(session(), entry_id, sight, day)
    is_own, past = works_for_institution(), day != today()
    where = Place(region=file.last.region, institution=file.last.credit_code)
    chapters = list(_chapters(file))
    return render_template(
        "institutions/own.html" if is_own else "institutions/show.html",
        file=file,
        day=day,
        past=past,
        today=today(),
        facts=_facts(file, is_own=is_own),
        former=[borne for borne in file.names if borne.until <= day and borne.since <= day],
        flags=_flag_table(file.flags),
        classes=[one for one in file.classes if not past or one.since <= day],
        chart=class_chart(file.classes, day),
        chapters=chapters,
        latest=LATEST,
        duties=[(duty, _due(duty)) for duty in file.obligations],
        may_edit=may_edit(where) and not is_own,
        may_reveal=me().may(Permission.PERSONAL_DATA_READ, where),
        revealed=revealed,
        faults=faults,
        marks=MARKS,
        standing_marks=STANDING_MARKS,
        words=words,
    )


def _facts(file: InstitutionFile, *, is_own: bool) -> list[FactLine]:
    """The facts of the institution, each with the day since when it has been so."""
    known = entry_facts(session(), Noun.INSTITUTION, file.entry_id, file.day)
    first = known.periods[0].since
    told = {name: getattr(file.last, name) for name in InstitutionFacts.model_fields}
    return [
        FactLine(
            name,
            words.fact_words(Noun.INSTITUTION, name),
            words.value_words(Noun.INSTITUTION, name, value),
            known.since[name] if known.since[name] != first else None,
        )
        for name, value in told.items()
        if (value or name in ALWAYS_TOLD) and not (is_own and name in SECRET_FROM_ITSELF)
    ]


def _flag_table(flags: Sequence[Flag]) -> FlagTable:
    counts = Counter((flag.kind, flag.happened_on.year) for flag in flags)
    years = sorted({year for _, year in counts}, reverse=True)
    kinds = [kind for kind in FlagKind if any(of == kind for of, _ in counts)]
    return FlagTable(years, [(kind, [counts[kind, year] for year in years]) for kind in kinds])


def _due(duty: Obligation) -> str:
    return deadline(duty.due, now()) if duty.due else "应当立即办理"


# -- how it came to be so ----------------------------------------------------------------------


def _chapters(file: InstitutionFile) -> list[Chapter]:
    lines = in_words(file.timeline, known=(OWNER,))
    by_change = groupby(lines, key=lambda one: one.change.key)
    found = [list(told) for _, told in by_change]
    return [Chapter(told[0].change, told) for told in found]
