"""How numbers, plans and steps are written on pages and papers."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from sampler.quotas import Cross, Method, Plan
from sampler.report import METHOD_NAMES

STEPS = {
    "virtual draws": "模拟逐领域抽取",
    "levels": "计算机会的层次",
    "panels": "编制组合方案",
    "rows": "读取名单",
}
"""Steps that the sampler names in English."""


def step_words(step: str) -> str:
    """A step of a long work."""
    return STEPS.get(step, step)


def percent(value: Fraction, decimals: int = 2) -> str:
    """*value* as a percentage, rounded half up."""
    scaled = (value * 10 ** (decimals + 2) + Fraction(1, 2)).__floor__()
    whole, rest = divmod(scaled, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}%"


def decimals_for(smallest: Fraction) -> int:
    """Decimals that a column of percentages needs, so that its smallest still says something."""
    return 2 if smallest >= Fraction(1, 200) else 3 if smallest >= Fraction(1, 2_000) else 4


def chance_words(told: str) -> str:
    """An exact fraction `num/den` as a percentage that still says something if it is small."""
    chance = Fraction(told)
    return percent(chance, decimals_for(chance) if chance else 0)


def bounds(cross: Cross) -> str:
    """What a cross quota asks: 恰好 20 家, 70 至 80 家, 至少 8 家."""
    return between(cross.low, cross.high)


def between(low: int, high: int | None) -> str:
    """How many there may be: 恰好 20 家, 70 至 80 家, 至少 8 家, 至多 5 家."""
    if high is None:
        return f"至少 {low} 家"
    if low == high:
        return f"恰好 {low} 家"
    return f"{low} 至 {high} 家" if low else f"至多 {high} 家"


def plan_summary(plan: Plan) -> str:
    """A plan in one line."""
    return "；".join(_plan_parts(plan))


def _plan_parts(plan: Plan) -> Iterator[str]:
    yield f"抽 {plan.n:,} 家"
    if plan.fields:
        yield f"{len(plan.fields)} 个领域各有名额"
    if len(plan.cross) == 1:
        low_only = plan.cross[0].high >= plan.n
        words = f"至少 {plan.cross[0].low} 家" if low_only else bounds(plan.cross[0])
        yield f"{plan.cross[0].name}{words}"
    elif plan.cross:
        yield f"{len(plan.cross)} 项交叉要求"
    if plan.weights:
        yield "按风险加权"
    if plan.ratios:
        yield "按公布比例"
    if plan.cap < 1:
        yield f"机会不超过 {float(plan.cap):.0%}"
    if plan.method is not Method.FAIR:
        yield METHOD_NAMES[plan.method.value]


def size_words(size: int) -> str:
    """The size of a file."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))} KB"
    return f"{size / 1_000_000:.1f} MB"


def grouped(digits: str, length: int = 8) -> list[str]:
    """Hexadecimal digits in groups, so that two people can compare them aloud."""
    return [digits[i : i + length] for i in range(0, len(digits), length)]


def listed(names: Iterable[str]) -> str:
    """Names in quotation marks, one after the other."""
    return "、".join(f"“{name}”" for name in names)
