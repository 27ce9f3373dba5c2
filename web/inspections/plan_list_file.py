"""The list of plans as a file to be taken away."""

import io
from collections.abc import Iterable, Mapping
from datetime import datetime

from flask import Response, send_file

from inspections.plan_lists import PlanLine
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from rosters.sheets.export import write_xlsx
from web import lists
from web.inspections.plan_pages import place_in_words
from web.rosters.exports import KINDS

TITLE = "抽查计划"

COLUMNS = (
    Column("number", "编号", Kind.INTEGER, width=8),
    Column("year", "年度", Kind.INTEGER, width=8),
    Column("title", "名称", width=44),
    Column("kind", "类别", width=14),
    Column("place", "地区", width=12),
    Column("document_no", "文号", width=24),
    Column("version", "版本", Kind.INTEGER, width=8),
    Column("state", "状态", width=12),
    Column("n", "抽取家数", Kind.INTEGER, width=10),
    Column("roster_day", "名录截止日期", Kind.DATE, width=14),
)


def plan_list_file(lines: Iterable[PlanLine], suffix: str, now: datetime) -> Response:
    """The plans of a page, all of them; *suffix* is csv or xlsx."""
    name, rows = f"plans-{lists.stamp(now)}.{suffix}", map(_row, lines)
    if suffix == "csv":
        head = [column.label for column in COLUMNS]
        return lists.csv_file(name, head, (list(row.values()) for row in rows))
    file = io.BytesIO()
    write_xlsx(COLUMNS, rows, file, TITLE)
    file.seek(0)
    return send_file(file, KINDS[suffix], as_attachment=True, download_name=name)


def _row(line: PlanLine) -> Mapping[str, Value]:
    plan, version = line.plan, line.version
    return {
        "number": plan.key,
        "year": plan.year,
        "title": plan.title,
        "kind": plan.kind.label,
        "place": place_in_words(plan),
        "document_no": plan.document_no,
        "version": version.number,
        "state": version.state.label,
        "n": version.content.n,
        "roster_day": version.content.roster_day,
    }
