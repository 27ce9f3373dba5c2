"""A plan file (TOML) -> a plan, or every fault of the file at once.

The keys are those of the plan itself (see `quotas.Plan`); decimals are read exactly, and
no key is passed over: a misspelt quota must not quietly vanish from a draw.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from sampler.faults import BadInput, Fault
from sampler.inputs.cells import quoted
from sampler.inputs.plan_check import twice_named
from sampler.inputs.plan_tables import TOP_KEYS, Table
from sampler.inputs.row_faults import LISTED
from sampler.quotas import (
    PUBLIC_COLUMNS,
    Certain,
    Cross,
    Excluded,
    Factor,
    Method,
    Plan,
    Predicate,
    Shares,
)

LARGEST = 1024 * 1024
"""Bytes of a plan file."""

MOST_DOTS = 100
"""Dots in a line: the TOML reader needs quadratic time for a key of many parts."""

TABLES = ("fields", "weights", "ratios", "reserves", "publish")
LISTS = ("cross", "factor", "certain", "excluded")

_BOTH = "weights 与 ratios 只能写一个：前者是相对的权重，后者是公布的比例"

_SYNTAX = {
    "Cannot declare": "同一个表写了两次",
    "Cannot overwrite": "同一个键写了两次",
    "Duplicate inline table key": "同一个键写了两次",
    "Expected '='": "键的后面须有等号；中文的键须加英文双引号",
    "Expected ']": "方括号没有配对",
    "Invalid initial character": "键的写法不对；中文的键须加英文双引号",
    "Invalid statement": "这一行的写法不对；中文的键须加英文双引号",
    "Unclosed array": "列表没有用 ] 结束",
    "Unclosed inline table": "条件没有用 } 结束",
    "Unterminated string": "文字没有用英文双引号结束",
    "Illegal character": "文字里有不能出现的字符，或没有在本行用英文双引号结束",
    "Invalid value": "值的写法不对；文字须加英文双引号，小数点前须有 0",
    "Invalid date": "日期的写法不对",
    "Unescaped": "反斜杠的写法不对",
    "Expected newline": "一行只能写一个键",
}


def read_plan(data: bytes) -> Plan:
    """Read a plan from the bytes of a TOML file in UTF-8.

    Raises
    ------
    BadInput
        With every fault, each at its key (`[[cross]] 第2项 min`) or, where the text is
        no TOML, at its line.
    """
    top = _parsed(data)
    faults: list[Fault] = []
    plan = _plan(Table(top, "", faults))
    if len(faults) > LISTED:
        others = Fault("more_faults", "", f"另有 {len(faults) - LISTED} 处错误未列出")
        raise BadInput([*faults[:LISTED], others])
    if faults:
        raise BadInput(faults)
    return plan


def _parsed(data: bytes) -> dict[str, Any]:
    text = _decoded(data)
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MOST_DOTS:
            raise BadInput([Fault("syntax", f"第 {number} 行", "这一行的点号过多")])
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise BadInput([_syntax_fault(str(error), text)]) from error
    except RecursionError as error:
        raise BadInput([Fault("syntax", "", "括号嵌套过深")]) from error
    except ValueError as error:  # an integer of thousands of digits
        raise BadInput([Fault("syntax", "", "有位数过多的数字")]) from error


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST:
        raise BadInput([Fault("too_big", "", "计划文件超过 1 MB，不像一份计划")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "计划文件须为 UTF-8 编码，请在编辑器中另存为 UTF-8"
        raise BadInput([Fault("encoding", f"第 {line} 行", message)]) from error


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        return Decimal("NaN")


def _syntax_fault(message: str, text: str) -> Fault:
    """The TOML reader's complaint in Chinese, with line, column and the line itself."""
    lines = text.rstrip().split("\n")
    found = re.search(r"at line (\d+), column (\d+)", message)
    line, column = (int(found[1]), int(found[2])) if found else (len(lines), 0)
    reason = next((words for start, words in _SYNTAX.items() if message.startswith(start)), "")
    place = f"第 {column} 个字符处" if column else "到文件末尾仍"
    shown = quoted(lines[line - 1].strip()) if line <= len(lines) else ""
    said = f"{place}不合 TOML 写法：{reason or '请检查引号、括号和等号'}"
    return Fault("syntax", f"第 {line} 行", f"{said}。原文 {shown}" if shown else said)


