"""Codes on papers of visits, and what is kept of papers that were handed out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.teams.institutions import Visited
from inspections.teams.members import Card, Member, Team
from inspections.teams.papers import (
    Approval,
    DisciplineCard,
    Errand,
    FeedbackSlip,
    Notice,
    Papers,
    PaperSheet,
    TaskPaper,
)
from inspections.teams.stand_ins import StandInReason
from sampler.teams.task import SlotKind
from tests.web.test_tagged_papers import tags
from web.papers.visit_papers.bundle import PAPERS, in_one_file, one_paper
from web.papers.visit_papers.facts import VisitFacts
from web.teams.issued import as_bytes, as_papers
from web.teams.visit_codes import PaperMark, code_from, mark_of
from web.worker import CalledOff

SECRET = "a secret of the tests, 32 signs or more"

marks = st.builds(
    PaperMark, st.integers(1, 10**9 - 1), st.integers(1, 9_999), st.integers(1, 999_999)
)


def member(number: int, role: str, kind: SlotKind = SlotKind.OFFICER) -> Member:
    certificate = f"演执{number:04d}" if kind is SlotKind.OFFICER else ""
    card = Card(number, f"演示{number}", f"YS{number}", "演示局", 1, "330000", certificate)
    return Member(1, f"001/{role}", role, kind, card, 0, "1/7")


def papers(fields: Sequence[str] = ("食品检验", "机动车检验"), items: int = 3) -> Papers:
    """The papers of a visit with three officers and an expert, one of whom has stepped in."""
    until = datetime(2026, 10, 1, tzinfo=UTC)
    team = Team(
        (member(1, "组长"), member(2, "成员1"), member(3, "专家", SlotKind.EXPERT)),
        (replace(member(4, "成员1"), until=until, reason=StandInReason.LEAVE),),
    )
    visited = Visited("91330100演示", "演示数据检测1号", "食品检验", 5, fields=frozenset(fields))
    days = date(2026, 10, 12), date(2026, 10, 13)
    sheet = PaperSheet(
        "演示〔2026〕1号-001-2", 2, "演示数据计划", "演示〔2026〕1号", "001", "演示局",
        False, visited, *days, team,
    )  # fmt: skip
    listed = tuple(f"演示事项{number}" for number in range(items))
    errand = Errand(("《检验检测机构监督管理办法》",), "年度计划", listed, "本年度第 1 次检查")
    told = (("演示1", "1/7"), ("演示2", ""))
    return Papers(
        Approval(sheet, errand, "随机抽取"),
        Notice(sheet, errand, 1),
        TaskPaper(sheet, errand, told, "ab" * 32, ("成员1演示4退出：请假",)),
        DisciplineCard(sheet),
        FeedbackSlip(sheet),
    )


def facts(void: str = "", items: int = 3) -> VisitFacts:
    return VisitFacts(papers(items=items), "https://spot.example/onsite/1-1-2-ABC", True, void)


# -- codes ---------------------------------------------------------------------------------------


@given(marks)
def test_a_code_leads_to_what_it_was_made_for_however_it_is_typed(mark: PaperMark) -> None:
    code = code_from(SECRET, mark)

    assert mark_of(SECRET, code) == mark_of(SECRET, code.lower()) == mark


@given(marks, marks)
def test_the_code_of_one_paper_says_nothing_about_another(
    mark: PaperMark, other: PaperMark
) -> None:
    signs = code_from(SECRET, mark).rpartition("-")[2]
    place = code_from(SECRET, other).rpartition("-")[0]

    assert (mark_of(SECRET, f"{place}-{signs}") == other) is (mark == other)


@given(marks)
def test_a_code_of_another_service_is_unknown(mark: PaperMark) -> None:
    assert mark_of(SECRET, code_from("another secret of 32 signs or more", mark)) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_no_code(text: str) -> None:
    assert mark_of(SECRET, text) is None


# -- what is kept --------------------------------------------------------------------------------


@given(st.permutations(["食品检验", "机动车检验", "生态环境监测", "司法鉴定"]))
def test_papers_are_read_back_as_they_were_whatever_the_order_of_a_set(fields: list[str]) -> None:
    told = papers(fields)

    assert as_papers(as_bytes(told)) == told
    assert as_bytes(told) == as_bytes(papers(sorted(fields)))


# -- how they are set ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("void", ["", "检查任务已取消"])
def test_every_paper_is_tagged_and_equal_papers_are_equal_bytes(name: str, void: str) -> None:
    data = one_paper(facts(void), name)

    assert data == one_paper(facts(void), name)
    assert tags(data).count("H1") == 1
    assert "Figure" in tags(data)


def test_nobody_goes_with_the_papers_of_a_team_in_which_somebody_is_missing() -> None:
    told = papers()
    team = replace(told.notice.sheet.team, vacant=("组长",))
    notice = replace(told.notice, sheet=replace(told.notice.sheet, team=team))
    short = replace(facts(), papers=replace(told, notice=notice))

    text = text_of(one_paper(short, "notice.pdf"))

    assert "不得使用：检查组有空缺（组长）" in text
    assert "不得使用" not in text_of(one_paper(facts(), "notice.pdf"))


def text_of(data: bytes) -> str:
    """All words of a PDF, without the breaks of lines."""
    document = pypdfium2.PdfDocument(data)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    return text.replace("\r\n", "").replace("\n", "")


def test_a_checklist_gives_each_item_a_row_over_as_many_pages_as_it_takes() -> None:
    few, many = (tags(one_paper(facts(items=n), "checklist.pdf")).count("TR") for n in (3, 60))

    assert many - few == 57


def test_binding_tells_how_far_it_is_and_can_be_called_off() -> None:
    heard: list[int] = []
    in_one_file([facts(), facts(), facts()], heard.append)
    assert heard == [0, 1, 2]

    def call_off(done: int) -> None:
        if done == 1:
            raise CalledOff

    with pytest.raises(CalledOff):
        in_one_file([facts(), facts(), facts()], call_off)
