"""Documents of an organ after GB/T 9704-2012, 7: red head, numbered clauses, organ and day."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, Spacer

from web.papers.faces import FIRST, ORGAN, RED, SIGNED, TEXT, UNDER, words
from web.papers.tagging import artifact

NUMERALS = "一二三四五六七八九十"

_BLANK = re.compile(r"(?<=[\u4e00-\u9fff〕）]) (?=[0-9])|(?<=[0-9%]) (?=[\u4e00-\u9fff〔（])")


def letterhead(organ: str, document_no: str) -> list[Flowable]:
    """The red head of a document of an organ, with its number and the red line below."""
    rule = HRFlowable("100%", 1.4, color=RED, spaceBefore=4 * mm, spaceAfter=8 * mm)
    return [words(organ, ORGAN), Spacer(0, 8 * mm), words(document_no, UNDER), _Decor(rule)]


def clauses(sections: Iterable[tuple[str, Iterable[str | Flowable]]]) -> Iterator[Flowable]:
    """Sections numbered 一、 二、 … with their paragraphs, in the sizes of an official document."""
    for number, (name, told) in enumerate(sections, start=1):
        yield words(f"{chinese(number)}、{name}", FIRST)
        for one in told:
            yield words(closed_up(one), TEXT) if isinstance(one, str) else one
        yield Spacer(0, 3 * mm)


def chinese(number: int) -> str:
    """A number from 1 to 99 as headings are numbered: 一, 十一, 二十."""
    tens, ones = divmod(number, 10)
    written = ("" if tens == 1 else NUMERALS[tens - 1]) + "十" if tens else ""
    return written + (NUMERALS[ones - 1] if ones else "")


def closed_up(text: str) -> str:
    """*text* without blanks between figures and Chinese: 抽取100家, as documents have it."""
    return _BLANK.sub("", text)


def plain_day(day: date) -> str:
    """A day as documents write it: 2026年3月2日 (GB/T 9704-2012, 7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"


def closing(body: Iterable[Flowable], organ: str, day: str) -> list[Flowable]:
    """The text of a document, and at its end organ and day, with room for the seal over both.

    The last paragraph stays with them: a seal is never alone on a page (GB/T 9704-2012, 7.3.5).
    """
    told = list(body)
    cut = max(len(told) - 2, 0)
    while cut and _leads(told[cut - 1]):
        cut -= 1
    signed = [Spacer(0, 14 * mm), words(organ, SIGNED), words(day, SIGNED)]
    return [*told[:cut], KeepTogether([*told[cut:], *signed])]


def _leads(one: Any) -> bool:
    """Whether a flowable, a heading for instance, stays with the next one."""
    return bool(one.getKeepWithNext())


class _Decor(Flowable):
    """A flowable that only decorates."""

    def __init__(self, inner: Flowable) -> None:
        super().__init__()
        self.inner = inner

    def getSpaceBefore(self) -> float:  # noqa: N802 - a name of reportlab
        return float(self.inner.getSpaceBefore())

    def getSpaceAfter(self) -> float:  # noqa: N802 - a name of reportlab
        return float(self.inner.getSpaceAfter())

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width, self.height = self.inner.wrap(width, height)
        return self.width, self.height

    def draw(self) -> None:
        with artifact(self.canv):
            self.inner.drawOn(self.canv, 0, 0)
