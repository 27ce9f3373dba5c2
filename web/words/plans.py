"""Plans in words: their fields, the columns they may ask for, and what can be wrong with them.

A test holds that every field of a plan and every fault has its words here.
"""

from datetime import date
from typing import Any

from inspections.plan_content import Where
from inspections.plan_faults import PlanFault
from rosters.institutions import CreditClass, Level

CONTENT = {
    "format": "格式版本",
    "name": "计划名称",
    "legal_basis": "检查依据",
    "task_source": "任务来源",
    "check_items": "抽查事项",
    "joint_items": "跨部门综合监管事项",
    "directed": "定向抽查",
    "windows": "检查时段",
    "deadlines": "时间要求",
    "notice": "通知方式",
    "publish_drawn": "检查前公示抽查名单",
    "lead": "发起部门",
    "departments": "参与部门",
    "roster_day": "名录截止日期",
    "n": "抽取家数",
    "eligible": "抽查范围",
    "fields": "领域名额",
    "other": "接收其余机构的领域",
    "cap": "概率上限",
    "cross": "交叉定额",
    "weights": "权重",
    "ratios": "抽查比例",
    "factors": "加权因素",
    "certain": "必查机构",
    "excluded": "排除机构",
    "exclusion_rules": "排除规则",
    "automatic": "按名录自动排除",
    "reserves": "候补家数",
    "method": "抽取方法",
    "publish": "底册公开栏目",
    "reveal_basis": "公开概率的依据",
}
"""The fields of a plan's content."""

PARTS = {
    "name": "名称",
    "first": "开始日期",
    "last": "结束日期",
    "day": "日期",
    "count": "家数",
    "where": "条件",
    "least": "下限",
    "most": "上限",
    "by": "栏目",
    "values": "取值",
    "basis": "依据",
    "note": "说明",
    "reason": "理由",
    "times": "倍数",
    "unit_id": "机构编号",
    "field": "领域",
}
"""The fields of one entry of a list."""

COLUMNS = {
    "unit_id": "机构编号",
    "name": "机构名称",
    "fields": "重点领域",
    "qi_centre": "国家质检中心",
    "level": "级别",
    "province": "省份",
    "credit_class": "信用风险等级",
    "certificate_no": "资质认定证书编号",
    "legal_form": "机构类型",
    "checked_last_year": "近一年已检查",
    "complaints": "近一年投诉举报数",
    "remark": "备注",
    "certificate_status": "证书状态",
}
"""The columns of the roster that a draw starts from."""

YES_NO = {"1": "是", "0": "否"}
VALUES = {"qi_centre": YES_NO, "checked_last_year": YES_NO}
"""Values of columns that have other words on the page."""

CODES = {
    "level": {level.value: level.label for level in Level},
    "credit_class": {one.value: one.label for one in CreditClass},
}
"""Values as documents say them, also those that only a file from elsewhere may hold."""

CLAUSES: dict[tuple[str, tuple[str, ...]], str] = {
    ("qi_centre", ("1",)): "设有国家质检中心",
    ("qi_centre", ("0",)): "未设国家质检中心",
    ("checked_last_year", ("1",)): "近一年已检查",
    ("checked_last_year", ("0",)): "近一年未检查",
}
"""Terms of a condition that have words of their own."""

