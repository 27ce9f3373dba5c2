"""The face of the papers: what it can draw, and that a PDF carries it along."""

import io

import pypdfium2
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from core.fonts import SANS, missing, sans_path

GB2312_ROWS, GB2312_CELLS = range(0xB0, 0xF8), range(0xA1, 0xFF)
UNASSIGNED = "D7FA D7FB D7FC D7FD D7FE"
"""The five cells of GB/T 2312 that hold no character."""


def gb2312() -> str:
    cells = [bytes((row, cell)) for row in GB2312_ROWS for cell in GB2312_CELLS]
    return b"".join(c for c in cells if c.hex().upper() not in UNASSIGNED).decode("gb2312")


def test_every_character_of_gb2312_can_be_drawn() -> None:
    assert len(gb2312()) == 6763
    assert missing(gb2312()) == []


@given(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5))
def test_every_character_of_the_first_unicode_block_can_be_drawn(mark: str) -> None:
    assert missing(mark) == []


def test_characters_of_rare_names_can_be_drawn() -> None:
    assert missing("堃喆䶮囍镕鎏犇骉淼焱㛃𬭎𬱖𫖯𬀩") == []


def test_punctuation_and_units_of_official_papers_can_be_drawn() -> None:
    assert missing("“”‘’《》〔2023〕（）、。；：！？—…·①②③ＡＢ№℃㎡≤≥±×÷￥※□√") == []


def test_a_character_without_a_glyph_is_named_once_in_order() -> None:
    assert missing("检测😀한\n\t😀机构") == ["😀", "한"]


def test_a_paper_carries_the_face_along() -> None:
    pdfmetrics.registerFont(TTFont(SANS, sans_path()))
    paper = io.BytesIO()
    canvas = Canvas(paper)
    canvas.setFont(SANS, 16)
    canvas.drawString(72, 720, "双随机抽查䶮")
    canvas.save()

    page = pypdfium2.PdfDocument(paper.getvalue())[0]
    assert page.get_textpage().get_text_range() == "双随机抽查䶮"
    assert b"/FontFile2" in paper.getvalue()
