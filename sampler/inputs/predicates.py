"""Who satisfies a predicate: evaluated once per distinct cell, then spread over the rows.

A roster has as many rows as units but few distinct levels, provinces or classes; so a
column is turned into codes once and every question is answered on the distinct values.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sampler.inputs.cells import members
from sampler.inputs.roster_table import Roster
from sampler.quotas import Predicate

Codes = tuple[list[str], NDArray[np.int32]]
"""Distinct values of a column, and for every row the index of its value."""


def codes(roster: Roster, column: str) -> Codes:
    """The distinct values of *column* in order of first appearance, and (N,) indices.

    Computed once per roster and column, and kept with the roster; do not change either.

    Raises
    ------
    KeyError
        If the roster has no such column.
    """
    if column not in roster.coded:
        cells = roster.cells[column]
        number = {value: index for index, value in enumerate(dict.fromkeys(cells))}
        indices = np.fromiter(map(number.__getitem__, cells), np.int32, len(cells))
        roster.coded[column] = (list(number), indices)
    coded: Codes = roster.coded[column]
    return coded


def holds(roster: Roster, predicate: Predicate) -> NDArray[np.bool_]:
    """(N,) truth of *predicate* for every row; all true when it is empty.

    Raises
    ------
    KeyError
        If the predicate reads a column that the roster does not have.
    """
    truth = np.ones(len(roster), np.bool_)
    for column, wanted in predicate.terms:
        values, indices = codes(roster, column)
        truth &= _matches(column, values, frozenset(wanted))[indices]
    return truth


def _matches(column: str, values: Sequence[str], wanted: frozenset[str]) -> NDArray[np.bool_]:
    if column == "fields":
        answers = [not wanted.isdisjoint(members(value)) for value in values]
    else:
        answers = [value in wanted for value in values]
    return np.array(answers, np.bool_)


def places_held(cell: str, places: Sequence[str], other: str | None) -> tuple[int, ...]:
    """Indices of the *places* that a unit with this `fields` cell may fill, ascending.

    A unit fills a place whose name it holds; *other* also takes a unit with at least one
    field that is not a place.
    """
    held = members(cell)
    stranger = any(field not in places for field in held)
    return tuple(
        index
        for index, place in enumerate(places)
        if place in held or (stranger and place == other)
    )
