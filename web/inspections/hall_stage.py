"""What the screen in the hall shows now; it follows from the rows and the clock alone.

So it may be opened late, on two projectors, or again after a power cut: all show the same.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.calendar import china_date
from inspections.draw_papers import is_open
from inspections.drawn_units import DrawnUnit, in_order_of_showing
from inspections.draws import Draw, DrawState
from inspections.sources import DrawSource
from inspections.teams.boards import VisitLine
from sampler.tickets import tickets

ROWS = 14
"""Names in one column of the screen; there are two."""

NAME_SECONDS = 2.0
"""Between one name and the next of a short list."""

SHOW_SECONDS = 240.0
"""A list that would take longer than this is shown at a quicker pace."""

PAGE_SECONDS = 15.0
"""How long a page of names stays, once all have been shown."""


class Mark(StrEnum):
    """How far a step is."""

    DONE = "done"
    NOW = "now"
    NEXT = ""


@dataclass(frozen=True)
class Step:
    """One of the five steps of the ceremony."""

    title: str
    words: str
    mark: Mark


@dataclass(frozen=True)
class Shown:
    """A line on the screen: an institution with its field, or with its team."""

    name: str
    about: str


@dataclass(frozen=True)
class Names:
    """The page of drawn names that is on the screen.

    Attributes
    ----------
    columns : place in the order of showing, and who; two columns of `ROWS` at most.
    shown, total : how many have been shown, of how many.
    """

    columns: tuple[tuple[tuple[int, Shown], ...], ...]
    shown: int
    total: int

    @property
    def share(self) -> int:
        """How many of them, in per cent."""
        return 100 * self.shown // self.total if self.total else 100


def steps(draw: Draw, frozen: str, sources: list[DrawSource], now: datetime) -> list[Step]:
    """The five steps, each with what is known of it; *frozen* says how long the roster is."""
    witnesses = [s for s in sources if s.is_witness]
    promised = sum(s.promise is not None for s in witnesses)
    at = _place(draw)
    told = (
        ("冻结名录", frozen),
        ("见证人封存", f"{promised} / {len(witnesses)} 人已封存"),
        ("公布承诺", "已公布" if draw.commitment_digest else "封存完成后公布"),
        ("揭示", _reveal_words(draw, sources, now)),
        ("种子与抽取", "已完成" if draw.is_held else "揭示完成后进行"),
    )
    return [
        Step(title, words, Mark.DONE if i < at else Mark.NOW if i == at else Mark.NEXT)
        for i, (title, words) in enumerate(told)
    ]


def _place(draw: Draw) -> int:
    """Which of the steps is being taken."""
    if draw.is_held:
        return 5 if draw.state is DrawState.PUBLISHED else 4
    if draw.opened_at is not None:
        return 3
    return 2 if draw.commitment_digest else 1


def _reveal_words(draw: Draw, sources: list[DrawSource], now: datetime) -> str:
    if draw.opened_at is None:
        return "承诺公布后开始"
    given = sum(s.value is not None for s in sources)
    over = "，时限已到" if draw.reveals_are_over(now) else ""
    return f"{given} / {len(sources)} 份已公开{over}"


def may_show_names(draw: Draw, now: datetime) -> bool:
    """Whether a hall may see who was drawn: not while the list is to stay sealed."""
    return draw.is_held and (draw.opens_on is None or is_open(draw, china_date(now)))


def pace(total: int) -> float:
    """Seconds between one name and the next of so many."""
    return min(NAME_SECONDS, SHOW_SECONDS / max(total, 1))


def units_to_show(draw: Draw, units: list[DrawnUnit]) -> list[Shown]:
    """Drawn units in the order that the seed gives them."""
    ordered = in_order_of_showing(draw.seed or "", units)
    return [Shown(unit.name, unit.field) for unit in ordered]


def teams_to_show(draw: Draw, lines: list[VisitLine]) -> list[Shown]:
    """Teams in the order that the seed gives their task numbers: nobody arranges it."""
    drawn = tickets(draw.seed or "", [line.visit.task_number for line in lines])
    ordered = sorted(lines, key=lambda line: drawn[line.visit.task_number])
    return [
        Shown(
            f"{line.visit.task_number}　{line.institution.name}",
            "、".join(one.card.name for one in line.team.members),
        )
        for line in ordered
    ]


def names_at(draw: Draw, ordered: list[Shown], now: datetime) -> Names:
    """The names on the screen at a moment: one after the other, then page after page."""
    assert draw.drawn_at is not None, "it has been held"
    passed = max(0.0, (now - draw.drawn_at).total_seconds())
    shown = min(len(ordered), int(passed / pace(len(ordered))) + 1)
    page = _page_at(len(ordered), shown, passed)
    numbered = list(enumerate(ordered[:shown], start=1))
    first = page * 2 * ROWS
    columns = (numbered[first : first + ROWS], numbered[first + ROWS : first + 2 * ROWS])
    return Names(tuple(tuple(column) for column in columns), shown, len(ordered))


def _page_at(total: int, shown: int, passed: float) -> int:
    size = 2 * ROWS
    if shown < total:
        return max(0, shown - 1) // size
    rest = passed - total * pace(total)
    pages = max(1, -(-total // size))
    # the page that is full last stays first
    return (pages - 1 + int(max(0.0, rest) / PAGE_SECONDS)) % pages
