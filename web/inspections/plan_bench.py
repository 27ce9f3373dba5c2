"""What the workbench shows: a plan tried with other figures, and its answers as charts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from pydantic import ValidationError

from core.regions import find
from inspections.bench_views import Group, Load, Quota
from inspections.exclusions import Exclusion
from inspections.plan_content import PlanContent
from inspections.plan_faults import PlanFault, faults
from inspections.workbench import Answers, Bench, MethodAnswer, try_out
from sampler.quotas import Method
from sampler.report import METHOD_NAMES
from web.inspections.plan_cells import Misread, number, share
from web.rosters.charts import Tile, tile_map
from web.words.draws import percent

VIEWS = {
    "field": "领域",
    "province": "省份",
    "credit_class": "信用风险等级",
    "qi_centre": "国家质检中心",
    "level": "级别",
    "fields_held": "具备的领域数",
}
"""Sides from which chances are looked at, by the key of the address."""

GROUPS = {"qi_centre": {"1": "是", "0": "否"}, "fields_held": {"4": "4 个以上"}, "": {"": "未评"}}
BUSY = 4.0
"""More visits than these for each inspector deserve a look."""


# -- what if -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """A plan with the figures of the address; *faults* say which of them cannot be read."""

    content: PlanContent
    faults: Sequence[tuple[str, str]] = ()


def tried(content: PlanContent, given: Mapping[str, str]) -> Trial:
    """The plan with other figures; what is not given stays."""
    reading = _Reading(given)
    fields = [
        one.model_copy(update={"count": reading.number(f"count.{at}", one.count, one.name)})
        for at, one in enumerate(content.fields)
    ]
    cross = [
        one.model_copy(
            update={
                "least": reading.number(f"least.{at}", one.least, f"{one.name}下限"),
                "most": reading.bound(f"most.{at}", one.most, f"{one.name}上限"),
            }
        )
        for at, one in enumerate(content.cross)
    ]
    n = sum(one.count for one in fields) if fields else reading.number("n", content.n, "抽取家数")
    facts = {
        "n": n,
        "fields": fields,
        "cross": cross,
        "cap": reading.share("cap", content.cap),
        "method": reading.method("method", content.method),
        "roster_day": reading.day("day", content.roster_day),
    }
    try:
        return Trial(content.changed(**facts), reading.faults)
    except ValidationError:
        return Trial(content, [*reading.faults, ("试算", "有数值超出范围，没有采用。")])


class _Reading:
    """Figures of an address; what cannot be read stays as it is, and is told."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given, self.faults = given, list[tuple[str, str]]()

    def _typed(self, name: str) -> str:
        return self.given.get(name, "").strip()

    def number(self, name: str, kept: int, label: str) -> int:
        if not (typed := self._typed(name)):
            return kept
        try:
            return number(typed)
        except Misread as misread:
            self.faults.append((label, str(misread)))
            return kept

    def bound(self, name: str, kept: int | None, label: str) -> int | None:
        if name in self.given and not self._typed(name):
            return None
        return self.number(name, kept or 0, label) if self._typed(name) else kept

    def share(self, name: str, kept: object) -> object:
        if not (typed := self._typed(name)):
            return kept
        try:
            return share(typed)
        except Misread as misread:
            self.faults.append(("概率上限", str(misread)))
            return kept

    def method(self, name: str, kept: Method) -> Method:
        typed = self._typed(name)
        return Method(typed) if typed in set(Method) else kept

    def day(self, name: str, kept: date | None) -> date | None:
        try:
            return date.fromisoformat(self._typed(name))
        except ValueError:
            return kept


def answer(
    bench: Bench, content: PlanContent, kind: str, today: date, elsewhere: Mapping[str, str]
) -> Answers:
    """What the bench says; a plan that contradicts itself is not asked about.

    Parameters
    ----------
    kind : of the plan.
    elsewhere : title of the other plan that has drawn a unit, by unit id.
    """
    if found := [one for one in faults(content, kind, today) if _hinders(one)]:
        return Answers(faults=tuple(found))
    ground = replace(bench.ground, drawn_elsewhere=elsewhere)
    return try_out(replace(bench, ground=ground), content)


_DECIDES_DRAW = frozenset({
    "n", "eligible", "fields", "other", "cap", "cross", "weights", "ratios", "factors", "certain",
    "excluded", "exclusion_rules", "reserves", "method", "publish",
})  # fmt: skip
_FOR_APPROVAL = frozenset({"reason_without_words", "ratio_above_item", "directed_at_everybody"})


def _hinders(fault: PlanFault) -> bool:
    """Whether a fault is about the draw itself, and not about what surrounds it."""
    name, _, rest = fault.at.partition(".")
    about_draw = name in _DECIDES_DRAW and not rest.endswith(("basis", "note"))
    return about_draw and fault.code not in _FOR_APPROVAL


# -- charts ------------------------------------------------------------------------------------

LEFT, RIGHT = 4.0, 104.0
"""The rail of a strip in its view box of 110 by 20."""


@dataclass(frozen=True)
class Strip:
    """Smallest, mean and largest chance on one rail from 0."""

    low: float
    mean: float
    high: float
    words: str


def percents(value: Fraction | float) -> str:
    """A chance in percent."""
    return percent(Fraction(value))


