"""Rows of one file that speak of the same thing, or claim the same number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rosters.sheets.cells import Value
from rosters.sheets.columns import Column

Place = tuple[str, int]
"""Sheet and row."""


@dataclass(frozen=True)
class Contradiction:
    """Two rows of one thing differ in a column of which it can have only one value."""

    key: Column
    first: Place
    other: Column


@dataclass(frozen=True)
class Taken:
    """A number that belongs to the thing of an earlier row."""

    key: Column
    value: str
    first: Place


@dataclass(frozen=True)
class Continues:
    """The row adds to the thing of an earlier row: another certificate, a missing phone."""

    first: Place


@dataclass(frozen=True)
class Identical:
    """The row says exactly what an earlier one said."""

    first: Place


Relation = Contradiction | Taken | Continues | Identical


class Doubles:
    """Remembers which row spoke first of each thing.

    A thing is known by its first unique column that has a value: the credit code, without it
    the certificate. Rows of one thing may differ in columns that list several values or that
    describe one of these (`Column.of`), and one may leave empty what the other fills: that is
    how a list with one row per certificate looks. Anything else is a contradiction, which only
    the author of the file can resolve.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._unique = [column for column in columns if column.unique]
        self._single = [c for c in columns if not c.several and not c.of and not c.unique]
        self._first: dict[tuple[str, str], tuple[Place, Mapping[str, Value]]] = {}
        self._owners: dict[tuple[str, str], tuple[tuple[str, str], Place]] = {}
        self._said: set[int] = set()

    def relations(self, place: Place, values: Mapping[str, Value]) -> list[Relation]:
        """How the row at *place* stands to those before it; it is remembered for the next."""
        thing = next(
            ((c, number) for c in self._unique for number in _numbers(values.get(c.key))), None
        )
        if not thing:
            return []
        key, number = thing
        first, known = self._first.setdefault((key.key, number), (place, values))
        if first != place and dict(known) == dict(values):
            return [Identical(first)]
        found: list[Relation] = [*self._taken(place, (key.key, number), values)]
        if first != place:
            found.append(self._compared(key, first, known, values))
        return found

    def _compared(
        self, key: Column, first: Place, known: Mapping[str, Value], values: Mapping[str, Value]
    ) -> Relation:
        for column in self._single:
            one, other = known.get(column.key), values.get(column.key)
            if one is not None and other is not None and one != other:
                return Contradiction(key, first, column)
        return Continues(first)

    def _taken(
        self, place: Place, thing: tuple[str, str], values: Mapping[str, Value]
    ) -> list[Taken]:
        found = []
        for column in self._unique:
            for number in _numbers(values.get(column.key)):
                owner, first = self._owners.setdefault((column.key, number), (thing, place))
                if owner != thing:
                    found.append(Taken(column, number, first))
        return found


def _numbers(value: Value) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()
