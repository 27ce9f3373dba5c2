"""What the lists of institutions are filtered, counted and sorted by, in one narrow table.

A *line* is an institution over a period in which nothing of that changed: its own facts, its
certificates, centres and flags together. All that a line can be counted by is packed into one
whole number (`Packed`), so that the facets of a roster of national size are read in one pass.
Only time moves the status of a certificate within a line; `told` adds it for a day.

The lines follow from the dated tables (`rosters.layout`) and nothing else writes them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    case,
    delete,
    insert,
    literal,
)
from sqlmodel import Field, Session, SQLModel, col, select

from rosters.belongings import OWNER, institutions_concerned
from rosters.certificates import Certificate, CertificateState, CertificateStatus, renewal_end
from rosters.entries import Dated, Noun
from rosters.finding.names import syllables
from rosters.flags import Flag, FlagKind
from rosters.institutions import CreditClass, Institution, LegalForm, Level, Standing
from rosters.layout import follows
from rosters.premises import QICentre
from rosters.statements import chunks
from rosters.timeline import FOREVER
from rosters.vocabularies import SPOT_CHECK_FIELDS, parted

LONGEST_SORT_NAME = 120
NO_CERTIFICATE = "none"
"""The status of an institution that holds no certificate at all."""

YES, NO = "yes", "no"


class Facet(StrEnum):
    """By what a list of institutions is narrowed and counted."""

    STATUS = "status"
    LEVEL = "level"
    LEGAL_FORM = "legal_form"
    STANDING = "standing"
    CREDIT_CLASS = "credit_class"
    QI_CENTRE = "qi_centre"
    FIELD = "field"
    FLAG = "flag"
    REGION = "region"


class Packed(NamedTuple):
    """Where a facet stands in the number of a line.

    Attributes
    ----------
    shift, width : its lowest bit, and how many bits are kept for it.
    values : of a facet with one value the number is its place here; of one with several every
        value has a bit of its own. Grows at the end only: the numbers are stored.
    """

    shift: int
    width: int
    values: tuple[str, ...]
    several: bool = False

    def put(self, *values: str) -> int:
        """The values as a part of the number of a line."""
        places = [self.values.index(value) for value in values]
        return (sum(1 << at for at in places) if self.several else places[0]) << self.shift

    @property
    def mask(self) -> int:
        """The bits of the facet."""
        return ((1 << self.width) - 1) << self.shift


PACKED: dict[Facet, Packed] = {
    Facet.STATUS: Packed(0, 3, (*map(str, CertificateStatus), NO_CERTIFICATE)),
    Facet.LEVEL: Packed(3, 2, tuple(Level)),
    Facet.LEGAL_FORM: Packed(5, 3, tuple(LegalForm)),
    Facet.STANDING: Packed(8, 3, tuple(Standing)),
    Facet.CREDIT_CLASS: Packed(11, 3, tuple(CreditClass)),
    Facet.QI_CENTRE: Packed(14, 1, (NO, YES)),
    Facet.FIELD: Packed(15, 22, SPOT_CHECK_FIELDS, several=True),
    Facet.FLAG: Packed(37, 12, tuple(FlagKind), several=True),
}
REGION_SHIFT = 49
"""Above it stand the first four digits of the region (GB/T 2260), 14 bits."""

OTHER_FIELD = SPOT_CHECK_FIELDS[-1]
"""Terms that the vocabulary does not know are counted with this one."""


class InstitutionLine(SQLModel, table=True):
    """An institution in the lists, from *since* until the day before *until*.

    Attributes
    ----------
    facets : all of `PACKED` but the status of its certificates, and the region.
    in_force_until : last valid day of the best certificate that its issuer has left standing;
        None if there is none.
    lapsed : the packed status once no certificate is in force.
    sort_name : the pinyin of its name.
    last_checked : the day of the last check on record.
    """

    __tablename__ = "institution_line"
    __table_args__ = (
        CheckConstraint("since < until", name="period"),
        Index("ix_institution_line_sort_name", "sort_name", "entry_id"),
        # all that facets and sight need, the lines of today together at its end: a count of
        # the whole nation reads nothing else
        Index(
            "ix_institution_line_facets",
            *("until", "since", "facets", "lapsed", "in_force_until"),
            *("region", "credit_code", "entry_id"),
        ),
    )

    entry_id: int = Field(primary_key=True, foreign_key="roster_entry.id")
    since: date = Field(primary_key=True)
    until: date
    facets: int = Field(sa_type=BigInteger)
    lapsed: int
    in_force_until: date | None = None
    region: str = Field(max_length=6)
    credit_code: str = Field(max_length=18)
    credit_class: str = Field(max_length=1)
    # PostgreSQL would sort by the language of its machine, SQLite by bytes
    sort_name: str = Field(
        sa_type=String(LONGEST_SORT_NAME).with_variant(
            String(LONGEST_SORT_NAME, collation="C"), "postgresql"
        )
    )
    centres: int
    last_checked: date | None = None


LINES = SQLModel.metadata.tables["institution_line"]


# -- reading -----------------------------------------------------------------------------------


def standing_on(day: date) -> ColumnElement[int]:
    """The packed status of the best certificate on a *day*, of a line that covers it."""
    status = PACKED[Facet.STATUS]
    until = col(InstitutionLine.in_force_until)
    return case(
        (until > renewal_end(day), literal(status.put(CertificateStatus.VALID))),
        (until >= day, literal(status.put(CertificateStatus.EXPIRING))),
        else_=col(InstitutionLine.lapsed),
    )


def told(day: date) -> ColumnElement[int]:
    """All facets of a line on a *day* as one number."""
    return col(InstitutionLine.facets) + standing_on(day)


# -- keeping it true ---------------------------------------------------------------------------


class Held(NamedTuple):
    """Something of an institution, from one day to another."""

    since: date
    until: date
    kind: str
    what: Any


@follows(Noun.INSTITUTION, Noun.CERTIFICATE, Noun.QI_CENTRE, Noun.FLAG)
def draw_lines(session: Session, changed: Mapping[Noun, Collection[int]]) -> None:
    """Write anew the lines of the institutions concerned by a change."""
    connection = session.connection()
    for chunk in chunks(sorted(institutions_concerned(session, changed))):
        connection.execute(delete(InstitutionLine).where(col(InstitutionLine.entry_id).in_(chunk)))
        held = _held(session, chunk)
        rows = [
            row
            for entry, periods in _periods(session, chunk).items()
            for row in lines(entry, periods, held.get(entry, ()))
        ]
        if rows:
            connection.execute(insert(InstitutionLine), rows)


def _periods(session: Session, entries: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    wanted: Any = select(*_COLUMNS).where(_COLUMNS[0].in_(entries)).order_by(*_COLUMNS[:2])
    for period in session.connection().execute(wanted):
        found[period.entry_id].append(period)
    return found


_COLUMNS: Any = tuple(
    getattr(Institution, name)
    for name in (
        "entry_id", "since", "until", "name", "region", "credit_code", "credit_class",
        "level", "legal_form", "standing", "fields",
    )
)  # fmt: skip


def _held(session: Session, entries: Sequence[int]) -> dict[int, list[Held]]:
    """What belongs to institutions, as far as their lines tell it."""
    found: dict[int, list[Held]] = defaultdict(list)
    for row in _rows(session, Certificate, entries, "state", "expires_on"):
        found[row[0]].append(Held(row[1], row[2], "certificate", (row[3], row[4] or FOREVER)))
    for row in _rows(session, QICentre, entries):
        found[row[0]].append(Held(row[1], row[2], "centre", None))
    for owner, since, until, kind, happened, ended in _rows(
        session, Flag, entries, "kind", "happened_on", "ended_on"
    ):
        begins = max(since, happened)
        found[owner].append(Held(begins, min(until, ended or FOREVER), "flag", kind))
        if kind == FlagKind.CHECKED:
            found[owner].append(Held(begins, until, "checked", happened))
    return found


def _rows(session: Session, table: type[Dated], entries: Sequence[int], *columns: str) -> Any:
    owner = getattr(table, OWNER)
    told: Any = [getattr(table, name) for name in ("since", "until", *columns)]
    return session.connection().execute(select(owner, *told).where(owner.in_(entries)))


def lines(entry: int, periods: Iterable[Any], held: Iterable[Held]) -> Iterator[dict[str, Any]]:
    """The lines of one institution: its periods, cut where anything it holds begins or ends."""
    holdings = [one for one in held if one.since < one.until]
    days = {one.since for one in holdings} | {one.until for one in holdings}
    last: dict[str, Any] | None = None
    for period in periods:
        cuts = [period.since, *sorted(d for d in days if period.since < d < period.until)]
        for since, until in zip(cuts, [*cuts[1:], period.until], strict=True):
            row = _line(period, [one for one in holdings if one.since <= since < one.until])
            if last and last["until"] == since and _same(last, row):
                last["until"] = until
                continue
            if last:
                yield last
            last = {"entry_id": entry, "since": since, "until": until, **row}
    if last:
        yield last


def _same(line: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    return all(line[name] == value for name, value in row.items())


def _line(period: Any, held: Sequence[Held]) -> dict[str, Any]:
    """What the lists know of an institution while *period* and all that is *held* last."""
    certificates = [one.what for one in held if one.kind == "certificate"]
    ends = [end for state, end in certificates if state == CertificateState.VALID]
    centres = sum(one.kind == "centre" for one in held)
    return {
        "facets": _own_facets(period)
        | PACKED[Facet.QI_CENTRE].put(YES if centres else NO)
        | PACKED[Facet.FLAG].put(*{one.what for one in held if one.kind == "flag"}),
        "lapsed": PACKED[Facet.STATUS].put(_lapsed({state for state, _ in certificates})),
        "in_force_until": max(ends, default=None),
        "region": period.region,
        "credit_code": period.credit_code,
        "credit_class": period.credit_class,
        "sort_name": _sort_name(period.name),
        "centres": centres,
        "last_checked": max((one.what for one in held if one.kind == "checked"), default=None),
    }


def _own_facets(period: Any) -> int:
    return (
        int(period.region[:4] or 0) << REGION_SHIFT
        | PACKED[Facet.LEVEL].put(period.level)
        | PACKED[Facet.LEGAL_FORM].put(period.legal_form)
        | PACKED[Facet.STANDING].put(period.standing)
        | PACKED[Facet.CREDIT_CLASS].put(period.credit_class)
        | PACKED[Facet.FIELD].put(*_known_fields(period.fields))
    )


def _known_fields(fields: str) -> set[str]:
    return {term if term in SPOT_CHECK_FIELDS else OTHER_FIELD for term in parted(fields)}


def _lapsed(states: set[CertificateState]) -> str:
    """The best status there is when no certificate is in force, as in `CertificateStatus`."""
    order = {
        CertificateState.SUSPENDED: CertificateStatus.SUSPENDED,
        CertificateState.VALID: CertificateStatus.EXPIRED,
        CertificateState.CANCELLED: CertificateStatus.CANCELLED,
        CertificateState.REVOKED: CertificateStatus.REVOKED,
    }
    return next((status for state, status in order.items() if state in states), NO_CERTIFICATE)


def _sort_name(name: str) -> str:
    return " ".join(syllables(name))[:LONGEST_SORT_NAME]
