"""Who has the smallest chance when one draws field after field by hand, and when one draws fairly?

The 2023 plan on the demo roster, national level. By hand means: the quality-inspection centres
first, then one field after the other among those not yet drawn (`sampler.classical.design`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from bench.material import NATIONAL_PLAN, ROOT, Material
from bench.picture import Row, dumbbells
from bench.tables import Table
from sampler import procedure
from sampler.classical.design import design
from sampler.classical.promises import chances as design_chances
from sampler.files import load
from sampler.quotas import Chances, Method, Problem, UnitType
from sampler.report import gini
from sampler.seeds import Coins

ROUNDS = 10_000
"""Virtual draws by hand."""

FEWEST = 30
"""Estimated chances of types with fewer units are too uncertain to be called the smallest."""

MOST_NAMED = 3
"""Institutions with so many named fields or more are one row."""

QUESTION = "哪种抽法让机会更均等？"

PICTURE = ROOT / "docs" / "img" / "by-hand.svg"
PAGE = ROOT / "docs" / "fairness-by-hand.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


@dataclass(frozen=True)
class Compared:
    """Chances of every type of one problem, fair and by hand."""

    problem: Problem
    fair: Chances
    by_hand: Chances


def run(material: Material, *, write: bool) -> list[Table]:
    """The figures; with *write* also the picture and the table of the page in docs."""
    compared = compare(NATIONAL_PLAN, material.roster(), ROUNDS)
    tables = [_by_group(compared), _summary(compared)]
    if write:
        PICTURE.write_text(picture(compared), encoding="utf-8")
        _write_page("\n".join(table.markdown() for table in tables))
    return tables


def compare(plan_path: Path, roster_path: Path, rounds: int) -> Compared:
    """Both methods on the same types; by hand the chances are means of *rounds* virtual draws."""
    plan, roster = load(plan_path, roster_path)
    fair = procedure.prepare(plan, roster)
    by_hand = procedure.prepare(replace(plan, method=Method.SEQUENTIAL), roster).typed.problem
    coins = Coins("", "virtual draws")
    estimated, _ = design_chances(by_hand, design(by_hand, Method.SEQUENTIAL), coins, rounds)
    return Compared(by_hand, procedure.chances(fair).chances, estimated)


# -- groups ------------------------------------------------------------------------------------


def rows(compared: Compared) -> list[Row]:
    """Mean chances in per cent by number of named fields, centres apart."""
    groups: dict[tuple[bool, int], list[UnitType]] = {}
    for t in compared.problem.drawable:
        groups.setdefault((t.cross[0], _named(compared.problem, t)), []).append(t)
    return [
        Row(
            _label(centre, named),
            sum(t.units for t in types),
            _mean(types, compared.fair),
            _mean(types, compared.by_hand),
        )
        for (centre, named), types in sorted(groups.items())
    ]


def _named(problem: Problem, t: UnitType) -> int:
    """Fields of the plan that the type holds; the last place takes all other fields."""
    return min(MOST_NAMED, sum(place < len(problem.counts) - 1 for place in t.places))


def _label(centre: bool, named: int) -> str:
    held = f"{named} 个{'以上' if named == MOST_NAMED else ''}" if named else "仅“其他”"
    return f"质检中心，{held}" if centre else held


def _mean(types: Sequence[UnitType], chances: Chances) -> float:
    units = sum(t.units for t in types)
    return float(100 * sum(chances[t.number] * t.units for t in types) / units)


def picture(compared: Compared) -> str:
    """The chart as SVG text."""
    found = rows(compared)
    least_fair, least_hand = (
        _smallest(compared, compared.fair),
        _smallest(compared, compared.by_hand),
    )
    gini_fair, gini_hand = _gini(compared, compared.fair), _gini(compared, compared.by_hand)
    answer = (
        f"公平抽取：最小机会由 {least_hand:.2f}% 提高到 {least_fair:.2f}%，"
        f"基尼系数由 {gini_hand:.2f} 降到 {gini_fair:.2f}。"
    )
    units = sum(t.units for t in compared.problem.drawable)
    note = (
        f"2023 年国家级计划（100 家，质检中心恰好 20 家），演示名录国家级 {units:,} 家，演示数据；"
        f"逐领域为 {ROUNDS:,} 次模拟的平均。"
    )
    return dumbbells(QUESTION, answer, found, note)


# -- tables ------------------------------------------------------------------------------------


def _by_group(compared: Compared) -> Table:
    found = [
        (row.label, row.units, f"{row.fair:.2f}", f"{row.by_hand:.2f}") for row in rows(compared)
    ]
    head = ("重点领域个数", "机构数", "公平抽取 %", "逐领域抽取 %")
    return Table("各类机构的平均机会", head, found)


def _summary(compared: Compared) -> Table:
    both = (compared.fair, compared.by_hand)
    found = [
        ("最小机会 %", *(f"{_smallest(compared, c):.3f}" for c in both)),
        ("最大机会 %", *(f"{_largest(compared, c):.2f}" for c in both)),
        ("基尼系数", *(f"{_gini(compared, c):.3f}" for c in both)),
    ]
    note = (
        f"逐领域一列由 {ROUNDS:,} 次模拟抽取估计；最小、最大只看不少于 {FEWEST} 家的类别。"
        "公平抽取为精确值。"
    )
    return Table("机会有多大差别", ("比较", "公平抽取", "逐领域抽取"), found, note)


def _of_large_types(compared: Compared, chances: Chances) -> list[Fraction]:
    return [chances[t.number] for t in compared.problem.drawable if t.units >= FEWEST]


def _smallest(compared: Compared, chances: Chances) -> float:
    return float(100 * min(_of_large_types(compared, chances)))


def _largest(compared: Compared, chances: Chances) -> float:
    return float(100 * max(_of_large_types(compared, chances)))


def _gini(compared: Compared, chances: Chances) -> float:
    return float(gini(sorted((chances[t.number], t.units) for t in compared.problem.drawable)))


def _write_page(figures: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{figures}\n{END}{after}", encoding="utf-8")
