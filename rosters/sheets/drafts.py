"""From sheets to drafts: one for each row that speaks of a thing, with all faults of the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rosters.sheets.cells import Said, Value, read_cell, read_city
from rosters.sheets.columns import Column, How, Matching, find_matching
from rosters.sheets.doubles import (
    Continues,
    Contradiction,
    Doubles,
    Identical,
    Place,
    Taken,
)
from rosters.sheets.faults import CellFault, Faults, Severity, quoted
from rosters.sheets.furniture import LIST, Skipped, Why, why_skipped
from rosters.sheets.numbers import Doubt, error
from rosters.sheets.read import Broken, Cell, Row, Sheet

Progress = Callable[[int, int], None]
"""Told how many rows of how many have been read; it may raise to end the reading."""

TOLD_EVERY = 1_000

MOST_REMEMBERED = 20_000
"""Different cells of a column whose meaning is kept, so that each is worked out once."""

MOST_SKIPPED = 5_000
"""Rows passed over that are kept with their places."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What one row says, not yet compared with the roster.

    Attributes
    ----------
    values : by key of the column. A column that the file has not is absent (the file says
        nothing about it); an empty cell, or one at fault, is None.
    is_faulty : whether an error keeps the row out.
    continues : sheet and row of the first row about the same thing, if this is not it.
    """

    sheet: str
    row: int
    values: dict[str, Value]
    is_faulty: bool = False
    continues: Place | None = None


@dataclass
class Reading:
    """All that a file says: drafts in the order of the file, faults, rows passed over."""

    rows: list[Draft] = field(default_factory=list, repr=False)
    faults: Faults = field(default_factory=Faults)
    skipped: list[Skipped] = field(default_factory=list)

    def skip(self, sheet: str, row: int, why: Why, text: str = "") -> None:
        """Note a row passed over, while there is room."""
        if len(self.skipped) < MOST_SKIPPED:
            self.skipped.append(Skipped(sheet, row, why, quoted(text)))


def find_matchings(
    sheets: Sequence[Sheet],
    columns: Sequence[Column],
    remembered: Mapping[str, str] | None = None,
) -> dict[str, Matching]:
    """The matching of every sheet in which a head is found, by the name of the sheet."""
    found = {
        sheet.name: find_matching(sheet, columns, remembered)
        for sheet in sheets
        if sheet.rows and sheet.name != LIST
    }
    return {name: matching for name, matching in found.items() if matching}


def read_drafts(
    sheets: Sequence[Sheet],
    columns: Sequence[Column],
    matchings: Mapping[str, Matching],
    today: date,
    progress: Progress | None = None,
) -> Reading:
    """Every row of the sheets that have a matching, as drafts with all faults at once.

    Parameters
    ----------
    sheets : from `read.read_sheets`.
    columns : those of the noun.
    matchings : by the name of the sheet, from `find_matchings`, perhaps changed by the user.
    today : the last day that a date of the past may have.
    progress : told every `TOLD_EVERY` rows; whatever it raises ends the reading.
    """
    desk = _Desk(columns, today, progress, sum(len(s.rows) for s in sheets if s.name in matchings))
    for sheet in sheets:
        if sheet.name in matchings:
            desk.read(sheet, matchings[sheet.name])
        elif sheet.hidden or sheet.rows:
            desk.reading.skip(sheet.name, 0, Why.HIDDEN if sheet.hidden else Why.NO_HEAD)
    if not matchings:
        desk.complain_of_no_head(sheets)
    return desk.reading


class _Desk:
    """Reads row after row, and remembers what was said before."""

    def __init__(
        self, columns: Sequence[Column], today: date, progress: Progress | None, total: int
    ) -> None:
        self.columns = columns
        self.cities_of = [column for column in columns if column.within]
        self.later = [column for column in columns if column.not_before]
        self.by_key = {column.key: column for column in columns}
        self.today = today
        self.progress = progress
        self.total = total
        self.done = 0
        self.reading = Reading()
        self.doubles = Doubles(columns)
        self.cities: dict[tuple[str, str | None], Said] = {}
        self.meanings: dict[str, dict[Cell, Said]] = {c.key: {} for c in columns if not c.unique}

    def complain_of_no_head(self, sheets: Sequence[Sheet]) -> None:
        named = (sheet.name for sheet in sheets if sheet.rows and sheet.name != LIST)
        sheet = next(named, sheets[0].name)
        labels = "、".join(column.label for column in self.columns[:3])
        self.reading.faults.add(CellFault(sheet, 0, 0, "", "", "no_head", {"labels": labels}))

    def read(self, sheet: Sheet, matching: Matching) -> None:
        self._check_head(sheet, matching)
        places = [(at, self.by_key[key]) for at, key in matching.keys.items() if key in self.by_key]
        needed = {at: column.key for at, column in places if column.required or column.unique}
        for row in sheet.rows:
            self._tell()
            if row[0] < matching.first:
                self.reading.skip(sheet.name, row[0], Why.TITLE, _opening(row))
            elif row[0] > matching.last:
                if why := why_skipped(row, matching, needed):
                    self.reading.skip(sheet.name, row[0], why, _opening(row))
                else:
                    self._read_row(sheet.name, row, places)

    def _tell(self) -> None:
        self.done += 1
        if self.progress and (self.done % TOLD_EVERY == 0 or self.done == self.total):
            self.progress(self.done, self.total)

    def _check_head(self, sheet: Sheet, matching: Matching) -> None:
        for match in matching.matches:
            if match.is_doubtful:
                label = self.by_key[match.key].label
                doubled = match.how == How.DOUBLED
                code = "column_doubled" if doubled else "column_in_doubt"
                params = {"head": match.head, "label": label}
                place = (sheet.name, matching.last, match.column, match.head, match.head)
                self.reading.faults.add(CellFault(*place, code, params, Severity.WARNING))
        for column in matching.missing(self.columns):
            place = (sheet.name, matching.last, 0, column.label, "")
            self.reading.faults.add(CellFault(*place, "missing_column", {"label": column.label}))

    def _read_row(self, sheet: str, row: Row, places: list[tuple[int, Column]]) -> None:
        number, cells = row
        width = len(cells)
        values: dict[str, Value] = {}
        found: list[tuple[Column, Doubt]] = []
        for at, column in places:
            cell = cells[at - 1] if at <= width else ""
            said = self._meaning(column, cell)
            values[column.key] = said.value
            if said.doubts:
                found.extend((column, doubt) for doubt in said.doubts)
            elif said.value is None and column.required:
                found.append((column, error("required", label=column.label)))
        if all(doubt[0] == "required" for _, doubt in found) and _says_nothing(values):
            self.reading.skip(sheet, number, Why.NOTHING, _opening(row))
            return
        found.extend(self._across(values))
        self._settle(sheet, row, values, found, places)

    def _meaning(self, column: Column, cell: Cell) -> Said:
        meanings = self.meanings.get(column.key)
        # numbers are left out: 1, 1.0 and True are one key of a dict
        if meanings is None or not isinstance(cell, str):
            return read_cell(column, cell, self.today)
        said = meanings.get(cell)
        if said is None:
            said = read_cell(column, cell, self.today)
            if len(meanings) < MOST_REMEMBERED:
                meanings[cell] = said
        return said

    def _across(self, values: dict[str, Value]) -> list[tuple[Column, Doubt]]:
        """What is wrong between the cells of a row; cities find their codes here."""
        found: list[tuple[Column, Doubt]] = []
        for column in self.cities_of:
            text = values.get(column.key)
            if isinstance(text, str):
                said = self._city(text, values.get(column.within))
                values[column.key] = said.value
                found.extend((column, doubt) for doubt in said.doubts)
        for column in self.later:
            day, other = values.get(column.key), values.get(column.not_before)
            if isinstance(day, date) and isinstance(other, date) and day < other:
                label = self.by_key[column.not_before].label
                found.append((column, error("date_before", other=label, date=other.isoformat())))
        return found

    def _city(self, text: str, province: Value) -> Said:
        key = text, province if isinstance(province, str) else None
        if key not in self.cities:
            self.cities[key] = read_city(*key)
        return self.cities[key]

    def _settle(
        self,
        sheet: str,
        row: Row,
        values: dict[str, Value],
        found: list[tuple[Column, Doubt]],
        places: list[tuple[int, Column]],
    ) -> None:
        continues = None
        for relation in self.doubles.relations((sheet, row[0]), values):
            match relation:
                # a row with faults of its own is not passed over in silence
                case Identical() if not found:
                    self.reading.skip(sheet, row[0], Why.IDENTICAL, _opening(row))
                    return
                case Continues(first) | Identical(first):
                    continues = first
                case Contradiction() | Taken():
                    found.append((relation.key, _relation_doubt(relation, sheet)))
        faulty = any(severity == Severity.ERROR for _, (_, _, severity) in found)
        self.reading.rows.append(Draft(sheet, row[0], values, faulty, continues))
        if found:
            self._report(sheet, row, found, {column.key: at for at, column in places})

    def _report(
        self, sheet: str, row: Row, found: list[tuple[Column, Doubt]], places: dict[str, int]
    ) -> None:
        number, cells = row
        for column, (code, params, severity) in found:
            at = places[column.key]
            cell = cells[at - 1] if at <= len(cells) else ""
            value = "" if isinstance(cell, Broken) else quoted(cell)
            self.reading.faults.add(
                CellFault(sheet, number, at, column.label, value, code, params, severity)
            )


def _relation_doubt(relation: Contradiction | Taken, sheet: str) -> Doubt:
    where, row = relation.first
    params: dict[str, object] = {
        "row": row,
        "sheet": "" if where == sheet else f"（工作表“{where}”）",
    }
    if isinstance(relation, Taken):
        return error("value_taken", value=relation.value, **params)
    return error("row_contradicts", other=relation.other.label, **params)


def _says_nothing(values: Mapping[str, Value]) -> bool:
    return all(value is None for value in values.values())


def _opening(row: Row) -> str:
    return next((str(cell).strip() for cell in row[1] if cell != ""), "")