def top_of(values: Iterator[Fraction | float] | Sequence[Fraction | float]) -> Fraction:
    """The end of a rail: the first round share that holds all values."""
    most = max((float(value) for value in values), default=1.0)
    steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
    return Fraction(str(next((step for step in steps if most <= step), 1.0)))


def strip(
    low: Fraction | float, mean: Fraction | float, high: Fraction | float, top: Fraction
) -> Strip:
    """A strip on a rail that ends at *top*."""
    words = f"最低 {percents(low)}，平均 {percents(mean)}，最高 {percents(high)}"
    return Strip(_x(low, top), _x(mean, top), _x(high, top), words)


def _x(value: Fraction | float, top: Fraction) -> float:
    return round(LEFT + (RIGHT - LEFT) * min(1.0, float(value) / float(top)), 1)


# -- quotas ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuotaLine:
    """A quota with the name and value of its field, and its strip if anybody can be drawn."""

    quota: Quota
    at: int
    strip: Strip | None


def quota_lines(answers: Answers) -> tuple[list[QuotaLine], Fraction]:
    """The quotas of the plan, places first, and where their rails end."""
    top = top_of([q.largest for q in answers.quotas if q.largest is not None])
    found, counted = [], {False: 0, True: 0}
    for quota in answers.quotas:
        drawn = None
        if quota.smallest is not None and quota.mean is not None and quota.largest is not None:
            drawn = strip(quota.smallest, quota.mean, quota.largest, top)
        found.append(QuotaLine(quota, counted[quota.is_cross], drawn))
        counted[quota.is_cross] += 1
    return found, top


# -- methods -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class MethodLine:
    """One method with its strip; *label* is its name."""

    answer: MethodAnswer
    label: str
    strip: Strip | None
    mean: float

    @property
    def times(self) -> str:
        """How much larger the largest chance is than the smallest."""
        if not self.answer.smallest:
            return "—"
        return f"{float(self.answer.largest / self.answer.smallest):.1f}"


def method_lines(answers: Answers) -> tuple[list[MethodLine], Fraction]:
    """The methods side by side on one rail."""
    top = top_of([one.largest for one in answers.methods if one.works])
    return [_method_line(one, top) for one in answers.methods], top


def _method_line(one: MethodAnswer, top: Fraction) -> MethodLine:
    label = METHOD_NAMES[one.method.value]
    if not one.works:
        return MethodLine(one, label, None, 0.0)
    groups = one.by["province"]
    units, expected = sum(g.units for g in groups), sum(g.expected for g in groups)
    mean = expected / units if units else 0.0
    return MethodLine(one, label, strip(one.smallest, mean, one.largest, top), mean)


@dataclass(frozen=True)
class GroupLine:
    """A group of institutions under the plan's own method, and its mean under the others."""

    name: str
    group: Group
    strip: Strip
    others: Sequence[str]


def group_lines(answers: Answers, view: str) -> tuple[list[GroupLine], list[str], Fraction]:
    """The groups of a view, the names of the other methods, and where the rails end."""
    if not answers.feasible:
        return [], [], Fraction(1)
    own, *others = answers.methods
    working = [one for one in others if one.works]
    groups = own.by.get(view, ())
    top = top_of([group.largest for group in groups])
    means = [{group.name: group.mean for group in one.by.get(view, ())} for one in working]
    found = [
        GroupLine(
            _group_name(view, group.name),
            group,
            strip(group.smallest, group.mean, group.largest, top),
            [percents(mean[group.name]) if group.name in mean else "—" for mean in means],
        )
        for group in groups
    ]
    return found, [METHOD_NAMES[one.method.value] for one in working], top


def _group_name(view: str, name: str) -> str:
    return GROUPS.get(view, GROUPS[""]).get(name, name) or "未填写"


# -- work --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LoadTile:
    """A province on the map of work; *few* if its inspectors have more than they can do."""

    tile: Tile
    visits: str
    few: bool


def is_much(load: Load) -> bool:
    """Whether the work of a province deserves a look."""
    return load.too_few or (load.per_inspector or 0) > BUSY


def load_tiles(loads: Sequence[Load]) -> tuple[list[LoadTile], int, int]:
    """The provinces with the visits to expect; width and height of the map."""
    known = {region: load for load in loads if (region := find(load.province)) is not None}
    # whole numbers are shaded: tenths of visits
    drawn = tile_map({region: round(load.visits * 10) for region, load in known.items()})
    tiles = [
        LoadTile(tile, f"{load.visits:.1f}" if load else "0", load is not None and is_much(load))
        for tile in drawn.tiles
        for load in [known.get(tile.region)]
    ]
    return tiles, drawn.width, drawn.height


# -- exclusions --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reasoned:
    """Units that are left out for the same reason; the first of them."""

    words: str
    source: str
    units: int
    named: Sequence[Exclusion]


MOST_NAMED = 100


def by_reason(found: Sequence[Exclusion]) -> list[Reasoned]:
    """Those who are left out, by reason; the commonest first."""
    gathered: dict[tuple[str, str], list[Exclusion]] = {}
    for one in found:
        gathered.setdefault((one.reason.label, one.source.label), []).append(one)
    lines = [
        Reasoned(words, source, len(units), units[:MOST_NAMED])
        for (words, source), units in gathered.items()
    ]
    return sorted(lines, key=lambda line: -line.units)
