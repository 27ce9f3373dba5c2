"""Small rosters, plans and draws that the tests of the draw share."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Any, TypeVar

from hypothesis import assume
from hypothesis import strategies as st

from sampler import procedure
from sampler.bundle import bundle
from sampler.faults import Infeasible
from sampler.inputs.roster_table import REQUIRED, Roster
from sampler.procedure import Drawn, Prepared
from sampler.quotas import (
    Certain,
    Cross,
    Excluded,
    Factor,
    Method,
    Plan,
    Predicate,
    Problem,
    Shares,
)
from sampler.unit_types import typed

FIELDS = ("食品", "环境", "建材", "成品油")
PROVINCES = ("甲省", "乙省", "丙省")
CLASSES = ("A", "B", "C", "D")

Row = Mapping[str, str]
T = TypeVar("T")


# -- rosters ---------------------------------------------------------------------------


def row(unit_id: str, fields: str = "食品", **cells: str) -> dict[str, str]:
    """One institution with everything a roster must have."""
    usual = {
        "name": f"机构{unit_id}",
        "qi_centre": "0",
        "level": "国家级",
        "province": "甲省",
        "credit_class": "A",
    }
    return {"unit_id": unit_id, "fields": fields, **usual, **cells}


def roster_of(rows: Iterable[Row], columns: Sequence[str] = ()) -> Roster:
    """A roster of these rows; further columns stand behind the required ones."""
    listed = list(rows)
    names = tuple(columns) or tuple(dict.fromkeys([*REQUIRED, *(k for r in listed for k in r)]))
    return Roster(names, {name: [r.get(name, "") for r in listed] for name in names})


def rows_of(roster: Roster) -> list[dict[str, str]]:
    """The rows of a roster, each by column."""
    return [{name: roster.cells[name][i] for name in roster.columns} for i in range(len(roster))]


def numbered(count: int, fields: str = "食品", **cells: str) -> list[dict[str, str]]:
    """So many alike institutions; their ids begin with their fields."""
    return [row(f"{fields}{sorted(cells.items())}{i}", fields, **cells) for i in range(count)]


def csv_of(roster: Roster) -> bytes:
    """The roster as a CSV file."""
    lines = [roster.columns, *zip(*(roster.cells[name] for name in roster.columns), strict=True)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines).encode()


# -- plans -----------------------------------------------------------------------------


def where(**terms: str | tuple[str, ...]) -> Predicate:
    """`where(province=("甲省", "乙省"))`: AND over columns, OR over values."""
    return Predicate(tuple((name, (v,) if isinstance(v, str) else v) for name, v in terms.items()))


QI = where(qi_centre="1")
PREDICATES = (
    QI,
    where(province="甲省"),
    where(province=("甲省", "乙省")),
    where(credit_class=("C", "D")),
    where(qi_centre="1", province="甲省"),
    where(level="省级"),
    where(fields="食品"),
)


def weights(**values: int) -> Shares:
    """Relative weights by credit class."""
    return Shares("credit_class", tuple((k, Fraction(v)) for k, v in values.items()))


def problem_of(plan: Plan, roster: Roster) -> Problem:
    """The plan seen through the roster."""
    return typed(plan, roster).problem


# -- draws -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A plan and a roster that fit together in form."""

    plan: Plan
    roster: Roster

    @property
    def prepared(self) -> Prepared:
        return procedure.prepare(self.plan, self.roster)

    def rehearsed(self, *seeds: str) -> Drawn:
        prepared = self.prepared
        return procedure.rehearse(prepared, procedure.chances(prepared), seeds or ("甲", "乙"))

    def commitment(self, sources: Sequence[str] = ("公证处", "彩票")) -> procedure.Committed:
        """A commitment whose secrets are known, so that it repeats."""
        prepared = self.prepared
        worked = procedure.chances(prepared)
        return procedure.commit(
            prepared, worked, sources, salt_key=SALT_KEY, machine_share=MACHINE_SHARE
        )


MACHINE_SHARE = "5b" * 32
SALT_KEY = "a7" * 32


def files_of(drawn: Drawn) -> dict[str, bytes]:
    """The files of a draw."""
    return bundle(drawn.certificate, drawn.frame, drawn.outcome)


def chance_of_units(drawn: Drawn) -> dict[str, Fraction]:
    """The published chance of every unit of the frame."""
    chance = {t["number"]: Fraction(t["chance"]) for t in drawn.certificate["commitment"]["types"]}
    frame = drawn.frame
    return {u: chance[t] for u, t in zip(frame.unit_ids, frame.types, strict=True)}


