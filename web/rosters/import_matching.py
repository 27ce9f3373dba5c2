"""The form in which somebody says what the columns of a file mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from rosters.imports.forms import Form
from rosters.imports.imports import RosterImport
from rosters.imports.matchings import stored
from rosters.sheets.columns import Match, Matching
from rosters.sheets.faults import column_letter
from web.rosters.import_words import HOWS

UNSURE = "?"
"""Chosen while nobody has said yet whether a guess is right."""

LEFT_OUT = "left_out"

Choices = dict[str, dict[int, str]]
"""By sheet, by place of the column from 1: the key, or "" to ignore the column."""


@dataclass(frozen=True)
class ColumnLine:
    """A column of the file on the form.

    Attributes
    ----------
    name : of its field.
    value : what is chosen: a key, "" for none, `UNSURE`.
    guess : what it may be.
    """

    name: str
    letter: str
    head: str
    value: str
    how: str
    guess: str
    doubtful: bool


@dataclass(frozen=True)
class SheetForm:
    """A sheet with its columns; *missing* are required columns that nothing is read for."""

    name: str
    head: str
    columns: tuple[ColumnLine, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class MatchingForm:
    """All sheets that are read, and those left out."""

    sheets: tuple[SheetForm, ...]
    left_out: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


def filled(one: RosterImport, form: Form, typed: Mapping[str, str] | None = None) -> MatchingForm:
    """The form as the last preview has read the file, or as it was *typed*."""
    sheets = tuple(
        _sheet(matching, form, typed or {}) for matching in stored(one.matching).values()
    )
    options = tuple(
        (column.key, f"{column.label}{'（必填）' if column.required else ''}")
        for column in form.columns
    )
    return MatchingForm(sheets, tuple(one.left_out), options)


def _sheet(matching: Matching, form: Form, typed: Mapping[str, str]) -> SheetForm:
    first, last = matching.first, matching.last
    head = f"第 {first} 行" if first == last else f"第 {first}—{last} 行"
    lines = tuple(_line(matching.sheet, match, form, typed) for match in matching.matches)
    missing = tuple(column.label for column in matching.missing(form.columns))
    return SheetForm(matching.sheet, head, lines, missing)


def _line(sheet: str, match: Match, form: Form, typed: Mapping[str, str]) -> ColumnLine:
    name = field_of(sheet, match.column)
    guess = form.by_key[match.key].label if match.is_doubtful and match.key else ""
    return ColumnLine(
        name,
        column_letter(match.column),
        match.head,
        typed.get(name, _value(match)),
        HOWS[match.how],
        guess,
        match.is_doubtful,
    )


def _value(match: Match) -> str:
    return UNSURE if match.is_doubtful else match.key


def field_of(sheet: str, column: int) -> str:
    """The name of the field of a column."""
    return f"column.{column}.{sheet}"


@dataclass(frozen=True)
class Answer:
    """What somebody has said, and what is wrong with it by field."""

    choices: Choices
    left_out: list[str]
    faults: dict[str, str]
    typed: dict[str, str]


def read(one: RosterImport, form: Form) -> Answer:
    """What was sent: beside earlier choices only what differs from how the file was read."""
    left_out = request.form.getlist(LEFT_OUT)
    choices: Choices = {}
    faults: dict[str, str] = {}
    typed: dict[str, str] = {}
    for sheet, matching in stored(one.matching).items():
        answers = {m.column: _answer(sheet, m, form) for m in matching.matches}
        typed |= {field_of(sheet, column): key for column, key in answers.items()}
        if sheet not in left_out:
            faults |= _doubled(sheet, matching, answers, form)
        choices[sheet] = _chosen(matching.matches, answers, one.choices.get(sheet, {}))
    known = {*choices, *one.left_out}
    return Answer(choices, [name for name in left_out if name in known], faults, typed)


def _answer(sheet: str, match: Match, form: Form) -> str:
    sent = request.form.get(field_of(sheet, match.column), _value(match))
    return sent if sent in form.by_key or sent in ("", UNSURE) else _value(match)


def _chosen(
    matches: Sequence[Match], answers: Mapping[int, str], before: Mapping[str, str]
) -> dict[int, str]:
    return {
        match.column: answers[match.column]
        for match in matches
        if answers[match.column] != UNSURE
        and (answers[match.column] != _value(match) or str(match.column) in before)
    }


def _doubled(
    sheet: str, matching: Matching, answers: Mapping[int, str], form: Form
) -> dict[str, str]:
    """Two columns cannot both be the same thing."""
    faults: dict[str, str] = {}
    first: dict[str, str] = {}
    for match in matching.matches:
        key = answers[match.column]
        if not key or key == UNSURE:
            continue
        if key in first:
            faults[field_of(sheet, match.column)] = (
                f"“{first[key]}”和“{match.head}”两栏都对应“{form.by_key[key].label}”，"
                "请把其中一栏改成别的，或者不读。"
            )
        first.setdefault(key, match.head)
    return faults
