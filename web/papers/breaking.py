"""Where a line of a paper ends: Chinese may part anywhere, but not a date, a number or a code.

No line begins with a closing mark or ends with an opening one (GB/T 15834-2011, 5.1); a full stop
or a comma may hang over the edge. reportlab's own breaker cuts through codes.
"""

import re
from collections.abc import Callable, Iterator, Sequence

OPENING, CLOSING = "（《〔“‘【「", "，。、；：）》〕”’】」！？％…—"
HANGING = "，。、；："
FUZZ = 1e-6

_TOKEN = re.compile(
    rf"[{OPENING}]*"
    r"(?:[0-9]+年(?:[0-9]+月)?(?:[0-9]+日)?|[0-9]+月[0-9]+日|[0-9]+日|[!-~]+|[ \t\n]+|.)"
    rf"[{CLOSING}]*",
    re.DOTALL,
)

Measure = Callable[[str], float]
Line = tuple[float, str]
"""Points that are left over, and the text."""


def broken(text: str, widths: Sequence[float], measure: Measure) -> list[Line]:
    """*text* in lines.

    Parameters
    ----------
    widths : points that the first lines may fill; the last one holds for all further lines.
    measure : how many points a text fills.
    """
    whole = measure(text)
    if whole <= widths[0]:
        return [(widths[0] - whole, text)]
    lines: list[Line] = []
    line, used = "", 0.0
    for token in _tokens(text):
        room = widths[min(len(lines), len(widths) - 1)]
        for piece in _pieces(token, room, measure):
            wide = measure(piece)
            if line and not _fits(used, piece, wide, room, measure):
                lines.append((room - used, line))
                room = widths[min(len(lines), len(widths) - 1)]
                line, used = "", 0.0
            if line or not piece.isspace():
                line, used = line + piece, used + wide
    room = widths[min(len(lines), len(widths) - 1)]
    return [*lines, (room - used, line)] if line else lines


def _tokens(text: str) -> Iterator[str]:
    return (match.group() for match in _TOKEN.finditer(text))


def _pieces(token: str, room: float, measure: Measure) -> Iterator[str]:
    """The token, or its characters if no line is wide enough for it."""
    return iter((token,) if measure(token) <= room else token)


def _fits(used: float, piece: str, wide: float, room: float, measure: Measure) -> bool:
    if used + wide <= room + FUZZ:
        return True
    return piece[-1] in HANGING and used + measure(piece[:-1]) <= room + FUZZ
