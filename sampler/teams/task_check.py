"""Faults of a task of teams, all at once, before anything is worked out."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from sampler.faults import Fault
from sampler.hashing import normal
from sampler.teams.rules import INDIVIDUAL
from sampler.teams.task import Affinity, Inspector, TeamTask, Visit

MOST = 10**6
"""Figures of a task stay below this, so that sums of them stay exact everywhere."""

MOST_ALTERNATES = 100


def faults_of(task: TeamTask) -> list[Fault]:
    """Every fault of *task*; none means that only feasibility is open."""
    return [
        *_empty(task),
        *_ids("检查任务", (visit.id for visit in task.visits)),
        *_ids("席位", (slot.id for slot in task.slots)),
        *_ids("检查人员", (person.id for person in task.inspectors)),
        *_references(task),
        *(fault for visit in task.visits for fault in _of_visit(visit)),
        *(fault for person in task.inspectors for fault in _of_inspector(person)),
        *_settings(task),
        *_points(task.affinity),
    ]


def _empty(task: TeamTask) -> Iterator[Fault]:
    if not task.visits:
        yield Fault("no_visits", "", "没有检查任务，无从组队")
    staffed = {slot.visit for slot in task.slots}
    for visit in task.visits:
        if visit.id not in staffed:
            yield Fault("visit_without_slots", f"检查任务 {visit.id}", "没有设置席位")


def _ids(noun: str, ids: Iterable[str]) -> Iterator[Fault]:
    for name, times in Counter(ids).items():
        if times > 1:
            yield Fault("id_twice", f"{noun} {name}", f"编号重复 {times} 次")
        if not name.strip() or name != normal(name) or _has_unseen(name):
            message = "编号不得为空，不得含控制字符，且须为规范的 Unicode（NFC）文字"
            yield Fault("id_form", f"{noun} {name!r}", message)


def _has_unseen(text: str) -> bool:
    return any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)


def _references(task: TeamTask) -> Iterator[Fault]:
    visits = {visit.id for visit in task.visits}
    people = {person.id for person in task.inspectors}
    for slot in task.slots:
        if slot.visit not in visits:
            yield Fault("unknown_visit", f"席位 {slot.id}", f"没有检查任务 {slot.visit}")
    for bar in task.bars:
        where = f"回避 {bar.visit}、{bar.inspector}"
        if bar.visit not in visits:
            yield Fault("unknown_visit", where, f"没有检查任务 {bar.visit}")
        if bar.inspector not in people:
            yield Fault("unknown_inspector", where, f"没有检查人员 {bar.inspector}")
        if bar.rule not in INDIVIDUAL:
            yield Fault("bar_rule", where, f"“{bar.rule.label}”由系统判定，不能逐人指定")


def _of_visit(visit: Visit) -> Iterator[Fault]:
    where = f"检查任务 {visit.id}"
    if visit.last_day < visit.first_day:
        yield Fault("days", where, "结束日期早于开始日期")
    if not visit.window.strip():
        yield Fault("no_window", where, "没有写明检查时段")


def _of_inspector(person: Inspector) -> Iterator[Fault]:
    where = f"检查人员 {person.id}"
    if any(last < first for first, last in person.away):
        yield Fault("days", where, "请假的结束日期早于开始日期")
    figures = (
        ("可承担份额", person.availability, 1),
        ("检查次数上限", person.capacity, 0),
        ("同一时段检查次数上限", person.per_window, 0),
    )
    for name, figure, least in figures:
        if not least <= figure <= MOST:
            yield Fault("figure", where, f"{name}须为 {least} 至 {MOST} 的整数，现为 {figure}")


def _settings(task: TeamTask) -> Iterator[Fault]:
    if task.pair_cap is not None and not Fraction(0) < task.pair_cap <= 1:
        yield Fault("pair_cap", "概率上限", f"须大于 0 且不超过 1，现为 {task.pair_cap}")
    if not 0 <= task.alternates <= MOST_ALTERNATES:
        message = f"须为 0 至 {MOST_ALTERNATES}，现为 {task.alternates}"
        yield Fault("alternates", "候补人数", message)


def _points(affinity: Affinity) -> Iterator[Fault]:
    distances = [points for _, _, points in affinity.distances]
    plain = [affinity.same_region, affinity.cooperating, affinity.field_held]
    if any(abs(points) > MOST for points in (*plain, *distances)):
        yield Fault("points", "适配分", f"每项的绝对值不得超过 {MOST}")
    pairs = Counter(tuple(sorted((a, b))) for a, b, _ in affinity.distances)
    for (a, b), times in pairs.items():
        if times > 1:
            yield Fault("distance_twice", "适配分", f"{a} 与 {b} 之间的距离分给出 {times} 次")
