"""The institutions of the made-up world: who they are, what they were called, what they hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from core.regions import CORPS, Region, region_of
from rosters.changes import Saying
from rosters.demo.figures import LABEL, REFERENCE_NATIONAL, REFERENCE_UNITS
from rosters.demo.ground import (
    ONE_DAY,
    World,
    chosen,
    coined,
    days_before,
    places_of,
    province_named,
)
from rosters.demo.rows import FEWEST_NATIONAL, DemoRow, demo_roster
from rosters.entries import Noun
from rosters.identifiers import compose_credit_code
from rosters.institutions import CreditClass, LegalForm, Level, Standing
from rosters.successions import SuccessionKind
from rosters.timeline import PRESENT
from rosters.vocabularies import SPOT_CHECK_FIELDS, STATISTICS_FIELDS, joined, parted

FORMS = {"企业": LegalForm.COMPANY, "事业单位": LegalForm.PUBLIC, "其他": LegalForm.OTHER}
LEVELS = {"国家级": Level.NATIONAL, "省级": Level.PROVINCIAL}

IN_STATISTICS = {
    "自然资源检验检测": "其他",
    "生态环境监测": "环境监测",
    "机动车检验": "机动车检验",
    "水利水质监测": "水质",
    "进出口商品检验": "其他",
    "医疗器械防护用品检验检测": "其他",
    "食品检验": "食品及食品接触材料",
    "成品油检验": "材料测试",
    "网络关键设备和网络安全专用产品检验": "电子电器",
    "常压液体危险货物罐体出厂检验": "机械（含汽车）",
}
"""Statistical field of a spot-check field; the others have the same name in both."""

STANDINGS = {
    Standing.ACTIVE.value: 975,
    Standing.SUSPENDED.value: 10,
    Standing.CLOSED.value: 6,
    Standing.DEREGISTERED.value: 9,
}
BETTER = "年度评价：整改到位，连续两年抽查未发现问题，等级上调"
WORSE = "年度评价：监督检查发现问题或者投诉增多，等级下调"
_CLASSES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Unit:
    """An institution while its world is composed.

    Attributes
    ----------
    number : its entry; index : its place in the demo roster, from 0.
    neighbour : the name of the one before it, which a few bear by mistake.
    since : the first day in the roster; new : whether that was its first certificate too.
    place : where it is today, a city or a province without cities.
    standing_since : since when it has the standing that it has today.
    """

    number: int
    index: int
    row: DemoRow
    neighbour: str
    since: date
    new: bool
    place: Region
    standing: Standing
    standing_since: date

    @property
    def active(self) -> bool:
        """Whether it does business today."""
        return self.standing is Standing.ACTIVE


def national_of(units: int) -> int:
    """How many institutions of so many are at national level."""
    wanted = round(units * REFERENCE_NATIONAL / REFERENCE_UNITS)
    return min(units, max(FEWEST_NATIONAL, wanted)) if units >= FEWEST_NATIONAL else 0


def settle_units(world: World) -> list[Unit]:
    """The institutions that are in the roster today."""
    rows = list(demo_roster(world.units, national_of(world.units), world.seed))
    chances = world.numbers("institutions")
    return [_unit(world, rows, index, chances[index]) for index in range(len(rows))]


def _unit(world: World, rows: list[DemoRow], index: int, chance: int) -> Unit:
    row = rows[index]
    new = chance % 100 < 12
    since = world.between(chance >> 8, world.start, days_before(world.today, 60))
    standing = Standing(chosen(chance >> 20, STANDINGS))
    return Unit(
        number=world.new(),
        index=index,
        row=row,
        neighbour=rows[index - 1].name,
        since=since if new else world.start,
        new=new,
        place=_place(row, chance >> 30),
        standing=standing,
        standing_since=world.between(chance >> 40, since, days_before(world.today, 10)),
    )


def _place(row: DemoRow, chance: int) -> Region:
    province = province_named(row.province)
    # an eighth of the institutions there are supervised by the corps (assumed)
    if province.code == "650000" and chance % 8 == 0:
        return region_of(CORPS)
    places = places_of(province)
    return places[chance // 8 % len(places)]


# -- what is so today, and what was so before --------------------------------------------------


def institution(
    world: World, unit: Unit, chance: int, credit_class: CreditClass
) -> Iterator[Saying]:
    """An institution with its history; faults of the kind that real rosters have among them."""
    now = _facts(unit, chance, credit_class)
    if not unit.new and chance % 1_800 == 7:
        now["name"] = unit.neighbour
    changes = list(_changes(world, unit, now, chance))
    before = dict(now)
    for _, was, _ in reversed(changes):
        before |= was
    yield Saying(Noun.INSTITUTION, unit.number, before, unit.since)
    for day, _, becomes in changes:
        yield Saying(Noun.INSTITUTION, unit.number, becomes, day)


def _facts(unit: Unit, chance: int, credit_class: CreditClass) -> dict[str, object]:
    row, province = unit.row, unit.place.province
    coded, rated = chance // 7 % 1_000 != 0, chance // 11 % 50 != 0
    credit = credit_class if rated else CreditClass.UNRATED
    bureau = f"{province.name}市场监督管理局"
    return {
        "name": row.name,
        # who has none yet bears the number of before 2015; 00 is no region
        "credit_code": row.unit_id if coded else "",
        "registration_no": "" if coded else f"00{chance % 10**13:013}",
        "legal_form": FORMS[row.legal_form].value,
        "level": LEVELS[row.level].value,
        "region": unit.place.code if chance // 13 % 2_000 else "",
        "address": f"{unit.place.path}演示路{chance // 17 % 999 + 1}号",
        "registrar": bureau,
        "jurisdiction": f"{unit.place.name}市场监督管理局",
        "parent": f"演示{coined(chance // 23 % 300, 2)}检测集团" if chance // 19 % 16 == 0 else "",
        "fields": joined(parted(row.fields), SPOT_CHECK_FIELDS) if chance // 29 % 1_500 else "",
        "statistics_fields": statistics_of(row.fields),
        "credit_class": credit.value,
        "cma_class": credit.value if chance // 31 % 5 < 2 else "",
        "class_reason": "上一年度信用风险分类结果" if rated else "",
        "standing": unit.standing.value,
        "remark": LABEL,
    }


def statistics_of(fields: str) -> str:
    """The statistical fields of an institution with these spot-check fields."""
    terms = (IN_STATISTICS.get(term, term) for term in parted(fields))
    return joined(terms, STATISTICS_FIELDS)


Changed = tuple[date, dict[str, object], dict[str, object]]
"""On which day it changed, what was so before, and what has been so since."""


def _changes(world: World, unit: Unit, now: dict[str, object], chance: int) -> Iterator[Changed]:
    """What has changed since the institution entered the roster, each fact at most twice."""
    last = days_before(world.today, 15)
    if (last - unit.since).days < 90:
        return
    if chance // 37 % 33 == 0:
        yield _renamed(world, unit, now, chance // 41)
    if chance // 43 % 300 == 0:
        yield _moved(world, unit, now, chance // 47)
    if unit.standing is not Standing.ACTIVE and unit.standing_since > unit.since:
        yield unit.standing_since, {"standing": "active"}, {"standing": unit.standing.value}
    yield from _rated(world, unit, now, chance // 53)


def _renamed(world: World, unit: Unit, now: dict[str, object], chance: int) -> Changed:
    day = world.between(chance, unit.since + timedelta(days=30), days_before(world.today, 20))
    name = str(now["name"])
    # its coined part stands after 演示 and the short name of the province
    at = 2 + len(province_named(unit.row.province).short)
    return day, {"name": name[:at] + coined(chance, 3) + name[at + 3 :]}, {"name": name}


def _moved(world: World, unit: Unit, now: dict[str, object], chance: int) -> Changed:
    day = world.between(chance, unit.since + timedelta(days=30), days_before(world.today, 20))
    names = ("region", "address", "registrar", "jurisdiction")
    province = province_named(("江苏省", "湖北省", "四川省", "山东省")[chance % 4])
    places = places_of(province)
    place = places[chance // 4 % len(places)]
    was: dict[str, object] = {
        "region": place.code,
        "address": f"{place.path}演示路{chance // 64 % 999 + 1}号",
        "registrar": f"{province.name}市场监督管理局",
        "jurisdiction": f"{place.name}市场监督管理局",
    }
    return day, was, {name: now[name] for name in names}


def _rated(world: World, unit: Unit, now: dict[str, object], chance: int) -> Iterator[Changed]:
    """How its class came to be what it is: of twenty, two changed once and one twice."""
    is_now = str(now["credit_class"])
    times = (1, 1, 2)[chance % 20] if chance % 20 < 3 else 0
    if not is_now or not times:
        return
    middle = unit.since + (world.today - unit.since) / 2
    spans = [(middle, days_before(world.today, 15))]
    if times == 2:
        spans.insert(0, (unit.since + timedelta(days=30), middle - ONE_DAY))
    classes = [is_now]
    for turn in range(times):
        classes.insert(0, _neighbour(classes[0], chance // 20 >> turn))
    told = [_reason(one, other) for one, other in pairwise(classes)]
    reasons = ["首次信用风险分类结果", *told]
    for place, (first, final) in enumerate(spans):
        was, becomes = _rating(classes, reasons, place), _rating(classes, reasons, place + 1)
        yield world.between(chance // 97, first, final), was, becomes
    now |= _rating(classes, reasons, times)


def _rating(classes: list[str], reasons: list[str], place: int) -> dict[str, object]:
    return {"credit_class": classes[place], "class_reason": reasons[place]}


def _neighbour(credit: str, chance: int) -> str:
    at = _CLASSES.index(credit)
    step = 1 if chance % 2 else -1
    return _CLASSES[at + step] if 0 <= at + step < len(_CLASSES) else _CLASSES[at - step]


def _reason(was: str, becomes: str) -> str:
    return BETTER if becomes < was else WORSE


# -- who came from whom ------------------------------------------------------------------------


def predecessors(world: World, units: list[Unit]) -> Iterator[Saying]:
    """Institutions that are gone because they went into others, and a few that split off."""
    hosts = [unit for unit in units if not unit.new and unit.active] or units
    for number, chance in enumerate(world.numbers("mergers", world.scaled(60, 3))):
        host = hosts[chance % len(hosts)]
        day = world.between(
            chance // 7, world.start + timedelta(days=40), days_before(world.today, 30)
        )
        gone = world.entered(Noun.INSTITUTION, _predecessor(host, number, chance), world.start)
        yield gone
        yield Saying(Noun.INSTITUTION, gone.entry_id, {PRESENT: False}, day)
        facts = {"predecessor_id": gone.entry_id, "successor_id": host.number}
        yield _succession(world, facts, SuccessionKind.MERGER, day, "吸收合并，业务由存续机构承接")
    young = [unit for unit in units if unit.new]
    for unit, chance in zip(young, world.numbers("splits", world.scaled(30, 2)), strict=False):
        facts = {"predecessor_id": hosts[chance % len(hosts)].number, "successor_id": unit.number}
        yield _succession(world, facts, SuccessionKind.SPLIT, unit.since, "检测业务分立为独立法人")


def _predecessor(host: Unit, number: int, chance: int) -> dict[str, object]:
    province = host.place.province
    # another county that does not exist than in the demo roster, so no code can meet one of its
    code = compose_credit_code("91", province.code[:2] + "0098", f"YH{number:06}")
    return _facts(host, chance, CreditClass(host.row.credit_class)) | {
        "name": f"演示{province.short}{coined(chance, 3)}检验技术有限公司",
        "credit_code": code,
        "registration_no": "",
        "legal_form": LegalForm.COMPANY.value,
        "standing": Standing.ACTIVE.value,
        "region": host.place.code,
    }


def _succession(
    world: World, who: dict[str, int], kind: SuccessionKind, day: date, note: str
) -> Saying:
    facts: dict[str, object] = {**who, "kind": kind.value, "happened_on": day, "note": note}
    return world.entered(Noun.SUCCESSION, facts, day)
