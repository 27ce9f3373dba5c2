"""The papers of a draw: official, complete, searchable, the same however often they are made."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook

from inspections.plan_content import FieldQuota, PlanContent
from web.papers.draw_papers.certificate import certificate_sheet
from web.papers.draw_papers.digests import frame_digest_sheet
from web.papers.draw_papers.facts import DrawFacts, NoticeFacts, SourceLine, UnitLine
from web.papers.draw_papers.lists import drawn_list, reserves_list
from web.papers.draw_papers.notice import plan_notice
from web.papers.draw_papers.record import draw_record
from web.papers.draw_papers.workbook import drawn_workbook

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
PLACES = [["食品检验", 40], ["机动车检验", 30], ["其他领域", 30]]
ADDRESS = "https://draws.example/published/draws/1/1"


def units(count: int, start: int = 0) -> tuple[UnitLine, ...]:
    return tuple(
        UnitLine(f"U{n:05d}", f"演示第{n}检测有限公司", str(PLACES[n % 3][0]), n // 3 + 1,
                 "国家质检中心" if n % 7 == 0 else "", str(Fraction(1, 50)))
        for n in range(start, start + count)
    )  # fmt: skip


def a_draw(**facts: Any) -> DrawFacts:
    told = DrawFacts(
        title="2026年度检验检测机构国家级监督抽查", document_no="", organ="演示总局", number=1,
        address=ADDRESS, demo=True, void="", roster_day=date(2026, 3, 1), rows=53_834,
        eligible=50_000, excluded=17, root="ab" * 32,
        commitment={"plan": {"fields": PLACES, "n": 100}}, commitment_digest="cd" * 32,
        committed_at=NOON, opened_at=NOON, deadline=NOON, drawn_at=NOON, published_at=NOON,
        opens_on=None, certificate_sha256="ef" * 32, seed="12" * 32,
        certificate={"whole_digest": "34" * 32, "parts": {"seed": "56" * 32}},
        sources=(
            SourceLine("见证人甲", "见证人", "", "78" * 32, "春风 6f1c"),
            SourceLine("见证人乙", "见证人", "", "9a" * 32, ""),
            SourceLine("当众掷骰", "当众掷骰或者摇号", "", "", "3 6 1"),
        ),
        shown=True, drawn=units(100), reserves=units(9, 100),
    )  # fmt: skip
    return replace(told, **facts)


def a_plan(**facts: Any) -> NoticeFacts:
    content = PlanContent(
        name="演示计划",
        lead="演示总局",
        legal_basis=("《检验检测机构监督管理办法》",),
        n=100,
        fields=tuple(FieldQuota(name=str(n), count=int(str(c))) for n, c in PLACES),
        roster_day=date(2026, 3, 1),
    ).changed(**facts)
    return NoticeFacts(
        "2026年度演示计划", "演示〔2026〕1号", 1, "ab" * 32, NOON, ADDRESS, content, demo=True
    )


PAPERS: dict[str, Callable[[DrawFacts], bytes]] = {
    "底册摘要单": frame_digest_sheet,
    "抽取记录": draw_record,
    "抽查名单": drawn_list,
    "候补名单": reserves_list,
    "抽取证书": certificate_sheet,
}
NAMED = pytest.mark.parametrize("name", PAPERS)


def open_paper(data: bytes) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(data))


def text_of(data: bytes) -> str:
    """What a reader finds when he searches the paper."""
    return "\n".join(page.get_textpage().get_text_range() for page in open_paper(data))


@NAMED
def test_a_paper_says_what_it_is_where_it_is_verified_and_which_page_this_is(name: str) -> None:
    told = text_of(PAPERS[name](a_draw()))

    assert name in told
    assert "演示数据" in told
    assert ADDRESS.replace("/", "") in told.replace("/", "").replace("\r\n", "")
    pages = len(pypdfium2.PdfDocument(PAPERS[name](a_draw())))
    assert f"第 {pages} 页，共 {pages} 页" in told


@NAMED
def test_every_face_is_embedded_and_the_page_is_a4(name: str) -> None:
    data = PAPERS[name](a_draw())

    assert all(page.get_size() == pytest.approx((595.3, 841.9), 1) for page in open_paper(data))
    assert data.count(b"/FontFile2") >= 1
    assert b"Helvetica" not in data


@NAMED
def test_equal_draws_give_equal_papers(name: str) -> None:
    assert PAPERS[name](a_draw()) == PAPERS[name](a_draw())


def test_the_drawn_list_names_every_unit_under_its_field() -> None:
    told = text_of(drawn_list(a_draw()))

    assert all(unit.name in told and unit.unit_id in told for unit in a_draw().drawn)
    assert "食品检验（34 家）" in told
    assert "2.00%" in told


def test_a_record_names_who_did_not_reveal_and_has_a_box_for_every_witness() -> None:
    told = text_of(draw_record(a_draw()))

    assert "未揭示，按空值计入" in told
    assert "见证人：见证人甲" in told
    assert "见证人：见证人乙" in told
    assert "纪检监督人员" in told


def test_a_void_draw_says_so_on_every_page() -> None:
    data = draw_record(a_draw(void="名录有误"))

    for page in open_paper(data):
        assert "已作废" in page.get_textpage().get_text_range()


def test_a_character_without_a_glyph_is_marked_and_named() -> None:
    odd = UnitLine("U1", "演示\U000f0000公司", "食品检验", 1, "", "1/50")

    told = text_of(drawn_list(a_draw(drawn=(odd,))))

    assert "演示〓公司" in told
    assert "U+F0000" in told


def test_a_sheet_before_the_draw_needs_no_outcome() -> None:
    before = a_draw(drawn_at=None, published_at=None, seed="", certificate={}, drawn=(),
                    reserves=(), certificate_sha256="")  # fmt: skip

    assert "承诺摘要" in text_of(frame_digest_sheet(before))


def test_a_notice_follows_the_plan_and_names_nobody_who_must_be_checked() -> None:
    told = text_of(plan_notice(a_plan(certain=[{"unit_id": "U77", "name": "演示必查公司"}])))

    assert "一、检查依据" in told
    assert "演示〔2026〕1号" in told
    assert "必查1家" in told
    assert "U77" not in told
    assert "演示必查公司" not in told


@pytest.mark.parametrize(
    ("eligible", "told"),
    [
        ([("level", ["national"])], "对象为名录中级别为国家级的机构"),
        ([("level", ["国家级"]), ("qi_centre", ["1"])], "级别为国家级、设有国家质检中心的机构"),
        ([("checked_last_year", ["0"])], "对象为名录中近一年未检查的机构"),
        ([("credit_class", ["D", ""])], "信用风险等级为D类或者未评定的机构"),
        ([("province", ["北京市", "天津市"])], "省份为北京市或者天津市的机构"),
        ([], "对象为名录中的全部机构"),
    ],
)
def test_a_notice_says_in_words_who_is_meant(eligible: list[Any], told: str) -> None:
    text = text_of(plan_notice(a_plan(eligible=eligible))).replace("\r\n", "")

    assert told in text
    assert "national" not in text


def test_a_notice_says_an_exact_number_where_the_plan_asks_for_one() -> None:
    exact = {"name": "国家质检中心", "where": [("qi_centre", ["1"])], "least": 20, "most": 20}

    assert "国家质检中心：恰好20家" in text_of(plan_notice(a_plan(cross=[exact])))


def test_the_workbook_holds_texts_and_numbers_and_no_formulas() -> None:
    trap = UnitLine("=1+1", "=HYPERLINK()", "食品检验", 1, "", "1/50")
    data = drawn_workbook(a_draw(drawn=(trap, *units(3, 1))))

    book = load_workbook(io.BytesIO(data))

    assert book.sheetnames == ["抽查名单", "候补名单", "说明"]
    cells = [cell for row in book["抽查名单"].iter_rows() for cell in row]
    assert all(cell.data_type in ("s", "n") for cell in cells)
    assert "=1+1" in [cell.value for cell in cells]
    assert drawn_workbook(a_draw()) == drawn_workbook(a_draw())
