"""The history of entries in words: who stated what, when, why, and what had been so before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rosters.entries import TABLES, Noun
from rosters.finding.naming import Named, named
from rosters.happenings import Happening, happenings
from rosters.statements import Change
from rosters.timeline import PRESENT
from web.database import session
from web.rosters.forms import today
from web.words.rosters import day_words, fact_words, noun_words, value_words

Names = Mapping[int, Named]
A_DAY: tuple[Any, ...] = (date, date | None)


@dataclass(frozen=True)
class Difference:
    """A fact before and after; *before* is empty where nothing had been stated."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryLine:
    """One line of a history."""

    what: str
    change: Change
    takes_effect: str
    differences: tuple[Difference, ...]


def histories(entries: Collection[int]) -> list[HistoryLine]:
    """All that was ever stated of *entries*, in words, the newest first."""
    return in_words(happenings(session(), entries))


def in_words(found: Sequence[Happening], known: Collection[str] = ()) -> list[HistoryLine]:
    """Happenings in words, in their order.

    Parameters
    ----------
    known : facts of what is new that the page tells anyway: whom it belongs to.
    """
    names = named(session(), _referred(found), today())
    return [_line(one, names, known) for one in found]


def _referred(found: Iterable[Happening]) -> set[int]:
    """The entries that facts name."""
    return {
        value
        for one in found
        for facts in (one.before or {}, one.after)
        for name, value in facts.items()
        if name.endswith("_id") and value is not None
    }


def _line(one: Happening, names: Names, known: Collection[str]) -> HistoryLine:
    before = one.before or {}
    order = {name: at for at, name in enumerate(TABLES[one.noun].model_fields)}
    stated = sorted(one.after.items(), key=lambda fact: order.get(fact[0], len(order)))
    told = tuple(
        Difference(
            fact_words(one.noun, name),
            told_value(one.noun, name, before[name], names) if name in before else "",
            told_value(one.noun, name, value, names),
        )
        for name, value in stated
        if name != PRESENT and (one.before is not None or _says(name, value, known))
    )
    what = f"{noun_words(one.noun)}：{_what(one)}"
    return HistoryLine(what, one.change, day_words(one.takes_effect), told)


def _says(name: str, value: Any, known: Collection[str]) -> bool:
    """What is new has many facts that are empty."""
    return name not in known and value not in ("", None, False)


def _what(one: Happening) -> str:
    if one.ended:
        return "移出名录"
    return "变更" if one.before is not None else "登记入册"


def told_value(noun: Noun, name: str, value: Any, names: Names) -> str:
    """A value of a fact in words; of an entry that it names, the name."""
    if name.endswith("_id") and value in names:
        return names[value].name
    if isinstance(value, str) and TABLES[noun].model_fields[name].annotation in A_DAY:
        # statements keep days as texts
        return day_words(date.fromisoformat(value)) if value else "—"
    return value_words(noun, name, value)
