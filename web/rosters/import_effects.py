"""What a file would change, line by line, as a person reads it: before and after."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from core.calendar import china_date
from core.files import FileStore
from rosters.entries import Noun
from rosters.finding.naming import named
from rosters.imports.imports import RosterImport
from rosters.imports.papers import read_effects
from rosters.imports.plans import Outcome
from web.auth import now
from web.database import session
from web.words.rosters import fact_words, noun_words, value_words

REFERENCES = frozenset(
    {"institution_id", "person_id", "department_id", "inspector_id", "predecessor_id",
     "successor_id"}
)  # fmt: skip
"""Facts that hold the id of another entry; of a row they are told by its place in the file."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Names = Mapping[int, str]


@dataclass(frozen=True)
class Line:
    """A fact: what it is called, what it was, what it would be."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Group:
    """What would hold of one entry: of the thing of the row itself, or of what belongs to it."""

    title: str
    is_new: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Effect:
    """What one row would do."""

    sheet: str
    row: int
    name: str
    outcome: Outcome
    groups: tuple[Group, ...]


def effects(
    store: FileStore, one: RosterImport, outcome: Outcome, page: int, size: int
) -> list[Effect]:
    """A page of the rows that would have an *outcome*."""
    if not one.effects_file:
        return []
    told = (row for row in read_effects(store, one.effects_file) if row["outcome"] == outcome)
    rows = list(islice(told, (page - 1) * size, page * size))
    names = _names(rows)
    return [_effect(row, names) for row in rows]


def _names(rows: Iterable[Mapping[str, Any]]) -> Names:
    entries = {entry for row in rows for wish in row["wishes"] for entry in _referred(wish)}
    found = named(session(), entries, china_date(now()))
    return {key: one.name for key, one in found.items()}


def _referred(wish: Mapping[str, Any]) -> Iterator[int]:
    for facts in (wish["before"] or {}, wish["after"]):
        for name in REFERENCES & facts.keys():
            if isinstance(facts[name], int) and facts[name] > 0:
                yield facts[name]


def _effect(row: Mapping[str, Any], names: Names) -> Effect:
    groups = [_group(wish, names, row["entry"]) for wish in row["wishes"]]
    return Effect(row["sheet"], row["row"], row["name"], Outcome(row["outcome"]), tuple(groups))


def _group(wish: Mapping[str, Any], names: Names, own: int | None) -> Group:
    noun, before = Noun(wish["noun"]), wish["before"]
    shown = wish["after"] if before is not None else _worth_telling(wish["after"], own)
    lines = [
        Line(
            fact_words(noun, name),
            "" if before is None else _words(noun, name, before.get(name), names),
            _words(noun, name, value, names),
        )
        for name, value in shown.items()
    ]
    return Group(noun_words(noun), before is None, tuple(lines))


def _worth_telling(facts: Mapping[str, Any], own: int | None) -> dict[str, Any]:
    """Of a new entry: neither what is empty, nor that it belongs to the thing of the row."""
    return {
        name: value
        for name, value in facts.items()
        if value not in (None, "")
        and not (name in REFERENCES and isinstance(value, int) and (value < 0 or value == own))
    }


def _words(noun: Noun, name: str, value: Any, names: Names) -> str:
    if name in REFERENCES:
        return names.get(value, "—") if isinstance(value, int) else "—"
    if isinstance(value, str) and _DAY.fullmatch(value):
        value = date.fromisoformat(value)
    return value_words(noun, name, value)
