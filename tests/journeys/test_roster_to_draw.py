"""From the two libraries to a draw: one roster, three ways, one digest.

Stands outside both packages: `rosters` knows nothing of the sampler, nor the sampler of it.
"""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from sqlmodel import Session

from core.database import writing
from core.roles import NATION
from rosters.plain_rows import COLUMNS, plain_rows, write_plain_rows
from rosters.sheets.columns import Column
from rosters.sheets.export import write_xlsx
from sampler.frame import rehearsal_key
from sampler.inputs.plan_text import read_plan
from sampler.inputs.roster_table import Roster, read_roster
from sampler.procedure import chances, commit, prepare
from tests import storage
from tests.postgres import Databases
from tests.rosters.worlds import TODAY, settled

UNITS = 400
Rows = list[dict[str, str]]
DAYS = (TODAY, date(2025, 2, 1))
PLAN = """
name = "演示抽查计划"
n = 12
other = "其他领域"
eligible = { certificate_status = ["有效", "临期"] }

[fields]
"机动车检验" = 5
"其他领域" = 7

[publish]
columns = ["unit_id", "name", "fields"]
"""
ROADS: dict[str, Callable[[Rows], Roster]] = {
    "no file": lambda rows: as_table(rows),
    "csv": lambda rows: read_roster(as_csv(rows)),
    "xlsx": lambda rows: read_roster(as_xlsx(rows)),
}


@pytest.fixture(scope="module")
def worlds(
    sqlite_template: Path, postgres: Databases, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[date, Rows]]:
    """The same made-up world in both databases, read as plain rows on several days."""
    folder = tmp_path_factory.mktemp("worlds")
    found: dict[str, dict[date, Rows]] = {}
    with storage.sqlite_database(sqlite_template, folder) as one, postgres.lent() as other:
        for name, engine in (("sqlite", one), ("postgres", other)):
            with Session(writing(engine)) as session:
                settled(session, folder / name, UNITS)
                found[name] = {day: list(plain_rows(session, day, [NATION])) for day in DAYS}
    return found


def as_csv(rows: Rows) -> bytes:
    file = BytesIO()
    write_plain_rows(rows, file)
    return file.getvalue()


def as_xlsx(rows: Rows) -> bytes:
    file = BytesIO()
    write_xlsx([Column(name, name) for name in COLUMNS], rows, file, "名录", "演示数据")
    return file.getvalue()


def as_table(rows: Rows) -> Roster:
    """The rows without any file between."""
    return Roster(COLUMNS, {name: [row[name] for row in rows] for name in COLUMNS})


def digest(roster: Roster) -> str:
    """The commitment to a draw from the roster, which a single changed cell would change."""
    prepared = prepare(read_plan(PLAN.encode()), roster)
    worked = chances(prepared)
    salt = rehearsal_key(roster, ["演示"])
    sources = ["甲方", "乙方"]
    return commit(prepared, worked, sources, salt_key=salt, machine_share=None).digest


@pytest.mark.parametrize("day", DAYS)
def test_a_draw_begins_with_the_same_digest_on_every_road(
    worlds: dict[str, dict[date, Rows]], day: date
) -> None:
    found = {
        (database, road): digest(take(days[day]))
        for database, days in worlds.items()
        for road, take in ROADS.items()
    }

    assert len(found) == 6
    assert len(set(found.values())) == 1, found


def test_another_day_is_another_roster(worlds: dict[str, dict[date, Rows]]) -> None:
    today, then = (as_table(rows) for rows in worlds["sqlite"].values())

    assert digest(today) != digest(then)


def test_one_changed_cell_is_another_digest(worlds: dict[str, dict[date, Rows]]) -> None:
    rows = worlds["sqlite"][TODAY]
    changed = [{**rows[0], "credit_class": "D" if rows[0]["credit_class"] != "D" else "A"}]

    assert digest(as_table(changed + rows[1:])) != digest(as_table(rows))


def test_who_has_no_certificate_in_force_is_in_the_roster_and_cannot_be_drawn(
    worlds: dict[str, dict[date, Rows]],
) -> None:
    roster = as_table(worlds["sqlite"][TODAY])
    states = set(roster.cells["certificate_status"])

    assert len(roster) == UNITS
    assert states - {"有效", "临期"}
