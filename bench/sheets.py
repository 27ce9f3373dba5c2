"""How long, and with how much memory, does a roster file of national size take, in and out?

`python -m bench.sheets` prints the table. Each file is read in a process of its own.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.tables import Table, Value
from rosters.demo.rows import demo_roster
from rosters.imports.institution_form import COLUMNS
from rosters.sheets.cells import Value as CellValue
from rosters.sheets.columns import Column
from rosters.sheets.drafts import find_matchings, read_drafts
from rosters.sheets.export import write_csv, write_xlsx
from rosters.sheets.read import read_sheets

UNITS, NATIONAL, SEED = 53_834, 5_200, 1
TODAY = date(2026, 11, 20)

KEYS = (
    *("name", "credit_code", "legal_form", "level", "province", "address", "registrar"),
    *("jurisdiction", "fields", "credit_class", "certificates", "issued_on", "expires_on"),
    *("phone", "remark"),
)
HEAD = ("file", "rows", "columns", "write s", "read s", "match s", "drafts s", "in all s", "MB")


def run() -> list[Table]:
    """A row for each kind of file."""
    columns = [column for column in COLUMNS if column.key in KEYS]
    with TemporaryDirectory() as folder:
        rows = [_figures(Path(folder, f"名录.{kind}"), columns) for kind in ("xlsx", "csv")]
    note = "One run each; MB is the peak of the reading process, libraries included."
    return [Table("How long does a roster file of national size take?", HEAD, rows, note)]


def _figures(path: Path, columns: Sequence[Column]) -> tuple[Value, ...]:
    begin = time.perf_counter()
    with path.open("wb") as stream:
        if path.suffix == ".xlsx":
            write_xlsx(columns, _rows(), stream, "名录", "演示数据")
        else:
            write_csv(columns, _rows(), stream)
    written = time.perf_counter() - begin
    command = [sys.executable, "-m", "bench.sheets", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    laps: list[float] = json.loads(done.stdout)
    return path.suffix[1:], UNITS, len(columns), written, *laps


def _rows() -> Iterator[Mapping[str, CellValue]]:
    for number, row in enumerate(demo_roster(UNITS, NATIONAL, SEED)):
        yield {
            "name": row.name,
            "credit_code": row.unit_id,
            "legal_form": row.legal_form,
            "level": row.level,
            "province": row.province,
            "address": f"演示路 {number} 号",
            "registrar": "演示登记机关",
            "jurisdiction": f"演示所 {number % 500}",
            "fields": (row.fields.split("|")[0],),
            "credit_class": f"{row.credit_class}类",
            "certificates": (row.certificate_no,),
            "issued_on": date(2021, 1, 1 + number % 28),
            "expires_on": date(2027, 1, 1 + number % 28),
            "phone": f"0571-{number:08}",
            "remark": row.remark,
        }


def stages(path: Path) -> list[float]:
    """Seconds to read, match and draft the file, all together, and peak memory in MB."""
    moments = [time.perf_counter()]
    with path.open("rb") as stream:
        sheets = read_sheets(stream, path.name)
    moments.append(time.perf_counter())
    matchings = find_matchings(sheets, COLUMNS)
    moments.append(time.perf_counter())
    read_drafts(sheets, COLUMNS, matchings, TODAY)
    moments.append(time.perf_counter())
    laps = [end - begin for begin, end in pairwise(moments)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return [*laps, sum(laps), peak]


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(stages(Path(sys.argv[1]))))
    else:
        print(run()[0].markdown())
