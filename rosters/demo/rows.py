"""A made-up roster that is shaped like the country, for trying things out.

Nothing in it is real: names are coined and bear the word 演示, region codes name no existing
county, and every row is labelled. The same arguments give the same bytes on any machine.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import BinaryIO, NamedTuple

import numpy as np

from rosters.demo.country import Country, Source, Tier, settle
from rosters.demo.figures import (
    CERTIFIED_IN,
    COINED,
    COMPLAINTS,
    FIELDS,
    LABEL,
    PROVINCES,
    REGISTRATION,
    SUFFIXES,
    Field,
)
from rosters.identifiers import (
    CERTIFIED_FIELDS,
    CREDIT_ALPHABET,
    INDUSTRIES,
    ISSUERS,
    LAST_SERIAL,
    CertificateNumber,
    compose_credit_code,
)

MOST_UNITS = 1_000_000

FEWEST_NATIONAL = 200
"""With fewer, three times the quota of every field of the 2023 notice is not promised."""

NO_COUNTY = "0099"
"""Stands after the province in a credit code: GB/T 2260 gives it to nobody."""

MADE_UP = "Y"
"""Begins every organisation code (演示); a letter also keeps Excel from reading a number."""


class DemoImpossible(ValueError):
    """A demo roster of this size cannot keep its promises; the message says why."""


class DemoRow(NamedTuple):
    """One institution, all cells text, in the order of the columns of a roster file."""

    unit_id: str
    name: str
    fields: str
    qi_centre: str
    level: str
    province: str
    credit_class: str
    certificate_no: str
    legal_form: str
    checked_last_year: str
    complaints: str
    remark: str


def demo_roster(units: int, national: int, seed: int) -> Iterator[DemoRow]:
    """The rows of a demo roster, province by province.

    Parameters
    ----------
    units : institutions in all, 1 to `MOST_UNITS`.
    national : of these at national level, 0 or `FEWEST_NATIONAL` to *units*. With at least
        `FEWEST_NATIONAL` every named field of the 2023 notice has three times its quota
        among them, and the plan of 2023 with its 20 quality-inspection centres can be drawn.
    seed : any integer; another one gives another roster.

    Raises
    ------
    DemoImpossible
        If the numbers are out of range.
    """
    _check_size(units, national)
    source = Source(units, seed)
    return _compose(settle(units, national, source), source)


def write_demo_roster(rows: Iterable[DemoRow], stream: BinaryIO) -> None:
    """Write *rows* as CSV: UTF-8 with BOM and CRLF, so that Excel and WPS open it right."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(DemoRow._fields)
    writer.writerows(rows)
    text.detach()


def _check_size(units: int, national: int) -> None:
    if not 1 <= units <= MOST_UNITS:
        raise DemoImpossible(f"演示名录的机构总数应在 1 至 {MOST_UNITS} 之间，现为 {units}。")
    if not 0 <= national <= units:
        raise DemoImpossible(f"国家级机构数应在 0 至机构总数 {units} 之间，现为 {national}。")
    if 0 < national < FEWEST_NATIONAL:
        raise DemoImpossible(
            f"国家级机构只有 {national} 家，无法保证 2023 年通知的每个重点领域都有不少于"
            f"抽查数三倍的机构；请不少于 {FEWEST_NATIONAL} 家，或填 0（只要省级机构）。"
        )


_FORMS = tuple(REGISTRATION)
_CLASSES = tuple(COMPLAINTS)


def _compose(country: Country, source: Source) -> Iterator[DemoRow]:
    codes = _Series(CREDIT_ALPHABET, 7, source.number("credit codes"))
    names = _Series(COINED, 3, source.number("names"))
    certificates = _Certificates()
    units = zip(*_columns(country, source), strict=True)
    for number, (at, tier, main, held, credit, form, checked, complaints, words) in enumerate(
        units
    ):
        province, legal_form, fields = PROVINCES[at], _FORMS[form], _held(main, held)
        registry = REGISTRATION[legal_form], province.code + NO_COUNTY
        issuer = province.short if tier == Tier.PROVINCIAL else "国家"
        yield DemoRow(
            unit_id=compose_credit_code(*registry, MADE_UP + codes.text(number)),
            name=_name(province.short + names.text(number), fields[0], legal_form, words)
            + _laboratory(number // names.size),
            fields="|".join(field.name for field in fields),
            qi_centre="1" if tier == Tier.CENTRE else "0",
            level="省级" if tier == Tier.PROVINCIAL else "国家级",
            province=province.name,
            credit_class=_CLASSES[credit],
            certificate_no=certificates.issue(issuer, fields, words),
            legal_form=legal_form,
            checked_last_year=str(checked),
            complaints=str(complaints),
            remark=LABEL,
        )


def _columns(country: Country, source: Source) -> list[list[int]]:
    """The attributes in the order in which `_compose` reads them; fields as bits."""
    columns = (
        country.province,
        country.tier,
        country.main,
        country.held @ (1 << np.arange(len(FIELDS))),
        country.credit,
        country.form,
        country.checked,
        country.complaints,
        source.numbers("words"),
    )
    return [column.tolist() for column in columns]


@cache
def _held(main: int, mask: int) -> tuple[Field, ...]:
    """The fields in *mask*, the main one first."""
    others = (field for place, field in enumerate(FIELDS) if mask >> place & 1 and place != main)
    return FIELDS[main], *others


def _name(coined: str, main: Field, legal_form: str, words: int) -> str:
    endings = SUFFIXES[legal_form]
    return f"演示{coined}{main.trade}{endings[words % len(endings)]}"


def _laboratory(round_: int) -> str:
    # coined words repeat after 85,184 units; the number keeps names apart
    return f"第{round_ + 1}实验室" if round_ else ""


class _Series:
    """All texts of one length over an alphabet, each once, in an order that looks random."""

    _STEP = 618_033_988_747  # coprime to 31 and 44, near the golden section of 10^12

    def __init__(self, alphabet: str, length: int, start: int) -> None:
        self.alphabet = alphabet
        self.length = length
        self.start = start
        self.size = len(alphabet) ** length

    def text(self, number: int) -> str:
        """The *number*-th text; those of `size` numbers in a row are all different."""
        rest = (self.start + number * self._STEP) % self.size
        signs = []
        for _ in range(self.length):
            rest, place = divmod(rest, len(self.alphabet))
            signs.append(self.alphabet[place])
        return "".join(signs)


class _Certificates:
    """Hands out certificate numbers, each once; a serial counts within all that precedes it."""

    def __init__(self) -> None:
        self._issued: Counter[tuple[int, int, int, int]] = Counter()

    def issue(self, issuer: str, fields: tuple[Field, ...], words: int) -> str:
        """The next number that fits; whoever may test food is certified under food."""
        main = fields[0]
        food = any(field.certified == CERTIFIED_FIELDS[0] for field in fields)
        year = CERTIFIED_IN[words // 16 % len(CERTIFIED_IN)]
        book = (
            year,
            ISSUERS.index(issuer),
            0 if food else CERTIFIED_FIELDS.index(main.certified),
            INDUSTRIES.index(main.industries[words // 256 % len(main.industries)]),
        )
        while self._issued[book] == LAST_SERIAL:
            book = (*book[:3], (book[3] + 1) % len(INDUSTRIES))
        self._issued[book] += 1
        return str(CertificateNumber(*book, serial=self._issued[book]))
