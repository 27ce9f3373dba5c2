"""廉政纪律卡 and 廉政反馈单: what the team promises, and what the institution may say of it."""

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from inspections.teams.papers import DisciplineCard, FeedbackSlip
from web.papers.faces import BODY, TEXT, words
from web.papers.forms import BlankLines, choices, form, sign_box
from web.papers.letters import chinese
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

CARD = "廉政纪律卡"
SLIP = "廉政反馈单"
WIDTHS = (28 * mm, MEASURE - 28 * mm)


def discipline_card(facts: VisitFacts) -> Iterator[Flowable]:
    """The five prohibitions, signed by every member; one copy stays with the institution."""
    one: DisciplineCard = facts.papers.discipline
    yield from headed(facts, CARD)
    yield form(
        [
            ("检查对象", one.sheet.institution.name),
            ("检查时间", days(one.sheet)),
            ("实施机关", one.sheet.organ),
        ],
        WIDTHS,
    )
    yield Spacer(0, 4 * mm)
    yield words("检查人员和辅助人员郑重承诺，在本次检查中：", TEXT)
    for number, rule in enumerate(one.prohibitions, start=1):
        yield words(f"{chinese(number)}、{rule}。", TEXT)
    yield words("违反上述纪律的，依规依纪依法承担责任。请机构监督。", TEXT)
    yield from heading("承诺人签名", 30 * mm)
    yield sign_rows(team_to_sign(one.sheet))
    yield from ending(facts)


def feedback_slip(facts: VisitFacts) -> Iterator[Flowable]:
    """What the institution sends to the discipline office itself, never by the team."""
    one: FeedbackSlip = facts.papers.feedback
    yield from headed(facts, SLIP)
    yield words("本单由机构填写，直接寄送或者交给实施机关的纪检监督部门，不得由检查组转交。", BODY)
    yield Spacer(0, 3 * mm)
    yield form(
        [
            ("检查对象", one.sheet.institution.name),
            ("检查组", "、".join(m.card.name for m in one.sheet.team.members)),
            ("检查时间", days(one.sheet)),
        ],
        WIDTHS,
    )
    yield from heading("检查人员有无下列情形")
    rows = [[words(_asked(rule)), choices(("无", "有"))] for rule in one.questions]
    yield grid(("情形", "请勾选"), rows, (MEASURE - 40 * mm, 40 * mm))
    yield from heading("具体情况、意见和建议", 45 * mm)
    yield BlankLines(2)
    yield Spacer(0, 3 * mm)
    yield form(
        [
            ("机构（可以不盖章）", sign_box("", "盖章：", 36 * mm),
             "填写人（可以不署名）", sign_box("", "签名：", 36 * mm)),
        ],
        (24 * mm, 54 * mm, 24 * mm, MEASURE - 102 * mm),
    )  # fmt: skip
    yield from ending(facts)


def _asked(rule: str) -> str:
    """A prohibition as a fact that may have happened."""
    return rule.removeprefix("严禁")
