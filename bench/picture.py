"""A chart of two series as SVG text: filled circles and hollow diamonds on one axis from zero."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

WIDTH = 720
LEFT, RIGHT = 208, 656
TOP, STEP = 144, 40
TITLE, ANSWER, KEY = 36, 64, 96
LONGEST = 54
"""Characters of one line of a note at 12 px; digits count half."""

INK, QUIET, GRID, AXIS, LINK = "#17202B", "#5A6778", "#E4E9EE", "#76828F", "#C3CCD6"
BLUE, AMBER, AMBER_INK = "#0B4A8F", "#A65E00", "#7F4D00"

FONTS = (
    "PingFang SC, Microsoft YaHei, Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
)


@dataclass(frozen=True)
class Row:
    """A group of institutions and its two mean chances, in per cent."""

    label: str
    units: int
    fair: float
    by_hand: float


def dumbbells(question: str, answer: str, rows: Sequence[Row], note: str) -> str:
    """The chart: question as heading, its answer below, one row for each group."""
    most = ceil(max(max(row.fair, row.by_hand) for row in rows))
    bottom = TOP + STEP * len(rows)
    height = bottom + 72
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" font-family="{FONTS}">',
        f"<title>{escape(question)}</title><desc>{escape(answer)}</desc>",
        f'<rect width="{WIDTH}" height="{height}" fill="#FFFFFF"/>',
        _text(24, TITLE, question, size=20, weight=700),
        _text(24, ANSWER, answer),
        *_key(),
        *_axis(most, bottom),
        *(part for i, row in enumerate(rows) for part in _row(row, TOP + STEP * i + 16, most)),
        *(
            _text(24, bottom + 48 + 18 * i, line, size=12, fill=QUIET)
            for i, line in enumerate(_lines(note))
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 14,
    fill: str = INK,
    anchor: str = "start",
    weight: int = 400,
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"'
        f' font-weight="{weight}">{escape(words)}</text>'
    )


def _lines(words: str) -> list[str]:
    """*words* broken after a full stop, comma or semicolon where a line would grow too long."""
    lines, line = [], ""
    for piece in _pieces(words):
        if line and _length(line + piece) > LONGEST:
            lines.append(line)
            line = ""
        line += piece
    return [*lines, line]


def _pieces(words: str) -> Iterator[str]:
    piece = ""
    for character in words:
        piece += character
        if character in "，；。":
            yield piece
            piece = ""
    yield piece


def _length(words: str) -> float:
    return sum(0.55 if character.isascii() else 1 for character in words)


def _circle(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{BLUE}"/>'


def _diamond(x: float, y: float) -> str:
    return (
        f'<path d="M{x:.1f} {y - 7.5:.1f}l7.5 7.5l-7.5 7.5l-7.5 -7.5z" fill="#FFFFFF" '
        f'stroke="{AMBER}" stroke-width="2.4"/>'
    )


def _key() -> list[str]:
    return [
        _circle(32, KEY),
        _text(46, KEY + 5, "公平抽取", fill=BLUE),
        _diamond(140, KEY),
        _text(154, KEY + 5, "逐领域抽取", fill=AMBER_INK),
        _text(RIGHT, KEY + 5, "一家机构的平均机会，%", size=13, fill=QUIET, anchor="end"),
        _text(24, TOP - 16, "持有的重点领域", size=13, fill=QUIET),
    ]


def _axis(most: int, bottom: int) -> Iterator[str]:
    for value in range(most + 1):
        x = _at(value, most)
        colour = GRID if value else AXIS
        yield f'<path d="M{x:.1f} {TOP - 8}V{bottom}" stroke="{colour}"/>'
        yield _text(x, bottom + 18, str(value), size=12, fill=QUIET, anchor="middle")


def _at(value: float, most: int) -> float:
    return LEFT + (RIGHT - LEFT) * value / most


def _row(row: Row, y: float, most: int) -> Iterator[str]:
    fair, by_hand = _at(row.fair, most), _at(row.by_hand, most)
    yield _text(24, y + 1, row.label)
    yield _text(24, y + 16, f"{row.units:,} 家", size=12, fill=QUIET)
    yield f'<path d="M{fair:.1f} {y}H{by_hand:.1f}" stroke="{LINK}" stroke-width="3"/>'
    yield _diamond(by_hand, y)
    yield _circle(fair, y)
    # figures stand outside the pair, so that they never cover a mark
    left, right = ("end", -13), ("start", 13)
    at_fair, at_hand = (left, right) if row.fair <= row.by_hand else (right, left)
    yield _text(fair + at_fair[1], y + 5, f"{row.fair:.2f}", size=13, fill=BLUE, anchor=at_fair[0])
    yield _text(
        by_hand + at_hand[1],
        y + 5,
        f"{row.by_hand:.2f}",
        size=13,
        fill=AMBER_INK,
        anchor=at_hand[0],
    )
