"""Who checks in the made-up world: departments, inspectors, experts, and whom they may not see."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from core.regions import Region, provinces
from rosters.changes import Saying
from rosters.demo.figures import LABEL
from rosters.demo.ground import (
    World,
    coined,
    days_before,
    person,
    phone,
    places_of,
    several,
    years_before,
)
from rosters.demo.institutions import Unit
from rosters.departments import Trade
from rosters.entries import Noun
from rosters.inspectors import Duty, OfficerLevel
from rosters.relations import RelationKind
from rosters.vocabularies import SPOT_CHECK_FIELDS, joined

INSPECTORS, EXPERTS, RELATIONS = 6_000, 800, 4_000
"""In the whole country; a smaller world has as many fewer."""

NATIONAL_OFFICES = {
    Trade.PUBLIC_SECURITY: "公安部",
    Trade.NATURAL_RESOURCES: "自然资源部",
    Trade.ENVIRONMENT: "生态环境部",
    Trade.TRANSPORT: "交通运输部",
    Trade.WATER: "水利部",
    Trade.CUSTOMS: "海关总署",
    Trade.DRUGS: "国家药品监督管理局",
}
PROVINCIAL_OFFICES = {
    Trade.MARKET: "市场监督管理局",
    Trade.PUBLIC_SECURITY: "公安厅（局）",
    Trade.NATURAL_RESOURCES: "自然资源厅（局）",
    Trade.ENVIRONMENT: "生态环境厅（局）",
    Trade.TRANSPORT: "交通运输厅（局）",
    Trade.WATER: "水利厅（局）",
    Trade.DRUGS: "药品监督管理局",
}
"""Customs stand below the General Administration alone and have no provincial department."""

LEVELS = [
    *[OfficerLevel.PROVINCE] * 26,
    *[OfficerLevel.CITY] * 40,
    *[OfficerLevel.COUNTY] * 34,
]
POSTS = ("四级主任科员", "三级主任科员", "二级主任科员", "一级主任科员", "四级调研员")
QUALIFICATIONS = ("资质认定评审员", "食品安全检查员", "注册计量师", "机动车检验审查员")
TITLES = ("高级工程师", "正高级工程师", "研究员", "副教授", "工程师")
REASONS = ("年休假", "脱产培训", "病假", "产假", "专案借调")
KINDS = [
    *[RelationKind.FORMER_EMPLOYER] * 28,
    *[RelationKind.ASSESSOR] * 30,
    *[RelationKind.RELATIVE] * 16,
    *[RelationKind.CONSULTANT] * 9,
    *[RelationKind.SHARE] * 5,
    *[RelationKind.SAME_PARENT] * 4,
    *[RelationKind.DECLARED] * 8,
]
NOTES = {RelationKind.RELATIVE: "近亲属为该机构授权签字人", RelationKind.DECLARED: "本人申报"}


@dataclass(frozen=True)
class Person:
    """An inspector or expert while the world is composed."""

    number: int
    province: Region
    expert: bool = False


class Departments:
    """The departments of the world, and which of them stands for a trade in a province."""

    def __init__(self, world: World) -> None:
        self.sayings: list[Saying] = []
        self.of: dict[tuple[Trade, str], int] = {}
        self._world = world
        self._found(Trade.MARKET, "", "国家市场监督管理总局")
        for trade, name in NATIONAL_OFFICES.items():
            self._found(trade, "", name)
        for province in provinces():
            for trade, name in PROVINCIAL_OFFICES.items():
                self._found(trade, province.code, province.name + name)

    def _found(self, trade: Trade, region: str, name: str) -> None:
        facts: dict[str, object] = {"name": name, "trade": trade.value, "region": region}
        saying = self._world.entered(Noun.DEPARTMENT, facts, self._world.start)
        self.sayings.append(saying)
        self.of[trade, region] = saying.entry_id


class Staff:
    """Where people serve: spread over the provinces as the institutions are."""

    def __init__(self, units: list[Unit]) -> None:
        self.by_province: dict[Region, list[Unit]] = defaultdict(list)
        for unit in units:
            self.by_province[unit.place.province].append(unit)
        self.provinces = sorted(self.by_province)
        self._ends = list(accumulate(len(self.by_province[p]) for p in self.provinces))

    def province(self, chance: int) -> Region:
        """A province, the more likely the more institutions it has."""
        return self.provinces[bisect(self._ends, chance % self._ends[-1])]

    def institution(self, province: Region, chance: int) -> Unit:
        """An institution of the province."""
        units = self.by_province[province]
        return units[chance % len(units)]


# -- inspectors --------------------------------------------------------------------------------


def inspectors(
    world: World, staff: Staff, departments: Departments
) -> Iterator[tuple[Person, list[Saying]]]:
    """Inspectors with what changed about them, and their leaves."""
    for number, chance in enumerate(world.numbers("inspectors", world.scaled(INSPECTORS, 60)), 1):
        province = staff.province(chance)
        facts = _inspector(world, number, province, chance >> 16)
        national = facts["level"] == OfficerLevel.NATIONAL.value
        trade = _trade(chance >> 40, province)
        office = (Trade.MARKET, "") if national else (trade, province.code)
        facts["department_id"] = departments.of[office]
        since = world.start
        if chance % 11 == 0:
            since = world.between(chance // 11, world.start, days_before(world.today, 40))
        entry = world.entered(Noun.INSPECTOR, facts, since)
        said = [entry, *_changes(world, entry.entry_id, since, chance >> 24)]
        said += _leaves(world, entry.entry_id, since, chance >> 33)
        yield Person(entry.entry_id, province), said


def _trade(chance: int, province: Region) -> Trade:
    partners = list(PROVINCIAL_OFFICES)[1:]
    return partners[chance // 12 % len(partners)] if chance % 12 == 0 else Trade.MARKET


def _inspector(world: World, number: int, province: Region, chance: int) -> dict[str, object]:
    places = places_of(province)
    national = chance % 60 == 0
    level = OfficerLevel.NATIONAL if national else LEVELS[chance // 60 % 100]
    place = places[chance // 7 % len(places)]
    above = level in (OfficerLevel.NATIONAL, OfficerLevel.PROVINCE)
    fields = several(chance, SPOT_CHECK_FIELDS, 5) if chance // 13 % 70 else []
    return {
        "name": person(chance),
        "staff_no": f"YS{number:06}",
        "region": province.code if above else place.code,
        "home_region": places[chance // 17 % len(places)].code,
        "level": level.value,
        "post": POSTS[chance // 19 % len(POSTS)],
        "ministry_no": f"YSZJ{number:06}" if chance // 5 % 4 else "",
        "ministry_until": _until(world, chance // 23) if chance // 5 % 4 else None,
        "province_no": f"YS{province.code[:2]}{number:06}",
        "province_until": _until(world, chance // 29),
        "qualifications": QUALIFICATIONS[chance // 31 % 4] if chance // 31 % 3 == 0 else "",
        "fields": joined(fields, SPOT_CHECK_FIELDS),
        "leader": chance // 37 % 5 == 0,
        "phone": phone(50_000_000 + number),
        "remark": LABEL,
    }


def _until(world: World, chance: int) -> date:
    """The last valid day of a certificate: one in 25 has passed, one in 16 is within 90 days."""
    if chance % 25 == 0:
        return days_before(world.today, 1 + chance // 25 % 300)
    if chance % 16 == 1:
        return world.today + timedelta(days=chance // 16 % 90)
    return world.today + timedelta(days=91 + chance // 16 % 1_300)


def _changes(world: World, number: int, since: date, chance: int) -> Iterator[Saying]:
    day = world.between(chance // 100, since, days_before(world.today, 7))
    kind = chance % 100
    if day == since or kind > 5:
        return
    facts: dict[str, object] = {"post": POSTS[-1]}
    if kind < 4:
        facts = {"duty": (Duty.LEFT if kind < 2 else Duty.SECONDED).value}
    yield Saying(Noun.INSPECTOR, number, facts, day)


def _leaves(world: World, number: int, since: date, chance: int) -> Iterator[Saying]:
    """One in seven has or will have a leave in the weeks around today."""
    if chance % 7:
        return
    first = world.today + timedelta(days=chance // 7 % 120 - 60)
    facts: dict[str, object] = {
        "inspector_id": number,
        "first_day": first,
        "last_day": first + timedelta(days=2 + chance // 840 % 28),
        "reason": REASONS[chance // 3 % len(REASONS)],
    }
    yield world.entered(Noun.LEAVE, facts, max(since, min(world.today, days_before(first, 10))))


# -- experts and relations ---------------------------------------------------------------------


def experts(world: World, staff: Staff) -> Iterator[tuple[Person, list[Saying]]]:
    """Experts; most are employed by an institution of the roster."""
    for number, chance in enumerate(world.numbers("experts", world.scaled(EXPERTS, 16)), 1):
        province = staff.province(chance)
        employer = staff.institution(province, chance >> 20).row.name
        if chance // 3 % 5 == 0:
            employer = f"演示{coined(chance >> 9)}大学" if chance // 15 % 8 else ""
        facts: dict[str, object] = {
            "name": person(chance >> 5),
            "expert_no": f"YZ{number:05}",
            "employer": employer,
            "title": TITLES[chance // 7 % len(TITLES)],
            "region": places_of(province)[chance // 11 % len(places_of(province))].code,
            "fields": joined(several(chance, SPOT_CHECK_FIELDS, 3), SPOT_CHECK_FIELDS),
            "assessor": chance // 13 % 5 < 2,
            "phone": phone(60_000_000 + number),
            "remark": LABEL,
        }
        entry = world.entered(Noun.EXPERT, facts, world.start)
        yield Person(entry.entry_id, province, expert=True), [entry]


def relations(
    world: World, staff: Staff, people: list[Person], gone: list[int]
) -> Iterator[Saying]:
    """Who may not see whom, and why; a few name institutions that are *gone* from the roster."""
    met: set[tuple[int, int, RelationKind]] = set()
    for chance in world.numbers("relations", world.scaled(RELATIONS, 40)):
        who, kind = people[chance % len(people)], KINDS[chance // 7 % len(KINDS)]
        institution = staff.institution(who.province, chance >> 20).number
        if chance // 11 % 200 == 0:
            institution = gone[chance % len(gone)]
        if (who.number, institution, kind) in met:
            continue
        met.add((who.number, institution, kind))
        facts = {"person_id": who.number, "institution_id": institution, "kind": kind.value}
        yield world.entered(Noun.RELATION, facts | _time_of(world, kind, chance >> 30), world.start)


def _time_of(world: World, kind: RelationKind, chance: int) -> dict[str, object]:
    """When it was so, who said it, and what is known besides."""
    first = years_before(world.today, 3 + chance % 12)
    over = kind in (RelationKind.FORMER_EMPLOYER, RelationKind.ASSESSOR, RelationKind.CONSULTANT)
    return {
        "first_day": first,
        "last_day": first + timedelta(days=200 + chance // 12 % 700) if over else None,
        "declared": kind is RelationKind.DECLARED or chance // 5 % 4 == 0,
        "note": NOTES.get(kind, LABEL),
    }
