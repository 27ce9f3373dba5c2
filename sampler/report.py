"""What the sampler says to a planner: counts, chances and results, as data and in words."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sampler.bottlenecks import bottlenecks, percent
from sampler.certificate import place_names
from sampler.classical.design import not_kept
from sampler.commitment import Worked, revealing_columns, types_json
from sampler.faults import Fault
from sampler.inputs.plan_check import notes_on
from sampler.procedure import Drawn, Prepared
from sampler.quotas import Kind, UnitType, ratio_text

METHOD_NAMES = {
    "fair": "公平抽取",
    "simple": "简单随机抽样",
    "proportional": "按比例分层抽样",
    "sequential": "逐领域抽取",
    "sps": "序贯泊松抽样",
    "pareto": "帕累托抽样",
    "sampford": "桑福德抽样",
}

NO_GAP = 1e-6
"""A relative gap below this is rounding of the panels' weights, and said to be none."""

PATH_NAMES = {
    "cuts": "精确计算（整数割，逐层均衡）",
    "panels": "组合方案抽签（各项数量相互交叉）",
}


def notes(prepared: Prepared, worked: Worked | None = None) -> list[str]:
    """What a planner should know before going on, though nothing is wrong."""
    said = [str(note) for note in notes_on(prepared.plan, prepared.roster)]
    said += not_kept(prepared.plan, prepared.plan.method)
    if columns := revealing_columns(prepared.plan):
        said.append(
            f"计划的要求用到封存栏（{'、'.join(columns)}），"
            "公布的类别和机会会透露其分布，请确认有公开依据"
        )
    if worked is not None and worked.note:
        said.append(f"机会的计算：{worked.note}")
    return said


def counts(prepared: Prepared) -> dict[str, int]:
    """Units of the frame by what the plan makes of them."""
    types = prepared.typed.problem.types
    of = {kind.value: sum(t.units for t in types if t.kind is kind) for kind in Kind}
    drawable = sum(t.units for t in prepared.typed.problem.drawable)
    return {"rows": len(prepared.roster), **of, "drawable": drawable, "types": len(types)}


def place_supply(prepared: Prepared) -> list[dict[str, Any]]:
    """For each place its count and how many units could fill it."""
    problem = prepared.typed.problem
    return [
        {
            "name": name,
            "count": count,
            "units": sum(t.units for t in problem.drawable if place in t.places),
        }
        for place, (name, count) in enumerate(zip(problem.names, problem.counts, strict=True))
    ]


def cross_supply(prepared: Prepared) -> list[dict[str, Any]]:
    """For each cross quota its bounds and how many drawable units satisfy it."""
    problem = prepared.typed.problem
    return [
        {
            "name": cross.name,
            "min": cross.low,
            "max": cross.high,
            "units": sum(t.units for t in problem.drawable if t.cross[index]),
        }
        for index, cross in enumerate(problem.cross)
    ]


def spread(prepared: Prepared, worked: Worked) -> dict[str, Any]:
    """Smallest and largest chance and the Gini coefficient over the drawable units, and how
    many units have chance 0 or 1."""
    problem = prepared.typed.problem
    ordinary = [t for t in problem.drawable if t.kind is Kind.ORDINARY]
    values = sorted((worked.chances[t.number], t.units) for t in ordinary)
    return {
        "smallest": ratio_text(values[0][0]) if values else "0/1",
        "largest": ratio_text(values[-1][0]) if values else "0/1",
        "gini": f"{float(gini(values)):.4f}",
        "zero": sum(t.units for t in problem.types if not worked.chances[t.number]),
        "one": sum(t.units for t in problem.types if worked.chances[t.number] == 1),
    }


def gini(values: Sequence[tuple[Fraction, int]]) -> Fraction:
    """Gini coefficient of (chance, units) pairs, ascending by chance; 0 is equality."""
    units, total = sum(n for _, n in values), sum(p * n for p, n in values)
    if not total:
        return Fraction(0)
    below, twice = Fraction(0), Fraction(0)
    for p, n in values:
        twice += n * (2 * below + p * n)
        below += p * n
    return 1 - twice / (units * total)


def ratio_kept(prepared: Prepared, worked: Worked) -> Fraction | None:
    """The smallest share of its announced ratio that a unit gets; None without ratios."""
    problem = prepared.typed.problem
    if not problem.by_ratio:
        return None
    ordinary = [t for t in problem.drawable if t.kind is Kind.ORDINARY]
    return min((_of_ratio(t, worked, problem.scale) for t in ordinary), default=None)


def _of_ratio(t: UnitType, worked: Worked, scale: int) -> Fraction:
    return worked.chances[t.number] * scale / t.weight


def check_json(prepared: Prepared, worked: Worked) -> dict[str, Any]:
    """The answer of `check`."""
    return {
        "plan": prepared.plan.name,
        "method": prepared.plan.method.value,
        "path": worked.data["path"],
        "n": prepared.plan.n,
        "counts": counts(prepared),
        "fields": place_supply(prepared),
        "cross": cross_supply(prepared),
        "chances": spread(prepared, worked),
        "notes": notes(prepared, worked),
    }


