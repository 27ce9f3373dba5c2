"""What the institutions of the made-up world hold: certificates, sites, centres, people."""

from collections.abc import Iterator
from datetime import date, timedelta

from rosters.certificates import CertificateState
from rosters.changes import Saying
from rosters.demo.figures import LABEL
from rosters.demo.ground import (
    ONE_DAY,
    PHONES,
    World,
    again,
    chosen,
    coined,
    days_before,
    person,
    phone,
    places_of,
    years_before,
)
from rosters.demo.institutions import Unit
from rosters.entries import Noun
from rosters.identifiers import CERTIFIED_FIELDS, ISSUERS, LAST_SERIAL
from rosters.institutions import Standing
from rosters.premises import ContactRole
from rosters.vocabularies import parted

VALID_YEARS = 6
"""《检验检测机构资质认定管理办法》 article 13."""

STATES = {
    CertificateState.VALID.value: 9_840,
    CertificateState.SUSPENDED.value: 70,
    CertificateState.CANCELLED.value: 50,
    CertificateState.REVOKED.value: 40,
}


def last_day(issued: date) -> date:
    """The last valid day of a certificate that was issued on a day."""
    return years_before(issued, -VALID_YEARS) - ONE_DAY


class Certificates:
    """Issues the certificates of the world; every number once."""

    def __init__(self, world: World, units: list[Unit]) -> None:
        self.world = world
        self._taken = {unit.row.certificate_no for unit in units}

    def of(self, _world: World, unit: Unit, chance: int) -> Iterator[Saying]:
        """The certificates of an institution with their history."""
        # every five-hundredth has none: real rosters have such rows
        if chance % 500:
            yield from self._main(unit, chance // 500)
        if chance // 3 % 100 < (20 if unit.row.level == "国家级" else 3):
            yield from self._further(unit, chance // 300)
            if chance // 5 % 8 == 0:
                yield from self._further(unit, chance // 8_000)

    def _main(self, unit: Unit, chance: int) -> Iterator[Saying]:
        number, issued, expired = self._issued(unit, chance)
        renewed = issued > self.world.start and not unit.new
        now: dict[str, object] = {"number": number, **_term(issued)}
        before = self._earlier(number, issued) if renewed else {}
        facts = {"institution_id": unit.number, **self._described(unit, number)}
        entry = self.world.entered(Noun.CERTIFICATE, facts | now | before, unit.since)
        yield entry
        if renewed:
            yield Saying(Noun.CERTIFICATE, entry.entry_id, now, issued)
        if not expired:
            yield from self._decided(unit, entry, issued, chance // 11)

    def _issued(self, unit: Unit, chance: int) -> tuple[str, date, bool]:
        """Number and day of the certificate it holds today, and whether that has expired."""
        today, number = self.world.today, unit.row.certificate_no
        if unit.new:
            return self._dated(number, unit.since), unit.since, False
        if chance % 40 == 0:
            issued = days_before(years_before(today, VALID_YEARS), 1 + chance // 40 % 300)
            return self._dated(number, issued), issued, True
        year = 2000 + int(number[:2])
        return number, min(date(year, 1, 1) + timedelta(days=chance // 40 % 365), today), False

    def _earlier(self, number: str, issued: date) -> dict[str, object]:
        """The certificate that this one followed without a gap."""
        before = years_before(issued, VALID_YEARS)
        return {"number": self._dated(number, before), **_term(before)}

    def _decided(self, unit: Unit, entry: Saying, issued: date, chance: int) -> Iterator[Saying]:
        """What the issuer decided later: who deregisters gives his certificate back."""
        state = chosen(chance, STATES)
        first = max(issued, unit.since) + ONE_DAY
        day = self.world.between(chance // 10_000, first, days_before(self.world.today, 5))
        if unit.standing is Standing.DEREGISTERED:
            state, day = CertificateState.CANCELLED.value, max(first, unit.standing_since)
        if state != CertificateState.VALID and day <= self.world.today:
            yield Saying(Noun.CERTIFICATE, entry.entry_id, {"state": state}, day)

    def _further(self, unit: Unit, chance: int) -> Iterator[Saying]:
        """One more certificate, from the province and in another field."""
        province = unit.place.province.short
        issuer = ISSUERS.index(province) if province in ISSUERS else ISSUERS.index("新疆")
        field = 1 + chance % (len(CERTIFIED_FIELDS) - 1)
        today = self.world.today
        issued = self.world.between(chance // 32, years_before(today, VALID_YEARS), today)
        serial = 1 + chance // 64 % LAST_SERIAL
        number = self._dated(f"{issuer:04}{field:02}34{serial:04}", issued)
        facts = {"institution_id": unit.number, "number": number, **_term(issued)}
        described = self._described(unit, number) | {
            "scope": f"{CERTIFIED_FIELDS[field]}（{LABEL}）"
        }
        yield self.world.entered(Noun.CERTIFICATE, facts | described, max(issued, unit.since))

    def _described(self, unit: Unit, number: str) -> dict[str, object]:
        short = ISSUERS[int(number[2:4])]
        issuer = "国家市场监督管理总局" if short == "国家" else f"{short}市场监督管理部门"
        return {"issuer": issuer, "scope": f"{'、'.join(parted(unit.row.fields))}（{LABEL}）"}

    def _dated(self, number: str, issued: date) -> str:
        """The number as it is in the year of issue, with the next serial that is free."""
        book, serial = f"{issued.year % 100:02}{number[2:8]}", int(number[8:])
        while (made := f"{book}{serial:04}") in self._taken:
            serial = serial % LAST_SERIAL + 1
        self._taken.add(made)
        return made


def _term(issued: date) -> dict[str, object]:
    return {"issued_on": issued, "expires_on": last_day(issued)}


# -- where, and who ----------------------------------------------------------------------------


def sites(world: World, unit: Unit, chance: int) -> Iterator[Saying]:
    """Its main site; one in nine has a second or third one."""
    facts: dict[str, object] = {
        "institution_id": unit.number,
        "address": f"{unit.place.path}演示路{chance % 999 + 1}号",
        "region": unit.place.code,
        "main": True,
    }
    yield world.entered(Noun.SITE, facts, unit.since)
    for turn in range((1 + chance // 7 % 2) if chance // 11 % 9 == 0 else 0):
        places = places_of(unit.place.province)
        place = places[(chance >> 16 + turn) % len(places)]
        other: dict[str, object] = {
            "institution_id": unit.number,
            "address": f"{place.path}演示园区{turn + 2}号楼",
            "region": place.code,
        }
        yield world.entered(Noun.SITE, other, unit.since)


def qi_centres(world: World, unit: Unit, chance: int) -> Iterator[Saying]:
    """Its national quality-inspection centres; one host in twelve has two."""
    if unit.row.qi_centre != "1":
        return
    for turn in range(2 if chance % 12 == 0 else 1):
        facts: dict[str, object] = {
            "institution_id": unit.number,
            "name": f"国家演示{coined(chance >> 8 * turn)}产品质量检验检测中心",
            "approved_on": date(2004 + chance // 12 % 18, 1 + turn, 15),
        }
        yield world.entered(Noun.QI_CENTRE, facts, unit.since)


def contacts(world: World, unit: Unit, chance: int) -> Iterator[Saying]:
    """A liaison, and for some who else answers for the institution."""
    place = unit.index * 4
    yield _contact(world, unit, ContactRole.LIAISON, chance, place)
    if chance // 7 % 4 == 0:
        yield _contact(world, unit, ContactRole.LEGAL_REPRESENTATIVE, again(chance, 1), place + 1)
    if chance // 7 % 12 == 0:
        role = (ContactRole.TECHNICAL_LEADER, ContactRole.SIGNATORY)[chance // 84 % 2]
        yield _contact(world, unit, role, again(chance, 2), place + 2)


def _contact(world: World, unit: Unit, role: ContactRole, chance: int, place: int) -> Saying:
    # an agency that answers for many institutions: a fault that real rosters have
    agency = chance % 300 == 0
    facts: dict[str, object] = {
        "institution_id": unit.number,
        "role": role.value,
        "name": person(chance),
        "phone": f"{PHONES}0000{chance // 300 % 12:04}" if agency else phone(10_000_000 + place),
        "email": f"user{place}@example.com" if chance // 5 % 3 == 0 else "",
    }
    return world.entered(Noun.CONTACT, facts, unit.since)
