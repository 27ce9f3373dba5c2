"""Fields that name another entry: what was typed, and which entry is meant by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from core.calendar import china_date
from core.roles import Permission
from rosters.entries import Noun
from rosters.finding.naming import MOST, Named, institutions_meant, people_meant
from rosters.statements import noun_of
from web.auth import me, now
from web.database import session
from web.forms import number, text
from web.rosters.inputs import Input, Shape

PICK, ASKED = ".pick", ".asked"
"""Beside the text of a field: which of the offered entries, and for which text it was offered."""

NOBODY = {
    Shape.INSTITUTION: "没有找到这家机构。请核对代码，或者换名称中的几个字再试。",
    Shape.PERSON: "没有找到这个人。请核对编号，或者换姓名再试。",
    Shape.DEPARTMENT: "请从列表中选择部门。",
}
SEVERAL = {
    Shape.INSTITUTION: "有 {count} 家机构符合，请在下面选定一家。",
    Shape.PERSON: "有 {count} 人符合，请在下面选定一人。",
}
TOO_MANY = "符合的太多，下面只列出前 {count} 个；没有的，请写得更完整一些。"
MISSING = {
    Shape.INSTITUTION: "请填写是哪家机构。",
    Shape.PERSON: "请填写是哪个人。",
}


@dataclass(frozen=True)
class Meant:
    """Which entry a field means; or why that is not clear, and which it may be."""

    entry_id: int | None = None
    fault: str = ""
    offered: Sequence[Named] = ()


def meant(one: Input, typed: str) -> Meant:
    """The entry that was typed, or picked among those that were offered for the same text."""
    if not typed:
        return Meant(fault=MISSING.get(one.shape, "") if one.required else "")
    if one.shape is Shape.DEPARTMENT:
        return _department(one)
    found = candidates(one.shape, typed)
    picked = number(one.name + PICK) if text(one.name + ASKED) == typed else None
    for each in found:
        if each.entry_id == picked or len(found) == 1:
            return Meant(each.entry_id)
    if not found:
        return Meant(fault=NOBODY[one.shape])
    words = TOO_MANY if len(found) > MOST else SEVERAL[one.shape]
    shown = found[:MOST]
    return Meant(fault=words.format(count=len(shown)), offered=shown)


def candidates(shape: Shape, typed: str) -> list[Named]:
    """The entries that a text may mean; people only those within sight."""
    day = china_date(now())
    if shape is Shape.INSTITUTION:
        return institutions_meant(session(), typed, day)
    return people_meant(session(), typed, day, me().scopes(Permission.ROSTERS_READ))


def _department(one: Input) -> Meant:
    chosen = number(one.name)
    if chosen is None or one.name not in request.form:
        return Meant(fault=NOBODY[one.shape])
    is_one = noun_of(session(), chosen) == Noun.DEPARTMENT
    return Meant(chosen) if is_one else Meant(fault=NOBODY[one.shape])
