"""行政检查审批表: what is asked for before anybody goes, and who says yes."""

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from inspections.teams.papers import Approval
from web.papers.forms import choices, form, sign_box
from web.papers.pieces import heading
from web.papers.sheet import MEASURE
from web.papers.visit_papers.facts import (
    PAIRS,
    VisitFacts,
    days,
    ending,
    headed,
    place,
    team_table,
)

KIND = "行政检查审批表"
WAYS = ("现场检查", "书面检查", "信息共享核查")


def approval_form(facts: VisitFacts) -> Iterator[Flowable]:
    """The form, with the boxes of those who ask and decide."""
    one: Approval = facts.papers.approval
    sheet, errand = one.sheet, one.errand
    yield from headed(facts, KIND)
    yield form(
        [
            ("检查对象", sheet.institution.name),
            ("统一社会信用代码", sheet.institution.unit_id, "任务编号", sheet.task_number),
            ("地址", place(sheet)),
            ("检查事由", one.reason),
            ("任务来源", errand.source or "—", "检查频次", errand.frequency),
            ("检查依据", "；".join(errand.basis) or "—"),
            ("检查事项", "；".join(errand.items) or "—"),
            ("检查方式", choices(WAYS, ("现场检查",))),
            ("检查时间", days(sheet), "辅助人员", f"{len(sheet.team.experts)} 名（事先确定）"),
        ],
        PAIRS,
    )
    yield from heading("检查人员")
    yield team_table(sheet.team.members)
    yield from heading("审批", 125 * mm)
    yield form(
        [
            ("承办人意见", sign_box("", "签名（两名执法人员）：", 30 * mm)),
            ("承办机构意见", sign_box("", "负责人签名：", 30 * mm)),
            ("实施机关负责人意见", sign_box("", "签名（盖章）：")),
        ],
        (36 * mm, MEASURE - 36 * mm),
    )
    yield from ending(facts)
