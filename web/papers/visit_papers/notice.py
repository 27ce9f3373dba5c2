"""行政检查通知书: for the institution; at an unannounced visit it is shown on arrival.

国办发〔2024〕54号 says what must stand in it: basis, source and frequency, the officers with their
certificates, the number of assistants, the five prohibitions, recusal and remedies.
"""

from collections.abc import Iterable, Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from inspections.teams.papers import Notice
from web.papers.faces import TEXT, words
from web.papers.forms import BLANK_DAY, form, signatures
from web.papers.letters import chinese, clauses, closing, letterhead
from web.papers.pieces import beside, heading, title
from web.papers.sheet import MEASURE
from web.papers.visit_papers.facts import (
    ASIDE,
    VisitFacts,
    days,
    endnotes,
    marked,
    proof_code,
    team_table,
)

KIND = "行政检查通知书"


def visit_notice(facts: VisitFacts) -> Iterator[Flowable]:
    """The notice, and the receipt for it."""
    one: Notice = facts.papers.notice
    sheet = one.sheet
    yield from marked(facts)
    yield from letterhead(sheet.organ, sheet.number)
    yield from title("", KIND)
    yield from closing([*_addressed(sheet.institution.name), *_body(one)], sheet.organ, BLANK_DAY)
    yield Spacer(0, 3 * mm)
    yield beside(list(endnotes(facts)), [proof_code(facts)], ASIDE)
    yield from _receipt(one)


def _addressed(name: str) -> Iterator[Flowable]:
    yield words(f"{name}：", TEXT.clone("addressee", firstLineIndent=0))
    yield words("经随机抽取，你单位列为本次监督检查对象。现将有关事项通知如下。", TEXT)
    yield Spacer(0, 3 * mm)


def _body(one: Notice) -> Iterator[Flowable]:
    sheet, errand = one.sheet, one.errand
    count = f"检查人员 {len(sheet.team.officers)} 名，辅助人员 {one.assistants} 名。"
    yield from clauses(
        [
            ("检查依据", _numbered(errand.basis)),
            ("任务来源和检查频次", [_source(one)]),
            ("检查事项", _numbered(errand.items)),
            ("检查时间", [f"{days(sheet)}。"]),
            ("检查人员", [count, team_table(sheet.team.members)]),
            ("请准备的材料", _numbered(one.documents)),
            ("检查纪律", ["检查人员应当遵守“五个严禁”：", *_numbered(one.prohibitions)]),
            ("你单位的权利", ["你单位在检查中有权：", *_numbered(one.rights)]),
        ]
    )


def _source(one: Notice) -> str:
    errand = one.errand
    told = f"本次检查任务来源于{errand.source}" if errand.source else "本次检查任务"
    return f"{told}，任务编号 {one.sheet.task_number}；对你单位属于{errand.frequency}。"


def _numbered(told: Iterable[str]) -> list[str]:
    """Sentences of a clause, numbered if there are several."""
    listed = list(told)
    if len(listed) < 2:
        return [f"{one.rstrip('。')}。" for one in listed] or ["—"]
    ends = ["；"] * (len(listed) - 1) + ["。"]
    return [
        f"（{chinese(number)}）{one.rstrip('。；')}{end}"
        for number, (one, end) in enumerate(zip(listed, ends, strict=True), start=1)
    ]


def _receipt(one: Notice) -> Iterator[Flowable]:
    yield from heading("送达回执", 75 * mm)
    yield form(
        [
            ("文书", f"{KIND}（{one.sheet.number}）"),
            ("受送达人", one.sheet.institution.name),
        ],
        (28 * mm, MEASURE - 28 * mm),
    )
    yield signatures(["受送达人", "送达人（两名以上检查人员）"], "签名（盖章）：")
