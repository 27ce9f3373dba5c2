"""Rows of a sheet that speak of nothing: titles, totals, notes, heads printed once more."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rosters.sheets.columns import Matching, normal
from rosters.sheets.read import Row

LIST = "问题清单"
"""The first sheet of a marked workbook; it is never read as a roster."""

EXAMPLE = "【示例】"
"""Begins a cell of the example row in our templates."""


class Why(StrEnum):
    """Why a row, or a whole sheet, was passed over."""

    HIDDEN = "hidden"
    NO_HEAD = "no_head"
    TITLE = "title"
    HEAD_AGAIN = "head_again"
    TOTAL = "total"
    NOTE = "note"
    EXAMPLE = "example"
    NOTHING = "nothing"
    IDENTICAL = "identical"


WHY_WORDS: dict[Why, str] = {
    Why.HIDDEN: "隐藏的工作表，没有读",
    Why.NO_HEAD: "没有认出表头，没有读",
    Why.TITLE: "表头上面的标题或说明",
    Why.HEAD_AGAIN: "重复的表头",
    Why.TOTAL: "合计行",
    Why.NOTE: "表下的备注或落款",
    Why.EXAMPLE: "模板里的示例行",
    Why.NOTHING: "认得的栏目里没有内容",
    Why.IDENTICAL: "与前面一行完全相同",
}


@dataclass(frozen=True)
class Skipped:
    """A row that was passed over (row 0: the whole sheet), with the text it begins with."""

    sheet: str
    row: int
    why: Why
    text: str = ""


_TOTAL = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|总\s*数)(?:[:：\s(（\d]|$)|共\s*\d+\s*[家条户个行]"
)
_COUNT = re.compile(r"\d{1,7}(?:\.0)?\s*[家户条个行张]?")
"""What a total says; a code or a number of a certificate has more digits."""

_NOTE = re.compile(
    r"(?:备\s*注|附?注\d*|说\s*明|填表说明|填表人|填报人|填报单位|填报时间|填报日期|填表日期|制表人?|审核人?|"
    r"复核人?|经办人|单位负责人|负责人|统计负责人|联系人|联系电话|报送单位|报送日期|日期|单位[(（]盖章[)）])\s*[:：]"
    r"|第\s*\d+\s*页"
)


def why_skipped(row: Row, matching: Matching, needed: Mapping[int, str]) -> Why | None:
    """Why the row below the head speaks of nothing; None if it speaks.

    *needed* are the columns, by place from 1, in which a row that speaks has something. A note
    or a total leaves all of them empty but the one it happens to stand in, or counts there.
    """
    cells = row[1]
    first = next((at for at, cell in enumerate(cells) if cell != ""), 0)
    text = str(cells[first]).strip()
    if text.startswith(EXAMPLE) or any(str(cell).startswith(EXAMPLE) for cell in cells[:4]):
        return Why.EXAMPLE
    if _TOTAL.match(text) or _NOTE.match(text):
        elsewhere = [cells[at - 1] for at in needed if at != first + 1 and at <= len(cells)]
        if _TOTAL.match(text) and all(cell == "" or _is_count(cell) for cell in elsewhere):
            return Why.TOTAL
        if all(cell == "" for cell in elsewhere):
            return Why.NOTE
    return Why.HEAD_AGAIN if _is_head(row, matching) else None


def _is_count(cell: object) -> bool:
    return _COUNT.fullmatch(str(cell).strip()) is not None


def _is_head(row: Row, matching: Matching) -> bool:
    cells = row[1]
    same = 0
    for match in matching.matches:
        cell = cells[match.column - 1] if match.column <= len(cells) else ""
        if cell == "":
            continue
        if not isinstance(cell, str) or normal(cell) != normal(match.head):
            return False
        same += 1
    return same > 1