def drawn_ids(drawn: Drawn) -> list[str]:
    """Who was drawn, in the order of the sheet."""
    return [pick.unit_id for pick in drawn.outcome.picks if not pick.reserve]


def matches(cells: Row, predicate: Predicate) -> bool:
    """The predicate judged by its definition, cell by cell."""
    return all(
        set(cells[name].split("|") if name == "fields" else [cells[name]]) & set(values)
        for name, values in predicate.terms
    )


def may_fill(plan: Plan, cells: Row, place: str) -> bool:
    """Whether a unit may be drawn for a place, by the words of the format."""
    if not plan.fields:
        return True
    held, names = {f for f in cells["fields"].split("|") if f}, dict(plan.fields)
    return place in held or (place == plan.other and bool(held - names.keys()))


# -- coins whose faces the test decides ------------------------------------------------


class Undecided:
    """A uniform integer that is decided no further than it is asked about."""

    def __init__(self, bound: int, script: "ScriptedCoins") -> None:
        self.low, self.high, self.script = 0, bound, script

    def __lt__(self, other: int) -> bool:
        if not self.low < other < self.high:
            return self.high <= other
        below = self.script.decide(Fraction(other - self.low, self.high - self.low))
        self.low, self.high = (self.low, other) if below else (other, self.high)
        return below


class ScriptedCoins:
    """Coins that follow a script of answers and keep account of its odds."""

    def __init__(self, script: tuple[bool, ...]) -> None:
        self.script, self.said, self.odds = script, list[bool](), Fraction(1)

    def decide(self, chance: Fraction) -> bool:
        step = len(self.said)
        answer = self.script[step] if step < len(self.script) else True
        self.odds *= chance if answer else 1 - chance
        self.said.append(answer)
        return answer

    def below(self, bound: int) -> Any:
        return Undecided(bound, self)


def every_outcome(run: Callable[[ScriptedCoins], T]) -> Iterator[tuple[T, Fraction]]:
    """Each possible result of *run* with its exact probability, over all coins."""
    waiting: list[tuple[bool, ...]] = [()]
    while waiting:
        script = waiting.pop()
        coins = ScriptedCoins(script)
        yield run(coins), coins.odds
        for turn in range(len(script), len(coins.said)):
            waiting.append((*coins.said[:turn], False))


# -- strategies ------------------------------------------------------------------------

ids = st.text("ABCDE甲乙0123456789", min_size=1, max_size=4)


@st.composite
def rosters(draw: st.DrawFn, most: int = 14) -> Roster:
    """Small rosters in which institutions hold no, one or several fields."""
    unit_ids = draw(st.lists(ids, min_size=2, max_size=most, unique=True))
    held = st.lists(st.sampled_from([*FIELDS, "稀有"]), max_size=3, unique=True)
    rows = [
        {
            "unit_id": unit_id,
            "name": f"机构{unit_id}",
            "fields": "|".join(draw(held)),
            "qi_centre": draw(st.sampled_from("01")),
            "level": draw(st.sampled_from(("国家级", "国家级", "省级"))),
            "province": draw(st.sampled_from(PROVINCES)),
            "credit_class": draw(st.sampled_from(CLASSES)),
            "remark": draw(st.sampled_from(("", "甲,乙", '"', "é"))),
        }
        for unit_id in unit_ids
    ]
    return roster_of(rows)


@st.composite
def cases(draw: st.DrawFn, most: int = 14, crosses: int = 3, capped: bool = True) -> Case:
    """Plans that can be drawn: a valid sample is made first, the quotas after it.

    With a cap or exclusions the plan may all the same turn out infeasible (`feasible`).
    """
    roster = draw(rosters(most))
    rows = rows_of(roster)
    names = draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3, unique=True))
    other = draw(st.sampled_from((None, "其他")))
    sketch = Plan(
        "草案", 1, other=other, fields=tuple((f, 0) for f in [*names, *filter(None, [other])])
    )
    eligible = draw(st.sampled_from((Predicate(), Predicate(), where(level="国家级"))))
    sample = _sample(draw, sketch, [r for r in rows if matches(r, eligible)])
    assume(sample)
    counts = Counter(sample.values())
    factor = draw(st.sampled_from(((), (Factor("投诉", where(province="甲省"), 3, "依据"),))))
    plan = replace(
        sketch,
        name="试验计划",
        n=len(sample),
        fields=tuple((f, counts[f]) for f, _ in sketch.fields),
        eligible=eligible,
        cross=_crosses(draw, rows, sample, crosses),
        certain=_certain(draw, sample),
        excluded=_excluded(draw, rows, sample),
        reserves=draw(st.integers(0, 2)),
        factors=factor,
        cap=draw(st.sampled_from([Fraction(1)] * 3 + [Fraction("0.9"), Fraction("0.55")]))
        if capped
        else Fraction(1),
        **_measure(draw),
    )
    return Case(plan, roster)


