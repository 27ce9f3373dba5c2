"""`python -m bench.real_lists FOLDER`: what do the reader and its rules say about real lists?

Every csv, xls and xlsx file of the folder is read as a roster of institutions. The lists stay
where they are: they name real bodies, and nothing of them belongs into this project but counts.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.tables import Table, Value
from rosters.imports.institution_form import COLUMNS
from rosters.sheets.drafts import Reading, find_matchings, read_drafts
from rosters.sheets.faults import Severity
from rosters.sheets.read import Unreadable, read_sheets

KINDS = (".csv", ".xls", ".xlsx")
HEAD = ("list", "institutions", "18 signs", "15 digits", "of several rows", "errors", "warnings")


def run(folder: Path) -> list[Table]:
    """A row for each list with counts, and a row for each kind of fault in it."""
    rows: list[tuple[Value, ...]] = []
    faults: list[tuple[Value, ...]] = []
    for path in sorted(path for path in folder.iterdir() if path.suffix in KINDS):
        try:
            reading = _read(path)
        except Unreadable as refusal:
            faults.append((path.name, str(refusal.params["why"]), "refused", None))
            continue
        rows.append((path.name, *_counts(reading)))
        counted = sorted(reading.faults.counts.items())
        faults.extend((path.name, code, severity, n) for (code, severity), n in counted)
    return [
        Table("What is in the lists?", HEAD, rows),
        Table("What is wrong with them?", ("list", "fault", "severity", "count"), faults),
    ]


def _read(path: Path) -> Reading:
    with path.open("rb") as stream:
        sheets = read_sheets(stream, path.name)
    today = datetime.now(UTC).date()
    return read_drafts(sheets, COLUMNS, find_matchings(sheets, COLUMNS), today)


def _counts(reading: Reading) -> tuple[int, ...]:
    codes = [str(draft.values.get("credit_code") or "") for draft in reading.rows]
    errors = reading.faults.errors
    return (
        len(reading.rows),
        sum(len(code) == 18 for code in codes),
        sum(len(code) == 15 for code in codes),
        sum(draft.continues is not None for draft in reading.rows),
        errors,
        sum(n for (_, severity), n in reading.faults.counts.items() if severity != Severity.ERROR),
    )


def main(arguments: Sequence[str]) -> int:
    """Print the tables; 2 without a folder."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python -m bench.real_lists FOLDER", file=sys.stderr)
        return 2
    for table in run(Path(arguments[0])):
        print(table.markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
