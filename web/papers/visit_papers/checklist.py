"""检查表 without entries: one row for each item of the plan, to be filled in by hand on site."""

from collections.abc import Iterator, Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from web.papers.faces import SMALL, words
from web.papers.forms import BlankLines, CheckBox, form
from web.papers.pieces import grid, heading
from web.papers.sheet import MEASURE
from web.papers.visit_papers.facts import (
    VisitFacts,
    days,
    ending,
    headed,
    sign_rows,
    team_to_sign,
)

KIND = "现场检查表"
ANSWERS = ("符合", "不符合", "不适用", "未查")
ROOM = 12 * mm
"""For a line or two by hand beside each item."""


def blank_checklist(facts: VisitFacts) -> Iterator[Flowable]:
    """The items, each with its four answers and room for what was found."""
    sheet, errand = facts.sheet, facts.papers.task.errand
    yield from headed(facts, KIND)
    yield form(
        [
            ("检查对象", sheet.institution.name),
            ("检查时间", days(sheet)),
            ("检查人员", "、".join(m.card.name for m in sheet.team.members)),
        ],
        (28 * mm, MEASURE - 28 * mm),
    )
    yield Spacer(0, 4 * mm)
    yield _items(errand.items)
    yield Spacer(0, 1 * mm)
    yield words("在相应栏内勾选。“不符合”应当写明事实和证据；“未查”应当写明原因。", SMALL)
    yield from heading("检查情况记录")
    # in two pieces, so that they may go on overleaf
    yield from (BlankLines(4) for _ in range(2))
    yield from heading("机构意见", 45 * mm)
    yield BlankLines(3)
    yield from heading("签名", 30 * mm)
    yield sign_rows([*team_to_sign(sheet), ("机构负责人", "")])
    yield from ending(facts)


def _items(items: Sequence[str]) -> Flowable:
    rows: list[list[str | Flowable]] = [
        [str(number), words(item), *(CheckBox() for _ in ANSWERS), Spacer(0, ROOM)]
        for number, item in enumerate(items, start=1)
    ]
    widths = (11 * mm, MEASURE - 109 * mm, *[14 * mm] * len(ANSWERS), 42 * mm)
    return grid(("序号", "检查事项", *ANSWERS, "证据编号和说明"), rows, widths, (0,))