def _sample(draw: st.DrawFn, plan: Plan, rows: Sequence[Row]) -> dict[str, str]:
    """Unit id -> place of some units that may be drawn together; at least one, if any can."""
    sample: dict[str, str] = {}
    for cells in rows:
        open_to = [f for f, _ in plan.fields if may_fill(plan, cells, f)]
        if open_to and (not sample or draw(st.booleans())):
            sample[cells["unit_id"]] = draw(st.sampled_from(open_to))
    return sample


def _crosses(
    draw: st.DrawFn, rows: Sequence[Row], sample: Mapping[str, str], most: int
) -> tuple[Cross, ...]:
    chosen = draw(st.lists(st.sampled_from(PREDICATES), max_size=most, unique=True))
    crosses = []
    for number, predicate in enumerate(chosen, start=1):
        met = sum(r["unit_id"] in sample and matches(r, predicate) for r in rows)
        low = max(0, met - draw(st.integers(0, 2)))
        crosses.append(
            Cross(f"要求{number}", predicate, low, min(len(sample), met + draw(st.integers(0, 2))))
        )
    return tuple(crosses)


def _certain(draw: st.DrawFn, sample: Mapping[str, str]) -> tuple[Certain, ...]:
    named = draw(st.sets(st.sampled_from(sorted(sample)), max_size=2)) if sample else set()
    return tuple(
        Certain(unit_id, "回头看", sample[unit_id] if draw(st.booleans()) else None)
        for unit_id in sorted(named)
    )


def _excluded(
    draw: st.DrawFn, rows: Sequence[Row], sample: Mapping[str, str]
) -> tuple[Excluded, ...]:
    free = sorted(r["unit_id"] for r in rows if r["unit_id"] not in sample)
    named = draw(st.sets(st.sampled_from(free), max_size=2)) if free else set()
    return tuple(Excluded(unit_id, "证书注销") for unit_id in sorted(named))


def _measure(draw: st.DrawFn) -> dict[str, Any]:
    """No weights, weights up to a million, or announced ratios."""
    kind = draw(st.sampled_from(("none", "weights", "heavy", "ratios")))
    if kind == "ratios":
        shares = zip(CLASSES, map(Fraction, ("0.02", "0.05", "0.25", "1")), strict=True)
        return {"ratios": Shares("credit_class", tuple(shares))}
    if kind == "none":
        return {}
    return {"weights": weights(A=1, B=2, C=4, D=8 if kind == "weights" else 10**6)}


def crossing_case(number: int, units: int = 24) -> Case:
    """A plan whose interval quotas cross, on a made-up roster; the same for the same number."""
    chance = Random(number)
    rows = [
        row(
            f"u{i:03d}",
            "|".join(chance.sample(FIELDS[:3], chance.choice((1, 1, 2)))),
            qi_centre=chance.choice("01"),
            province=chance.choice(PROVINCES[:2]),
            credit_class=chance.choice(CLASSES),
        )
        for i in range(units)
    ]
    sample = {r["unit_id"]: r["fields"].split("|")[-1] for r in chance.sample(rows, units // 3)}
    counts = Counter(sample.values())
    crosses = []
    for name, predicate in (("质检中心", QI), ("甲省", PREDICATES[1]), ("信用较低", PREDICATES[3])):
        met = sum(r["unit_id"] in sample and matches(r, predicate) for r in rows)
        crosses.append(Cross(name, predicate, max(0, met - 1), met + chance.choice((0, 1))))
    plan = Plan(
        "交叉计划",
        len(sample),
        fields=tuple((f, counts[f]) for f in FIELDS[:3]),
        cross=tuple(crosses),
        certain=(Certain(min(sample), "回头看"),),
        weights=weights(A=1, B=1, C=2, D=3),
        reserves=1,
    )
    return Case(plan, roster_of(rows))


def feasible(case: Case) -> bool:
    """Whether the plan can be drawn at all."""
    try:
        procedure.chances(case.prepared)
    except Infeasible:
        return False
    return True


CLASSICAL = tuple(method for method in Method if method is not Method.FAIR)