def _plan(top: Table) -> Plan:
    """The plan of a parsed file; only to be used when *top* has taken no faults."""
    top.knows(*TOP_KEYS, *TABLES, *LISTS).needs("name", "n")
    n = top.count("n", 1)
    fields = _fields(top, n)
    plan = Plan(
        name=top.text("name") or "",
        n=n or 0,
        method=_method(top),
        eligible=top.predicate("eligible"),
        cap=top.share("cap") or Fraction(1),
        fields=fields,
        other=_other(top, fields),
        cross=tuple(_cross(table, n) for table in top.tables("cross")),
        weights=_shares(top, "weights", Table.count),
        ratios=_shares(top, "ratios", Table.share),
        factors=tuple(_factor(table) for table in top.tables("factor")),
        certain=tuple(_certain(table) for table in top.tables("certain")),
        excluded=tuple(_excluded(table) for table in top.tables("excluded")),
        reserves=_reserves(top),
        publish=_publish(top),
    )
    _check_whole(plan, top)
    return plan


def _method(top: Table) -> Method:
    text = top.text("method")
    known = [method.value for method in Method]
    if text is None or text in known:
        return Method(text or Method.FAIR)
    near = get_close_matches(text, known, 1)
    hint = f"；是否要写 {near[0]}？" if near else ""
    top.fault(
        "method_unknown", "method", f"没有 {quoted(text)} 这种方法{hint}可用：{'、'.join(known)}"
    )
    return Method.FAIR


def _fields(top: Table, n: int | None) -> tuple[tuple[str, int], ...]:
    if (table := top.table("fields")) is None:
        return ()
    if not table.data:
        table.fault("text_empty", "", "没有写任何领域；不按领域抽查时请删去这个表")
    counts = [(name, table.count(key)) for key, name in table.named(top.data)]
    for name, _ in counts:
        if "|" in name:
            table.fault("field_name", name, "领域名里不能有竖线 |")
    known = [(name, count) for name, count in counts if count is not None]
    total = sum(count for _, count in known)
    if n is not None and len(known) == len(table.data) > 0 and total != n:
        table.fault("sum", "", f"各领域家数合计 {total}，与 n = {n} 不符")
    return tuple(known)


def _other(top: Table, fields: Sequence[tuple[str, int]]) -> str | None:
    other = top.text("other")
    if other is not None and other not in dict(fields):
        names = "、".join(name for name, _ in fields[:20]) or "（没有 [fields]）"
        top.fault("other_unknown", "other", f"{quoted(other)} 不是 [fields] 中的领域：{names}")
    return other


def _cross(table: Table, n: int | None) -> Cross:
    table.knows("name", "where", "min", "max").needs("name", "where")
    low, high = table.count("min"), table.count("max")
    if "max" not in table.data:
        high = n
    if low is not None and high is not None and low > high:
        limit = f"max（{high}）" if "max" in table.data else f"n（{high}）"
        table.fault("min_above_max", "min", f"min（{low}）大于 {limit}")
    return Cross(table.text("name") or "", table.predicate("where"), low or 0, high or 0)


def _shares(
    top: Table, key: str, figure: Callable[[Table, str], int | Fraction | None]
) -> Shares | None:
    if (table := top.table(key)) is None:
        return None
    by = table.needs("by").text("by")
    if by == "fields":
        table.fault("by_fields", "by", "一家机构可有多个领域，不能按 fields 列取值")
    values = {k: value for k, value in table.data.items() if k != "by"}
    if not values:
        table.fault("text_empty", "", "除 by 外没有写任何取值")
    entries = Table(values, table.where, table.faults)
    found = [(name, figure(entries, k) or 0) for k, name in entries.named(top.data, blank=True)]
    return Shares(by or "", tuple((name, Fraction(value)) for name, value in found))


def _factor(table: Table) -> Factor:
    table.knows("code", "where", "times", "basis").needs("code", "where", "times", "basis")
    return Factor(
        table.text("code") or "",
        table.predicate("where"),
        table.count("times") or 0,
        table.text("basis") or "",
    )


def _certain(table: Table) -> Certain:
    table.knows("unit_id", "reason", "field").needs("unit_id", "reason")
    return Certain(table.text("unit_id") or "", table.text("reason") or "", table.text("field"))


def _excluded(table: Table) -> Excluded:
    table.knows("unit_id", "reason").needs("unit_id", "reason")
    return Excluded(table.text("unit_id") or "", table.text("reason") or "")


def _reserves(top: Table) -> int:
    if (table := top.table("reserves")) is None:
        return 0
    return table.knows("per_field").needs("per_field").count("per_field") or 0


def _publish(top: Table) -> tuple[str, ...]:
    if (table := top.table("publish")) is None:
        return PUBLIC_COLUMNS
    if "columns" not in table.knows("columns").needs("columns").data:
        return PUBLIC_COLUMNS
    columns = table.texts("columns")
    if "unit_id" not in columns:
        table.fault("unit_id_unpublished", "columns", "须包含 unit_id，否则无法核对抽取结果")
    return columns


