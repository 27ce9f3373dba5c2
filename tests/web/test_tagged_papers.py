"""Papers for whoever reads by ear: headings, tables, pictures with words, in reading order."""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from tests.web.test_draw_papers import ADDRESS, NAMED, PAPERS, a_draw, a_plan, units
from web.papers.draw_papers.lists import drawn_list
from web.papers.draw_papers.notice import plan_notice
from web.papers.faces import words
from web.papers.forms import BlankLines, choices, form, sign_box, signatures
from web.papers.letters import clauses, closing, letterhead
from web.papers.pieces import grid, title
from web.papers.sheet import MEASURE, Margins, bound, paper

MARGINS = Margins("演示文书", "演示文书", "演示数据", "编号：演示1")


def root_of(data: bytes) -> Any:
    return PdfFileReader(io.BytesIO(data)).root


def direct(value: Any) -> Any:
    """What a reference leads to, or the value itself."""
    return getattr(value, "get_object", lambda: value)()


def kids(element: Any) -> list[Any]:
    return [direct(kid) for kid in element["/K"]]


def elements(data: bytes) -> Iterator[Any]:
    """All elements of the tree in reading order."""
    waiting = [direct(root_of(data)["/StructTreeRoot"]["/K"])]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += [kid for kid in reversed(kids(element)) if isinstance(kid, dict) and "/S" in kid]


def pieces(element: Any) -> Iterator[tuple[Any, int]]:
    """The marked content of an element: on which page, under which number."""
    for kid in kids(element):
        if not isinstance(kid, dict):
            yield element["/Pg"], kid
        elif "/MCID" in kid:
            yield kid["/Pg"], kid["/MCID"]


def tags(data: bytes) -> list[str]:
    return [element["/S"][1:] for element in elements(data)]


@NAMED
def test_a_paper_says_its_language_and_that_it_is_tagged(name: str) -> None:
    root = root_of(PAPERS[name](a_draw()))

    assert root["/Lang"] == "zh-CN"
    assert direct(root["/MarkInfo"])["/Marked"]
    assert direct(root["/ViewerPreferences"])["/DisplayDocTitle"]


@NAMED
def test_a_paper_has_one_title_and_its_tables_have_rows_heads_and_cells(name: str) -> None:
    found = Counter(tags(PAPERS[name](a_draw())))

    assert tags(PAPERS[name](a_draw()))[:2] == ["Document", "H1"]
    assert found["H1"] == 1
    assert found["Table"] >= 1
    assert found["TR"] > found["Table"]
    assert found["TH"] >= found["Table"]
    assert found["TD"] > found["Table"]
    assert found["Figure"] == 1


@NAMED
def test_every_piece_of_a_page_belongs_to_an_element_or_decorates(name: str) -> None:
    for page in PdfFileReader(io.BytesIO(PAPERS[name](a_draw()))).root["/Pages"]["/Kids"]:
        content = direct(direct(page)["/Contents"]).data.decode("latin-1")
        depth = 0
        for operator in content.split():
            depth += operator in ("BDC", "BMC")
            depth -= operator == "EMC"
            assert 0 <= depth <= 1
            assert depth or operator not in ("Tj", "TJ", "S", "re", "f*")
        assert depth == 0


@NAMED
def test_the_way_back_from_the_page_to_the_element_is_the_way_there(name: str) -> None:
    data = PAPERS[name](a_draw())
    reader = PdfFileReader(io.BytesIO(data))
    pages = [direct(page) for page in reader.root["/Pages"]["/Kids"]]
    numbers = direct(direct(reader.root["/StructTreeRoot"])["/ParentTree"])["/Nums"]
    back = {numbers[at]: numbers[at + 1] for at in range(0, len(numbers), 2)}
    there = [
        (direct(page)["/StructParents"], number, element)
        for element in elements(data)
        for page, number in pieces(element)
    ]

    assert [page["/StructParents"] for page in pages] == list(range(len(pages)))
    assert there
    assert sum(map(len, back.values())) == len(there)
    for page, number, element in there:
        assert direct(back[page][number]) == element


