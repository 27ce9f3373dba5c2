"""检查任务书: for the team, with what nobody else needs to know."""

from collections.abc import Iterator
from fractions import Fraction

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer

from inspections.teams.papers import TaskPaper
from web.papers.faces import BODY, SMALL, words
from web.papers.forms import form
from web.papers.pieces import digest, grid, heading
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
from web.words.draws import percent

KIND = "检查任务书"
DUTIES = (
    "进入现场前向机构出示执法证件，出示或者送达检查通知书，告知检查内容和机构的权利。",
    "检查由两名以上持证执法人员实施；专家只提供技术协助，不单独检查，不作结论。",
    "本人与机构有利害关系的，在出发前申报回避；机构当场申请回避的，记录在案并报实施机关决定。",
    "按检查表逐项检查、如实记录，证据编号、注明来源和时间；检查情况由机构确认，拒绝签名的注明情况。",
    "检查结束后在规定期限内录入结果；发现的问题按规定责令改正、移送或者立案，不当场作出处罚承诺。",
)


def task_paper(facts: VisitFacts) -> Iterator[Flowable]:
    """What the team is sent for, and by which draw it became the team."""
    one: TaskPaper = facts.papers.task
    sheet, errand = one.sheet, one.errand
    yield from headed(facts, KIND)
    yield form(
        [
            ("计划", sheet.title),
            ("文号", sheet.document_no or "—", "任务来源", errand.source or "—"),
            ("检查对象", sheet.institution.name),
            ("统一社会信用代码", sheet.institution.unit_id, "抽中领域", sheet.institution.field),
            ("地址", place(sheet)),
            ("检查时间", days(sheet), "检查频次", errand.frequency),
            ("检查事项", "；".join(errand.items) or "—"),
            ("实施机关", sheet.organ),
        ],
        PAIRS,
    )
    yield from heading("检查组")
    yield team_table(sheet.team.members)
    yield from heading("抽取", 36 * mm + len(one.chances) * 8 * mm)
    yield _drawn(one)
    for change in one.changes:
        yield words(change, SMALL)
    yield from heading("要求")
    for number, duty in enumerate(DUTIES, start=1):
        yield words(f"{number}. {duty}", BODY)
    yield from ending(facts)


def _drawn(one: TaskPaper) -> Flowable:
    rows: list[list[str | Flowable]] = [
        [words(name), f"{chance or '替补递补'}", _share(chance)] for name, chance in one.chances
    ]
    table = grid(("姓名", "抽取前公布的机会", "折合"), rows, (60 * mm, 56 * mm, MEASURE - 116 * mm))
    told = words(f"抽取证书 SHA-256：{digest(one.certificate_sha256)}", SMALL)
    return KeepTogether([table, Spacer(0, 2 * mm), told])


def _share(chance: str) -> str:
    return percent(Fraction(chance)) if chance else "—"
