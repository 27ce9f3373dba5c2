"""Lines of a paper: whole dates and codes, no closing mark at the beginning of a line."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from web.papers.breaking import CLOSING, HANGING, OPENING, broken
from web.papers.letters import chinese, closed_up
from web.papers.pieces import balanced

WIDE = 10.0


def measure(text: str) -> float:
    """A character of Chinese is twice as wide as a Latin one."""
    return sum(WIDE / 2 if mark.isascii() else WIDE for mark in text)


def lines(text: str, *widths: float) -> list[str]:
    return [line for _, line in broken(text, widths, measure)]


texts = st.text("抽查机构名单，。、（）《》“” 2026年3月1日abc-/", min_size=1, max_size=80)
widths = st.floats(4 * WIDE, 30 * WIDE)


def unspaced(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(texts, widths)
def test_no_character_is_lost_or_moved(text: str, width: float) -> None:
    assert unspaced("".join(lines(text, width))) == unspaced(text)


@given(texts, widths)
def test_a_line_is_no_wider_than_the_type_area_but_for_a_hanging_mark(
    text: str, width: float
) -> None:
    for left, line in broken(text, [width], measure):
        hanging = measure(line[-1]) if line and line[-1] in HANGING else 0
        assert measure(line) <= width + hanging + 1e-6
        assert left == pytest.approx(width - measure(line))


@given(texts, st.floats(20 * WIDE, 30 * WIDE))
def test_marks_stay_with_what_they_close_or_open(text: str, width: float) -> None:
    # a run of marks alone may be wider than a line
    assume(not re.search(rf"[{CLOSING}{OPENING}]{{9}}", text))
    assume(not re.search(r"[!-~]{18}", text))
    told = lines(text, width)

    assert not [line for line in told[1:] if line[0] in CLOSING]
    assert not [line for line in told[:-1] if line[-1] in OPENING and line[-1] not in CLOSING]


@pytest.mark.parametrize("whole", ["2026年3月1日", "91330000MA27XYZ12K", "abababab", "1,234"])
def test_a_date_and_a_code_are_never_parted(whole: str) -> None:
    text = f"抽查名单{whole}公布"

    for room in range(len(whole) + 1, 30):
        assert any(whole in line for line in lines(text, room * WIDE))


def test_the_first_line_is_narrower_where_a_paragraph_is_indented() -> None:
    assert lines("一二三四五六", 2 * WIDE, 4 * WIDE) == ["一二", "三四五六"]


def test_a_code_that_no_line_holds_is_cut() -> None:
    assert lines("a" * 10, 4 * WIDE) == ["a" * 8, "aa"]


def test_a_title_is_parted_after_a_whole_word() -> None:
    name = "2026年度国家级资质认定检验检测机构监督抽查"

    assert balanced(name) == ["2026年度国家级资质认定", "检验检测机构监督抽查"]
    assert balanced("检验检测机构监督抽查") == ["检验检测机构监督抽查"]


@given(st.text("年度检验机构监督抽查的2026A", min_size=1, max_size=70))
def test_a_parted_title_says_the_same(name: str) -> None:
    assert "".join(balanced(name)) == name


@pytest.mark.parametrize(
    ("number", "written"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")]
)
def test_sections_are_numbered_in_chinese(number: int, written: str) -> None:
    assert chinese(number) == written


def test_documents_have_no_blanks_between_figures_and_chinese() -> None:
    assert closed_up("共抽取 100 家，占 2% 左右，见 GB 32100 号") == (
        "共抽取100家，占2%左右，见 GB 32100号"
    )