def _check_whole(plan: Plan, top: Table) -> None:
    """What no table can see by itself."""
    if {"weights", "ratios"} <= top.data.keys():
        top.fault("weights_and_ratios", "[ratios]", _BOTH)
    if plan.cross and (message := _method_and_cross(plan)):
        top.fault("cross_method", "[[cross]]", message)
    _once(top, "cross", "name", [cross.name for cross in plan.cross])
    _once(top, "factor", "code", [factor.code for factor in plan.factors])
    _once(top, "certain", "unit_id", [certain.unit_id for certain in plan.certain])
    _once(top, "excluded", "unit_id", [excluded.unit_id for excluded in plan.excluded])
    top.faults.extend(twice_named(plan))


def _method_and_cross(plan: Plan) -> str:
    """Why the method cannot keep the cross quotas; empty if it can."""
    if plan.method is Method.FAIR:
        return ""
    if plan.method is not Method.SEQUENTIAL:
        return f"方法 {plan.method} 不能保证交叉指标，请改用 fair 或删去 [[cross]]"
    if len(plan.cross) > 1 or plan.cross[0].low != plan.cross[0].high:
        return "方法 sequential 最多只能有一项交叉指标，且 min 与 max 须相等"
    return ""


def _once(top: Table, table: str, key: str, names: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        first = seen.setdefault(name, number)
        if name and first < number:
            where = f"[[{table}]] 第{number}项 {key}"
            top.fault("doubled", where, f"{quoted(name)} 与第{first}项重复")


def plan_from_json(data: Mapping[str, Any]) -> Plan:
    """The plan that `Plan.as_json` wrote; for reading a commitment.

    Raises
    ------
    BadInput
        If *data* is anything that `as_json` would not have written.
    """
    try:
        plan = _from_json(data)
        faithful = plan.as_json() == data
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise BadInput([_NO_PLAN]) from error
    if not faithful:
        raise BadInput([_NO_PLAN])
    return plan


_NO_PLAN = Fault("plan_json", "plan", "承诺文件中的计划不完整或已被改动")


def _from_json(data: Mapping[str, Any]) -> Plan:
    return Plan(
        name=_text(data["name"]),
        n=_integer(data["n"]),
        method=Method(data["method"]),
        other=_text_or_none(data["other"]),
        eligible=_predicate_from(data["eligible"]),
        cap=_fraction_from(data["cap"]),
        fields=tuple((_text(name), _integer(count)) for name, count in data["fields"]),
        cross=tuple(map(_cross_from, data["cross"])),
        weights=_shares_from(data["weights"]),
        ratios=_shares_from(data["ratios"]),
        factors=tuple(map(_factor_from, data["factor"])),
        certain=tuple(
            Certain(_text(c["unit_id"]), _text(c["reason"]), _text_or_none(c["field"]))
            for c in data["certain"]
        ),
        excluded=tuple(Excluded(_text(e["unit_id"]), _text(e["reason"])) for e in data["excluded"]),
        reserves=_integer(data["reserves"]),
        publish=tuple(map(_text, data["publish"])),
    )


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError(f"no text: {value!r:.60}")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _integer(value: Any) -> int:
    # True would pass for 1
    if type(value) is not int:
        raise TypeError(f"no integer: {value!r:.60}")
    return value


def _cross_from(data: Mapping[str, Any]) -> Cross:
    where = _predicate_from(data["where"])
    return Cross(_text(data["name"]), where, _integer(data["min"]), _integer(data["max"]))


def _factor_from(data: Mapping[str, Any]) -> Factor:
    where = _predicate_from(data["where"])
    return Factor(_text(data["code"]), where, _integer(data["times"]), _text(data["basis"]))


def _predicate_from(data: Sequence[tuple[str, Sequence[str]]]) -> Predicate:
    return Predicate(tuple((_text(column), tuple(map(_text, values))) for column, values in data))


def _shares_from(data: Mapping[str, Any] | None) -> Shares | None:
    if data is None:
        return None
    values = ((_text(value), _fraction_from(figure)) for value, figure in data["values"])
    return Shares(_text(data["by"]), tuple(values))


def _fraction_from(text: str) -> Fraction:
    # "1e999999999" is a fraction too, to Python, and would fill the memory
    if not re.fullmatch(r"[0-9]{1,40}/[0-9]{1,40}", text):
        raise ValueError(text)
    return Fraction(text)
