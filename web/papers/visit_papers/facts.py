"""What the papers of a visit have in common: the sheet, the team in a table, the way to verify."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from core.regions import is_region, region_of
from inspections.teams.members import Member
from inspections.teams.papers import Papers, PaperSheet
from web.papers.faces import NUMBER, RED, SMALL, TEXT, words
from web.papers.forms import BLANK_DAY
from web.papers.letters import plain_day
from web.papers.pieces import QrCode, beside, grid, title
from web.papers.sheet import MEASURE, Margins

QR = 24 * mm
PAIRS = (28 * mm, 54 * mm, 28 * mm, MEASURE - 110 * mm)
"""Widths of a form with two labels and two values in a row."""

ASIDE = QR + 2 * mm
SIGNING_ROOM = 9 * mm
MARKED = TEXT.clone(
    "marked", firstLineIndent=0, leftIndent=8, rightIndent=8, alignment=TA_CENTER, stroke=0.35,
    textColor=RED, borderColor=RED, borderWidth=1.5, borderPadding=(2, 8, 8, 8),
)  # fmt: skip
OWN_FORM = "参考格式：按法律、法规、规章和公开的文书要素编制，有统一格式文本的以统一格式文本为准。"
SCAN = "扫码查验本次检查：实施机关、任务编号、检查人员和执法证号、抽取证书。"


@dataclass(frozen=True)
class VisitFacts:
    """One visit, ready for its papers.

    Attributes
    ----------
    address : of the public page where anybody can verify this visit, in full.
    demo : whether the institution and the people are made up.
    void : why this version no longer counts; empty while it does.
    """

    papers: Papers
    address: str
    demo: bool
    void: str = ""

    @property
    def sheet(self) -> PaperSheet:
        """What all of its papers begin with."""
        return self.papers.notice.sheet

    @property
    def mark(self) -> str:
        """Why nobody may go with these papers, if that is so; what comes first is a catchword."""
        if self.void:
            return f"已作废：{self.void}"
        vacant = "、".join(self.sheet.team.vacant)
        return f"不得使用：检查组有空缺（{vacant}），补齐以后换版" if vacant else ""


def margins(facts: VisitFacts, kind: str) -> Margins:
    """Head and foot: which paper of which visit, in which version."""
    sheet = facts.sheet
    told = (f"第 {sheet.version} 版", facts.mark.partition("：")[0], "演示数据" * facts.demo)
    state = "　".join(filter(None, told))
    return Margins(f"{kind}（任务 {sheet.task_number}）", kind, state, f"文书编号：{sheet.number}")


def headed(facts: VisitFacts, kind: str) -> Iterator[Flowable]:
    """The title with its number, and beside it the code that leads to the proof."""
    yield from marked(facts)
    under = f"文书编号：{facts.sheet.number}"
    yield beside(title("", kind, under, MEASURE - ASIDE), [proof_code(facts)], ASIDE)
    yield Spacer(0, 2 * mm)


def marked(facts: VisitFacts) -> Iterator[Flowable]:
    """Above everything, in a red frame, that nobody may go with the paper."""
    if facts.mark:
        yield words(facts.mark, MARKED)
        yield Spacer(0, 5 * mm)


def proof_code(facts: VisitFacts) -> Flowable:
    """The code to be scanned, which leads to the proof of the visit."""
    return QrCode(facts.address, f"二维码：{facts.address}", QR)


def ending(facts: VisitFacts) -> Iterator[Flowable]:
    """Below the last line: how to verify, and whose form it is."""
    yield Spacer(0, 3 * mm)
    yield from endnotes(facts)


def endnotes(facts: VisitFacts) -> Iterator[Flowable]:
    """The same without the room above."""
    yield words(f"{SCAN}网址：{facts.address}", SMALL)
    yield words(OWN_FORM, SMALL)


def team_table(members: Sequence[Member]) -> Flowable:
    """Who comes, as what, from where, and with which certificate."""
    rows = [
        [
            words(one.card.name),
            words(one.role),
            words(one.card.department or "—"),
            words(one.card.certificate_no or "不持证，只提供技术协助"),
        ]
        for one in members
    ]
    widths = (26 * mm, 18 * mm, MEASURE - 90 * mm, 46 * mm)
    return grid(("姓名", "职责", "单位", "执法证号"), rows, widths)


def sign_rows(who: Sequence[tuple[str, str]]) -> Flowable:
    """A line for each signature by hand: as what, who, and room for name and day.

    Parameters
    ----------
    who : what each signs as, and his name if it is known.
    """
    rows = [
        [words(role), words(name), Spacer(0, SIGNING_ROOM), words(BLANK_DAY, NUMBER)]
        for role, name in who
    ]
    widths = (28 * mm, 34 * mm, MEASURE - 104 * mm, 42 * mm)
    return grid(("身份", "姓名", "签名", "日期"), rows, widths)


def team_to_sign(sheet: PaperSheet) -> list[tuple[str, str]]:
    """All who come, as they sign."""
    return [(one.role, one.card.name) for one in sheet.team.members]


def days(sheet: PaperSheet) -> str:
    """When the visit takes place; what both days have in common is told once."""
    first, last = sheet.first_day, sheet.last_day
    if first == last:
        return plain_day(first)
    told = plain_day(last)
    if first.year == last.year:
        told = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
    return f"{plain_day(first)}至{told}"


def place(sheet: PaperSheet) -> str:
    """Where the institution is; of its region only, if no address is known."""
    one = sheet.institution
    return one.address or (region_of(one.region).name if is_region(one.region) else "—")