def test_a_table_over_several_pages_is_one_table_and_its_heads_are_read_once() -> None:
    data = drawn_list(a_draw(drawn=units(100)))

    found = Counter(tags(data))
    fields = 3
    assert len(pypdfium2.PdfDocument(data)) > fields
    assert found["Table"] == 1 + fields
    # facts: 4 rows; each list: its name, the heads, the units
    assert found["TR"] == 4 + 2 * fields + 100


def test_a_picture_has_words_that_stand_for_it() -> None:
    figures = [one for one in elements(drawn_list(a_draw())) if one["/S"] == "/Figure"]

    assert [one["/Alt"] for one in figures] == [f"二维码：{ADDRESS}"]


def test_a_notice_is_read_by_its_sections() -> None:
    found = tags(plan_notice(a_plan()))

    assert found[:3] == ["Document", "H1", "P"]
    assert found.count("H2") >= 4


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_several_papers_in_one_file_number_their_own_pages() -> None:
    def first() -> Iterator[Flowable]:
        yield from (words("第一份"), Spacer(0, 180 * mm), words("演示"), Spacer(0, 180 * mm))

    def second() -> Iterator[Flowable]:
        yield words("第二份")

    data = bound([(MARGINS, first()), (MARGINS, second())])
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)]

    assert ["第 1 页，共 2 页" in pages[0], "第 2 页，共 2 页" in pages[1]] == [True, True]
    assert "第二份" in pages[2]
    assert "第 1 页，共 1 页" in pages[2]


def test_a_character_without_a_glyph_is_named_wherever_it_stands() -> None:
    def story() -> Iterator[Flowable]:
        yield from title("演示\U000f0000", "名单")
        yield grid(("名称",), [[words("甲\U000f0001公司")]], (MEASURE,))

    told = text_of(paper(replace(MARGINS, foot="\U000f0002"), story()))

    assert "演示〓" in told
    assert "U+F0002、U+F0000、U+F0001" in told
    assert "字库" not in text_of(drawn_list(a_draw()))


def test_text_that_nobody_watches_for_missing_glyphs_is_not_set_at_all() -> None:
    with pytest.raises(LookupError):
        words("演示")


def test_a_form_has_its_labels_and_room_for_hands_and_seals() -> None:
    def story() -> Iterator[Flowable]:
        rows = [
            ("检查对象", "演示公司", "编号", "U1"),
            ("检查方式", choices(["现场检查", "书面检查"], ["现场检查"])),
            ("负责人意见", sign_box("", "签名（盖章）：")),
        ]
        yield form(rows, (28 * mm, 50 * mm, 28 * mm, 50 * mm))
        yield BlankLines(3)
        yield signatures(["甲", "乙", "丙"])

    data = paper(MARGINS, story())
    told, found = text_of(data), Counter(tags(data))
    assert all(word in told for word in ("检查对象", "演示公司", "书面检查", "丙"))
    assert told.count("签名（盖章）：") == 4
    assert found["TR"] == 3
    assert found["TH"] == 4
    ticks = [one["/Alt"] for one in elements(data) if one["/S"] == "/Figure"]
    assert ticks == ["已勾选", "未勾选"]


def test_organ_and_day_never_stand_on_a_page_without_text() -> None:
    def story(height: float) -> Iterator[Flowable]:
        body = [Spacer(0, height), *clauses([("告知", ["您有权申请回避。"])])]
        yield from closing(body, "演示局", "2026年3月2日")

    for height in range(100, 225, 5):
        last = list(pypdfium2.PdfDocument(paper(MARGINS, story(height * mm))))[-1]
        told = last.get_textpage().get_text_range()

        assert "演示局" in told
        assert "一、告知" in told
        assert "您有权申请回避。" in told


@pytest.mark.parametrize("organ", ["演示市场监督管理局"])
def test_a_document_of_an_organ_has_its_name_and_number_at_the_head(organ: str) -> None:
    def story() -> Iterator[Flowable]:
        yield from letterhead(organ, "演示〔2026〕1号")

    told = text_of(paper(MARGINS, story()))

    assert told.index(organ) < told.index("演示〔2026〕1号")