FAULTS = {
    "missing": "请填写。",
    "twice": "“{name}”与第 {first} 项重复。",
    "lead_takes_part": "“{name}”是发起部门，不必再列为参与部门。",
    "announced_by_list": "不预先通知的检查，抽查名单不能在检查前公示；"
    "请改为检查后公示，或者改为提前通知。",
    "directed_at_everybody": "定向抽查须写明抽查范围，例如某一类机构。",
    "window_backward": "结束日期（{last}）早于开始日期（{first}）。",
    "window_over": "检查时段到 {last} 已经结束，请重新安排。",
    "windows_overlap": "第 {other} 个时段从 {first} 开始，与第 {one} 个时段（到 {last}）重叠。",
    "deadline_before_window": "时间要求（{day}）早于检查时段开始（{first}）。",
    "roster_expired": "名录截止日期（{day}）距今超过 {days} 天，"
    "信用风险等级已重新评定；请改用较近的日期。",
    "roster_after_window": "名录截止日期（{day}）晚于检查时段开始（{first}），届时来不及抽取。",
    "draws_nobody": "抽取家数须大于 0。",
    "cap_is_zero": "概率上限须大于 0；不设上限请填 1。",
    "too_many": "最多 {most}，请减少。",
    "wrong_sum": "各领域合计 {total} 家，与抽取家数 {n} 家不符。",
    "field_unknown": "“{name}”不在抽查重点领域之列，可能已经停用；请从列表中选择。",
    "other_without_quota": "“{name}”不在领域名额之中。",
    "least_above_most": "下限（{least}）大于上限（{most}）。",
    "method_breaks_cross": "这种抽取方法不能保证交叉定额；请改用公平抽取，或者删去交叉定额。",
    "weights_and_ratios": "权重和抽查比例只能用一种。",
    "by_fields": "一家机构可有多个领域，不能按领域取值；各领域家数请写在领域名额中。",
    "column_unknown": "名录没有“{column}”这一栏，可能已经停用；请从列表中选择。",
    "value_unknown": "“{column}”没有“{value}”这个取值，可能已经停用；请从列表中选择。",
    "no_values": "请为“{column}”选择取值。",
    "weight_not_whole": "“{value}”的权重须为整数，现为 {figure}。",
    "ratio_out_of_range": "“{value}”的抽查比例须大于 0 且不超过 100%。",
    "ratio_above_item": "“{value}”的抽查比例超过抽查事项“{item}”的上限 {most}%。",
    "n_above_item": "抽取 {n} 家，超过抽查事项“{item}”的上限：可抽 {eligible} 家的 {most}%。",
    "reason_without_words": "理由选“其他”的，请写明说明。",
    "more_certain_than_n": "必查 {count} 家，多于抽取家数 {n} 家。",
    "more_certain_than_quota": "“{name}”必查 {count} 家，多于这个领域的名额 {quota} 家。",
    "certain_and_excluded": "这家机构（{unit}）同时列为必查和排除，只能保留一处。",
    "field_without_quota": "“{name}”不在领域名额之中。",
    "unit_id_sealed": "须公开机构编号，否则无法核对抽取结果。",
    "reveals_sealed": "名额或权重用到不公开的栏目（{columns}），公布的概率会透露其分布；"
    "请写明公开的依据，或者改用公开的栏目。",
    "item_not_listed": "{day}的清单中没有“{number} {name}”这一事项，没有公布的事项不得检查。",
    "item_changed": "清单中的 {number} 已经修改，请重新选择这一事项。",
    "roster_unit_unknown": "当日名录中没有这家机构；请核对编号。",
    "roster_certain_not_eligible": "这家机构不在抽查范围内，不能列为必查。",
    "roster_certain_and_excluded": "这家机构同时列为必查和排除，只能保留一处。",
    "roster_field_unknown": "这个领域不在领域名额之中。",
    "roster_field_not_held": "这家机构不具备这个领域。",
    "roster_column_unknown": "名录没有这一栏。",
    "roster_value_unlisted": "名录中还有没有写到的取值：{words}。",
    "roster_more_faults": "{words}。",
    "roster_too_many": "{words}。",
    "roster_weights_too_large": "权重过大，请约去公因数。",
}
"""What is wrong, by the code of the fault; in braces its parameters."""


def place_words(at: str) -> str:
    """The field of a fault as a page names it: 领域名额第 2 项的家数."""
    field, *rest = at.split(".")
    words = CONTENT.get(field, field)
    for part in rest:
        words += f"第 {int(part) + 1} 项" if part.isdigit() else f"的{PARTS.get(part, part)}"
    return words


def where_words(where: Where) -> str:
    """A condition as documents say it: 级别为国家级、设有国家质检中心."""
    return "、".join(_term(column, values) for column, values in where)


def _term(column: str, values: tuple[str, ...]) -> str:
    if (column, values) in CLAUSES:
        return CLAUSES[column, values]
    told = CODES.get(column, {}) | VALUES.get(column, {})
    return f"{COLUMNS.get(column, column)}为{'或者'.join(told.get(one, one) for one in values)}"


def fault_words(fault: PlanFault) -> str:
    """What is wrong, and what to do about it."""
    params = {name: _value(name, value) for name, value in fault.params.items()}
    return FAULTS[fault.code].format_map(params)


def _value(name: str, value: Any) -> str:
    if name == "columns":
        return "、".join(COLUMNS.get(one, one) for one in value)
    if name == "column":
        return COLUMNS.get(value, str(value))
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)
