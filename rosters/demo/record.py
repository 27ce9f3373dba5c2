"""What is on record about the institutions of the made-up world: checks, findings, complaints."""

from collections.abc import Iterator
from datetime import date, timedelta

from rosters.changes import Saying
from rosters.demo.ground import World, again, days_before, years_before
from rosters.demo.institutions import Unit
from rosters.entries import Noun
from rosters.flags import FlagKind, Verdict

FOUND = {"A": 8, "B": 22, "C": 48, "D": 72}
"""Checks in a hundred at which something was found, by credit class (assumed)."""

CHECKED = {"A": 12, "B": 12, "C": 36, "D": 60}
"""Institutions in a hundred that were checked in a year longer ago, by credit class: more often
where the risk is higher (国市监信发〔2022〕6号; the shares are assumed)."""

FINDINGS = (
    "原始记录信息不全，无法追溯",
    "设备未在有效期内检定校准",
    "授权签字人超出批准的领域签发报告",
    "报告未标注资质认定标志",
    "样品流转记录与报告不一致",
    "人员变更未按规定办理手续",
)
RARE = {
    FlagKind.PENALTY: 4,
    FlagKind.PROFICIENCY_REFUSED: 3,
    FlagKind.PRODUCT_QUALITY: 4,
    FlagKind.ABNORMAL_LIST: 8,
    FlagKind.SERIOUS_ILLEGALITY: 1,
}
"""Institutions in a thousand with such a flag within three years; four times as many in D."""

SOURCES = {
    FlagKind.CHECKED: "{year}年度双随机抽查",
    FlagKind.FINDING: "{year}年度双随机抽查",
    FlagKind.COMPLAINT: "投诉举报平台（演示）",
    FlagKind.PENALTY: "行政处罚决定（演示）〔{year}〕号",
    FlagKind.PROFICIENCY_REFUSED: "{year}年能力验证计划（演示）",
    FlagKind.PROFICIENCY_FAILED: "{year}年能力验证计划（演示）",
    FlagKind.PRODUCT_QUALITY: "{year}年产品质量监督抽查（演示）",
    FlagKind.ABNORMAL_LIST: "企业信用信息公示系统（演示）",
    FlagKind.SERIOUS_ILLEGALITY: "企业信用信息公示系统（演示）",
}
LISTS = (FlagKind.ABNORMAL_LIST, FlagKind.SERIOUS_ILLEGALITY)
"""Flags that hold until they are left."""

ITEMS = ("重金属含量", "总有机碳", "抗压强度", "农药残留", "燃油硫含量", "绝缘电阻", "制动力")
VERDICTS = [
    *[Verdict.SATISFACTORY] * 17,
    Verdict.QUESTIONABLE,
    Verdict.UNSATISFACTORY,
    Verdict.SATISFACTORY,
]


def record(world: World, unit: Unit, chance: int) -> Iterator[Saying]:
    """Flags and results of proficiency tests of an institution."""
    yield from _checks(world, unit, chance)
    yield from _complaints(world, unit, again(chance, 1))
    yield from _rare(world, unit, again(chance, 2))
    yield from _tests(world, unit, again(chance, 3))


def _flag(
    world: World, unit: Unit, kind: FlagKind, day: date, detail: str = ""
) -> Iterator[Saying]:
    # nothing is known of the time before an institution was in the roster
    if day < unit.since or day > world.today:
        return
    facts: dict[str, object] = {
        "institution_id": unit.number,
        "kind": kind.value,
        "happened_on": day,
        "source": SOURCES[kind].format(year=day.year),
        "detail": detail,
    }
    yield world.entered(Noun.FLAG, facts, day)


def _checks(world: World, unit: Unit, chance: int) -> Iterator[Saying]:
    """Checked in the year before as the roster says, and by chance in the two before that."""
    often = CHECKED[unit.row.credit_class]
    checked = [unit.row.checked_last_year == "1", chance % 100 < often, chance // 100 % 100 < often]
    for back, done in enumerate(checked, start=1):
        if not done:
            continue
        one = chance // 10_000 >> back
        day = date(world.today.year - back, 4, 1) + timedelta(days=one % 214)
        yield from _flag(world, unit, FlagKind.CHECKED, day)
        if one // 214 % 100 < FOUND[unit.row.credit_class]:
            detail = FINDINGS[one // 21_400 % len(FINDINGS)]
            for flag in _flag(world, unit, FlagKind.FINDING, day, detail):
                yield flag
                yield from _ended(world, flag, day + timedelta(days=20 + one // 3 % 40))


def _ended(world: World, flag: Saying, day: date) -> Iterator[Saying]:
    """That a fault was mended, or a list left, as soon as that was so."""
    if day <= world.today:
        yield Saying(Noun.FLAG, flag.entry_id, {"ended_on": day}, day)


def _complaints(world: World, unit: Unit, chance: int) -> Iterator[Saying]:
    """As many as the roster says, in the last twelve months."""
    first = max(years_before(world.today, 1), unit.since)
    for turn in range(int(unit.row.complaints)):
        day = world.between(chance >> 3 * turn, first, days_before(world.today, 3))
        yield from _flag(world, unit, FlagKind.COMPLAINT, day, "反映出具报告不及时或者数据存疑")


def _rare(world: World, unit: Unit, chance: int) -> Iterator[Saying]:
    often = 4 if unit.row.credit_class == "D" else 1
    for place, (kind, share) in enumerate(RARE.items()):
        one = chance >> 11 * place
        if one % 1_000 >= share * often:
            continue
        day = world.between(one // 7, unit.since, days_before(world.today, 2))
        for flag in _flag(world, unit, kind, day):
            yield flag
            if kind in LISTS and one // 5 % 2:
                yield from _ended(world, flag, day + timedelta(days=120 + one % 90))


def _tests(world: World, unit: Unit, chance: int) -> Iterator[Saying]:
    """One in eight took part in one to three items; whoever failed is flagged for it."""
    if chance % 8:
        return
    for turn in range(1 + chance // 8 % 3):
        one = chance >> 6 + 9 * turn
        day = date(world.today.year - 1 - one % 2, 6 + one // 2 % 6, 10)
        if day < unit.since:
            continue
        verdict = VERDICTS[one // 12 % len(VERDICTS)]
        facts: dict[str, object] = {
            "institution_id": unit.number,
            "round": f"{day.year}年能力验证计划（演示）",
            "item": ITEMS[(one // 7 + turn) % len(ITEMS)],
            "verdict": verdict.value,
            "happened_on": day,
        }
        yield world.entered(Noun.PROFICIENCY_RESULT, facts, day)
        if verdict is Verdict.UNSATISFACTORY:
            yield from _flag(world, unit, FlagKind.PROFICIENCY_FAILED, day, str(facts["item"]))