def check_lines(prepared: Prepared, worked: Worked) -> list[str]:
    """The answer of `check` in words."""
    number = counts(prepared)
    lines = [
        f"计划：{prepared.plan.name}，抽取 {prepared.plan.n} 家，"
        f"{METHOD_NAMES[prepared.plan.method.value]}",
        f"名单：{number['rows']:,} 家；范围外 {number['outside']:,}，排除 {number['excluded']:,}，"
        f"必查 {number['certain']:,}，可抽 {number['drawable']:,}（{number['types']} 类）",
    ]
    lines += [
        f"  “{p['name']}”{p['count']} 家，可抽 {p['units']:,} 家" for p in place_supply(prepared)
    ]
    for cross in cross_supply(prepared):
        bounds = f"{cross['min']} 至 {cross['max']}"
        wanted = str(cross["min"]) if cross["min"] == cross["max"] else bounds
        lines.append(f"  “{cross['name']}”{wanted} 家，可抽 {cross['units']:,} 家")
    return [*lines, "可以抽取：各项数量能够同时满足。", *chances_lines(prepared, worked)]


def chances_json(prepared: Prepared, worked: Worked) -> dict[str, Any]:
    """The answer of `chances`: spread, levels with their sentences, types."""
    problem = prepared.typed.problem
    levels = bottlenecks(problem, worked.fair) if worked.fair else []
    kept = ratio_kept(prepared, worked)
    return {
        "plan": prepared.plan.name,
        "path": worked.data["path"],
        "spread": spread(prepared, worked),
        "ratio_kept": None if kept is None else ratio_text(kept),
        "gap": worked.data.get("gap", "0"),
        "levels": [level.as_json() for level in levels],
        "types": types_json(problem, worked),
        "notes": notes(prepared, worked),
    }


def chances_lines(prepared: Prepared, worked: Worked) -> list[str]:
    """Smallest and largest chance, and why nobody can be promised more."""
    about = spread(prepared, worked)
    least, most = Fraction(about["smallest"]), Fraction(about["largest"])
    path = worked.data["path"]
    lines = [
        f"机会：最小 {percent(least)}，最大 {percent(most)}，基尼系数 {about['gini']}；"
        f"为 0 的 {about['zero']:,} 家，为 1 的 {about['one']:,} 家",
        f"算法：{PATH_NAMES.get(path, METHOD_NAMES.get(path, path))}",
    ]
    if (kept := ratio_kept(prepared, worked)) is not None:
        lines.append(f"每家至少得到公布比例的 {percent(kept)}")
    if "gap" in worked.data:
        lines.append(gap_words(worked.data["gap"]))
    levels = bottlenecks(prepared.typed.problem, worked.fair) if worked.fair else []
    lines += [f"  {number}. {level.sentence}" for number, level in enumerate(levels, start=1)]
    return [*lines, *(f"提醒：{note}" for note in notes(prepared, worked))]


def gap_words(committed: str) -> str:
    """How near the smallest chance comes to the bound that no lottery can beat."""
    gap = float(committed)
    if gap < NO_GAP:
        return "最小的机会已达理论上限（相差不到百万分之一）"
    return f"最小的机会比理论上限低 {percent(Fraction(gap))}（相对差距）"


def drawn_lines(drawn: Drawn) -> list[str]:
    """How many were drawn for each place, and how many reserves stand by."""
    certificate = drawn.certificate
    title = "试抽（不是正式结果）" if certificate["rehearsal"] else "抽取完成"
    lines = [
        f"{title}：{certificate['commitment']['plan']['name']}",
        f"种子：{certificate['seed']}",
    ]
    silent = [c["source"] for c in certificate["contributions"] if not c["revealed"]]
    if silent:
        lines.append(f"未揭示（按空值计入）：{'、'.join(silent)}")
    for field in place_names(certificate["commitment"]):
        units = sum(pick["field"] == field for pick in certificate["drawn"])
        reserves = sum(pick["field"] == field for pick in certificate["reserves"])
        lines.append(f"  “{field}”抽中 {units} 家" + (f"，候补 {reserves} 家" if reserves else ""))
    for short in certificate["reserve_shortfalls"]:
        of = f"“{short['field']}”" + (f"（{short['signature']}）" if short["signature"] else "")
        lines.append(f"  {of}候补只有 {short['found']} 家，计划要 {short['wanted']} 家")
    return [*lines, f"证书摘要：{certificate['whole_digest']}"]


def fault_lines(faults: Sequence[Fault]) -> list[str]:
    """All faults of an input, one to a line."""
    return [f"发现 {len(faults)} 处问题，没有写出任何结果：", *(f"  {fault}" for fault in faults)]
