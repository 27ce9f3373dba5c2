"""Twenty tasks that cannot be staffed, each with the slots and the rules to blame."""

from dataclasses import dataclass
from datetime import timedelta

from sampler.teams.rules import Rule
from sampler.teams.task import Bar, SlotKind, TeamTask
from tests.sampler.teams.tasks import MONDAY, expert, officer, officers, slot, task, visit

DAY = timedelta(days=1)
LEADER, MEMBER = "组长", "组员"


@dataclass(frozen=True)
class Case:
    """A task and what must be said of it.

    Attributes
    ----------
    shortages : slots, rules to blame, who may take one of the slots, seats that can be filled.
    changes : in words.
    """

    task: TeamTask
    shortages: tuple[tuple[str, tuple[Rule, ...], int, int], ...]
    changes: tuple[str, ...]


def people(number: int) -> str:
    return f"至少增加 {number} 名符合条件的人员"


ONE = (visit(1),)
TWO = (visit(1), visit(2))

CASES = {
    "nobody on the list": Case(task(ONE, [slot(1)], []), (("001/组员", (), 0, 0),), (people(1),)),
    "only experts for an officer's slot": Case(
        task(ONE, [slot(1)], [expert(1), expert(2)]),
        (("001/组员", (Rule.KIND,), 0, 0),),
        (people(1),),
    ),
    "no expert": Case(
        task(ONE, [slot(1), slot(1, "专家", kind=SlotKind.EXPERT)], officers(3)),
        (("001/专家", (Rule.KIND,), 0, 0),),
        (people(1),),
    ),
    "nobody who may lead": Case(
        task(ONE, [slot(1, LEADER, leader=True), slot(1)], officers(3)),
        (("001/组长", (Rule.LEADER,), 0, 0),),
        (people(1),),
    ),
    "a partner department without inspectors": Case(
        task(ONE, [slot(1), slot(1, "部门", department="公安")], officers(3)),
        (("001/部门", (Rule.DEPARTMENT,), 0, 0),),
        (people(1),),
    ),
    "nobody knows the field": Case(
        task(ONE, [slot(1), slot(1, "领域", field="珠宝")], officers(3)),
        (("001/领域", (Rule.FIELD,), 0, 0),),
        (people(1), "放宽规则“不熟悉该领域”"),
    ),
    "only from elsewhere, and all are from here": Case(
        task(ONE, [slot(1, regions=frozenset({"乙省"}))], officers(3, region="甲省")),
        (("001/组员", (Rule.REGION,), 0, 0),),
        (people(1), "放宽规则“不在规定的派员地区”"),
    ),
    "a certificate that ends before the last day of the visit": Case(
        task([visit(1, last_day=MONDAY + DAY)], [slot(1)], officers(2, certificate_until=MONDAY)),
        (("001/组员", (Rule.CERTIFICATE,), 0, 0),),
        (people(1),),
    ),
    "all on leave": Case(
        task(ONE, [slot(1)], officers(2, away=((MONDAY, MONDAY + DAY),))),
        (("001/组员", (Rule.LEAVE,), 0, 0),),
        (people(1),),
    ),
    "one inspected before, one a shareholder": Case(
        task(
            ONE,
            [slot(1)],
            officers(2),
            bars=(Bar("001", "p01", Rule.ROTATION), Bar("001", "p02", Rule.RECUSAL_SHARE)),
        ),
        (("001/组员", (Rule.RECUSAL_SHARE, Rule.ROTATION), 0, 0),),
        (people(1), "放宽规则“轮换：上次已检查该机构”"),
    ),
    "rotation alone": Case(
        task(
            ONE,
            [slot(1)],
            officers(2),
            bars=(Bar("001", "p01", Rule.ROTATION), Bar("001", "p02", Rule.ROTATION)),
        ),
        (("001/组员", (Rule.ROTATION,), 0, 0),),
        (people(1), "放宽规则“轮换：上次已检查该机构”"),
    ),
    "a request accepted against the only leader": Case(
        task(
            ONE,
            [slot(1, LEADER, leader=True)],
            [officer(1, leader=True), officer(2)],
            bars=(Bar("001", "p01", Rule.REQUEST),),
        ),
        (("001/组长", (Rule.LEADER, Rule.REQUEST), 0, 0),),
        (people(1),),
    ),
    "two officers wanted, one left": Case(
        task(ONE, [slot(1, LEADER), slot(1)], [officer(1, capacity=9, per_window=9), expert(1)]),
        (("001/组员 001/组长", (Rule.ONE_SLOT_PER_VISIT,), 1, 1),),
        (people(1),),
    ),
    "two visits at once and one inspector": Case(
        task(TWO, [slot(1), slot(2)], officers(1, capacity=5)),
        (("001/组员 002/组员", (Rule.WINDOW,), 1, 1),),
        (people(1), "每人同一时段检查次数上限增加 1 次"),
    ),
    "three visits, two inspectors, once each": Case(
        task([visit(n, f"第{n}周") for n in (1, 2, 3)], [slot(n) for n in (1, 2, 3)], officers(2)),
        (("001/组员 002/组员 003/组员", (Rule.CAPACITY,), 2, 2),),
        (people(1), "每人检查次数上限增加 1 次"),
    ),
    "neither the whole nor the window has room": Case(
        task(TWO, [slot(1), slot(2)], officers(1)),
        (("001/组员 002/组员", (Rule.CAPACITY, Rule.WINDOW), 1, 1),),
        (people(1), "每人检查次数上限和同一时段检查次数上限各增加 1 次"),
    ),
    "nobody has a visit left": Case(
        task(ONE, [slot(1)], officers(2, capacity=0)),
        (("001/组员", (Rule.CAPACITY,), 2, 0),),
        (people(1), "每人检查次数上限增加 1 次"),
    ),
    "one local inspector for two visits, the others from elsewhere": Case(
        task(
            [visit(1), visit(2, "第二周")],
            [slot(n, regions=frozenset({"甲省"})) for n in (1, 2)],
            [officer(1, region="甲省"), officer(2, region="乙省"), officer(3, region="乙省")],
        ),
        (("001/组员 002/组员", (Rule.REGION, Rule.CAPACITY), 1, 1),),
        (people(1), "每人检查次数上限增加 1 次", "放宽规则“不在规定的派员地区”"),
    ),
    "two leaders wanted in a window with one leader": Case(
        task(
            TWO,
            [slot(1, LEADER, leader=True), slot(1), slot(2, LEADER, leader=True), slot(2)],
            [officer(1, leader=True, capacity=4), *(officer(n) for n in (2, 3, 4))],
        ),
        (("001/组长 002/组长", (Rule.LEADER, Rule.WINDOW), 1, 1),),
        (people(1), "每人同一时段检查次数上限增加 1 次"),
    ),
    "two shortages that have nothing to do with each other": Case(
        task(
            TWO,
            [slot(1, field="食品"), slot(2, LEADER, leader=True), slot(2)],
            [
                officer(1),
                officer(2),
                officer(3, certificate_until=None, fields=frozenset({"食品"})),
            ],
        ),
        (
            ("001/组员", (Rule.FIELD, Rule.CERTIFICATE), 0, 0),
            ("002/组长", (Rule.LEADER,), 0, 0),
        ),
        (people(2),),
    ),
    "the same reason at every visit is told once": Case(
        task(
            [visit(n) for n in range(1, 11)],
            [slot(n, "专家", kind=SlotKind.EXPERT) for n in range(1, 11)],
            officers(2),
        ),
        ((" ".join(f"{n:03d}/专家" for n in range(1, 11)), (Rule.KIND,), 0, 0),),
        (people(10),),
    ),
}
